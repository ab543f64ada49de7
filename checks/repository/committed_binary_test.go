package repository

import "testing"

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{64: "0 KiB", 2048: "2 KiB", 1<<20 - 1: "1023 KiB", 3 << 20: "3 MiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestExecutable(t *testing.T) {
	header := func(begins string, at int, then string) []byte {
		head := make([]byte, minExecutable)
		copy(head, begins)
		copy(head[at:], then)
		return head
	}
	for _, c := range []struct {
		name string
		head []byte
		want string
	}{
		{"big-endian program", header("\xfe\xed\xfa\xcf", 12, "\x00\x00\x00\x02"), "Mach-O"},
		{"big-endian library", header("\xfe\xed\xfa\xcf", 12, "\x00\x00\x00\x06"), ""},
		{"cut off", header("\xfe\xed\xfa\xcf", 12, "\x00\x00\x00\x02")[:20], ""},
	} {
		if got := executable(c.head); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
