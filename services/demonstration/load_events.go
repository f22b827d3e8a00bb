package demonstration

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/trade"
)

// conferenceDaysAgo is when the fictional conference was held.
const conferenceDaysAgo = 100

// convene plans a fictional conference, two memoranda with the deals that followed, what producers
// declare, and a programme of each kind. All parties are fictional.
func (l *loader) convene(drawn plan) {
	desk := trade.NewService(l.db, l.book)
	opens := reference.Day(l.now.AddDate(0, 0, -conferenceDaysAgo)).In(reference.Zone()).Add(8 * time.Hour)
	var event uuid.UUID
	l.add(opens, "a conference", func(ctx context.Context) (err error) {
		event, err = l.confer(ctx, desk, reference.Day(opens))
		return err
	})
	for n, quote := range dealsAfter(drawn, opens.AddDate(0, 0, 3)) {
		at := opens.Add(time.Duration(n+1) * time.Hour)
		var signed uuid.UUID
		l.add(at, "a memorandum", func(ctx context.Context) (err error) {
			signed, err = sign(ctx, desk, event, quote, reference.Day(at))
			return err
		})
		l.add(quote.inquiry.placeAt.Add(time.Minute), "a link to a memorandum", func(ctx context.Context) error {
			_, err := desk.LinkInquiry(ctx, quote.inquiry.buyer.who, signed, quote.inquiry.id)
			return err
		})
	}
	l.add(opens.AddDate(0, 0, 1), "programmes", func(ctx context.Context) error { return l.programmes(ctx, desk) })
	l.add(l.now.AddDate(0, 0, -2), "what is sold off the platform", func(ctx context.Context) error { return l.declare(ctx, desk) })
	l.add(l.now.AddDate(0, 0, -1), "an organisation under watch", l.watch)
}

// watch puts a fictional producer under watch; a real one never is.
func (l *loader) watch(ctx context.Context) error {
	watched := l.fictional(identity.Producer)[0]
	_, err := monitor.NewService(l.db, monitor.Options{}).PutUnderInventedWatch(ctx, l.byKey["ca-mau"].who, watched.who.OrganisationID, monitor.WatchWord{
		Reason: "rejections", Text: Notice + ". Hai chuyến tôm sống liền bị trả một phần; đề nghị xem lại khâu đóng gói.",
		ReviewOn: reference.Day(l.clock).AddDays(30),
	})
	return err
}

// dealsAfter are the first awarded quotes of two different pairs whose inquiries come after an instant.
func dealsAfter(drawn plan, after time.Time) []*plannedQuote {
	var found []*plannedQuote
	seen := map[*organisation]bool{}
	for _, asked := range drawn.inquiries {
		for _, quote := range asked.quotes {
			producer := quote.offer.product.producer
			if quote.award > 0 && asked.unit == "kg" && asked.placeAt.After(after) && !seen[producer] && len(found) < 2 {
				seen[producer] = true
				found = append(found, quote)
			}
		}
	}
	return found
}

// confer has the fictional producers and buyers meet on a day, with a booth each.
func (l *loader) confer(ctx context.Context, desk *trade.Service, day civil.Date) (uuid.UUID, error) {
	host := l.byKey["tphcm"].who
	event, err := desk.DraftEvent(ctx, host, trade.NewEvent{
		Kind: "conference", Name: "Hội nghị kết nối cung – cầu minh hoạ (hư cấu)", CommuneCode: "26740", Place: Notice, From: day, To: day, Invented: true,
	})
	if err != nil {
		return event.ID, err
	}
	var first [2]uuid.UUID
	for side, kind := range []identity.OrganisationKind{identity.Producer, identity.Buyer} {
		for n, guest := range l.fictional(kind) {
			p, err := desk.AddParticipant(ctx, host, event.ID, trade.NewParticipant{
				OrganisationID: guest.who.OrganisationID, Attendance: trade.Registered, Booth: string(rune('A'+side)) + string(rune('1'+n%9)) + string(rune('a'+n/9)),
				BoothArea: new(quantity.Of(9)),
			})
			if err != nil {
				return event.ID, err
			}
			if n == 0 {
				first[side] = p.ID
			}
			attended := trade.Attended
			if _, err := desk.ChangeParticipant(ctx, host, event.ID, p.ID, nil, trade.ParticipantChange{Attendance: &attended}); err != nil {
				return event.ID, err
			}
		}
	}
	if _, err := desk.MoveEvent(ctx, host, event.ID, nil, trade.MoveAnnounce, ""); err != nil {
		return event.ID, err
	}
	begins := day.In(reference.Zone()).Add(9 * time.Hour)
	_, err = desk.ArrangeMeeting(ctx, host, event.ID, trade.NewMeeting{Participants: first[:], From: begins, To: begins.Add(30 * time.Minute)})
	if err != nil {
		return event.ID, err
	}
	_, err = desk.MoveEvent(ctx, host, event.ID, nil, trade.MoveHold, "")
	return event.ID, err
}

// sign records a memorandum between the sides of a deal to come, and has the buyer confirm it.
func sign(ctx context.Context, desk *trade.Service, event uuid.UUID, quote *plannedQuote, day civil.Date) (uuid.UUID, error) {
	asked, producer := quote.inquiry, quote.offer.product.producer
	signed, err := desk.RecordMemorandum(ctx, producer.who, trade.NewMemorandum{
		EventID: event, Number: Prefix + "BGN", Producer: trade.Party{ID: producer.who.OrganisationID}, Buyer: trade.Party{ID: asked.buyer.who.OrganisationID},
		SignedOn: day, TermTo: day.AddMonths(12), Note: Notice, Invented: true,
		Lines: []trade.NewMemorandumLine{{Goods: trade.Goods{Line: asked.line, Quantity: 10 * quote.award, Unit: asked.unit}}},
	})
	if err != nil {
		return signed.ID, err
	}
	_, err = desk.MoveMemorandum(ctx, asked.buyer.who, signed.ID, nil, trade.MoveConfirm, "")
	return signed.ID, err
}

// programmes sets up the pairing with the communes of former Thới Bình, and the price-stabilisation
// reserve, whose year begins on 1 April.
func (l *loader) programmes(ctx context.Context, desk *trade.Service) error {
	city, province := l.byKey["tphcm"].who, l.byKey["ca-mau"].who
	today := reference.Day(l.clock)
	april := civil.New(today.AddMonths(-3).Year, time.April, 1)
	year := trade.NewTarget{
		Goods: trade.Goods{Line: "rice", Quantity: quantity.Of(100_000), Unit: "kg"}, From: april, To: april.AddMonths(12).AddDays(-1),
	}
	for _, n := range []trade.NewProgramme{
		{Kind: "pairing", Name: "Kết nghĩa với các xã thuộc huyện Thới Bình cũ – minh hoạ (hư cấu)", Counts: trade.CountsBoth},
		{Kind: "price_stabilisation", Name: "Dự trữ bình ổn thị trường – minh hoạ (hư cấu)", Counts: trade.CountsBuyers},
		{Kind: "promotion", Name: "Xúc tiến tiêu thụ gạo – minh hoạ (hư cấu)", Counts: trade.CountsProducers},
	} {
		n.Note, n.Invented = Notice, true
		made, err := desk.SetUpProgramme(ctx, city, n)
		if err != nil {
			return err
		}
		if n.Counts == trade.CountsBoth {
			if _, err := desk.AddMember(ctx, city, made.ID, trade.NewMember{FormerDistrict: "Thới Bình", From: april}); err != nil {
				return err
			}
		}
		if n.Counts == trade.CountsProducers {
			if _, err := desk.AddMember(ctx, province, made.ID, trade.NewMember{OrganisationID: l.byKey["lua-tom"].who.OrganisationID, From: april}); err != nil {
				return err
			}
		} else {
			for _, buyer := range l.fictional(identity.Buyer) {
				if _, err := desk.AddMember(ctx, city, made.ID, trade.NewMember{OrganisationID: buyer.who.OrganisationID, From: april}); err != nil {
					return err
				}
			}
		}
		if _, err := desk.AddTarget(ctx, city, made.ID, year); err != nil {
			return err
		}
	}
	return nil
}

// declare has two producers say what they sold elsewhere in the last two months.
func (l *loader) declare(ctx context.Context, desk *trade.Service) error {
	for back := 1; back <= 2; back++ {
		month := reference.Day(l.clock).AddMonths(-back).String()[:len("2026-11")]
		for _, one := range [][2]string{{"su-hoso", "export"}, {"su-rung", "wet_market"}} {
			sold, channel := l.productByKey[one[0]], one[1]
			_, err := desk.Declare(ctx, sold.producer.who, trade.NewDeclaration{
				Goods: trade.Goods{Line: sold.sale.Line, Form: sold.sale.Form, Quantity: quantity.Of(int64(1000 * back)), Unit: "kg"},
				Month: month, Channel: channel, Source: Notice, Invented: true,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
