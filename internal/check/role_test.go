package check

import "testing"

func TestRoleOf(t *testing.T) {
	for name, want := range map[string]Role{
		"cmd/api/main.go": Product, "deploy/prod/api.yaml": Product, "api_test.go": Test, "e2e/run.go": Test, "e2e-tests/k8s/api.yaml": Test,
		"integration_tests/a.go": Test, "manifests/quick-start/base/secret.yaml": Sample, "_examples/a.go": Sample, "quickstart.yaml": Product,
		"charts/api/ci/values.yaml": Tooling, ".github/workflows/ci.yaml": Tooling, "scripts/seed.go": Tooling,
		"docker-compose.e2e-local.yaml": Test, "deploy/compose.test.yml": Test, "docker-compose.yaml": Product, "docker-compose.prod.yaml": Product,
		"deploy/test.yaml": Product,
	} {
		if got := RoleOf(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestRoles(t *testing.T) {
	var nobody Roles
	said := Roles(func(file string) Role {
		if file == "examples/shop/main.go" {
			return Product
		}
		return ""
	})
	for _, c := range []struct {
		roles Roles
		file  string
		want  Role
	}{
		{nobody, "examples/shop/main.go", Sample},
		{said, "examples/shop/main.go", Product},
		{said, "examples/other/main.go", Sample},
	} {
		if got := c.roles.Of(c.file); got != c.want {
			t.Errorf("%s: got %s, want %s", c.file, got, c.want)
		}
	}
}
