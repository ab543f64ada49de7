package progress_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/factorlint/factorlint/internal/progress"
)

// A screen is a terminal that knows just what Show uses. It keeps every state of its line that could be read.
type screen struct {
	mu    sync.Mutex
	began time.Time
	seen  []string
	odd   string // sequences that it does not know
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := strings.CutPrefix(string(p), "\r\x1b[K")
	if !ok {
		s.odd += fmt.Sprintf("%q", p)
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "\x1b[?7l"), "\x1b[?7h")
	if strings.ContainsAny(text, "\r\n\x1b") {
		s.odd += fmt.Sprintf("%q", p)
	}
	s.seen = append(s.seen, fmt.Sprintf("%v %s", time.Since(s.began), text))
	return len(p), nil
}

func TestShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{began: time.Now()}
		p := progress.New()
		hide := p.Show(s)
		list := p.Start("listing", "packages")
		read := p.Start("reading", "manifests")
		time.Sleep(950 * time.Millisecond)
		read.Done(12)
		time.Sleep(70 * time.Millisecond) // 1.02 s
		list.End()
		read.End()
		analyse := p.Start("analysing", "packages")
		analyse.Expect(81)
		time.Sleep(500 * time.Millisecond) // it stays for as long as nothing changes
		analyse.Done(31)
		time.Sleep(50 * time.Millisecond)
		analyse.End()
		time.Sleep(time.Second)
		one := p.Start("judging", "the repository")
		one.Expect(1)
		time.Sleep(105 * time.Millisecond)
		hide()
		hide()
		one.End()
		time.Sleep(time.Hour)
		want := []string{
			"1s listing packages, reading manifests (12)",
			"1.1s analysing 0 of 81 packages",
			"2.6s judging the repository",
			"2.675s ",
		}
		if got := strings.Join(s.seen, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
		if s.odd != "" {
			t.Errorf("the terminal was sent %s", s.odd)
		}
	})
}

func TestShowNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		lasts time.Duration
		work  bool
	}{
		{"short run", 999 * time.Millisecond, true},
		{"nothing to do", time.Minute, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &screen{began: time.Now()}
				p := progress.New()
				hide := p.Show(s)
				if c.work {
					defer p.Start("reading", "manifests").End()
				}
				time.Sleep(c.lasts)
				hide()
				if len(s.seen) > 0 {
					t.Errorf("got %q, want nothing", s.seen)
				}
			})
		})
	}
}

func TestTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := progress.New()
		time.Sleep(time.Millisecond)
		read := p.Start("reading", "manifests")
		// two modules at a time for two of three seconds, and later a third: six seconds, not eight
		first := p.Start("listing", "packages")
		time.Sleep(time.Second)
		second := p.Start("listing", "packages")
		time.Sleep(time.Second)
		first.End()
		time.Sleep(time.Second)
		second.End()
		read.Done(7)
		read.End()
		analyse := p.Start("analysing", "packages")
		analyse.Expect(3)
		for range 3 {
			analyse.Done(1)
		}
		analyse.Cached(2)
		time.Sleep(time.Second)
		third := p.Start("listing", "packages")
		time.Sleep(3 * time.Second)
		third.End()
		want := `step began took done
reading manifests 0.001s 3.000s 7
listing packages 0.001s 6.000s
analysing packages 3.001s 4.000s 3, 2 from the cache
all; steps overlap 0.000s 7.001s
`
		analyse.End()
		got := regexp.MustCompile(` {2,}`).ReplaceAllString(p.Table(), " ")
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// A run that nobody follows, and one with many goroutines.
func TestGoroutines(t *testing.T) {
	for _, p := range []*progress.Progress{nil, progress.New()} {
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				for range 100 {
					s := p.Start("analysing", "packages")
					s.Expect(1)
					s.Done(1)
					s.Cached(1)
					s.End()
				}
			})
		}
		wait.Wait()
		if p != nil && !strings.Contains(p.Table(), " 800, 800 from the cache\n") {
			t.Errorf("got\n%s", p.Table())
		}
	}
}
