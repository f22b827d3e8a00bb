package reference

// schemesFacts are certification schemes and who may decide on OCOP stars, parents before children.
func schemesFacts() []table {
	return []table{
		{name: "schemes", upsert: upsertSchemes},
		{name: "scheme_scopes", upsert: upsertSchemeScopes, prune: pruneSchemeScopes},
		{name: "ocop_issuers", upsert: upsertOCOPIssuers, prune: pruneOCOPIssuers},
	}
}

const upsertSchemes = `
INSERT INTO reference.schemes AS t
      (code, name_vi, name_en, kind, validity_months, surveillance_months, warn_days, warn_days_by_law,
       claim_needs, number_format, number_format_unverified, issuer_vi, issuer_en, public_register,
       public_register_unverified, note_vi, note_en, position)
SELECT code, name_vi, name_en, kind, nullif(validity_months, '')::integer,
       nullif(surveillance_months, '')::integer, warn_days, warn_days_by_law, nullif(claim_needs, ''),
       number_format, number_format_unverified, issuer_vi, issuer_en, public_register,
       public_register_unverified, note_vi, note_en, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, kind text, validity_months text, surveillance_months text,
       warn_days integer, warn_days_by_law boolean, claim_needs text, number_format text,
       number_format_unverified boolean, issuer_vi text, issuer_en text, public_register text,
       public_register_unverified boolean, note_vi text, note_en text, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, kind = excluded.kind,
       validity_months = excluded.validity_months, surveillance_months = excluded.surveillance_months,
       warn_days = excluded.warn_days, warn_days_by_law = excluded.warn_days_by_law,
       claim_needs = excluded.claim_needs, number_format = excluded.number_format,
       number_format_unverified = excluded.number_format_unverified, issuer_vi = excluded.issuer_vi,
       issuer_en = excluded.issuer_en, public_register = excluded.public_register,
       public_register_unverified = excluded.public_register_unverified, note_vi = excluded.note_vi,
       note_en = excluded.note_en, position = excluded.position
WHERE (t.name_vi, t.name_en, t.kind, t.validity_months, t.surveillance_months, t.warn_days, t.warn_days_by_law,
       t.claim_needs, t.number_format, t.number_format_unverified, t.issuer_vi, t.issuer_en, t.public_register,
       t.public_register_unverified, t.note_vi, t.note_en, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.kind, excluded.validity_months,
       excluded.surveillance_months, excluded.warn_days, excluded.warn_days_by_law, excluded.claim_needs,
       excluded.number_format, excluded.number_format_unverified, excluded.issuer_vi, excluded.issuer_en,
       excluded.public_register, excluded.public_register_unverified, excluded.note_vi, excluded.note_en,
       excluded.position)`

const upsertSchemeScopes = `
INSERT INTO reference.scheme_scopes AS t
      (scheme, scope, position)
SELECT scheme, scope, position
FROM jsonb_to_recordset($1) AS given
      (scheme text, scope text, position integer)
ON CONFLICT (scheme, scope) DO UPDATE SET
       position = excluded.position
WHERE t.position IS DISTINCT FROM excluded.position`

const pruneSchemeScopes = `
DELETE FROM reference.scheme_scopes AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (scheme text, scope text)
    WHERE given.scheme = t.scheme AND given.scope = t.scope)`

const upsertOCOPIssuers = `
INSERT INTO reference.ocop_issuers AS t
      (code, stars, issuer, decided_from, decided_to, source)
SELECT code, stars, issuer, nullif(decided_from, '')::date, nullif(decided_to, '')::date, source
FROM jsonb_to_recordset($1) AS given
      (code text, stars integer, issuer text, decided_from text, decided_to text, source text)
ON CONFLICT (code) DO UPDATE SET
       stars = excluded.stars, issuer = excluded.issuer, decided_from = excluded.decided_from,
       decided_to = excluded.decided_to, source = excluded.source
WHERE (t.stars, t.issuer, t.decided_from, t.decided_to, t.source)
      IS DISTINCT FROM (excluded.stars, excluded.issuer, excluded.decided_from, excluded.decided_to,
       excluded.source)`

const pruneOCOPIssuers = `
DELETE FROM reference.ocop_issuers AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (code text)
    WHERE given.code = t.code)`
