-- What the services publish of their changes, so that others may follow them by snapshots: a row
-- is new exactly when the snapshot of the time before does not see its transaction. The indexes
-- are those of the seals.
-- +goose Up
CREATE VIEW identity.changes AS
SELECT e.xact, e.subject_kind, e.subject_id FROM identity.audit_events e;
COMMENT ON VIEW identity.changes IS 'Which things were changed by which transaction.';

CREATE VIEW ledger.supply_changes AS
SELECT p.xact, p.offer_id
  FROM ledger.postings p JOIN ledger.movements m USING (movement)
 WHERE p.offer_id IS NOT NULL AND m.offer_free <> 0;
COMMENT ON VIEW ledger.supply_changes IS 'Which offers have more or less left since which transaction.';

-- A reader's copy of an offer is good until a reservation in it runs out.
CREATE OR REPLACE VIEW ledger.remaining AS
SELECT o.offer_id,
       o.free + o.reserved + o.committed + o.dispatched + o.accepted AS supplied,
       o.committed + o.dispatched + o.accepted AS committed,
       o.free + coalesce((SELECT sum(r.quantity) FROM ledger.reservations r
                           WHERE r.offer_id = o.offer_id AND r.quantity > 0 AND r.reserved_until <= now()), 0)::bigint AS remaining,
       (SELECT min(r.reserved_until) FROM ledger.reservations r
         WHERE r.offer_id = o.offer_id AND r.quantity > 0 AND r.reserved_until > now()) AS next_release
  FROM ledger.offers o;
