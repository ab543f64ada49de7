package hostile

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// many writes a text for each number below n, one after the other.
func many(n int, text func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(text(i))
	}
	return b.String()
}

// list is many with commas between the texts.
func list(n int, text func(i int) string) string {
	return strings.TrimSuffix(many(n, func(i int) string { return text(i) + ", " }), ", ")
}

// podWith is the pod a, whose container has these fields besides.
func podWith(fields string) string {
	return strings.NewReplacer("name: p", "name: a", "image: i", "image: i, "+fields).Replace(pod)
}

// What a file holds may double with every line, or be looked at once for every other line. It costs no more than a moment all the same.
func growth(t *testing.T) {
	const last = "-- aside/pod.yaml --\n"
	double := func(i int) string { return fmt.Sprintf(`{name: E%d, value: "$(E%d)$(E%[2]d)x"}`, i, i-1) }
	for _, c := range []struct{ name, archive, says string }{
		{"variables of variables", "-- a.yaml --\n" + podWith("args: ['$(E4999)'], env: ["+list(5_000, double)+"]"), `^a\.yaml:6`},
		{"references without an end", "-- a.yaml --\n" + podWith("args: ['"+strings.Repeat("$(", 1_000_000)+"']"), `^a\.yaml:6`},
		{"sources that may replace variables", "-- a.yaml --\n" + podWith("envFrom: ["+list(20_000, func(i int) string { return fmt.Sprintf("{configMapRef: {name: m%d}}", i) })+
			", {configMapRef: {name: c}}]") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {" + list(20_000, func(i int) string { return fmt.Sprintf("K%d: x", i) }) + "}\n", `^a\.yaml:6`},
		{"containers", "-- a.yaml --\n" + strings.ReplaceAll(pod, "  - {name: c, image: i}\n", many(8_000, func(i int) string { return fmt.Sprintf("  - {name: c%d, image: i}\n", i) })),
			`^a\.yaml: warning more than 5000 containers`},
		{"one line of findings", "-- a.json --\n{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + strings.ReplaceAll(list(4_000, func(i int) string {
			return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p%d"},"spec":{"containers":[{"name":"c","image":"i"}]}}`, i)
		}), ", ", ",") + "]}\n", `^a\.json:1:`},
		{"a name of a megabyte", "-- a.yaml --\n" + strings.NewReplacer("name: p", "name: "+strings.Repeat("n", 1<<20), "  - {name: c, image: i}\n",
			many(1_000, func(i int) string { return fmt.Sprintf("  - {name: c%d, image: i}\n", i) })).Replace(pod), `^a\.yaml:6`},
		{"text behind aliases", "-- a.yaml --\n" + podWith("env: ["+list(10_000, func(i int) string { return fmt.Sprintf("{name: E%d, value: *x}", i) })+"]}\n  - {name: &x "+strings.Repeat("x", 1<<20)),
			`^a\.yaml:.* \[yaml-`},
		{"Services' ports", "-- a.yaml --\n" + podWith("ports: ["+list(20_000, func(i int) string { return fmt.Sprintf("{containerPort: %d}", i+1) })+"]") +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: b}, ports: [" + list(20_000, func(i int) string { return fmt.Sprintf("{name: p%d, port: %d}", i, i+1) }) + "]}\n",
			`^a\.yaml: warning more than \d+ comparisons`},
		{"monitors of Services", "-- a.yaml --\n" + many(300, func(i int) string {
			return fmt.Sprintf("---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d, labels: {a: b}}\nspec: {selector: {a: b}, ports: [{name: m, port: 80}]}\n---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n"+
				"metadata: {name: m%[1]d}\nspec: {selector: {matchLabels: {a: b}}, endpoints: [{port: m}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%[1]d, labels: {a: b}}\n"+
				"spec: {containers: [{name: c, image: i, ports: [{name: m, containerPort: 80}]}]}\n", i)
		}), `^a\.yaml:.*FL0202`},
		{"variables of an ENV", "-- Dockerfile --\nFROM debian:12\n" + strings.Repeat("ENV "+many(5_000, func(i int) string { return fmt.Sprintf("E%d=$E%d ", i, i-1) })+"\n", 10) + "ENTRYPOINT /x | cat\n", `^Dockerfile:.*FL0911`},
		{"variables in every stage", "-- Dockerfile --\nFROM debian:12 AS s0\nENV " + many(4_000, func(i int) string { return fmt.Sprintf("E%d=x ", i) }) + "\n" +
			many(900, func(i int) string { return fmt.Sprintf("FROM s%d AS s%d\nRUN x\n", i, i+1) }), `^Dockerfile: warning .*variables and labels`},
		{"replacements in variables", "-- Dockerfile --\nFROM debian:12\nENV A=" + strings.Repeat("x", 4_000) + "\n" + strings.Repeat("ENV B=${A//x/$A}\nENV C=${A//x/"+strings.Repeat("y", 1_000)+"}\n", 100) +
			"ENTRYPOINT /x | cat\n", `^Dockerfile:.*FL0911`},
		{"a Dockerfile of megabytes", "-- Dockerfile --\nFROM debian:12\n" + strings.Repeat("# comment\n", 200_000), `^Dockerfile: warning .*bytes`},
		{"scripts that call each other", "-- Dockerfile --\nFROM debian:12\nCOPY . .\n" + strings.Repeat("RUN ./a.sh; ./b.sh\n", 500) + "ENTRYPOINT /x | cat\n-- a.sh --\n#!/bin/sh\n" + strings.Repeat("./b.sh\n", 1_000) +
			"-- b.sh --\n#!/bin/sh\n" + strings.Repeat("./a.sh\n", 1_000), `^Dockerfile:.*FL0911`},
		{"functions of make", "-- Makefile --\nA := x\n" + strings.Repeat("A += $(A)\n", 5_000) + "b:\n\tdocker build -t " + strings.Repeat("$(subst x,xx,", 30) + "x" + strings.Repeat(")", 30) + " .\n", ""},
		{"rules of make", "-- Makefile --\n" + many(2_000, func(i int) string { return fmt.Sprintf("t%d ", i) }) + ": " + many(40_000, func(i int) string { return fmt.Sprintf("n%d ", i) }) + "\n\tdocker build .\n", ""},
		{"variables of a bake file", "-- docker-bake.hcl --\nvariable \"a0\" { default = \"x\" }\n" + many(40, func(i int) string { return fmt.Sprintf("variable \"a%d\" { default = \"${a%d}${a%[2]d}\" }\n", i+1, i) }) +
			"target \"t\" { tags = [\"${a40}\"] }\n", ""},
		{"loops of a bake file", "-- docker-bake.hcl --\ntarget \"t\" { tags = " + strings.Repeat("[for a in [0,1,2,3,4,5,6,7,8,9]: ", 8) + "\"x\"" + strings.Repeat("]", 8) + " }\n", ""},
		{"targets of a bake file", "-- docker-bake.hcl --\n" + many(20, func(i int) string {
			return fmt.Sprintf("target \"t%d\" { inherits = [%s] }\n", i, list(20, func(j int) string { return fmt.Sprintf("%q", fmt.Sprint("t", j)) }))
		}), ""},
		{"comments that name rules", "-- a.yaml --\n" + many(20_000, func(i int) string { return fmt.Sprintf("# factorlint:ignore x%d -- y\n", i) }) + pod, `^a\.yaml:.*FL0202`},
	} {
		t.Log(c.name)
		s := newSandbox(t, c.archive+last+pod)
		s.run("check", "--untrusted", "--only", "manifest,dockerfile,repository,comment", "-o", "text", "-o", "sarif=../o.sarif").
			says(asideJudged, c.says).within(6*time.Second, 300<<20)
	}
	ignored := newSandbox(t, "-- .gitignore --\n"+many(20_000, func(i int) string { return fmt.Sprintf("a*b%d*c/**/x\n", i) }))
	for i := range 5_000 {
		ignored.write(fmt.Sprintf("f%d", i), "")
	}
	ignored.run("check", "--untrusted").says(`^factorlint: warning .*too many patterns`).within(15*time.Second, 300<<20)
}

// go/types follows a type through all that it holds, and makes constants as long as they are.
func growthOfGo(t *testing.T) {
	const head = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- main.go --\npackage main\n\nimport \"os\"\n\nfunc main() { os.Getenv(\"A\") }\n"
	for name, text := range map[string]string{
		"an identifier": "var " + strings.Repeat("x", 1<<20) + " int\n",
		"constants":     "const a0 = \"0123456789\"\n" + many(60, func(i int) string { return fmt.Sprintf("const a%d = a%d + a%[2]d\n", i+1, i) }) + "var _ = os.Getenv(a60)\n",
		"structs":       "type T0 struct{ x int }\n" + many(60, func(i int) string { return fmt.Sprintf("type T%d struct{ a, b T%d }\n", i+1, i) }),
		"interfaces": "type I0 interface{ M() }\n" + many(60, func(i int) string {
			return fmt.Sprintf("type A%d interface{ I%[1]d }\ntype I%d interface{ I%[1]d; A%[1]d }\n", i, i+1)
		}),
		"aliases": "type P[A, B any] struct{ a A; b B }\ntype T0 = int\n" + many(60, func(i int) string { return fmt.Sprintf("type T%d = P[T%d, T%[2]d]\n", i+1, i) }) + "var _ T60\n",
	} {
		t.Log(name)
		s := newSandbox(t, head+text+shellForm)
		s.run("check", "--untrusted").exits(2).says(`^main\.go:1:1: .*(too long|too many others) to be type-checked`, `FL0911`).within(10*time.Second, 400<<20)
	}
}
