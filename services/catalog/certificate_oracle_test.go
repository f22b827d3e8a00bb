package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// paper is what the oracle knows of a certificate: what was done, not what is stored.
type paper struct {
	holder                       uuid.UUID
	scheme                       string
	issued, until, seen, revoked civil.Date // seen: the day it was verified; zero: never
	scopes                       []catalog.Scope
}

func (p paper) counts(day civil.Date) bool {
	return !p.seen.IsZero() && !day.Before(p.seen) && (p.revoked.IsZero() || day.Before(p.revoked)) &&
		!day.Before(p.issued) && (p.until.IsZero() || !day.After(p.until))
}

// ware is a product as the oracle sees it.
type ware struct {
	id, producer uuid.UUID
	line, form   string
	collector    bool
}

// covers says by which kinds of scopes a paper covers goods, and whether it names them.
func (p paper) covers(g ware) (kinds []string, named bool) {
	for _, scope := range p.scopes {
		switch {
		case p.holder == g.producer && slices.Contains(scope.ProductIDs, g.id):
			kinds, named = append(kinds, scope.Kind), true
		case p.holder == g.producer && len(scope.ProductIDs) == 0 && slices.Contains(scope.Lines, g.line):
			kinds = append(kinds, scope.Kind)
		case p.holder != g.producer && scope.Kind == "group" && !g.collector && slices.Contains(scope.Lines, g.line) &&
			slices.ContainsFunc(scope.Members, func(m catalog.Member) bool { return m.ProducerID == g.producer }):
			kinds = append(kinds, scope.Kind)
		}
	}
	return kinds, named
}

// marksByHand works out the marks of goods on a day from the product's words, row by row.
func marksByHand(papers []paper, g ware, day civil.Date) []string {
	held := func(scheme string) (bool, bool) {
		covered, named := false, false
		for _, p := range papers {
			if p.scheme == scheme && p.counts(day) {
				kinds, byName := p.covers(g)
				covered, named = covered || len(kinds) > 0, named || byName
			}
		}
		return covered, named
	}
	marks := []string{}
	farm, _ := held("ASC_FARM")
	custody, _ := held("ASC_COC")
	shrimp := slices.Contains([]string{"black_tiger_shrimp", "whiteleg_shrimp", "processed_shrimp"}, g.line)
	if custody && shrimp {
		marks = append(marks, "ASC_COC")
	}
	if pond := g.form == "live" || g.form == "iced"; farm && shrimp && (custody || pond && g.line != "processed_shrimp") {
		marks = append(marks, "ASC_FARM")
	}
	if plant, _ := held("HACCP"); plant {
		marks = append(marks, "HACCP")
	}
	if _, named := held("OCOP"); named {
		marks = append(marks, "OCOP")
	}
	if area, _ := held("VIETGAP"); area && g.line != "processed_shrimp" {
		marks = append(marks, "VIETGAP")
	}
	return marks
}

// The one place that decides, what a product is told that it lacks, and a naive reading of the rules
// agree for any certificates, goods and days.
func TestMarksFollowFromAnyCertificates(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := openMarket(t)
			draw := rand.New(rand.NewPCG(seed, 12))
			sellers := []identity.Principal{m.ann, m.ben, m.collector, m.producer("Demo F", "household", "32098", "approved")}
			stock := m.stockOf(sellers)
			var papers []paper
			for n := range 36 {
				papers = append(papers, m.randomPaper(draw, n, sellers, stock))
			}
			days := []civil.Date{}
			for range 100 {
				days = append(days, date("2024-01-01").AddDays(draw.IntN(2000)))
			}
			for _, p := range papers { // and at every border
				for _, day := range []civil.Date{p.issued, p.until, p.seen, p.revoked} {
					if !day.IsZero() {
						days = append(days, day.AddDays(-1), day, day.AddDays(1))
					}
				}
			}
			m.agree(papers, stock, days)
		})
	}
}

func (m *market) stockOf(sellers []identity.Principal) []ware {
	m.Helper()
	var stock []ware
	for _, who := range sellers {
		for _, product := range []catalog.NewProduct{
			shrimp(), packedShrimp(), riceST25(),
			{Name: "Tôm chế biến Demo", Line: "processed_shrimp", Form: "ready", Unit: "kg", Grade: map[string]any{"pack_g": 500}},
			{Name: "Tôm thẻ Demo", Line: "whiteleg_shrimp", Form: "iced", Unit: "kg", Grade: map[string]any{"count_per_kg_min": 20, "count_per_kg_max": 30}},
		} {
			made, err := m.service.CreateProduct(m.Context(), who, product)
			require.NoError(m, err)
			stock = append(stock, ware{
				id: made.ID, producer: who.OrganisationID, line: product.Line, form: product.Form, collector: who.OrganisationID == m.collector.OrganisationID,
			})
		}
	}
	return stock
}

// randomPaper submits a certificate on some day, and mostly verifies and sometimes revokes it.
func (m *market) randomPaper(draw *rand.Rand, n int, sellers []identity.Principal, stock []ware) paper {
	m.Helper()
	pick := func(texts ...string) string { return texts[draw.IntN(len(texts))] }
	who := sellers[draw.IntN(len(sellers))]
	p := paper{holder: who.OrganisationID, scheme: pick("ASC_FARM", "ASC_FARM", "ASC_COC", "ASC_COC", "OCOP", "VIETGAP", "HACCP")}
	p.issued = date("2024-01-01").AddDays(draw.IntN(700))
	sent := catalog.NewCertificate{Scheme: p.scheme, Number: fmt.Sprint("N", n), Issuer: "UBND tỉnh Demo", IssuedOn: p.issued}
	if draw.IntN(3) == 0 {
		sent.ValidUntil = p.issued.AddDays(draw.IntN(500))
	}
	kinds := map[string][]string{
		"ASC_FARM": {"farm_area", "group", "group"}, "ASC_COC": {"facility", "chain_of_custody"}, "OCOP": {"product"}, "VIETGAP": {"farm_area"}, "HACCP": {"facility"},
	}
	for range 1 + draw.IntN(3) {
		scope := catalog.Scope{Kind: pick(kinds[p.scheme]...)}
		for _, g := range stock {
			if g.producer == p.holder && draw.IntN(3) == 0 && (p.scheme == "OCOP" || draw.IntN(3) == 0) {
				scope.ProductIDs = append(scope.ProductIDs, g.id)
			}
		}
		if p.scheme == "OCOP" && len(scope.ProductIDs) == 0 {
			scope.ProductIDs = ids(stock[slices.IndexFunc(stock, func(g ware) bool { return g.producer == p.holder })].id)
		}
		if p.scheme == "ASC_FARM" && draw.IntN(2) == 0 && len(scope.ProductIDs) == 0 {
			scope.Lines = []string{pick("black_tiger_shrimp", "whiteleg_shrimp")}
		}
		if scope.Kind == "group" {
			for _, other := range sellers {
				if draw.IntN(2) == 0 {
					scope.Members = append(scope.Members, catalog.Member{ProducerID: other.OrganisationID})
				}
			}
		}
		sent.Scopes = append(sent.Scopes, scope)
	}
	if p.scheme == "OCOP" {
		sent.Stars = 4
		if who.OrganisationID == m.collector.OrganisationID {
			return paper{scheme: "none"}
		}
	}
	return m.handIn(draw, who, p, sent)
}

func (m *market) handIn(draw *rand.Rand, who identity.Principal, p paper, certificate catalog.NewCertificate) paper {
	m.Helper()
	at := func(day civil.Date) time.Time { return day.In(time.UTC).Add(5 * time.Hour) }
	sent := p.issued.AddDays(draw.IntN(60))
	m.now.set(at(sent))
	defer m.now.set(noon)
	made, err := m.service.SubmitCertificate(m.Context(), who, certificate)
	require.NoError(m, err)
	p.until, p.scopes = made.ValidUntil, made.Scopes
	switch draw.IntN(8) {
	case 0:
		return p
	case 1:
		_, err = m.service.Reject(m.Context(), m.caMau, made.ID, nil, "Demo")
		require.NoError(m, err)
		return p
	}
	p.seen = sent.AddDays(draw.IntN(30))
	m.now.set(at(p.seen))
	_, err = m.service.Verify(m.Context(), m.caMau, made.ID, nil)
	require.NoError(m, err)
	if draw.IntN(3) == 0 {
		p.revoked = p.seen.AddDays(draw.IntN(400))
		m.now.set(at(p.revoked.AddDays(draw.IntN(20))))
		_, err = m.service.RevokeFor(m.Context(), m.caMau, made.ID, nil, catalog.Ruling{ReasonCode: "scheme_breached", EffectiveAt: at(p.revoked)})
		require.NoError(m, err)
	}
	return p
}

// agree compares the three on every one of the days.
func (m *market) agree(papers []paper, stock []ware, days []civil.Date) {
	m.Helper()
	const query = `
		SELECT d.day, m.product_id, array_agg(DISTINCT m.scheme ORDER BY m.scheme) AS schemes
		  FROM unnest(CAST($1 AS date[])) AS d (day) CROSS JOIN LATERAL catalog.marks(d.day) m GROUP BY 1, 2`
	var rows []struct {
		Day       civil.Date       `db:"day"`
		ProductID uuid.UUID        `db:"product_id"`
		Schemes   postgres.Strings `db:"schemes"`
	}
	require.NoError(m, m.db.Select(m.Context(), &rows, query, postgres.Array(days)))
	type at struct {
		day civil.Date
		id  uuid.UUID
	}
	decided, shown := make(map[at][]string), 0
	for _, row := range rows {
		decided[at{row.Day, row.ProductID}] = row.Schemes
	}
	for _, g := range stock {
		byDay, err := m.service.ClaimsOn(m.Context(), g.id, days)
		require.NoError(m, err)
		for i, day := range days {
			want := marksByHand(papers, g, day)
			require.Equal(m, want, append([]string{}, decided[at{day, g.id}]...), "%s %s of %s on %s", g.line, g.form, g.producer, day)
			carried := []string{}
			for _, claim := range byDay[i] {
				require.Equal(m, claim.Carried, len(claim.Missing) == 0, claim.Scheme)
				require.True(m, claim.Until.IsZero() || !claim.Until.Before(day))
				if claim.Carried {
					carried = append(carried, claim.Scheme)
				}
			}
			slices.Sort(carried)
			require.Equal(m, want, carried, "%s %s on %s", g.line, g.form, day)
			shown += len(want)
		}
	}
	require.Greater(m, shown, len(days), "the certificates do stand behind something")
}
