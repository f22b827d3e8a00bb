package reference

import (
	"context"
	"errors"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// supplyFacts are the tides and who must declare sources.
func supplyFacts() []table {
	return []table{
		{name: "tides", upsert: upsertTides, prune: pruneTides},
		{name: "source_rules", upsert: upsertSourceRules, prune: pruneSourceRules},
	}
}

const upsertTides = `
INSERT INTO reference.tides AS t
      (code, effective_from, name_vi, name_en, lunar_day, days_before, days_after, source, verified, position)
SELECT code, effective_from, name_vi, name_en, lunar_day, days_before, days_after, source, verified, position
FROM jsonb_to_recordset($1) AS given
      (code text, effective_from date, name_vi text, name_en text, lunar_day integer, days_before integer,
       days_after integer, source text, verified boolean, position integer)
ON CONFLICT (code, effective_from) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, lunar_day = excluded.lunar_day,
       days_before = excluded.days_before, days_after = excluded.days_after, source = excluded.source,
       verified = excluded.verified, position = excluded.position
WHERE (t.name_vi, t.name_en, t.lunar_day, t.days_before, t.days_after, t.source, t.verified, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.lunar_day, excluded.days_before,
       excluded.days_after, excluded.source, excluded.verified, excluded.position)`

const pruneTides = `
DELETE FROM reference.tides AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (code text, effective_from date)
    WHERE given.code = t.code AND given.effective_from = t.effective_from)`

const upsertSourceRules = `
INSERT INTO reference.source_rules AS t
      (legal_form, effective_from, demand, note_vi, note_en, source, position)
SELECT legal_form, effective_from, demand, note_vi, note_en, source, position
FROM jsonb_to_recordset($1) AS given
      (legal_form text, effective_from date, demand text, note_vi text, note_en text, source text, position integer)
ON CONFLICT (legal_form, effective_from) DO UPDATE SET
       demand = excluded.demand, note_vi = excluded.note_vi, note_en = excluded.note_en, source = excluded.source,
       position = excluded.position
WHERE (t.demand, t.note_vi, t.note_en, t.source, t.position)
      IS DISTINCT FROM (excluded.demand, excluded.note_vi, excluded.note_en, excluded.source, excluded.position)`

const pruneSourceRules = `
DELETE FROM reference.source_rules AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (legal_form text, effective_from date)
    WHERE given.legal_form = t.legal_form AND given.effective_from = t.effective_from)`

const selectTides = `
SELECT code, effective_from, name_vi, name_en, lunar_day, days_before, days_after, source, verified
FROM reference.tides
ORDER BY effective_from DESC, position`

const selectSourceRules = `
SELECT legal_form, effective_from, demand, note_vi, note_en, source
FROM reference.source_rules
ORDER BY effective_from DESC, position`

func (b *Book) readSupply(ctx context.Context, from postgres.Reader) error {
	return errors.Join(
		from.Select(ctx, &b.tides, selectTides),
		from.Select(ctx, &b.sourceRules, selectSourceRules),
	)
}
