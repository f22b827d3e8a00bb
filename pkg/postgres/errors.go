package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/lib/pq"

	"github.com/ocop-market/ocop/pkg/fault"
)

// Constraint returns the name of the constraint that err violates, or "".
func Constraint(err error) string {
	if refused, ok := errors.AsType[*pq.Error](err); ok {
		return refused.Constraint
	}
	return ""
}

// Detail returns what the database adds to its refusal, or "": what a trigger gives as DETAIL.
func Detail(err error) string {
	if refused, ok := errors.AsType[*pq.Error](err); ok {
		return refused.Detail
	}
	return ""
}

// MapConstraint turns a violated constraint into the fault that the service names for it.
// Anything else is returned as it is. A table whose service forgets a constraint answers 500,
// which is what its test looks for.
func MapConstraint(err error, table map[string]*fault.Definition) error {
	if err == nil {
		return nil
	}
	if definition, ok := table[Constraint(err)]; ok {
		return definition.With().Because(err)
	}
	return err
}

// Code returns the five-character SQLSTATE of err, or "".
func Code(err error) string {
	if refused, ok := errors.AsType[*pq.Error](err); ok {
		return string(refused.Code)
	}
	return ""
}

// retryable reports whether running the transaction again can help: the database rolled it back
// for reasons of timing alone (PostgreSQL manual, 13.5).
func retryable(err error) bool {
	if errors.Is(err, ErrRetry) {
		return true
	}
	switch Code(err) {
	case "40001", "40P01":
		return true
	default:
		return false
	}
}

// translate makes a database that cannot be reached, or a statement that ran out of time, a
// named fault, because lib/pq reports a timed-out query as 57014 and not as a deadline.
func translate(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	switch code := Code(err); {
	case code == "":
		if unreachable(err) {
			return fault.ErrUnavailable.With().Because(err).After(time.Second)
		}
	case code == "57014":
		return fault.ErrUnavailable.With().Because(fmt.Errorf("%w: %w", context.DeadlineExceeded, err)).After(time.Second)
	case code[:2] == "08", code[:2] == "53", code[:3] == "57P", code == "55P03", code == "25P03", code == "25006":
		return fault.ErrUnavailable.With().Because(err).After(time.Second)
	}
	return err
}

func unreachable(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
