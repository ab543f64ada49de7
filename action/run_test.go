package action

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A fake factorlint writes what FAKE_* say to the files that --output names, and ends with FAKE_CODE.
const fakeFactorlint = `for a; do case $a in
--output=sarif=*) [ -z "$FAKE_SARIF" ] || printf '%s\n' "$FAKE_SARIF" >"${a#--output=sarif=}" ;;
--output=github=*) echo "::error file=a.go,line=1::bad" >"${a#--output=github=}" ;;
--output=markdown=*) echo "# summary" >"${a#--output=markdown=}" ;;
esac; done
exit "$FAKE_CODE"`

const (
	good    = "{\n     \"executionSuccessful\": true,\n     \"ruleId\": \"FL0701\",\n     \"ruleId\": \"FL0901\",\n     \"text\": \"no \\\"ruleId\\\": here\"\n}"
	notDone = "{\n     \"executionSuccessful\": false,\n     \"text\": \"\\\"executionSuccessful\\\": true\"\n}"
)

// checker gives a runner a factorlint that finds two flaws in what was pushed.
func checker(t *testing.T) *runner {
	t.Helper()
	r := newRunner(t)
	r.standIn("factorlint", fakeFactorlint)
	maps.Copy(r.env, map[string]string{
		"BIN": filepath.Join(r.home, "bin", "factorlint"), "FAKE_CODE": "1", "FAKE_SARIF": good,
		"GITHUB_EVENT_NAME": "push", "GITHUB_REPOSITORY": "o/r", "GITHUB_ACTOR": "somebody", "HEAD_REPOSITORY": "",
		"INPUT_PATH": "", "INPUT_CONFIG": "", "INPUT_ARGS": "", "INPUT_FAIL_ON": "", "INPUT_SARIF_FILE": "", "INPUT_CATEGORY": "",
		"INPUT_UPLOAD": "auto", "INPUT_WORKING_DIRECTORY": ".", "INPUT_UNTRUSTED": "auto", "INPUT_GO": "auto", "INPUT_SUMMARY": "true",
		"INPUT_ANNOTATIONS": "auto",
	})
	return r
}

// args returns the arguments that factorlint was given, without the files that results go to.
func (r *runner) args() []string {
	return slices.DeleteFunc(strings.Split(strings.TrimSuffix(r.read("factorlint.args"), "\n"), "\n"),
		func(a string) bool { return strings.HasPrefix(a, "--output=") })
}

func TestRunArguments(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"none": {nil, "check --"},
		"all": {map[string]string{"INPUT_PATH": "a b\n-c\n", "INPUT_CONFIG": "x.yaml", "INPUT_ARGS": " --strict\n --only  go ", "INPUT_FAIL_ON": "note",
			"INPUT_CATEGORY": "factorlint/api/", "INPUT_GO": "off"},
			"check --config=x.yaml --fail-on=note --category=factorlint/api/ --disable=go --disable=workload --strict --only go -- a b -c"},
		"pull request":              {map[string]string{"GITHUB_EVENT_NAME": "pull_request"}, "check --untrusted --"},
		"pull request target":       {map[string]string{"GITHUB_EVENT_NAME": "pull_request_target"}, "check --untrusted --"},
		"comment":                   {map[string]string{"GITHUB_EVENT_NAME": "issue_comment"}, "check --untrusted --"},
		"trusted pull request":      {map[string]string{"GITHUB_EVENT_NAME": "pull_request", "INPUT_UNTRUSTED": "false"}, "check --"},
		"schedule":                  {map[string]string{"GITHUB_EVENT_NAME": "schedule"}, "check --"},
		"untrusted in any case":     {map[string]string{"INPUT_UNTRUSTED": "true"}, "check --untrusted --"},
		"text of a shell is a word": {map[string]string{"INPUT_ARGS": "$(touch ran) ;touch `touch ran` * ~ \"x y\""}, "check $(touch ran) ;touch `touch ran` * ~ \"x y\" --"},
	} {
		t.Run(name, func(t *testing.T) {
			r := checker(t)
			if code, out := r.run("run.sh", c.env); code != 0 {
				t.Fatalf("exit code %d:\n%s", code, out)
			}
			if got := strings.Join(r.args(), " "); got != c.want {
				t.Errorf("factorlint %s\nwant       %s", got, c.want)
			}
			r.inert()
		})
	}
}

func TestRunOutputs(t *testing.T) {
	r := checker(t)
	if code, out := r.run("run.sh", nil); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	o := r.outputs()
	if o["exit-code"] != "1" || o["findings"] != "2" || !strings.HasPrefix(o["sarif-file"], r.env["RUNNER_TEMP"]) {
		t.Errorf("outputs %v", o)
	}
	if text, err := os.ReadFile(o["annotations-file"]); err != nil || !strings.HasPrefix(string(text), "::error ") {
		t.Errorf("annotations %q, %v", text, err)
	}
	if r.read("summary") != "# summary\n" {
		t.Errorf("summary %q", r.read("summary"))
	}
	r = checker(t)
	if err := os.Mkdir(filepath.Join(r.home, "work", "-P"), 0o755); err != nil {
		t.Fatal(err)
	}
	if code, out := r.run("run.sh", map[string]string{"INPUT_WORKING_DIRECTORY": "-P", "INPUT_SARIF_FILE": "-x.sarif", "INPUT_SUMMARY": "false"}); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	if got, want := r.outputs()["sarif-file"], filepath.Join(r.home, "work", "-P", "-x.sarif"); got != want || r.read("work/-P/-x.sarif") == "" {
		t.Errorf("sarif-file=%s, want %s with a log", got, want)
	}
	if r.read("summary") != "" {
		t.Error("a summary that nobody wants")
	}
}

// When the log is uploaded, and whether the job fails if that fails.
func TestRunUpload(t *testing.T) {
	fork := map[string]string{"GITHUB_EVENT_NAME": "pull_request", "HEAD_REPOSITORY": "stranger/r"}
	for name, c := range map[string]struct {
		env              []map[string]string
		upload, required string
	}{
		"push":                          {nil, "true", "true"},
		"clean":                         {[]map[string]string{{"FAKE_CODE": "0"}}, "true", "true"},
		"own pull request":              {[]map[string]string{fork, {"HEAD_REPOSITORY": "o/r"}}, "true", "true"},
		"fork":                          {[]map[string]string{fork}, "true", "false"},
		"fork, always":                  {[]map[string]string{fork, {"INPUT_UPLOAD": "always"}}, "true", "true"},
		"fork, never":                   {[]map[string]string{fork, {"INPUT_UPLOAD": "never"}}, "false", "false"},
		"Dependabot":                    {[]map[string]string{{"GITHUB_ACTOR": "dependabot[bot]"}}, "true", "false"},
		"never":                         {[]map[string]string{{"INPUT_UPLOAD": "never"}}, "false", "true"},
		"failed":                        {[]map[string]string{{"FAKE_CODE": "2", "FAKE_SARIF": notDone}}, "false", "true"},
		"failed, always":                {[]map[string]string{{"FAKE_CODE": "2", "FAKE_SARIF": notDone, "INPUT_UPLOAD": "always"}}, "false", "true"},
		"wrong usage, no log":           {[]map[string]string{{"FAKE_CODE": "2", "FAKE_SARIF": ""}}, "false", "true"},
		"strict, but everything judged": {[]map[string]string{{"FAKE_CODE": "2"}}, "true", "true"},
	} {
		t.Run(name, func(t *testing.T) {
			r := checker(t)
			for _, env := range c.env {
				maps.Copy(r.env, env)
			}
			if code, out := r.run("run.sh", nil); code != 0 {
				t.Fatalf("exit code %d:\n%s", code, out)
			}
			o := r.outputs()
			if o["upload"] != c.upload || o["upload"] == "true" && o["required"] != c.required || o["exit-code"] != r.env["FAKE_CODE"] {
				t.Errorf("%v; want upload %s, required %s", o, c.upload, c.required)
			}
		})
	}
}

// A log that the checkout brought is not taken for the log of a run that wrote none.
func TestRunForeignLog(t *testing.T) {
	for _, name := range []string{"foreign.sarif", "link.sarif"} {
		r := checker(t)
		work := filepath.Join(r.home, "work")
		if err := os.WriteFile(filepath.Join(work, "foreign.sarif"), []byte(good), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("foreign.sarif", filepath.Join(work, "link.sarif")); err != nil {
			t.Fatal(err)
		}
		code, out := r.run("run.sh", map[string]string{"INPUT_SARIF_FILE": name, "FAKE_CODE": "2", "FAKE_SARIF": ""})
		if o := r.outputs(); code != 0 || o["upload"] != "false" || o["findings"] != "0" {
			t.Errorf("%s: exit code %d, outputs %v:\n%s", name, code, o, out)
		}
	}
}

// Whatever stands in an input, it is words of a command line or the name of a file, or it is refused.
func TestRunHostileInputs(t *testing.T) {
	for _, text := range []string{"$(touch ran)", "`touch ran`", "; touch ran", "x\ntouch ran", "--help", "-", "' ; touch ran '", "*", "x\nupload=true"} {
		r := checker(t)
		code, out := r.run("run.sh", map[string]string{"INPUT_PATH": text, "INPUT_CONFIG": text, "INPUT_ARGS": text, "INPUT_FAIL_ON": text, "INPUT_CATEGORY": text})
		want := "--config=" + text + "\n--fail-on=" + text + "\n--category=" + text + "\n" + strings.Join(strings.Fields(text), "\n") + "\n--\n" + text + "\n"
		if code != 0 || !strings.HasSuffix(r.read("factorlint.args"), want) || r.outputs()["upload"] != "true" {
			t.Errorf("%q: exit code %d, factorlint %q, outputs %v:\n%s", text, code, r.read("factorlint.args"), r.outputs(), out)
		}
		r.inert()
		for _, input := range []string{"SARIF_FILE", "WORKING_DIRECTORY"} {
			r := checker(t)
			code, out := r.run("run.sh", map[string]string{"INPUT_" + input: text})
			if o := r.outputs(); code != 0 && len(o) > 0 || code == 0 && o["upload"] != "true" {
				t.Errorf("%s %q: exit code %d, outputs %v:\n%s", input, text, code, o, out)
			}
			r.inert()
		}
	}
	for _, input := range []string{"UPLOAD", "UNTRUSTED", "GO", "SUMMARY", "ANNOTATIONS"} {
		r := checker(t)
		if code, out := r.run("run.sh", map[string]string{"INPUT_" + input: "auto\ntrue"}); code != 2 || len(r.outputs()) > 0 || r.read("factorlint.args") != "" {
			t.Errorf("%s: exit code %d:\n%s", input, code, out)
		}
	}
}

func TestFinish(t *testing.T) {
	for name, c := range map[string]struct {
		annotations, upload, required, code string
		want                                int
		shown                               bool
	}{
		"uploaded":             {"auto", "success", "true", "1", 1, false},
		"uploaded, clean":      {"auto", "success", "true", "0", 0, false},
		"refused":              {"auto", "failure", "false", "0", 0, true},
		"refused, findings":    {"auto", "failure", "false", "1", 1, true},
		"refused, required":    {"auto", "failure", "true", "0", 2, true},
		"required, findings":   {"auto", "failure", "true", "1", 1, true},
		"not uploaded":         {"auto", "skipped", "true", "1", 1, true},
		"untrusted run":        {"auto", "skipped", "true", "2", 2, true},
		"always":               {"always", "success", "true", "1", 1, true},
		"never":                {"never", "skipped", "true", "1", 1, false},
		"no file, wrong usage": {"auto", "skipped", "true", "2", 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t)
			file := filepath.Join(r.home, "annotations")
			if name != "no file, wrong usage" {
				if err := os.WriteFile(file, []byte("::error::bad\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			code, out := r.run("finish.sh", map[string]string{"ANNOTATIONS": c.annotations, "FILE": file, "UPLOAD": c.upload, "REQUIRED": c.required, "EXIT_CODE": c.code})
			if code != c.want || strings.Contains(out, "::error::bad") != c.shown {
				t.Errorf("exit code %d, want %d; shown, want %v:\n%s", code, c.want, c.shown, out)
			}
		})
	}
}
