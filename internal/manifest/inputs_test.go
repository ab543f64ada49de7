package manifest

import (
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// TestInputs tells, for each source of a variable or flag, what reaches the program: the first variable X, or the flag -x.
func TestInputs(t *testing.T) {
	pod := func(container string, objects ...string) string {
		return "-- k8s.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: i, " + container + "}\n" +
			strings.Join(objects, "")
	}
	object := func(kind, name, data string) string {
		return "---\napiVersion: v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\n" + data + "\n"
	}
	one, two := object("ConfigMap", "one", "data: {X: one}"), object("ConfigMap", "two", "data: {X: two}")
	service := func(settings string, files ...string) string {
		return "-- compose.yaml --\nservices:\n  c: {build: ., " + settings + "}\n-- one.env --\nX=one\n-- two.env --\nX=two\n" + strings.Join(files, "")
	}
	for _, c := range []struct{ what, tree, want string }{
		{"nothing: the image's ENV", pod(""), "image"},
		{"env", pod("env: [{name: X, value: here}]"), "here"},
		{"env without a value is empty", pod("env: [{name: X}]"), ""},
		{"the last of two", pod("env: [{name: X, value: a}, {name: X, value: b}]"), "b"},
		{"envFrom", pod("envFrom: [{configMapRef: {name: one}}]", one), "one"},
		{"the later envFrom", pod("envFrom: [{configMapRef: {name: one}}, {configMapRef: {name: two}}]", one, two), "two"},
		{"env over envFrom", pod("env: [{name: X, value: here}], envFrom: [{configMapRef: {name: one}}]", one), "here"},
		{"a prefix", pod("envFrom: [{prefix: A_, configMapRef: {name: one}}]", one), "image"},
		{"a key of a ConfigMap", pod("env: [{name: X, valueFrom: {configMapKeyRef: {name: two, key: X}}}]", two), "two"},
		{"an optional key that is missing", pod("env: [{name: X, valueFrom: {configMapKeyRef: {name: two, key: Y, optional: true}}}]", two), "image"},
		{"a Secret", pod("envFrom: [{secretRef: {name: s}}]", object("Secret", "s", "stringData: {X: hidden}")), "unknown"},
		{"a field of the pod", pod("env: [{name: X, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"), "unknown"},
		{"a source that is not in the tree", pod("envFrom: [{secretRef: {name: gone}}]"), "unknown"},
		{"one before a ConfigMap", pod("envFrom: [{secretRef: {name: gone}}, {configMapRef: {name: one}}]", one), "one"},
		{"one after a ConfigMap", pod("envFrom: [{configMapRef: {name: one}}, {secretRef: {name: gone}}]", one), "unknown"},
		{"one beside env", pod("env: [{name: X, value: here}], envFrom: [{secretRef: {name: gone}}]"), "here"},
		{"a reference", pod("env: [{name: A, value: a}, {name: X, value: $(A)-$(B)-$$(A)}]"), "a-$(B)-$(A)"},
		{"a reference to envFrom", pod("env: [{name: Y, value: \"$(X)\"}, {name: X, value: \"<$(Y)>\"}], envFrom: [{configMapRef: {name: one}}]", one), "<one>"},
		{"a reference to what cannot be told", pod("env: [{name: X, value: $(S)}], envFrom: [{secretRef: {name: gone}}]"), "unknown"},
		{"env in front of the command", pod("command: [env, X=word, /app], env: [{name: X, value: here}]"), "word"},
		{"environment", service("environment: {X: here}"), "here"},
		{"a list of them", service("environment: [X=here]"), "here"},
		{"a name without a value", service("environment: [X]"), "unknown"},
		{"a variable of whoever runs Compose", service("environment: [\"X=$HOST_X\"]"), "unknown"},
		{"its default", service("environment: [\"X=${HOST_X:-def}\"]"), "def"},
		{"from .env", service("environment: [\"X=${HOST_X:-def}\"]", "-- .env --\nHOST_X=dot\n"), "dot"},
		{"env_file", service("env_file: one.env"), "one"},
		{"the later env_file", service("env_file: [one.env, two.env]"), "two"},
		{"environment over env_file", service("env_file: one.env, environment: {X: here}"), "here"},
		{"an env_file that is not in the tree", service("env_file: [one.env, gone.env]"), "unknown"},
		{"one before another", service("env_file: [gone.env, one.env]"), "one"},
		{"the flag of CMD", pod(""), "-image"},
		{"args over CMD", pod("args: [--x=args]"), "-args"},
		{"args without the flag", pod("args: [--y]"), "-absent"},
		{"command drops CMD", pod("command: [/app]"), "-absent"},
		{"command and args", pod("command: [/app, -x, a], args: [-x, b]"), "-b"},
		{"a variable in args", pod("args: [\"--x=$(A)\"], env: [{name: A, value: a}]"), "-a"},
		{"one of envFrom", pod("args: [\"--x=$(X)\"], envFrom: [{configMapRef: {name: one}}]", one), "-one"},
		{"one of the image is not expanded", pod("args: [\"--x=$(X)\"]"), "-$(X)"},
		{"one that cannot be told", pod("args: [\"--x=$(S)\"], envFrom: [{secretRef: {name: gone}}]"), "-unknown"},
		{"Compose's command over CMD", service("command: --x=args"), "-args"},
		{"Compose's entrypoint drops CMD", service("entrypoint: [/app]"), "-absent"},
		{"Compose's entrypoint and command", service("entrypoint: /app --x=e, command: [--x, c]"), "-c"},
	} {
		t.Run(c.what, func(t *testing.T) {
			d := only(t, c.tree)
			in := (&workload.Workload{Deploy: d, Image: imageOfInputs(), Program: &workload.Program{}}).Inputs()
			got := show(in.Env("X"))
			if strings.HasPrefix(c.want, "-") {
				got = "-" + show(in.Flag("x"))
			}
			equal(t, c.what, got, c.want)
		})
	}
}

// imageOfInputs is ENV X=image, ENTRYPOINT ["/app"], CMD ["--x=image"] on Alpine.
func imageOfInputs() *workload.Image {
	command := func(words ...string) workload.Value[workload.Command] {
		var c workload.Command
		for _, w := range words {
			c.Words = append(c.Words, workload.Word{Text: w})
		}
		return workload.Known(c, check.Span{})
	}
	return &workload.Image{
		Base:       workload.Known("alpine:3.22", check.Span{}),
		Env:        []workload.EnvVar{{Name: "X", Value: workload.Known("image", check.Span{})}},
		Entrypoint: command("/app"), Cmd: command("--x=image"), WorkDir: workload.Absent[string](check.Span{}),
	}
}
