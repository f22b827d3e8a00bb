-- The volume ledger: postings are facts that are never changed; balances follow from them by
-- trigger, so that no code path can move one without the other.
-- +goose Up

-- What a movement does to each account, per unit of quantity. A deal's volume stands in exactly one
-- account of each book at a time; what has no counter-account is a source (opening, lowering) or a
-- memorandum column that only counts.
CREATE TABLE ledger.movements (
    movement         text     PRIMARY KEY,
    name_vi          text     NOT NULL,
    name_en          text     NOT NULL,
    -- which account an opening posting creates
    opens            text     CHECK (opens IN ('offer', 'line', 'award')),
    -- offers: what the producer can supply
    offer_free       smallint NOT NULL DEFAULT 0,
    offer_reserved   smallint NOT NULL DEFAULT 0,
    offer_committed  smallint NOT NULL DEFAULT 0,
    offer_dispatched smallint NOT NULL DEFAULT 0,
    offer_accepted   smallint NOT NULL DEFAULT 0,
    -- inquiry lines: what the buyer asked for
    line_open        smallint NOT NULL DEFAULT 0,
    line_awarded     smallint NOT NULL DEFAULT 0,
    line_delivered   smallint NOT NULL DEFAULT 0,
    line_quoted      smallint NOT NULL DEFAULT 0,
    line_rejected    smallint NOT NULL DEFAULT 0,
    -- awards: one commitment
    award_committed  smallint NOT NULL DEFAULT 0,
    award_dispatched smallint NOT NULL DEFAULT 0,
    award_accepted   smallint NOT NULL DEFAULT 0,
    award_released   smallint NOT NULL DEFAULT 0,
    award_rejected   smallint NOT NULL DEFAULT 0,
    award_lost       smallint NOT NULL DEFAULT 0,
    -- reservations: volume held for one quote
    quote_reserved   smallint NOT NULL DEFAULT 0,
    -- which accounts a posting must name
    names_offer      boolean  GENERATED ALWAYS AS (offer_free <> 0 OR offer_reserved <> 0 OR offer_committed <> 0
                                                   OR offer_dispatched <> 0 OR offer_accepted <> 0) STORED,
    names_line       boolean  GENERATED ALWAYS AS (line_open <> 0 OR line_awarded <> 0 OR line_delivered <> 0
                                                   OR line_quoted <> 0 OR line_rejected <> 0) STORED,
    names_award      boolean  GENERATED ALWAYS AS (award_committed <> 0 OR award_dispatched <> 0 OR award_accepted <> 0
                                                   OR award_released <> 0 OR award_rejected <> 0 OR award_lost <> 0) STORED
);

INSERT INTO ledger.movements (movement, name_vi, name_en, opens, offer_free) VALUES
    ('offer_opened',    'mở nguồn cung',            'supply offered',           'offer', 1);
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_free) VALUES
    ('offer_raised',    'tăng nguồn cung',          'supply raised',             1),
    ('offer_lowered',   'giảm nguồn cung',          'supply lowered',           -1);
INSERT INTO ledger.movements (movement, name_vi, name_en, opens, line_open) VALUES
    ('demand_opened',   'mở nhu cầu mua',           'demand opened',            'line',  1);
INSERT INTO ledger.movements (movement, name_vi, name_en, line_open) VALUES
    ('demand_lowered',  'giảm nhu cầu mua',         'demand lowered',           -1);
INSERT INTO ledger.movements (movement, name_vi, name_en, line_quoted) VALUES
    ('quoted',          'báo giá',                  'quoted',                    1),
    ('quote_withdrawn', 'rút hoặc thay báo giá',    'quote withdrawn or replaced', -1);
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_free, offer_reserved, quote_reserved) VALUES
    ('reserved',        'giữ hàng cho báo giá',     'reserved for a quote',     -1,  1,  1),
    ('reservation_released', 'thôi giữ hàng',       'reservation released',      1, -1, -1);
INSERT INTO ledger.movements (movement, name_vi, name_en, opens, offer_free, offer_committed,
                              line_open, line_awarded, award_committed) VALUES
    ('awarded',         'chốt mua',                 'awarded',                  'award', -1, 1, -1, 1, 1);
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_free, offer_committed,
                              line_open, line_awarded, award_committed, award_released) VALUES
    ('award_released',  'huỷ phần chưa giao',       'undelivered part released', 1, -1, 1, -1, -1, 1),
    ('shortfall',       'báo hụt',                  'shortfall announced',       1, -1, 1, -1, -1, 1);
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_committed, offer_dispatched,
                              award_committed, award_dispatched) VALUES
    ('dispatched',      'xuất giao',                'dispatched',               -1,  1, -1, 1);
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_dispatched, offer_accepted, line_awarded,
                              line_delivered, award_dispatched, award_accepted) VALUES
    ('accepted',        'bên mua nhận',             'accepted',                 -1,  1, -1, 1, -1, 1);
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_dispatched, offer_committed, line_rejected,
                              award_dispatched, award_committed, award_rejected) VALUES
    ('rejected',        'bên mua trả lại',          'rejected',                 -1,  1,  1, -1, 1, 1);
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_dispatched, offer_committed,
                              award_dispatched, award_committed, award_lost) VALUES
    ('lost',            'hao hụt',                  'lost on the way',          -1,  1, -1, 1, 1);

-- Balances. Every CHECK here is a promise: a transaction that would break one does not commit.
CREATE TABLE ledger.offers (
    offer_id   uuid   PRIMARY KEY,
    free       bigint NOT NULL DEFAULT 0 CONSTRAINT offer_not_overcommitted CHECK (free >= 0),
    reserved   bigint NOT NULL DEFAULT 0 CONSTRAINT offer_reserved_not_negative CHECK (reserved >= 0),
    committed  bigint NOT NULL DEFAULT 0 CONSTRAINT offer_committed_not_negative CHECK (committed >= 0),
    dispatched bigint NOT NULL DEFAULT 0 CONSTRAINT offer_dispatched_not_negative CHECK (dispatched >= 0),
    accepted   bigint NOT NULL DEFAULT 0 CONSTRAINT offer_accepted_not_negative CHECK (accepted >= 0)
) WITH (fillfactor = 70);

CREATE TABLE ledger.lines (
    inquiry_line_id uuid   PRIMARY KEY,
    open            bigint NOT NULL DEFAULT 0 CONSTRAINT line_not_overawarded CHECK (open >= 0),
    awarded         bigint NOT NULL DEFAULT 0 CONSTRAINT line_awarded_not_negative CHECK (awarded >= 0),
    delivered       bigint NOT NULL DEFAULT 0 CONSTRAINT line_delivered_not_negative CHECK (delivered >= 0),
    quoted          bigint NOT NULL DEFAULT 0 CONSTRAINT line_quoted_not_negative CHECK (quoted >= 0),
    rejected        bigint NOT NULL DEFAULT 0 CONSTRAINT line_rejected_not_negative CHECK (rejected >= 0)
) WITH (fillfactor = 70);

CREATE TABLE ledger.awards (
    award_id   uuid   PRIMARY KEY,
    committed  bigint NOT NULL DEFAULT 0 CONSTRAINT award_committed_not_negative CHECK (committed >= 0),
    dispatched bigint NOT NULL DEFAULT 0 CONSTRAINT award_dispatched_not_negative CHECK (dispatched >= 0),
    accepted   bigint NOT NULL DEFAULT 0 CONSTRAINT award_accepted_not_negative CHECK (accepted >= 0),
    released   bigint NOT NULL DEFAULT 0 CONSTRAINT award_released_not_negative CHECK (released >= 0),
    rejected   bigint NOT NULL DEFAULT 0 CONSTRAINT award_rejected_not_negative CHECK (rejected >= 0),
    lost       bigint NOT NULL DEFAULT 0 CONSTRAINT award_lost_not_negative CHECK (lost >= 0)
) WITH (fillfactor = 70);

CREATE TABLE ledger.reservations (
    quote_id       uuid        PRIMARY KEY,
    offer_id       uuid        NOT NULL REFERENCES ledger.offers,
    quantity       bigint      NOT NULL DEFAULT 0 CONSTRAINT reservation_not_negative CHECK (quantity >= 0),
    reserved_until timestamptz NOT NULL
);
CREATE INDEX reservations_live ON ledger.reservations (offer_id, reserved_until) WHERE quantity > 0;

CREATE TABLE ledger.postings (
    id              uuid        PRIMARY KEY,
    xact            xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at              timestamptz NOT NULL,
    -- the day the volume is reported under: planned columns by delivery or start of supply,
    -- delivered ones by receipt; Vietnam's calendar
    business_date   date        NOT NULL,
    movement        text        NOT NULL REFERENCES ledger.movements,
    quantity        bigint      NOT NULL CHECK (quantity > 0),
    unit            text        NOT NULL REFERENCES reference.units,
    -- the same volume in thousandths of a kilogram; absent for goods that are counted and not weighed
    weight          bigint      CHECK (weight >= 0),
    value_vnd       bigint      CHECK (value_vnd >= 0),
    product_line    text        NOT NULL REFERENCES reference.product_lines,
    form            text,
    schemes         text[]      NOT NULL DEFAULT '{}',
    commune         text        REFERENCES reference.communes,
    buyer_system    text        REFERENCES reference.buyer_systems,
    producer_id     uuid,
    buyer_id        uuid,
    product_id      uuid,
    offer_id        uuid,
    inquiry_id      uuid,
    inquiry_line_id uuid,
    quote_id        uuid,
    award_id        uuid,
    delivery_id     uuid,
    reserved_until  timestamptz,
    actor_id        uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    reason          text,
    CONSTRAINT posting_names_what_it_reserves CHECK (movement <> 'reserved' OR (quote_id IS NOT NULL AND reserved_until IS NOT NULL))
);
CREATE INDEX postings_sealing ON ledger.postings (xact, id);
CREATE INDEX postings_reporting ON ledger.postings (business_date, product_line);
CREATE INDEX postings_offer ON ledger.postings (offer_id) WHERE offer_id IS NOT NULL;
CREATE INDEX postings_reserved ON ledger.postings (quote_id) WHERE movement = 'reserved';
CREATE INDEX postings_inquiry ON ledger.postings (inquiry_id) WHERE inquiry_id IS NOT NULL;

CREATE TABLE ledger.seals (
    seq    bigint PRIMARY KEY CHECK (seq > 0),
    row_id uuid   NOT NULL UNIQUE,
    xact   xid8   NOT NULL,
    chain  bytea  NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION ledger.apply_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    expected bigint;
    touched  bigint;
BEGIN
    -- A posting that names fewer accounts than it moves would move volume out of nowhere.
    IF EXISTS (SELECT FROM posted p JOIN ledger.movements m USING (movement)
                WHERE m.names_offer AND p.offer_id IS NULL OR m.names_line AND p.inquiry_line_id IS NULL
                   OR m.names_award AND p.award_id IS NULL OR m.quote_reserved <> 0 AND p.quote_id IS NULL) THEN
        RAISE not_null_violation USING MESSAGE = 'a posting does not name the accounts that it moves', CONSTRAINT = 'posting_names_its_accounts';
    END IF;

    -- Accounts come into being with their opening posting.
    INSERT INTO ledger.offers (offer_id)
    SELECT p.offer_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'offer';
    INSERT INTO ledger.lines (inquiry_line_id)
    SELECT p.inquiry_line_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'line';
    INSERT INTO ledger.awards (award_id)
    SELECT p.award_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'award';

    -- Reservations before offers: a quote's hold belongs to one offer.
    INSERT INTO ledger.reservations (quote_id, offer_id, reserved_until)
    SELECT p.quote_id, p.offer_id, p.reserved_until FROM posted p WHERE p.movement = 'reserved';

    -- Demand first, supply last: the offer is the row that others wait for.
    SELECT count(DISTINCT p.inquiry_line_id) INTO expected FROM posted p WHERE p.inquiry_line_id IS NOT NULL;
    IF expected > 0 THEN
        PERFORM 1 FROM ledger.lines l WHERE l.inquiry_line_id IN (SELECT p.inquiry_line_id FROM posted p)
          ORDER BY l.inquiry_line_id FOR NO KEY UPDATE;
        UPDATE ledger.lines l
           SET open = l.open + d.open, awarded = l.awarded + d.awarded, delivered = l.delivered + d.delivered,
               quoted = l.quoted + d.quoted, rejected = l.rejected + d.rejected
          FROM (SELECT p.inquiry_line_id, sum(p.quantity * m.line_open) AS open, sum(p.quantity * m.line_awarded) AS awarded,
                       sum(p.quantity * m.line_delivered) AS delivered, sum(p.quantity * m.line_quoted) AS quoted,
                       sum(p.quantity * m.line_rejected) AS rejected
                  FROM posted p JOIN ledger.movements m USING (movement)
                 WHERE p.inquiry_line_id IS NOT NULL GROUP BY p.inquiry_line_id) d
         WHERE l.inquiry_line_id = d.inquiry_line_id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched <> expected THEN
            RAISE foreign_key_violation USING MESSAGE = 'a posting names an inquiry line that has no account', CONSTRAINT = 'posting_line_known';
        END IF;
    END IF;

    SELECT count(DISTINCT p.award_id) INTO expected FROM posted p WHERE p.award_id IS NOT NULL;
    IF expected > 0 THEN
        PERFORM 1 FROM ledger.awards a WHERE a.award_id IN (SELECT p.award_id FROM posted p)
          ORDER BY a.award_id FOR NO KEY UPDATE;
        UPDATE ledger.awards a
           SET committed = a.committed + d.committed, dispatched = a.dispatched + d.dispatched,
               accepted = a.accepted + d.accepted, released = a.released + d.released,
               rejected = a.rejected + d.rejected, lost = a.lost + d.lost
          FROM (SELECT p.award_id, sum(p.quantity * m.award_committed) AS committed, sum(p.quantity * m.award_dispatched) AS dispatched,
                       sum(p.quantity * m.award_accepted) AS accepted, sum(p.quantity * m.award_released) AS released,
                       sum(p.quantity * m.award_rejected) AS rejected, sum(p.quantity * m.award_lost) AS lost
                  FROM posted p JOIN ledger.movements m USING (movement)
                 WHERE p.award_id IS NOT NULL GROUP BY p.award_id) d
         WHERE a.award_id = d.award_id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched <> expected THEN
            RAISE foreign_key_violation USING MESSAGE = 'a posting names an award that has no account', CONSTRAINT = 'posting_award_known';
        END IF;
    END IF;

    SELECT count(DISTINCT p.offer_id) INTO expected FROM posted p WHERE p.offer_id IS NOT NULL;
    IF expected > 0 THEN
        PERFORM 1 FROM ledger.offers o WHERE o.offer_id IN (SELECT p.offer_id FROM posted p)
          ORDER BY o.offer_id FOR NO KEY UPDATE;
        UPDATE ledger.reservations r SET quantity = r.quantity + d.quantity
          FROM (SELECT p.quote_id, sum(p.quantity * m.quote_reserved) AS quantity
                  FROM posted p JOIN ledger.movements m USING (movement)
                 WHERE m.quote_reserved <> 0 GROUP BY p.quote_id) d
         WHERE r.quote_id = d.quote_id;
        UPDATE ledger.offers o
           SET free = o.free + d.free, reserved = o.reserved + d.reserved, committed = o.committed + d.committed,
               dispatched = o.dispatched + d.dispatched, accepted = o.accepted + d.accepted
          FROM (SELECT p.offer_id, sum(p.quantity * m.offer_free) AS free, sum(p.quantity * m.offer_reserved) AS reserved,
                       sum(p.quantity * m.offer_committed) AS committed, sum(p.quantity * m.offer_dispatched) AS dispatched,
                       sum(p.quantity * m.offer_accepted) AS accepted
                  FROM posted p JOIN ledger.movements m USING (movement)
                 WHERE p.offer_id IS NOT NULL GROUP BY p.offer_id) d
         WHERE o.offer_id = d.offer_id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched <> expected THEN
            RAISE foreign_key_violation USING MESSAGE = 'a posting names an offer that has no account', CONSTRAINT = 'posting_offer_known';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ledger.apply_postings() FROM PUBLIC;

CREATE TRIGGER postings_move_balances AFTER INSERT ON ledger.postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION ledger.apply_postings();

-- What can be promised now, for readers: free volume plus holds that have run out.
CREATE VIEW ledger.remaining AS
SELECT o.offer_id,
       o.free + o.reserved + o.committed + o.dispatched + o.accepted AS supplied,
       o.committed + o.dispatched + o.accepted AS committed,
       o.free + coalesce((SELECT sum(r.quantity) FROM ledger.reservations r
                           WHERE r.offer_id = o.offer_id AND r.quantity > 0 AND r.reserved_until <= now()), 0)::bigint AS remaining
  FROM ledger.offers o;
