package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// described lists the variants of a tree with their services, and what was noted.
func described(t *testing.T, tree string) string {
	t.Helper()
	variants, notes := load(t, tree)
	var b strings.Builder
	for _, v := range variants {
		fmt.Fprintf(&b, "%s (incomplete %v):", v.Name, v.Incomplete)
		for _, d := range v.Deploys {
			fmt.Fprintf(&b, " %s=%s", d.Name, show(d.Image))
			if e := strings.TrimSpace(env(d)); e != "" {
				fmt.Fprintf(&b, "[%s]", e)
			}
			for _, m := range d.Mounts {
				fmt.Fprintf(&b, "<%s>", m.Name)
			}
		}
		b.WriteString("\n")
	}
	for _, n := range notes {
		fmt.Fprintf(&b, "%s %s:%d:%d %s\n", n.Code, n.At.File, n.At.Start.Line, n.At.Start.Col, n.Message)
	}
	return b.String()
}

func TestComposeInclude(t *testing.T) {
	for _, c := range []struct{ name, tree, want string }{
		{"short", `
-- .env --
TAG=1
-- db/.env --
TAG=2
PASSWORD=x
-- db/compose.yaml --
services:
  db: {image: "db:$TAG", environment: {P: "$PASSWORD"}, volumes: ["./data:/data"]}
-- compose.yaml --
include: [db/compose.yaml]
services:
  api: {image: "api:$TAG"}
`, "compose.yaml (incomplete false): db=db:1[P=x]<db/data> api=api:1\n"},
		{"long", `
-- other.env --
TAG=3
-- db/.env --
TAG=2
-- db/compose.yaml --
services:
  db: {image: "db:$TAG", volumes: ["./data:/data"]}
-- compose.yaml --
include:
- path: db/compose.yaml
  project_directory: .
  env_file: [other.env]
`, "compose.yaml (incomplete false): db=db:3<data>\n"},
		{"paths", `
-- db/base.yaml --
services:
  db: {image: "db:1", environment: {A: "1", B: "1"}}
-- db/more.yaml --
services:
  db: {environment: {B: "2"}}
-- compose.yaml --
include:
- path: [db/base.yaml, db/more.yaml]
services:
  api: {image: "api:1"}
`, "compose.yaml (incomplete false): db=db:1[A=1, B=2] api=api:1\n"},
		{"within an included file, with an override over it", `
-- a/compose.yaml --
include: [b/compose.yaml]
services:
  a: {image: "a:1"}
-- a/b/compose.yaml --
services:
  b: {image: "b:1"}
-- compose.yaml --
include: [a/compose.yaml]
-- compose.override.yaml --
services:
  b: {environment: {X: "1"}}
`, "compose.yaml + compose.override.yaml (incomplete false): b=b:1[X=1] a=a:1\n"},
		{"in a circle and twice", `
-- a/compose.yaml --
include: [../b/compose.yaml, ../b/compose.yaml]
services:
  a: {image: "a:1"}
-- b/compose.yaml --
include: [../a/compose.yaml, ../compose.yaml]
services:
  b: {image: "b:1"}
-- compose.yaml --
include: [a/compose.yaml]
`, "a/compose.yaml (incomplete false): b=b:1 a=a:1\n" +
			"b/compose.yaml (incomplete false): a=a:1 b=b:1\n" +
			"compose.yaml (incomplete false): b=b:1 a=a:1\n"},
		{"not in the tree", `
-- compose.yaml --
include:
- oci://registry.example.com/db:1
- git@github.com:acme/db.git
- path: ../db/compose.yaml
- ${DIR}/compose.yaml
- gone.yaml
services:
  api: {image: "api:1"}
`, `compose.yaml (incomplete false): api=api:1
compose-file compose.yaml:2:3 "oci://registry.example.com/db:1" is not fetched: what it deploys was not judged
compose-file compose.yaml:3:3 "git@github.com:acme/db.git" is not fetched: what it deploys was not judged
compose-file compose.yaml:4:9 "../db/compose.yaml" lies outside the tree: what it deploys was not judged
compose-file compose.yaml:5:3 "${DIR}/compose.yaml" holds a variable that nothing in the tree sets: what it deploys was not judged
compose-file compose.yaml:6:3 "gone.yaml" is not in the tree, or is no Compose file: what it deploys was not judged
`},
	} {
		t.Run(c.name, func(t *testing.T) { equal(t, "variants", described(t, c.tree), c.want) })
	}
}

func TestComposeIncludeLimit(t *testing.T) {
	files := map[string]string{}
	top := "include:\n"
	for i := range maxIncludes + 5 {
		files[fmt.Sprintf("s%d.yaml", i)] = fmt.Sprintf("services:\n  s%d: {image: i}\n", i)
		top += fmt.Sprintf("- s%d.yaml\n", i)
	}
	files["compose.yaml"] = top
	variants, notes := loadFiles(files)
	if len(notes) != 1 || notes[0].Code != "yaml-limit" {
		t.Errorf("notifications %v", notes)
	}
	for _, v := range variants {
		if v.Name == "compose.yaml" && len(v.Deploys) != maxIncludes {
			t.Errorf("%d services", len(v.Deploys))
		}
	}
}

func TestComposeFileVariable(t *testing.T) {
	for _, c := range []struct{ name, tree, want string }{
		{"merged in order, beside others", `
-- .env --
COMPOSE_FILE=deploy/base.yml:deploy/dev.yml
TAG=1
-- deploy/.env --
TAG=2
NAME=x
-- deploy/base.yml --
services:
  api: {image: "api:$TAG", environment: {NAME: "$NAME", MODE: base}}
-- deploy/dev.yml --
services:
  api: {environment: {MODE: dev}, volumes: ["./src:/src"]}
-- compose.yaml --
services:
  other: {image: "other:1"}
`, "compose.yaml (incomplete false): other=other:1\n" +
			"deploy/base.yml + deploy/dev.yml (incomplete false): api=api:1[NAME=x, MODE=dev]<deploy/src>\n"},
		{"its base is a base for others", `
-- .env --
COMPOSE_PATH_SEPARATOR=,
COMPOSE_FILE="compose.yaml,compose.dev.yaml"
-- compose.yaml --
services:
  api: {image: "api:1"}
-- compose.dev.yaml --
services:
  api: {environment: {MODE: dev}}
-- compose.prod.yaml --
services:
  api: {environment: {MODE: prod}}
`, "compose.yaml + compose.dev.yaml (incomplete false): api=api:1[MODE=dev]\n" +
			"compose.yaml + compose.prod.yaml (incomplete false): api=api:1[MODE=prod]\n"},
		{"not all in the tree", `
-- .env --
COMPOSE_FILE=compose.yaml:../more.yaml
-- compose.yaml --
services:
  api: {image: "api:1"}
`, "compose.yaml (incomplete true): api=api:1\n" +
			"compose-file .env:1:14 \"../more.yaml\" lies outside the tree: what it deploys was not judged\n"},
		{"none", `
-- .env --
# COMPOSE_FILE=a.yaml
COMPOSE_FILE=
-- compose.yaml --
services:
  api: {image: "api:1"}
`, "compose.yaml (incomplete false): api=api:1\n"},
	} {
		t.Run(c.name, func(t *testing.T) { equal(t, "variants", described(t, c.tree), c.want) })
	}
}
