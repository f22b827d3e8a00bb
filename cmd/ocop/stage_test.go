package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/exchange"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
	"github.com/ocop-market/ocop/services/shelf"
	"github.com/ocop-market/ocop/services/trade"
)

// callers are the kinds of callers, in the order of the matrix's columns.
func callers() []string {
	return []string{"anonymous", "producer", "producer2", "buyer", "buyer2", "camau", "tphcm", "administrator"}
}

// stagePassword is that of everybody on the stage.
const stagePassword = "a phrase for the stage"

// stage is the whole API on a database where one deal is under way: everything on it belongs to
// producer or to buyer.
type stage struct {
	house  *house
	api    *web.API
	who    map[string]identity.Principal
	tokens map[string]string
	// ids of the things that the routes name.
	imported                                          uuid.UUID
	photo                                             uuid.UUID
	applicant, member, key, session                   uuid.UUID
	product, product2, offer, certificate, inquiry    uuid.UUID
	series, lot                                       uuid.UUID
	line, quote, openQuote, award, openAward, sending uuid.UUID
	notice, proposal, ending, callOff, receiptPhoto   uuid.UUID
	payment                                           uuid.UUID
	recurring                                         uuid.UUID
	document, tick, question, attachment              uuid.UUID
	event, participant, participant2, meeting         uuid.UUID
	declaration, memorandum, programme                uuid.UUID
	joined, target                                    uuid.UUID
	watch, gap                                        uuid.UUID
	dock                                              inquiry.NewDockLink
	// bodies take the place of those that requests have otherwise.
	bodies map[string]string
	// things take the place of those that routes are asked for otherwise.
	things map[string]uuid.UUID
	// contract is the code of the award's paper.
	contract string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	database := referencetest.Lend(t)
	s := &stage{who: make(map[string]identity.Principal), tokens: make(map[string]string)}
	s.house = newHouse(grounds{
		db: database.App, book: database.Book, log: slog.New(slog.DiscardHandler), registry: prometheus.NewRegistry(), data: t.TempDir(),
	})
	s.api = newAPI(s.house, services(), web.Options{RequestsPerSecond: -1})
	s.api.Health(func(context.Context) error { return nil })
	s.people(t)
	s.goods(t)
	s.deal(t)
	s.shelf(t)
	s.trade(t)
	watched, err := s.house.monitor.PutUnderWatch(context.Background(), s.who["camau"], s.who["producer"].OrganisationID, monitor.WatchWord{
		Reason: "other", Text: "thử", ReviewOn: reference.Day(time.Now()).AddDays(30),
	})
	require.NoError(t, err)
	s.watch = watched.ID
	s.gaps(t)
	return s
}

// gaps has the authority of Cà Mau told of what is wanting.
func (s *stage) gaps(t *testing.T) {
	t.Helper()
	ctx, day := context.Background(), reference.Day(time.Now()).AddDays(9)
	_, err := s.house.inquiry.Place(ctx, s.who["buyer2"], inquiry.Demand{
		Visibility: inquiry.Invited, InvitedProducers: []uuid.UUID{s.who["producer2"].OrganisationID}, QuotesDueAt: time.Now().Add(time.Hour),
		DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines:     []inquiry.DemandLine{{ProductLine: "rice", Quantity: quantity.Of(900_000), Unit: "kg", DeliverFrom: day, DeliverTo: day}},
	})
	require.NoError(t, err)
	_, err = s.house.monitor.SetGapThresholds(ctx, s.who["camau"], nil, []monitor.GapThreshold{{Uncovered: 1, Weeks: 52}})
	require.NoError(t, err)
	_, err = s.house.monitor.NoteGaps(ctx)
	require.NoError(t, err)
	told, err := s.house.monitor.GapAlerts(ctx, s.who["camau"], uuid.Nil, 1)
	require.NoError(t, err)
	require.Len(t, told, 1)
	s.gap = told[0].ID
}

// people signs everybody up and in.
func (s *stage) people(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	for name, organisation := range map[string]identity.NewOrganisation{
		"producer":  {Kind: identity.Producer, Name: "Hợp tác xã thử 1 (hư cấu)", LegalForm: identity.Cooperative, CommuneCode: "32065"},
		"producer2": {Kind: identity.Producer, Name: "Hợp tác xã thử 2 (hư cấu)", LegalForm: identity.Cooperative, CommuneCode: "32065"},
		"buyer":     {Kind: identity.Buyer, Name: "Siêu thị thử 1 (hư cấu)", BuyerSystem: "satra", CommuneCode: "25747"},
		"buyer2":    {Kind: identity.Buyer, Name: "Siêu thị thử 2 (hư cấu)", BuyerSystem: "kingfood", CommuneCode: "25747"},
		"camau":     {Kind: identity.Authority, Name: "Sở thử Cà Mau (hư cấu)", Province: reference.CaMau},
		"tphcm":     {Kind: identity.Authority, Name: "Sở thử TPHCM (hư cấu)", Province: reference.HoChiMinh},
		"applicant": {Kind: identity.Producer, Name: "Hộ thử (hư cấu)", LegalForm: identity.Household, CommuneCode: "32065"},
	} {
		organisation.Fictional = true
		registered, err := s.house.identity.Register(ctx, identity.SystemPrincipal(), identity.Application{
			Organisation: organisation, User: identity.NewUser{Name: "Người thử", Email: name + "@ocop.example", Password: stagePassword},
		})
		require.NoError(t, err)
		if name == "applicant" {
			s.applicant = registered.Organisation.ID
			continue
		}
		_, err = s.house.identity.Approve(ctx, identity.SystemPrincipal(), registered.Organisation.ID)
		require.NoError(t, err)
		s.signIn(t, name)
	}
	require.NoError(t, s.house.identity.CreateAdministrator(ctx, identity.NewUser{
		Name: "Quản trị thử", Email: "administrator@ocop.example", Password: stagePassword,
	}))
	s.signIn(t, "administrator")
	invited, err := s.house.identity.Invite(ctx, s.who["producer"], identity.Invitation{Name: "Người thử", Email: "member@ocop.example", Role: identity.Member})
	require.NoError(t, err)
	s.member = invited.UserID
	key, err := s.house.identity.CreateKey(ctx, s.who["producer"], identity.KeyRequest{Name: "thử", Scopes: []string{"trade:read"}})
	require.NoError(t, err)
	s.key = key.ID
}

func (s *stage) signIn(t *testing.T, name string) {
	t.Helper()
	ctx := context.Background()
	if name == "producer" { // a second session, which the routes may end
		other, err := s.house.identity.SignIn(ctx, name+"@ocop.example", stagePassword)
		require.NoError(t, err)
		who, err := s.house.identity.Principal(ctx, other.Token, uuid.Nil)
		require.NoError(t, err)
		s.session = who.SessionID
	}
	signed, err := s.house.identity.SignIn(ctx, name+"@ocop.example", stagePassword)
	require.NoError(t, err)
	s.tokens[name] = signed.Token
	s.who[name], err = s.house.identity.Principal(ctx, signed.Token, uuid.Nil)
	require.NoError(t, err)
}

// goods puts the producer's things on the market.
func (s *stage) goods(t *testing.T) {
	t.Helper()
	ctx, producer := context.Background(), s.who["producer"]
	today := reference.Day(time.Now())
	for at, id := range []*uuid.UUID{&s.product, &s.product2} {
		product, err := s.house.catalog.CreateProduct(ctx, producer, catalog.NewProduct{
			Name: fmt.Sprintf("Tôm sú thử %d", at), Line: "black_tiger_shrimp", Form: "iced", Unit: "kg",
			Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
		})
		require.NoError(t, err)
		_, err = s.house.catalog.Publish(ctx, producer, product.ID)
		require.NoError(t, err)
		*id = product.ID
	}
	photo, err := s.house.catalog.AddPhoto(ctx, producer, s.product, catalog.Captions{}, strings.NewReader(onePixel()))
	require.NoError(t, err)
	s.photo = photo.ID
	require.NoError(t, jobs.Drain(ctx, s.house.db, allJobs(s.house)))
	offer, err := s.house.catalog.OpenOffer(ctx, producer, catalog.NewOffer{
		ProductID: s.product, AvailableFrom: today, AvailableTo: today.AddDays(60), Quantity: quantity.Of(1000), Unit: "kg",
		PriceTiers: []catalog.PriceTier{{PriceVND: 250_000}},
	})
	require.NoError(t, err)
	s.offer = offer.ID
	series, err := s.house.catalog.OpenSeries(ctx, producer, catalog.NewSeries{
		ProductID: s.product, Rule: catalog.Recurrence{Kind: catalog.ByTide}, From: today, To: today.AddDays(60), Quantity: quantity.Of(100),
		PriceOnTheDay: true,
	})
	require.NoError(t, err)
	s.series = series.ID
	lot, err := s.house.catalog.DeclareLot(ctx, producer, s.product, catalog.NewLot{Code: "DEMO-1"})
	require.NoError(t, err)
	s.lot = lot.ID
	certificate, err := s.house.catalog.SubmitCertificate(ctx, producer, catalog.NewCertificate{
		Scheme: reference.ASCFarm, Number: "DEMO-1", Issuer: "Tổ chức chứng nhận thử", IssuedOn: civil.New(today.Year, today.Month-1, 1),
		Scope: catalog.Scope{Kind: "farm_area", ProductIDs: []uuid.UUID{s.product}},
	})
	require.NoError(t, err)
	s.certificate = certificate.ID
	s.notice = uuid.New()
	const tell = `
		INSERT INTO notify.notices (id, organisation_id, kind, facts, once, created_at, due_at)
		VALUES ($1, $2, 'certificate_lapsed', '{}', 'test', now(), now())`
	_, err = s.house.db.Exec(ctx, tell, s.notice, producer.OrganisationID)
	require.NoError(t, err)
	begun, err := s.house.exchange.Import(ctx, producer, exchange.Order{FileName: "list.csv", File: strings.NewReader("name,line\nx,rice\n")})
	require.NoError(t, err)
	s.imported = begun.ID
}

// deal takes the buyer's inquiry as far as a dispatch.
func (s *stage) deal(t *testing.T) {
	t.Helper()
	ctx, producer, buyer := context.Background(), s.who["producer"], s.who["buyer"]
	today := reference.Day(time.Now())
	line := inquiry.DemandLine{ProductLine: "black_tiger_shrimp", Quantity: quantity.Of(100), Unit: "kg", DeliverFrom: today.AddDays(2), DeliverTo: today.AddDays(9)}
	asked, err := s.house.inquiry.Place(ctx, buyer, inquiry.Demand{
		Visibility: inquiry.Invited, InvitedProducers: []uuid.UUID{producer.OrganisationID}, QuotesDueAt: time.Now().Add(time.Hour),
		DeliverTo: inquiry.Place{CommuneCode: "25747"}, Lines: []inquiry.DemandLine{line, line},
	})
	require.NoError(t, err)
	s.inquiry, s.line = asked.ID, asked.Lines[0].ID
	question, err := s.house.inquiry.Ask(ctx, producer, asked.ID, "Giao mấy giờ?")
	require.NoError(t, err)
	s.question = question.ID
	attachment, err := s.house.inquiry.Attach(ctx, buyer, asked.ID, "Sơ đồ", strings.NewReader("%PDF-1.4\n%%EOF\n"))
	require.NoError(t, err)
	s.attachment = attachment.ID
	for at, id := range []*uuid.UUID{&s.quote, &s.openQuote} {
		quote, err := s.house.inquiry.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
			LineID: asked.Lines[at].ID, OfferID: s.offer, Quantity: quantity.Of(50), PriceVND: 1000, DeliverOn: today.AddDays(3),
		})
		require.NoError(t, err)
		*id = quote.ID
	}
	for _, id := range []*uuid.UUID{&s.award, &s.openAward} {
		awards, err := s.house.inquiry.Award(ctx, buyer, asked.ID, []inquiry.Allocation{{QuoteID: s.quote, Quantity: quantity.Of(10)}})
		require.NoError(t, err)
		*id = awards[0].ID
	}
	s.framework(t, asked, producer, buyer)
	_, err = s.house.inquiry.SetPurchasing(ctx, buyer, nil, inquiry.PurchasingChange{AwardLimitVND: new(money.VND(4000))})
	require.NoError(t, err)
	act, err := s.house.inquiry.Decide(ctx, buyer, asked.ID, inquiry.Act{Allocations: []inquiry.Allocation{{QuoteID: s.quote, Quantity: quantity.Of(5)}}})
	require.NoError(t, err)
	s.proposal = act.Proposal.ID
	day := reference.Day(time.Now())
	series, err := s.house.inquiry.PlanSeries(ctx, buyer, inquiry.NewSeries{
		Rhythm:   inquiry.Rhythm{Kind: "weekly", Weekdays: []int{1, 2, 3, 4, 5, 6, 7}, From: day.AddDays(3)},
		LeadDays: 2, QuotesDue: inquiry.QuotesDue{DaysBefore: 1, At: "17:00"}, Visibility: inquiry.Open, DeliverTo: inquiry.Place{CommuneCode: "25747"},
		Lines: []inquiry.SeriesLine{{ProductLine: "black_tiger_shrimp", Quantity: quantity.Of(10), Unit: "kg"}},
	})
	require.NoError(t, err)
	s.recurring = series.ID
	ending, err := s.house.inquiry.AskCancellation(ctx, producer, s.openAward, "weather", "")
	require.NoError(t, err)
	s.ending = ending.ID
	payment, err := s.house.inquiry.RecordPayment(ctx, buyer, s.award, inquiry.NewPayment{Kind: "payment", AmountVND: 1, PaidOn: day})
	require.NoError(t, err)
	s.payment = payment.ID
	sending, err := s.house.inquiry.Deliver(ctx, producer, s.award, inquiry.Dispatch{Quantity: quantity.Of(5)})
	require.NoError(t, err)
	s.sending = sending.ID
	photo, err := s.house.inquiry.AddReceiptPhoto(ctx, buyer, s.sending, strings.NewReader(onePixel()))
	require.NoError(t, err)
	s.receiptPhoto = photo.ID
	s.dock, err = s.house.inquiry.MakeDockLink(ctx, buyer, s.sending, inquiry.DockLinkRequest{})
	require.NoError(t, err)
	_, err = s.house.inquiry.ContractPaper(ctx, producer, s.award, web.Vietnamese)
	require.NoError(t, err)
	require.NoError(t, s.house.db.Get(ctx, &s.contract, `SELECT code FROM inquiry.contracts WHERE award_id = $1`, s.award))
}

// framework has the buyer call goods off a framework award.
func (s *stage) framework(t *testing.T, asked inquiry.Inquiry, producer, buyer identity.Principal) {
	t.Helper()
	ctx, today := context.Background(), reference.Day(time.Now())
	period := inquiry.Period{From: today, To: today.AddDays(9)}
	quote, err := s.house.inquiry.Quote(ctx, producer, asked.ID, inquiry.NewQuote{
		LineID: asked.Lines[1].ID, OfferID: s.offer, Quantity: quantity.Of(2), PriceVND: 1000, DeliverOn: today.AddDays(3), Alternative: true,
		Framework: &inquiry.FrameworkQuote{Period: period, Indicative: true},
	})
	require.NoError(t, err)
	made, err := s.house.inquiry.Decide(ctx, buyer, asked.ID, inquiry.Act{
		Allocations: []inquiry.Allocation{{QuoteID: quote.ID, Quantity: quantity.Of(2)}}, Framework: &period,
	})
	require.NoError(t, err)
	called, err := s.house.inquiry.CallOff(ctx, buyer, made.Awards[0].ID, inquiry.NewCallOff{
		Quantity: quantity.Of(1), DeliverOn: today.AddDays(3), CommuneCode: "25747", PriceVND: 900,
	})
	require.NoError(t, err)
	s.callOff = called.ID
}

// shelf has the producer ask the buyer's system for its Green Tick.
func (s *stage) shelf(t *testing.T) {
	t.Helper()
	ctx, producer := context.Background(), s.who["producer"]
	document, err := s.house.shelf.SendDocument(ctx, producer, shelf.NewDocument{
		Type: "business_registration", Number: "DEMO-1", IssuedOn: civil.New(2020, 1, 1),
	})
	require.NoError(t, err)
	s.document = document.ID
	_, err = s.house.shelf.PutScan(ctx, producer, document.ID, strings.NewReader("%PDF-1.4\n%%EOF\n"))
	require.NoError(t, err)
	tick, err := s.house.shelf.Apply(ctx, producer, s.product, "satra")
	require.NoError(t, err)
	s.tick = tick.ID
}

// trade has producer and buyer meet at an event, and sign.
func (s *stage) trade(t *testing.T) {
	t.Helper()
	ctx, camau, today := context.Background(), s.who["camau"], reference.Day(time.Now())
	event, err := s.house.trade.DraftEvent(ctx, camau, trade.NewEvent{Kind: "fair", Name: "Hội chợ thử (hư cấu)", CommuneCode: "25747", From: today, To: today})
	require.NoError(t, err)
	s.event = event.ID
	var met []uuid.UUID
	for _, side := range []string{"producer", "buyer"} {
		p, err := s.house.trade.AddParticipant(ctx, camau, event.ID, trade.NewParticipant{OrganisationID: s.who[side].OrganisationID})
		require.NoError(t, err)
		met = append(met, p.ID)
	}
	s.participant, s.participant2 = met[0], met[1]
	_, err = s.house.trade.MoveEvent(ctx, camau, event.ID, nil, trade.MoveAnnounce, "")
	require.NoError(t, err)
	from := today.In(reference.Zone()).Add(8 * time.Hour)
	meeting, err := s.house.trade.ArrangeMeeting(ctx, camau, event.ID, trade.NewMeeting{Participants: met, From: from, To: from.Add(time.Hour)})
	require.NoError(t, err)
	s.meeting = meeting.ID
	signed, err := s.house.trade.RecordMemorandum(ctx, s.who["producer"], trade.NewMemorandum{
		EventID: event.ID, Producer: trade.Party{ID: s.who["producer"].OrganisationID}, Buyer: trade.Party{ID: s.who["buyer"].OrganisationID},
		SignedOn: today, TermTo: today.AddDays(30),
		Lines: []trade.NewMemorandumLine{{Goods: trade.Goods{Line: "black_tiger_shrimp", Quantity: quantity.Of(100), Unit: "kg"}}},
	})
	require.NoError(t, err)
	s.memorandum = signed.ID
	s.programmes(t)
}

// programmes has producer belong to a programme, and declare.
func (s *stage) programmes(t *testing.T) {
	t.Helper()
	ctx, camau, today := context.Background(), s.who["camau"], reference.Day(time.Now())
	goods := trade.Goods{Line: "black_tiger_shrimp", Form: "live", Quantity: quantity.Of(100), Unit: "kg"}
	declared, err := s.house.trade.Declare(ctx, s.who["producer"], trade.NewDeclaration{Goods: goods, Month: today.String()[:7], Channel: "export"})
	require.NoError(t, err)
	s.declaration = declared.ID
	programme, err := s.house.trade.SetUpProgramme(ctx, camau, trade.NewProgramme{Kind: "pairing", Name: "Kết nghĩa thử (hư cấu)", Counts: trade.CountsBoth})
	require.NoError(t, err)
	s.programme = programme.ID
	for _, side := range []string{"producer", "buyer"} {
		programme, err = s.house.trade.AddMember(ctx, identity.SystemPrincipal(), s.programme, trade.NewMember{OrganisationID: s.who[side].OrganisationID})
		require.NoError(t, err)
	}
	s.joined = programme.Members[0].ID
	programme, err = s.house.trade.AddTarget(ctx, camau, s.programme, trade.NewTarget{Goods: goods, From: today, To: today.AddDays(30)})
	require.NoError(t, err)
	s.target = programme.Targets[0].ID
}
