package shelf_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/shelf"
)

// A product on its way from nothing to the shelf, by what everybody is asked for.
func TestFromNothingToTheShelf(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.driedShrimp(m.ann, "")
	found := m.readiness(m.ann, product, systemA)
	require.Equal(t, "0/11; còn thiếu: An toàn thực phẩm của cơ sở, Đăng ký kinh doanh, Công bố sản phẩm, Kiểm nghiệm trong 12 tháng, "+
		"Xuất xứ trên nhãn, Thành phần trên nhãn, Định lượng trên nhãn, Hướng dẫn bảo quản trên nhãn, Hạn sử dụng, Mã số mã vạch, Hoá đơn điện tử", found.Summary)
	require.True(t, found.Unverified, "the system has told nothing: this is common ground")
	require.Contains(t, found.Checks[2].Source, "46/2026", "what holds since 16 April 2026")
	m.complete(m.ann, product)
	m.haccp(m.ann, "dried_shrimp")
	found = m.readiness(m.ann, product, systemA)
	require.False(t, found.Ready)
	require.Equal(t, "10 of 11; missing: Barcode", found.SummaryEN)
	require.Equal(t, "PATCH /v1/products/"+product.ID.String(), found.Checks[9].Action)
	_, err := m.catalog.ChangeProduct(t.Context(), m.ann, product.ID, nil, gtinChange(gtin(1)))
	require.NoError(t, err)
	found = m.readiness(m.ann, product, systemA)
	require.True(t, found.Ready)
	require.Equal(t, "11/11", found.Summary)
	require.Equal(t, "2027-06-01", found.Checks[3].ValidUntil.String())

	m.wait(183 * 24 * 60 * 60 * 1e9) // 2 June 2027: the test report has ended
	require.Equal(t, "10/11; còn thiếu: Kiểm nghiệm trong 12 tháng", m.readiness(m.ann, product, systemA).Summary)
}

// Live goods need no declaration, no label and, sold by weight, no bars.
func TestLiveGoodsAreAskedForLess(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	made, err := m.catalog.CreateProduct(t.Context(), m.ann, catalog.NewProduct{
		Name: "Tôm sú thử", Line: "black_tiger_shrimp", Form: "live", Unit: "kg", Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30},
	})
	require.NoError(t, err)
	found := m.readiness(m.ann, made, systemA)
	require.Equal(t, 3, found.Total, "food safety, registration, e-invoice")
	require.Len(t, found.Checks, 11, "the others are named all the same")
}

func gtinChange(number string) (change catalog.ProductChange) {
	change.GTIN.Set, change.GTIN.Value = true, number
	return change
}

// What a system demands: in versions, from their days on, told to its own buyers and to producers.
func TestRequirementsOfASystem(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	product := m.driedShrimp(m.ann, gtin(1))
	m.complete(m.ann, product)
	m.haccp(m.ann, "dried_shrimp")
	longer := shelf.NewProfile{Requirements: []shelf.Requirement{
		{Code: "shelf_life", Kind: shelf.KindFact, Params: shelf.Params{Field: "shelf_life_days", Least: 200}, Mandatory: true, Name: "Hạn 200 ngày"},
		{Code: "volume", Kind: shelf.KindMonthlyVolume, Params: shelf.Params{Quantity: new(quantity.Of(100)), Unit: "kg"}, Mandatory: true, Name: "100 kg mỗi tháng"},
		{Code: "payment", Kind: shelf.KindFact, Params: shelf.Params{Field: "payment_days", Least: 30}, Name: "Trả chậm 30 ngày"},
	}}
	set, err := m.SetRequirements(ctx, m.buyerA, systemA, longer)
	require.NoError(t, err)
	require.Equal(t, 1, set.Version)
	require.Equal(t, "2026-12-01", set.EffectiveFrom.String())
	found := m.readiness(m.ann, product, systemA)
	require.Equal(t, "11/13; còn thiếu: Hạn 200 ngày, 100 kg mỗi tháng", found.Summary, "its shelf life takes the place of everybody's")
	require.False(t, found.Unverified)
	require.True(t, m.readiness(m.ann, product, systemB).Ready, "nobody else's business")

	// A laxer version from January on, and one line's own.
	laxer := shelf.NewProfile{EffectiveFrom: day("2027-01-01"), Requirements: longer.Requirements[2:]}
	set, err = m.SetRequirements(ctx, m.buyerA, systemA, laxer)
	require.NoError(t, err)
	require.Equal(t, 2, set.Version)
	_, err = m.SetRequirements(ctx, m.buyerA, systemA, shelf.NewProfile{Line: "rice", Requirements: longer.Requirements[:1]})
	require.NoError(t, err)
	require.False(t, m.readiness(m.ann, product, systemA).Ready)
	for on, versions := range map[string]int{"2026-12-31": 1, "2027-01-01": 2} {
		profiles, err := m.Requirements(ctx, m.ann, systemA, "dried_shrimp", day(on))
		require.NoError(t, err)
		require.Len(t, profiles, 2)
		require.Empty(t, profiles[0].System)
		require.True(t, profiles[0].Unverified)
		require.Equal(t, versions, profiles[1].Version, on)
	}
	before, err := m.Requirements(ctx, m.ann, systemA, "", day("2026-04-15"))
	require.NoError(t, err)
	require.Len(t, before, 1)
	require.Equal(t, 1, before[0].Version, "the decree of 2018")
	m.wait(31 * 24 * 60 * 60 * 1e9)
	require.True(t, m.readiness(m.ann, product, systemA).Ready, "January has come")

	for who, want := range map[*identity.Principal]error{
		&m.buyerB: fault.ErrNotFound, &m.caterer: shelf.ErrNoSystem, &m.ann: fault.ErrForbidden, &m.hoChiMinh: fault.ErrForbidden,
		&m.buyerAViewer: identity.ErrReadOnly, {}: fault.ErrUnauthenticated,
	} {
		_, err := m.SetRequirements(ctx, *who, systemA, longer)
		require.ErrorIs(t, err, want)
	}
	_, err = m.Requirements(ctx, m.buyerB, systemA, "", day(""))
	require.ErrorIs(t, err, fault.ErrNotFound, "a competitor's terms")
	_, err = m.Requirements(ctx, m.hoChiMinh, systemA, "", day(""))
	require.NoError(t, err)
	_, err = m.SetRequirements(ctx, m.buyerA, systemA, shelf.NewProfile{EffectiveFrom: day("2026-12-31")})
	require.ErrorIs(t, err, shelf.ErrBackdated)
}

func TestProfileRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for name, c := range map[string]struct {
		requirement shelf.Requirement
		want        *fault.Definition
	}{
		"a document of no type": {shelf.Requirement{Kind: shelf.KindDocument}, fault.ErrUnknownValue},
		"no scheme":             {shelf.Requirement{Kind: shelf.KindMark}, fault.ErrRequired},
		"an unknown scheme":     {shelf.Requirement{Kind: shelf.KindMark, Params: shelf.Params{Schemes: []string{"X"}}}, fault.ErrUnknownValue},
		"an unknown field":      {shelf.Requirement{Kind: shelf.KindFact, Params: shelf.Params{Field: "x"}}, fault.ErrUnknownValue},
		"a text that is more":   {shelf.Requirement{Kind: shelf.KindFact, Params: shelf.Params{Field: "storage", Least: 1}}, fault.ErrOutOfRange},
		"no volume":             {shelf.Requirement{Kind: shelf.KindMonthlyVolume, Params: shelf.Params{Unit: "kg"}}, fault.ErrRequired},
		"an unknown unit":       {shelf.Requirement{Kind: shelf.KindMonthlyVolume, Params: shelf.Params{Quantity: new(quantity.Of(1)), Unit: "x"}}, fault.ErrUnknownValue},
		"an unknown kind":       {shelf.Requirement{Kind: "x"}, fault.ErrUnknownValue},
		"an unknown state":      {shelf.Requirement{Kind: shelf.KindGTIN, States: []string{"x"}}, fault.ErrUnknownValue},
	} {
		c.requirement.Code, c.requirement.Name = "x", "X"
		_, err := m.SetRequirements(t.Context(), m.buyerA, systemA, shelf.NewProfile{Requirements: []shelf.Requirement{c.requirement}})
		require.ErrorIs(t, err, c.want, name)
	}
	twice := shelf.Requirement{Code: "x", Name: "X", Kind: shelf.KindGTIN}
	_, err := m.SetRequirements(t.Context(), m.buyerA, systemA, shelf.NewProfile{Requirements: []shelf.Requirement{twice, twice}})
	require.ErrorIs(t, err, shelf.ErrRequirementTwice)
	_, err = m.SetRequirements(t.Context(), m.buyerA, systemA, shelf.NewProfile{Line: "x", Requirements: []shelf.Requirement{twice}})
	require.ErrorIs(t, err, fault.ErrUnknownValue)
}

// What the catalogue keeps from a buyer does not show through a requirement.
func TestVolumesStayHidden(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.driedShrimp(m.ann, gtin(1))
	_, err := m.catalog.OpenOffer(t.Context(), m.ann, catalog.NewOffer{
		ProductID: product.ID, AvailableFrom: day("2026-12-01"), AvailableTo: day("2026-12-31"), Quantity: quantity.Of(1000), Unit: "pack",
		Visibility: catalog.OnRequest, PriceTiers: []catalog.PriceTier{{PriceVND: 100_000}},
	})
	require.NoError(t, err)
	_, err = m.SetRequirements(t.Context(), m.buyerA, systemA, shelf.NewProfile{Requirements: []shelf.Requirement{
		{Code: "volume", Kind: shelf.KindMonthlyVolume, Params: shelf.Params{Quantity: new(quantity.Of(500)), Unit: "kg"}, Mandatory: true, Name: "500 kg"},
	}})
	require.NoError(t, err)
	last := func(r shelf.Readiness) shelf.Verdict { return r.Checks[len(r.Checks)-1].Verdict }
	require.Equal(t, shelf.Met, last(m.readiness(m.ann, product, systemA)), "1 000 packs of 500 g")
	require.Equal(t, shelf.Unknown, last(m.readiness(m.buyerA, product, "")))
}

func TestWhoIsToldOfReadiness(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.driedShrimp(m.ann, "")
	for name, c := range map[string]struct {
		who    identity.Principal
		system string
		want   error
	}{
		"its producer":           {m.ann, systemA, nil},
		"another producer":       {m.ben, systemA, fault.ErrNotFound},
		"the system's buyer":     {m.buyerA, "", nil},
		"of another system":      {m.buyerA, systemB, fault.ErrNotFound},
		"a caterer":              {m.caterer, "", nil},
		"a caterer, of a system": {m.caterer, systemA, fault.ErrNotFound},
		"Cà Mau":                 {m.caMau, systemA, nil},
		"TPHCM":                  {m.hoChiMinh, systemA, nil},
		"nobody":                 {identity.Principal{}, systemA, fault.ErrUnauthenticated},
		"of no system there is":  {m.ann, "x", shelf.ErrSystem},
	} {
		_, err := m.Readiness(t.Context(), c.who, product.ID, c.system)
		require.ErrorIs(t, err, c.want, name)
	}
	_, err := m.Readiness(t.Context(), m.ann, uuid.New(), systemA)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.SetRequirements(t.Context(), m.buyerB, systemB, shelf.NewProfile{Requirements: []shelf.Requirement{{Code: "x", Name: "X", Kind: shelf.KindGTIN}}})
	require.NoError(t, err)
	all, err := m.Readiness(t.Context(), m.ann, product.ID, "")
	require.NoError(t, err)
	require.Len(t, all, 2, "the one system that told something, and what all demand")
	require.Equal(t, []string{systemB, ""}, []string{all[0].System, all[1].System})
	common, err := m.Readiness(t.Context(), m.caterer, product.ID, "")
	require.NoError(t, err)
	require.Len(t, common, 1, "no system's terms for who belongs to none")
	require.Empty(t, common[0].System)
}

// The dashboard and the buyer's list need as many statements for twelve products as for one.
func TestListsCostTheSameForMany(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	first := m.driedShrimp(m.ann, gtin(0))
	m.complete(m.ann, first)
	m.haccp(m.ann, "dried_shrimp")
	m.haccp(m.ben, "dried_shrimp")
	dashboard := func() (items []shelf.Readiness) {
		items, _, err := m.Dashboard(ctx, m.ann, "", uuid.Nil, 100)
		require.NoError(t, err)
		return items
	}
	shop := func() (items []shelf.Readiness) {
		items, _, err := m.ShelfProducts(ctx, m.buyerA, false, uuid.Nil, 100)
		require.NoError(t, err)
		return items
	}
	dashboard() // the vocabulary is read once
	costs := [2]int{m.counted(func() { require.Len(t, dashboard(), 1) }), m.counted(func() { require.Len(t, shop(), 1) })}
	require.Equal(t, [2]int{7, 9}, costs, "and one for the instant, where no clock is set")
	for i := range 11 {
		who := m.ann
		if i%2 == 1 {
			who = m.ben
		}
		m.complete(who, m.driedShrimp(who, gtin(i+1)))
	}
	for _, system := range []string{systemA, systemB} {
		buyer := map[string]identity.Principal{systemA: m.buyerA, systemB: m.buyerB}[system]
		_, err := m.SetRequirements(ctx, buyer, system, shelf.NewProfile{})
		require.NoError(t, err)
	}
	require.Equal(t, costs[0], m.counted(func() { require.Len(t, dashboard(), 7*3, "seven products, two systems and what all demand") }))
	require.Equal(t, costs[1], m.counted(func() { require.Len(t, shop(), 12) }))

	// Pages are whole.
	seen := map[uuid.UUID]bool{}
	for after, pages := uuid.Nil, 0; ; pages++ {
		items, next, err := m.ShelfProducts(ctx, m.buyerA, false, after, 5)
		require.NoError(t, err)
		require.LessOrEqual(t, len(items), 5)
		for _, item := range items {
			require.False(t, seen[item.ProductID])
			require.True(t, item.Ready)
			require.Empty(t, item.Checks, "a list says what is to be done")
			seen[item.ProductID] = true
		}
		if after = next; next == uuid.Nil {
			require.Equal(t, 2, pages)
			break
		}
	}
	require.Len(t, seen, 12)
	_, _, err := m.ShelfProducts(ctx, m.caterer, false, uuid.Nil, 5)
	require.ErrorIs(t, err, shelf.ErrNoSystem)
	_, _, err = m.ShelfProducts(ctx, m.ann, false, uuid.Nil, 5)
	require.ErrorIs(t, err, fault.ErrForbidden)
}
