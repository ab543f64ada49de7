package dotenvrequired_test

import (
	"testing"

	"github.com/factorlint/factorlint/analyzers/dotenvrequired"
	"github.com/factorlint/factorlint/internal/moduletest"
)

// TestFix holds the fix to its promises: what it writes is what stands here and what gofmt would write, compiles, and
// leaves nothing to report.
func TestFix(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{
			name: "in the if statement",
			before: `package main

import (
	"log"

	"github.com/hibiken/asynq"
	"github.com/joho/godotenv"
)

func main() {
	if err := godotenv.Load(); err != nil {
		log.Fatalf("no file: %v", err) // want "finds no file .env"
	}
	new(asynq.Server).Run(nil)
}
`,
			after: `package main

import (
	"log"

	"github.com/hibiken/asynq"
	"github.com/joho/godotenv"
)

func main() {
	if err := godotenv.Load(); err != nil {
		log.Printf("no file: %v", err) // want "finds no file .env"
	}
	new(asynq.Server).Run(nil)
}
`,
		},
		{
			name: "before it",
			before: `package main

import (
	"log"

	"github.com/hibiken/asynq"
	"github.com/joho/godotenv"
)

func main() {
	err := godotenv.Load()
	if err != nil {
		log.Panic(err) // want "finds no file .env"
	}
	new(asynq.Server).Run(nil)
}
`,
			after: `package main

import (
	"log"

	"github.com/hibiken/asynq"
	"github.com/joho/godotenv"
)

func main() {
	err := godotenv.Load()
	if err != nil {
		log.Print(err) // want "finds no file .env"
	}
	new(asynq.Server).Run(nil)
}
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			moduletest.Fixes(t, dotenvrequired.Analyzer, module, tt.before, tt.after)
		})
	}
}

// TestNoFix lists reports that come without a fix, since none would be safe.
func TestNoFix(t *testing.T) {
	tests := map[string]string{
		"panic": `package main

import (

	"github.com/hibiken/asynq"
	"github.com/joho/godotenv"
)

func main() {
	if err := godotenv.Load(); err != nil {
		panic(err) // want "finds no file .env"
	}
	new(asynq.Server).Run(nil)
}
`,
		"more is done": `package main

import (
	"log"
	"os"

	"github.com/hibiken/asynq"
	"github.com/joho/godotenv"
)

func main() {
	if err := godotenv.Load(); err != nil {
		log.Print(err)
		os.Exit(1) // want "finds no file .env"
	}
	new(asynq.Server).Run(nil)
}
`,
		"of another function": `package main

import (
	"log"

	"github.com/hibiken/asynq"
	"github.com/joho/godotenv"
)

func main() {
	if err := load(); err != nil {
		log.Fatal(err) // want "finds no file .env"
	}
	new(asynq.Server).Run(nil)
}

func load() error { return godotenv.Load() }
`,
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			moduletest.NoFix(t, dotenvrequired.Analyzer, module, src)
		})
	}
}

var module = moduletest.Module{
	"go.mod": `module example.com/shop

go 1.26

require (
	github.com/hibiken/asynq v0.24.0
	github.com/joho/godotenv v1.5.1
)
`,
	"vendor/modules.txt": `# github.com/hibiken/asynq v0.24.0
## explicit; go 1.20
github.com/hibiken/asynq
# github.com/joho/godotenv v1.5.1
## explicit; go 1.12
github.com/joho/godotenv
`,
	"vendor/github.com/hibiken/asynq/asynq.go": `package asynq

type Server struct{}

func (*Server) Run(handler any) error { return nil }
`,
	"vendor/github.com/joho/godotenv/godotenv.go": `package godotenv

func Load(filenames ...string) error { return nil }
`,
}
