-- An award with several delivery dates is posted under each: it opens one account, and its claims count in
-- the year of each date. Balances as in 00039; only the claims of later movements are found otherwise, and
-- for an award of one date as before.
-- +goose Up
-- A delivery may fill the dates of two years at once: its claim counts once in each.
ALTER TABLE ledger.claims DROP CONSTRAINT claim_once, ADD CONSTRAINT claim_once UNIQUE (posting_id, certificate_id, year);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ledger.apply_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    moved record;
    d     record;
BEGIN
    SELECT bool_or(m.opens IS NOT NULL AND m.opens <> 'award') AS opens, bool_or(p.offer_id IS NOT NULL) AS offers, bool_or(p.inquiry_line_id IS NOT NULL) AS lines, bool_or(p.award_id IS NOT NULL) AS awards,
           bool_or(m.quote_reserved <> 0) AS holds, bool_or(m.opens IS NULL AND (m.ceiling_claimed <> 0 OR m.ceiling_delivered <> 0)) AS claims,
           bool_or(m.names_offer AND p.offer_id IS NULL OR m.names_line AND p.inquiry_line_id IS NULL
                   OR m.names_award AND p.award_id IS NULL OR m.quote_reserved <> 0 AND p.quote_id IS NULL) AS unnamed
      INTO moved
      FROM posted p JOIN ledger.movements m USING (movement);

    -- A posting that names fewer accounts than it moves would move volume out of nowhere.
    IF moved.unnamed THEN
        RAISE not_null_violation USING MESSAGE = 'a posting does not name the accounts that it moves', CONSTRAINT = 'posting_names_its_accounts';
    END IF;

    -- Accounts come into being with their opening posting.
    IF moved.opens THEN
        INSERT INTO ledger.offers (offer_id)
        SELECT p.offer_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'offer';
        INSERT INTO ledger.lines (inquiry_line_id)
        SELECT p.inquiry_line_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'line';
    END IF;

    -- Demand first, then holds, supply last: the offer is the row that others wait for. Of one kind in the order of
    -- ids: no deadlock.
    IF moved.lines THEN
        FOR d IN
            SELECT p.inquiry_line_id AS id,
                   sum(p.quantity * m.line_open) AS open, sum(p.quantity * m.line_awarded) AS awarded,
                   sum(p.quantity * m.line_delivered) AS delivered, sum(p.quantity * m.line_quoted) AS quoted,
                   sum(p.quantity * m.line_rejected) AS rejected, sum(p.quantity * m.line_over) AS over
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE p.inquiry_line_id IS NOT NULL GROUP BY p.inquiry_line_id ORDER BY p.inquiry_line_id
        LOOP
            UPDATE ledger.lines l
               SET open = l.open + d.open, awarded = l.awarded + d.awarded, delivered = l.delivered + d.delivered,
                   quoted = l.quoted + d.quoted, rejected = l.rejected + d.rejected, over = l.over + d.over
             WHERE l.inquiry_line_id = d.id;
            IF NOT FOUND THEN
                RAISE foreign_key_violation USING MESSAGE = 'a posting names an inquiry line that has no account', CONSTRAINT = 'posting_line_known';
            END IF;
        END LOOP;
    END IF;

    IF moved.awards THEN
        FOR d IN
            SELECT p.award_id AS id, bool_or(m.opens = 'award') AS opens,
                   sum(p.quantity * m.award_committed) AS committed, sum(p.quantity * m.award_dispatched) AS dispatched,
                   sum(p.quantity * m.award_accepted) AS accepted, sum(p.quantity * m.award_released) AS released,
                   sum(p.quantity * m.award_rejected) AS rejected, sum(p.quantity * m.award_lost) AS lost,
                   sum(p.quantity * m.award_over) AS over
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE p.award_id IS NOT NULL GROUP BY p.award_id ORDER BY p.award_id
        LOOP
            IF d.opens THEN
                INSERT INTO ledger.awards (award_id, committed, dispatched, accepted, released, rejected, lost, over)
                VALUES (d.id, d.committed, d.dispatched, d.accepted, d.released, d.rejected, d.lost, d.over);
                CONTINUE;
            END IF;
            UPDATE ledger.awards a
               SET committed = a.committed + d.committed, dispatched = a.dispatched + d.dispatched,
                   accepted = a.accepted + d.accepted, released = a.released + d.released,
                   rejected = a.rejected + d.rejected, lost = a.lost + d.lost, over = a.over + d.over
             WHERE a.award_id = d.id;
            IF NOT FOUND THEN
                RAISE foreign_key_violation USING MESSAGE = 'a posting names an award that has no account', CONSTRAINT = 'posting_award_known';
            END IF;
        END LOOP;
    END IF;

    IF moved.holds THEN
        FOR d IN
            SELECT p.quote_id AS id, sum(p.quantity * m.quote_reserved) AS quantity, bool_or(p.movement = 'reserved') AS opens,
                   (array_agg(p.offer_id))[1] AS offer_id, max(p.reserved_until) AS reserved_until
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE m.quote_reserved <> 0 GROUP BY p.quote_id ORDER BY p.quote_id
        LOOP
            IF d.opens THEN
                INSERT INTO ledger.reservations (quote_id, offer_id, quantity, reserved_until) VALUES (d.id, d.offer_id, d.quantity, d.reserved_until);
            ELSE
                UPDATE ledger.reservations r SET quantity = r.quantity + d.quantity WHERE r.quote_id = d.id;
            END IF;
        END LOOP;
    END IF;

    IF moved.offers THEN
        FOR d IN
            SELECT p.offer_id AS id,
                   sum(p.quantity * m.offer_free) AS free, sum(p.quantity * m.offer_reserved) AS reserved,
                   sum(p.quantity * m.offer_committed) AS committed, sum(p.quantity * m.offer_dispatched) AS dispatched,
                   sum(p.quantity * m.offer_accepted) AS accepted
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE p.offer_id IS NOT NULL GROUP BY p.offer_id ORDER BY p.offer_id
        LOOP
            UPDATE ledger.offers o
               SET free = o.free + d.free, reserved = o.reserved + d.reserved, committed = o.committed + d.committed,
                   dispatched = o.dispatched + d.dispatched, accepted = o.accepted + d.accepted
             WHERE o.offer_id = d.id;
            IF NOT FOUND THEN
                RAISE foreign_key_violation USING MESSAGE = 'a posting names an offer that has no account', CONSTRAINT = 'posting_offer_known';
            END IF;
        END LOOP;
    END IF;

    -- What is delivered or comes back of a claimed award moves its claims in proportion, so that the
    -- parts add up to the whole. An award with several dates may claim of several years: what is delivered
    -- fills its dates from the first on, what comes back goes off them from the last, as c.upto counts.
    IF moved.claims THEN
        INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight)
        SELECT n.id, n.movement, n.award_id, n.certificate_id, n.year,
               CASE WHEN n.releases THEN floor(n.weight * n.ends / n.part) - floor(n.weight * n.begins / n.part)
                    ELSE abs(round(n.weight * n.ends / n.part) - round(n.weight * n.begins / n.part)) END
          FROM (SELECT p.id, p.movement, p.award_id, p.releases, c.certificate_id, c.year, c.weight, c.part,
                       least(greatest(p.upto - CASE WHEN p.releases THEN p.whole - c.upto ELSE c.upto - c.part END, 0), c.part) AS ends,
                       least(greatest(p.upto - p.amount - CASE WHEN p.releases THEN p.whole - c.upto ELSE c.upto - c.part END, 0), c.part) AS begins
                  FROM (SELECT n.id, n.movement, n.award_id, n.amount, n.releases,
                               CAST(a.committed + a.dispatched + a.accepted + a.released AS numeric) AS whole,
                               CASE WHEN n.releases THEN a.released ELSE a.accepted END + n.amount
                               - sum(n.amount) OVER (PARTITION BY n.award_id, n.releases ORDER BY n.id DESC) AS upto
                          FROM (SELECT x.id, x.movement, x.award_id, m.ceiling_claimed <> 0 AS releases,
                                       x.quantity * CASE WHEN m.ceiling_claimed <> 0 THEN -m.ceiling_claimed ELSE m.ceiling_delivered END AS amount
                                  FROM posted x JOIN ledger.movements m USING (movement)
                                 WHERE m.opens IS NULL AND (m.ceiling_claimed <> 0 OR m.ceiling_delivered <> 0)) n
                          JOIN ledger.awards a USING (award_id)) p
                 CROSS JOIN LATERAL (
                       SELECT o.certificate_id, o.year, sum(o.weight) AS weight, sum(s.quantity) AS part,
                              sum(sum(s.quantity)) OVER (PARTITION BY o.certificate_id ORDER BY o.year) AS upto
                         FROM ledger.claims o JOIN ledger.postings s ON s.id = o.posting_id
                        WHERE o.award_id = p.award_id AND o.ceiling IS NOT NULL
                        GROUP BY o.certificate_id, o.year) c) n
         WHERE n.begins <> n.ends;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
