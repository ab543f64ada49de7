//go:build ignore

// This program compares how many manifests a second factorlint checks with what kube-score and kube-linter do on the same
// files, and how much memory each takes. "make bench" runs it from the repository's root.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/speed"
)

const (
	services    = 2_500
	dockerfiles = 1_000
)

func main() {
	log.SetFlags(0)
	tools := flag.String("tools", "bin", "folder of kube-score and kube-linter, if they could be built")
	flag.Parse()
	if err := run(*tools, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(tools string, out io.Writer) error {
	tools, err := filepath.Abs(tools)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "factorlint-throughput-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self := filepath.Join(dir, "factorlint")
	if text, err := exec.Command("go", "build", "-o", self, "./cmd/factorlint").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	tree := filepath.Join(dir, "tree")
	manifests, err := generate(tree)
	if err != nil {
		return err
	}

	fmt.Fprintf(out, "%d manifests and %d Dockerfiles\n%-12s %10s %10s %14s %10s %8s\n", len(manifests), dockerfiles, "", "time", "CPU", "documents/s", "memory", "ratio")
	var base float64
	for _, t := range []struct {
		name, path string
		documents  int
		args       []string
	}{
		{"factorlint", self, len(manifests) + dockerfiles, []string{"check", "--exit-zero", "--only", "manifest,dockerfile,repository", "."}},
		{"kube-score", filepath.Join(tools, "kube-score"), len(manifests), append([]string{"score"}, manifests...)},
		{"kube-linter", filepath.Join(tools, "kube-linter"), len(manifests), []string{"lint", "."}},
	} {
		if _, err := os.Stat(t.path); err != nil {
			fmt.Fprintf(out, "%-12s not there: %v\n", t.name, err)
			continue
		}
		c, err := speed.Measure(context.Background(), tree, nil, append([]string{t.path}, t.args...)...)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		rate := float64(t.documents) / c.Wall.Seconds()
		if base == 0 {
			base = rate
		}
		fmt.Fprintf(out, "%-12s %10s %10s %14.0f %6d MiB %8.1f\n", t.name, c.Wall.Round(time.Millisecond), c.CPU.Round(time.Millisecond), rate, c.Memory>>20, base/rate)
	}
	return nil
}

// generate writes the tree and returns its manifests, relative to it: four for each service, in a folder that is deployed
// by itself.
func generate(tree string) (manifests []string, err error) {
	for i := range services {
		name := fmt.Sprintf("service-%04d", i)
		files := map[string]string{}
		for kind, text := range map[string]string{"deployment": deployment, "service": service, "config": config, "scaler": scaler} {
			file := filepath.Join("services", name, "k8s", kind+".yaml")
			files[file] = text
			manifests = append(manifests, file)
		}
		if i < dockerfiles {
			files[filepath.Join("services", name, "Dockerfile")] = dockerfile
		}
		for file, text := range files {
			file = filepath.Join(tree, file)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return nil, err
			}
			text = strings.NewReplacer("NAME", name, "PORT", fmt.Sprint(8000+i%1000)).Replace(text)
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				return nil, err
			}
		}
	}
	return manifests, nil
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
  labels: {app: NAME}
spec:
  selector:
    matchLabels: {app: NAME}
  template:
    metadata:
      labels: {app: NAME}
    spec:
      terminationGracePeriodSeconds: 45
      securityContext:
        runAsNonRoot: true
      containers:
      - name: api
        image: registry.example.com/NAME:1.4.2
        args: ["--port=PORT"]
        ports:
        - {name: http, containerPort: PORT}
        env:
        - name: LOG_LEVEL
          valueFrom:
            configMapKeyRef: {name: NAME, key: LOG_LEVEL}
        - {name: DB_HOST, value: postgres}
        envFrom:
        - configMapRef: {name: NAME}
        readinessProbe:
          httpGet: {path: /ready, port: http}
        livenessProbe:
          httpGet: {path: /healthz, port: http}
        resources:
          requests: {cpu: 100m, memory: 64Mi}
          limits: {memory: 128Mi}
        volumeMounts:
        - {name: scratch, mountPath: /scratch}
      - name: proxy
        image: registry.example.com/proxy
        securityContext: {privileged: true}
      volumes:
      - name: scratch
        emptyDir: {medium: Memory}
`

const service = `apiVersion: v1
kind: Service
metadata:
  name: NAME
spec:
  selector: {app: NAME}
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: admin, port: 81, targetPort: admin}
`

const config = `apiVersion: v1
kind: ConfigMap
metadata:
  name: NAME
data:
  LOG_LEVEL: info
  HTTP_PORT: "PORT"
  FEATURES: a,b,c
`

const scaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: NAME
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: NAME}
  minReplicas: 2
  maxReplicas: 10
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
`

const dockerfile = `FROM golang:1.26.0 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/api ./cmd/api

FROM debian:bookworm-slim
COPY --from=build /out/api /usr/local/bin/api
EXPOSE PORT
ENTRYPOINT api --port=PORT
`
