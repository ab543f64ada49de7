package repository_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/factorlint/factorlint/internal/repository"
)

// A repository has the name of its remote, whatever folder it was cloned into.
func TestName(t *testing.T) {
	for config, want := range map[string]string{
		"": "folder",
		"[remote \"origin\"]\n\turl = https://user:pw@example.com/acme/shop.git\n":                                                              "shop",
		"[remote \"origin\"]\n\turl = git@example.com:acme/shop.git\n":                                                                          "shop",
		"[remote \"origin\"]\n\turl = host:shop/\n":                                                                                             "shop",
		"[Remote \"origin\"]\n\tURL=\"ssh://git@example.com:22/a/b/shop\"\n":                                                                    "shop",
		"[remote \"fork\"]\n\turl = https://example.com/me/fork\n[remote \"origin\"]\n\tfetch = +refs\n\turl = https://example.com/acme/shop\n": "shop",
		"[remote \"fork\"]\n\turl = https://example.com/me/fork\n":                                                                              "folder",
		"[remote \"origin\"]\n\turl = /srv/git/shop.git\n":                                                                                      "folder",
		"[remote \"origin\"]\n\turl = file:///srv/git/shop.git\n":                                                                               "folder",
		"[remote \"origin\"]\n\turl = C:/git/shop.git\n":                                                                                        "folder",
		"[branch \"origin\"]\n\turl = https://example.com/acme/shop\n":                                                                          "folder",
	} {
		dir := filepath.Join(t.TempDir(), "folder")
		if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o777); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"HEAD": "ref: refs/heads/main\n", "config": config} {
			if err := os.WriteFile(filepath.Join(dir, ".git", name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		tree, _, err := repository.Open(dir, repository.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Name(); got != want {
			t.Errorf("name %q, want %q, with\n%s", got, want, config)
		}
		tree.Close()
	}
}
