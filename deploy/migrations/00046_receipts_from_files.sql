-- Receipts that come in as a list from a buyer's own books say when the goods came, which is before they
-- are noted here.
-- +goose Up
ALTER TABLE inquiry.deliveries ADD COLUMN noted_at timestamptz;
COMMENT ON COLUMN inquiry.deliveries.noted_at IS 'When the receipt was noted; a dispute has its days from then. NULL: when it was received.';

-- By what lists name a delivery besides its id: the short form of that, and the papers that travel along.
CREATE INDEX deliveries_number ON inquiry.deliveries (upper(right(CAST(id AS text), 8)));
CREATE INDEX deliveries_documents ON inquiry.deliveries USING gin (documents);

ALTER TABLE exchange.imports DROP CONSTRAINT imports_kind_check;
ALTER TABLE exchange.imports ADD CONSTRAINT imports_kind_check CHECK (kind IN ('products', 'offers', 'receipts'));
