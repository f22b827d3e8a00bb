package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Severity says whether a finding must be repaired.
type Severity string

// The severities. A promise is broken by an error and not by a warning.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Finding is one thing that is not as it must be, and where.
type Finding struct {
	Severity Severity `json:"severity"`
	// What is wrong, in a sentence without its particulars.
	What string `json:"what"`
	// Table and ID name the row; both may be empty when no single row is at fault.
	Table string `json:"table,omitempty"`
	ID    string `json:"id,omitempty"`
	// Detail holds the particulars, such as what is stored and what the postings say.
	Detail string `json:"detail,omitempty"`
}

// String writes the finding as one line.
func (f Finding) String() string {
	var line strings.Builder
	line.WriteString(string(f.Severity) + ": ")
	if where := strings.TrimSpace(f.Table + " " + f.ID); where != "" {
		line.WriteString(where + ": ")
	}
	line.WriteString(f.What)
	if f.Detail != "" {
		line.WriteString(" (" + f.Detail + ")")
	}
	return line.String()
}

// Audited counts what an audit looked at.
type Audited struct {
	Postings     int64 `db:"postings"     json:"postings"`
	Offers       int64 `db:"offers"       json:"offers"`
	Lines        int64 `db:"lines"        json:"lines"`
	Awards       int64 `db:"awards"       json:"awards"`
	Reservations int64 `db:"reservations" json:"reservations"`
	Claims       int64 `db:"claims"       json:"claims"`
	// Findings counts what was reported.
	Findings int `db:"-" json:"findings"`
}

// findingsPerCheck bounds what one check reports: whoever changed every row learns as much from
// the first hundred.
const findingsPerCheck = 100

// Audit recomputes every balance from the postings and reports each row that differs: a stored
// amount that is not the sum of its postings, an account without postings, postings without an
// account, an amount below nothing, goods of two kinds in one account, a posting that names no
// account for what it moves, a weight in kilograms that is not the quantity, and whatever is amiss
// with the claims (claimChecks). It stops at the first error of report.
//
// Each book is compared by one statement and so at one instant, also while others post. The
// database does the sums; memory here does not grow with the ledger. Ten million postings take
// longer than the pool's usual limit for a statement: raise it for the transaction.
func Audit(ctx context.Context, reader postgres.Reader, report func(Finding) error) (Audited, error) {
	var seen Audited
	if err := reader.Get(ctx, &seen, countAll); err != nil {
		return seen, fmt.Errorf("counting the ledger: %w", err)
	}
	counted := func(finding Finding) error {
		seen.Findings++
		return report(finding)
	}
	for _, each := range books {
		if err := auditBook(ctx, reader, each, counted); err != nil {
			return seen, fmt.Errorf("auditing %s: %w", each.table, err)
		}
	}
	for _, each := range slices.Concat(rowChecks, claimChecks) {
		if err := auditRows(ctx, reader, each, counted); err != nil {
			return seen, fmt.Errorf("auditing %s: %w", each.table, err)
		}
	}
	return seen, nil
}

const countAll = `
	SELECT (SELECT count(*) FROM ledger.postings) AS postings, (SELECT count(*) FROM ledger.offers) AS offers,
	       (SELECT count(*) FROM ledger.lines) AS lines, (SELECT count(*) FROM ledger.awards) AS awards,
	       (SELECT count(*) FROM ledger.reservations) AS reservations, (SELECT count(*) FROM ledger.claims) AS claims`

// book is a table of balances and the columns of ledger.movements that move each of them.
type book struct {
	table, key string
	// posted restricts the postings that belong to the book.
	posted string
	// accounts are the columns of the table; moves, in the same order, those of ledger.movements.
	accounts, moves []string
}

//nolint:gochecknoglobals // an immutable table
var books = []book{
	{
		table: "ledger.offers", key: "offer_id", posted: "p.offer_id IS NOT NULL",
		accounts: []string{"free", "reserved", "committed", "dispatched", "accepted"},
		moves:    []string{"offer_free", "offer_reserved", "offer_committed", "offer_dispatched", "offer_accepted"},
	},
	{
		table: "ledger.lines", key: "inquiry_line_id", posted: "p.inquiry_line_id IS NOT NULL",
		accounts: []string{"open", "awarded", "delivered", "quoted", "rejected", "over"},
		moves:    []string{"line_open", "line_awarded", "line_delivered", "line_quoted", "line_rejected", "line_over"},
	},
	{
		table: "ledger.awards", key: "award_id", posted: "p.award_id IS NOT NULL",
		accounts: []string{"committed", "dispatched", "accepted", "released", "rejected", "lost", "over"},
		moves: []string{
			"award_committed", "award_dispatched", "award_accepted", "award_released", "award_rejected", "award_lost", "award_over",
		},
	},
	{
		table: "ledger.reservations", key: "quote_id", posted: "m.quote_reserved <> 0",
		accounts: []string{"quantity"}, moves: []string{"quote_reserved"},
	},
}

// comparison is the statement that finds the rows of a book that differ from the postings. Every
// name in it comes from the table of books above.
func (b book) comparison() string {
	stored, derived := make([]string, len(b.accounts)), make([]string, len(b.accounts))
	for i := range b.accounts {
		stored[i] = "CAST(b." + b.accounts[i] + " AS numeric)"
		derived[i] = "sum(p.quantity * m." + b.moves[i] + ")"
	}
	return fmt.Sprintf(`
		WITH stored AS (
			SELECT b.%[1]s AS id, ARRAY[%[2]s] AS amounts FROM %[3]s b
		), derived AS (
			SELECT p.%[1]s AS id, ARRAY[%[4]s] AS amounts,
			       min(p.unit) <> max(p.unit) OR min(p.product_line) <> max(p.product_line) AS mixed
			  FROM ledger.postings p JOIN ledger.movements m USING (movement)
			 WHERE %[5]s
			 GROUP BY p.%[1]s
		)
		SELECT coalesce(CAST(id AS text), ''), s.amounts IS NOT NULL, d.amounts IS NOT NULL,
		       CAST(s.amounts AS text[]), CAST(d.amounts AS text[]), coalesce(d.mixed, false)
		  FROM stored s FULL JOIN derived d USING (id)
		 WHERE s.amounts IS DISTINCT FROM d.amounts OR d.mixed OR 0 > ANY (s.amounts)
		 ORDER BY 1
		 LIMIT %[6]d`,
		b.key, strings.Join(stored, ", "), b.table, strings.Join(derived, ", "), b.posted, findingsPerCheck+1)
}

// errEnough ends a check that has reported all it may.
var errEnough = errors.New("enough findings")

func auditBook(ctx context.Context, reader postgres.Reader, b book, report func(Finding) error) error {
	rows := 0
	err := reader.Each(ctx, b.comparison(), nil, func(scan func(dest ...any) error) error {
		if rows++; rows > findingsPerCheck {
			return enough(b.table, report)
		}
		var row difference
		if err := scan(&row.id, &row.account, &row.posted, &row.stored, &row.derived, &row.mixed); err != nil {
			return fmt.Errorf("reading a difference: %w", err)
		}
		for _, finding := range b.findings(row) {
			if err := report(finding); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func enough(table string, report func(Finding) error) error {
	if err := report(Finding{
		Severity: SeverityError, Table: table, What: "more rows like these",
		Detail: fmt.Sprintf("the first %d are shown", findingsPerCheck),
	}); err != nil {
		return err
	}
	return errEnough
}

// difference is a row of a book that is not what its postings say.
type difference struct {
	id              string
	account, posted bool
	stored, derived postgres.Strings
	mixed           bool
}

// findings names each column of the row that is wrong.
func (b book) findings(row difference) []Finding {
	found := func(what, detail string) Finding {
		return Finding{Severity: SeverityError, What: what, Table: b.table, ID: row.id, Detail: detail}
	}
	var findings []Finding
	if row.mixed {
		findings = append(findings, found("postings of different lines or units in one account", ""))
	}
	switch {
	case !row.posted:
		return append(findings, found("an account without postings", b.amounts("stored", row.stored)))
	case !row.account:
		return append(findings, found("postings without an account", b.amounts("derived", row.derived)))
	}
	for i, column := range b.accounts {
		if row.stored[i] != row.derived[i] {
			findings = append(findings, found("a balance that is not the sum of its postings",
				fmt.Sprintf("%s: stored %s, derived %s", column, decimal(row.stored[i]), decimal(row.derived[i]))))
		}
		if strings.HasPrefix(row.stored[i], "-") {
			findings = append(findings, found("a balance below nothing",
				fmt.Sprintf("%s: stored %s", column, decimal(row.stored[i]))))
		}
	}
	return findings
}

func (b book) amounts(source string, values []string) string {
	named := make([]string, len(values))
	for i, value := range values {
		named[i] = b.accounts[i] + ": " + source + " " + decimal(value)
	}
	return strings.Join(named, ", ")
}

// decimal writes thousandths as an amount; a sum too large for one stays in thousandths.
func decimal(thousandths string) string {
	n, err := strconv.ParseInt(thousandths, 10, 64)
	if err != nil {
		return thousandths + " thousandths"
	}
	return quantity.Quantity(n).String()
}

// rowCheck finds single rows that contradict themselves or the posting that made them.
type rowCheck struct {
	table, what, query string
}

//nolint:gochecknoglobals // an immutable table
var rowChecks = []rowCheck{
	{"ledger.postings", "a weight in kilograms that is not the quantity", `
		SELECT p.id, concat_ws(' ', p.movement, CAST(p.quantity AS text), 'thousandths, weight', coalesce(CAST(p.weight AS text), 'missing'))
		  FROM ledger.postings p
		 WHERE p.unit = 'kg' AND p.weight IS DISTINCT FROM p.quantity
		 LIMIT $1`},
	{"ledger.postings", "a posting that names no account for what it moves", `
		SELECT p.id, p.movement
		  FROM ledger.postings p JOIN ledger.movements m USING (movement)
		 WHERE (p.offer_id IS NULL AND (m.offer_free <> 0 OR m.offer_reserved <> 0 OR m.offer_committed <> 0
		                                OR m.offer_dispatched <> 0 OR m.offer_accepted <> 0))
		    OR (p.inquiry_line_id IS NULL AND (m.line_open <> 0 OR m.line_awarded <> 0 OR m.line_delivered <> 0
		                                OR m.line_quoted <> 0 OR m.line_rejected <> 0 OR m.line_over <> 0))
		    OR (p.award_id IS NULL AND (m.award_committed <> 0 OR m.award_dispatched <> 0 OR m.award_accepted <> 0
		                                OR m.award_released <> 0 OR m.award_rejected <> 0 OR m.award_lost <> 0 OR m.award_over <> 0))
		    OR (p.quote_id IS NULL AND m.quote_reserved <> 0)
		 LIMIT $1`},
	{"ledger.reservations", "a reservation that is not as it was posted", `
		SELECT r.quote_id, concat_ws(' ', 'posted for offer', CAST(p.offer_id AS text), 'until', CAST(p.reserved_until AS text))
		  FROM ledger.reservations r
		  JOIN ledger.postings p ON p.quote_id = r.quote_id AND p.movement = 'reserved'
		 WHERE p.offer_id IS DISTINCT FROM r.offer_id OR p.reserved_until IS DISTINCT FROM r.reserved_until
		 LIMIT $1`},
	{"ledger.awards", "an award whose postings name different offers or inquiry lines", `
		SELECT p.award_id, ''
		  FROM ledger.postings p
		 WHERE p.award_id IS NOT NULL
		 GROUP BY p.award_id
		HAVING min(CAST(p.offer_id AS text)) <> max(CAST(p.offer_id AS text))
		    OR min(CAST(p.inquiry_line_id AS text)) <> max(CAST(p.inquiry_line_id AS text))
		 LIMIT $1`},
}

func auditRows(ctx context.Context, reader postgres.Reader, check rowCheck, report func(Finding) error) error {
	rows := 0
	limit := []any{findingsPerCheck + 1}
	err := reader.Each(ctx, check.query, limit, func(scan func(dest ...any) error) error {
		if rows++; rows > findingsPerCheck {
			return enough(check.table, report)
		}
		var (
			id     uuid.UUID
			detail string
		)
		if err := scan(&id, &detail); err != nil {
			return fmt.Errorf("reading a row: %w", err)
		}
		return report(Finding{
			Severity: SeverityError, What: check.what, Table: check.table, ID: id.String(), Detail: detail,
		})
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
