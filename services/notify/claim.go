package notify

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// fate is what becomes of a mark that a deal was made with.
type fate string

const (
	// lost: it is gone today.
	lost fate = "lost"
	// lapsing: it holds today and will be gone on the delivery day.
	lapsing fate = "lapsing"
)

// dealKind is the kind of a notice about a deal: "award_claim_lost_buyer".
func dealKind(deal inquiry.OpenDeal, what fate, side string) string {
	subject := "quote"
	if deal.AwardID != uuid.Nil {
		subject = "award"
	}
	return subject + "_claim_" + string(what) + "_" + side
}

// gone is a mark of a deal that will not be there.
type gone struct {
	deal   inquiry.OpenDeal
	scheme string
	what   fate
}

// marksOn answers which marks products carry on days.
type marksOn map[civil.Date]map[uuid.UUID][]string

// deliveryDay is the day on which a deal's marks must hold: one that is overdue is delivered today
// at the earliest.
func deliveryDay(deal inquiry.OpenDeal, today civil.Date) civil.Date {
	if deal.DeliverOn.Before(today) {
		return today
	}
	return deal.DeliverOn
}

// readMarks reads the marks of all deals' products today and on their delivery days.
func readMarks(ctx context.Context, tx *postgres.Tx, deals []inquiry.OpenDeal, today civil.Date) (marksOn, error) {
	wanted := make(map[civil.Date][]uuid.UUID)
	for _, deal := range deals {
		wanted[today] = append(wanted[today], deal.ProductID)
		if on := deliveryDay(deal, today); on != today {
			wanted[on] = append(wanted[on], deal.ProductID)
		}
	}
	marks := make(marksOn, len(wanted))
	for on, products := range wanted {
		found, err := catalog.MarksTx(ctx, tx, products, on)
		if err != nil {
			return nil, err
		}
		marks[on] = found
	}
	return marks, nil
}

// goneFrom lists which marks of the deals will not be there when they are delivered.
func goneFrom(deals []inquiry.OpenDeal, marks marksOn, today civil.Date) []gone {
	var missing []gone
	for _, deal := range deals {
		then, now := marks[deliveryDay(deal, today)][deal.ProductID], marks[today][deal.ProductID]
		for at, scheme := range deal.Marks {
			switch {
			case slices.Contains(then, scheme) || slices.Contains(deal.Marks[:at], scheme):
			case slices.Contains(now, scheme):
				missing = append(missing, gone{deal, scheme, lapsing})
			default:
				missing = append(missing, gone{deal, scheme, lost})
			}
		}
	}
	return missing
}

// notices tells both sides of a deal, each of the other and of nobody else.
func (g gone) notices(certificate uuid.UUID, now time.Time) []newNotice {
	deal := g.deal
	about := deal.RootID // a quote keeps its root through its versions
	if deal.AwardID != uuid.Nil {
		about = deal.AwardID
	}
	one := newNotice{
		CertificateID: postgres.NullID(certificate), InquiryID: postgres.NullID(deal.InquiryID), LineID: postgres.NullID(deal.LineID),
		QuoteID: postgres.NullID(deal.QuoteID), AwardID: postgres.NullID(deal.AwardID), DueAt: now,
		Once: string(g.what) + ":" + about.String() + ":" + g.scheme,
		Facts: facts{
			Scheme: g.scheme, Position: deal.Position, Line: deal.ProductLine, ProductID: deal.ProductID, Quantity: deal.Quantity,
			Unit: deal.Unit, DeliverOn: deal.DeliverOn,
		},
	}
	buyer, producer := one, one
	buyer.OrganisationID, buyer.Kind, buyer.Facts.PartyID = deal.BuyerID, dealKind(deal, g.what, "buyer"), deal.ProducerID
	producer.OrganisationID, producer.Kind, producer.Facts.PartyID = deal.ProducerID, dealKind(deal, g.what, "producer"), deal.BuyerID
	if deal.BuyerHearsAt.After(now) {
		buyer.DueAt = deal.BuyerHearsAt
	}
	return []newNotice{producer, buyer}
}

// tellParties writes the notices about deals whose marks are or will be gone, now that a
// certificate has ended; the zero certificate when nothing is known of why.
func tellParties(ctx context.Context, tx *postgres.Tx, certificate catalog.Ended, deals []inquiry.OpenDeal) error {
	if len(deals) == 0 {
		return nil
	}
	today := reference.Day(tx.Now)
	marks, err := readMarks(ctx, tx, deals, today)
	if err != nil {
		return err
	}
	var notices []newNotice
	for _, missing := range goneFrom(deals, marks, today) {
		because := certificate.ID
		if certificate.Scheme != missing.scheme {
			because = uuid.Nil
		}
		notices = append(notices, missing.notices(because, tx.Now)...)
	}
	return insertNotices(ctx, tx, notices)
}
