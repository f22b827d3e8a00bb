package catalog_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
)

func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, definition := range catalog.Faults() {
		require.NotEmpty(t, definition.Vietnamese, definition.Code)
		require.NotEmpty(t, definition.English, definition.Code)
		require.GreaterOrEqual(t, definition.Status, 400, definition.Code)
		require.False(t, codes[definition.Code], "code %s is used twice", definition.Code)
		codes[definition.Code] = true
	}
}

func TestCertificateStateFollowsFromDecisionAndDates(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for _, c := range []struct {
		name, decided, issued, until, day, want string
	}{
		{"not decided", "submitted", "2025-01-01", "2028-01-01", "2026-06-01", "submitted"},
		{"rejected stays rejected", "rejected", "2025-01-01", "2028-01-01", "2026-06-01", "rejected"},
		{"revoked before its end", "revoked", "2025-01-01", "2028-01-01", "2026-06-01", "revoked"},
		{"revoked after its end", "revoked", "2025-01-01", "2026-01-01", "2026-06-01", "revoked"},
		{"the day before it begins", "verified", "2025-01-02", "2028-01-01", "2025-01-01", "not_yet_valid"},
		{"the day it begins", "verified", "2025-01-02", "2028-01-01", "2025-01-02", "valid"},
		{"91 days before its end", "verified", "2025-01-01", "2026-04-01", "2025-12-31", "valid"},
		{"90 days before its end", "verified", "2025-01-01", "2026-04-01", "2026-01-01", "expiring"},
		{"its last day", "verified", "2024-02-29", "2027-02-28", "2027-02-28", "expiring"},
		{"the day after its last", "verified", "2024-02-29", "2027-02-28", "2027-03-01", "expired"},
		{"a last day in February of a leap year", "verified", "2025-02-28", "2028-02-29", "2028-02-29", "expiring"},
		{"without an end", "verified", "2015-01-01", "", "2099-12-31", "valid"},
	} {
		var until civil.Date
		if c.until != "" {
			until = date(c.until)
		}
		got := catalog.CertificateStateOn(catalog.CertificateState(c.decided), date(c.issued), until, date(c.day), 90)
		require.Equal(t, c.want, string(got), c.name)
		const query = `SELECT catalog.certificate_state($1, $2, $3, $4)`
		var inSQL string
		require.NoError(t, m.db.Get(t.Context(), &inSQL, query, c.decided, date(c.issued), until, date(c.day)))
		require.Equal(t, c.want, inSQL, "%s, in SQL", c.name)
	}
}

func TestPriceAtAgreesWithSQL(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	rising := []catalog.PriceTier{{FromQuantity: quantity.Of(10), PriceVND: 300}, {FromQuantity: quantity.Of(100), PriceVND: 200}}
	for _, c := range []struct {
		tiers  []catalog.PriceTier
		stored string
		amount quantity.Quantity
		want   money.VND
		priced bool
	}{
		{nil, `[]`, quantity.Of(1), 0, false},
		{rising, `[{"from":10000,"price":300},{"from":100000,"price":200}]`, 0, 300, true},
		{rising, `[{"from":10000,"price":300},{"from":100000,"price":200}]`, quantity.Of(99) + 999, 300, true},
		{rising, `[{"from":10000,"price":300},{"from":100000,"price":200}]`, quantity.Of(100), 200, true},
	} {
		price, priced := catalog.PriceAt(c.tiers, c.amount)
		require.Equal(t, c.want, price)
		require.Equal(t, c.priced, priced)
		var inSQL *int64
		require.NoError(t, m.db.Get(t.Context(), &inSQL, `SELECT catalog.price_at(CAST($1 AS jsonb), $2)`, c.stored, c.amount))
		require.Equal(t, c.priced, inSQL != nil)
		if c.priced {
			require.Equal(t, int64(c.want), *inSQL)
		}
	}
}

func TestProductRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	long := string(make([]rune, 201))
	for _, c := range []struct {
		name    string
		change  func(*catalog.NewProduct)
		pointer string
		want    *fault.Definition
	}{
		{"no name", func(p *catalog.NewProduct) { p.Name = "  " }, "name", fault.ErrRequired},
		{"name too long", func(p *catalog.NewProduct) { p.Name = "x" + long }, "name", fault.ErrTooLong},
		{"no such line", func(p *catalog.NewProduct) { p.Line = "unicorn" }, "line", fault.ErrUnknownValue},
		{"no such unit", func(p *catalog.NewProduct) { p.Unit = "barrel" }, "unit", fault.ErrUnknownValue},
		{"a kilogram weighs itself", func(p *catalog.NewProduct) { p.UnitWeightKg = new(quantity.Of(1)) }, "unit_weight_kg", catalog.ErrUnitWeightOfKilogram},
		{"negative unit weight", func(p *catalog.NewProduct) { p.Unit, p.UnitWeightKg = "box", new(quantity.Quantity(-1)) }, "unit_weight_kg", fault.ErrOutOfRange},
		{"wrong check digit", func(p *catalog.NewProduct) { p.GTIN = "8930000000001" }, "gtin", catalog.ErrGTIN},
		{"letters in a GTIN", func(p *catalog.NewProduct) { p.GTIN = "89300000000O5" }, "gtin", catalog.ErrGTIN},
		{"eleven digits", func(p *catalog.NewProduct) { p.GTIN = "89300000000" }, "gtin", catalog.ErrGTIN},
		{"a grade field is missing", func(p *catalog.NewProduct) { p.Grade = map[string]any{"count_per_kg_min": 20} }, "grade.count_per_kg_max", fault.ErrRequired},
	} {
		product := shrimp()
		c.change(&product)
		_, err := m.service.CreateProduct(t.Context(), m.ann, product)
		refused(t, err, c.want, c.pointer, c.name)
	}
	// What is accepted: a foreign prefix, the line's unit when none is named.
	product := shrimp()
	product.GTIN, product.Unit = "4006381333931", ""
	made, err := m.service.CreateProduct(t.Context(), m.ann, product)
	require.NoError(t, err)
	require.Equal(t, "kg", made.Unit)
	_, err = m.service.CreateProduct(t.Context(), m.ann, product)
	require.ErrorIs(t, err, catalog.ErrGTINTaken)
	_, err = m.service.CreateProduct(t.Context(), m.ben, product)
	require.NoError(t, err, "another producer may sell the same article")
}

// refused wants a refusal that names the field.
func refused(t *testing.T, err error, want *fault.Definition, pointer, name string) {
	t.Helper()
	refusal, ok := fault.From(err)
	require.True(t, ok, "%s: %v", name, err)
	for _, field := range refusal.Fields {
		if field.Pointer == pointer && field.Definition == want {
			return
		}
	}
	require.Failf(t, "not refused as wanted", "%s: want %s at %s, got %v", name, want.Code, pointer, err)
}

func TestOfferRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	boxed := packedShrimp()
	boxed.Unit, boxed.UnitWeightKg = "box", new(quantity.Of(2))
	box := m.publish(m.ann, boxed)
	tier := func(from, price int64) catalog.PriceTier {
		return catalog.PriceTier{FromQuantity: quantity.Of(from), PriceVND: money.VND(price)}
	}
	for _, c := range []struct {
		name    string
		change  func(*catalog.NewOffer)
		pointer string
		want    *fault.Definition
	}{
		{"ends before it begins", func(o *catalog.NewOffer) { o.AvailableFrom = date("2027-01-02"); o.AvailableTo = date("2027-01-01") }, "available_to", fault.ErrDateOrder},
		{"ended yesterday", func(o *catalog.NewOffer) { o.AvailableFrom = date("2026-11-01"); o.AvailableTo = date("2026-11-30") }, "available_to", fault.ErrOutOfRange},
		{"more than two years ahead", func(o *catalog.NewOffer) { o.AvailableTo = date("2028-12-02") }, "available_to", fault.ErrOutOfRange},
		{"nothing", func(o *catalog.NewOffer) { o.Quantity = 0; o.MinOrder = 0 }, "quantity", fault.ErrOutOfRange},
		{"minimum above the quantity", func(o *catalog.NewOffer) { o.MinOrder = quantity.Of(501) }, "min_order", fault.ErrOutOfRange},
		{"another unit", func(o *catalog.NewOffer) { o.Unit = "box" }, "unit", catalog.ErrUnitMismatch},
		{"half a box", func(o *catalog.NewOffer) { o.ProductID = box.ID; o.Unit = "box"; o.Quantity = quantity.Of(20) + 500 }, "quantity", catalog.ErrWholeUnits},
		{"no price", func(o *catalog.NewOffer) { o.PriceTiers = nil }, "price_tiers", fault.ErrRequired},
		{"a daily price with tiers", func(o *catalog.NewOffer) { o.PriceOnTheDay = true }, "price_tiers", catalog.ErrPriceTwice},
		{"first tier above the minimum", func(o *catalog.NewOffer) { o.PriceTiers = []catalog.PriceTier{tier(11, 1)} }, "price_tiers[0].from_quantity", catalog.ErrFirstTier},
		{"the same tier twice", func(o *catalog.NewOffer) { o.PriceTiers = []catalog.PriceTier{tier(0, 2), tier(0, 1)} }, "price_tiers[1].from_quantity", catalog.ErrTierOrder},
		{"falling tiers", func(o *catalog.NewOffer) { o.PriceTiers = []catalog.PriceTier{tier(5, 2), tier(1, 1)} }, "price_tiers[1].from_quantity", catalog.ErrTierOrder},
		{"free of charge", func(o *catalog.NewOffer) { o.PriceTiers = []catalog.PriceTier{tier(0, 0)} }, "price_tiers[0].price_vnd", fault.ErrOutOfRange},
		{"no such place", func(o *catalog.NewOffer) { o.PlaceCode = "00000" }, "place_code", fault.ErrUnknownValue},
		{"no such visibility", func(o *catalog.NewOffer) { o.Visibility = "friends" }, "price_visibility", fault.ErrUnknownValue},
	} {
		offer := supply(product)
		c.change(&offer)
		_, err := m.service.OpenOffer(t.Context(), m.ann, offer)
		refused(t, err, c.want, c.pointer, c.name)
	}
	daily := supply(product)
	daily.PriceTiers, daily.PriceOnTheDay, daily.Visibility, daily.AvailableFrom = nil, true, "", date("2026-11-15")
	made := m.offer(m.ann, daily)
	require.True(t, made.PriceOnTheDay)
	require.Equal(t, catalog.Buyers, made.Visibility, "what nobody chose is for buyers")
	draft, err := m.service.CreateProduct(t.Context(), m.ann, shrimp())
	require.NoError(t, err)
	_, err = m.service.OpenOffer(t.Context(), m.ann, supply(draft))
	require.ErrorIs(t, err, catalog.ErrProductNotPublished)
	_, err = m.service.OpenOffer(t.Context(), m.ben, supply(product))
	refused(t, err, catalog.ErrForeignProduct, "product_id", "somebody else's product")
	unknown := supply(product)
	unknown.ProductID = uuid.New()
	_, err = m.service.OpenOffer(t.Context(), m.ann, unknown)
	refused(t, err, catalog.ErrForeignProduct, "product_id", "a product that is none")
}

func TestProductLife(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	moves := map[string]func(catalog.Product) error{
		"publish":  func(p catalog.Product) error { _, err := m.service.Publish(t.Context(), m.ann, p.ID); return err },
		"withdraw": func(p catalog.Product) error { _, err := m.service.Withdraw(t.Context(), m.ann, p.ID); return err },
		"suspend": func(p catalog.Product) error {
			_, err := m.service.Suspend(t.Context(), m.caMau, p.ID, nil, "Demo")
			return err
		},
		"reinstate": func(p catalog.Product) error { _, err := m.service.Reinstate(t.Context(), m.caMau, p.ID); return err },
	}
	paths := map[string][]string{
		"draft": {}, "published": {"publish"}, "withdrawn": {"publish", "withdraw"}, "suspended": {"publish", "suspend"},
	}
	allowed := map[string]map[string]string{
		"draft":     {"publish": "published"},
		"published": {"withdraw": "withdrawn", "suspend": "suspended"},
		"withdrawn": {"publish": "published", "suspend": "suspended"},
		"suspended": {"reinstate": "withdrawn"},
	}
	for from, path := range paths {
		for name, move := range moves {
			product, err := m.service.CreateProduct(t.Context(), m.ann, shrimp())
			require.NoError(t, err)
			for _, step := range path {
				require.NoError(t, moves[step](product))
			}
			want, ok := allowed[from][name]
			err = move(product)
			if !ok {
				require.ErrorIs(t, err, catalog.ErrProductState, "%s a %s product", name, from)
				continue
			}
			require.NoError(t, err, "%s a %s product", name, from)
			now, err := m.service.Product(t.Context(), m.ann, product.ID)
			require.NoError(t, err)
			require.Equal(t, want, string(now.State))
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	ctx := t.Context()
	_, err := m.service.CreateProduct(ctx, m.buyer, shrimp())
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.service.CreateProduct(ctx, m.caMau, shrimp())
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.service.CreateProduct(ctx, m.viewer, shrimp())
	require.Error(t, err)
	_, err = m.service.CreateProduct(ctx, m.applicant, shrimp())
	require.Error(t, err)
	_, err = m.service.ChangeProduct(ctx, m.ben, product.ID, nil, catalog.ProductChange{Name: new("Của tôi")})
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.service.Suspend(ctx, m.hoChiMinh, product.ID, nil, "Demo")
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.service.Suspend(ctx, m.ann, product.ID, nil, "Demo")
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.service.Suspend(ctx, m.caMau, product.ID, nil, " ")
	refused(t, err, fault.ErrRequired, "reason", "a suspension without a reason")
	_, err = m.service.Suspend(ctx, m.administrator, product.ID, nil, "Demo")
	require.NoError(t, err)
	var events int
	require.NoError(t, m.db.Get(ctx, &events, `SELECT count(*) FROM identity.audit_events WHERE subject_id = $1`, product.ID))
	require.Equal(t, 3, events, "created, published, suspended")
}

func TestDealsTxKeepsGrade(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	offer := m.offer(m.ann, supply(product))
	require.NoError(t, m.db.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		deals, err := catalog.DealsTx(ctx, tx, ids(offer.ID, product.ID))
		require.NoError(t, err)
		require.Len(t, deals, 1)
		deal := deals[offer.ID]
		count, ok := deal.Grade.Int("count_per_kg_max")
		require.True(t, ok)
		require.EqualValues(t, 30, count)
		require.Equal(t, "32098", deal.Commune)
		require.Equal(t, 24, deal.LiveQuoteHours)
		require.Equal(t, catalog.Published, deal.ProductState)
		facts, err := catalog.ProductsTx(ctx, tx, ids(product.ID))
		require.NoError(t, err)
		require.Equal(t, deal.Grade, facts[product.ID].Grade)
		return nil
	}))
}

// A product is sold by its line's unit or counted; what is usually weighed says what one weighs.
func TestUnitsFitTheirLines(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	sauce := func(p *catalog.NewProduct) { p.Line, p.Form, p.Grade = "fish_sauce", "ambient", nil }
	for _, c := range []struct {
		name    string
		change  func(*catalog.NewProduct)
		pointer string
		want    *fault.Definition
	}{
		{"shrimp by the litre", func(p *catalog.NewProduct) { p.Unit = "litre" }, "unit", fault.ErrUnknownValue},
		{"shrimp by the guest", func(p *catalog.NewProduct) { p.Unit, p.UnitWeightKg = "guest", new(quantity.Of(1)) }, "unit", fault.ErrUnknownValue},
		{"sauce by the kilogram", func(p *catalog.NewProduct) { sauce(p); p.Unit = "kg" }, "unit", fault.ErrUnknownValue},
		{"boxes of nobody knows how much", func(p *catalog.NewProduct) { p.Unit = "box" }, "unit_weight_kg", fault.ErrRequired},
		{"boxes of nothing", func(p *catalog.NewProduct) { p.Unit, p.UnitWeightKg = "box", new(quantity.Quantity(0)) }, "unit_weight_kg", fault.ErrRequired},
	} {
		product := shrimp()
		c.change(&product)
		_, err := m.service.CreateProduct(t.Context(), m.ann, product)
		refused(t, err, c.want, c.pointer, c.name)
	}
	boxed := shrimp()
	boxed.Unit, boxed.UnitWeightKg = "box", new(quantity.Of(2))
	made, err := m.service.CreateProduct(t.Context(), m.ann, boxed)
	require.NoError(t, err)
	_, err = m.service.ChangeProduct(t.Context(), m.ann, made.ID, nil, catalog.ProductChange{UnitWeightKg: web.Null[quantity.Quantity]()})
	refused(t, err, fault.ErrRequired, "unit_weight_kg", "the weight of a box taken away")
	line, ok := m.book.Line("fish_sauce")
	require.True(t, ok)
	for _, unit := range []string{"litre", "bottle"} {
		bottled := shrimp()
		bottled.Line, bottled.Form, bottled.Grade, bottled.Unit = line.Code, line.Forms[0].Code, map[string]any{}, unit
		_, err := m.service.CreateProduct(t.Context(), m.ann, bottled)
		if refusal, isFault := fault.From(err); isFault {
			for _, field := range refusal.Fields {
				require.Contains(t, field.Pointer, "grade.", unit)
			}
		} else {
			require.NoError(t, err, unit)
		}
	}
}

func TestCodesAreNotThoseOfTheEdge(t *testing.T) {
	t.Parallel()
	for _, own := range catalog.Faults() {
		for _, edge := range append(web.Faults(), fault.General()...) {
			require.NotEqual(t, edge.Code, own.Code)
		}
	}
}
