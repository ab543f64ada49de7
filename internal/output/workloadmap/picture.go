package workloadmap

import (
	"cmp"
	"fmt"
	"slices"
)

// A Picture is a map as it is drawn: boxes side by side, from the code to what comes in from outside, and lines
// between the rows in them that agree.
type Picture struct {
	Boxes []Box
	Lines []Joint
}

// A Box is one part of a workload.
type Box struct {
	Kind  string // "code", "image", "manifest", "outside"
	Title string
	Place
	Rows []Row
}

// A Row is one fact in a box.
type Row struct {
	ID   string // unique in the picture
	Kind string // "port", "env", "signal", "probe", "use" or "limit"
	Text string
	Place
}

// A Joint is a line between two rows: what a manifest sets and a program reads, one port in two parts.
type Joint struct{ From, To, Kind string }

// mostRows is how many rows of a kind a box shows.
const mostRows = 8

// Picture draws the map.
func (m *Map) Picture() Picture {
	d := &drawing{}
	if p := m.Program; p != nil {
		d.box("code", fmt.Sprintf("%s (%s)", p.Name, p.Class), p.Place)
		d.code(m)
	}
	if i := m.Image; i != nil {
		d.box("image", joined("stage", i.Stage, prefixed("on ", i.Base)), i.Place)
		d.ports(m, "EXPOSE")
		d.settings(m, func(s Setting) bool { return s.By == "image" })
		d.started(m)
		d.row("limit", prefixed("user ", i.User), "", i.Place)
	} else if p := m.Deploy; p != nil && p.Image != "" {
		d.box("image", p.Image, p.ImageAt)
	}
	if p := m.Deploy; p != nil {
		d.box("manifest", p.Kind+" "+p.Container, p.Place)
		d.manifest(m)
	}
	d.box("outside", "traffic", Place{})
	d.ports(m, "Service", "published", "Ingress")
	if last := len(d.Boxes) - 1; len(d.Boxes[last].Rows) == 0 {
		d.Boxes = d.Boxes[:last]
	}
	return d.Picture
}

// A drawing is a picture in the making. Rows with a key are joined to the last row of that key in an earlier box.
type drawing struct {
	Picture
	keys []keyedRow
	more map[string]int // rows that were left out, by kind, of the last box
}

type keyedRow struct {
	key, id string
	box     int
}

func (d *drawing) box(kind, title string, at Place) {
	d.Boxes = append(d.Boxes, Box{Kind: kind, Title: title, Place: at})
	d.more = map[string]int{}
}

// row adds a row to the last box and joins it to the rows of its key.
func (d *drawing) row(kind, text, key string, at Place) {
	if text == "" {
		return
	}
	last := len(d.Boxes) - 1
	box := &d.Boxes[last]
	id := fmt.Sprintf("%s-%d", box.Kind, len(box.Rows))
	shown, end := 0, 0
	for i, r := range box.Rows {
		if r.Kind == kind {
			shown++
			end = i
		}
	}
	if shown > mostRows {
		d.more[kind]++
		box.Rows[end].Text = fmt.Sprintf("… and %d more", d.more[kind])
		return
	}
	if shown == mostRows { // a row for those that have none
		d.more[kind], text, key, at = 1, "… and 1 more", "", Place{}
	}
	box.Rows = append(box.Rows, Row{ID: id, Kind: kind, Text: text, Place: at})
	if key == "" {
		return
	}
	key = kind + " " + key
	joined := -1
	for _, k := range slices.Backward(d.keys) {
		if k.key == key && k.box < last && (joined < 0 || joined == k.box) {
			d.Lines = append(d.Lines, Joint{k.id, id, kind})
			joined = k.box
		}
	}
	d.keys = append(d.keys, keyedRow{key, id, last})
}

// code draws what the program listens on, reads, handles, answers and uses.
func (d *drawing) code(m *Map) {
	d.ports(m, "listens")
	for _, v := range joinedFirst(m.Env) {
		if len(v.Read) > 0 {
			name := v.Name
			if v.Prefix {
				name += "*"
			}
			d.row("env", "reads "+name, v.Name, v.Read[0])
		}
	}
	for _, f := range m.Signals {
		if f.What == "handles" {
			d.row("signal", "handles "+f.Value, f.Value, f.Place)
		}
	}
	d.facts(m.Signals, "signal", "drain time")
	for _, p := range m.Probes {
		if p.key != "" {
			d.once("probe", "answers "+p.key, p.key, m.routeAt(p.key))
		}
	}
	for _, f := range m.Connections {
		d.once("use", "uses "+f.What+" "+f.Value, "", f.Place)
	}
}

// manifest draws what the deploy declares, sets, sends and asks.
func (d *drawing) manifest(m *Map) {
	d.ports(m, "containerPort", "container port")
	d.settings(m, func(s Setting) bool { return s.By != "image" })
	d.started(m)
	stop := Fact{Value: "SIGTERM"}
	for _, f := range m.Signals {
		switch f.What {
		case "stop signal":
			stop = f
		case "grace":
			d.row("signal", fmt.Sprintf("%s, SIGKILL after %s", stop.Value, f.Value), stop.Value, f.Place)
		}
	}
	for _, p := range m.Probes {
		if p.What != "health service" {
			d.row("probe", p.What+" "+p.Value, p.key, p.Place)
		}
	}
	d.facts(m.Limits, "limit", "CPU limit", "memory limit", "GOMEMLIMIT")
	d.facts(m.Scale, "limit", "replicas", "schedule", "HorizontalPodAutoscaler", "ScaledObject")
}

// ports draws the ports that are declared in one of some ways.
func (d *drawing) ports(m *Map, ways ...string) {
	for _, f := range m.Ports {
		if slices.Contains(ways, f.What) {
			d.once("port", f.What+" "+f.Value, f.key, f.Place)
		}
	}
}

// settings draws the variables that one side sets.
func (d *drawing) settings(m *Map, by func(Setting) bool) {
	for _, v := range joinedFirst(m.Env) {
		i := slices.IndexFunc(v.Set, by)
		if i < 0 {
			continue
		}
		text := "sets " + v.Name
		if last := v.Set[len(v.Set)-1]; by(last) {
			text = joined(v.Name, v.Shown())
		}
		d.row("env", text, v.Name, v.Set[i].Place)
	}
}

// joinedFirst returns variables, those first that are both set and read.
func joinedFirst(vars []Variable) []Variable {
	alone := func(v Variable) int {
		if len(v.Read) > 0 && len(v.Set) > 0 {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(vars), func(a, b Variable) int { return cmp.Compare(alone(a), alone(b)) })
}

// started draws how the last box starts the container, if it does.
func (d *drawing) started(m *Map) {
	for _, f := range m.Signals {
		if f.What == "started" && f.key == d.Boxes[len(d.Boxes)-1].Kind {
			d.row("signal", "starts it "+f.Value, "", f.Place)
		}
	}
}

// facts draws those facts of a section that are of some sort.
func (d *drawing) facts(from []Fact, kind string, what ...string) {
	for _, f := range from {
		if slices.Contains(what, f.What) {
			d.row(kind, f.What+" "+f.Value, "", f.Place)
		}
	}
}

// once draws a row unless the last box has it.
func (d *drawing) once(kind, text, key string, at Place) {
	rows := d.Boxes[len(d.Boxes)-1].Rows
	if !slices.ContainsFunc(rows, func(r Row) bool { return r.Kind == kind && r.Text == text }) {
		d.row(kind, text, key, at)
	}
}

// routeAt returns where a route of that name is registered.
func (m *Map) routeAt(name string) Place {
	if i := slices.IndexFunc(m.Routes, func(f Fact) bool { return f.Value == name }); i >= 0 {
		return m.Routes[i].Place
	}
	return Place{}
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
