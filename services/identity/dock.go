package identity

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// dockUser stands in the audit trail for whoever holds a link for the dock; no user row has it.
//
//nolint:gochecknoglobals // a constant; Go has no constant arrays
var dockUser = uuid.MustParse("00000000-0000-7000-8000-000000000002")

// DockPrincipal is the authority of a link that a buyer made for its dock: it acts for the buyer's
// organisation, and the audit trail tells it from every person. What the link is good for is for
// the service that knows it to decide.
func DockPrincipal(buyer uuid.UUID) Principal {
	return Principal{UserID: dockUser, OrganisationID: buyer, Kind: Buyer, Role: Member, Approved: true}
}

// guessAddress counts wrong codes; maxGuesses is which of them within a quarter of an hour from an
// address is refused, as many as wrong passwords.
const (
	guessAddress = "guess_address"
	maxGuesses   = 100
)

// CheckGuesses refuses a code, right or wrong, from where too many wrong ones came:
// ErrTooManyGuesses.
func CheckGuesses(ctx context.Context, reader postgres.Reader) error {
	address := originOf(ctx).Address
	if address == "" {
		return nil
	}
	counts, err := attempts(ctx, reader, failureWindow, counter{scope: guessAddress, subject: address})
	if err != nil {
		return err
	}
	return tooManyGuesses(counts)
}

// CountGuess notes a wrong code. It is a transaction of its own, and refuses like CheckGuesses.
func CountGuess(ctx context.Context, db *postgres.DB) error {
	address := originOf(ctx).Address
	if address == "" {
		return nil
	}
	counts, err := countAttempt(ctx, db, failureWindow, counter{scope: guessAddress, subject: address})
	if err != nil {
		return err
	}
	return tooManyGuesses(counts)
}

func tooManyGuesses(counts []count) error {
	err := reached(counts, limits{guessAddress: maxGuesses})
	if refused, ok := fault.From(err); ok {
		wait, _ := refused.Params["seconds"].(int)
		return ErrTooManyGuesses.With("seconds", wait).After(time.Duration(wait) * time.Second)
	}
	return err
}
