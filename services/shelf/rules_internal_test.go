package shelf

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

func words() vocabulary {
	names := func(vi, en string) reference.Names { return reference.Names{Name: vi, NameEN: en} }
	return vocabulary{
		types: map[string]DocumentType{
			"test_report": {Names: names("Phiếu kiểm nghiệm", "Test report"), Code: "test_report", PerProduct: true, ValidityMonths: 12},
			"licence":     {Names: names("Giấy phép", "Licence"), Code: "licence"},
		},
		fields: map[string]Field{
			"storage": {Names: names("Bảo quản", "Storage"), Code: "storage", Subject: aboutProduct, Type: FieldText, Most: 10},
			"days":    {Names: names("Hạn", "Shelf life"), Code: "days", Subject: aboutProduct, Type: FieldWhole, Most: 365, Unit: "ngày"},
			"invoice": {Names: names("Hoá đơn", "Invoice"), Code: "invoice", Subject: aboutProducer, Type: FieldYes, Most: 1},
		},
	}
}

func on(text string) civil.Date {
	day, _ := civil.Parse(text)
	return day
}

// Documents by date: month ends and leap years, as reference months are counted everywhere.
func TestHowLongADocumentIsGood(t *testing.T) {
	t.Parallel()
	today := on("2028-03-01")
	for issued, until := range map[string]string{"2024-02-29": "2025-02-28", "2027-02-28": "2028-02-28", "2027-03-31": "2028-03-31", "2027-12-31": "2028-12-31"} {
		d, err := NewDocument{Type: "test_report", ProductID: uuid.New(), Number: "1", IssuedOn: on(issued)}.check(words(), today)
		require.NoError(t, err)
		require.Equal(t, until, d.ValidUntil.String(), issued)
	}
	d, err := NewDocument{Type: "licence", Number: "1", IssuedOn: today}.check(words(), today)
	require.NoError(t, err)
	require.True(t, d.ValidUntil.IsZero(), "without end")
	for day, state := range map[string]DocumentState{
		"2028-01-30": DocumentValid, "2028-01-31": DocumentExpiring, "2028-03-01": DocumentExpiring, "2028-03-02": DocumentExpired,
	} {
		require.Equal(t, state, Document{ValidUntil: today}.stateOn(on(day)), day)
	}
	require.Equal(t, DocumentValid, Document{}.stateOn(today))
	require.Equal(t, DocumentWithdrawn, Document{Withdrawn: true, ValidUntil: today}.stateOn(today))
}

func TestDocumentRules(t *testing.T) {
	t.Parallel()
	today, good := on("2026-12-01"), NewDocument{Type: "licence", Number: " A  1 ", IssuedOn: on("2026-01-01")}
	checked, err := good.check(words(), today)
	require.NoError(t, err)
	require.Equal(t, "A 1", checked.Number)
	for want, spoil := range map[*fault.Definition]func(*NewDocument){
		fault.ErrUnknownValue: func(d *NewDocument) { d.Type = "poem" },
		ErrDocumentOfProducer: func(d *NewDocument) { d.ProductID = uuid.New() },
		ErrDocumentProduct:    func(d *NewDocument) { d.Type = "test_report" },
		ErrIssuedInFuture:     func(d *NewDocument) { d.IssuedOn = today.AddDays(1) },
		fault.ErrDateOrder:    func(d *NewDocument) { d.ValidUntil = on("2025-12-31") },
		fault.ErrRequired:     func(d *NewDocument) { d.Number = "  " },
	} {
		bad := good
		spoil(&bad)
		_, err := bad.check(words(), today)
		require.ErrorIs(t, err, want)
	}
}

func TestFactRules(t *testing.T) {
	t.Parallel()
	kept, err := Facts{"storage": "  lạnh ", "days": float64(0)}.check(words(), aboutProduct)
	require.NoError(t, err)
	require.Equal(t, Facts{"storage": "lạnh", "days": float64(0)}, kept)
	kept, err = Facts{"storage": " ", "days": nil}.check(words(), aboutProduct)
	require.NoError(t, err)
	require.Empty(t, kept, "what is empty was not told")
	for _, bad := range []struct {
		facts Facts
		want  *fault.Definition
	}{
		{Facts{"storage": "mười một chữ"}, fault.ErrTooLong}, {Facts{"storage": true}, ErrFactType}, {Facts{"days": "9"}, ErrFactType},
		{Facts{"days": 1.5}, ErrFactType}, {Facts{"days": float64(366)}, fault.ErrOutOfRange}, {Facts{"days": float64(-1)}, fault.ErrOutOfRange},
		{Facts{"days": []any{}}, ErrFactType}, {Facts{"colour": "red"}, fault.ErrUnknownValue}, {Facts{"invoice": true}, fault.ErrUnknownValue},
	} {
		_, err := bad.facts.check(words(), aboutProduct)
		require.ErrorIs(t, err, bad.want, bad.facts)
	}
	_, err = Facts{"invoice": float64(1)}.check(words(), aboutProducer)
	require.ErrorIs(t, err, ErrFactType)
}

// Every kind of requirement, met and not, and what cannot be known.
func TestHowRequirementsAreJudged(t *testing.T) {
	t.Parallel()
	today := on("2026-12-01")
	product, other := uuid.New(), uuid.New()
	kilo := func(n int64) *quantity.Quantity { return new(quantity.Of(n)) }
	offer := func(remaining *quantity.Quantity, from, to string) catalog.Offer {
		return catalog.Offer{State: catalog.OfferOpen, Remaining: remaining, Unit: "kg", AvailableFrom: on(from), AvailableTo: on(to)}
	}
	report := Requirement{Kind: KindDocument, Params: Params{Document: "test_report"}}
	volume := Requirement{Kind: KindMonthlyVolume, Params: Params{Quantity: kilo(100), Unit: "kg"}}
	days := Requirement{Kind: KindFact, Params: Params{Field: "days", Least: 90}}
	invoice := Requirement{Kind: KindFact, Params: Params{Field: "invoice"}}
	mark := Requirement{Kind: KindMark, Params: Params{Schemes: []string{"HACCP", "ISO22000"}}}
	for name, c := range map[string]struct {
		requirement Requirement
		given       func(*evidence)
		want        Verdict
	}{
		"no document": {report, func(*evidence) {}, NotMet},
		"a document": {report, func(e *evidence) {
			e.documents = []Document{{Type: "test_report", ProductID: &product, ValidUntil: today}}
		}, Met},
		"one that ended yesterday": {report, func(e *evidence) {
			e.documents = []Document{{Type: "test_report", ProductID: &product, ValidUntil: today.AddDays(-1)}}
		}, NotMet},
		"another product's": {report, func(e *evidence) {
			e.documents = []Document{{Type: "test_report", ProductID: &other, ValidUntil: today}}
		}, NotMet},
		"the newer of two": {report, func(e *evidence) {
			e.documents = []Document{{Type: "test_report", ValidUntil: today.AddDays(5)}, {Type: "test_report", ValidUntil: today.AddDays(-5)}}
		}, Met},
		"no mark":         {mark, func(*evidence) {}, NotMet},
		"any mark":        {mark, func(e *evidence) { e.product.Certificates = []catalog.Mark{{Scheme: "ISO22000"}} }, Met},
		"another mark":    {mark, func(e *evidence) { e.product.Certificates = []catalog.Mark{{Scheme: "OCOP"}} }, NotMet},
		"no GTIN":         {Requirement{Kind: KindGTIN}, func(*evidence) {}, NotMet},
		"weighed goods":   {Requirement{Kind: KindGTIN}, func(e *evidence) { e.weighed = true }, NotApplicable},
		"a GTIN":          {Requirement{Kind: KindGTIN}, func(e *evidence) { e.product.GTIN = "8934563138165" }, Met},
		"a foreign GTIN":  {Requirement{Kind: KindGTIN}, func(e *evidence) { e.product.GTIN = "6291041500213" }, Met},
		"a shop's own":    {Requirement{Kind: KindGTIN}, func(e *evidence) { e.product.GTIN = "2000000000121" }, NotMet},
		"nothing told":    {days, func(*evidence) {}, NotMet},
		"too short":       {days, func(e *evidence) { e.facts = Facts{"days": float64(89)} }, NotMet},
		"long enough":     {days, func(e *evidence) { e.facts = Facts{"days": float64(90)} }, Met},
		"told elsewhere":  {invoice, func(e *evidence) { e.facts = Facts{"invoice": true} }, NotMet},
		"no":              {invoice, func(e *evidence) { e.terms = Facts{"invoice": false} }, NotMet},
		"yes":             {invoice, func(e *evidence) { e.terms = Facts{"invoice": true} }, Met},
		"nothing offered": {volume, func(*evidence) {}, NotMet},
		"enough offered": {volume, func(e *evidence) {
			e.product.Offers = []catalog.Offer{offer(kilo(60), "2026-11-01", "2026-12-01"), offer(kilo(40), "2026-12-31", "2027-02-01")}
		}, Met},
		"too late": {volume, func(e *evidence) { e.product.Offers = []catalog.Offer{offer(kilo(100), "2027-01-01", "2027-02-01")} }, NotMet},
		"hidden":   {volume, func(e *evidence) { e.product.Offers = []catalog.Offer{offer(nil, "2026-12-01", "2026-12-31")} }, Unknown},
		"of packs": {volume, func(e *evidence) {
			packs := offer(kilo(199), "2026-12-01", "2026-12-31")
			packs.Unit = "pack"
			e.product.Offers, e.product.UnitWeightKg = []catalog.Offer{packs}, new(quantity.Quantity(500))
		}, NotMet},
		"of enough packs": {volume, func(e *evidence) {
			packs := offer(kilo(200), "2026-12-01", "2026-12-31")
			packs.Unit = "pack"
			e.product.Offers, e.product.UnitWeightKg = []catalog.Offer{packs}, new(quantity.Quantity(500))
		}, Met},
		"of litres": {volume, func(e *evidence) {
			litres := offer(kilo(200), "2026-12-01", "2026-12-31")
			litres.Unit = "litre"
			e.product.Offers = []catalog.Offer{litres}
		}, Unknown},
		"of another form": {Requirement{Kind: KindGTIN, States: []string{"live"}}, func(e *evidence) { e.state = "frozen" }, NotApplicable},
		"of this form":    {Requirement{Kind: KindGTIN, States: []string{"live", "frozen"}}, func(e *evidence) { e.state = "frozen" }, NotMet},
		"a kind of later": {Requirement{Kind: "smell"}, func(*evidence) {}, Unknown},
	} {
		e := evidence{product: catalog.Product{ID: product}, words: words(), book: &reference.Book{}, on: today}
		c.given(&e)
		check := e.check(c.requirement)
		require.Equal(t, c.want, check.Verdict, name)
		require.NotEmpty(t, check.Why, name)
		require.NotEmpty(t, check.WhyEN, name)
		require.Equal(t, check.Todo == "", check.TodoEN == "", name)
		if check.Verdict == NotMet {
			require.NotEmpty(t, check.Todo, name)
			require.NotEmpty(t, check.Action, name)
		}
	}
}

func TestWhatIsMandatoryDecides(t *testing.T) {
	t.Parallel()
	e := evidence{product: catalog.Product{GTIN: "8934563138165"}, words: words(), book: &reference.Book{}, on: on("2026-12-01")}
	found := judge([]Requirement{
		{Code: "a", Kind: KindGTIN, Mandatory: true, Name: "Mã vạch", NameEN: "Barcode"},
		{Code: "b", Kind: KindDocument, Params: Params{Document: "licence"}, Name: "Giấy phép"},
		{Code: "c", Kind: KindDocument, States: []string{"live"}, Mandatory: true, Name: "Sống"},
	}, e)
	require.True(t, found.Ready)
	require.Equal(t, "1/2; còn thiếu: Giấy phép", found.Summary)
	require.Equal(t, "1 of 2; missing: Giấy phép", found.SummaryEN)
	e.product.GTIN = ""
	require.False(t, judge([]Requirement{{Kind: KindGTIN, Mandatory: true, Name: "Mã vạch"}}, e).Ready)
	require.True(t, judge(nil, e).Ready)
}

// What comes later takes the place of what has the same code, and keeps its place.
func TestRequirementsTakeEachOthersPlace(t *testing.T) {
	t.Parallel()
	common := Profile{Requirements: []Requirement{{Code: "a", Name: "1"}, {Code: "b", Name: "1"}}}
	system := Profile{System: "s", Requirements: []Requirement{{Code: "c", Name: "2"}, {Code: "a", Name: "2"}}}
	line := Profile{System: "s", Line: "rice", Requirements: []Requirement{{Code: "c", Name: "3"}}}
	other := Profile{System: "t", Requirements: []Requirement{{Code: "b", Name: "9"}}}
	all := []Profile{line, other, system, common}
	require.Equal(t, []Profile{common, system, line}, profilesFor(all, "s", "rice"))
	require.Equal(t, []Profile{common, system}, profilesFor(all, "s", "salt"))
	require.Equal(t, []Profile{common}, profilesFor(all, "", ""))
	require.Equal(t, []Requirement{{Code: "a", Name: "2"}, {Code: "b", Name: "1"}, {Code: "c", Name: "3"}}, applicable(profilesFor(all, "s", "rice")))
}
