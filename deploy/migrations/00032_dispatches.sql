-- What is said of goods on their way, deliveries that are announced before they leave, what the rules
-- of deliveries are, and the links with which whoever stands at the dock notes a receipt.
-- +goose Up
ALTER TABLE inquiry.deliveries
    ADD COLUMN vehicle     text     NOT NULL DEFAULT '',
    ADD COLUMN temperature smallint CHECK (temperature BETWEEN -1000 AND 1000),
    ADD COLUMN documents   text[]   NOT NULL DEFAULT '{}';
COMMENT ON COLUMN inquiry.deliveries.vehicle IS 'Number plate.';
COMMENT ON COLUMN inquiry.deliveries.temperature IS 'Of the goods at dispatch, in tenths of a degree Celsius.';
COMMENT ON COLUMN inquiry.deliveries.documents IS 'References of the papers that travel along, as they stand on them.';
COMMENT ON COLUMN inquiry.deliveries.live IS 'Read by the release before delivery_rules only.';

-- A delivery that was announced. It moves no volume. When the goods leave, they get a row of
-- deliveries with the same id.
CREATE TABLE inquiry.delivery_plans (
    id           uuid        PRIMARY KEY,
    award_id     uuid        NOT NULL REFERENCES inquiry.awards,
    quantity     bigint      NOT NULL CHECK (quantity > 0),
    unit         text        NOT NULL REFERENCES reference.units,
    day          date        NOT NULL,
    slot_from    text        NOT NULL CHECK (slot_from ~ '^(([01]\d|2[0-3]):[0-5]\d)?$'),
    slot_to      text        NOT NULL CHECK (slot_to ~ '^(([01]\d|2[0-3]):[0-5]\d)?$'),
    note         text        NOT NULL,
    created_at   timestamptz NOT NULL,
    cancelled_at timestamptz,
    CONSTRAINT delivery_slot_whole CHECK ((slot_from = '') = (slot_to = '') AND (slot_from = '' OR slot_from <> slot_to))
);
COMMENT ON COLUMN inquiry.delivery_plans.day IS 'Vietnam''s day on which the slot begins; a slot that ends before it began ends the day after.';
CREATE INDEX delivery_plans_award ON inquiry.delivery_plans (award_id, id);

-- Rules of deliveries are data. Of the rows for a line and form the most particular counts, the line
-- before the form; no row: no such rule.
CREATE TABLE inquiry.delivery_rules (
    rule   text    NOT NULL CHECK (rule IN ('confirm_hours', 'over', 'dispute_days')),
    line   text,
    form   text,
    value  integer NOT NULL CHECK (value >= 0),
    source text    NOT NULL CHECK (source <> ''),
    CONSTRAINT delivery_rule_once UNIQUE NULLS NOT DISTINCT (rule, line, form)
);
COMMENT ON TABLE inquiry.delivery_rules IS 'Lines and forms are those of reference, which is loaded after the tables are made.';
COMMENT ON COLUMN inquiry.delivery_rules.value IS 'confirm_hours: hours after dispatch from which goods that were not received count as unconfirmed; over: how much more than was dispatched may be accepted, in thousandths of a percent; dispute_days: days within which a receipt may be disputed.';
INSERT INTO inquiry.delivery_rules (rule, line, form, value, source) VALUES
    ('confirm_hours', NULL, 'live', 24, 'live goods that nobody received within a day count as unconfirmed'),
    ('over', NULL, NULL, 2000, 'scales of farm and dock differ; until a line has its own'),
    ('dispute_days', NULL, NULL, 7, 'until a line has its own'),
    ('dispute_days', NULL, 'live', 2, 'live goods cannot be looked at again later');

-- +goose StatementBegin
CREATE FUNCTION inquiry.delivery_rule(asked text, of_award uuid) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.value
      FROM inquiry.awards a
      JOIN catalog.products p ON p.id = a.product_id
      JOIN inquiry.delivery_rules r ON r.rule = asked AND (r.line IS NULL OR r.line = p.line) AND (r.form IS NULL OR r.form = p.form)
     WHERE a.id = of_award
     ORDER BY r.line IS NULL, r.form IS NULL LIMIT 1
$$;
-- +goose StatementEnd

-- Links for the dock: each is good for one delivery and nothing else. Of the code only a hash is kept.
CREATE TABLE inquiry.dock_links (
    id          uuid        PRIMARY KEY,
    delivery_id uuid        NOT NULL,
    code_hash   bytea       NOT NULL CONSTRAINT dock_code_once UNIQUE,
    created_by  uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at  timestamptz
);
COMMENT ON COLUMN inquiry.dock_links.delivery_id IS 'Of deliveries or of delivery_plans: a link may be made before the goods leave.';
CREATE INDEX dock_links_delivery ON inquiry.dock_links (delivery_id, id);
