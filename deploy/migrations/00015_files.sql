-- +goose Up
-- What people upload lies in a folder or a bucket (pkg/files), named by its content; here stands
-- what there is and who holds it. What nobody holds is swept away after a day.
CREATE SCHEMA files;

CREATE TABLE files.kept (
    key        text        PRIMARY KEY CONSTRAINT kept_key_is_the_content CHECK (key ~ '^sha256-[0-9a-f]{64}$'),
    media_type text        NOT NULL CHECK (media_type <> ''),
    size       bigint      NOT NULL CHECK (size >= 0),
    touched_at timestamptz NOT NULL
);
CREATE INDEX kept_touched_at ON files.kept (touched_at);
COMMENT ON TABLE files.kept IS 'Content in the store. Touched when it is kept and when a holder lets go.';

CREATE TABLE files.holds (
    key    text NOT NULL REFERENCES files.kept (key),
    holder uuid NOT NULL,
    PRIMARY KEY (key, holder)
);
COMMENT ON TABLE files.holds IS 'Who needs the content: the id of a certificate, a photo, …';
