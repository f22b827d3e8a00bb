-- Two corrections of accounts. What is still to come is goods and freight, each rounded half up, as awards and
-- receipts have them: who pays an award's landed value ahead has not paid a đồng too much. And an amendment that
-- began before an award, but waited for it, does not hold for that award.
-- +goose Up

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION inquiry.keep_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inquiry.past_terms (inquiry_id, held_until, terms)
    VALUES (OLD.id, greatest(NEW.updated_at,
                             (SELECT max(a.created_at) FROM inquiry.awards a WHERE a.inquiry_id = OLD.id) + interval '1 microsecond',
                             (SELECT max(o.held_until) FROM inquiry.past_terms o WHERE o.inquiry_id = OLD.id) + interval '1 microsecond'),
            OLD.terms);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE OR REPLACE VIEW inquiry.accounts AS
SELECT a.id AS award_id, a.created_at AS awarded_at, a.inquiry_id, a.buyer_id, a.producer_id, g.goods_vnd, g.freight_vnd, v.discount_vnd, g.disputed_vnd,
       g.goods_vnd + g.freight_vnd - v.discount_vnd AS owed_vnd, v.deposit_due_vnd, v.to_come_vnd,
       p.deposited_vnd, p.paid_vnd, p.unconfirmed_vnd, p.contested_vnd,
       g.last_received_on,
       CASE WHEN NOT t.consignment THEN g.last_received_on + t.payment_days END AS due_on
  FROM inquiry.awards a
  JOIN inquiry.inquiries i ON i.id = a.inquiry_id
  JOIN inquiry.quotes q ON q.id = a.quote_id
  JOIN ledger.awards b ON b.award_id = a.id
  CROSS JOIN LATERAL (
        SELECT coalesce(CAST(x.terms ->> 'payment_days' AS integer), 0) AS payment_days,
               coalesce(CAST(x.terms ->> 'consignment' AS boolean), false) AS consignment,
               least(greatest(coalesce(CAST(x.terms ->> 'deposit_percent' AS numeric), 0), 0), 100) AS deposit_percent,
               least(greatest(coalesce(CAST(x.terms ->> 'discount_percent' AS numeric), 0), 0), 100) AS discount_percent
          FROM (SELECT coalesce((SELECT o.terms FROM inquiry.past_terms o
                                  WHERE o.inquiry_id = a.inquiry_id AND o.held_until > a.created_at ORDER BY o.held_until LIMIT 1),
                                i.terms) AS terms) x) t
  CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(r.value_vnd), 0) AS bigint) AS goods_vnd,
               CAST(coalesce(sum(floor(coalesce(q.freight_vnd, 0) * CAST(r.accepted AS numeric) / 1000 + 0.5)), 0) AS bigint) AS freight_vnd,
               CAST(coalesce(sum(r.value_vnd) FILTER (WHERE r.disputed), 0) AS bigint) AS disputed_vnd,
               max(CAST(r.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)) FILTER (WHERE r.accepted > 0) AS last_received_on
          FROM (SELECT d.received_at, coalesce(s.value_vnd, d.value_vnd) AS value_vnd, coalesce(s.accepted, d.accepted) AS accepted,
                       y.id IS NOT NULL AND s.id IS NULL AS disputed
                  FROM inquiry.deliveries d
                  LEFT JOIN inquiry.disputes y ON y.delivery_id = d.id AND y.withdrawn_at IS NULL
                  LEFT JOIN inquiry.settlements s ON s.dispute_id = y.id AND s.agreed_at IS NOT NULL
                 WHERE d.award_id = a.id AND d.received_at IS NOT NULL) r) g
  CROSS JOIN LATERAL (
        SELECT CAST(floor(g.goods_vnd * t.discount_percent / 100 + 0.5) AS bigint) AS discount_vnd,
               CAST(floor(floor(CAST(a.price_vnd AS numeric) * (a.quantity - b.released) / 1000 + 0.5) * t.deposit_percent / 100 + 0.5) AS bigint)
                 AS deposit_due_vnd,
               CAST(floor(CAST(a.price_vnd AS numeric) * (b.committed + b.dispatched) / 1000 + 0.5)
                    + floor(CAST(coalesce(q.freight_vnd, 0) AS numeric) * (b.committed + b.dispatched) / 1000 + 0.5) AS bigint) AS to_come_vnd) v
  CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'confirmed' AND w.kind = 'deposit'), 0) AS bigint) AS deposited_vnd,
               CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'confirmed'), 0) AS bigint) AS paid_vnd,
               CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'recorded'), 0) AS bigint) AS unconfirmed_vnd,
               CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'contested'), 0) AS bigint) AS contested_vnd
          FROM (SELECT s.state, s.kind, CASE s.paid_by WHEN 'buyer' THEN s.amount_vnd ELSE -s.amount_vnd END AS amount
                  FROM inquiry.payment_states s WHERE s.award_id = a.id) w) p;
