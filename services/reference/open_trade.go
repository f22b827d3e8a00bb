package reference

import (
	"context"
	"errors"

	"github.com/ocop-market/ocop/pkg/postgres"
)

const selectSchemes = `
SELECT code, name_vi, name_en, kind, warn_days, coalesce(warn_days_least, 0) AS warn_days_least, warn_days_by_law,
       per_system, coalesce(claim_needs, '') AS claim_needs, number_format, number_format_unverified, number_pattern,
       number_check, issuer_vi, issuer_en, public_register, public_register_unverified, note_vi, note_en
FROM reference.schemes
ORDER BY position`

const selectScopes = `SELECT scheme AS owner, scope AS text FROM reference.scheme_scopes ORDER BY scheme, position`

const selectIssuers = `
SELECT code, stars, issuer, decided_from, decided_to, source
FROM reference.ocop_issuers
ORDER BY stars, code`

func (b *Book) readSchemes(ctx context.Context, from postgres.Reader) error {
	scopes, err := readTexts(ctx, from, selectScopes)
	if err := errors.Join(err,
		from.Select(ctx, &b.schemes, selectSchemes),
		from.Select(ctx, &b.issuers, selectIssuers),
	); err != nil {
		return err
	}
	for i := range b.schemes {
		b.schemes[i].Scopes = orEmpty(scopes[b.schemes[i].Code])
	}
	return nil
}

const selectSystems = `SELECT code, name_vi, name_en, kind FROM reference.buyer_systems ORDER BY position`

const selectBrands = `SELECT system AS owner, brand AS text FROM reference.buyer_system_brands ORDER BY system, position`

const selectPrices = `
SELECT published_on, subject, coalesce(line, '') AS line, grade, price_min_vnd, price_max_vnd, stage, source
FROM reference.reference_prices
ORDER BY published_on DESC, position`

func (b *Book) readTrade(ctx context.Context, from postgres.Reader) error {
	brands, err := readTexts(ctx, from, selectBrands)
	if err := errors.Join(err,
		from.Select(ctx, &b.systems, selectSystems),
		from.Select(ctx, &b.prices, selectPrices),
	); err != nil {
		return err
	}
	for i := range b.systems {
		b.systems[i].Brands = orEmpty(brands[b.systems[i].Code])
	}
	return nil
}

const selectSeasons = `
SELECT line, qualifier, name_vi, name_en, note_vi, note_en
FROM reference.seasons
ORDER BY position`

const selectMonths = `SELECT line, qualifier, month, level FROM reference.season_months`

func (b *Book) readSeasons(ctx context.Context, from postgres.Reader) error {
	var months []struct {
		Line      string `db:"line"`
		Qualifier string `db:"qualifier"`
		Month     int    `db:"month"`
		Level     string `db:"level"`
	}
	if err := errors.Join(
		from.Select(ctx, &b.seasons, selectSeasons),
		from.Select(ctx, &months, selectMonths),
	); err != nil {
		return err
	}
	type way struct{ line, qualifier string }
	levels := make(map[way][12]string)
	for _, m := range months {
		at := way{m.Line, m.Qualifier}
		year := levels[at]
		year[m.Month-1] = m.Level
		levels[at] = year
	}
	for i := range b.seasons {
		b.seasons[i].Levels = levels[way{b.seasons[i].Line, b.seasons[i].Qualifier}]
	}
	return nil
}
