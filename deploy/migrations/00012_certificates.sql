-- Certificates with a life: what schemes demand as rows with effective dates, several scopes for a
-- certificate, members of groups, decisions and surveillance as history, renewals, and the marks
-- that follow from all of it.
-- +goose Up

-- What a scheme is, beside what it was.
ALTER TABLE reference.schemes
    ADD COLUMN warn_days_least smallint CHECK (warn_days_least > 0),
    ADD COLUMN per_system      boolean NOT NULL DEFAULT false,
    ADD COLUMN number_pattern  text    NOT NULL DEFAULT '',
    ADD COLUMN number_check    text    NOT NULL DEFAULT '' CHECK (number_check IN ('', 'gs1')),
    ADD CONSTRAINT schemes_warned_in_time CHECK (warn_days >= warn_days_least);
COMMENT ON COLUMN reference.schemes.warn_days IS 'Days before its end from which a certificate counts as expiring.';
COMMENT ON COLUMN reference.schemes.warn_days_least IS 'The warning that the scheme itself demands, days; NULL: none.';
COMMENT ON COLUMN reference.schemes.per_system IS 'Given for one retail system: its scopes name the system.';
COMMENT ON COLUMN reference.schemes.number_pattern IS 'How numbers look (a regular expression): a number that differs is remarked on, never refused.';

ALTER TABLE reference.scheme_scopes DROP CONSTRAINT scheme_scopes_scope_check;
ALTER TABLE reference.scheme_scopes ADD CONSTRAINT scheme_scopes_scope_check CHECK (scope IN
    ('organisation', 'facility', 'farm_area', 'group', 'product', 'chain_of_custody', 'brand_right'));

CREATE TABLE reference.scope_kinds (
    code     text     PRIMARY KEY CHECK (code IN
             ('organisation', 'facility', 'farm_area', 'group', 'product', 'chain_of_custody', 'brand_right')),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    for_vi   text     NOT NULL CHECK (for_vi <> ''),
    for_en   text     NOT NULL CHECK (for_en <> ''),
    position smallint NOT NULL
);
COMMENT ON COLUMN reference.scope_kinds.for_vi IS 'Completes "a certificate valid …": for the plant that packs.';

-- How long a certificate lives and when it is looked at again, by the day it was issued.
CREATE TABLE reference.scheme_terms (
    code                text     PRIMARY KEY,
    scheme              text     NOT NULL REFERENCES reference.schemes,
    valid_from          date,
    valid_to            date     CHECK (valid_to >= valid_from),
    validity_months     smallint CHECK (validity_months > 0),
    validity_enforced   boolean  NOT NULL CHECK (NOT validity_enforced OR validity_months IS NOT NULL),
    surveillance_months smallint CHECK (surveillance_months > 0),
    source              text     NOT NULL CHECK (source <> '')
);
COMMENT ON TABLE reference.scheme_terms IS 'The version in force on the day of issue decides; both days inclusive, NULL: open.';

CREATE TABLE reference.scheme_stars (
    code         text     PRIMARY KEY,
    scheme       text     NOT NULL REFERENCES reference.schemes,
    stars        smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    points_from  bigint   NOT NULL CHECK (points_from >= 0),
    points_below bigint   NOT NULL CHECK (points_below > points_from),
    valid_from   date,
    valid_to     date     CHECK (valid_to >= valid_from),
    source       text     NOT NULL CHECK (source <> '')
);
COMMENT ON TABLE reference.scheme_stars IS 'Stars a scheme gives and the points they take, thousandths of a point.';

-- What may show a mark: goods, forms and scopes. Needs are what must stand beside the certificate.
CREATE TABLE reference.claim_rules (
    code         text    PRIMARY KEY,
    scheme       text    NOT NULL REFERENCES reference.schemes,
    lines        text[]  NOT NULL,
    ocop_groups  text[]  NOT NULL,
    forms        text[]  NOT NULL,
    except_forms text[]  NOT NULL,
    scopes       text[]  NOT NULL CHECK (cardinality(scopes) > 0),
    named_only   boolean NOT NULL,
    valid_from   date,
    valid_to     date    CHECK (valid_to >= valid_from),
    source       text    NOT NULL CHECK (source <> '')
);
COMMENT ON TABLE reference.claim_rules IS
    'A product may show the mark of a scheme when one rule in force on the day fits its line and form, its certificate''s scope, and every need of the rule is met.';
COMMENT ON COLUMN reference.claim_rules.lines IS 'Lines it is for, those of ocop_groups among them; empty: every line.';
COMMENT ON COLUMN reference.claim_rules.forms IS 'Forms it is for; empty: every form but those of except_forms.';
COMMENT ON COLUMN reference.claim_rules.named_only IS 'Only for products that the certificate names.';

CREATE TABLE reference.claim_needs (
    rule   text     NOT NULL REFERENCES reference.claim_rules,
    n      smallint NOT NULL CHECK (n > 0),
    any_of text[]   NOT NULL CHECK (cardinality(any_of) > 0),
    PRIMARY KEY (rule, n)
);
COMMENT ON COLUMN reference.claim_needs.any_of IS
    'One of these must cover the product on the day as well, each written "scheme scope": "ASC_COC facility".';

CREATE TABLE reference.decision_reasons (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    decision text     NOT NULL CHECK (decision IN ('rejected', 'revoked')),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    position smallint NOT NULL
);

-- Who buys from farms and sells on inherits no certificate of a group.
ALTER TABLE identity.legal_forms ADD COLUMN sells_on boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN identity.legal_forms.sells_on IS 'Buys from farms and sells on: inherits no certificate.';
UPDATE identity.legal_forms SET sells_on = true WHERE code = 'collector';

ALTER TABLE catalog.certificates DROP CONSTRAINT certificates_scope_kind_check;
ALTER TABLE catalog.certificates
    ADD CONSTRAINT certificates_scope_kind_check CHECK (scope_kind IN
        ('organisation', 'facility', 'farm_area', 'group', 'product', 'chain_of_custody', 'brand_right')),
    ADD COLUMN points      bigint CHECK (points BETWEEN 0 AND 100000),
    ADD COLUMN renews_id   uuid   CONSTRAINT certificates_renews_fkey REFERENCES catalog.certificates CHECK (renews_id <> id),
    ADD COLUMN verified_on date,
    ADD COLUMN revoked_on  date,
    ADD COLUMN reason_code text   REFERENCES reference.decision_reasons;
COMMENT ON COLUMN catalog.certificates.scope_kind IS 'Of its first scope, as scope and lines: for the release before certificate_scopes.';
COMMENT ON COLUMN catalog.certificates.verified_on IS 'The first day on which it counts, as far as decisions go.';
COMMENT ON COLUMN catalog.certificates.revoked_on IS 'The first day on which it counts no more.';
CREATE UNIQUE INDEX certificates_renews_key ON catalog.certificates (renews_id)
 WHERE renews_id IS NOT NULL AND state IN ('submitted', 'verified');
CREATE INDEX certificates_counting ON catalog.certificates (producer_id) WHERE verified_on IS NOT NULL;
CREATE INDEX certificates_waiting ON catalog.certificates (created_at, id) WHERE state = 'submitted';
CREATE INDEX certificates_by_number ON catalog.certificates (scheme, upper(number));

UPDATE catalog.certificates c
   SET verified_on = CAST(coalesce((SELECT min(e.at) FROM identity.audit_events e
                                     WHERE e.subject_id = c.id AND e.action = 'certificate.verified'),
                                   CASE c.state WHEN 'verified' THEN c.decided_at ELSE c.created_at END)
                          AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date),
       revoked_on = CASE WHEN c.state = 'revoked' THEN CAST(c.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) END
 WHERE c.state IN ('verified', 'revoked');
ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_counted CHECK (
    (state IN ('verified', 'revoked')) = (verified_on IS NOT NULL) AND (state = 'revoked') = (revoked_on IS NOT NULL));

CREATE TABLE catalog.certificate_scopes (
    certificate_id uuid     NOT NULL REFERENCES catalog.certificates ON DELETE CASCADE,
    n              smallint NOT NULL CHECK (n > 0),
    kind           text     NOT NULL CHECK (kind IN
                   ('organisation', 'facility', 'farm_area', 'group', 'product', 'chain_of_custody', 'brand_right')),
    name           text     NOT NULL DEFAULT '',
    site           text     NOT NULL DEFAULT '',
    commune        text     REFERENCES reference.communes,
    system         text     REFERENCES reference.buyer_systems,
    area           bigint   CHECK (area >= 0),
    ceiling        bigint   CHECK (ceiling > 0),
    lines          text[]   NOT NULL DEFAULT '{}',
    note           text     NOT NULL DEFAULT '',
    PRIMARY KEY (certificate_id, n),
    CONSTRAINT certificate_scopes_ceiling CHECK (ceiling IS NULL OR kind = 'group')
);
COMMENT ON TABLE catalog.certificate_scopes IS 'What a certificate covers, in one or several parts.';
COMMENT ON COLUMN catalog.certificate_scopes.area IS 'Certified area, thousandths of a hectare.';
COMMENT ON COLUMN catalog.certificate_scopes.ceiling IS 'Most that may be sold under the claim in a calendar year, thousandths of a kilogram; NULL: none.';
COMMENT ON COLUMN catalog.certificate_scopes.lines IS 'Product lines it covers when it names no products.';
COMMENT ON COLUMN catalog.certificate_scopes.system IS 'The retail system it is given for, where the scheme is one for each system.';

INSERT INTO catalog.certificate_scopes (certificate_id, n, kind, area, lines, note)
SELECT c.id, 1, c.scope_kind, CAST(CAST(c.scope ->> 'area_ha' AS numeric) * 1000 AS bigint), c.lines, coalesce(c.scope ->> 'note', '')
  FROM catalog.certificates c;

CREATE TABLE catalog.certificate_members (
    certificate_id uuid     NOT NULL,
    n              smallint NOT NULL,
    position       smallint NOT NULL CHECK (position > 0),
    producer_id    uuid     REFERENCES identity.organisations,
    name           text     NOT NULL CHECK (name <> ''),
    area           bigint   CHECK (area >= 0),
    PRIMARY KEY (certificate_id, n, position),
    FOREIGN KEY (certificate_id, n) REFERENCES catalog.certificate_scopes ON DELETE CASCADE,
    CONSTRAINT certificate_members_once UNIQUE (certificate_id, n, producer_id)
);
COMMENT ON TABLE catalog.certificate_members IS
    'Farms of a group: producers of the market, whose products the group''s certificate covers, or just names.';
CREATE INDEX certificate_members_producer ON catalog.certificate_members (producer_id) WHERE producer_id IS NOT NULL;

ALTER TABLE catalog.certificate_products ADD COLUMN n smallint NOT NULL DEFAULT 1;
ALTER TABLE catalog.certificate_products
    DROP CONSTRAINT certificate_products_pkey,
    ADD CONSTRAINT certificate_products_pkey PRIMARY KEY (certificate_id, n, product_id),
    ADD CONSTRAINT certificate_products_scope FOREIGN KEY (certificate_id, n) REFERENCES catalog.certificate_scopes ON DELETE CASCADE;

-- History: rows are added and never changed; a certificate's state follows from them.
CREATE TABLE catalog.certificate_decisions (
    certificate_id uuid        NOT NULL REFERENCES catalog.certificates,
    n              smallint    NOT NULL CHECK (n > 0),
    decision       text        NOT NULL CHECK (decision IN ('submitted', 'verified', 'rejected', 'revoked')),
    at             timestamptz NOT NULL,
    effective_at   timestamptz NOT NULL CHECK (effective_at <= at),
    by_kind        text        NOT NULL CHECK (by_kind IN ('producer', 'authority', 'platform')),
    by_user        uuid,
    reason_code    text        REFERENCES reference.decision_reasons,
    reason         text        NOT NULL DEFAULT '',
    PRIMARY KEY (certificate_id, n)
);
COMMENT ON COLUMN catalog.certificate_decisions.effective_at IS 'From when it counts: a revocation may reach back.';

CREATE TABLE catalog.certificate_surveillance (
    certificate_id uuid        NOT NULL REFERENCES catalog.certificates,
    done_on        date        NOT NULL,
    passed         boolean     NOT NULL,
    note           text        NOT NULL DEFAULT '',
    by_kind        text        NOT NULL CHECK (by_kind IN ('producer', 'authority', 'platform')),
    at             timestamptz NOT NULL,
    CONSTRAINT certificate_surveillance_pkey PRIMARY KEY (certificate_id, done_on)
);
COMMENT ON TABLE catalog.certificate_surveillance IS 'Surveillance audits as authorities recorded them.';

INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind)
SELECT c.id, 1, 'submitted', c.created_at, c.created_at, 'producer' FROM catalog.certificates c;
INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind)
SELECT c.id, 2, 'verified', v.at, v.at, 'authority'
  FROM catalog.certificates c
 CROSS JOIN LATERAL (SELECT coalesce((SELECT min(e.at) FROM identity.audit_events e
                                       WHERE e.subject_id = c.id AND e.action = 'certificate.verified'),
                                     CASE c.state WHEN 'verified' THEN c.decided_at ELSE c.created_at END)) AS v (at)
 WHERE c.state IN ('verified', 'revoked');
INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind, by_user, reason)
SELECT c.id, CASE c.state WHEN 'revoked' THEN 3 ELSE 2 END, c.state, c.decided_at, c.decided_at, 'authority', c.decided_by, c.reason
  FROM catalog.certificates c WHERE c.state IN ('revoked', 'rejected');

-- A certificate that was written without its scopes and decisions (by the release before, or in
-- bulk) gets those that its columns tell of.
-- +goose StatementBegin
CREATE FUNCTION catalog.certificates_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog.certificate_scopes (certificate_id, n, kind, area, lines, note)
    SELECT m.id, 1, m.scope_kind, CAST(CAST(m.scope ->> 'area_ha' AS numeric) * 1000 AS bigint), m.lines, coalesce(m.scope ->> 'note', '')
      FROM made m;
    INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind)
    SELECT m.id, 1, 'submitted', m.created_at, m.created_at, 'producer' FROM made m;
    INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind, by_user, reason)
    SELECT m.id, 2, m.state, m.decided_at, m.decided_at, 'authority', m.decided_by, m.reason
      FROM made m WHERE m.state IN ('verified', 'rejected');
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER certificates_made AFTER INSERT ON catalog.certificates
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION catalog.certificates_made();

-- The days on which a certificate counts, where whoever decided did not write them.
-- +goose StatementBegin
CREATE FUNCTION catalog.certificate_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'verified' AND NEW.verified_on IS NULL THEN
        NEW.verified_on := CAST(NEW.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date);
    ELSIF NEW.state = 'revoked' AND NEW.revoked_on IS NULL THEN
        NEW.revoked_on := CAST(NEW.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date);
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER certificate_dated BEFORE INSERT OR UPDATE OF state ON catalog.certificates
    FOR EACH ROW EXECUTE FUNCTION catalog.certificate_dated();

-- A decision moves its certificate: this is the only way the service takes.
-- +goose StatementBegin
CREATE FUNCTION catalog.certificate_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog.certificates
       SET state = NEW.decision, reason = NEW.reason, reason_code = NEW.reason_code, decided_by = NEW.by_user, decided_at = NEW.at,
           verified_on = CASE NEW.decision WHEN 'verified' THEN CAST(NEW.effective_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)
                                           ELSE verified_on END,
           revoked_on = CASE NEW.decision WHEN 'revoked' THEN CAST(NEW.effective_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) END,
           version = version + 1, updated_at = NEW.at
     WHERE id = NEW.certificate_id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER certificate_decided AFTER INSERT ON catalog.certificate_decisions
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION catalog.certificate_decided();

-- The release before moves the certificate itself: its decision becomes a row all the same.
-- +goose StatementBegin
CREATE FUNCTION catalog.certificate_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind, by_user, reason)
    SELECT NEW.id, 1 + max(d.n), NEW.state, NEW.decided_at, NEW.decided_at, 'authority', NEW.decided_by, NEW.reason
      FROM catalog.certificate_decisions d WHERE d.certificate_id = NEW.id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER certificate_moved AFTER UPDATE OF state ON catalog.certificates
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND pg_trigger_depth() = 0) EXECUTE FUNCTION catalog.certificate_moved();

-- The state of a certificate on a day: what was decided until then and, once it is verified, its
-- dates. warn_days before its end it counts as expiring. The Go function StateOn agrees.
CREATE FUNCTION catalog.certificate_state_on(c catalog.certificates, warn_days integer, on_day date) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN on_day < CAST(c.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) THEN 'not_submitted'
                WHEN c.state = 'rejected' AND on_day >= CAST(c.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) THEN 'rejected'
                WHEN c.verified_on IS NULL OR on_day < c.verified_on THEN 'submitted'
                WHEN on_day >= c.revoked_on THEN 'revoked'
                WHEN on_day < c.issued_on THEN 'not_yet_valid'
                WHEN on_day > c.valid_until THEN 'expired'
                WHEN on_day >= c.valid_until - warn_days THEN 'expiring'
                ELSE 'valid' END
$$;

-- Which scopes of certificates that count on a day cover a product: those that name it, those that
-- name none and cover its line, and those of a group whose member sells it. Who sells on what
-- others grew is no member in this sense.
CREATE FUNCTION catalog.covered(on_day date)
RETURNS TABLE (product_id uuid, line text, form text, certificate_id uuid, n smallint, kind text, named boolean,
               scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.id, p.line, p.form, c.id, s.n, s.kind, false, c.scheme, c.number, c.issued_on, c.valid_until, c.stars
      FROM catalog.certificates c
      JOIN catalog.certificate_scopes s ON s.certificate_id = c.id AND s.lines <> '{}'
      JOIN catalog.products p ON p.producer_id = c.producer_id AND p.line = ANY (s.lines)
     WHERE c.verified_on <= on_day AND (c.revoked_on IS NULL OR c.revoked_on > on_day)
       AND c.issued_on <= on_day AND (c.valid_until IS NULL OR c.valid_until >= on_day)
    UNION ALL
    SELECT p.id, p.line, p.form, c.id, s.n, s.kind, true, c.scheme, c.number, c.issued_on, c.valid_until, c.stars
      FROM catalog.certificate_products l
      JOIN catalog.certificates c ON c.id = l.certificate_id
      JOIN catalog.certificate_scopes s ON s.certificate_id = l.certificate_id AND s.n = l.n
      JOIN catalog.products p ON p.id = l.product_id AND p.producer_id = c.producer_id
     WHERE c.verified_on <= on_day AND (c.revoked_on IS NULL OR c.revoked_on > on_day)
       AND c.issued_on <= on_day AND (c.valid_until IS NULL OR c.valid_until >= on_day)
    UNION ALL
    SELECT p.id, p.line, p.form, c.id, s.n, s.kind, false, c.scheme, c.number, c.issued_on, c.valid_until, c.stars
      FROM catalog.certificate_members m
      JOIN catalog.certificate_scopes s ON s.certificate_id = m.certificate_id AND s.n = m.n AND s.kind = 'group'
      JOIN catalog.certificates c ON c.id = m.certificate_id AND c.producer_id <> m.producer_id
      JOIN identity.organisations o ON o.id = m.producer_id
      JOIN identity.legal_forms f ON f.code = o.legal_form AND NOT f.sells_on
      JOIN catalog.products p ON p.producer_id = m.producer_id AND p.line = ANY (s.lines)
     WHERE c.verified_on <= on_day AND (c.revoked_on IS NULL OR c.revoked_on > on_day)
       AND c.issued_on <= on_day AND (c.valid_until IS NULL OR c.valid_until >= on_day)
$$;

CREATE OR REPLACE FUNCTION catalog.coverage(on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT v.product_id, v.certificate_id, v.scheme, v.number, v.issued_on, v.valid_until, v.stars
      FROM catalog.covered(on_day) v
$$;

-- The marks a product may show on a day: the one place that decides. It reads what covers the
-- products once and holds it against the claim rules in force on the day; asked about one product
-- or a few, it reads only theirs.
CREATE OR REPLACE FUNCTION catalog.marks(on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT h.product_id, h.certificate_id, h.scheme, h.number, h.issued_on, h.valid_until, h.stars
      FROM (SELECT v.product_id, v.line, v.form, v.certificate_id, v.kind, v.named, v.scheme, v.number, v.issued_on, v.valid_until,
                   v.stars, array_agg(v.scheme || ' ' || v.kind) OVER (PARTITION BY v.product_id) AS held
              FROM catalog.covered(on_day) v) h
      JOIN reference.claim_rules r ON r.scheme = h.scheme AND h.kind = ANY (r.scopes) AND (h.named OR NOT r.named_only)
       AND (r.valid_from IS NULL OR r.valid_from <= on_day) AND (r.valid_to IS NULL OR r.valid_to >= on_day)
       AND (r.lines = '{}' OR h.line = ANY (r.lines))
       AND (r.forms = '{}' OR h.form = ANY (r.forms)) AND h.form <> ALL (r.except_forms)
     WHERE NOT EXISTS (SELECT FROM reference.claim_needs n WHERE n.rule = r.code AND NOT n.any_of && h.held)
$$;
