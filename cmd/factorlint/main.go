// Command factorlint checks Go services, their images and their manifests against the Twelve-Factor and LIFESPAR
// principles.
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/vettool"
)

// Exit codes. The highest wins.
const (
	exitClean     = 0
	exitFindings  = 1
	exitUntrusted = 2 // usage, configuration, or a run that could not look at everything essential
)

func main() {
	if vettool.Asked(os.Args[1:]) {
		vettool.Run()
	}
	log.SetOutput(io.Discard) // Helm's library logs what it thinks of a chart's values
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv))
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, env func(string) string) (code int) {
	a := &app{stdout: stdout, stderr: stderr, env: env}
	broken := check.Shield(check.Span{}, "running the command", func() { code = a.execute(ctx, args) })
	for _, n := range broken {
		a.complain(n.Message)
		return exitUntrusted
	}
	return code
}

func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		a.complain(a.withVariables(err))
		return exitUntrusted
	}
	return a.code
}

// An app is one execution of the command.
type app struct {
	stdout, stderr io.Writer
	env            func(string) string
	code           int      // exit code of a subcommand that returns no error
	fromEnv        []string // flags that the environment gave
}

func (a *app) root() *cobra.Command {
	const (
		short = "Check Go services, their images and their manifests against the Twelve-Factor and LIFESPAR principles"
		long  = `Check Go services together with the Dockerfiles that package them and the Kubernetes or Compose manifests that deploy them: find out
which program runs in which image in which container, and report where the three contradict each other or break a principle of the
Twelve-Factor App (https://12factor.net) or of LIFESPAR, Gartner's eight principles for cloud-native applications (latency-aware,
instrumented, failure-aware, event-driven, secure, parallelizable, automated, resource-consumption-aware).

"factorlint check" does so in the current folder. Nothing that lies there is run.`
	)
	root := &cobra.Command{
		Use:           "factorlint",
		Short:         short,
		Long:          long + exitsHelp() + "\n\nEnvironment:" + lines(environment),
		Version:       readVersion().Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		RunE:          showHelp,

		PersistentPreRunE: a.prepare,
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.checkCommand(), a.baselineCommand(), a.factsCommand(), a.explainCommand(), a.rulesCommand(), a.workloadsCommand(), a.lspCommand(), a.configCommand(), a.initCommand(), a.versionCommand(), manCommand())
	refuseUnknown(root)
	return root
}

// prepare completes the flags of a command, and looks at what is wrong with any command line.
func (a *app) prepare(c *cobra.Command, args []string) error {
	if c.Name() == cobra.ShellCompRequestCmd || c.Name() == cobra.ShellCompNoDescRequestCmd { // its line is unfinished
		return nil
	}
	return errors.Join(notEmpty(c, args), a.fromEnvironment(c))
}

// complain writes a message, made harmless to print, to standard error.
func (a *app) complain(message string) {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	for i, l := range lines {
		lines[i] = plain.Text(strings.TrimSpace(l))
	}
	text := "factorlint: " + strings.Join(lines, "\n") + "\n"
	if a.inCI() {
		text = plain.Log(text)
	}
	io.WriteString(a.stderr, text) //nolint:errcheck // there is nowhere left to complain
}

// inCI reports whether a CI system that obeys commands in logs runs this: GitHub Actions or Azure Pipelines.
func (a *app) inCI() bool { return a.env("GITHUB_ACTIONS") != "" || a.env("TF_BUILD") != "" }
