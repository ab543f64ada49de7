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
	for _, n := range []int{0, 1, 1000} {
		var items, got []int
		var started, taken atomic.Int64
		for i := range n {
			items = append(items, i)
		}
		inorder.Each(items, func(i int) string {
			if waiting := started.Add(1) - taken.Load(); waiting > int64(2*runtime.GOMAXPROCS(0)+2) {
				t.Errorf("%d results at a time", waiting)
			}
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
		if !slices.Equal(got, items) {
			t.Errorf("%d items: got %v", n, got)
		}
	}
}
