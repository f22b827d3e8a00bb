-- How far the catalogue has followed the sealed audit trail.
-- +goose Up
CREATE TABLE catalog.followed (
    trail text   PRIMARY KEY,
    seq   bigint NOT NULL CHECK (seq >= 0)
);
COMMENT ON TABLE catalog.followed IS 'The last sealed audit event whose consequences the catalogue has drawn.';
INSERT INTO catalog.followed (trail, seq) VALUES ('organisations', 0);
