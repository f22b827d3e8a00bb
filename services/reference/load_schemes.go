package reference

// schemesFacts are certification schemes and what they demand, parents before children.
func schemesFacts() []table {
	return []table{
		{name: "schemes", upsert: upsertSchemes},
		{name: "scheme_scopes", upsert: upsertSchemeScopes, prune: pruneSchemeScopes},
		{name: "ocop_issuers", upsert: upsertOCOPIssuers, prune: pruneOCOPIssuers},
		{name: "scope_kinds", upsert: upsertScopeKinds},
		{name: "scheme_terms", upsert: upsertSchemeTerms, prune: pruneSchemeTerms},
		{name: "scheme_stars", upsert: upsertSchemeStars, prune: pruneSchemeStars},
		{name: "claim_rules", upsert: upsertClaimRules, prune: pruneClaimRules},
		{name: "claim_needs", upsert: upsertClaimNeeds, prune: pruneClaimNeeds},
		{name: "decision_reasons", upsert: upsertDecisionReasons},
	}
}

const upsertSchemes = `
INSERT INTO reference.schemes AS t
      (code, name_vi, name_en, kind, warn_days, warn_days_least, warn_days_by_law, per_system,
       claim_needs, number_format, number_format_unverified, number_pattern, number_check, issuer_vi, issuer_en,
       public_register, public_register_unverified, note_vi, note_en, position)
SELECT code, name_vi, name_en, kind, warn_days, nullif(warn_days_least, '')::integer, warn_days_by_law, per_system,
       nullif(claim_needs, ''), number_format, number_format_unverified, number_pattern, number_check, issuer_vi, issuer_en,
       public_register, public_register_unverified, note_vi, note_en, position
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, kind text, warn_days integer, warn_days_least text,
       warn_days_by_law boolean, per_system boolean, claim_needs text, number_format text,
       number_format_unverified boolean, number_pattern text, number_check text, issuer_vi text, issuer_en text,
       public_register text, public_register_unverified boolean, note_vi text, note_en text, position integer)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, kind = excluded.kind, warn_days = excluded.warn_days,
       warn_days_least = excluded.warn_days_least, warn_days_by_law = excluded.warn_days_by_law,
       per_system = excluded.per_system, claim_needs = excluded.claim_needs, number_format = excluded.number_format,
       number_format_unverified = excluded.number_format_unverified, number_pattern = excluded.number_pattern,
       number_check = excluded.number_check, issuer_vi = excluded.issuer_vi, issuer_en = excluded.issuer_en,
       public_register = excluded.public_register, public_register_unverified = excluded.public_register_unverified,
       note_vi = excluded.note_vi, note_en = excluded.note_en, position = excluded.position
WHERE (t.name_vi, t.name_en, t.kind, t.warn_days, t.warn_days_least, t.warn_days_by_law, t.per_system,
       t.claim_needs, t.number_format, t.number_format_unverified, t.number_pattern, t.number_check, t.issuer_vi,
       t.issuer_en, t.public_register, t.public_register_unverified, t.note_vi, t.note_en, t.position)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.kind, excluded.warn_days,
       excluded.warn_days_least, excluded.warn_days_by_law, excluded.per_system, excluded.claim_needs,
       excluded.number_format, excluded.number_format_unverified, excluded.number_pattern, excluded.number_check,
       excluded.issuer_vi, excluded.issuer_en, excluded.public_register, excluded.public_register_unverified,
       excluded.note_vi, excluded.note_en, excluded.position)`

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
