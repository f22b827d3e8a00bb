package monitor_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/monitor"
	declaring "github.com/ocop-market/ocop/services/trade"
)

// word is a declaration as the oracle remembers it; a correction changes its amount.
type word struct {
	producer          identity.Principal
	commune, district string
	month             civil.Date
	line, form, unit  string
	amount            quantity.Quantity
	id                uuid.UUID
}

// notary is a market in which producers declare what they sell elsewhere.
type notary struct {
	*testBundle

	declare *declaring.Service
	places  []place
	words   []word
}

// place is a commune of a producer and its former districts.
type place struct {
	who       identity.Principal
	commune   string
	districts []string
}

func newNotary(t *testing.T) *notary {
	t.Helper()
	b := setup(t, monitor.Options{})
	n := &notary{testBundle: b, declare: declaring.NewService(b.App, b.Book)}
	several, one := 0, 0
	for _, commune := range b.Book.Communes() {
		shared := len(commune.FormerDistricts) > 1
		if commune.Province != "96" || shared && several > 0 || !shared && one > 1 {
			continue
		}
		if shared {
			several++
		} else {
			one++
		}
		who := identity.Principal{UserID: newID(), OrganisationID: newID(), Kind: identity.Producer, Role: identity.Owner, Approved: true}
		b.enter(t, identity.Producer, who.OrganisationID)
		b.tamper(t, `UPDATE identity.organisations SET commune_code = $2 WHERE id = $1`, who.OrganisationID, commune.Code)
		in := place{who: who, commune: commune.Code}
		for _, district := range commune.FormerDistricts {
			in.districts = append(in.districts, district.Code)
		}
		n.places = append(n.places, in)
	}
	require.Len(t, n.places, 3, "of three communes, one belonged to two districts")
	return n
}

// history declares and corrects at random.
func (n *notary) history(t *testing.T, chance *rand.Rand) {
	t.Helper()
	goods := [][3]string{{"black_tiger_shrimp", "live", "kg"}, {"black_tiger_shrimp", "iced", "kg"}, {"rice", "milled", "kg"}, {"dried_shrimp", "dried", "kg"}}
	known := map[string]int{}
	for range 60 {
		of, g := chance.IntN(len(n.places)), goods[chance.IntN(len(goods))]
		month := civil.New(2025, time.Month(1+chance.IntN(12)), 1)
		key := fmt.Sprint(of, g, month)
		at, again := known[key]
		amount := quantity.Quantity(chance.Int64N(900_000))
		if again {
			corrected, err := n.declare.CorrectDeclaration(t.Context(), n.places[of].who, n.words[at].id, declaring.Correction{Quantity: amount})
			require.NoError(t, err)
			n.words[at].amount, n.words[at].id = amount, corrected.ID
			continue
		}
		made, err := n.declare.Declare(t.Context(), n.places[of].who, declaring.NewDeclaration{
			Goods: declaring.Goods{Line: g[0], Form: g[1], Unit: g[2], Quantity: amount}, Month: month.String()[:7], Channel: "wet_market",
		})
		require.NoError(t, err)
		known[key] = len(n.words)
		n.words = append(n.words, word{
			n.places[of].who, n.places[of].commune, strings.Join(n.places[of].districts, " "), month, g[0], g[1], g[2], amount, made.ID,
		})
	}
	require.Less(t, len(n.words), 60, "some were corrected")
}

// values are those of a dimension that a word has.
func (w word) values(dimension string) []string {
	year, month := w.month.Year, int(w.month.Month)
	return strings.Fields(map[string]string{
		"month": w.month.String()[:7], "quarter": fmt.Sprintf("%d-Q%d", year, (month-1)/3+1), "half_year": fmt.Sprintf("%d-H%d", year, (month-1)/6+1),
		"year": fmt.Sprint(year), "form": w.form, "commune": w.commune, "district": w.district, "producer": w.producer.OrganisationID.String(),
		"line": w.line,
	}[dimension])
}

// expected are the totals of what was declared by a dimension, of words that a filter keeps.
func (n *notary) expected(by, only, value string, from, to civil.Date) map[string]quantity.Quantity {
	totals := map[string]quantity.Quantity{}
	for _, w := range n.words {
		if w.month.Before(from) || w.month.After(to) || w.amount == 0 || only != "" && !slices.Contains(w.values(only), value) {
			continue
		}
		for _, shown := range w.values(by) {
			if by == only && shown != value {
				continue
			}
			totals[fmt.Sprint(shown, w.line, w.line == "dried_shrimp", w.unit)] += w.amount
		}
	}
	return totals
}

func declaredOf(row monitor.VolumeRow, by string) string {
	fields := map[string]*string{
		"month": row.Month, "quarter": row.Quarter, "half_year": row.HalfYear, "year": row.Year, "form": row.Form, "commune": row.Commune,
		"district": row.District, "producer": row.Producer, "line": &row.Line,
	}
	return fmt.Sprint(*fields[by], row.Line, row.Dried, row.Unit)
}

// Whatever is declared and corrected, by whom and where: what stands in the column is the sum of what was
// declared, as it was last corrected, and the other columns know nothing of it.
func TestDeclaredVolumesEqualTheDeclarations(t *testing.T) {
	t.Parallel()
	n := newNotary(t)
	n.history(t, rand.New(rand.NewPCG(11, 3)))
	sold := shrimpSale(70)
	sold.on = civil.New(2025, time.March, 10)
	sold.goods.ProducerID, sold.goods.Commune = n.places[0].who.OrganisationID, n.places[0].commune
	n.record(t, sold)
	dimensions := []string{"month", "quarter", "half_year", "year", "line", "form", "commune", "district", "producer"}
	for _, span := range [][2]civil.Date{
		{civil.New(2025, time.January, 1), civil.New(2025, time.December, 31)}, {civil.New(2025, time.March, 1), civil.New(2025, time.July, 31)},
	} {
		for _, by := range dimensions {
			for _, only := range []string{"", "line", "form", "commune", "district", "producer"} {
				value := ""
				if only != "" {
					value = n.words[1].values(only)[0]
				}
				path := fmt.Sprintf("/v1/volumes?from=%s&to=%s&by=%s", span[0], span[1], by)
				if only != "" {
					path += "&" + only + "=" + value
				}
				got, delivered := map[string]quantity.Quantity{}, quantity.Quantity(0)
				var seen []string
				for _, row := range read[monitor.Volumes](t, n.testBundle, "official.camau", path).Rows {
					require.NotNil(t, row.Declared, path)
					require.NotContains(t, seen, declaredOf(row, by), "%s: a row stands once", path)
					seen = append(seen, declaredOf(row, by))
					if *row.Declared > 0 {
						got[declaredOf(row, by)] = *row.Declared
					}
					if row.Form != nil && *row.Form != sold.goods.Form {
						require.Zero(t, row.Delivered, path)
					}
					delivered += row.Delivered
				}
				require.Equal(t, n.expected(by, only, value, span[0], span[1]), got, path)
				require.Contains(t, []quantity.Quantity{0, kg(70), kg(140)}, delivered, "%s: what is declared is part of no other column", path)
			}
		}
	}
}

// What declarations do not say is told of none: the column is left out, and a note says why.
func TestWhereDeclaredVolumesAreLeftOut(t *testing.T) {
	t.Parallel()
	n := newNotary(t)
	n.history(t, rand.New(rand.NewPCG(5, 8)))
	sold := shrimpSale(30)
	sold.on = civil.New(2025, time.May, 10)
	n.record(t, sold)
	for path, shown := range map[string]bool{
		"from=2025-01-01&to=2025-12-31&by=month": true, "from=2025-01-01&to=2025-12-31&by=week": false, "from=2025-01-01&to=2025-12-31&by=scheme": false,
		"from=2025-01-01&to=2025-12-31&by=buyer_system": false, "from=2025-01-01&to=2025-12-31&by=ward": false, "from=2025-01-01&to=2025-12-31&by=stars": false,
		"from=2025-01-02&to=2025-12-31&by=month": false, "from=2025-01-01&to=2025-12-30&by=month": false, "from=2025-05-01&to=2025-05-31&by=grade": false,
		"from=2025-01-01&to=2025-12-31&by=month&scheme=ASC_FARM": false, "from=2025-05-01&to=2025-05-31&by=month&line=rice&form=milled": true,
	} {
		answer := read[monitor.Volumes](t, n.testBundle, "official.tphcm", "/v1/volumes?"+path, "Accept-Language", "en")
		notes := strings.Join(answer.Notes, " ")
		require.Equal(t, !shown, strings.Contains(notes, "is not shown here"), path)
		for _, row := range answer.Rows {
			require.Equal(t, shown, row.Declared != nil, path)
		}
	}
	for _, path := range []string{"by=producer", "by=month&producer=" + n.places[0].who.OrganisationID.String()} {
		status, code := n.code(t, "official.tphcm", "/v1/volumes?"+path)
		require.Equal(t, http.StatusForbidden, status)
		require.Equal(t, "not_overseen", code, "single producers' declarations are for who oversees producers")
	}
	file := n.get(t, "official.camau", "/v1/volumes?from=2025-01-01&to=2025-12-31&by=line", "Accept", "text/csv").Body.String()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\uFEFF"))).ReadAll()
	require.NoError(t, err)
	at := slices.Index(rows[0], "declared")
	require.Positive(t, at)
	lines := map[string]string{}
	for _, row := range rows[1:] {
		lines[row[0]] = row[at]
	}
	total := n.expected("line", "line", "rice", civil.New(2025, time.January, 1), civil.New(2025, time.December, 31))
	require.Equal(t, total[fmt.Sprint("rice", "rice", false, "kg")].String(), lines["rice"], "rice was declared and never sold here")
}
