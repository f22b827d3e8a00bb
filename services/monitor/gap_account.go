package monitor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// account is an offer or an inquiry line with its balance, in the unit that it is reported in.
type account struct {
	traded
	window
	stood

	id uuid.UUID
	// schemes are each once, in order, joined by commas.
	schemes string
}

// accountSort is what accounts are added up by: the same window, goods and scheme.
type accountSort struct {
	traded
	window

	scheme string
}

// sorts are those that the account belongs to: one for each scheme, or one without.
func (a *account) sorts() []accountSort {
	schemes := strings.Split(a.schemes, ",") // of none: the empty text
	sorts := make([]accountSort, len(schemes))
	for at, scheme := range schemes {
		sorts[at] = accountSort{a.traded, a.window, scheme}
	}
	return sorts
}

// addTo adds the account, or takes it away again, sign times.
func (a *account) addTo(sums map[accountSort]stood, sign quantity.Quantity) {
	for _, sort := range a.sorts() {
		sum := sums[sort]
		sum.add(stood{sign * a.open, sign * a.free, sign * a.reserved, sign * a.committed})
		sums[sort] = sum
	}
}

// accountFacts are what the posting p that opened an account says of its goods, and weighed what a quantity of
// these is in the unit they are reported in.
const (
	accountFacts = `p.product_line, coalesce(d.dried, false), CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END, array_to_string(p.schemes, ',')`
	accountDried = `LEFT JOIN reference.dried_goods d ON d.line = p.product_line AND d.form = coalesce(p.form, '')`
	weighed      = `CASE WHEN p.weight IS NULL OR p.weight = p.quantity THEN n ELSE round(CAST(n AS numeric) * p.weight / p.quantity) END`
)

// supplyAccounts and demandAccounts are offers and inquiry lines, in the order of scanAccount.
const (
	supplyAccounts = `
		SELECT w.id, w.available_from, w.available_to, ` + accountFacts + `, CAST(0 AS bigint),
		       (SELECT ` + weighed + ` FROM (VALUES (o.free)) v (n)), (SELECT ` + weighed + ` FROM (VALUES (o.reserved)) v (n)),
		       (SELECT ` + weighed + ` FROM (VALUES (o.committed + o.dispatched + o.accepted)) v (n))
		  FROM catalog.offers w
		  JOIN ledger.offers o ON o.offer_id = w.id
		  JOIN ledger.postings p ON p.offer_id = w.id AND p.movement = 'offer_opened' ` + accountDried
	demandAccounts = `
		SELECT w.id, w.deliver_from, w.deliver_to, ` + accountFacts + `, (SELECT ` + weighed + ` FROM (VALUES (l.open)) v (n)),
		       CAST(0 AS bigint), CAST(0 AS bigint), CAST(0 AS bigint)
		  FROM inquiry.lines w
		  JOIN ledger.lines l ON l.inquiry_line_id = w.id
		  JOIN ledger.postings p ON p.inquiry_line_id = w.id AND p.movement = 'demand_opened' ` + accountDried
)

// accountsBetween reads the accounts whose windows have days between two and in which something stands.
func accountsBetween(ctx context.Context, reader postgres.Reader, days window) ([]account, error) {
	const query = supplyAccounts + `
		 WHERE w.available_to >= $1 AND w.available_from <= $2 AND (o.free <> 0 OR o.reserved <> 0 OR o.committed + o.dispatched + o.accepted <> 0)
		 UNION ALL ` + demandAccounts + `
		 WHERE w.deliver_to >= $1 AND w.deliver_from <= $2 AND l.open <> 0`
	return readAccounts(ctx, reader, query, days.from, days.to)
}

// accountsChanged reads the accounts that transactions from one on have changed, as they are: every movement of a
// balance is in the ledger, every change of a window in the audit trail.
func accountsChanged(ctx context.Context, reader postgres.Reader, since string) ([]account, error) {
	const query = `
		WITH events AS (
			SELECT e.subject_kind, e.subject_id FROM identity.audit_events e WHERE e.xact >= CAST($1 AS xid8) AND e.subject_kind IN ('offer', 'inquiry')
		), moved AS (
			SELECT p.offer_id, p.inquiry_line_id FROM ledger.postings p WHERE p.xact >= CAST($1 AS xid8)
		), offers AS (
			SELECT m.offer_id AS id FROM moved m WHERE m.offer_id IS NOT NULL UNION SELECT e.subject_id FROM events e WHERE e.subject_kind = 'offer'
		), lines AS (
			SELECT m.inquiry_line_id AS id FROM moved m WHERE m.inquiry_line_id IS NOT NULL
			 UNION SELECT l.id FROM events e JOIN inquiry.lines l ON l.inquiry_id = e.subject_id WHERE e.subject_kind = 'inquiry'
		)` + supplyAccounts + `
		 WHERE w.id IN (SELECT c.id FROM offers c)
		 UNION ALL ` + demandAccounts + `
		 WHERE w.id IN (SELECT c.id FROM lines c)`
	return readAccounts(ctx, reader, query, since)
}

func readAccounts(ctx context.Context, reader postgres.Reader, query string, args ...any) ([]account, error) {
	var found []account
	err := reader.Each(ctx, query, args, func(scan func(dest ...any) error) error {
		var a account
		err := scan(&a.id, &a.from, &a.to, &a.Line, &a.Dried, &a.Unit, &a.schemes, &a.open, &a.free, &a.reserved, &a.committed)
		if err != nil {
			return fmt.Errorf("reading where supply and demand stand: %w", err)
		}
		if strings.Contains(a.schemes, ",") { // what is named twice counts once
			schemes := strings.Split(a.schemes, ",")
			slices.Sort(schemes)
			a.schemes = strings.Join(slices.Compact(schemes), ",")
		}
		found = append(found, a)
		return nil
	})
	return found, err
}
