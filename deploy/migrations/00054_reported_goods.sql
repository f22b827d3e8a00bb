-- A posting says how goods are graded, how many stars they have and to which ward they go, so that volumes
-- can be told by each. Offers and lines keep what was true when they were opened: what was raised under a
-- grade is lowered under the same.
-- +goose Up
ALTER TABLE reference.line_grade_fields ADD COLUMN reported boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN reference.line_grade_fields.reported IS 'Volumes of the line are told apart by this field.';

ALTER TABLE catalog.offers
    ADD COLUMN grade text CHECK (grade <> ''),
    ADD COLUMN stars smallint CHECK (stars > 0);
COMMENT ON COLUMN catalog.offers.grade IS 'How volumes of the goods are graded, since the offer was opened.';
COMMENT ON COLUMN catalog.offers.stars IS 'Stars of the goods on the day on which the offer was opened.';
ALTER TABLE inquiry.lines ADD COLUMN reported_grade text CHECK (reported_grade <> '');
COMMENT ON COLUMN inquiry.lines.reported_grade IS 'How volumes of what is asked for are graded.';

ALTER TABLE ledger.postings
    ADD COLUMN grade text CHECK (grade <> ''),
    ADD COLUMN stars smallint CHECK (stars > 0),
    ADD COLUMN ward text REFERENCES reference.communes;
COMMENT ON COLUMN ledger.postings.grade IS 'The grade by which volumes of the line are told apart, as people say it.';
COMMENT ON COLUMN ledger.postings.ward IS 'Where demand is to be delivered; absent for supply, which goes anywhere.';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ledger.post(postings jsonb, posted_at timestamptz, claims jsonb) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, value_vnd, product_line, form,
           schemes, commune, buyer_system, producer_id, buyer_id, product_id, offer_id, inquiry_id, inquiry_line_id,
           quote_id, award_id, delivery_id, reserved_until, actor_id, organisation_id, reason, grade, stars, ward)
    SELECT p.id, posted_at, p.business_date, p.movement, p.quantity, p.unit, p.weight, p.value_vnd, p.product_line, p.form,
           coalesce(p.schemes, '{}'), p.commune, p.buyer_system, p.producer_id, p.buyer_id, p.product_id, p.offer_id, p.inquiry_id,
           p.inquiry_line_id, p.quote_id, p.award_id, p.delivery_id, p.reserved_until, p.actor_id, p.organisation_id, p.reason,
           p.grade, p.stars, p.ward
      FROM jsonb_populate_recordset(CAST(NULL AS ledger.postings), postings) p;
    IF claims IS NOT NULL THEN
        INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight, ceiling)
        SELECT s.id, s.movement, s.award_id, c.ceiling_id, EXTRACT(YEAR FROM s.business_date), s.weight, c.ceiling
          FROM jsonb_to_recordset(claims) AS c(posting_id uuid, ceiling_id uuid, ceiling bigint)
          JOIN ledger.postings s ON s.id = c.posting_id;
    END IF;
END
$$;
-- +goose StatementEnd

-- An award reads what its offer was opened with, and where its inquiry is delivered.
DROP FUNCTION inquiry.awardable(uuid, uuid, uuid[], timestamptz);
-- +goose StatementBegin
CREATE FUNCTION inquiry.awardable(of_inquiry uuid, of_buyer uuid, chosen uuid[], at timestamptz)
RETURNS TABLE (id uuid, line_id uuid, producer_id uuid, producer_name text, product_id uuid, offer_id uuid, quantity bigint, awarded bigint,
               held bigint, unit text, price_vnd bigint, size_prices jsonb, deliver_on date, valid_until timestamptz, claims text[],
               lapsing text[], stage text, product_line text, form text, unit_weight bigint, commune text, line_open bigint,
               line_schemes text[], buyer_name text, buyer_system text, inquiry_stage text, quotes_sealed boolean,
               quotes_due_at timestamptz, holds_ran_out boolean, award_limit_vnd bigint, proposal_hours int,
               framework jsonb, price_tiers jsonb, tie bigint, price_gross boolean, min_quantity bigint,
               split jsonb, outdated boolean, round_until timestamptz, certified boolean, grade text, stars smallint,
               ward text)
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
           OR EXISTS (SELECT FROM catalog.certificate_members k WHERE k.producer_id = q.producer_id),
           o.grade, o.stars, i.ward
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
