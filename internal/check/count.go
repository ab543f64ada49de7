package check

import "fmt"

// Count returns "0 files", "1 file", "2 files" for the noun file.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
