-- Lists that come and go as files: what was imported, row by row, and by which codes producers
-- know their own things.
-- +goose Up
CREATE SCHEMA exchange;

CREATE TABLE exchange.imports (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    user_id         uuid        NOT NULL,
    key_id          uuid,
    kind            text        NOT NULL CHECK (kind IN ('products', 'offers')),
    dry_run         boolean     NOT NULL,
    file_name       text        NOT NULL,
    format          text        NOT NULL CHECK (format IN ('csv', 'xlsx')),
    -- headings that mean nothing here, and those that are only ever written
    unknown         text[]      NOT NULL DEFAULT '{}',
    ignored         text[]      NOT NULL DEFAULT '{}',
    state           text        NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    -- why it failed: a complaint
    reason          jsonb,
    rows            int         NOT NULL CHECK (rows > 0),
    done            int         NOT NULL DEFAULT 0,
    created         int         NOT NULL DEFAULT 0,
    updated         int         NOT NULL DEFAULT 0,
    unchanged       int         NOT NULL DEFAULT 0,
    refused         int         NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    touched_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    purged_at       timestamptz,
    CONSTRAINT imports_add_up CHECK (created + updated + unchanged + refused = done AND done <= rows),
    CONSTRAINT imports_finished CHECK ((finished_at IS NULL) = (state IN ('waiting', 'running')))
);
COMMENT ON COLUMN exchange.imports.done IS 'Rows that are through, counted from the first; moves in the transaction that does them.';
COMMENT ON COLUMN exchange.imports.touched_at IS 'When it last moved: one that runs and stands still has lost its process.';
CREATE UNIQUE INDEX imports_one_at_a_time ON exchange.imports (organisation_id) WHERE state IN ('waiting', 'running');
CREATE INDEX imports_organisation ON exchange.imports (organisation_id, id DESC);
CREATE INDEX imports_under_way ON exchange.imports (touched_at) WHERE state IN ('waiting', 'running');
CREATE INDEX imports_to_purge ON exchange.imports (finished_at) WHERE finished_at IS NOT NULL AND purged_at IS NULL;

CREATE TABLE exchange.files (
    import_id uuid  PRIMARY KEY REFERENCES exchange.imports ON DELETE CASCADE,
    content   bytea NOT NULL
);
COMMENT ON TABLE exchange.files IS 'What was sent, until the import is purged.';

CREATE TABLE exchange.outcomes (
    import_id  uuid  NOT NULL REFERENCES exchange.imports ON DELETE CASCADE,
    row        int   NOT NULL CHECK (row > 0),
    verdict    text  NOT NULL CHECK (verdict IN ('created', 'updated', 'unchanged', 'refused')),
    subject_id uuid,
    complaints jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (import_id, row)
);
COMMENT ON COLUMN exchange.outcomes.row IS 'As the spreadsheet numbers it.';
CREATE INDEX outcomes_refused ON exchange.outcomes (import_id, row) WHERE verdict = 'refused';

CREATE TABLE exchange.own_codes (
    producer_id uuid NOT NULL REFERENCES identity.organisations,
    kind        text NOT NULL CHECK (kind IN ('products', 'offers')),
    -- as the producer writes it, and as it is compared
    code        text NOT NULL,
    compared    text NOT NULL CHECK (compared <> ''),
    subject_id  uuid NOT NULL,
    PRIMARY KEY (producer_id, kind, compared),
    CONSTRAINT own_codes_subject UNIQUE (producer_id, kind, subject_id)
);
COMMENT ON TABLE exchange.own_codes IS 'The codes of a producer''s own books (mã hàng, SKU), by which its lists name products and offers.';
