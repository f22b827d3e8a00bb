-- One schema per owner: only the owning service writes its tables.
-- +goose Up
CREATE SCHEMA reference;
CREATE SCHEMA identity;
CREATE SCHEMA ledger;
CREATE SCHEMA catalog;
CREATE SCHEMA inquiry;
CREATE SCHEMA idempotency;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE idempotency.keys (
    scope       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    answer      jsonb,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX keys_created_at ON idempotency.keys (created_at);
COMMENT ON TABLE idempotency.keys IS 'Requests carried out once; forgotten after 24 hours.';
