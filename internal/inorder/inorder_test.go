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
