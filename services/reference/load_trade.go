package reference

// tradeFacts are buyer systems, published prices and seasons, parents before children.
func tradeFacts() []table {
	return []table{
		{name: "buyer_systems", upsert: upsertBuyerSystems},
		{name: "buyer_system_brands", upsert: upsertBuyerSystemBrands, prune: pruneBuyerSystemBrands},
		{name: "reference_prices", upsert: upsertReferencePrices, prune: pruneReferencePrices},
		{name: "seasons", upsert: upsertSeasons, prune: pruneSeasons},
		{name: "season_months", upsert: upsertSeasonMonths, prune: pruneSeasonMonths},
	}
}

const upsertBuyerSystems = `
INSERT INTO reference.buyer_systems AS t
      (code, name_vi, name_en, kind, position)
SELECT code, name_vi, name_en, kind, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, kind text, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, kind = excluded.kind,
       position = excluded.position
WHERE (t.name_vi, t.name_en, t.kind, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.kind, excluded.position)`

const upsertBuyerSystemBrands = `
INSERT INTO reference.buyer_system_brands AS t
      (system, brand, position)
SELECT system, brand, position
FROM jsonb_to_recordset($1) AS given
      (system text, brand text, position integer)
ON CONFLICT (system, brand) DO UPDATE SET
       position = excluded.position
WHERE t.position IS DISTINCT FROM excluded.position`

const pruneBuyerSystemBrands = `
DELETE FROM reference.buyer_system_brands AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (system text, brand text)
    WHERE given.system = t.system AND given.brand = t.brand)`

const upsertReferencePrices = `
INSERT INTO reference.reference_prices AS t
      (published_on, subject, line, grade, price_min_vnd, price_max_vnd, stage, source, position)
SELECT published_on, subject, nullif(line, ''), grade, price_min_vnd, price_max_vnd, stage, source, position
FROM jsonb_to_recordset($1) AS given
      (published_on date, subject text, line text, grade text, price_min_vnd bigint, price_max_vnd bigint,
       stage text, source text, position integer)
ON CONFLICT (published_on, subject, grade, stage, source) DO UPDATE SET
       line = excluded.line, price_min_vnd = excluded.price_min_vnd, price_max_vnd = excluded.price_max_vnd,
       position = excluded.position
WHERE (t.line, t.price_min_vnd, t.price_max_vnd, t.position)
      IS DISTINCT FROM (excluded.line, excluded.price_min_vnd, excluded.price_max_vnd, excluded.position)`

const pruneReferencePrices = `
DELETE FROM reference.reference_prices AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (published_on date, subject text, grade text, stage text, source text)
    WHERE given.published_on = t.published_on AND given.subject = t.subject AND given.grade = t.grade
      AND given.stage = t.stage AND given.source = t.source)`

const upsertSeasons = `
INSERT INTO reference.seasons AS t
      (line, qualifier, name_vi, name_en, note_vi, note_en, position)
SELECT line, qualifier, name_vi, name_en, note_vi, note_en, position
FROM jsonb_to_recordset($1) AS given
      (line text, qualifier text, name_vi text, name_en text, note_vi text, note_en text, position integer)
ON CONFLICT (line, qualifier) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, note_vi = excluded.note_vi,
       note_en = excluded.note_en, position = excluded.position
WHERE (t.name_vi, t.name_en, t.note_vi, t.note_en, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.note_vi, excluded.note_en,
       excluded.position)`

const pruneSeasons = `
DELETE FROM reference.seasons AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (line text, qualifier text)
    WHERE given.line = t.line AND given.qualifier = t.qualifier)`

const upsertSeasonMonths = `
INSERT INTO reference.season_months AS t
      (line, qualifier, month, level)
SELECT line, qualifier, month, level
FROM jsonb_to_recordset($1) AS given
      (line text, qualifier text, month integer, level text)
ON CONFLICT (line, qualifier, month) DO UPDATE SET
       level = excluded.level
WHERE t.level IS DISTINCT FROM excluded.level`

const pruneSeasonMonths = `
DELETE FROM reference.season_months AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (line text, qualifier text, month integer)
    WHERE given.line = t.line AND given.qualifier = t.qualifier AND given.month = t.month)`
