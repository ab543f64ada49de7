package workload

import "testing"

func TestParseQuantity(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0", "1": "1", "100m": "1/10", "1500m": "3/2", "0.1": "1/10", ".5": "1/2", "5.": "5", "+2": "2", "-1": "-1",
		"1k": "1000", "1Ki": "1024", "64Mi": "67108864", "1.5Gi": "1610612736", "1M": "1000000", "1G": "1000000000", "2T": "2000000000000",
		"1Ti": "1099511627776", "1P": "1000000000000000", "1Pi": "1125899906842624", "1E": "1000000000000000000", "1Ei": "1152921504606846976",
		"1e3": "1000", "1E3": "1000", "1e-3": "1/1000", "12e6": "12000000", "1u": "1/1000000", "1n": "1/1000000000",
	} {
		q, ok := ParseQuantity(s)
		if !ok || q.RatString() != want {
			t.Errorf("%q: got %v %v, want %s", s, q, ok, want)
		}
	}
	for _, s := range []string{"", "m", "1K", "1mi", "1 Gi", "1GiB", "1MB", "1e", "1e999", "0x10", "1/2", "1e3Mi", "one", "1.2.3"} {
		if q, ok := ParseQuantity(s); ok {
			t.Errorf("%q: got %v", s, q)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for s, want := range map[string]string{
		"64M": "67108864", "64m": "67108864", "64mb": "67108864", "64MiB": "67108864", "1.5g": "1610612736", "100b": "100", "100": "100", "2 gb": "2147483648", "1k": "1024",
	} {
		q, ok := ParseBytes(s)
		if !ok || q.RatString() != want {
			t.Errorf("%q: got %v %v, want %s", s, q, ok, want)
		}
	}
	for _, s := range []string{"", "M", "-1", "1e3", "64 megs", "${X}"} {
		if q, ok := ParseBytes(s); ok {
			t.Errorf("%q: got %v", s, q)
		}
	}
}
