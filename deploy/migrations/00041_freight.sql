-- What a quote says of freight.
-- +goose Up

-- Safe for the release before: what it inserts says nothing of freight, and it reads none of this.
ALTER TABLE inquiry.quotes ADD COLUMN freight_vnd bigint CONSTRAINT quote_freight_not_negative CHECK (freight_vnd >= 0);
COMMENT ON COLUMN inquiry.quotes.freight_vnd IS 'To the place of delivery, for each unit beside the price; 0: none is charged, NULL: not said.';
