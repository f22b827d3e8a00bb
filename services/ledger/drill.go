package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
)

// Entry is a posting as those who watch see it: without price and value.
type Entry struct {
	ID           uuid.UUID         `db:"id"`
	At           time.Time         `db:"at"`
	BusinessDate civil.Date        `db:"business_date"`
	Movement     Movement          `db:"movement"`
	Amount       quantity.Quantity `db:"amount"`
	// Counted is what it adds to the measure asked for, below nothing where it takes away; nil without one.
	Counted *quantity.Quantity `db:"counted"`
	// Unit is kg for all that has a weight, as in a [Row].
	Unit          string           `db:"unit"`
	Line          string           `db:"product_line"`
	Form          string           `db:"form"`
	Grade         string           `db:"grade"`
	Stars         int              `db:"stars"`
	Schemes       postgres.Strings `db:"schemes"`
	Commune       string           `db:"commune"`
	BuyerSystem   string           `db:"buyer_system"`
	Ward          string           `db:"ward"`
	ProducerID    uuid.NullUUID    `db:"producer_id"`
	BuyerID       uuid.NullUUID    `db:"buyer_id"`
	ProductID     uuid.NullUUID    `db:"product_id"`
	OfferID       uuid.NullUUID    `db:"offer_id"`
	InquiryID     uuid.NullUUID    `db:"inquiry_id"`
	InquiryLineID uuid.NullUUID    `db:"inquiry_line_id"`
	QuoteID       uuid.NullUUID    `db:"quote_id"`
	AwardID       uuid.NullUUID    `db:"award_id"`
	DeliveryID    uuid.NullUUID    `db:"delivery_id"`
}

// Cell says which postings stand behind a figure.
type Cell struct {
	Query

	// Is keeps postings whose value of a dimension is this one, also "": those that say nothing.
	Is map[Dimension]string
	// Dried and Unit are those of the row; nil and "" keep all.
	Dried *bool
	Unit  string
	// Measure keeps what counts in one column of the row; "" keeps all.
	Measure string
	// AfterDay and AfterID are the last posting of the page before.
	AfterDay civil.Date
	AfterID  uuid.UUID
	Limit    int
}

// columns of a row by name, with the parts that make them.
//
//nolint:gochecknoglobals // an immutable table
var measureNames = []string{
	"offered", "requested", "quoted", "awarded", "dispatched", "unconfirmed", "delivered", "rejected", "released",
}

// Measures lists the names of the columns of volumes.
func Measures() []string { return slices.Clone(measureNames) }

// unsaid is the condition on p that it says nothing of a dimension that has a condition of its own.
//
//nolint:gochecknoglobals // an immutable table
var unsaid = map[Dimension]string{
	ByProducer: "p.producer_id IS NULL",
	ByBuyer:    "p.buyer_id IS NULL",
	ByScheme:   "p.schemes = '{}'",
	ByDistrict: "NOT EXISTS (SELECT FROM reference.commune_former_districts c WHERE c.commune = p.commune)",
}

// Behind lists the postings behind a figure, by day and id, so many at most. Refused: what [Query.Check]
// refuses, and fault.ErrUnknownValue at "measure".
func Behind(ctx context.Context, reader postgres.Reader, cell Cell) ([]Entry, error) {
	if err := cell.Check(); err != nil {
		return nil, err
	}
	conditions, counted, args, err := cell.conditions()
	if err != nil {
		return nil, err
	}
	const query = `
		SELECT p.id, p.at, p.business_date, p.movement, coalesce(p.weight, p.quantity) AS amount, %s AS counted,
		       CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit, p.product_line, coalesce(p.form, '') AS form,
		       coalesce(p.grade, '') AS grade, coalesce(p.stars, 0) AS stars, p.schemes, coalesce(p.commune, '') AS commune,
		       coalesce(p.buyer_system, '') AS buyer_system, coalesce(p.ward, '') AS ward, p.producer_id, p.buyer_id, p.product_id,
		       p.offer_id, p.inquiry_id, p.inquiry_line_id, p.quote_id, p.award_id, p.delivery_id
		  FROM ledger.postings p
		  JOIN ledger.movements m USING (movement)
		  LEFT JOIN reference.dried_goods g ON g.line = p.product_line AND g.form = coalesce(p.form, '')
		 WHERE p.business_date BETWEEN $1 AND $2 AND (p.business_date, p.id) > ($3, $4)%s
		 ORDER BY p.business_date, p.id
		 LIMIT $5`
	entries := []Entry{}
	return entries, reader.Select(ctx, &entries, fmt.Sprintf(query, counted, conditions), args...)
}

// conditions writes the rest of the statement; every text in it comes from this package.
func (c Cell) conditions() (text, counted string, args []any, err error) {
	from := c.From
	if c.AfterDay.After(from) {
		from = c.AfterDay
	}
	after := c.AfterDay
	if after.IsZero() {
		after = civil.New(1, time.January, 1)
	}
	args = []any{from, c.To, after, c.AfterID, c.Limit}
	var written strings.Builder
	add := func(condition string, value any) {
		args = append(args, value)
		written.WriteString(" AND " + fmt.Sprintf(condition, fmt.Sprintf("$%d", len(args))))
	}
	for _, dimension := range Dimensions() {
		value, asked := c.Is[dimension]
		if !asked {
			value = c.Only[dimension]
		}
		reading := axes[dimension]
		switch {
		case value == "" && !asked:
		case value == "" && unsaid[dimension] != "":
			written.WriteString(" AND " + unsaid[dimension])
		case reading.within != "":
			add(strings.Replace(reading.within, "%s", "CAST(%s AS text)", 1), value)
		default:
			add(reading.expression+" = CAST(%s AS text)", value)
		}
	}
	if c.Unit != "" {
		add("CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END = %s", c.Unit)
	}
	if c.Dried != nil {
		add(`coalesce(g.dried, false) = %s`, *c.Dried)
	}
	if c.Measure == "" {
		return written.String(), "CAST(NULL AS bigint)", args, nil
	}
	at := slices.Index(measureNames, c.Measure)
	if at < 0 {
		return "", "", nil, fault.ErrUnknownValue.At("measure", "value", c.Measure, "allowed", strings.Join(measureNames, ", "))
	}
	if volumeParts[at].of == ofUnconfirmed {
		add("p.movement = 'dispatched' AND p.delivery_id = ANY (CAST(%s AS uuid[]))", postgres.Array(c.Unconfirmed))
		return written.String(), "coalesce(p.weight, p.quantity)", args, nil
	}
	moves := "(" + volumeParts[at].moves + ")"
	written.WriteString(" AND " + moves + " <> 0")
	return written.String(), "coalesce(p.weight, p.quantity) * " + moves, args, nil
}
