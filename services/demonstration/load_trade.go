package demonstration

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// deal plans the steps of one inquiry.
func (l *loader) deal(asked *plannedInquiry) {
	if asked.placeAt.After(l.now) {
		return
	}
	l.add(asked.placeAt, "an inquiry", func(ctx context.Context) error { return l.place(ctx, asked) })
	for n, producer := range asked.declining {
		l.add(asked.placeAt.Add(time.Duration(n+1)*90*time.Minute), "declining", func(ctx context.Context) error {
			_, err := l.trade.Decline(ctx, producer.who, asked.id, "Không có hàng")
			return err
		})
	}
	for _, quote := range asked.quotes {
		l.add(quote.at, "a quote", func(ctx context.Context) error { return l.quote(ctx, quote) })
	}
	if asked.awarded() {
		l.add(asked.awardAt, "an award", func(ctx context.Context) error { return l.award(ctx, asked) })
		for _, quote := range asked.quotes {
			if quote.award > 0 {
				l.fulfil(quote)
			}
		}
	}
	if l.wantsEnd(asked) {
		l.add(asked.endAt, "closing", func(ctx context.Context) error {
			_, err := l.trade.Close(ctx, asked.buyer.who, asked.id, "")
			return err
		})
	}
}

// wantsEnd reports whether anything of an inquiry stays open: what was awarded in full and
// delivered needs no closing.
func (l *loader) wantsEnd(asked *plannedInquiry) bool {
	open := asked.quantity
	for _, quote := range asked.quotes {
		c := quote.course
		if quote.award > 0 && c.cancelAt.IsZero() && c.shortfall == 0 && c.rejected == 0 && c.lost == 0 {
			open -= quote.award
		}
	}
	return open > 0
}

func (l *loader) place(ctx context.Context, asked *plannedInquiry) error {
	line := inquiry.DemandLine{
		ProductLine: asked.line, Form: asked.form, Schemes: asked.schemes, Quantity: asked.quantity, Unit: asked.unit,
		DeliverFrom: asked.day.AddDays(-1), DeliverTo: asked.day.AddDays(2),
	}
	invited := make([]uuid.UUID, 0, len(asked.invited))
	for _, producer := range asked.invited {
		invited = append(invited, producer.who.OrganisationID)
	}
	placed, err := l.trade.Place(ctx, asked.buyer.who, inquiry.Demand{
		Visibility: asked.visibility, QuotesSealed: asked.sealed, QuotesDueAt: asked.dueAt, InvitedProducers: invited,
		Terms:     inquiry.Terms{PriceBasis: "delivered", Invoicing: "own", PaymentDays: 15, Note: Notice},
		DeliverTo: inquiry.Place{CommuneCode: asked.ward, Note: "Kho nhận hàng minh hoạ (hư cấu)"}, Lines: []inquiry.DemandLine{line},
	})
	asked.id = placed.ID
	return err
}

func (l *loader) quote(ctx context.Context, quote *plannedQuote) error {
	asked := quote.inquiry
	submitted, err := l.trade.Quote(ctx, quote.offer.product.producer.who, asked.id, inquiry.NewQuote{
		OfferID: quote.offer.id, Quantity: quote.quantity, Unit: asked.unit, PriceVND: quote.price, DeliverOn: asked.day,
		ValidUntil: inquiry.Until{Time: laterOf(asked.dueAt.Add(26*time.Hour), quote.at.Add(26*time.Hour))},
	})
	quote.id = submitted.ID
	if err != nil {
		return fmt.Errorf("%s %s: %w", quote.offer.product.key, quote.quantity, err)
	}
	return nil
}

func (l *loader) award(ctx context.Context, asked *plannedInquiry) error {
	var allocations []inquiry.Allocation
	byQuote := map[uuid.UUID]*plannedQuote{}
	for _, quote := range asked.quotes {
		if quote.award > 0 {
			allocations = append(allocations, inquiry.Allocation{QuoteID: quote.id, Quantity: quote.award})
			byQuote[quote.id] = quote
		}
	}
	awards, err := l.trade.Award(ctx, asked.buyer.who, asked.id, allocations)
	for _, award := range awards {
		byQuote[award.QuoteID].awardID = award.ID
	}
	return err
}

// fulfil plans what becomes of an award.
func (l *loader) fulfil(quote *plannedQuote) {
	c := quote.course
	buyer, producer := quote.inquiry.buyer, quote.offer.product.producer
	if !c.cancelAt.IsZero() {
		ends := producer
		if c.byBuyer {
			ends = buyer
		}
		l.add(c.cancelAt, "cancelling an award", func(ctx context.Context) error {
			_, err := l.trade.CancelAward(ctx, ends.who, quote.awardID, c.reason, "")
			return err
		})
		return
	}
	if c.shortfall > 0 {
		l.add(c.shortAt, "a shortfall", func(ctx context.Context) error {
			_, err := l.trade.Shortfall(ctx, producer.who, quote.awardID, c.shortfall, "Thu hoạch ít hơn dự kiến")
			return err
		})
	}
	l.delivery(quote, quote.sent(), c.dispatchAt, c.receiveAt, inquiry.Receipt{
		Accepted: quote.sent() - c.rejected - c.lost, Rejected: c.rejected, Loss: c.lost, Reasons: reasons(c.why),
	})
	switch left := c.rejected + c.lost; {
	case left == 0:
	case c.resend:
		again := c.receiveAt.Add(5 * time.Hour) // what came back must be known before it is sent again
		l.delivery(quote, left, again, again.Add(20*time.Hour), inquiry.Receipt{Accepted: left})
	default:
		l.add(c.settleAt, "letting go what will not come", func(ctx context.Context) error {
			_, err := l.trade.Shortfall(ctx, producer.who, quote.awardID, left, "Không giao bù phần hao hụt, trả lại")
			return err
		})
	}
}

// delivery plans a dispatch and its receipt.
func (l *loader) delivery(quote *plannedQuote, amount quantity.Quantity, sentAt, receivedAt time.Time, receipt inquiry.Receipt) {
	var id uuid.UUID
	buyer, producer := quote.inquiry.buyer, quote.offer.product.producer
	l.add(sentAt, "a dispatch", func(ctx context.Context) error {
		lot := Prefix + "LOT-" + sentAt.Format("060102-1504")
		if err := l.declareLot(ctx, quote.offer.product, lot, amount); err != nil {
			return err
		}
		sent, err := l.trade.Deliver(ctx, producer.who, quote.awardID, inquiry.Dispatch{Quantity: amount, Unit: quote.inquiry.unit, Lot: lot})
		id = sent.ID
		return err
	})
	l.add(receivedAt, "a receipt", func(ctx context.Context) error {
		_, err := l.trade.Receive(ctx, buyer.who, id, receipt)
		return err
	})
}

// declareLot says where a collector's goods come from: from two ponds that do not exist.
func (l *loader) declareLot(ctx context.Context, sold *product, code string, amount quantity.Quantity) error {
	if sold.producer.legalForm != identity.Collector {
		return nil
	}
	first := amount/2 - amount/2%quantity.Unit
	_, err := l.goods.DeclareLot(ctx, sold.producer.who, sold.id, catalog.NewLot{
		Code: code, HarvestedOn: reference.Day(l.clock), Quantity: &amount, Invented: true,
		Sources: []catalog.NewSource{
			{Name: "Vuông tôm Ví Dụ 1 (hư cấu)", CommuneCode: sold.producer.commune, Quantity: amount - first + quantity.Unit},
			{Name: "Vuông tôm Ví Dụ 2 (hư cấu)", CommuneCode: sold.producer.commune, Quantity: first + quantity.Unit},
		},
	})
	if errors.Is(err, catalog.ErrLotTaken) { // the same lot goes to two buyers
		return nil
	}
	return err
}

func reasons(why string) []string {
	if why == "" {
		return nil
	}
	return []string{why}
}
