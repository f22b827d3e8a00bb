package monitor

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// VolumePosting is a posting behind a figure. It says no price and no value, and of organisations whose
// authority does not ask neither their ids nor those of what is theirs.
type VolumePosting struct {
	ID           uuid.UUID          `json:"id"`
	At           time.Time          `json:"at"`
	BusinessDate civil.Date         `json:"business_date"`
	Movement     ledger.Movement    `json:"movement"`
	Quantity     quantity.Quantity  `json:"quantity"`
	Counted      *quantity.Quantity `json:"counted,omitempty"         minimum:"-1000000000" doc:"What it adds to the measure asked for; below 0 where it takes away. Those of all pages add up to the figure."`
	Unit         string             `json:"unit"                      doc:"kg for whatever has a weight, else the goods' own unit."`
	Line         string             `json:"line"`
	Form         string             `json:"form,omitempty"`
	Grade        string             `json:"grade,omitempty"`
	Stars        int                `json:"stars,omitempty"`
	Schemes      []string           `json:"schemes"`
	Commune      string             `json:"commune,omitempty"`
	BuyerSystem  string             `json:"buyer_system,omitempty"`
	Ward         string             `json:"ward,omitempty"`
	Producer     uuid.UUID          `json:"producer,omitzero"         doc:"For the authority of producers, as are product_id and offer_id."`
	Buyer        uuid.UUID          `json:"buyer,omitzero"            doc:"For the authority of buyers, as are inquiry_id and inquiry_line_id."`
	ProductID    uuid.UUID          `json:"product_id,omitzero"`
	OfferID      uuid.UUID          `json:"offer_id,omitzero"`
	InquiryID    uuid.UUID          `json:"inquiry_id,omitzero"`
	LineID       uuid.UUID          `json:"inquiry_line_id,omitzero"`
	QuoteID      uuid.UUID          `json:"quote_id,omitzero"`
	AwardID      uuid.UUID          `json:"award_id,omitzero"`
	DeliveryID   uuid.UUID          `json:"delivery_id,omitzero"`
	Masked       bool               `json:"masked,omitempty"          doc:"Organisations of the other side are behind it and not shown."`
}

func volumePostingOf(e ledger.Entry, who identity.Principal) VolumePosting {
	p := VolumePosting{
		ID: e.ID, At: e.At, BusinessDate: e.BusinessDate, Movement: e.Movement, Quantity: e.Amount, Counted: e.Counted, Unit: e.Unit,
		Line: e.Line, Form: e.Form, Grade: e.Grade, Stars: e.Stars, Schemes: e.Schemes, Commune: e.Commune, BuyerSystem: e.BuyerSystem,
		Ward: e.Ward, QuoteID: e.QuoteID.UUID, AwardID: e.AwardID.UUID, DeliveryID: e.DeliveryID.UUID,
	}
	if p.Schemes == nil {
		p.Schemes = []string{}
	}
	if who.Oversees(identity.Producer) {
		p.Producer, p.ProductID, p.OfferID = e.ProducerID.UUID, e.ProductID.UUID, e.OfferID.UUID
	} else {
		p.Masked = e.ProducerID.Valid
	}
	if who.Oversees(identity.Buyer) {
		p.Buyer, p.InquiryID, p.LineID = e.BuyerID.UUID, e.InquiryID.UUID, e.InquiryLineID.UUID
	} else {
		p.Masked = p.Masked || e.BuyerID.Valid
	}
	return p
}

// Behind lists the postings behind a figure of Volumes, by day and id, so many at most. It refuses as
// Volumes does, and fault.ErrUnknownValue at a measure that is none.
func (s *Service) Behind(ctx context.Context, who identity.Principal, cell ledger.Cell) ([]VolumePosting, error) {
	asked := cell.Query
	asked.By = nil
	for dimension := range cell.Is { // a producer's cell is the producer's, said or not
		asked.By = append(asked.By, dimension)
	}
	if err := mayWatch(who, asked); err != nil {
		return nil, err
	}
	var postings []VolumePosting
	err := s.db.InSnapshot(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		postings = []VolumePosting{}
		if err := checkFilters(ctx, tx, cell.Query); err != nil {
			return err
		}
		narrow, some, err := inYear(cell.Query, reference.Day(tx.Now)).Narrowed()
		if err != nil || !some {
			return err
		}
		cell := cell
		cell.Query = narrow
		if cell.Unconfirmed, err = inquiry.UnconfirmedTx(ctx, tx, tx.Now); err != nil {
			return err
		}
		entries, err := ledger.Behind(ctx, tx, cell)
		for _, entry := range entries {
			postings = append(postings, volumePostingOf(entry, who))
		}
		return err
	})
	return postings, err
}
