package hostile

import "testing"

// The rows of the table in docs/hostile.md.
func TestThreats(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(*testing.T)
	}{
		{"T1 toolchain line", toolchainLine},
		{"T2 cgo", cgo},
		{"T3 packages driver", packagesDriver},
		{"T4 settings of the go command", goSettings},
		{"T5 module downloads", moduleDownloads},
		{"T6 code of the repository", codeOfRepository},
		{"T7 git", gitSettings},
		{"T7 git that compares", gitComparisons},
		{"T8 Helm", charts},
		{"T9 Kustomize", kustomizations},
		{"T10 YAML bombs", yamlBombs},
		{"T11 symbolic links and FIFOs", irregularFiles},
		{"T12 size and time", sizeAndTime},
		{"T12 time that is over", timeIsOver},
		{"T12 growth", growth},
		{"T12 growth of Go code", growthOfGo},
		{"T13 patterns", patterns},
		{"T14 terminal", terminal},
		{"T15 workflow commands", workflowCommands},
		{"T16 Markdown and HTML", markup},
		{"T17 paths", paths},
		{"T17 paths of a baseline and a patch", pathsOfTheUser},
		{"T18 fixes", fixes},
		{"T19 secrets", secrets},
		{"T20 configuration", configuration},
		{"T21 programs of the repository", broughtPrograms},
		{"T22 broken input", brokenInput},
		{"T23 supply chain", supplyChain},
		{"T24 remote configuration", remoteConfiguration},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.test(t)
		})
	}
}
