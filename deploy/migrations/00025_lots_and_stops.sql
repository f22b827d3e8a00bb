-- No more is sent off under a lot than was declared of it.
-- +goose Up

-- What was sent off under each lot of a product, declared or not: goods may leave before their lot
-- is declared. The service reads it; the triggers below keep it.
CREATE TABLE catalog.lot_balances (
    product_id  uuid   NOT NULL REFERENCES catalog.products,
    code        text   NOT NULL CHECK (code <> ''),
    dispatched  bigint NOT NULL DEFAULT 0 CHECK (dispatched >= 0),
    allowed     bigint CHECK (allowed > 0),
    sent_before bigint NOT NULL DEFAULT 0 CHECK (sent_before >= 0),
    PRIMARY KEY (product_id, code),
    CONSTRAINT lots_not_overdrawn CHECK (allowed IS NULL OR dispatched <= greatest(allowed, sent_before))
) WITH (fillfactor = 70);
COMMENT ON COLUMN catalog.lot_balances.dispatched IS 'Thousandths of the product''s unit. What is rejected or lost was sent off all the same.';
COMMENT ON COLUMN catalog.lot_balances.allowed IS 'The quantity of the lot; where none was declared that of its sources; NULL: neither.';
COMMENT ON COLUMN catalog.lot_balances.sent_before IS 'What was sent off before there was this rule, where that was more than is allowed: no more goes.';

CREATE FUNCTION catalog.lot_allows(lot uuid) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(l.quantity, (SELECT CAST(sum(s.quantity) AS bigint) FROM catalog.lot_sources s WHERE s.lot_id = l.id))
      FROM catalog.lots l WHERE l.id = lot
$$;

INSERT INTO catalog.lot_balances (product_id, code, dispatched, allowed, sent_before)
SELECT b.product_id, b.code, b.dispatched, b.allowed, CASE WHEN b.dispatched > b.allowed THEN b.dispatched ELSE 0 END
  FROM (SELECT coalesce(d.product_id, l.product_id) AS product_id, coalesce(d.lot, l.code) AS code,
               coalesce(d.dispatched, 0) AS dispatched, catalog.lot_allows(l.id) AS allowed
          FROM (SELECT a.product_id, x.lot, CAST(sum(x.quantity) AS bigint) AS dispatched
                  FROM inquiry.deliveries x JOIN inquiry.awards a ON a.id = x.award_id JOIN catalog.products p ON p.id = a.product_id
                 WHERE x.lot <> '' GROUP BY a.product_id, x.lot) d
          FULL JOIN catalog.lots l ON l.product_id = d.product_id AND l.code = d.lot) b;

-- Goods were sent off. A lot's row is what parallel dispatches wait for.
-- +goose StatementBegin
CREATE FUNCTION catalog.lots_drawn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
DECLARE
    short record;
BEGIN
    PERFORM 1 FROM catalog.lot_balances b
      WHERE (b.product_id, b.code) IN (SELECT a.product_id, s.lot FROM sent s JOIN inquiry.awards a ON a.id = s.award_id WHERE s.lot <> '')
      ORDER BY b.product_id, b.code FOR NO KEY UPDATE;

    -- The CHECK would refuse as well, but cannot say what is left.
    SELECT b.product_id, b.code, greatest(b.allowed - b.dispatched, 0) AS remaining INTO short
      FROM catalog.lot_balances b
      JOIN (SELECT a.product_id, s.lot, sum(s.quantity) AS quantity FROM sent s JOIN inquiry.awards a ON a.id = s.award_id
             GROUP BY a.product_id, s.lot) d ON d.product_id = b.product_id AND d.lot = b.code
     WHERE b.dispatched + d.quantity > b.allowed
     ORDER BY b.product_id, b.code LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING MESSAGE = 'more would be sent off than the lot has', CONSTRAINT = 'lots_not_overdrawn',
              DETAIL = CAST(jsonb_build_object('product_id', short.product_id, 'lot', short.code, 'remaining', short.remaining) AS text);
    END IF;

    INSERT INTO catalog.lot_balances AS b (product_id, code, dispatched)
    SELECT a.product_id, s.lot, sum(s.quantity)
      FROM sent s JOIN inquiry.awards a ON a.id = s.award_id JOIN catalog.products p ON p.id = a.product_id
     WHERE s.lot <> '' GROUP BY a.product_id, s.lot ORDER BY a.product_id, s.lot
        ON CONFLICT (product_id, code) DO UPDATE SET dispatched = b.dispatched + excluded.dispatched;
    RETURN NULL;
END
$$;

-- What a lot allows follows from what is declared of it, and covers what was sent off under it.
CREATE FUNCTION catalog.limit_lot(lot uuid) RETURNS void
LANGUAGE plpgsql SET search_path = catalog, pg_temp AS $$
DECLARE
    sent bigint;
BEGIN
    INSERT INTO catalog.lot_balances AS b (product_id, code, allowed)
    SELECT l.product_id, l.code, catalog.lot_allows(l.id) FROM catalog.lots l WHERE l.id = lot
        ON CONFLICT (product_id, code) DO UPDATE SET allowed = excluded.allowed
     WHERE excluded.allowed IS NULL OR b.dispatched <= greatest(excluded.allowed, b.sent_before);
    IF NOT FOUND THEN
        SELECT b.dispatched INTO sent FROM catalog.lot_balances b JOIN catalog.lots l ON l.product_id = b.product_id AND l.code = b.code
         WHERE l.id = lot;
        RAISE check_violation USING MESSAGE = 'more was sent off under the lot than is declared of it', CONSTRAINT = 'lots_cover_what_was_sent',
              DETAIL = CAST(jsonb_build_object('dispatched', sent) AS text);
    END IF;
END
$$;
CREATE FUNCTION catalog.lot_limited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
BEGIN
    PERFORM catalog.limit_lot(NEW.id);
    RETURN NULL;
END
$$;
CREATE FUNCTION catalog.lot_sourced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
BEGIN
    PERFORM catalog.limit_lot(d.lot_id) FROM (SELECT DISTINCT s.lot_id FROM declared s ORDER BY s.lot_id) d;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION catalog.lots_drawn(), catalog.limit_lot(uuid), catalog.lot_limited(), catalog.lot_sourced() FROM PUBLIC;

CREATE TRIGGER deliveries_draw_lots AFTER INSERT ON inquiry.deliveries
    REFERENCING NEW TABLE AS sent FOR EACH STATEMENT EXECUTE FUNCTION catalog.lots_drawn();
CREATE TRIGGER lots_limited AFTER INSERT OR UPDATE OF quantity ON catalog.lots
    FOR EACH ROW EXECUTE FUNCTION catalog.lot_limited();
CREATE TRIGGER lot_sources_limit AFTER INSERT ON catalog.lot_sources
    REFERENCING NEW TABLE AS declared FOR EACH STATEMENT EXECUTE FUNCTION catalog.lot_sourced();

-- Green Ticks as the catalogue and deals need them: who has one, and since when a case stops the
-- sale where. Written by catalog.NoteTickTx alone, in the transaction in which a tick moves.
CREATE TABLE catalog.product_ticks (
    product_id    uuid        NOT NULL REFERENCES catalog.products,
    system        text        NOT NULL REFERENCES reference.buyer_systems,
    given         boolean     NOT NULL,
    stopped_since timestamptz,
    spreads_at    timestamptz CHECK (spreads_at >= stopped_since),
    PRIMARY KEY (product_id, system),
    CONSTRAINT product_ticks_stopped CHECK (NOT (given AND stopped_since IS NOT NULL))
);
COMMENT ON COLUMN catalog.product_ticks.given IS 'Approved; whether it counts follows from the cases of the other systems too.';
COMMENT ON COLUMN catalog.product_ticks.stopped_since IS 'A breach was reported in this system, which sells no more of it since.';
COMMENT ON COLUMN catalog.product_ticks.spreads_at IS 'From when the case halts the ticks of the other systems; NULL: it was answered in time.';

INSERT INTO catalog.product_ticks (product_id, system, given, stopped_since, spreads_at)
SELECT t.product_id, t.system, t.state = 'approved',
       CASE WHEN t.state IN ('suspended', 'answered', 'revoked') THEN t.answer_due_at - interval '24 hours' END,
       CASE WHEN t.state IN ('suspended', 'answered', 'revoked') AND (t.answered_at IS NULL OR t.answered_at >= t.answer_due_at) THEN t.answer_due_at
            WHEN t.state = 'revoked' THEN t.updated_at END
  FROM shelf.ticks t;

-- Where a case stops the sale of products at an instant, since when, and whose case it is: the
-- system's own, or of those that reached it the one that did first.
CREATE FUNCTION catalog.sales_stops(ids uuid[], at timestamptz)
RETURNS TABLE (product_id uuid, system text, since timestamptz, case_of text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT t.product_id, t.system, coalesce(t.stopped_since, c.spreads_at), CASE WHEN t.stopped_since IS NULL THEN c.system ELSE t.system END
      FROM catalog.product_ticks t
      LEFT JOIN LATERAL (SELECT o.system, o.spreads_at FROM catalog.product_ticks o
                          WHERE o.product_id = t.product_id AND o.system <> t.system AND o.spreads_at <= at
                          ORDER BY o.spreads_at, o.system LIMIT 1) c ON t.given
     WHERE t.product_id = ANY (ids) AND (t.stopped_since IS NOT NULL OR c.spreads_at IS NOT NULL)
$$;

-- How far the catalogue had followed the audit trail. Since 00010 it follows the changes by snapshots
-- of the database, each process by itself; no release that can run on this schema reads or writes
-- the table, so nothing is lost with it.
DROP TABLE catalog.followed;
