package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func configuration(t *testing.T) {
	s := newSandbox(t, "-- .factorlint.yaml --\ndisable: [all]\nexclude: ['**']\n-- Dockerfile --\nFROM debian:12\n# factorlint:ignore all -- trust me\nENTRYPOINT /api --serve | cat\n")
	s.run("check").exits(0)
	s.run("check", "--untrusted", "--no-inline-ignores").exits(1).says(`^Dockerfile:3:.*FL0911`)
	s.run("check", "--no-config", "--no-inline-ignores").exits(1).says(`^Dockerfile:3:.*FL0911`)
	s.write(".factorlint.yaml", "plugins: [./evil.so]\n")
	s.run("check").exits(2)
	s.run("check", "--untrusted", "--no-inline-ignores").exits(1)
}

func remoteConfiguration(t *testing.T) {
	s := newSandbox(t, shellForm)
	url := "http://" + s.listen().address + "/x.yaml"
	for _, text := range []string{"extends: " + url, "extends: [" + url + "]", "include: " + url, "enable: [" + url + "]", "exclude: [" + url + "]\nextends: x"} {
		s.write(".factorlint.yaml", text+"\n")
		s.run("check").exits(2)
		s.run("check", "--untrusted").exits(1)
	}
	s.run("check", "--config", url).exits(2)
}

// What is not shown here is shown where releases are built and where the action installs one: internal/integration.
func supplyChain(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no workflows", err)
	}
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(\S+)`)
	for _, name := range append(files, "../../action.yml") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range uses.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasPrefix(u[1], "./") && !regexp.MustCompile(`@[0-9a-f]{40}$`).MatchString(u[1]) {
				t.Errorf("%s: %s is not pinned to a commit", name, u[1])
			}
		}
	}
	// whatever is released is attested by the workflow that made it; TestInstallRelease shows that the action asks for that
	release, err := os.ReadFile("../../.github/workflows/release.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`id-token: write`, `attestations: write`, `subject-checksums: dist/checksums\.txt`, `subject-checksums: dist/digests\.txt`} {
		if !regexp.MustCompile(`(?m)^ +` + want + `( #.*)?$`).Match(release) {
			t.Errorf("release.yml does not say %s", want)
		}
	}
	// neither telemetry nor a look for updates: with a network a run is what it is without, and calls nobody
	s := newSandbox(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"+program+shellForm)
	for _, args := range [][]string{{"check"}, {"version"}, {"rules"}, {"explain", "FL0911"}} {
		s.net = false
		without := s.run(args...)
		proxy := "http://" + s.listen().address
		before := s.env
		s.env = append(s.env, "HTTP_PROXY="+proxy, "HTTPS_PROXY="+proxy, "ALL_PROXY="+proxy, "http_proxy="+proxy, "https_proxy="+proxy)
		if with := s.run(args...); with.stdout != without.stdout || with.stderr != without.stderr || with.code != without.code {
			t.Errorf("%v: with a network\n%s\nwithout\n%s", args, with.stdout, without.stdout)
		}
		s.env = before
	}
}

// brokenInput looks at hundreds of files that were cut off, or have a part in the wrong place. A test of the engine shows what
// becomes of a check that breaks down.
func brokenInput(t *testing.T) {
	s := newSandbox(t, aside)
	sources := map[string]string{}
	err := filepath.WalkDir("../../testdata/repos/shop", func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		sources[filepath.Base(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 5 {
		t.Fatalf("%d files to break, want more", len(sources))
	}
	for name, text := range sources {
		for i, broken := range breakages(text) {
			s.write(fmt.Sprintf("%s-%d/%s", strings.TrimSuffix(name, filepath.Ext(name)), i, name), broken)
		}
	}
	s.both(func(r result) { r.says(asideJudged) })
}

// breakages returns a text broken in several ways.
func breakages(text string) []string {
	n := len(text)
	return []string{
		text[:n/3], text[:n*2/3], text[n/2:], text[n/2:] + text[:n/2], strings.ReplaceAll(text, "\n", "\r"), strings.ReplaceAll(text, " ", ""),
		strings.ReplaceAll(text, "\"", ""), strings.ReplaceAll(text, ":", ""), strings.ToUpper(text), text[:n/2] + "\x00\xff\xfe" + text[n/2:],
		strings.Join(strings.Split(text, "\n")[:strings.Count(text, "\n")/2], "\n  "), "\ufeff" + text, strings.ReplaceAll(text, "a", "\u202e"),
	}
}
