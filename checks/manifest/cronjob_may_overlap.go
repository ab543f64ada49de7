package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// cronjobMayOverlap is FL1203.
func cronjobMayOverlap() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "cronjob-may-overlap", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may set the policy
		}
		seen := map[string]bool{} // objects: a CronJob may have several containers
		for _, d := range p.Subject.Deploys {
			if d.Cron == nil || d.Platform != workload.Kubernetes || d.Kind != "CronJob" || seen[d.Object] {
				continue
			}
			seen[d.Object] = true
			policy, known := d.Cron.Concurrency.Or("Allow")
			schedule, given := d.Cron.Schedule.Get()
			if !known || !given || policy != "Allow" {
				continue
			}
			every, ok := interval(schedule)
			if !ok {
				continue
			}
			end := "nothing ends a run"
			if !d.Cron.Deadline.Absent() {
				text, _ := d.Cron.Deadline.Get()
				n, err := strconv.ParseInt(text, 10, 32)
				deadline := time.Duration(n) * time.Second
				if err != nil || deadline <= every {
					continue
				}
				end = fmt.Sprintf("a run may take %s", brief(deadline))
			}
			p.Report(check.Finding{
				At: d.Cron.Schedule.At(),
				Message: fmt.Sprintf("CronJob %q starts a job every %s, %s, and its concurrencyPolicy is Allow: when a run is slow, the next works beside it",
					objectName(d), brief(every), end),
				Logical: d.Object,
				Matter:  "schedule",
			})
		}
	}}
}

// brief writes a duration without the units that are zero.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// interval returns the shortest time between two starts of a schedule of cron (robfig/cron, which Kubernetes uses). ok is
// false if it is none. Of the days only whether every day may be one counts: two days apart are at least a day.
func interval(schedule string) (shortest time.Duration, ok bool) {
	const day = 24 * time.Hour
	switch {
	case schedule == "@hourly":
		return time.Hour, true
	case schedule == "@daily", schedule == "@midnight":
		return day, true
	case schedule == "@weekly":
		return 7 * day, true
	case schedule == "@monthly":
		return 28 * day, true
	case schedule == "@yearly", schedule == "@annually":
		return 365 * day, true
	case strings.HasPrefix(schedule, "@every "):
		d, err := time.ParseDuration(strings.TrimPrefix(schedule, "@every "))
		return d, err == nil && d > 0
	}
	fields := strings.Fields(schedule)
	if len(fields) > 0 && (strings.HasPrefix(fields[0], "TZ=") || strings.HasPrefix(fields[0], "CRON_TZ=")) {
		fields = fields[1:]
	}
	if len(fields) != 5 {
		return 0, false
	}
	minutes, ok := cronField(fields[0], 0, 59)
	hours, okHours := cronField(fields[1], 0, 23)
	if !ok || !okHours {
		return 0, false
	}
	var starts []int
	for _, h := range hours {
		for _, m := range minutes {
			starts = append(starts, 60*h+m)
		}
	}
	next := starts[0] + 24*60 // of the following day
	least := next - starts[len(starts)-1]
	if isNumber(fields[4]) && fields[2] == "*" || isNumber(fields[2]) && fields[4] == "*" {
		least += 6 * 24 * 60 // one day of the week or month
	}
	for i := 1; i < len(starts); i++ {
		least = min(least, starts[i]-starts[i-1])
	}
	return time.Duration(least) * time.Minute, true
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// cronField returns the sorted values of a field: "*", "1,2", "1-5", "*/10", "3-20/4".
func cronField(s string, low, high int) (values []int, ok bool) {
	for _, part := range strings.Split(s, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		from, to, step := low, high, 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 {
				return nil, false
			}
			step = n
		}
		if span != "*" && span != "?" {
			first, last, ranged := strings.Cut(span, "-")
			n, err := strconv.Atoi(first)
			if err != nil {
				return nil, false
			}
			from = n
			switch {
			case ranged:
				if to, err = strconv.Atoi(last); err != nil {
					return nil, false
				}
			case !stepped:
				to = from
			}
		}
		if from < low || to > high || from > to {
			return nil, false
		}
		for v := from; v <= to; v += step {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return slices.Compact(values), true
}
