-- Each group scope of a certificate has a yearly ceiling of its own.
--
-- The ledger counts claims against ceilings that it knows by an id, and so far that was the
-- certificate's. The first scope with a ceiling keeps it: the claims that were made stay where
-- they are, with their seals, and so do those that the release before goes on to make. Every other
-- scope with a ceiling gets an id of its own.
-- +goose Up

ALTER TABLE catalog.certificate_scopes ADD COLUMN ceiling_id uuid;
COMMENT ON COLUMN catalog.certificate_scopes.ceiling_id IS
    'What the ledger counts the claims against this scope''s ceiling under: the certificate''s id for its first scope with a ceiling.';
COMMENT ON COLUMN ledger.claims.certificate_id IS
    'The ceiling: catalog.certificate_scopes.ceiling_id. Of a certificate''s first scope with a ceiling, the certificate''s own id.';
COMMENT ON COLUMN ledger.ceilings.certificate_id IS 'The ceiling: catalog.certificate_scopes.ceiling_id.';

UPDATE catalog.certificate_scopes s
   SET ceiling_id = CASE WHEN s.n = (SELECT min(f.n) FROM catalog.certificate_scopes f
                                      WHERE f.certificate_id = s.certificate_id AND f.ceiling IS NOT NULL)
                         THEN s.certificate_id ELSE gen_random_uuid() END
 WHERE s.ceiling IS NOT NULL;

-- Whoever writes a ceiling need not know of its id: the release before does not. Scopes are
-- written in the order of their numbers.
-- +goose StatementBegin
CREATE FUNCTION catalog.ceiling_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ceiling IS NULL THEN
        NEW.ceiling_id := NULL;
    ELSIF NEW.ceiling_id IS NULL THEN
        NEW.ceiling_id := CASE WHEN EXISTS (SELECT FROM catalog.certificate_scopes s
                                             WHERE s.certificate_id = NEW.certificate_id AND s.ceiling_id = NEW.certificate_id)
                               THEN gen_random_uuid() ELSE NEW.certificate_id END;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER ceiling_named BEFORE INSERT OR UPDATE ON catalog.certificate_scopes
    FOR EACH ROW EXECUTE FUNCTION catalog.ceiling_named();
ALTER TABLE catalog.certificate_scopes
    ADD CONSTRAINT certificate_scopes_ceiling_id_key UNIQUE (ceiling_id),
    ADD CONSTRAINT certificate_scopes_ceiling_named CHECK ((ceiling IS NULL) = (ceiling_id IS NULL));

-- The marks a product may show on a day, one row for each scope and rule that gives them: the one
-- place that decides. Both functions below read it.
CREATE FUNCTION catalog.marks_by_scope(on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, n smallint, scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT h.product_id, h.certificate_id, h.n, h.scheme, h.number, h.issued_on, h.valid_until, h.stars
      FROM (SELECT v.product_id, v.line, v.form, v.certificate_id, v.n, v.kind, v.named, v.scheme, v.number, v.issued_on, v.valid_until,
                   v.stars, array_agg(v.scheme || ' ' || v.kind) OVER (PARTITION BY v.product_id) AS held
              FROM catalog.covered(on_day) v) h
      JOIN reference.claim_rules r ON r.scheme = h.scheme AND h.kind = ANY (r.scopes) AND (h.named OR NOT r.named_only)
       AND (r.valid_from IS NULL OR r.valid_from <= on_day) AND (r.valid_to IS NULL OR r.valid_to >= on_day)
       AND (r.lines = '{}' OR h.line = ANY (r.lines))
       AND (r.forms = '{}' OR h.form = ANY (r.forms)) AND h.form <> ALL (r.except_forms)
     WHERE NOT EXISTS (SELECT FROM reference.claim_needs d WHERE d.rule = r.code AND NOT d.any_of && h.held)
$$;

CREATE OR REPLACE FUNCTION catalog.marks(on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT m.product_id, m.certificate_id, m.scheme, m.number, m.issued_on, m.valid_until, m.stars
      FROM catalog.marks_by_scope(on_day) m
$$;

-- +goose StatementBegin
CREATE FUNCTION catalog.backings_of(ids uuid[], on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, n smallint, scheme text, number text, ceiling bigint, ceiling_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT m.product_id, m.certificate_id, m.n, m.scheme, m.number, s.ceiling, s.ceiling_id
      FROM catalog.marks_by_scope(on_day) m
      JOIN catalog.certificate_scopes s ON s.certificate_id = m.certificate_id AND s.n = m.n
     WHERE m.product_id = ANY (ids);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION catalog.backings_of IS 'Through which scopes of certificates some products carry their marks; like marks_of it keeps its plan.';
