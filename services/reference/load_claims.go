package reference

const upsertScopeKinds = `
INSERT INTO reference.scope_kinds AS t
      (code, name_vi, name_en, for_vi, for_en, position)
SELECT code, name_vi, name_en, for_vi, for_en, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, for_vi text, for_en text, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, for_vi = excluded.for_vi, for_en = excluded.for_en,
       position = excluded.position
WHERE (t.name_vi, t.name_en, t.for_vi, t.for_en, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.for_vi, excluded.for_en, excluded.position)`

const upsertSchemeTerms = `
INSERT INTO reference.scheme_terms AS t
      (code, scheme, valid_from, valid_to, validity_months, validity_enforced, surveillance_months, source)
SELECT code, scheme, nullif(valid_from, '')::date, nullif(valid_to, '')::date, nullif(validity_months,
       '')::integer, validity_enforced, nullif(surveillance_months, '')::integer, source
FROM jsonb_to_recordset($1) AS given
      (code text, scheme text, valid_from text, valid_to text, validity_months text, validity_enforced boolean,
       surveillance_months text, source text)
ON CONFLICT (code) DO UPDATE SET
       scheme = excluded.scheme, valid_from = excluded.valid_from, valid_to = excluded.valid_to, validity_months =
       excluded.validity_months, validity_enforced = excluded.validity_enforced, surveillance_months =
       excluded.surveillance_months, source = excluded.source
WHERE (t.scheme, t.valid_from, t.valid_to, t.validity_months, t.validity_enforced, t.surveillance_months, t.source)
      IS DISTINCT FROM (excluded.scheme, excluded.valid_from, excluded.valid_to, excluded.validity_months,
       excluded.validity_enforced, excluded.surveillance_months, excluded.source)`

const pruneSchemeTerms = `
DELETE FROM reference.scheme_terms AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (code text)
    WHERE given.code = t.code)`

const upsertSchemeStars = `
INSERT INTO reference.scheme_stars AS t
      (code, scheme, stars, points_from, points_below, valid_from, valid_to, source)
SELECT code, scheme, stars, (points_from::numeric * 1000)::bigint, (points_below::numeric * 1000)::bigint,
       nullif(valid_from, '')::date, nullif(valid_to, '')::date, source
FROM jsonb_to_recordset($1) AS given
      (code text, scheme text, stars integer, points_from text, points_below text, valid_from text, valid_to text,
       source text)
ON CONFLICT (code) DO UPDATE SET
       scheme = excluded.scheme, stars = excluded.stars, points_from = excluded.points_from, points_below =
       excluded.points_below, valid_from = excluded.valid_from, valid_to = excluded.valid_to, source =
       excluded.source
WHERE (t.scheme, t.stars, t.points_from, t.points_below, t.valid_from, t.valid_to, t.source)
      IS DISTINCT FROM (excluded.scheme, excluded.stars, excluded.points_from, excluded.points_below,
       excluded.valid_from, excluded.valid_to, excluded.source)`

const pruneSchemeStars = `
DELETE FROM reference.scheme_stars AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (code text)
    WHERE given.code = t.code)`

const upsertClaimRules = `
INSERT INTO reference.claim_rules AS t
      (code, scheme, lines, ocop_groups, forms, except_forms, scopes, named_only, valid_from, valid_to, source)
SELECT code, scheme,
       coalesce(string_to_array(nullif(lines, ''), '|'), '{}') || ARRAY(
           SELECT l.code FROM reference.product_lines l
            WHERE l.ocop_group = ANY (string_to_array(ocop_groups, '|')) ORDER BY l.position),
       coalesce(string_to_array(nullif(ocop_groups, ''), '|'), '{}'), coalesce(string_to_array(nullif(forms, ''), '|'), '{}'),
       coalesce(string_to_array(nullif(except_forms, ''), '|'), '{}'), coalesce(string_to_array(nullif(scopes, ''), '|'), '{}'),
       named_only, nullif(valid_from, '')::date, nullif(valid_to, '')::date, source
FROM jsonb_to_recordset($1) AS given
      (code text, scheme text, lines text, ocop_groups text, forms text, except_forms text, scopes text,
       named_only boolean, valid_from text, valid_to text, source text)
ON CONFLICT (code) DO UPDATE SET
       scheme = excluded.scheme, lines = excluded.lines, ocop_groups = excluded.ocop_groups, forms =
       excluded.forms, except_forms = excluded.except_forms, scopes = excluded.scopes, named_only =
       excluded.named_only, valid_from = excluded.valid_from, valid_to = excluded.valid_to, source =
       excluded.source
WHERE (t.scheme, t.lines, t.ocop_groups, t.forms, t.except_forms, t.scopes, t.named_only, t.valid_from,
       t.valid_to, t.source)
      IS DISTINCT FROM (excluded.scheme, excluded.lines, excluded.ocop_groups, excluded.forms,
       excluded.except_forms, excluded.scopes, excluded.named_only, excluded.valid_from, excluded.valid_to,
       excluded.source)`

const pruneClaimRules = `
DELETE FROM reference.claim_rules AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (code text)
    WHERE given.code = t.code)`

const upsertClaimNeeds = `
INSERT INTO reference.claim_needs AS t
      (rule, n, any_of)
SELECT rule, n, coalesce(string_to_array(nullif(any_of, ''), '|'), '{}')
FROM jsonb_to_recordset($1) AS given
      (rule text, n integer, any_of text)
ON CONFLICT (rule, n) DO UPDATE SET
       any_of = excluded.any_of
WHERE t.any_of IS DISTINCT FROM excluded.any_of`

const pruneClaimNeeds = `
DELETE FROM reference.claim_needs AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (rule text, n integer)
    WHERE given.rule = t.rule AND given.n = t.n)`

const upsertDecisionReasons = `
INSERT INTO reference.decision_reasons AS t
      (code, decision, name_vi, name_en, position)
SELECT code, decision, name_vi, name_en, position
FROM jsonb_to_recordset($1) AS given
      (code text, decision text, name_vi text, name_en text, position integer)
ON CONFLICT (code) DO UPDATE SET
       decision = excluded.decision, name_vi = excluded.name_vi, name_en = excluded.name_en, position =
       excluded.position
WHERE (t.decision, t.name_vi, t.name_en, t.position)
      IS DISTINCT FROM (excluded.decision, excluded.name_vi, excluded.name_en, excluded.position)`
