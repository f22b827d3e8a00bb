-- An award of a quote with several delivery dates keeps them: what of it falls due on which.
-- +goose Up

-- The parts of a schedule are several, each more than nothing, on days that ascend from the award's own,
-- and together its quantity.
-- +goose StatementBegin
CREATE FUNCTION inquiry.schedule_holds(schedule jsonb, quantity bigint, deliver_on date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(count(*) > 1 AND bool_and(p.part > 0 AND (p.before IS NULL OR p.before < p.day)) AND sum(p.part) = quantity
                    AND bool_or(p.before IS NULL AND p.day = deliver_on), false)
      FROM (SELECT CAST(e.part ->> 'quantity' AS numeric) * 1000 AS part, d.day, lag(d.day) OVER (ORDER BY e.nth) AS before
              FROM jsonb_array_elements(schedule) WITH ORDINALITY AS e(part, nth)
             CROSS JOIN LATERAL (SELECT make_date(CAST(split_part(e.part ->> 'deliver_on', '-', 1) AS int),
                    CAST(split_part(e.part ->> 'deliver_on', '-', 2) AS int), CAST(split_part(e.part ->> 'deliver_on', '-', 3) AS int))) AS d(day)) p
$$;
-- +goose StatementEnd

-- Safe for the release before: its awards have one date. Awards made before keep theirs, as their
-- papers state it.
ALTER TABLE inquiry.awards
    ADD COLUMN schedule jsonb NOT NULL DEFAULT '[]',
    ADD CONSTRAINT award_schedule_adds_up CHECK (schedule = '[]' OR inquiry.schedule_holds(schedule, quantity, deliver_on));
COMMENT ON COLUMN inquiry.awards.schedule IS '[{deliver_on, quantity}], ascending, together the quantity; deliver_on of the award is the first. Empty where there is one date.';

-- On which date a delivery falls due: goods fill the dates of the award in the order in which they left,
-- what was rejected or lost fills none. Goods beyond the last date are due on that.
-- +goose StatementBegin
CREATE FUNCTION inquiry.delivery_due(of_award uuid, of_delivery uuid) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH placed AS (
        SELECT a.schedule, a.deliver_on,
               (SELECT coalesce(sum(CASE WHEN e.received_at IS NULL THEN e.quantity ELSE coalesce(s.accepted, e.accepted) END), 0)
                  FROM inquiry.deliveries e
                  LEFT JOIN inquiry.disputes x ON x.delivery_id = e.id AND x.settled_at IS NOT NULL
                  LEFT JOIN inquiry.settlements s ON s.dispute_id = x.id AND s.agreed_at IS NOT NULL
                 WHERE e.award_id = a.id AND (e.dispatched_at, e.id) < (d.dispatched_at, d.id)) AS before
          FROM inquiry.awards a JOIN inquiry.deliveries d ON d.award_id = a.id AND d.id = of_delivery
         WHERE a.id = of_award
    )
    SELECT coalesce((SELECT min(p.day) FROM (
                     SELECT CAST(e.part ->> 'deliver_on' AS date) AS day,
                            sum(CAST(e.part ->> 'quantity' AS numeric) * 1000) OVER (ORDER BY e.nth) AS filled
                       FROM jsonb_array_elements(placed.schedule) WITH ORDINALITY AS e(part, nth)) p WHERE p.filled > placed.before),
                    CAST(placed.schedule -> -1 ->> 'deliver_on' AS date), placed.deliver_on)
      FROM placed
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.delivery_due IS 'NULL for what has not left.';
