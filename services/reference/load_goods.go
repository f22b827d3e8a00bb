package reference

// goodsFacts are OCOP groups, units, forms, product lines and their grades, parents before children.
func goodsFacts() []table {
	return []table{
		{name: "ocop_groups", upsert: upsertOCOPGroups},
		{name: "units", upsert: upsertUnits},
		{name: "forms", upsert: upsertForms},
		{name: "product_lines", upsert: upsertProductLines},
		{name: "line_synonyms", upsert: upsertLineSynonyms, prune: pruneLineSynonyms},
		{name: "line_forms", upsert: upsertLineForms, prune: pruneLineForms},
		{name: "grade_fields", upsert: upsertGradeFields},
		{name: "line_grade_fields", upsert: upsertLineGradeFields, prune: pruneLineGradeFields},
		{name: "grade_choices", upsert: upsertGradeChoices, prune: pruneGradeChoices},
	}
}

const upsertOCOPGroups = `
INSERT INTO reference.ocop_groups AS t
      (code, name_vi, name_en, position)
SELECT code, name_vi, name_en, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, position = excluded.position
WHERE (t.name_vi, t.name_en, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.position)`

const upsertUnits = `
INSERT INTO reference.units AS t
      (code, name_vi, name_en, measure, weighed, position)
SELECT code, name_vi, name_en, measure, weighed, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, measure text, weighed boolean, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, measure = excluded.measure,
       weighed = excluded.weighed, position = excluded.position
WHERE (t.name_vi, t.name_en, t.measure, t.weighed, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.measure, excluded.weighed,
       excluded.position)`

const upsertForms = `
INSERT INTO reference.forms AS t
      (code, name_vi, name_en, state, position)
SELECT code, name_vi, name_en, state, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, state text, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, state = excluded.state,
       position = excluded.position
WHERE (t.name_vi, t.name_en, t.state, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.state, excluded.position)`

const upsertProductLines = `
INSERT INTO reference.product_lines AS t
      (code, name_vi, name_en, scientific, ocop_group, unit, live_quote_hours, position)
SELECT code, name_vi, name_en, scientific, ocop_group, unit, nullif(live_quote_hours, '')::integer, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, scientific text, ocop_group text, unit text,
       live_quote_hours text, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, scientific = excluded.scientific,
       ocop_group = excluded.ocop_group, unit = excluded.unit, live_quote_hours = excluded.live_quote_hours,
       position = excluded.position
WHERE (t.name_vi, t.name_en, t.scientific, t.ocop_group, t.unit, t.live_quote_hours, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.scientific, excluded.ocop_group,
       excluded.unit, excluded.live_quote_hours, excluded.position)`

const upsertLineSynonyms = `
INSERT INTO reference.line_synonyms AS t
      (line, synonym, position)
SELECT line, synonym, position
FROM jsonb_to_recordset($1) AS given
      (line text, synonym text, position integer)
ON CONFLICT (line, synonym) DO UPDATE SET
       position = excluded.position
WHERE t.position IS DISTINCT FROM excluded.position`

const pruneLineSynonyms = `
DELETE FROM reference.line_synonyms AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (line text, synonym text)
    WHERE given.line = t.line AND given.synonym = t.synonym)`

const upsertLineForms = `
INSERT INTO reference.line_forms AS t
      (line, form, position)
SELECT line, form, position
FROM jsonb_to_recordset($1) AS given
      (line text, form text, position integer)
ON CONFLICT (line, form) DO UPDATE SET
       position = excluded.position
WHERE t.position IS DISTINCT FROM excluded.position`

const pruneLineForms = `
DELETE FROM reference.line_forms AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (line text, form text)
    WHERE given.line = t.line AND given.form = t.form)`

const upsertGradeFields = `
INSERT INTO reference.grade_fields AS t
      (code, type, name_vi, name_en, prefix_vi, prefix_en, suffix_vi, suffix_en, least_thousandths,
       most_thousandths)
SELECT code, type, name_vi, name_en, prefix_vi, prefix_en, suffix_vi, suffix_en,
       (nullif(least, '')::numeric * 1000)::bigint, (nullif(most, '')::numeric * 1000)::bigint
FROM jsonb_to_recordset($1) AS given
      (code text, type text, name_vi text, name_en text, prefix_vi text, prefix_en text, suffix_vi text,
       suffix_en text, least text, most text)
ON CONFLICT (code) DO UPDATE SET
       type = excluded.type, name_vi = excluded.name_vi, name_en = excluded.name_en,
       prefix_vi = excluded.prefix_vi, prefix_en = excluded.prefix_en, suffix_vi = excluded.suffix_vi,
       suffix_en = excluded.suffix_en, least_thousandths = excluded.least_thousandths,
       most_thousandths = excluded.most_thousandths
WHERE (t.type, t.name_vi, t.name_en, t.prefix_vi, t.prefix_en, t.suffix_vi, t.suffix_en, t.least_thousandths,
       t.most_thousandths)
      IS DISTINCT FROM (excluded.type, excluded.name_vi, excluded.name_en, excluded.prefix_vi,
       excluded.prefix_en, excluded.suffix_vi, excluded.suffix_en, excluded.least_thousandths,
       excluded.most_thousandths)`

const upsertLineGradeFields = `
INSERT INTO reference.line_grade_fields AS t
      (line, field, form_state, required, reported, position)
SELECT line, field, nullif(form_state, ''), required, reported, position
FROM jsonb_to_recordset($1) AS given
      (line text, field text, form_state text, required boolean, reported boolean, position integer)
ON CONFLICT (line, field) DO UPDATE SET
       form_state = excluded.form_state, required = excluded.required, reported = excluded.reported,
       position = excluded.position
WHERE (t.form_state, t.required, t.reported, t.position)
      IS DISTINCT FROM (excluded.form_state, excluded.required, excluded.reported, excluded.position)`

const pruneLineGradeFields = `
DELETE FROM reference.line_grade_fields AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (line text, field text)
    WHERE given.line = t.line AND given.field = t.field)`

const upsertGradeChoices = `
INSERT INTO reference.grade_choices AS t
      (line, field, choice, name_vi, name_en, position)
SELECT line, field, choice, name_vi, name_en, position
FROM jsonb_to_recordset($1) AS given
      (line text, field text, choice text, name_vi text, name_en text, position integer)
ON CONFLICT (line, field, choice) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, position = excluded.position
WHERE (t.name_vi, t.name_en, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.position)`

const pruneGradeChoices = `
DELETE FROM reference.grade_choices AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (line text, field text, choice text)
    WHERE given.line = t.line AND given.field = t.field AND given.choice = t.choice)`
