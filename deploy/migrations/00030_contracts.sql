-- +goose Up
-- The summary of an award as it was set down for its parties: its facts, which never change
-- afterwards whatever becomes of products and names, and the code that its paper bears. A code is
-- random, 160 bits: nobody guesses one. The service may add contracts and change none (grants.sql).
CREATE TABLE inquiry.contracts (
    award_id    uuid PRIMARY KEY REFERENCES inquiry.awards,
    code        text NOT NULL CONSTRAINT contract_code CHECK (code ~ '^[a-z2-7]{32}$'),
    facts       text NOT NULL,
    digest      bytea NOT NULL,
    set_down_at timestamptz NOT NULL,
    CONSTRAINT contract_code_once UNIQUE (code),
    CONSTRAINT contract_digest CHECK (digest = sha256(convert_to(facts, 'UTF8')))
);
