package main

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// docs/cli.md lists every flag of every command, with its default and meaning as the command itself has them.
func TestFlagsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := flagTable((&app{}).root()); !strings.Contains(string(page), want) {
		t.Errorf("docs/cli.md lacks this table:\n%s", want)
	}
}

// docs/configuration.md lists the words that name several rules.
func TestWordsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range slices.Concat(kinds(), principles()) {
		if !strings.Contains(string(page), "`"+word+"`") {
			t.Errorf("docs/configuration.md does not name %s", word)
		}
	}
}

// A flagRow is what the table says of a flag, its commands aside.
type flagRow struct{ flag, variable, byDefault, meaning string }

// flagTable returns the flags of a command and of those below it as a table in Markdown. Flags that are alike share a line.
func flagTable(root *cobra.Command) string {
	commands := map[flagRow][]string{}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if isVariable(f) {
				commands[rowOf(f)] = append(commands[rowOf(f)], strings.TrimPrefix(c.CommandPath(), root.Name()+" "))
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	rows := slices.SortedFunc(maps.Keys(commands), func(a, b flagRow) int {
		return cmp.Or(cmp.Compare(a.flag, b.flag), cmp.Compare(a.meaning, b.meaning))
	})
	table := "| flag | variable | default | of | meaning |\n|---|---|---|---|---|\n"
	for _, r := range rows {
		table += strings.Join([]string{"| " + r.flag, r.variable, r.byDefault, strings.Join(commands[r], ", "), r.meaning + " |\n"}, " | ")
	}
	return table
}

func rowOf(f *pflag.Flag) flagRow {
	value, usage := pflag.UnquoteUsage(f)
	name := "`" + strings.TrimSpace("--"+f.Name+" "+value) + "`"
	if f.Shorthand != "" {
		name += ", `-" + f.Shorthand + "`"
	}
	byDefault := strings.Trim(f.DefValue, "[]")
	if byDefault == "false" || byDefault == "0s" { // not given
		byDefault = ""
	}
	escape := strings.NewReplacer("|", `\|`)
	return flagRow{escape.Replace(name), "`" + variableOf(f.Name) + "`", byDefault, escape.Replace(usage)}
}
