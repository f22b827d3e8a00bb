-- What producers sell, what proves it, and how much of it there is when.
-- +goose Up

-- Whoever a product belongs to is an organisation; this is all the catalogue reads of it.
CREATE VIEW catalog.producers AS
SELECT o.id, o.name, o.name_folded, o.name_en, o.commune_code, o.state = 'approved' AS approved, o.legal_form,
       coalesce(f.ocop_subject, false) AS ocop_subject, o.fictional, o.created_at
  FROM identity.organisations o
  LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
 WHERE o.kind = 'producer';

CREATE TABLE catalog.products (
    id            uuid        PRIMARY KEY,
    producer_id   uuid        NOT NULL REFERENCES identity.organisations,
    name          text        NOT NULL CHECK (name <> ''),
    name_en       text        NOT NULL DEFAULT '',
    line          text        NOT NULL REFERENCES reference.product_lines,
    form          text        NOT NULL REFERENCES reference.forms,
    grade         jsonb       NOT NULL,
    unit          text        NOT NULL REFERENCES reference.units,
    unit_weight   bigint      CHECK (unit_weight > 0),
    gtin          text        CHECK (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
    description   text        NOT NULL DEFAULT '',
    state         text        NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn', 'suspended')),
    reason        text        NOT NULL DEFAULT '',
    invented      boolean     NOT NULL DEFAULT false,
    version       bigint      NOT NULL DEFAULT 1,
    search        tsvector    NOT NULL,
    search_marked tsvector    NOT NULL,
    search_name   text        NOT NULL,
    published_at  timestamptz,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT products_gtin_key UNIQUE (producer_id, gtin),
    CONSTRAINT products_published CHECK (state <> 'published' OR published_at IS NOT NULL)
);
COMMENT ON COLUMN catalog.products.unit_weight IS 'Thousandths of a kilogram in one unit of counted goods.';
COMMENT ON COLUMN catalog.products.reason IS 'Why an authority suspended it.';
COMMENT ON COLUMN catalog.products.search IS 'Folded words: names (A), line and its synonyms (B), place and producer (C).';
COMMENT ON COLUMN catalog.products.search_marked IS 'The same words with their marks, so that exact marks rank first.';
COMMENT ON COLUMN catalog.products.search_name IS 'Folded names, for typing errors and suggestions.';
CREATE INDEX products_producer ON catalog.products (producer_id, created_at DESC, id DESC);
CREATE INDEX products_newest ON catalog.products (published_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX products_by_name ON catalog.products (name COLLATE "vi-x-icu", id) WHERE state = 'published';
CREATE INDEX products_by_line ON catalog.products (line, published_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX products_search ON catalog.products USING gin (search);
CREATE INDEX products_search_name ON catalog.products USING gin (search_name gin_trgm_ops);

CREATE TABLE catalog.certificates (
    id           uuid        PRIMARY KEY,
    producer_id  uuid        NOT NULL REFERENCES identity.organisations,
    scheme       text        NOT NULL REFERENCES reference.schemes,
    number       text        NOT NULL CHECK (number <> ''),
    issuer       text        NOT NULL,
    issuer_kind  text        CHECK (issuer_kind IN ('district', 'province', 'ministry')),
    issued_on    date        NOT NULL,
    valid_until  date,
    scope_kind   text        NOT NULL CHECK (scope_kind IN
                 ('facility', 'farm_area', 'group', 'product', 'chain_of_custody', 'brand_right')),
    scope        jsonb       NOT NULL DEFAULT '{}',
    lines        text[]      NOT NULL DEFAULT '{}',
    stars        smallint    CHECK (stars BETWEEN 3 AND 5),
    state        text        NOT NULL CHECK (state IN ('submitted', 'verified', 'rejected', 'revoked')),
    reason       text        NOT NULL DEFAULT '',
    decided_by   uuid,
    decided_at   timestamptz,
    scan_type    text,
    scan_size    bigint,
    scan_name    text,
    invented     boolean     NOT NULL DEFAULT false,
    version      bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT certificates_dates CHECK (valid_until >= issued_on),
    CONSTRAINT certificates_ocop CHECK ((scheme = 'OCOP') = (stars IS NOT NULL AND issuer_kind IS NOT NULL)),
    CONSTRAINT certificates_decided CHECK ((state = 'submitted') = (decided_at IS NULL))
);
COMMENT ON COLUMN catalog.certificates.valid_until IS 'The last day, included; NULL where the scheme sets no end.';
COMMENT ON COLUMN catalog.certificates.lines IS 'Product lines it covers when it names no products.';
-- A number is used again when a certificate is renewed, and may be sent again after a rejection.
CREATE UNIQUE INDEX certificates_number_key ON catalog.certificates (scheme, upper(number), producer_id, issued_on)
 WHERE state IN ('submitted', 'verified');
CREATE INDEX certificates_producer ON catalog.certificates (producer_id, created_at DESC, id DESC);
CREATE INDEX certificates_created ON catalog.certificates (created_at DESC, id DESC);
CREATE INDEX certificates_verified ON catalog.certificates (producer_id, scheme) WHERE state = 'verified';

CREATE TABLE catalog.certificate_products (
    certificate_id uuid NOT NULL REFERENCES catalog.certificates ON DELETE CASCADE,
    product_id     uuid NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    PRIMARY KEY (certificate_id, product_id)
);
CREATE INDEX certificate_products_product ON catalog.certificate_products (product_id);

-- What a price tier table asks for a quantity: the last tier that begins at or below it, else the
-- first one. NULL: the price is made on the day.
CREATE FUNCTION catalog.price_at(tiers jsonb, quantity bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT CAST(t ->> 'price' AS bigint) FROM jsonb_array_elements(tiers) t
          WHERE CAST(t ->> 'from' AS bigint) <= quantity ORDER BY CAST(t ->> 'from' AS bigint) DESC LIMIT 1),
        CAST(tiers -> 0 ->> 'price' AS bigint))
$$;

CREATE TABLE catalog.offers (
    id               uuid        PRIMARY KEY,
    product_id       uuid        NOT NULL REFERENCES catalog.products,
    producer_id      uuid        NOT NULL REFERENCES identity.organisations,
    available_from   date        NOT NULL,
    available_to     date        NOT NULL,
    unit             text        NOT NULL REFERENCES reference.units,
    min_order        bigint      NOT NULL CHECK (min_order >= 0),
    price_tiers      jsonb       NOT NULL DEFAULT '[]',
    price_on_the_day boolean     NOT NULL DEFAULT false,
    first_price      bigint      GENERATED ALWAYS AS (catalog.price_at(price_tiers, min_order)) STORED CHECK (first_price > 0),
    place            text        REFERENCES reference.communes,
    visibility       text        NOT NULL CHECK (visibility IN ('public', 'buyers', 'on_request')),
    schemes          text[]      NOT NULL DEFAULT '{}',
    state            text        NOT NULL CHECK (state IN ('open', 'closed')),
    invented         boolean     NOT NULL DEFAULT false,
    version          bigint      NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT offers_window CHECK (available_from <= available_to),
    CONSTRAINT offers_priced CHECK (price_on_the_day OR jsonb_array_length(price_tiers) > 0)
);
COMMENT ON TABLE catalog.offers IS 'Dated supply; how much there is of it stands in the ledger.';
COMMENT ON COLUMN catalog.offers.first_price IS 'What the smallest order pays, đồng per unit; kept beside the tiers because most searches ask for it.';
COMMENT ON COLUMN catalog.offers.schemes IS 'The marks its product carried when it was opened; every posting of its supply names them.';
COMMENT ON COLUMN catalog.offers.price_tiers IS 'Ascending: {"from": thousandths of the unit, "price": đồng per unit}.';
CREATE INDEX offers_product ON catalog.offers (product_id, available_from, id);
CREATE INDEX offers_producer ON catalog.offers (producer_id, created_at DESC, id DESC);

-- The state of a certificate on a day, from its dates and the decision about it.
CREATE FUNCTION catalog.certificate_state(decided text, issued_on date, valid_until date, on_day date) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN decided <> 'verified' THEN decided
                WHEN on_day < issued_on THEN 'not_yet_valid'
                WHEN on_day > valid_until THEN 'expired'
                WHEN on_day >= valid_until - 90 THEN 'expiring'
                ELSE 'valid' END
$$;

-- Which verified certificates stand behind a product on a day: those that name it, and those that
-- name no product and cover its line.
CREATE FUNCTION catalog.coverage(on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.id, c.id, c.scheme, c.number, c.issued_on, c.valid_until, c.stars
      FROM catalog.products p
      JOIN catalog.certificates c ON c.producer_id = p.producer_id AND c.state = 'verified'
       AND c.issued_on <= on_day AND (c.valid_until IS NULL OR c.valid_until >= on_day)
     WHERE p.line = ANY (c.lines)
        OR EXISTS (SELECT 1 FROM catalog.certificate_products l WHERE l.certificate_id = c.id AND l.product_id = p.id)
$$;

-- The marks a product may show on a day: the one place that decides. Goods that were packed or
-- processed need, beside a farm's certificate, the chain of custody where the scheme says so
-- (ASC); goods sold as they leave the pond do not.
CREATE FUNCTION catalog.marks(on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT v.product_id, v.certificate_id, v.scheme, v.number, v.issued_on, v.valid_until, v.stars
      FROM catalog.coverage(on_day) v
      JOIN catalog.products p ON p.id = v.product_id
      JOIN reference.schemes s ON s.code = v.scheme
     WHERE s.claim_needs IS NULL
        OR p.form IN ('live', 'fresh', 'iced')
        OR EXISTS (SELECT 1 FROM catalog.coverage(on_day) n WHERE n.product_id = v.product_id AND n.scheme = s.claim_needs)
$$;

-- Names that look like what was typed, best first: the last resort for typing errors.
CREATE FUNCTION catalog.names_like(folded text, at_most integer)
RETURNS TABLE (product_id uuid, likeness real)
LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = '0.4' AS $$
    SELECT p.id, word_similarity(folded, p.search_name)
      FROM catalog.products p
     WHERE p.state = 'published' AND folded <% p.search_name
     ORDER BY 2 DESC, p.id DESC
     LIMIT at_most
$$;
