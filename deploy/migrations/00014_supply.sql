-- Supply that recurs, comes in steps and takes time; lots and where their goods come from.
-- +goose Up

-- When farms harvest by the moon: the days around a day of the lunar month at which the tide runs
-- strongest ("con nước rong"). Facts from a file, as all of the schema reference.
CREATE TABLE reference.tides (
    code           text     NOT NULL CHECK (code ~ '^[a-z_]+$'),
    effective_from date     NOT NULL,
    name_vi        text     NOT NULL CHECK (name_vi <> ''),
    name_en        text     NOT NULL CHECK (name_en <> ''),
    lunar_day      smallint NOT NULL CHECK (lunar_day BETWEEN 1 AND 30),
    days_before    smallint NOT NULL CHECK (days_before BETWEEN 0 AND 7),
    days_after     smallint NOT NULL CHECK (days_after BETWEEN 0 AND 7),
    source         text     NOT NULL CHECK (source <> ''),
    verified       boolean  NOT NULL,
    position       smallint NOT NULL,
    PRIMARY KEY (code, effective_from)
);
COMMENT ON COLUMN reference.tides.verified IS 'False: the days come from general knowledge; they are a default that a producer may widen.';

-- Who must say where the goods of a lot come from before they are sent off.
CREATE TABLE reference.source_rules (
    legal_form     text     NOT NULL CHECK (legal_form ~ '^[a-z_]+$'),
    effective_from date     NOT NULL,
    demand         text     NOT NULL CHECK (demand IN ('required', 'free')),
    note_vi        text     NOT NULL,
    note_en        text     NOT NULL,
    source         text     NOT NULL CHECK (source <> ''),
    position       smallint NOT NULL,
    PRIMARY KEY (legal_form, effective_from)
);

CREATE TABLE catalog.offer_series (
    id               uuid        PRIMARY KEY,
    product_id       uuid        NOT NULL REFERENCES catalog.products,
    producer_id      uuid        NOT NULL REFERENCES identity.organisations,
    rule             jsonb       NOT NULL CHECK (rule ->> 'kind' IN ('weekly', 'monthly', 'tide')),
    first_day        date        NOT NULL,
    last_day         date        NOT NULL,
    quantity         bigint      NOT NULL CHECK (quantity > 0),
    unit             text        NOT NULL REFERENCES reference.units,
    min_order        bigint      NOT NULL CHECK (min_order >= 0),
    multiple         bigint      NOT NULL CHECK (multiple >= 0),
    lead_days        smallint    NOT NULL CHECK (lead_days BETWEEN 0 AND 365),
    price_tiers      jsonb       NOT NULL DEFAULT '[]',
    price_on_the_day boolean     NOT NULL DEFAULT false,
    place            text        REFERENCES reference.communes,
    visibility       text        NOT NULL CHECK (visibility IN ('public', 'buyers', 'on_request')),
    state            text        NOT NULL CHECK (state IN ('open', 'closed')),
    invented         boolean     NOT NULL DEFAULT false,
    version          bigint      NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT offer_series_days CHECK (first_day <= last_day)
);
COMMENT ON TABLE catalog.offer_series IS 'Supply that recurs. Its occurrences are offers, each with a ledger account of its own.';
CREATE INDEX offer_series_producer ON catalog.offer_series (producer_id, created_at DESC, id DESC);
CREATE INDEX offer_series_product ON catalog.offer_series (product_id);

ALTER TABLE catalog.offers
    ADD COLUMN multiple  bigint   NOT NULL DEFAULT 0 CHECK (multiple >= 0),
    ADD COLUMN lead_days smallint NOT NULL DEFAULT 0 CHECK (lead_days BETWEEN 0 AND 365),
    ADD COLUMN series_id uuid     REFERENCES catalog.offer_series,
    ADD COLUMN series_on date,
    ADD COLUMN by_hand   boolean  NOT NULL DEFAULT false,
    ADD CONSTRAINT offers_of_a_series CHECK ((series_id IS NULL) = (series_on IS NULL));
COMMENT ON COLUMN catalog.offers.multiple IS 'An order is min_order and a whole number of these; 0: any quantity.';
COMMENT ON COLUMN catalog.offers.lead_days IS 'Days from an order to the earliest delivery.';
COMMENT ON COLUMN catalog.offers.series_on IS 'The day of the rule that this occurrence stands for.';
COMMENT ON COLUMN catalog.offers.by_hand IS 'Changed or closed on its own: a change of the series leaves it alone.';
CREATE UNIQUE INDEX offers_once_in_a_series ON catalog.offers (series_id, series_on) WHERE series_id IS NOT NULL AND state = 'open';
CREATE INDEX offers_series ON catalog.offers (series_id, series_on) WHERE series_id IS NOT NULL;
-- What can still be ordered, by the days it is there.
CREATE INDEX offers_open ON catalog.offers (available_to, available_from) INCLUDE (product_id, producer_id) WHERE state = 'open';

CREATE TABLE catalog.lots (
    id           uuid        PRIMARY KEY,
    producer_id  uuid        NOT NULL REFERENCES identity.organisations,
    product_id   uuid        NOT NULL REFERENCES catalog.products,
    code         text        NOT NULL CHECK (code ~ '^[!"%-?A-Z_a-z]{1,20}$'),
    harvested_on date,
    packed_on    date,
    quantity     bigint      CHECK (quantity > 0),
    unit         text        NOT NULL REFERENCES reference.units,
    note         text        NOT NULL DEFAULT '',
    invented     boolean     NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL,
    CONSTRAINT lots_dates CHECK (packed_on >= harvested_on),
    CONSTRAINT lots_code_key UNIQUE (product_id, code)
);
COMMENT ON COLUMN catalog.lots.code IS 'As GS1 writes a batch or lot, application identifier (10): up to 20 characters of set 82.';
CREATE INDEX lots_product ON catalog.lots (product_id, created_at DESC, id DESC);
CREATE INDEX lots_code ON catalog.lots (producer_id, code);

CREATE TABLE catalog.lot_sources (
    lot_id             uuid     NOT NULL REFERENCES catalog.lots,
    n                  smallint NOT NULL CHECK (n > 0),
    organisation_id    uuid     REFERENCES identity.organisations,
    name               text     NOT NULL CHECK (name <> ''),
    commune            text     REFERENCES reference.communes,
    area               bigint   CHECK (area > 0),
    quantity           bigint   NOT NULL CHECK (quantity > 0),
    scheme             text     REFERENCES reference.schemes,
    certificate_number text     NOT NULL DEFAULT '',
    PRIMARY KEY (lot_id, n)
);
COMMENT ON TABLE catalog.lot_sources IS 'Where the goods of a lot come from, as the collector declares it: no certificate of a source becomes a mark.';
COMMENT ON COLUMN catalog.lot_sources.area IS 'Thousandths of a hectare.';
CREATE INDEX lot_sources_organisation ON catalog.lot_sources (organisation_id) WHERE organisation_id IS NOT NULL;
