package reference

import (
	"context"
	"errors"
	"strings"

	"github.com/ocop-market/ocop/pkg/postgres"
)

const selectTerms = `
SELECT code, scheme, valid_from, valid_to, coalesce(validity_months, 0) AS validity_months, validity_enforced,
       coalesce(surveillance_months, 0) AS surveillance_months, source
FROM reference.scheme_terms
ORDER BY scheme, valid_from NULLS FIRST, code`

const selectStarBands = `
SELECT code, scheme, stars, points_from, points_below, valid_from, valid_to, source
FROM reference.scheme_stars
ORDER BY scheme, stars, valid_from NULLS FIRST, code`

const selectClaimRules = `
SELECT code, scheme, lines, forms, except_forms, scopes, named_only, valid_from, valid_to, source
FROM reference.claim_rules
ORDER BY scheme, valid_from NULLS FIRST, code`

const selectClaimNeeds = `SELECT rule, any_of FROM reference.claim_needs ORDER BY rule, n`

const selectScopeKinds = `SELECT code, name_vi, name_en, for_vi, for_en FROM reference.scope_kinds ORDER BY position`

const selectDecisionReasons = `
SELECT code, decision, name_vi, name_en
FROM reference.decision_reasons
ORDER BY position`

type claimRow struct {
	Period

	Code        string           `db:"code"`
	Scheme      string           `db:"scheme"`
	Lines       postgres.Strings `db:"lines"`
	Forms       postgres.Strings `db:"forms"`
	ExceptForms postgres.Strings `db:"except_forms"`
	Scopes      postgres.Strings `db:"scopes"`
	NamedOnly   bool             `db:"named_only"`
	Source      string           `db:"source"`
}

// readClaims reads what schemes demand, after the schemes and the lines.
func (b *Book) readClaims(ctx context.Context, from postgres.Reader) error {
	var terms []Term
	var bands []StarBand
	var rules []claimRow
	var needs []struct {
		Rule  string           `db:"rule"`
		AnyOf postgres.Strings `db:"any_of"`
	}
	if err := errors.Join(
		from.Select(ctx, &terms, selectTerms), from.Select(ctx, &bands, selectStarBands),
		from.Select(ctx, &rules, selectClaimRules), from.Select(ctx, &needs, selectClaimNeeds),
		from.Select(ctx, &b.scopeKinds, selectScopeKinds), from.Select(ctx, &b.decisionReasons, selectDecisionReasons),
	); err != nil {
		return err
	}
	needed := make(map[string][][]Cover)
	for _, need := range needs {
		needed[need.Rule] = append(needed[need.Rule], covers(need.AnyOf))
	}
	for i := range b.schemes {
		scheme := &b.schemes[i]
		for _, term := range terms {
			if term.Scheme == scheme.Code {
				scheme.Terms = append(scheme.Terms, term)
				scheme.ValidityMonths, scheme.SurveillanceMonths = term.ValidityMonths, term.SurveillanceMonths // the last stays
			}
		}
		for _, band := range bands {
			if band.Scheme == scheme.Code {
				scheme.StarBands = append(scheme.StarBands, band)
			}
		}
		for _, row := range rules {
			if row.Scheme == scheme.Code {
				scheme.Claims = append(scheme.Claims, row.rule(needed[row.Code]))
			}
		}
	}
	return nil
}

func (r claimRow) rule(needs [][]Cover) ClaimRule {
	return ClaimRule{
		Period: r.Period, Code: r.Code, Scheme: r.Scheme, Lines: r.Lines, Forms: r.Forms, ExceptForms: r.ExceptForms,
		Scopes: r.Scopes, NamedOnly: r.NamedOnly, Needs: needs, Source: r.Source,
	}
}

// covers reads texts written "scheme scope".
func covers(texts []string) []Cover {
	list := make([]Cover, 0, len(texts))
	for _, text := range texts {
		scheme, scope, _ := strings.Cut(text, " ")
		list = append(list, Cover{Scheme: scheme, Scope: scope})
	}
	return list
}
