package makefile

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// options marks what cannot be told with "?".
func options(set map[string]string) Options {
	return Options{Set: set, Unknown: "?", Undefined: func(name string) string { return "?" + name },
		Read: func(name string) []byte {
			return map[string][]byte{"more.mk": []byte("FROM_MORE = more\n"), "self.mk": []byte("include self.mk\n")}[name]
		}}
}

func texts(commands []Command) []string {
	var out []string
	for _, c := range commands {
		out = append(out, c.Text)
	}
	return out
}

func TestGoal(t *testing.T) {
	for _, c := range []struct {
		name, text, goal string
		want             []string
	}{
		{"the first target is the default", "A = 1\n.PHONY: x\nx: y\n\t@echo $(A)\ny:\n\t-@ echo y\n", "", []string{"echo y", "echo 1"}},
		{"assignments", "A = $(B)\nB := b\nC := $(A)\nB := z\nD ?= d\nD ?= e\nE += 1\nE += 2\nF != date\nG ::= g\nx:\n\techo $(A) $C $(C) ${D} $(E) $(F) $(G) $(H)\n", "x",
			[]string{"echo z b b d 1 2 ? g ?H"}},
		{"escapes and automatic variables", "x/y: a b\n\techo $$HOME $@ $< $^ $(@D) $(@F)\na b:\n", "x/y", []string{"echo $HOME x/y a a b x y"}},
		{"functions", "S = a b c.go\nx:\n\techo $(S:%=%/) $(S:.go=.o) $(subst a,z,$(S)) $(addprefix ./,$(S)) $(filter %.go,$(S)) $(filter-out a,$(S)) $(firstword $(S)) $(lastword $(S)) $(word 2,$(S)) $(if $(S),yes,no) $(or ,$(S)) $(foreach s,$(S),<$(s)>) $(shell date) $(notdir p/q) $(strip  a  b )\n", "x",
			[]string{"echo a/ b/ c.go/ a b c.o z b c.go ./a ./b ./c.go c.go b c.go a c.go b yes a b c.go <a> <b> <c.go> ? q a b"}},
		{"call", "run = echo $(1)-$(2)\nx:\n\t$(call run,a,b)\n", "x", []string{"echo a-b"}},
		{"continued lines", "A = 1 \\\n  2\nx:\n\techo $(A) \\\n\t  end\n", "x", []string{"echo 1 2 \\\n  end"}},
		{"conditionals", "A = 1\nifeq ($(A),1)\nB = yes\nelse\nB = no\nendif\nifneq \"$(A)\" \"1\"\nC = no\nelse ifdef A\nC = yes\nendif\nx:\nifdef A\n\techo $(B) $(C)\nendif\n", "x", []string{"echo yes yes"}},
		{"what an unclear condition sets is not known", "B = 0\nifeq ($(OS),linux)\nB = 1\nendif\nx:\n\techo $(B)\n", "x", []string{"echo ?"}},
		{"patterns", "build-%:\n\techo $* $@\n", "build-api", []string{"echo api build-api"}},
		{"static patterns", "ALL = a b\n$(ALL:%=c-%): c-%: d-%\n\techo $* $<\n", "c-b", []string{"echo b d-b"}},
		{"variables of a target", "V = 1\nx: V = 2\nx:\n\techo $(V)\n", "x", []string{"echo 2"}},
		{"one shell", ".ONESHELL:\nx:\n\tcd a\n\techo b\n", "x", []string{"cd a\necho b"}},
		{"included", "include more.mk missing.mk self.mk\nx:\n\techo $(FROM_MORE)\n", "x", []string{"echo more"}},
		{"templates", "define T\n$(1):\n\techo $(1) $$@\nendef\n$(foreach s,a b,$(eval $(call T,$(s))))\n", "b", []string{"echo b b"}},
		{"a recipe behind a semicolon", "x: ; echo 1\n", "x", []string{"echo 1"}},
	} {
		var goals []string
		if c.goal != "" {
			goals = []string{c.goal}
		}
		got, ok := Parse("Makefile", []byte(c.text), options(nil)).Goal(goals...)
		if !ok || !slices.Equal(texts(got), c.want) {
			t.Errorf("%s:\n got %q %v\nwant %q", c.name, texts(got), ok, c.want)
		}
	}
	if _, ok := Parse("Makefile", []byte("x:\n\ty\n"), options(nil)).Goal("z"); ok {
		t.Error("a goal that is not there")
	}
}

func TestWhatTheCommandLineSetsWins(t *testing.T) {
	f := Parse("Makefile", []byte("V := 1\nx: V = 3\nx:\n\techo $(V)\n"), options(map[string]string{"V": "2"}))
	if got, _ := f.Goal("x"); !slices.Equal(texts(got), []string{"echo 2"}) {
		t.Errorf("%q", texts(got))
	}
}

func TestAll(t *testing.T) {
	f := Parse("M", []byte("all: img-a img-b\nimg-%:\n\tdocker build -t $* .\nother-%:\n\techo $*\n"), options(nil))
	var got []string
	for _, c := range f.All() {
		got = append(got, c.Text)
		if c.File != "M" || c.Line == 0 {
			t.Errorf("no place: %+v", c)
		}
	}
	if want := []string{"docker build -t a .", "docker build -t b .", "echo "}; !slices.Equal(got, want) && !slices.Equal(got, append(want[:2], "echo ?")) {
		t.Errorf("%q", got)
	}
}

func TestHostile(t *testing.T) {
	start := time.Now()
	double := "A0 = x\n"
	for i := range 60 {
		n := string(rune('0' + (i+1)%10))
		double += "A" + strings.Repeat(n, i/10+1) + " = $(A0)$(A1)$(A2)$(A3)\n"
	}
	for _, text := range []string{
		"A = $(A)\nx:\n\techo $(A)\n",
		double + "x:\n\techo $(A1)\n",
		"x: x\n\techo\n",
		strings.Repeat("%:\n\techo $@\n", 4000) + strings.Repeat("a b c: d\n", 4000),
		"x:\n\techo " + strings.Repeat("$(", 10000) + "\n",
		"x:\n\techo " + strings.Repeat("$(strip ", 1000) + strings.Repeat(")", 1000) + "\n",
		"endif\nelse\nifeq\nendef\ndefine\n: ; x\n=\n:=\n$\n\t\n$(\n",
		strings.Repeat("ifdef A\n", 3000),
	} {
		f := Parse("Makefile", []byte(text), options(nil))
		f.Goal()
		f.All()
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"A = $(B)\nx: $(A) ; echo $@\n", "ifeq (a,$(shell b))\nelse\nendif\n%.o: %.c\n\tcc $<\n", "define T\n$(1):\nendef\n$(foreach s,a b,$(eval $(call T,$(s))))\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		m := Parse("Makefile", []byte(text), options(nil))
		m.Goal()
		m.All()
	})
}
