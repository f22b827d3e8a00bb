-- What a receipt may find: more than was dispatched, goods weighed with their tie, another form than
-- agreed; and what becomes of a receipt that is disputed. A settlement moves volume by new postings:
-- those of the receipt are reversed and what was agreed is posted.
-- +goose Up
ALTER TABLE ledger.movements
    ADD COLUMN line_over  smallint NOT NULL DEFAULT 0,
    ADD COLUMN award_over smallint NOT NULL DEFAULT 0,
    ADD COLUMN reverses   text     REFERENCES ledger.movements,
    DROP COLUMN names_line,
    DROP COLUMN names_award;
ALTER TABLE ledger.movements
    ADD COLUMN names_line  boolean GENERATED ALWAYS AS (line_open <> 0 OR line_awarded <> 0 OR line_delivered <> 0
                                                        OR line_quoted <> 0 OR line_rejected <> 0 OR line_over <> 0) STORED,
    ADD COLUMN names_award boolean GENERATED ALWAYS AS (award_committed <> 0 OR award_dispatched <> 0 OR award_accepted <> 0
                                                        OR award_released <> 0 OR award_rejected <> 0 OR award_lost <> 0
                                                        OR award_over <> 0) STORED;
COMMENT ON COLUMN ledger.movements.line_over IS 'Accepted beyond what was dispatched: neither offered, asked for nor awarded, and so in accounts of its own.';
COMMENT ON COLUMN ledger.movements.reverses IS 'The movement whose effects this one takes back.';

ALTER TABLE ledger.lines ADD COLUMN over bigint NOT NULL DEFAULT 0 CONSTRAINT line_over_not_negative CHECK (over >= 0);
ALTER TABLE ledger.awards ADD COLUMN over bigint NOT NULL DEFAULT 0 CONSTRAINT award_over_not_negative CHECK (over >= 0);

INSERT INTO ledger.movements (movement, name_vi, name_en, line_over, award_over) VALUES
    ('over', 'nhận dư so với lúc giao', 'accepted beyond what was dispatched', 1, 1);
-- The effects of a reversal are those of what it reverses, the other way.
INSERT INTO ledger.movements (movement, name_vi, name_en, reverses, offer_dispatched, offer_accepted, offer_committed, line_awarded,
                              line_delivered, line_rejected, line_over, award_dispatched, award_accepted, award_committed, award_rejected,
                              award_lost, award_over, ceiling_delivered)
SELECT m.movement || '_reversed', m.name_vi || ' (đảo lại)', m.name_en || ' (reversed)', m.movement, -m.offer_dispatched, -m.offer_accepted,
       -m.offer_committed, -m.line_awarded, -m.line_delivered, -m.line_rejected, -m.line_over, -m.award_dispatched, -m.award_accepted,
       -m.award_committed, -m.award_rejected, -m.award_lost, -m.award_over, -m.ceiling_delivered
  FROM ledger.movements m WHERE m.movement IN ('accepted', 'rejected', 'lost', 'over');

-- Balances as in 00028, with what came beyond the dispatch.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ledger.apply_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    found   record;
    touched bigint;
BEGIN
    SELECT count(DISTINCT p.offer_id) AS offers, count(DISTINCT p.inquiry_line_id) AS lines, count(DISTINCT p.award_id) AS awards,
           count(*) FILTER (WHERE m.opens IS NOT NULL) AS opening, count(*) FILTER (WHERE m.quote_reserved <> 0) AS holds,
           bool_or(m.names_offer AND p.offer_id IS NULL OR m.names_line AND p.inquiry_line_id IS NULL
                   OR m.names_award AND p.award_id IS NULL OR m.quote_reserved <> 0 AND p.quote_id IS NULL) AS unnamed
      INTO found
      FROM posted p JOIN ledger.movements m USING (movement);

    -- A posting that names fewer accounts than it moves would move volume out of nowhere.
    IF found.unnamed THEN
        RAISE not_null_violation USING MESSAGE = 'a posting does not name the accounts that it moves', CONSTRAINT = 'posting_names_its_accounts';
    END IF;

    -- Accounts come into being with their opening posting.
    IF found.opening > 0 THEN
        INSERT INTO ledger.offers (offer_id)
        SELECT p.offer_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'offer';
        INSERT INTO ledger.lines (inquiry_line_id)
        SELECT p.inquiry_line_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'line';
        INSERT INTO ledger.awards (award_id)
        SELECT p.award_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'award';
    END IF;

    -- Reservations before offers: a quote's hold belongs to one offer.
    IF found.holds > 0 THEN
        INSERT INTO ledger.reservations (quote_id, offer_id, reserved_until)
        SELECT p.quote_id, p.offer_id, p.reserved_until FROM posted p WHERE p.movement = 'reserved';
    END IF;

    -- Demand first, supply last: the offer is the row that others wait for. Of several rows each is
    -- locked in the order of ids; one alone is locked by its update.
    IF found.lines > 0 THEN
        IF found.lines > 1 THEN
            PERFORM 1 FROM ledger.lines l WHERE l.inquiry_line_id IN (SELECT p.inquiry_line_id FROM posted p)
              ORDER BY l.inquiry_line_id FOR NO KEY UPDATE;
        END IF;
        UPDATE ledger.lines l
           SET open = l.open + d.open, awarded = l.awarded + d.awarded, delivered = l.delivered + d.delivered,
               quoted = l.quoted + d.quoted, rejected = l.rejected + d.rejected, over = l.over + d.over
          FROM (SELECT p.inquiry_line_id, sum(p.quantity * m.line_open) AS open, sum(p.quantity * m.line_awarded) AS awarded,
                       sum(p.quantity * m.line_delivered) AS delivered, sum(p.quantity * m.line_quoted) AS quoted,
                       sum(p.quantity * m.line_rejected) AS rejected, sum(p.quantity * m.line_over) AS over
                  FROM posted p JOIN ledger.movements m USING (movement)
                 WHERE p.inquiry_line_id IS NOT NULL GROUP BY p.inquiry_line_id) d
         WHERE l.inquiry_line_id = d.inquiry_line_id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched <> found.lines THEN
            RAISE foreign_key_violation USING MESSAGE = 'a posting names an inquiry line that has no account', CONSTRAINT = 'posting_line_known';
        END IF;
    END IF;

    IF found.awards > 0 THEN
        IF found.awards > 1 THEN
            PERFORM 1 FROM ledger.awards a WHERE a.award_id IN (SELECT p.award_id FROM posted p)
              ORDER BY a.award_id FOR NO KEY UPDATE;
        END IF;
        UPDATE ledger.awards a
           SET committed = a.committed + d.committed, dispatched = a.dispatched + d.dispatched,
               accepted = a.accepted + d.accepted, released = a.released + d.released,
               rejected = a.rejected + d.rejected, lost = a.lost + d.lost, over = a.over + d.over
          FROM (SELECT p.award_id, sum(p.quantity * m.award_committed) AS committed, sum(p.quantity * m.award_dispatched) AS dispatched,
                       sum(p.quantity * m.award_accepted) AS accepted, sum(p.quantity * m.award_released) AS released,
                       sum(p.quantity * m.award_rejected) AS rejected, sum(p.quantity * m.award_lost) AS lost,
                       sum(p.quantity * m.award_over) AS over
                  FROM posted p JOIN ledger.movements m USING (movement)
                 WHERE p.award_id IS NOT NULL GROUP BY p.award_id) d
         WHERE a.award_id = d.award_id;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched <> found.awards THEN
            RAISE foreign_key_violation USING MESSAGE = 'a posting names an award that has no account', CONSTRAINT = 'posting_award_known';
        END IF;
    END IF;

    IF found.offers > 0 THEN
        IF found.offers > 1 OR found.holds > 0 THEN
            PERFORM 1 FROM ledger.offers o WHERE o.offer_id IN (SELECT p.offer_id FROM posted p)
              ORDER BY o.offer_id FOR NO KEY UPDATE;
        END IF;
        IF found.holds > 0 THEN
            UPDATE ledger.reservations r SET quantity = r.quantity + d.quantity
              FROM (SELECT p.quote_id, sum(p.quantity * m.quote_reserved) AS quantity
                      FROM posted p JOIN ledger.movements m USING (movement)
                     WHERE m.quote_reserved <> 0 GROUP BY p.quote_id) d
             WHERE r.quote_id = d.quote_id;
        END IF;
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
        IF touched <> found.offers THEN
            RAISE foreign_key_violation USING MESSAGE = 'a posting names an offer that has no account', CONSTRAINT = 'posting_offer_known';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- As in 00013; what was accepted may be taken back.
-- Later movements of an award that was made under a claim. Weights follow from the award's own
-- weight and from how much of it is released or accepted by now, not from the weights of single
-- postings: those are rounded, and a claim must end at nothing. What is released rounds down, so
-- that a claim is never let go of too early.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ledger.claim_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight)
    SELECT p.id, p.movement, p.award_id, c.certificate_id, c.year,
           CASE WHEN p.releases THEN floor(c.weight * p.upto / p.whole) - floor(c.weight * (p.upto - p.moved) / p.whole)
                ELSE abs(round(c.weight * p.upto / p.whole) - round(c.weight * (p.upto - p.moved) / p.whole)) END
      FROM (SELECT n.id, n.movement, n.award_id, n.moved, n.releases,
                   CAST(a.committed + a.dispatched + a.accepted + a.released AS numeric) AS whole,
                   CASE WHEN n.releases THEN a.released ELSE a.accepted END + n.moved
                   - sum(n.moved) OVER (PARTITION BY n.award_id, n.releases ORDER BY n.id DESC) AS upto
              FROM (SELECT x.id, x.movement, x.award_id, m.ceiling_claimed <> 0 AS releases,
                           x.quantity * CASE WHEN m.ceiling_claimed <> 0 THEN -m.ceiling_claimed ELSE m.ceiling_delivered END AS moved
                      FROM posted x JOIN ledger.movements m USING (movement)
                     WHERE m.opens IS NULL AND (m.ceiling_claimed <> 0 OR m.ceiling_delivered <> 0)) n
              JOIN ledger.awards a USING (award_id)) p
      JOIN ledger.claims c ON c.award_id = p.award_id AND c.ceiling IS NOT NULL;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

ALTER TABLE inquiry.deliveries
    ADD COLUMN over        bigint  NOT NULL DEFAULT 0 CHECK (over BETWEEN 0 AND accepted),
    ADD COLUMN tie         bigint  NOT NULL DEFAULT 0 CHECK (tie = 0 OR tie BETWEEN 1000 AND 3000),
    ADD COLUMN price_gross boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT receipt_adds_up,
    ADD CONSTRAINT receipt_adds_up CHECK (received_at IS NULL OR accepted + rejected + loss = quantity + over);
COMMENT ON COLUMN inquiry.deliveries.over IS 'Accepted beyond what was dispatched; part of accepted.';
COMMENT ON COLUMN inquiry.deliveries.tie IS 'Thousandths of a unit gross for one unit net: 1200 is dây 12. 0: nothing is tied.';
COMMENT ON COLUMN inquiry.deliveries.price_gross IS 'The price is for the weight with the tie.';

INSERT INTO inquiry.reasons (code, applies, name_vi, name_en) VALUES
    ('weight',       'receipt', 'cân không khớp',                  'weights differ'),
    ('tie',          'receipt', 'dây buộc nặng hơn thoả thuận',    'tie heavier than agreed'),
    ('not_rejected', 'receipt', 'hàng trả không có căn cứ',        'rejected without ground');

-- Photos of what came, without metadata. The content is in files, held under the photo's id.
CREATE TABLE inquiry.delivery_photos (
    id          uuid        PRIMARY KEY,
    delivery_id uuid        NOT NULL REFERENCES inquiry.deliveries,
    position    smallint    NOT NULL CONSTRAINT delivery_photos_limit CHECK (position BETWEEN 1 AND 12),
    file        text        NOT NULL,
    media_type  text        NOT NULL,
    size        bigint      NOT NULL CHECK (size > 0),
    orientation smallint    NOT NULL CHECK (orientation BETWEEN 1 AND 8),
    created_at  timestamptz NOT NULL,
    CONSTRAINT delivery_photo_once UNIQUE (delivery_id, position)
);

-- A receipt that one side disputes. Of one delivery at most one dispute is open or settled.
CREATE TABLE inquiry.disputes (
    id           uuid        PRIMARY KEY,
    delivery_id  uuid        NOT NULL REFERENCES inquiry.deliveries,
    raised_by    uuid        NOT NULL REFERENCES identity.organisations,
    reason       text        NOT NULL CONSTRAINT dispute_reason_known REFERENCES inquiry.reasons,
    note         text        NOT NULL,
    raised_at    timestamptz NOT NULL,
    withdrawn_at timestamptz,
    settled_at   timestamptz,
    CONSTRAINT dispute_ends_once CHECK (withdrawn_at IS NULL OR settled_at IS NULL)
);
CREATE INDEX disputes_delivery ON inquiry.disputes (delivery_id, id);
CREATE UNIQUE INDEX dispute_once ON inquiry.disputes (delivery_id) WHERE withdrawn_at IS NULL;

-- What one side proposes instead of the receipt. It holds when the other side agrees.
CREATE TABLE inquiry.settlements (
    id          uuid        PRIMARY KEY,
    dispute_id  uuid        NOT NULL REFERENCES inquiry.disputes,
    proposed_by uuid        NOT NULL REFERENCES identity.organisations,
    proposed_at timestamptz NOT NULL,
    accepted    bigint      NOT NULL CHECK (accepted >= 0),
    rejected    bigint      NOT NULL CHECK (rejected >= 0),
    loss        bigint      NOT NULL CHECK (loss >= 0),
    over        bigint      NOT NULL CHECK (over BETWEEN 0 AND accepted),
    reasons     text[]      NOT NULL,
    sizes       jsonb       NOT NULL,
    tie         bigint      NOT NULL CHECK (tie = 0 OR tie BETWEEN 1000 AND 3000),
    price_gross boolean     NOT NULL,
    value_vnd   bigint      NOT NULL CHECK (value_vnd >= 0),
    note        text        NOT NULL,
    agreed_by   uuid        REFERENCES identity.organisations,
    agreed_at   timestamptz,
    CONSTRAINT settlement_agreed CHECK ((agreed_by IS NULL) = (agreed_at IS NULL)),
    CONSTRAINT settlement_by_both CHECK (agreed_by <> proposed_by)
);
CREATE INDEX settlements_dispute ON inquiry.settlements (dispute_id, id);
CREATE UNIQUE INDEX settlement_agreed_once ON inquiry.settlements (dispute_id) WHERE agreed_at IS NOT NULL;

-- What the other side of a delivery is told.
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('delivery_scheduled_buyer', 'buyer', false,
     '{party} báo lịch giao hàng', '{party} announces a delivery',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} báo giao {quantity} {unit} «{product}» ngày {deliver_on}.',
     'Inquiry {inquiry}, line {position} ({line}): {party} announces {quantity} {unit} of “{product}” for {deliver_on}.'),
    ('delivery_dispatched_buyer', 'buyer', false,
     '{party} đã xuất giao', '{party} has dispatched',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {quantity} {unit} «{product}» của {party} đang trên đường. Khi hàng đến, hãy ghi nhận số nhận, số trả và hao hụt.',
     'Inquiry {inquiry}, line {position} ({line}): {quantity} {unit} of “{product}” by {party} are on their way. Record what you accept, reject and find missing when they come.'),
    ('delivery_received_producer', 'producer', false,
     '{party} đã nhận hàng', '{party} has received',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đã ghi nhận chuyến giao {quantity} {unit} «{product}». Xem số nhận, số trả và lý do; nếu không đúng, hãy khiếu nại trong thời hạn.',
     'Inquiry {inquiry}, line {position} ({line}): {party} has recorded the receipt of {quantity} {unit} of “{product}”. Look at what was accepted and rejected and why; dispute it in time if it is wrong.'),
    ('delivery_disputed_buyer', 'buyer', true,
     '{party} khiếu nại biên nhận', '{party} disputes a receipt',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} khiếu nại biên nhận của chuyến giao {quantity} {unit} «{product}». Hãy xem lý do và đề xuất số liệu thay thế.',
     'Inquiry {inquiry}, line {position} ({line}): {party} disputes the receipt of {quantity} {unit} of “{product}”. Look at the reason and propose what should hold instead.'),
    ('delivery_disputed_producer', 'producer', true,
     '{party} khiếu nại biên nhận', '{party} disputes a receipt',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} khiếu nại biên nhận của chuyến giao {quantity} {unit} «{product}». Hãy xem lý do và đề xuất số liệu thay thế.',
     'Inquiry {inquiry}, line {position} ({line}): {party} disputes the receipt of {quantity} {unit} of “{product}”. Look at the reason and propose what should hold instead.'),
    ('delivery_settlement_proposed_buyer', 'buyer', true,
     '{party} đề xuất giải quyết khiếu nại', '{party} proposes a settlement',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đề xuất số liệu thay cho biên nhận của chuyến giao {quantity} {unit} «{product}». Hãy đồng ý hoặc đề xuất khác.',
     'Inquiry {inquiry}, line {position} ({line}): {party} proposes what should hold instead of the receipt of {quantity} {unit} of “{product}”. Agree, or propose something else.'),
    ('delivery_settlement_proposed_producer', 'producer', true,
     '{party} đề xuất giải quyết khiếu nại', '{party} proposes a settlement',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đề xuất số liệu thay cho biên nhận của chuyến giao {quantity} {unit} «{product}». Hãy đồng ý hoặc đề xuất khác.',
     'Inquiry {inquiry}, line {position} ({line}): {party} proposes what should hold instead of the receipt of {quantity} {unit} of “{product}”. Agree, or propose something else.'),
    ('delivery_settled_buyer', 'buyer', false,
     'Khiếu nại đã được giải quyết', 'A dispute is settled',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đã đồng ý với đề xuất của bạn về chuyến giao {quantity} {unit} «{product}»; sản lượng đã được điều chỉnh.',
     'Inquiry {inquiry}, line {position} ({line}): {party} has agreed to your proposal about {quantity} {unit} of “{product}”; the volume is corrected.'),
    ('delivery_settled_producer', 'producer', false,
     'Khiếu nại đã được giải quyết', 'A dispute is settled',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đã đồng ý với đề xuất của bạn về chuyến giao {quantity} {unit} «{product}»; sản lượng đã được điều chỉnh.',
     'Inquiry {inquiry}, line {position} ({line}): {party} has agreed to your proposal about {quantity} {unit} of “{product}”; the volume is corrected.'),
    ('delivery_dispute_withdrawn_buyer', 'buyer', false,
     '{party} rút khiếu nại', '{party} withdraws a dispute',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đã rút khiếu nại về chuyến giao {quantity} {unit} «{product}»; biên nhận giữ nguyên.',
     'Inquiry {inquiry}, line {position} ({line}): {party} has withdrawn the dispute about {quantity} {unit} of “{product}”; the receipt stands.'),
    ('delivery_dispute_withdrawn_producer', 'producer', false,
     '{party} rút khiếu nại', '{party} withdraws a dispute',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đã rút khiếu nại về chuyến giao {quantity} {unit} «{product}»; biên nhận giữ nguyên.',
     'Inquiry {inquiry}, line {position} ({line}): {party} has withdrawn the dispute about {quantity} {unit} of “{product}”; the receipt stands.');
-- What happened to deliveries before is told to nobody: notify.followed keeps its place.
