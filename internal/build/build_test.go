package build

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// read reads a small repository.
func read(text string) Found {
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return Read(fsys, slices.Sorted(maps.Keys(fsys)))
}

// lines writes what was found: "image ⇐ Dockerfile in context: target NAME=value (how)", "from = to (how)", "path ⇐ package".
func picture(f Found) []string {
	var out []string
	for _, m := range f.Made {
		line := m.Image
		if b := m.Build; b != nil {
			line += " ⇐ " + b.Dockerfile + " in " + b.Context
			if b.Target != "" {
				line += " to " + b.Target
			}
			for _, name := range slices.Sorted(maps.Keys(b.Args)) {
				value, known := b.Args[name].Get()
				if !known {
					value = "?"
				}
				line += " " + name + "=" + value
			}
		} else {
			line += " ⇐ package " + m.Package
		}
		if m.Retags {
			line += " retags"
		}
		out = append(out, line+" ("+m.How+")")
	}
	for _, r := range f.Renamed {
		out = append(out, fmt.Sprintf("%s = %s (%s)", r.From, r.To, r.How))
	}
	for _, b := range f.Programs {
		out = append(out, b.Path+" ⇐ "+b.Package+b.ImportPath)
	}
	return out
}

const files = "-- Dockerfile --\nFROM scratch\n-- build/api.Dockerfile --\nFROM scratch\n-- web/Dockerfile --\nFROM scratch\n-- job/Containerfile --\nFROM scratch\n"

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"docker build in a Makefile", `
-- Makefile --
REG ?= ghcr.io/acme
TAG := $(shell git describe)
image:
	docker build --pull --platform linux/amd64 -t $(REG)/api:$(TAG) -f build/api.Dockerfile --build-arg VERSION=1 --build-arg COMMIT --build-arg TIME=$(TAG) --target run .
	docker tag $(REG)/api:$(TAG) $(REG)/api:latest
	docker build -tshort web/
	docker build $(OPTS) --tag=acme/open .
	$(DOCKER) buildx build --push -t acme/x -t acme/y .
	cd web && podman build -t acme/web ..
bin/api: ; go build -o $@ ./cmd/api
`, []string{
			"ghcr.io/acme/api:${} ⇐ build/api.Dockerfile in . to run COMMIT=? TIME=? VERSION=1 (docker build -t ghcr.io/acme/api:${} in Makefile:4)",
			"short ⇐ web/Dockerfile in web (docker build -t short in Makefile:6)",
			"acme/open ⇐ Dockerfile in . (docker build -t acme/open in Makefile:7)",
			"acme/x ⇐ Dockerfile in . (${DOCKER} build -t acme/x in Makefile:8)",
			"acme/y ⇐ Dockerfile in . (${DOCKER} build -t acme/y in Makefile:8)",
			"acme/web ⇐ Dockerfile in . (podman build -t acme/web in Makefile:9)",
			"ghcr.io/acme/api:${} = ghcr.io/acme/api:latest (docker tag in Makefile:5)",
			"bin/api ⇐ cmd/api",
		}},
		{"what cannot be told is left out", `
-- Makefile --
image:
	docker build -t a $(DIR)
	docker build -t b -f $(FILE) .
	docker build -t c ../other
	docker build -t d https://example.com/x.git
	docker build -t e - < Dockerfile
	docker build -t f missing
	docker build -t g --target $(TARGET) .
	docker build .
	docker run -t h .
`, nil},
		{"scripts, from where they lie and from the root", `
-- web/build.sh --
for v in 1 2; do docker build -t "web:$v" .; done
-- scripts/all.sh --
#!/usr/bin/env bash
set -euo pipefail
make_image() {
  docker build -t "acme/$1" -f "$2" .
}
make_image api build/api.Dockerfile
buildah bud -t acme/job job
`, []string{
			"acme/api ⇐ build/api.Dockerfile in . (docker build -t acme/api in scripts/all.sh:1)",
			"acme/job ⇐ job/Containerfile in job (buildah build -t acme/job in scripts/all.sh:1)",
			"web:1 ⇐ web/Dockerfile in web (docker build -t web:1 in web/build.sh:1)",
			"web:2 ⇐ web/Dockerfile in web (docker build -t web:2 in web/build.sh:1)",
		}},
		{"GitHub workflows", `
-- .github/workflows/ci.yml --
env:
  REG: ghcr.io/acme
jobs:
  one:
    steps:
      - run: |
          echo hello
          docker build -t $REG/run:${{ github.sha }} .
      - uses: docker/metadata-action@v5
        id: meta
        with:
          images: |
            ${{ env.REG }}/api
            docker.io/acme/api
      - uses: docker/build-push-action@v6
        with:
          file: build/api.Dockerfile
          target: run
          build-args: |
            A=1
            B=${{ github.ref }}
          tags: ${{ steps.meta.outputs.tags }}
  many:
    strategy:
      matrix:
        dir: [web, job]
        include:
          - dir: none
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: ./${{ matrix.dir }}
          tags: ${{ env.REG }}/${{ matrix.dir }}:latest,${{ secrets.X }}/${{ matrix.dir }}
      - run: docker build -t ${{ matrix.dir }} -f web/Dockerfile .
        working-directory: ${{ inputs.where }}
`, []string{
			"ghcr.io/acme/run:${_github_sha} ⇐ Dockerfile in . (docker build -t ghcr.io/acme/run:${_github_sha} in .github/workflows/ci.yml:6)",
			"ghcr.io/acme/api ⇐ build/api.Dockerfile in . to run A=1 B=? (docker/build-push-action in .github/workflows/ci.yml:15)",
			"docker.io/acme/api ⇐ build/api.Dockerfile in . to run A=1 B=? (docker/build-push-action in .github/workflows/ci.yml:15)",
			"ghcr.io/acme/web:latest ⇐ web/Dockerfile in web (docker/build-push-action in .github/workflows/ci.yml:30)",
			"${secrets.X}/web ⇐ web/Dockerfile in web (docker/build-push-action in .github/workflows/ci.yml:30)",
			"ghcr.io/acme/job:latest ⇐ job/Containerfile in job (docker/build-push-action in .github/workflows/ci.yml:30)",
			"${secrets.X}/job ⇐ job/Containerfile in job (docker/build-push-action in .github/workflows/ci.yml:30)",
		}},
		{"GitLab, Circle, Task and kaniko", `
-- .gitlab-ci.yml --
variables:
  IMG: $CI_REGISTRY_IMAGE/api
build:
  before_script: cd web
  script:
    - docker build -t $IMG .
    - /kaniko/executor --context . --dockerfile build/api.Dockerfile --destination acme/kaniko
-- .circleci/config.yml --
jobs:
  build:
    steps:
      - run:
          name: image
          command: docker build -t circle .
-- Taskfile.yml --
tasks:
  image:
    cmds:
      - cmd: docker build -t task:{{.TAG}} .
`, []string{
			"circle ⇐ Dockerfile in . (docker build -t circle in .circleci/config.yml:6)",
			"${CI_REGISTRY_IMAGE}/api ⇐ Dockerfile in . (docker build -t ${CI_REGISTRY_IMAGE}/api in .gitlab-ci.yml:6)",
			"acme/kaniko ⇐ build/api.Dockerfile in . (executor build -t acme/kaniko in .gitlab-ci.yml:6)",
			"task:${_TAG} ⇐ Dockerfile in . (docker build -t task:${_TAG} in Taskfile.yml:4)",
		}},
		{"Cloud Build, with a script that takes arguments", `
-- cloudbuild.yaml --
substitutions:
  _NAME: sub
steps:
  - name: gcr.io/cloud-builders/docker
    args: [build, -t, gcr.io/$PROJECT_ID/$_NAME, .]
  - name: gcr.io/cloud-builders/docker
    entrypoint: ./scripts/build.sh
    args: [web, "$PROJECT_ID"]
  - name: gcr.io/cloud-builders/docker
    entrypoint: bash
    args: [-c, "docker build -t bash:$$TAG ."]
-- scripts/build.sh --
readonly service="$1"
docker build -t "gcr.io/$2/$service" -f ./$service/Dockerfile --build-arg "SERVICE=$service" ./web
`, []string{
			"gcr.io/${PROJECT_ID}/sub ⇐ Dockerfile in . (docker build -t gcr.io/${PROJECT_ID}/sub in cloudbuild.yaml:4)",
			"gcr.io/${PROJECT_ID}/web ⇐ web/Dockerfile in web SERVICE=web (docker build -t gcr.io/${PROJECT_ID}/web in scripts/build.sh:2)",
			"bash:${TAG} ⇐ Dockerfile in . (docker build -t bash:${TAG} in cloudbuild.yaml:9)",
		}},
		{"Skaffold", `
-- deploy/skaffold.yaml --
apiVersion: skaffold/v4beta1
build:
  artifacts:
    - image: api
      context: ..
      docker: {dockerfile: build/api.Dockerfile, target: run, buildArgs: {A: "1", B: "{{.X}}"}}
    - image: plain
      context: ../web
    - image: koed
      context: ..
      ko: {dir: tools, main: ./cmd/koed}
    - image: packed
      buildpacks: {}
profiles:
  - build:
      artifacts:
        - image: profile
          context: ..
`, []string{
			"api ⇐ build/api.Dockerfile in . to run A=1 B=? retags (the artifact api in deploy/skaffold.yaml:4)",
			"plain ⇐ web/Dockerfile in web retags (the artifact plain in deploy/skaffold.yaml:7)",
			"koed ⇐ package tools/cmd/koed retags (the artifact koed in deploy/skaffold.yaml:9)",
			"packed ⇐ package  retags (the artifact packed in deploy/skaffold.yaml:12)",
			"profile ⇐ Dockerfile in . retags (the artifact profile in deploy/skaffold.yaml:17)",
		}},
		{"Tilt", `
-- Tiltfile --
# docker_build('no', '.')
docker_build('api', '.', dockerfile='build/api.Dockerfile', target = "run",
    live_update=[sync('.', '/app'), run("go build, x")])
docker_build(
  ref="web", context="web")
docker_build('args', '.', build_args={'A': '1'})
docker_build(name, '.')
docker_build_with_restart('restart', './web', entrypoint=['/app'])
custom_build('custom', 'make', ['.'])
`, []string{
			"api ⇐ build/api.Dockerfile in . to run retags (docker_build(api) in Tiltfile:2)",
			"web ⇐ web/Dockerfile in web retags (docker_build(web) in Tiltfile:4)",
			"args ⇐ package  retags (docker_build(args) in Tiltfile:6)",
			"restart ⇐ web/Dockerfile in web retags (docker_build_with_restart(restart) in Tiltfile:8)",
			"custom ⇐ package  retags (custom_build(custom) in Tiltfile:9)",
		}},
		{"Bake", `
-- docker-bake.hcl --
variable "TAG" { default = "1" }
variable "REG" {}
group "default" { targets = ["api"] }
target "_base" {
  args = { GO = "1.26" }
  dockerfile = "build/api.Dockerfile"
}
target "api" {
  inherits = ["_base"]
  target = "run"
  tags = ["${REG}/api:${TAG}", "acme/api"]
}
target "web" {
  matrix = { v = ["a", "b"] }
  name = "web-${v}"
  context = "web"
  tags = ["acme/web-${v}", unknown("x")]
}
target "inline" {
  dockerfile-inline = "FROM scratch"
  tags = ["inline"]
}
-- web/docker-bake.json --
{"target": {"j": {"context": "..", "tags": ["json"]}}}
`, []string{
			"${REG}/api:1 ⇐ build/api.Dockerfile in . to run GO=1.26 (the target api in docker-bake.hcl:11)",
			"acme/api ⇐ build/api.Dockerfile in . to run GO=1.26 (the target api in docker-bake.hcl:11)",
			"acme/web-a ⇐ web/Dockerfile in web (the target web in docker-bake.hcl:17)",
			"acme/web-b ⇐ web/Dockerfile in web (the target web in docker-bake.hcl:17)",
			"json ⇐ Dockerfile in . (the target j in web/docker-bake.json:1)",
		}},
		{"GoReleaser and ko", `
-- .goreleaser.yaml --
project_name: shop
builds:
  - id: api
    main: ./cmd/api
    binary: api-server
  - main: ./cmd/web/main.go
    dir: sub
dockers:
  - image_templates: ["ghcr.io/acme/api:{{ .Version }}"]
    dockerfile: build/api.Dockerfile
dockers_v2:
  - images: [ghcr.io/acme/v2]
    tags: ["v{{ .Version }}"]
kos:
  - repository: ghcr.io/acme/ko
    build: api
    bare: true
  - repositories: [ghcr.io/acme]
    build: api
    base_import_paths: true
  - repository: ghcr.io/acme/hashed
    build: api
-- Makefile --
ko:
	KO_DOCKER_REPO=reg.io/acme/one ko build --bare --tags v1 ./cmd/one
	KO_DOCKER_REPO=reg.io/acme ko build -B ./cmd/two ./cmd/three
	ko build ./cmd/four
`, []string{
			"ghcr.io/acme/api:${.Version} ⇐ build/api.Dockerfile in . (the image ghcr.io/acme/api:${.Version} in .goreleaser.yaml:9)",
			"ghcr.io/acme/v2 ⇐ Dockerfile in . (the image ghcr.io/acme/v2 in .goreleaser.yaml:12)",
			"ghcr.io/acme/ko ⇐ package cmd/api (kos of .goreleaser.yaml:15)",
			"ghcr.io/acme/api ⇐ package cmd/api (kos of .goreleaser.yaml:18)",
			"reg.io/acme/one ⇐ package cmd/one (ko build ./cmd/one in Makefile:2)",
			"reg.io/acme/two ⇐ package cmd/two (ko build ./cmd/two in Makefile:3)",
			"reg.io/acme/three ⇐ package cmd/three (ko build ./cmd/three in Makefile:3)",
			"api-server ⇐ cmd/api", "shop ⇐ sub/cmd/web",
		}},
		{"second names of Kustomize", `
-- k8s/kustomization.yaml --
images:
  - name: controller
    newName: acme/operator
    newTag: v1
  - name: other
    newTag: v2
-- Makefile --
IMG ?= acme/dev:1
deploy:
	cd config && $(KUSTOMIZE) edit set image controller=${IMG}
`, []string{
			"controller = acme/dev:1 (kustomize edit set image in Makefile:3)",
			"controller = acme/operator (images of k8s/kustomization.yaml:3)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, picture(read(files+c.text))); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// TestHostile reads files that are made to be slow, endless or wrong.
func TestHostile(t *testing.T) {
	start := time.Now()
	matrix := "jobs:\n  x:\n    strategy:\n      matrix:\n"
	for i := range 20 {
		matrix += fmt.Sprintf("        m%d: [a, b, c]\n", i)
	}
	for name, text := range map[string]string{
		"Makefile":                 strings.Repeat("a: a\n\tmake a && ./x.sh && docker build -t x$$(make a) .\n", 300),
		"x.sh":                     strings.Repeat("sh x.sh; ./x.sh; make -C . a\n", 300) + "docker build -t x .\n",
		".github/workflows/x.yml":  matrix + "    steps: &s\n      - run: docker build -t ${{ matrix.m1 }} .\n      - *s\n",
		".github/workflows/y.yml":  "a: &a [*a, *a]\n",
		".gitlab-ci.yml":           "a: &a {b: &b {c: [1,1,1,1]}, d: *b}\n" + strings.Repeat("x: *a\n", 1000),
		"cloudbuild.yaml":          "steps: [1, {args: [{}]}, {script: [x]}, {name: '', entrypoint: '', args: ['`', '\"', '$']}]\n",
		"skaffold.yaml":            "build: {artifacts: [1, {image: x, context: ../..}, {docker: 3}]}\nprofiles: 7\n",
		"Tiltfile":                 strings.Repeat("docker_build('a', (((", 20000),
		"docker-bake.hcl":          "target \"a\" {\n inherits = [\"a\", \"b\"]\n tags = [" + strings.Repeat("[", 1000) + "]\n}\n",
		"b/docker-bake.hcl":        "target \"a\" {\n inherits = [\"a\", \"b\"]\n tags = [a, 1, null, x.y]\n context = null\n matrix = { a = 1 }\n}\ntarget \"b\" { inherits = [\"a\", \"a\", \"b\"] }\n",
		"c/docker-bake.json":       "{\"target\": {\"a\": {\"tags\": {\"x\": 1}, \"args\": [1]}}}",
		".goreleaser.yml":          "builds: {}\ndockers: [[], {image_templates: {a: b}}]\nkos: [{}]\n",
		"kustomization.yaml":       "images: [{name: a, newName: b}, 1]\n---\n---\n",
		"d/docker-bake.hcl":        "variable \"A\" { default = \"${A}${A}\" }\n\x00\xff",
		"e/Makefile":               "\x00\xff\xfe docker build\n\t",
		".circleci/config.yml":     "run: {command: {run: [[[[x]]]]}}\n",
		"azure-pipelines.yml":      "- bash: docker build -t $(X) $(Y)\n- script: [1, {}, docker build -t x .]\n",
		".github/workflows/z.yaml": "jobs: {a: {steps: [{uses: docker/build-push-action@v1, with: 3}, {uses: docker/metadata-action}]}}\n",
	} {
		read("-- Dockerfile --\nFROM scratch\n-- " + name + " --\n" + text)
		if d := time.Since(start); d > 30*time.Second {
			t.Fatalf("%s took %v", name, d)
		}
	}
}
