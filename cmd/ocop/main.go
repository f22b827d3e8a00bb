// Command ocop is the marketplace: its server and everything an operator does to it.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program but for the process around it. It returns the exit code: 0 when all is
// well, 1 when something failed, 2 when the command line is wrong. A context that ends stops it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	invocation, code, err := parse(args, stdout, stderr)
	if err == nil && invocation != nil {
		err = invocation.Run(terminal{ctx: ctx, in: stdin, out: stdout, err: stderr})
	}
	return report(stderr, code, err)
}
