package inquiry

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
)

// record is an inquiry as its tables hold it.
type record struct {
	ID           uuid.UUID            `db:"id"`
	BuyerID      uuid.UUID            `db:"buyer_id"`
	BuyerName    string               `db:"buyer_name"`
	BuyerSystem  string               `db:"buyer_system"`
	Visibility   Visibility           `db:"visibility"`
	QuotesSealed bool                 `db:"quotes_sealed"`
	QuotesDueAt  time.Time            `db:"quotes_due_at"`
	Ward         string               `db:"ward"`
	DeliveryNote string               `db:"delivery_note"`
	Terms        postgres.JSON[Terms] `db:"terms"`
	Stage        Stage                `db:"stage"`
	Version      int64                `db:"version"`
	CreatedAt    time.Time            `db:"created_at"`
	UpdatedAt    time.Time            `db:"updated_at"`

	// TermsVersion moves when what is asked for is amended.
	TermsVersion int64 `db:"terms_version"`
	// SeriesID is the series it was placed for, if any.
	SeriesID *uuid.UUID `db:"series_id"`

	Lines   []lineRecord
	Invited []uuid.UUID
	Rounds  []roundRecord
}

// lineRecord is a line as its table holds it, with its balance.
type lineRecord struct {
	ID             uuid.UUID                     `db:"id"`
	InquiryID      uuid.UUID                     `db:"inquiry_id"`
	Position       int                           `db:"position"`
	ProductLine    string                        `db:"line"`
	ProducerID     uuid.UUID                     `db:"producer_id"`
	ProductID      uuid.UUID                     `db:"product_id"`
	OfferID        uuid.UUID                     `db:"offer_id"`
	Form           string                        `db:"form"`
	Grade          postgres.JSON[map[string]any] `db:"grade"`
	Schemes        postgres.Strings              `db:"schemes"`
	Quantity       quantity.Quantity             `db:"quantity"`
	Unit           string                        `db:"unit"`
	UnitWeight     quantity.Quantity             `db:"unit_weight"`
	DeliverFrom    civil.Date                    `db:"deliver_from"`
	DeliverTo      civil.Date                    `db:"deliver_to"`
	TargetPriceVND money.VND                     `db:"target_price_vnd"`
	Open           quantity.Quantity             `db:"open"`
	Awarded        quantity.Quantity             `db:"awarded"`
	Delivered      quantity.Quantity             `db:"delivered"`
	Quoted         quantity.Quantity             `db:"quoted"`
	Rejected       quantity.Quantity             `db:"rejected"`
	// ReportedGrade is the one by which volumes are told apart.
	ReportedGrade string `db:"reported_grade"`
}

// newRecord is an inquiry about to be inserted.
func newRecord(tx *postgres.Tx, buyer identity.Organisation, demand Demand, asked []goodsAsked) (*record, error) {
	id, err := newID()
	if err != nil {
		return nil, err
	}
	r := &record{
		ID: id, BuyerID: buyer.ID, BuyerName: buyer.Name, BuyerSystem: buyer.BuyerSystem, Visibility: demand.Visibility,
		QuotesSealed: demand.QuotesSealed, QuotesDueAt: demand.QuotesDueAt.UTC().Truncate(time.Microsecond),
		Ward: demand.DeliverTo.CommuneCode, DeliveryNote: demand.DeliverTo.Note, Terms: postgres.JSON[Terms]{V: demand.Terms},
		Stage: StageOpen, Version: 1, TermsVersion: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		Invited: producersOf(demand.InvitedProducers, asked),
	}
	if demand.Draft {
		r.Stage = StageDraft
	}
	for at, line := range demand.Lines {
		id, err := newID()
		if err != nil {
			return nil, err
		}
		goods := asked[at]
		r.Lines = append(r.Lines, lineRecord{
			ID: id, InquiryID: r.ID, Position: at + 1, ProductLine: goods.line, ProducerID: goods.producerID,
			ProductID: goods.productID, OfferID: line.OfferID, Form: goods.form,
			Grade: postgres.JSON[map[string]any]{V: goods.grade}, Schemes: sortedSet(line.Schemes), Quantity: line.Quantity,
			Unit: goods.unit, UnitWeight: goods.unitWeight, DeliverFrom: line.DeliverFrom, DeliverTo: line.DeliverTo,
			TargetPriceVND: line.TargetPriceVND, Open: line.Quantity, ReportedGrade: goods.reported,
		})
	}
	return r, nil
}

// producersOf lists whom an inquiry goes to: those invited and those whose goods it names.
func producersOf(invited []uuid.UUID, asked []goodsAsked) []uuid.UUID {
	seen := make(map[uuid.UUID]bool)
	var producers []uuid.UUID
	add := func(id uuid.UUID) {
		if id != uuid.Nil && !seen[id] {
			seen[id] = true
			producers = append(producers, id)
		}
	}
	for _, id := range invited {
		add(id)
	}
	for _, goods := range asked {
		add(goods.producerID)
	}
	return producers
}

func newID() (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("making an id: %w", err)
	}
	return id, nil
}

// answer is the inquiry as a reader may see it.
func (r *record) answer(as perspective, producer uuid.UUID, now time.Time) Inquiry {
	i := Inquiry{
		ID: r.ID, Buyer: Party{ID: r.BuyerID, Name: r.BuyerName}, Visibility: r.Visibility, QuotesSealed: r.QuotesSealed,
		QuotesDueAt: r.QuotesDueAt, DeliverTo: Place{CommuneCode: r.Ward, Note: r.DeliveryNote}, Terms: r.Terms.V,
		InvitedProducers: r.Invited, Lines: make([]Line, 0, len(r.Lines)), Version: r.Version, CreatedAt: r.CreatedAt,
		UpdatedAt: r.UpdatedAt, stage: r.Stage,
	}
	for _, line := range r.Lines {
		i.Lines = append(i.Lines, line.answer())
	}
	if as == asBuyer {
		i.SeriesID = r.SeriesID
	}
	i.shownTo(as, producer, r.sealedUntil(now), now)
	r.shownRounds(&i, as, producer, now)
	return i
}

func (l *lineRecord) answer() Line {
	schemes := []string(l.Schemes)
	if schemes == nil {
		schemes = []string{}
	}
	return Line{
		ID: l.ID, Position: l.Position, ProductLine: l.ProductLine, ProductID: l.ProductID, OfferID: l.OfferID,
		Form: l.Form, Grade: l.Grade.V, Schemes: schemes, Quantity: l.Quantity, Unit: l.Unit, DeliverFrom: l.DeliverFrom,
		DeliverTo: l.DeliverTo, TargetPriceVND: l.TargetPriceVND, producerID: l.ProducerID,
		balance: lineBalance{Open: l.Open, Awarded: l.Awarded, Delivered: l.Delivered, Quoted: l.Quoted, Rejected: l.Rejected},
	}
}

// state is where the inquiry stands in the buyer's eyes.
func (r *record) state(now time.Time) State { return r.answer(asBuyer, uuid.Nil, now).State }

func (r *record) awarded() quantity.Quantity {
	var sum quantity.Quantity
	for _, line := range r.Lines {
		sum += line.Awarded + line.Delivered
	}
	return sum
}

func (r *record) line(id uuid.UUID) lineRecord {
	for _, line := range r.Lines {
		if line.ID == id {
			return line
		}
	}
	return lineRecord{}
}

// demandPostings moves what is still wanted of every line: onto the ledger or off it.
func (r *record) demandPostings(movement ledger.Movement) []ledger.Posting {
	postings := make([]ledger.Posting, 0, len(r.Lines))
	for _, line := range r.Lines {
		postings = append(postings, ledger.Posting{
			Goods: ledger.Goods{
				Line: line.ProductLine, Form: line.Form, Unit: line.Unit, UnitWeight: line.UnitWeight, Schemes: line.Schemes,
				BuyerSystem: r.BuyerSystem, BuyerID: r.BuyerID, ProducerID: line.ProducerID, ProductID: line.ProductID,
				Grade: line.ReportedGrade, Ward: r.Ward,
			},
			Movement: movement, Quantity: line.Open, BusinessDate: line.DeliverFrom,
			InquiryID: r.ID, InquiryLineID: line.ID,
		})
	}
	return postings
}

func lineIDs(lines []lineRecord) []uuid.UUID {
	ids := make([]uuid.UUID, len(lines))
	for at, line := range lines {
		ids[at] = line.ID
	}
	return ids
}
