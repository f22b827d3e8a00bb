package postgres

import (
	"context"
	"strconv"
	"strings"
)

// Call is a call of a function of the database that is made for what it does: what it returns is not read.
type Call struct {
	// Function is its name with its schema, such as identity.record. There is one of that name and so many arguments.
	Function string
	Args     []any
	// Refused names what this call is refused for and leaves other errors as they are; nil names nothing. It
	// is handed the errors of calls made in the same statement, too.
	Refused func(err error) error
}

// callsAtOnce bounds how many calls are one statement.
const callsAtOnce = 16

// AtEnd has a call made right before the transaction commits, after what BeforeCommit runs and in the order
// asked for: together with the others in one statement, so that they cost one round trip. What reads
// what a call writes comes after MakeCalls.
func (tx *Tx) AtEnd(call Call) { tx.calls = append(tx.calls, call) }

// MakeCalls makes the calls that wait for the end now.
func (tx *Tx) MakeCalls(ctx context.Context) error {
	waiting := tx.calls
	tx.calls = nil
	for len(waiting) > 0 {
		count := min(len(waiting), callsAtOnce)
		if err := tx.make(ctx, waiting[:count]); err != nil {
			return err
		}
		waiting = waiting[count:]
	}
	return nil
}

// make relies on PostgreSQL computing what a SELECT without FROM returns from left to right.
func (tx *Tx) make(ctx context.Context, calls []Call) error {
	var text strings.Builder
	var args []any
	for at, call := range calls {
		text.WriteString([]string{"SELECT ", ", "}[min(at, 1)])
		text.WriteString(call.Function)
		text.WriteByte('(')
		for n := range call.Args {
			if n > 0 {
				text.WriteString(", ")
			}
			text.WriteByte('$')
			text.WriteString(strconv.Itoa(len(args) + n + 1))
		}
		text.WriteByte(')')
		args = append(args, call.Args...)
	}
	_, err := tx.Exec(ctx, text.String(), args...)
	for _, call := range calls {
		if err != nil && call.Refused != nil {
			err = call.Refused(err)
		}
	}
	return err
}
