package speed

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// group is how many packages belong to one service of a generated module: its command and what only that imports.
const group = 50

// Generate writes a module of n packages, and for each 50 of them a Dockerfile and a manifest. The first package is imported by
// all others; the way from any package to it leads through at most log n others.
func Generate(dir string, n int) error {
	files := map[string]string{"go.mod": "module example.com/generated\n\ngo 1.26.0\n"}
	for i := range n {
		name := fmt.Sprintf("p%04d", i)
		if (i+1)%group == 0 {
			files["cmd/"+name+"/main.go"] = command(i)
			files["cmd/"+name+"/Dockerfile"] = expand(image, name)
			files["deploy/"+name+".yaml"] = expand(deployment, name)
			continue
		}
		files["internal/"+name+"/"+name+".go"] = library(i)
	}
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func expand(text, name string) string { return strings.ReplaceAll(text, "NAME", name) }

// library returns the text of the i-th package. It calls that of half its number.
func library(i int) string {
	name := fmt.Sprintf("p%04d", i)
	if i == 0 {
		return expand(base, name)
	}
	parent := i / 2
	if (parent+1)%group == 0 { // a command cannot be imported
		parent--
	}
	return strings.ReplaceAll(expand(service, name), "PARENT", fmt.Sprintf("p%04d", parent))
}

// command returns the text of the command with number i, which serves what the packages before it in its group handle.
func command(i int) string {
	var imports, routes strings.Builder
	for j := i - group + 1; j < i; j++ {
		fmt.Fprintf(&imports, "\t\"example.com/generated/internal/p%04d\"\n", j)
		fmt.Fprintf(&routes, "\tmux.Handle(\"/p%04d\", p%04d.New(os.Getenv(\"P%04d_URL\")))\n", j, j, j)
	}
	return strings.NewReplacer("IMPORTS", imports.String(), "ROUTES", routes.String()).Replace(program)
}

const base = `package NAME

import (
	"context"
	"net/http"
)

// A Store keeps values.
type Store struct{ values map[string]string }

func New(url string) *Store { return &Store{values: map[string]string{"url": url}} }

func (s *Store) Get(_ context.Context, key string) (string, error) { return s.values[key], nil }

func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v, err := s.Get(r.Context(), r.URL.Path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write([]byte(v))
}
`

const service = `package NAME

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"example.com/generated/internal/PARENT"
)

// ErrEmpty is what an empty key gives.
var ErrEmpty = errors.New("NAME: empty")

// A Store asks the store below it, and remembers.
type Store struct {
	mu     sync.Mutex
	below  *PARENT.Store
	client *http.Client
	seen   map[string]entry
}

type entry struct {
	Value string    ` + "`json:\"value\"`" + `
	At    time.Time ` + "`json:\"at\"`" + `
}

func New(url string) *Store {
	return &Store{below: PARENT.New(url), client: &http.Client{Timeout: timeout()}, seen: map[string]entry{}}
}

func timeout() time.Duration {
	d, err := time.ParseDuration(os.Getenv("NAME_TIMEOUT"))
	if err != nil {
		return time.Second
	}
	return d
}

func (s *Store) Get(ctx context.Context, key string) (string, error) {
	if key == "" {
		return "", ErrEmpty
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.seen[key]; ok && time.Since(e.At) < time.Minute {
		return e.Value, nil
	}
	v, err := s.below.Get(ctx, key)
	if err != nil {
		return "", fmt.Errorf("NAME: %w", err)
	}
	s.seen[key] = entry{Value: v, At: time.Now()}
	return v, nil
}

func (s *Store) fetch(ctx context.Context, url string) (out entry, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return out, err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return out, err
	}
	defer res.Body.Close()
	return out, json.NewDecoder(res.Body).Decode(&out)
}

func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), timeout())
	defer cancel()
	v, err := s.Get(ctx, r.URL.Query().Get("key"))
	switch {
	case errors.Is(err, ErrEmpty):
		e, err := s.fetch(ctx, r.URL.Query().Get("url"))
		if err != nil {
			slog.ErrorContext(ctx, "fetch", "package", "NAME", "err", err)
			http.Error(w, "not there", http.StatusBadGateway)
			return
		}
		v = e.Value
	case err != nil:
		slog.ErrorContext(ctx, "get", "package", "NAME", "err", err)
		http.Error(w, "not there", http.StatusInternalServerError)
		return
	}
	if err := json.NewEncoder(w).Encode(entry{Value: v, At: time.Now()}); err != nil {
		slog.WarnContext(ctx, "write", "err", err)
	}
}
`

const program = `package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

IMPORTS)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	mux := http.NewServeMux()
ROUTES	s := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: mux, ReadHeaderTimeout: time.Second}
	go func() {
		if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("serve", "err", err)
			stop()
		}
	}()
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		slog.Error("shutdown", "err", err)
	}
}
`

const image = `FROM golang:1.26.0 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/NAME ./cmd/NAME

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/NAME /usr/local/bin/NAME
ENTRYPOINT ["/usr/local/bin/NAME"]
`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
spec:
  selector:
    matchLabels: {app: NAME}
  template:
    metadata:
      labels: {app: NAME}
    spec:
      containers:
      - name: NAME
        image: registry.example.com/NAME:1.4.2
        ports:
        - {name: http, containerPort: 8080}
        env:
        - {name: PORT, value: "8080"}
        - {name: NAME_TIMEOUT, value: 2s}
        resources:
          requests: {cpu: 100m, memory: 64Mi}
          limits: {memory: 128Mi}
`
