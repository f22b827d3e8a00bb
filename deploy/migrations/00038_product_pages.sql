-- A page looks at the offers of a product once, for what it shows of them and for when that ends, and
-- at the reservations of each once: one index scan where there were four.
-- +goose Up
CREATE OR REPLACE VIEW ledger.remaining AS
SELECT o.offer_id,
       o.free + o.reserved + o.committed + o.dispatched + o.accepted AS supplied,
       o.committed + o.dispatched + o.accepted AS committed,
       (o.free + h.lapsed)::bigint AS remaining,
       h.next_release
  FROM ledger.offers o
 CROSS JOIN LATERAL (SELECT coalesce(sum(r.quantity) FILTER (WHERE r.reserved_until <= now()), 0) AS lapsed,
                            min(r.reserved_until) FILTER (WHERE r.reserved_until > now()) AS next_release
                       FROM ledger.reservations r WHERE r.offer_id = o.offer_id AND r.quantity > 0) h;

DROP FUNCTION catalog.product_pages(uuid[], date);
-- json is text that is only passed on; jsonb would be parsed, ordered and written again.
-- +goose StatementBegin
CREATE FUNCTION catalog.product_pages(ids uuid[], on_day date)
RETURNS TABLE (id uuid, producer_id uuid, producer_name text, commune text, approved boolean, fictional boolean, name text, name_en text, line text, form text, grade jsonb, unit text, unit_weight bigint, gtin text, description text, state text, reason text, invented boolean, version bigint, created_at timestamptz, updated_at timestamptz, gtin_shared boolean, seen text, until timestamptz, marks json, offers json, photos json)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT p.id, p.producer_id, r.name AS producer_name, coalesce(r.commune_code, '') AS commune, r.approved, r.fictional,
           p.name, p.name_en, p.line, p.form, p.grade, p.unit, coalesce(p.unit_weight, 0) AS unit_weight,
           coalesce(p.gtin, '') AS gtin, p.description, p.state, p.reason, p.invented, p.version, p.created_at, p.updated_at,
           p.gtin_shared,
           CAST(pg_current_snapshot() AS text) AS seen,
           supply.until,
           coalesce(held.marks, '[]') AS marks,
           coalesce(supply.offers, '[]') AS offers,
           coalesce((SELECT json_agg(json_build_object('id', f.id, 'state', f.state, 'reason', f.reason, 'caption', f.caption, 'caption_en', f.caption_en, 'sizes', f.sizes) ORDER BY f.position)
                       FROM catalog.photos f WHERE f.product_id = p.id), '[]') AS photos
      FROM unnest(ids) WITH ORDINALITY AS wanted(id, position)
      JOIN catalog.products p ON p.id = wanted.id
      JOIN catalog.producers r ON r.id = p.producer_id
      LEFT JOIN (SELECT m.product_id, json_agg(json_build_object('scheme', m.scheme, 'number', m.number, 'issued_on', m.issued_on,
                        'valid_until', m.valid_until, 'stars', m.stars) ORDER BY m.scheme, m.valid_until DESC NULLS FIRST, m.number) AS marks
                   FROM catalog.marks(on_day) m WHERE m.product_id = ANY (ids) GROUP BY m.product_id) held ON held.product_id = p.id
     CROSS JOIN LATERAL (SELECT min(b.next_release) AS until, json_agg(json_build_object(
    'id', o.id, 'product_id', o.product_id, 'from', o.available_from, 'to', o.available_to, 'supplied', b.supplied,
    'committed', b.committed, 'remaining', b.remaining, 'unit', o.unit, 'min_order', o.min_order, 'tiers', o.price_tiers,
    'on_the_day', o.price_on_the_day, 'place', coalesce(o.place, r.commune_code), 'visibility', o.visibility,
    'state', o.state, 'invented', o.invented, 'version', o.version, 'updated_at', o.updated_at, 'multiple', o.multiple,
    'lead_days', o.lead_days, 'series_id', o.series_id) ORDER BY o.available_from, o.id)
                                 FILTER (WHERE o.available_to >= on_day AND b.remaining > 0) AS offers
                           FROM catalog.offers o JOIN ledger.remaining b ON b.offer_id = o.id
                          WHERE o.product_id = p.id AND o.state = 'open') supply
     ORDER BY wanted.position;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION catalog.product_pages IS
    'Products whole, in the order of the ids, whoever may see them, with the marks they may show on a day and the offers that can be ordered then or later; with the snapshot that was read and when the first of the reservations that count runs out.';
