-- A GTIN belongs to one owner (GS1 General Specifications 1.3), so one published product answers for
-- it. Products that shared one when this rule came keep being shown and answer for nothing, but for
-- the one that was published first; numbers that mean something only within a shop are shared by nature.
-- +goose Up
ALTER TABLE catalog.products ADD COLUMN gtin_shared boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN catalog.products.gtin_shared IS
    'Another product may have the same GTIN: this one does not answer for it.';

UPDATE catalog.products p SET gtin_shared = true
 WHERE p.gtin IS NOT NULL
   AND (lpad(p.gtin, 14, '0') ~ '^(000000[02]|[0-9](02|04|05|2|977|978|979|98|99))'
        OR EXISTS (SELECT 1 FROM catalog.products o
                    WHERE lpad(o.gtin, 14, '0') = lpad(p.gtin, 14, '0') AND o.state = 'published' AND o.id <> p.id
                      AND (p.state <> 'published' OR (o.published_at, o.id) < (p.published_at, p.id))));

CREATE UNIQUE INDEX products_gtin_published_key ON catalog.products (lpad(gtin, 14, '0'))
 WHERE state = 'published' AND gtin IS NOT NULL AND NOT gtin_shared;
