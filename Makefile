# Everything a change needs. "make check" is what has to pass.

GO ?= go
GOLANGCI_LINT_VERSION := v2.15.0
ACTIONLINT_VERSION := v1.7.12
GOVULNCHECK_VERSION := v1.9.0
KUBE_SCORE_VERSION := v1.20.0
KUBE_LINTER_VERSION := v0.7.6
GOLANGCI_LINT = $(or $(wildcard bin/golangci-lint),$(shell command -v golangci-lint),bin/golangci-lint)

.PHONY: build test race shuffle cover fuzz browser integration sarif-check lint golangci-lint vulnerabilities actions fmt vet self check bench bench-go bench-tools corpus endurance generate messages rule

build: ## the command, as ./factorlint
	$(GO) build -o factorlint ./cmd/factorlint

test: ## all tests
	$(GO) test ./...

# make race [PACKAGES=./internal/lsp]; needs a C compiler
PACKAGES ?= ./...
race: ## tests with the race detector, in shuffled order
	$(GO) test -race -shuffle=on -timeout 30m $(PACKAGES)

shuffle: ## tests three times in shuffled order: none depends on another, or on what it left behind
	$(GO) test -count=3 -shuffle=on -timeout 30m $(PACKAGES)

COVERED := ./analyzers/...,./checks/...,./internal/...
cover: ## how much of each package the tests reach; fails if a block of a rule is neither reached nor explained on docs/coverage.md
	$(GO) test -coverpkg=$(COVERED) -coverprofile=coverage.out -timeout 30m ./... >coverage.log || { cat coverage.log; exit 1; }
	$(GO) run internal/coverage/main.go coverage.out

# make fuzz [FUZZTIME=10m]
FUZZTIME ?= 1m
fuzz: ## all fuzz targets, one after the other, each as long as FUZZTIME says
	@grep -r --include='*_test.go' -o '^func Fuzz[A-Za-z]*' analyzers checks cmd internal rules | sort | \
		while IFS=: read -r file target; do \
			$(GO) test -run '^$$' -fuzz "^$${target#func }$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x "./$$(dirname "$$file")" || exit 1; \
		done

browser: ## the page of the scorecard in headless Chromium; fails if there is none
	FACTORLINT_BROWSER=required $(GO) test ./internal/output/scorecard -count=1 -run TestBrowser -v

integration: ## factorlint inside the tools that run it or read what it writes; builds and downloads some of them
	$(GO) test -tags integration ./internal/integration -count=1 -timeout 40m -v
	$(GO) test -tags integration ./internal/docstest -run 'TestCommandsInClone|TestWorkflowSnippets' -count=1 -timeout 40m -v

# make sarif-check DIR=/path/to/checkout
SHARED ?= ../shared
sarif-check: ## the SARIF log of a repository by the two checks that lie beside this checkout
	@[ -d "$(SHARED)/check" ] || { echo "there is no $(SHARED)/check: nothing was checked"; exit 1; }
	@[ -d "$(DIR)" ] || { echo "DIR is not the folder of a repository: nothing was checked"; exit 1; }
	@out=$$(mktemp -d) && trap 'rm -r "$$out"' EXIT && log=$$out/log.sarif && \
		{ $(GO) run ./cmd/factorlint check -o sarif="$$log" "$(DIR)" || true; } && \
		sh "$(SHARED)/check/validate.sh" "$$log" && python3 "$(SHARED)/check/check_sarif.py" "$$log" "$$(git -C "$(DIR)" rev-parse --show-toplevel 2>/dev/null || echo "$(DIR)")"

fmt: ## fails if a file is not formatted
	@files=$$(gofmt -l action analyzers checks cmd internal plugin rules); \
	if [ -n "$$files" ]; then echo "not formatted by gofmt:"; echo "$$files"; exit 1; fi

vet: # the programs that only "go run" builds are no part of ./...
	$(GO) vet ./...
	$(GO) vet -tags integration ./internal/integration ./internal/docstest
	$(GO) vet rules/generate.go
	$(GO) vet rules/scaffold.go
	$(GO) vet internal/corpus/main.go
	$(GO) vet internal/throughput/main.go
	$(GO) vet internal/speed/main.go
	$(GO) vet internal/endurance/main.go
	$(GO) vet internal/coverage/main.go

lint: golangci-lint ## golangci-lint with .golangci.yml
	$(GOLANGCI_LINT) run ./...

golangci-lint: # into ./bin, where the machine has none
	@[ -x bin/golangci-lint ] || command -v golangci-lint >/dev/null || \
		GOBIN="$(CURDIR)/bin" $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

vulnerabilities: ## known vulnerabilities in what this module calls; asks vuln.go.dev
	$(GO) run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION) ./...

actions: ## actionlint on the workflows, and shellcheck on the scripts in them and on those of the action
	@[ -x bin/actionlint ] || GOBIN="$(CURDIR)/bin" $(GO) install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION)
	bin/actionlint -shellcheck "$$(command -v shellcheck)" -pyflakes=
	shellcheck action/*.sh

self: ## factorlint on itself
	$(GO) run ./cmd/factorlint check .

check: fmt vet lint test self

bench: bench-tools ## how long a run takes, also in relation to go vet and to other linters of manifests
	$(GO) test -run '^$$' -bench . -benchmem \
		$$(grep -rl --include='*_test.go' '^func Benchmark' analyzers checks cmd internal rules | xargs -n 1 dirname | sort -u | sed 's,^,./,')
	$(GO) run internal/throughput/main.go -tools bin

# make bench-go DIR="/path/to/checkout /path/to/another" [RUNS=5] [COLD=1] [LINTERS=standard] [GENERATED=true]
RUNS ?= 5
COLD ?= 1
LINTERS ?= standard
GENERATED ?= true
bench-go: golangci-lint ## what factorlint costs on Go modules, in relation to golangci-lint and go vet
	$(GO) run internal/speed/main.go -golangci-lint "$(GOLANGCI_LINT)" -runs $(RUNS) -cold $(COLD) -linters "$(LINTERS)" -generated=$(GENERATED) $(DIR)

bench-tools: # into ./bin, as far as they can be built here; they are no part of this module
	@[ -x bin/kube-score ] || GOBIN="$(CURDIR)/bin" $(GO) install github.com/zegl/kube-score/cmd/kube-score@$(KUBE_SCORE_VERSION) || true
	@[ -x bin/kube-linter ] || GOBIN="$(CURDIR)/bin" $(GO) install golang.stackrox.io/kube-linter/cmd/kube-linter@$(KUBE_LINTER_VERSION) || true

# make charts DIR=/path/to/checkouts
charts: ## renders the Helm charts of real repositories and compares with Helm
	FACTORLINT_CHARTS="$(abspath $(DIR))" $(GO) test ./internal/helm -count=1 -run TestSameAsHelm -v

# make corpus DIR=/path/to/checkouts [LABELS=/path/to/labels.md] [RULES=all] [LOADERS=true]
corpus: ## measures the rules on real repositories; LOADERS compares ways to load Go code as well
	@$(GO) run internal/corpus/main.go -dir "$(DIR)" -labels "$(LABELS)" -rules "$(RULES)" -loaders="$(or $(LOADERS),false)"

# make endurance DIR=/path/to/checkouts [LIST=/path/to/names-of-more] [JOBS=2]
JOBS ?= 2
endurance: ## runs on checkouts of any kind: none breaks down, hangs, takes too much or exits with the wrong code
	@$(GO) run internal/endurance/main.go -dir "$(DIR)" -list "$(LIST)" -jobs $(JOBS)

generate: ## rules/README.md, docs/factorlint.schema.json
	$(GO) run rules/generate.go
	$(GO) run ./cmd/factorlint config schema > docs/factorlint.schema.json

messages: ## every message of every rule that the cases bring about, to be read
	@$(GO) test ./internal/ruletest -count=1 -run TestCases -v | sed -n 's/^.*: message of //p' | sort -u

# make rule KIND=go NAME=log-to-file ID=FL1101
rule: ## page, implementation and cases of a new rule, to be filled in
	@$(GO) run rules/scaffold.go -kind "$(KIND)" -name "$(NAME)" -id "$(ID)"
