// Package inorder does work on all processors and takes what comes of it in the order of the input, so that nothing depends
// on how many processors there are.
package inorder

import "runtime"

// Each calls work for each item, several at a time, and take with what it returns, one after the other in the order of the
// items. Results that wait for their turn are few, so they may be large.
func Each[T, R any](items []T, work func(T) R, take func(R)) {
	type task struct {
		item   T
		result chan R
	}
	workers := min(runtime.GOMAXPROCS(0), len(items))
	todo, waiting := make(chan task), make(chan task, workers)
	for range workers {
		go func() {
			for t := range todo {
				t.result <- work(t.item)
			}
		}()
	}
	go func() {
		defer close(todo)
		defer close(waiting)
		for _, item := range items {
			t := task{item, make(chan R, 1)}
			waiting <- t
			todo <- t
		}
	}()
	for t := range waiting {
		take(<-t.result)
	}
}
