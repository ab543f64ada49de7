// Package inorder does work on all processors and takes what comes of it in the order of the input, so that nothing depends
// on how many processors there are.
package inorder

import (
	"runtime"
	"slices"
)

// maxBatch is how many items one processor takes at a time where there are many: handing over costs more than many a small file.
const maxBatch = 16

// Each calls work for each item, several at a time, and take with what it returns, one after the other in the order of the
// items. Results that wait for their turn are few, so they may be large. If work panics, so does Each, when the other work is done;
// what comes later in the order is not taken.
func Each[T, R any](items []T, work func(T) R, take func(R)) {
	type outcome struct {
		results []R
		panic   any
	}
	type task struct {
		items []T
		done  chan outcome
	}
	attempt := func(items []T) (out outcome) {
		defer func() { out.panic = recover() }()
		for _, item := range items {
			out.results = append(out.results, work(item))
		}
		return out
	}
	workers := min(runtime.GOMAXPROCS(0), len(items))
	todo, waiting := make(chan task), make(chan task, workers)
	for range workers {
		go func() {
			for t := range todo {
				t.done <- attempt(t.items)
			}
		}()
	}
	go func() {
		defer close(todo)
		defer close(waiting)
		for batch := range slices.Chunk(items, batchSize(len(items), workers)) {
			t := task{batch, make(chan outcome, 1)}
			waiting <- t
			todo <- t
		}
	}()
	var broken any
	for t := range waiting {
		out := <-t.done
		if broken != nil {
			continue
		}
		for _, r := range out.results {
			take(r)
		}
		broken = out.panic
	}
	if broken != nil {
		panic(broken)
	}
}

// batchSize leaves each worker many batches, so that one with a large item holds nobody up.
func batchSize(items, workers int) int {
	return max(1, min(maxBatch, items/(max(1, workers)*16)))
}
