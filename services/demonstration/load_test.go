package demonstration_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// market is a database with the demonstration in it.
type market struct {
	*referencetest.Database

	deps   demonstration.Deps
	book   *reference.Book
	people *identity.Service
	goods  *catalog.Service
	today  civil.Date
}

// TestLoad loads the demonstration once and looks at it from many sides.
func TestLoad(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	ctx := context.Background()
	m := &market{
		Database: database, deps: demonstration.Deps{DB: database.App, Owner: database.Owner}, today: reference.Day(time.Now()),
	}
	var told strings.Builder
	loaded, err := demonstration.Load(ctx, m.deps, &told)
	require.NoError(t, err)
	require.True(t, loaded)
	require.Contains(t, told.String(), "100 %")
	m.book, err = reference.Open(ctx, database.App)
	require.NoError(t, err)
	m.people = identity.NewService(database.App, m.book, identity.Options{})
	m.goods = catalog.NewService(database.App, nil, m.book, catalog.Options{})

	for name, check := range map[string]func(*testing.T, *market){
		"sign-ins": checkSignIns, "producer": checkProducer, "lapsed": checkLapsed, "marking": checkMarking,
		"real": checkReal, "trade": checkTrade, "seasons": checkSeasons, "desk": checkDesk, "ledger": checkLedger,
		"again": checkAgain, "search": checkSearch, "memoranda": checkMemoranda, "watch": checkWatch,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, m)
		})
	}
}

// one reads a single value.
func one[T any](t *testing.T, m *market, query string, args ...any) T {
	t.Helper()
	var value T
	require.NoError(t, m.Owner.Get(context.Background(), &value, query, args...))
	return value
}

func (m *market) signIn(t *testing.T, login string) identity.Principal {
	t.Helper()
	signed, err := m.people.SignIn(context.Background(), login, demonstration.Password)
	require.NoError(t, err, login)
	who, err := m.people.Principal(context.Background(), signed.Token, uuid.Nil)
	require.NoError(t, err, login)
	return who
}

func checkSignIns(t *testing.T, m *market) {
	for login, want := range map[string]struct {
		kind     identity.OrganisationKind
		province string
	}{
		"producer@ocop.example":       {identity.Producer, reference.CaMau},
		"producer2@ocop.example":      {identity.Producer, reference.CaMau},
		"producer3@ocop.example":      {identity.Producer, reference.CaMau},
		"buyer@ocop.example":          {identity.Buyer, reference.HoChiMinh},
		"buyer2@ocop.example":         {identity.Buyer, reference.HoChiMinh},
		"official.camau@ocop.example": {identity.Authority, reference.CaMau},
		"official.tphcm@ocop.example": {identity.Authority, reference.HoChiMinh},
	} {
		who := m.signIn(t, login)
		require.Equal(t, want.kind, who.Kind, login)
		require.Equal(t, want.province, who.Province, login)
		require.True(t, who.Approved, login)
	}
	require.True(t, m.signIn(t, "admin@ocop.example").Administrator)
	systems := one[int](t, m, `
		SELECT count(DISTINCT o.buyer_system) FROM identity.users u JOIN identity.memberships s ON s.user_id = u.id
		  JOIN identity.organisations o ON o.id = s.organisation_id
		 WHERE u.email IN ('buyer@ocop.example', 'buyer2@ocop.example')`)
	require.Equal(t, 2, systems, "the two buyers belong to two chains")
}

// checkProducer: what API.md promises of producer@.
func checkProducer(t *testing.T, m *market) {
	ctx := context.Background()
	who, buyer := m.signIn(t, "producer@ocop.example"), m.signIn(t, "buyer@ocop.example")
	offer := one[uuid.UUID](t, m, `
		SELECT o.id FROM catalog.offers o JOIN catalog.products p ON p.id = o.product_id
		  JOIN ledger.remaining b ON b.offer_id = o.id
		 WHERE o.producer_id = $1 AND p.line = 'black_tiger_shrimp' AND p.unit = 'kg' AND p.state = 'published' AND o.state = 'open'
		   AND o.available_from <= $2 AND o.available_to >= CAST($2 AS date) + 60 AND b.remaining >= 500000`, who.OrganisationID, m.today)
	product := one[uuid.UUID](t, m, `SELECT product_id FROM catalog.offers WHERE id = $1`, offer)
	seen, err := m.goods.Product(ctx, buyer, product)
	require.NoError(t, err)
	marks := map[string]bool{}
	for _, mark := range seen.Certificates {
		marks[mark.Scheme] = true
	}
	require.True(t, marks["ASC_FARM"] && marks["ASC_COC"], "%v", marks)
	require.True(t, seen.Invented)
	var found bool
	for _, shown := range seen.Offers {
		if shown.ID == offer {
			found = true
			require.GreaterOrEqual(t, *shown.Remaining, quantity.Of(500))
			require.NotEmpty(t, shown.PriceTiers)
		}
	}
	require.True(t, found, "a buyer sees the offer")
}

// checkLapsed: the ASC certificate of producer2@ was verified and has run out.
func checkLapsed(t *testing.T, m *market) {
	who := m.signIn(t, "producer2@ocop.example")
	var held []struct {
		Scheme string     `db:"scheme"`
		State  string     `db:"state"`
		Until  civil.Date `db:"valid_until"`
	}
	ctx := context.Background()
	require.NoError(t, m.Owner.Select(ctx, &held, `
		SELECT scheme, state, valid_until FROM catalog.certificates WHERE producer_id = $1`, who.OrganisationID))
	require.Len(t, held, 1)
	require.Equal(t, "ASC_FARM", held[0].Scheme)
	require.Equal(t, "verified", held[0].State)
	require.True(t, held[0].Until.Before(m.today))
	var products []uuid.UUID
	require.NoError(t, m.Owner.Select(ctx, &products, `SELECT id FROM catalog.products WHERE producer_id = $1`, who.OrganisationID))
	require.NotEmpty(t, products)
	marks, err := catalog.MarksTx(ctx, m.App, products, m.today)
	require.NoError(t, err)
	require.Empty(t, marks)
	before, err := catalog.MarksTx(ctx, m.App, products, m.today.AddDays(-60))
	require.NoError(t, err)
	require.NotEmpty(t, before, "it was valid once")
}

// checkMarking: SOURCES.md's rules, on every row.
func checkMarking(t *testing.T, m *market) {
	for what, query := range map[string]string{
		"a certificate number without the prefix": `SELECT count(*) FROM catalog.certificates WHERE number NOT LIKE 'DEMO-%' OR NOT invented`,
		"a lot without the prefix":                `SELECT count(*) FROM inquiry.deliveries WHERE lot NOT LIKE 'DEMO-%'`,
		"a product not marked":                    `SELECT count(*) FROM catalog.products WHERE NOT invented OR description NOT LIKE '%Dữ liệu minh hoạ%'`,
		"an offer not marked":                     `SELECT count(*) FROM catalog.offers WHERE NOT invented`,
		"a contact outside .example":              `SELECT count(*) FROM identity.users WHERE email NOT LIKE '%@ocop.example' OR phone IS NOT NULL`,
		"a fictional name that does not say so":   `SELECT count(*) FROM identity.organisations WHERE fictional <> (name LIKE '%(hư cấu)%')`,
		"a person that is not a function":         `SELECT count(*) FROM identity.users WHERE name NOT LIKE '%minh hoạ%'`,
		"a tax code":                              `SELECT count(*) FROM identity.organisations WHERE tax_code <> ''`,
	} {
		require.Zero(t, one[int](t, m, query), what)
	}
}

// checkReal: real organisations have products and offers, and nothing else happens to them.
func checkReal(t *testing.T, m *market) {
	require.Equal(t, 2, one[int](t, m, `SELECT count(*) FROM shelf.ticks_in_force(now())`))
	require.Equal(t, 44, one[int](t, m, `SELECT count(*) FROM identity.organisations WHERE NOT fictional`))
	require.Equal(t, 80, one[int](t, m, `
		SELECT count(*) FROM catalog.products p JOIN identity.organisations o ON o.id = p.producer_id AND NOT o.fictional
		 WHERE p.state = 'published'`))
	for what, query := range map[string]string{
		"a user":        `SELECT count(*) FROM identity.memberships s JOIN identity.organisations o ON o.id = s.organisation_id WHERE NOT o.fictional`,
		"a quote":       `SELECT count(*) FROM inquiry.quotes q JOIN identity.organisations o ON o.id = q.producer_id WHERE NOT o.fictional`,
		"an award":      `SELECT count(*) FROM inquiry.awards a JOIN identity.organisations o ON o.id IN (a.producer_id, a.buyer_id) WHERE NOT o.fictional`,
		"an inquiry":    `SELECT count(*) FROM inquiry.inquiries i JOIN identity.organisations o ON o.id = i.buyer_id WHERE NOT o.fictional`,
		"an invitation": `SELECT count(*) FROM inquiry.invitations i JOIN identity.organisations o ON o.id = i.producer_id WHERE NOT o.fictional`,
		"a certificate that lapsed or was refused": `
			SELECT count(*) FROM catalog.certificates c JOIN identity.organisations o ON o.id = c.producer_id
			 WHERE NOT o.fictional AND (c.state <> 'verified' OR c.valid_until < CURRENT_DATE)`,
		"a product that is not on sale": `
			SELECT count(*) FROM catalog.products p JOIN identity.organisations o ON o.id = p.producer_id
			 WHERE NOT o.fictional AND p.state <> 'published'`,
		"a paper":      `SELECT count(*) FROM shelf.documents d JOIN identity.organisations o ON o.id = d.producer_id WHERE NOT (o.fictional AND d.invented)`,
		"a Green Tick": `SELECT count(*) FROM shelf.ticks t JOIN identity.organisations o ON o.id = t.producer_id WHERE NOT o.fictional OR t.system NOT LIKE 'minh-hoa-%'`,
		"a demand":     `SELECT count(*) FROM shelf.profiles WHERE system NOT LIKE 'minh-hoa-%'`,
		"a suspension": `SELECT count(*) FROM identity.organisations WHERE NOT fictional AND (state <> 'approved' OR reason <> '')`,
		"a real retail system in trade": `
			SELECT count(*) FROM ledger.postings WHERE buyer_system NOT LIKE 'minh-hoa-%'`,
	} {
		require.Zero(t, one[int](t, m, query), what)
	}
	require.Positive(t, one[int](t, m, `
		SELECT count(*) FROM identity.organisations WHERE NOT fictional AND commune_code IS NULL`), "unknown communes are not guessed")
}

// checkTrade: there is a year of it, with everything that happens in trade.
func checkTrade(t *testing.T, m *market) {
	inquiries := one[int](t, m, `SELECT count(*) FROM inquiry.inquiries`)
	require.GreaterOrEqual(t, inquiries, 120)
	require.LessOrEqual(t, inquiries, 300)
	for _, movement := range []ledger.Movement{
		ledger.OfferOpened, ledger.DemandOpened, ledger.DemandLowered, ledger.Quoted, ledger.Awarded, ledger.Dispatched,
		ledger.Accepted, ledger.Rejected, ledger.Lost, ledger.Shortfall, ledger.AwardReleased, ledger.Reserved,
	} {
		require.Positive(t, one[int](t, m, `SELECT count(*) FROM ledger.postings WHERE movement = $1`, string(movement)), movement)
	}
	months := one[int](t, m, `
		SELECT count(DISTINCT date_trunc('month', business_date)) FROM ledger.postings WHERE movement = 'accepted'`)
	require.GreaterOrEqual(t, months, 12)
	for _, line := range []string{"mud_crab", "giant_freshwater_prawn", "tour", "rice", "black_tiger_shrimp", "whiteleg_shrimp"} {
		require.Positive(t, one[int](t, m, `SELECT count(*) FROM ledger.postings WHERE movement = 'accepted' AND product_line = $1`, line), line)
	}
	require.Zero(t, one[int](t, m, `SELECT count(*) FROM ledger.postings WHERE at > now()`), "nothing has happened that lies ahead")
	require.Positive(t, one[int](t, m, `SELECT count(*) FROM catalog.offers WHERE available_from > CURRENT_DATE + 7`), "supply ahead")
}

// checkSeasons: nothing is delivered in a month without harvest, and crab is dear before Tết.
func checkSeasons(t *testing.T, m *market) {
	require.Zero(t, one[int](t, m, `
		SELECT count(*) FROM ledger.postings p
		 WHERE p.movement = 'awarded' AND p.product_line IN ('rice', 'giant_freshwater_prawn')
		   AND extract(month FROM p.business_date) BETWEEN 3 AND 9`))
	price := func(months ...int) int {
		return one[int](t, m, `
			SELECT coalesce(CAST(avg(q.price_vnd) AS int), 0) FROM inquiry.quotes q JOIN catalog.products p ON p.id = q.product_id
			 WHERE p.line = 'mud_crab' AND p.grade ->> 'type' = 'gach' AND extract(month FROM q.deliver_on) = ANY (CAST($1 AS int[]))`,
			postgres.Array(months))
	}
	tet, summer := price(1, 2), price(5, 6, 7, 8, 9)
	require.Positive(t, summer)
	require.Greater(t, tet, summer*3/2, "%d before Tết, %d in summer", tet, summer)
}

// checkDesk: whoever signs in finds something to do.
func checkDesk(t *testing.T, m *market) {
	buyer, producer := m.signIn(t, "buyer@ocop.example"), m.signIn(t, "producer@ocop.example")
	require.Positive(t, one[int](t, m, `
		SELECT count(*) FROM inquiry.inquiries i JOIN inquiry.lines l ON l.inquiry_id = i.id
		 WHERE i.visibility = 'open' AND i.stage = 'open' AND i.quotes_due_at > now() AND l.line = 'black_tiger_shrimp'
		   AND NOT EXISTS (SELECT FROM inquiry.quotes q WHERE q.inquiry_id = i.id AND q.producer_id = $1)`, producer.OrganisationID),
		"an inquiry to answer")
	require.Positive(t, one[int](t, m, `
		SELECT count(*) FROM (SELECT i.id FROM inquiry.inquiries i JOIN inquiry.quotes q ON q.inquiry_id = i.id
		 WHERE i.buyer_id = $1 AND i.stage = 'open' AND q.stage = 'submitted' AND q.valid_until > now() AND q.awarded = 0
		 GROUP BY i.id HAVING count(*) >= 2) choice`, buyer.OrganisationID), "quotes to choose from")
	require.Positive(t, one[int](t, m, `
		SELECT count(*) FROM inquiry.awards a JOIN ledger.awards b ON b.award_id = a.id
		 WHERE a.producer_id = $1 AND b.committed > 0 AND b.dispatched = 0`, producer.OrganisationID), "an award to dispatch")
	require.Positive(t, one[int](t, m, `
		SELECT count(*) FROM inquiry.deliveries d JOIN inquiry.awards a ON a.id = d.award_id
		 WHERE a.buyer_id = $1 AND d.received_at IS NULL`, buyer.OrganisationID), "a delivery to receive")
}

func checkLedger(t *testing.T, m *market) {
	audited, err := ledger.Audit(context.Background(), m.Owner, func(finding ledger.Finding) error {
		t.Error(finding)
		return nil
	})
	require.NoError(t, err)
	require.Zero(t, audited.Findings)
	require.Greater(t, audited.Postings, int64(1000))
}

// checkAgain: a second load leaves everything as it is.
func checkAgain(t *testing.T, m *market) {
	ctx := context.Background()
	const rows = `SELECT (SELECT count(*) FROM ledger.postings) + (SELECT count(*) FROM catalog.products) + (SELECT count(*) FROM identity.organisations)`
	before := one[int](t, m, rows)
	loaded, err := demonstration.Load(ctx, m.deps, new(strings.Builder))
	require.NoError(t, err)
	require.False(t, loaded)
	require.Equal(t, before, one[int](t, m, rows))
	complete, err := demonstration.Loaded(ctx, m.App)
	require.NoError(t, err)
	require.True(t, complete, "and the service's role can tell")
	invented, err := demonstration.Invented(ctx, m.App)
	require.NoError(t, err)
	require.True(t, invented)
}

// checkSearch: real goods are found by what people type.
func checkSearch(t *testing.T, m *market) {
	for _, typed := range []string{"tom su", "tôm sú", "muoi bac lieu", "cua gach", "tour thoi binh", "càng xanh"} {
		found, err := m.goods.Search(context.Background(), identity.Principal{}, catalog.Query{Text: typed, Limit: 20})
		require.NoError(t, err, typed)
		require.NotEmpty(t, found.Products, typed)
		require.False(t, found.Similar, typed)
	}
}

func TestLoadLeavesAUsedDatabaseAlone(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	ctx := context.Background()
	addStranger(t, database)
	loaded, err := demonstration.Load(ctx, demonstration.Deps{DB: database.App, Owner: database.Owner}, new(strings.Builder))
	require.NoError(t, err)
	require.False(t, loaded)
	complete, err := demonstration.Loaded(ctx, database.App)
	require.NoError(t, err)
	require.False(t, complete)
}

// TestInterruptedLoad stops a load half way: the next one begins again, unless somebody has come
// in between.
func TestInterruptedLoad(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	deps := demonstration.Deps{DB: database.App, Owner: database.Owner}
	stopAfter := func(lines int) {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := demonstration.Load(ctx, deps, &stopper{left: lines, stop: cancel})
		require.Error(t, err)
	}
	stopAfter(1)
	complete, err := demonstration.Loaded(context.Background(), database.App)
	require.NoError(t, err)
	require.False(t, complete)
	stopAfter(2) // the second begins afresh, or its administrator would already be there
	require.Positive(t, count(t, database, `SELECT count(*) FROM catalog.products`))

	addStranger(t, database)
	_, err = demonstration.Load(context.Background(), deps, new(strings.Builder))
	require.ErrorIs(t, err, demonstration.ErrInterrupted)
	require.Positive(t, count(t, database, `SELECT count(*) FROM catalog.products`), "nothing is cleared away then")
}

// stopper cancels a load when it has reported so often.
type stopper struct {
	left int
	stop context.CancelFunc
}

func (s *stopper) Write(line []byte) (int, error) {
	if s.left--; s.left < 0 {
		s.stop()
	}
	return len(line), nil
}

func count(t *testing.T, database *referencetest.Database, query string) int {
	t.Helper()
	var n int
	require.NoError(t, database.Owner.Get(context.Background(), &n, query))
	return n
}

func addStranger(t *testing.T, database *referencetest.Database) {
	t.Helper()
	_, err := database.Owner.Exec(context.Background(), `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, province, buyer_kind, created_at, updated_at)
		VALUES (gen_random_uuid(), 'buyer', 'A stranger', 'a stranger', 'applied', '79', 'caterer', now(), now())`)
	require.NoError(t, err)
}
