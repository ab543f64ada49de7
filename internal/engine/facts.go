package engine

import (
	"context"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/golang"
)

// WriteFacts writes what is found in the Go code of a shard of a repository to a folder, for [FromFacts] on another machine.
// shard is "INDEX/OF", and tool the version of factorlint. It returns how many packages there are in the shard, and what could not be analysed; the
// error is about the request or the folder.
func WriteFacts(ctx context.Context, o Options, shard, dir, tool string) (packages int, notes []check.Notification, err error) {
	part, err := golang.ParseShard(shard)
	if err != nil {
		return 0, nil, err
	}
	r, err := open(o)
	if err != nil {
		return 0, nil, err
	}
	defer r.tree.Close()
	var facts *golang.Facts
	r.load(ctx, func(ctx context.Context, in golang.Input) *golang.Result {
		if facts, err = golang.Observe(ctx, r.loader(o), in, part, tool); err != nil {
			return &golang.Result{}
		}
		return golang.Join(facts.Modules, in.Rules)
	})
	if err != nil {
		return 0, nil, err
	}
	for _, m := range facts.Modules {
		packages += len(m.Packages)
	}
	return packages, r.golang.Notes, facts.Write(dir)
}

// FromFacts reads what WriteFacts wrote to a folder for every shard of a repository. With the function that it returns a run
// loads no Go code.
func FromFacts(dir, tool string) (Analyze, error) {
	facts, err := golang.ReadFacts(dir, tool)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, in golang.Input) *golang.Result { return facts.Result(in) }, nil
}
