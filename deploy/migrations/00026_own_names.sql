-- +goose Up
-- Lists name a producer's products by their names: fifty at a time are looked up among all of the
-- producer's, however many those are.
CREATE INDEX products_own_name ON catalog.products (producer_id, lower(name));
