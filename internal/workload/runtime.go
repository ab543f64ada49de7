package workload

import "github.com/factorlint/factorlint/internal/check"

// RuntimeEnv returns a variable as the Go runtime finds it when the program starts. It leaves out what [Workload.Inputs] takes
// into account of files that the program itself may read: the runtime looks only once, before them. It is absent only if
// neither the deploy nor the image sets it.
func (w *Workload) RuntimeEnv(name string) Value[string] {
	d, img, st := w.Deploy, w.Image, w.start()
	if d == nil || img == nil {
		return Unknown[string](check.Span{})
	}
	if v, ok := lastOf(st.env, name); ok {
		return v
	}
	if v := d.variables().lookup(name); !v.Absent() {
		return v
	}
	if v, ok := lastOf(img.Env, name); ok {
		return v
	}
	if st.unsure || !setsNothing(img.Base) || d.Variant != nil && d.Variant.Incomplete {
		return Unknown[string](d.EnvAt)
	}
	return Absent[string](d.EnvAt)
}

// WorkDir returns the folder that the program starts in.
func (w *Workload) WorkDir() Value[string] { return w.start().workDir }
