package inorder_test

import (
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/inorder"
)

// A panic of the work reaches the caller, and leaves nobody behind who waits.
func TestPanic(t *testing.T) {
	before := runtime.NumGoroutine()
	items := make([]int, 500)
	for i := range items {
		items[i] = i
	}
	var taken []int
	func() {
		defer func() {
			if p := recover(); p != "seven" {
				t.Errorf("recovered %v, want what was thrown", p)
			}
		}()
		inorder.Each(items, func(i int) int {
			if i >= 7 {
				panic("seven")
			}
			return i
		}, func(i int) { taken = append(taken, i) })
	}()
	if !slices.Equal(taken, items[:7]) {
		t.Errorf("took %v, want what came before the panic", taken)
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 40, 5000} {
		var items, got []int
		var started, taken, most atomic.Int64
		for i := range n {
			items = append(items, i)
		}
		inorder.Each(items, func(i int) string {
			most.Store(max(most.Load(), started.Add(1)-taken.Load()))
			if i%7 == 0 {
				time.Sleep(100 * time.Microsecond)
			}
			return strconv.Itoa(i)
		}, func(s string) {
			i, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, i)
			taken.Add(1)
		})
		if limit := int64(16 * (2*runtime.GOMAXPROCS(0) + 2)); most.Load() > limit {
			t.Errorf("%d results at a time, want at most %d", most.Load(), limit)
		}
		if !slices.Equal(got, items) {
			t.Errorf("%d items: got %v", n, got)
		}
	}
}
