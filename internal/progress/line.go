package progress

import (
	"io"
	"sync"
	"time"
)

const (
	patience = time.Second            // nobody asks before
	interval = 100 * time.Millisecond // as often as one can read
)

// Control sequences of a terminal. A line that is wider than the terminal is cut off, so that it can be taken away.
const (
	erase     = "\r\x1b[K"
	beginLine = erase + "\x1b[?7l"
	endLine   = "\x1b[?7h"
)

// Show keeps a line on a terminal that says what is being done, from when the run has lasted a second. The function that it
// returns takes the line away, if there is one, and has to be called before anything else is written there.
func (p *Progress) Show(terminal io.Writer) (hide func()) {
	var (
		stop  = make(chan struct{})
		drawn sync.WaitGroup
	)
	drawn.Go(func() { p.draw(terminal, stop) })
	return sync.OnceFunc(func() {
		close(stop)
		drawn.Wait()
	})
}

// draw draws the line until it is told to stop, and then takes it away.
func (p *Progress) draw(terminal io.Writer, stop <-chan struct{}) {
	shown := ""
	for wait := patience; ; wait = interval {
		select {
		case <-stop:
			if shown != "" {
				io.WriteString(terminal, erase) //nolint:errcheck // a line that nobody sees
			}
			return
		case <-time.After(wait):
		}
		if text := p.now(); text != "" && text != shown {
			io.WriteString(terminal, beginLine+text+endLine) //nolint:errcheck // a line that nobody sees
			shown = text
		}
	}
}
