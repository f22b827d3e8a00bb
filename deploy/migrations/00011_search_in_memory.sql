-- Search leaves SQL: every process keeps an index of the published catalogue in its memory. The
-- columns and indexes that the release before searches by stay until it is gone; they are no longer
-- written by this one, so they get defaults.
-- +goose Up
ALTER TABLE catalog.products
    ALTER COLUMN search SET DEFAULT '',
    ALTER COLUMN search_marked SET DEFAULT '',
    ALTER COLUMN search_name SET DEFAULT '';
COMMENT ON COLUMN catalog.products.search IS 'Of the release before; no longer written.';
COMMENT ON COLUMN catalog.products.search_marked IS 'Of the release before; no longer written.';
COMMENT ON COLUMN catalog.products.search_name IS 'Of the release before; no longer written.';

-- The province says where a producer without a commune is.
CREATE OR REPLACE VIEW catalog.producers AS
SELECT o.id, o.name, o.name_folded, o.name_en, o.commune_code, o.state = 'approved' AS approved, o.legal_form,
       coalesce(f.ocop_subject, false) AS ocop_subject, o.fictional, o.created_at, o.province
  FROM identity.organisations o
  LEFT JOIN identity.legal_forms f ON f.code = o.legal_form
 WHERE o.kind = 'producer';

-- What ledger.remaining adds up, apart: whoever keeps it in memory knows by itself when a hold
-- has run out.
CREATE VIEW ledger.free_supply AS
SELECT o.offer_id, o.free FROM ledger.offers o;
CREATE VIEW ledger.holds AS
SELECT r.offer_id, r.quantity, r.reserved_until FROM ledger.reservations r WHERE r.quantity > 0;
COMMENT ON VIEW ledger.free_supply IS 'Volume of an offer that nothing holds.';
COMMENT ON VIEW ledger.holds IS 'Volume held for quotes; it can be promised again from reserved_until on.';
