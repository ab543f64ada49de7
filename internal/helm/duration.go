package helm

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// durations returns Helm's functions over durations. They take what it takes for one, and give 0 for anything else.
func durations() template.FuncMap {
	floats := func(unit func(time.Duration) float64) func(any) float64 {
		return func(v any) float64 {
			d, err := asDuration(v)
			if err != nil {
				return 0
			}
			return unit(d)
		}
	}
	whole := func(unit func(time.Duration) int64) func(any) int64 {
		return func(v any) int64 {
			d, err := asDuration(v)
			if err != nil {
				return 0
			}
			return unit(d)
		}
	}
	multiple := func(to func(d, m time.Duration) time.Duration) func(v, m any) time.Duration {
		return func(v, m any) time.Duration {
			d, err := asDuration(v)
			if err != nil {
				return 0
			}
			of, err := asDuration(m)
			if err != nil {
				return d
			}
			return to(d, of)
		}
	}
	return template.FuncMap{
		"mustToDuration":       asDuration,
		"durationNanoseconds":  whole(time.Duration.Nanoseconds),
		"durationMicroseconds": whole(time.Duration.Microseconds),
		"durationMilliseconds": whole(time.Duration.Milliseconds),
		"durationSeconds":      floats(time.Duration.Seconds),
		"durationMinutes":      floats(time.Duration.Minutes),
		"durationHours":        floats(time.Duration.Hours),
		"durationDays":         floats(func(d time.Duration) float64 { return d.Hours() / 24 }),
		"durationWeeks":        floats(func(d time.Duration) float64 { return d.Hours() / 24 / 7 }),
		"durationRoundTo":      multiple(time.Duration.Round),
		"durationTruncateTo":   multiple(time.Duration.Truncate),
	}
}

// asDuration reads a duration as Helm does: as Go writes it, or as a number of seconds, in a string too.
func asDuration(v any) (time.Duration, error) {
	switch x := v.(type) {
	case time.Duration:
		return x, nil
	case string:
		text := strings.TrimSpace(x)
		if d, err := time.ParseDuration(text); err == nil {
			return d, nil
		}
		if seconds, err := strconv.ParseFloat(text, 64); err == nil {
			return ofSeconds(seconds)
		}
		return 0, fmt.Errorf("could not parse duration %q", x)
	}
	switch rv := reflect.ValueOf(v); {
	case rv.CanInt():
		n := rv.Int()
		if n > math.MaxInt64/int64(time.Second) || n < math.MinInt64/int64(time.Second) {
			return 0, fmt.Errorf("duration seconds overflow: %d", n)
		}
		return time.Duration(n) * time.Second, nil
	case rv.CanUint():
		n := rv.Uint()
		if n > math.MaxInt64/uint64(time.Second) {
			return 0, fmt.Errorf("duration seconds overflow: %d", n)
		}
		return time.Duration(n) * time.Second, nil
	case rv.CanFloat():
		return ofSeconds(rv.Float())
	}
	return 0, errors.New("invalid duration")
}

func ofSeconds(n float64) (time.Duration, error) {
	nanos := n * float64(time.Second)
	if math.IsNaN(nanos) || nanos > math.MaxInt64 || nanos < math.MinInt64 {
		return 0, fmt.Errorf("duration seconds overflow: %v", n)
	}
	return time.Duration(nanos), nil
}
