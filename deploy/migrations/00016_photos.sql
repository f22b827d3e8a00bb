-- +goose Up
-- Photos of products, in the order their producer gives them. MaxPhotos in services/catalog says
-- the same number as the limit here.
CREATE TABLE catalog.photos (
    id          uuid        PRIMARY KEY,
    product_id  uuid        NOT NULL REFERENCES catalog.products (id) ON DELETE CASCADE,
    position    smallint    NOT NULL CONSTRAINT photos_limit CHECK (position BETWEEN 1 AND 12),
    state       text        NOT NULL CHECK (state IN ('processing', 'ready', 'failed')),
    reason      text        NOT NULL DEFAULT '',
    caption     text        NOT NULL DEFAULT '',
    caption_en  text        NOT NULL DEFAULT '',
    upload      text        NOT NULL,
    orientation smallint    NOT NULL CHECK (orientation BETWEEN 1 AND 8),
    sizes       jsonb       NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT photos_position_key UNIQUE (product_id, position) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT photos_ready CHECK ((state = 'ready') = (sizes <> '{}'))
);
COMMENT ON COLUMN catalog.photos.upload IS 'Key in files.kept of what was uploaded, without its metadata.';
COMMENT ON COLUMN catalog.photos.sizes IS 'By name: key in files.kept, width, height, bytes.';
