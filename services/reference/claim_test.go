package reference_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func day(t *testing.T, text string) civil.Date {
	t.Helper()
	d, err := civil.Parse(text)
	require.NoError(t, err)
	return d
}

// Every day around the borders of the district's rule, and every issuer and number of stars on it.
func TestTheDistrictsBordersDayByDay(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	first, last := day(t, "2023-02-24"), day(t, "2025-07-05")
	for d := day(t, "2022-12-31"); d.Before(day(t, "2025-12-31")); d = d.AddDays(1) {
		inside := !d.Before(first) && !d.After(last)
		for stars := range 7 {
			for issuer, want := range map[string]bool{
				"district": stars == 3 && inside, "province": stars == 3 || stars == 4, "ministry": stars == 5, "": false, "commune": false,
			} {
				row, allowed := book.OCOPIssuer(stars, issuer, d)
				require.Equal(t, want, allowed, "%d stars by %q on %s", stars, issuer, d)
				if allowed && d.After(last) {
					require.Contains(t, row.Source, "QĐ 1489", "the decision in force")
				}
			}
		}
	}
}

// Of the versions of a scheme's validity and of its stars at most one is in force on any day.
func TestVersionsDoNotOverlap(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	for _, scheme := range book.Schemes() {
		require.NotEmpty(t, scheme.Terms, scheme.Code)
		for d := day(t, "2015-01-01"); d.Before(day(t, "2035-01-01")); d = d.AddDays(7) {
			terms := 0
			for _, term := range scheme.Terms {
				if term.Includes(d) {
					terms++
				}
			}
			require.Equal(t, 1, terms, "%s on %s", scheme.Code, d)
		}
		for _, border := range scheme.Terms {
			if !border.ValidTo.IsZero() {
				require.NotEqual(t, scheme.Term(border.ValidTo).Code, scheme.Term(border.ValidTo.AddDays(1)).Code)
			}
		}
	}
}

// Claim rules name lines, forms, scopes and schemes that exist, and a scheme's short claim_needs says
// what they say.
func TestClaimRulesNameWhatExists(t *testing.T) {
	t.Parallel()
	book := referencetest.Lend(t).Book
	forms := map[string]bool{}
	for _, line := range book.Lines() {
		for _, form := range line.Forms {
			forms[form.Code] = true
		}
	}
	for _, scheme := range book.Schemes() {
		require.NotEmpty(t, scheme.Claims, scheme.Code)
		needs := map[string]bool{}
		for _, rule := range scheme.Claims {
			require.NotEmpty(t, rule.Source, rule.Code)
			for _, line := range rule.Lines {
				_, known := book.Line(line)
				require.True(t, known, "%s: %s", rule.Code, line)
			}
			for _, form := range slices.Concat(rule.Forms, rule.ExceptForms) {
				require.True(t, forms[form], "%s: %s", rule.Code, form)
			}
			for _, scope := range rule.Scopes {
				require.True(t, scheme.Covers(scope), "%s: %s", rule.Code, scope)
			}
			for _, need := range rule.Needs {
				for _, cover := range need {
					other, known := book.Scheme(cover.Scheme)
					require.True(t, known && other.Covers(cover.Scope), "%s: %v", rule.Code, cover)
					needs[cover.Scheme] = true
				}
			}
		}
		require.Equal(t, scheme.ClaimNeeds != "", needs[scheme.ClaimNeeds], scheme.Code)
		for _, scope := range scheme.Scopes {
			_, known := book.ScopeKind(scope)
			require.True(t, known, scope)
		}
		_, err := regexp.Compile(scheme.NumberPattern)
		require.NoError(t, err, scheme.Code)
		require.GreaterOrEqual(t, scheme.WarnDays, scheme.WarnDaysLeast, scheme.Code)
	}
	haccp, _ := book.Scheme("HACCP")
	require.Contains(t, haccp.LinesOn(day(t, "2026-12-01")), "fish_sauce", "by its OCOP group")
	require.NotContains(t, haccp.LinesOn(day(t, "2026-12-01")), "handicraft")
	ocop, _ := book.Scheme(reference.OCOP)
	require.Empty(t, ocop.LinesOn(day(t, "2026-12-01")), "it names its products")
	require.True(t, ocop.FitsLine("handicraft", day(t, "2026-12-01")))
}

// A rule counts from its first to its last day.
func TestRulesHaveEffectiveDates(t *testing.T) {
	t.Parallel()
	rule := reference.ClaimRule{Period: reference.Period{ValidFrom: day(t, "2024-02-29"), ValidTo: day(t, "2024-03-31")}}
	scheme := reference.Scheme{Claims: []reference.ClaimRule{rule}}
	for text, want := range map[string]int{"2024-02-28": 0, "2024-02-29": 1, "2024-03-31": 1, "2024-04-01": 0} {
		require.Len(t, scheme.ClaimsOn(day(t, text)), want, text)
	}
}
