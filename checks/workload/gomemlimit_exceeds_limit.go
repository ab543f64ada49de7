package workload

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

func gomemlimitExceedsLimit() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "gomemlimit-exceeds-limit", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if !runsService(w) {
			return
		}
		d := w.Deploy
		hard, ok := memoryLimit(d)
		soft, said, at, known := softLimit(w)
		if !ok || !known || soft.Cmp(hard) < 0 {
			return
		}
		limit, _ := d.MemoryLimit.Get()
		f := check.Finding{
			At:      at,
			Related: related(nil, d.MemoryLimit.At(), "the container may use "+limit),
			Logical: logical(d),
			Matter:  "memory",
		}
		if soft.Cmp(hard) > 0 {
			f.Message = fmt.Sprintf("the memory limit of the Go runtime of %s is %s, above the %s that %s may use: the kernel kills the program before the garbage collector sees a need to hurry",
				w.Program.Title(), said, limit, describe(d))
			p.Report(f)
			return
		}
		f.Message = fmt.Sprintf("the memory limit of the Go runtime of %s is %s, all of the %s that %s may use: what the runtime does not count has no room, and the kernel kills the program under load",
			w.Program.Title(), said, limit, describe(d))
		p.ReportAs(rules.Warning, f)
	}}
}

// memoryLimit returns how many bytes a container may use.
func memoryLimit(d *workload.Deploy) (bytes *big.Rat, ok bool) {
	limit, ok := d.MemoryLimit.Get()
	if !ok {
		return nil, false
	}
	if d.Platform == workload.Compose {
		bytes, ok = workload.ParseBytes(limit)
	} else {
		bytes, ok = workload.ParseQuantity(limit)
	}
	return bytes, ok && bytes.Sign() > 0
}

// softLimit returns the memory limit of the program's Go runtime, in bytes and as it is said, and where it is set: what the program
// sets itself, else the variable that the runtime reads.
func softLimit(w *workload.Workload) (bytes *big.Rat, said string, at check.Span, ok bool) {
	own := w.Program.Tuning.MemoryLimit
	if n, known := own.Get(); known {
		return new(big.Rat).SetInt64(n), check.Count(int(n), "byte"), own.At(), true
	}
	v := w.RuntimeEnv("GOMEMLIMIT")
	text, known := v.Get()
	if !known || !own.Absent() {
		return nil, "", at, false
	}
	bytes, ok = parseGomemlimit(text)
	return bytes, text, v.At(), ok
}

// gomemlimitForm is the syntax of GOMEMLIMIT (package runtime, parseByteCount).
var gomemlimitForm = regexp.MustCompile(`^([0-9]+)(?:B|([KMGT])iB)?$`)

// parseGomemlimit returns the number of bytes that a GOMEMLIMIT says. ok is false for "off" and for what the runtime refuses.
func parseGomemlimit(s string) (bytes *big.Rat, ok bool) {
	m := gomemlimitForm.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	if m[2] != "" {
		return workload.ParseQuantity(m[1] + m[2] + "i")
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return new(big.Rat).SetInt64(n), err == nil
}
