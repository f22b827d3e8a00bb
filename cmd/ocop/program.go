package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// program is the command line: one field for each command.
type program struct {
	Serve   serveCommand   `cmd:"" help:"Serve the marketplace: all of it, or the services that are named."`
	Migrate migrateCommand `cmd:"" help:"Bring a database up to this version: schema, rights and reference facts."`
	Seed    seedCommand    `cmd:"" help:"Load the demonstration data or generate any amount of it."`
	Import  importCommand  `cmd:"" help:"Import products, offers or receipts from a CSV or Excel file, through a running marketplace."`
	Doctor  doctorCommand  `cmd:"" help:"Prove that what is stored is consistent: balances, totals, seals."`
	Admin   adminCommand   `cmd:"" help:"Manage the platform's administrators."`
	OpenAPI openAPICommand `cmd:"" help:"Print the API's document, made from the code." name:"openapi"`
	Version versionCommand `cmd:"" help:"Print the version."`
	Private privateCommand `cmd:"" help:"Run a command with throw-away servers in its environment." hidden:""`
}

// terminal is what a command talks to.
type terminal struct {
	ctx context.Context //nolint:containedctx // handed through the parser, which knows no contexts
	in  io.Reader
	out io.Writer
	err io.Writer
}

// exitError ends the program with a code of its own, saying nothing.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError says that the command line cannot be understood.
type usageError struct{ error }

// The exit codes.
const (
	exitFine = iota
	exitFailed
	exitUsage
)

const about = `OCOP – a marketplace where certified goods of Cà Mau meet the demand of Ho Chi Minh City's chains.

Start with: ocop serve --embedded`

// parse reads the command line. A nil invocation without an error means that there is nothing
// more to do, as after --help.
func parse(args []string, stdout, stderr io.Writer) (*kong.Context, int, error) {
	if err := forgetEmptySettings(); err != nil {
		return nil, exitFailed, err
	}
	helped := false
	parser, err := kong.New(&program{},
		kong.Name("ocop"), kong.Description(about), kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		return nil, exitFailed, fmt.Errorf("the command line is described wrongly: %w", err)
	}
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == "help": // as people try it
		args = append(slices.Clone(args[1:]), "--help")
	}
	invocation, err := parser.Parse(args)
	switch {
	case helped:
		return nil, exitFine, nil
	case err != nil:
		return nil, exitUsage, usageError{err}
	}
	return invocation, exitFine, nil
}

// forgetEmptySettings makes a setting that is set to nothing the same as one that is not set, so
// that OCOP_DATABASE_URL= does not hide DATABASE_URL.
func forgetEmptySettings() error {
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		ours := strings.HasPrefix(name, "OCOP_") || name == "DATABASE_URL" || name == "REDIS_URL"
		if ours && value == "" {
			if err := os.Unsetenv(name); err != nil {
				return fmt.Errorf("reading the setting %s: %w", name, err)
			}
		}
	}
	return nil
}

// report tells a person why the program failed and makes the exit code of it.
func report(stderr io.Writer, code int, err error) int {
	if err == nil {
		return code
	}
	if own, ok := errors.AsType[exitError](err); ok {
		return int(own)
	}
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(stderr, "ocop: %v\nRun «ocop --help» to see what there is.\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "ocop: %v\n", err)
	return exitFailed
}
