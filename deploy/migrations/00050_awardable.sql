-- An award asks for marks only where there may be some: of goods whose producer a certificate names.
-- +goose Up
DROP FUNCTION inquiry.awardable(uuid, uuid, uuid[], timestamptz);
-- +goose StatementBegin
CREATE FUNCTION inquiry.awardable(of_inquiry uuid, of_buyer uuid, chosen uuid[], at timestamptz)
RETURNS TABLE (id uuid, line_id uuid, producer_id uuid, producer_name text, product_id uuid, offer_id uuid, quantity bigint, awarded bigint,
               held bigint, unit text, price_vnd bigint, size_prices jsonb, deliver_on date, valid_until timestamptz, claims text[],
               lapsing text[], stage text, product_line text, form text, unit_weight bigint, commune text, line_open bigint,
               line_schemes text[], buyer_name text, buyer_system text, inquiry_stage text, quotes_sealed boolean,
               quotes_due_at timestamptz, holds_ran_out boolean, award_limit_vnd bigint, proposal_hours int,
               framework jsonb, price_tiers jsonb, tie bigint, price_gross boolean, min_quantity bigint,
               split jsonb, outdated boolean, round_until timestamptz, certified boolean)
LANGUAGE plpgsql VOLATILE ROWS 2 SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
    -- Lines in the order of their ids: no deadlock. The next statement sees what others did before.
    PERFORM 1 FROM inquiry.lines l JOIN inquiry.inquiries i ON i.id = l.inquiry_id
      WHERE i.id = of_inquiry AND i.buyer_id = of_buyer
        AND l.id IN (SELECT q.line_id FROM inquiry.quotes q WHERE q.id = ANY (chosen))
      ORDER BY l.id FOR NO KEY UPDATE OF l;
    RETURN QUERY
    SELECT q.id, q.line_id, q.producer_id, s.name, q.product_id, q.offer_id, q.quantity, q.awarded, coalesce(h.quantity, 0), q.unit,
           q.price_vnd, q.size_prices, q.deliver_on, q.valid_until, q.claims, q.lapsing, q.stage, p.line, p.form,
           coalesce(p.unit_weight, 0), coalesce(o.place, s.commune_code, ''), b.open, l.schemes, c.name, coalesce(i.buyer_system, ''),
           i.stage, i.quotes_sealed, i.quotes_due_at,
           EXISTS (SELECT FROM ledger.reservations e WHERE e.offer_id = q.offer_id AND e.quantity > 0 AND e.reserved_until <= at),
           coalesce(n.award_limit_vnd, 0), coalesce(n.proposal_hours, 0),
           CASE WHEN f.quote_id IS NOT NULL THEN jsonb_build_object('from', f.period_from, 'to', f.period_to, 'indicative', f.indicative) END,
           q.price_tiers, coalesce(q.tie, 0), q.price_gross, q.min_quantity, q.split, q.answers < i.terms_version, r.until,
           EXISTS (SELECT FROM catalog.certificates k WHERE k.producer_id = q.producer_id)
           OR EXISTS (SELECT FROM catalog.certificate_members k WHERE k.producer_id = q.producer_id)
      FROM inquiry.quotes q
      JOIN inquiry.inquiries i ON i.id = q.inquiry_id
      JOIN inquiry.lines l ON l.id = q.line_id
      JOIN ledger.lines b ON b.inquiry_line_id = q.line_id
      JOIN catalog.offers o ON o.id = q.offer_id
      JOIN catalog.products p ON p.id = q.product_id
      JOIN identity.organisations s ON s.id = q.producer_id
      JOIN identity.organisations c ON c.id = i.buyer_id
      LEFT JOIN ledger.reservations h ON h.quote_id = q.id
      LEFT JOIN inquiry.quote_frameworks f ON f.quote_id = q.id
      LEFT JOIN LATERAL (SELECT x.award_limit_vnd, x.proposal_hours FROM inquiry.purchasing_rules x
                          WHERE x.organisation_id = of_buyer ORDER BY x.version DESC LIMIT 1) n ON true
      LEFT JOIN inquiry.rounds r ON r.inquiry_id = i.id AND r.ended_at IS NULL AND r.until > at
     WHERE q.id = ANY (chosen) AND i.id = of_inquiry AND i.buyer_id = of_buyer;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.awardable IS
    'The quotes of a buyer''s inquiry with their lines, goods and parties, the lines locked until the transaction ends; whether holds on their offers have run out at an instant; above which value the buyer''s awards need a second person; for which period a quote may be a framework; whether it is outdated, until when revisions are sealed; and whether any certificate names the producer, without which nothing carries a mark.';
