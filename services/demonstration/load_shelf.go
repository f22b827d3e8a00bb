package demonstration

import (
	"context"
	"fmt"
	"time"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/shelf"
)

// shelve plans what fictional producers show to fictional systems: papers, labels, terms, Green
// Ticks, and one case that was answered in time. Nothing is said of any system that exists.
func (l *loader) shelve() {
	shelves := shelf.NewService(l.db, l.book, l.goods, nil)
	began := l.now.AddDate(0, 0, -40)
	l.add(began, "what a fictional system demands", func(ctx context.Context) error {
		_, err := shelves.SetRequirements(ctx, l.byKey["sieu-thi"].who, "minh-hoa-a", shelf.NewProfile{
			Note: Notice, Invented: true,
			Requirements: []shelf.Requirement{
				{
					Code: "volume", Kind: shelf.KindMonthlyVolume, Params: shelf.Params{Quantity: new(quantity.Of(200)), Unit: "kg"},
					Mandatory: true, Name: "Ít nhất 200 kg mỗi tháng (minh hoạ)", NameEN: "At least 200 kg a month (demonstration)",
				},
				{
					Code: "payment_days", Kind: shelf.KindFact, Params: shelf.Params{Field: "payment_days", Least: 30},
					Name: "Trả chậm 30 ngày (minh hoạ)", NameEN: "Payment within 30 days (demonstration)",
				},
			},
		})
		return err
	})
	for n, key := range []string{"su-hoso", "su-rung"} {
		p := l.productByKey[key]
		at := began.Add(time.Duration(n+1) * time.Hour)
		l.add(at, "papers of "+key, func(ctx context.Context) error { return l.paper(ctx, shelves, p) })
		l.add(at.Add(time.Minute), "Green Ticks of "+key, func(ctx context.Context) error { return l.tick(ctx, shelves, p, n == 1) })
	}
}

// paper sends what a producer has for all systems.
func (l *loader) paper(ctx context.Context, shelves *shelf.Service, p *product) error {
	today := reference.Day(l.clock)
	for _, document := range []shelf.NewDocument{
		{Type: "business_registration"}, {Type: "self_declaration", ProductID: p.id}, {Type: "test_report", ProductID: p.id},
	} {
		document.Number, document.Issuer, document.IssuedOn = "DEMO-"+p.key, Notice, today.AddDays(-60)
		document.Invented = true
		if _, err := shelves.SendDocument(ctx, p.producer.who, document); err != nil {
			return fmt.Errorf("%s: %w", document.Type, err)
		}
	}
	_, err := shelves.SetProductFacts(ctx, p.producer.who, p.id, nil, shelf.Facts{
		"origin": "Việt Nam", "ingredients": "tôm sú", "net_content": "1 kg", "storage": "−18 °C", "shelf_life_days": float64(540),
	})
	if err != nil {
		return err
	}
	_, err = shelves.SetTerms(ctx, p.producer.who, nil, shelf.Facts{"e_invoice": true, "payment_days": float64(30)})
	return err
}

// tick has a fictional system give its Green Tick; with a case, a breach is found, answered and
// ended.
func (l *loader) tick(ctx context.Context, shelves *shelf.Service, p *product, withCase bool) error {
	asked, err := shelves.Apply(ctx, p.producer.who, p.id, "minh-hoa-a")
	if err != nil {
		return err
	}
	buyer := l.byKey["sieu-thi"].who
	moves := []shelf.TickMove{shelf.MoveApprove}
	if withCase {
		moves = append(moves, shelf.MoveReport, shelf.MoveAnswer, shelf.MoveClear)
	}
	for _, move := range moves {
		who := buyer
		if move == shelf.MoveAnswer {
			who = p.producer.who
		}
		if _, err := shelves.Move(ctx, who, asked.ID, nil, move, Notice); err != nil {
			return fmt.Errorf("%s: %w", move, err)
		}
	}
	return nil
}
