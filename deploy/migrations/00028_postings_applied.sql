-- Balances as before, in fewer statements: one look at what was posted says which books it moves, and
-- the others are left alone. A commitment is what everybody waits for.
-- +goose Up
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
               quoted = l.quoted + d.quoted, rejected = l.rejected + d.rejected
          FROM (SELECT p.inquiry_line_id, sum(p.quantity * m.line_open) AS open, sum(p.quantity * m.line_awarded) AS awarded,
                       sum(p.quantity * m.line_delivered) AS delivered, sum(p.quantity * m.line_quoted) AS quoted,
                       sum(p.quantity * m.line_rejected) AS rejected
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
               rejected = a.rejected + d.rejected, lost = a.lost + d.lost
          FROM (SELECT p.award_id, sum(p.quantity * m.award_committed) AS committed, sum(p.quantity * m.award_dispatched) AS dispatched,
                       sum(p.quantity * m.award_accepted) AS accepted, sum(p.quantity * m.award_released) AS released,
                       sum(p.quantity * m.award_rejected) AS rejected, sum(p.quantity * m.award_lost) AS lost
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
