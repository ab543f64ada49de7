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
// items. Results that wait for their turn are few, so they may be large.
func Each[T, R any](items []T, work func(T) R, take func(R)) {
	type task struct {
		items   []T
		results chan []R
	}
	workers := min(runtime.GOMAXPROCS(0), len(items))
	todo, waiting := make(chan task), make(chan task, workers)
	for range workers {
		go func() {
			for t := range todo {
				out := make([]R, len(t.items))
				for i, item := range t.items {
					out[i] = work(item)
				}
				t.results <- out
			}
		}()
	}
	go func() {
		defer close(todo)
		defer close(waiting)
		for batch := range slices.Chunk(items, batchSize(len(items), workers)) {
			t := task{batch, make(chan []R, 1)}
			waiting <- t
			todo <- t
		}
	}()
	for t := range waiting {
		for _, r := range <-t.results {
			take(r)
		}
	}
}

// batchSize leaves each worker many batches, so that one with a large item holds nobody up.
func batchSize(items, workers int) int {
	return max(1, min(maxBatch, items/(max(1, workers)*16)))
}
