package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/workload"
)

// compose returns the services of the project at the top of a tree by name.
func compose(t *testing.T, tree string) map[string]*workload.Deploy {
	t.Helper()
	variants, notes := load(t, tree)
	if len(notes) > 0 {
		t.Fatal(notes)
	}
	out := map[string]*workload.Deploy{}
	for _, v := range variants {
		for _, d := range v.Deploys {
			if strings.HasPrefix(v.Name, "compose.") {
				out[d.Name] = d
			}
		}
	}
	return out
}

func TestComposeOverride(t *testing.T) {
	d := compose(t, `
-- a.env --
A=1
B=1
-- b.env --
B=2
-- compose.yaml --
services:
  api:
    image: i:1
    command: one
    env_file: a.env
    environment: {C: 1, D: 1}
    expose: ["70"]
    ports: ["80:80"]
    volumes: ["./x:/x", "./y:/y"]
    stop_grace_period: 10s
    stop_signal: SIGTERM
    healthcheck: {test: [CMD, one], interval: 5s}
    deploy: {replicas: 1, resources: {limits: {memory: 64M, cpus: "1"}, reservations: {memory: 32M}}}
-- compose.override.yaml --
services:
  api:
    image: i:2
    env_file: [b.env]
    environment: [D=2, E=2]
    expose: ["71"]
    ports:
      - {target: 81, published: 8081, protocol: udp}
    volumes: ["./z:/y"]
    stop_grace_period: 1m
    healthcheck: {interval: 10s}
    deploy: {replicas: 3, resources: {limits: {memory: 128M}}}
`)["api"]
	equal(t, "image and command", show(d.Image)+" "+words(d.Args), "i:2 one")
	equal(t, "env", env(d), "A=1 (env_file a.env), B=1 (env_file a.env), B=2 (env_file b.env), C=1, D=2, E=2")
	equal(t, "ports", ports(d), ":70/tcp :71/tcp :80/tcp :81/udp")
	equal(t, "life", show(d.Grace)+" "+show(d.StopSignal)+" "+words(d.Readiness.Command), "1m0s SIGTERM one")
	equal(t, "resources", show(d.Replicas)+" "+show(d.MemoryLimit)+" "+show(d.CPULimit)+" "+show(d.MemoryRequest), "3 128M 1 32M")
	var mounts []string
	for _, m := range d.Mounts {
		mounts = append(mounts, m.Name+":"+m.Path)
	}
	equal(t, "mounts", fmt.Sprint(mounts), "[x:/x z:/y]")
}

func TestComposeExtends(t *testing.T) {
	all := compose(t, `
-- common/base.yml --
services:
  base:
    image: base:1
    env_file: base.env
    environment: {A: base, B: base}
    stop_grace_period: 20s
    healthcheck: {test: [CMD, base]}
  middle:
    extends: base
    environment: {B: middle, C: middle}
-- common/base.env --
FROM_FILE=1
-- compose.yaml --
services:
  api:
    extends: {file: common/base.yml, service: middle}
    environment: {C: api}
    healthcheck: {disable: true}
  twin:
    extends: {service: api}
    image: twin:1
    healthcheck: {disable: false}
  circle:
    image: circle:1
    extends: circle
`)
	equal(t, "chain", show(all["api"].Image)+" "+show(all["api"].Grace)+" "+env(all["api"]),
		"base:1 20s FROM_FILE=1 (env_file common/base.env), A=base, B=middle, C=api")
	equal(t, "disabled healthcheck", fmt.Sprint(all["api"].Readiness == nil, all["twin"].Readiness == nil), "true false")
	equal(t, "of a sibling", show(all["twin"].Image)+" "+env(all["twin"]), "twin:1 FROM_FILE=1 (env_file common/base.env), A=base, B=middle, C=api")
	equal(t, "circle", show(all["circle"].Image)+" "+fmt.Sprint(all["circle"].Env.Open()), "circle:1 true")
}

func TestComposeEnvFiles(t *testing.T) {
	all := compose(t, `
-- .env --
TAG=1.2
EMPTY=
STAGE=${TAG}-x
-- given.env --
A=${TAG}
-- compose.yaml --
services:
  required: {image: "i:${TAG}", env_file: [given.env, gone.env]}
  optional: {image: "i:${STAGE}", env_file: [{path: gone.env, required: false}]}
  raw: {image: "i:${NONE:-0}", env_file: [{path: given.env, format: raw}]}
  empty: {image: "i:${EMPTY:-def}", env_file: []}
  kept: {image: "i:${EMPTY-def}"}
  asked: {image: "i:${NONE:?set it}"}
  nested: {image: "i:${NONE:-${ALSO_NONE:-${TAG}}}"}
  dollar: {image: i, environment: {A: "$$TAG"}}
`)
	equal(t, "required", show(all["required"].Image)+" "+env(all["required"]), "i:1.2 A=1.2 (env_file given.env), …")
	required, optional := all["required"].EnvSources, all["optional"].EnvSources
	equal(t, "sources", fmt.Sprint(required[0].Found, required[1].Found, required[1].Optional, optional[0].Found, optional[0].Optional),
		"true false false false true")
	equal(t, "optional", show(all["optional"].Image)+" "+env(all["optional"]), "i:1.2-x …")
	equal(t, "raw", show(all["raw"].Image)+" "+env(all["raw"]), "i:0 …")
	equal(t, "empty", show(all["empty"].Image)+" "+env(all["empty"]), "i:def ")
	equal(t, "others", show(all["kept"].Image)+" "+show(all["asked"].Image)+" "+show(all["nested"].Image)+" "+env(all["dollar"]), "i: unknown i:1.2 A=$TAG")
}

func TestComposeModes(t *testing.T) {
	all := compose(t, `
-- compose.yaml --
services:
  plain: {image: i}
  agent: {image: i, deploy: {mode: global}}
  job: {image: i, deploy: {mode: replicated-job, replicas: 2}}
  debugger: {image: i, profiles: [dev, integration-test]}
  optional: {image: i, profiles: [monitoring, dev]}
  scaled: {image: i, scale: 4}
`)
	var got string
	for _, name := range []string{"plain", "agent", "job", "debugger", "optional", "scaled"} {
		d := all[name]
		got += fmt.Sprintf("%s %s %v %v; ", name, show(d.Replicas), d.OneShot, d.Development)
	}
	equal(t, "modes", got, "plain absent false false; agent unknown false false; job 2 true false; debugger absent false true; optional absent false false; scaled 4 false false; ")
}

func TestComposePorts(t *testing.T) {
	d := compose(t, `
-- .env --
PORT=9090
-- compose.yaml --
services:
  a:
    image: i
    ports:
      - 80
      - "8081:81"
      - "127.0.0.1:8082:82/udp"
      - "[::1]:8083:83"
      - "127.0.0.1::84"
      - "${PORT}:${PORT}"
      - "5000-5001:85-86"
      - {target: 87, published: "8087", protocol: udp, mode: host}
      - {target: 88}
      - {published: 89}
`)["a"]
	equal(t, "ports", ports(d), ":80/tcp :81/tcp :82/udp :83/tcp :84/tcp :9090/tcp :unknown/tcp :87/udp :88/tcp :unknown/tcp")
	var published string
	for _, p := range d.Services {
		published += show(p.Port) + ">" + show(p.Target) + "/" + p.Protocol + " "
	}
	equal(t, "published", published, "absent>80/tcp 8081>81/tcp 8082>82/udp 8083>83/tcp absent>84/tcp 9090>9090/tcp unknown>unknown/tcp 8087>87/udp absent>88/tcp 89>unknown/tcp ")
}
