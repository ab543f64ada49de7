package check

import "testing"

func TestRoleOf(t *testing.T) {
	for name, want := range map[string]Role{
		"cmd/api/main.go": Product, "deploy/prod/api.yaml": Product, "api_test.go": Test, "e2e/run.go": Test, "e2e-tests/k8s/api.yaml": Test,
		"integration_tests/a.go": Test, "manifests/quick-start/base/secret.yaml": Sample, "_examples/a.go": Sample, "quickstart.yaml": Product,
		"charts/api/ci/values.yaml": Tooling, ".github/workflows/ci.yaml": Tooling, "scripts/seed.go": Tooling,
	} {
		if got := RoleOf(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
