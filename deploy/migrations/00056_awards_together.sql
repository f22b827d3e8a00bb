-- Awards that wait at the same time are decided together, in one transaction: what an award has to read and
-- to write is read and written for several at once. Safe for the release before: what it calls stays.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION inquiry.awardable_together(acts int[], inquiries uuid[], buyers uuid[], chosen uuid[], at timestamptz)
RETURNS TABLE (act int, id uuid, inquiry_id uuid, line_id uuid, producer_id uuid, producer_name text, product_id uuid, offer_id uuid,
               quantity bigint, awarded bigint, held bigint, unit text, price_vnd bigint, size_prices jsonb, deliver_on date,
               valid_until timestamptz, claims text[], lapsing text[], stage text, product_line text, form text, unit_weight bigint,
               commune text, line_open bigint, line_schemes text[], offer_free bigint, buyer_id uuid, buyer_name text, buyer_system text,
               inquiry_stage text, quotes_sealed boolean, quotes_due_at timestamptz, holds_ran_out boolean, award_limit_vnd bigint,
               proposal_hours int, framework jsonb, price_tiers jsonb, tie bigint, price_gross boolean, min_quantity bigint,
               split jsonb, outdated boolean, round_until timestamptz, certified boolean, grade text,
               stars smallint, ward text)
LANGUAGE plpgsql VOLATILE ROWS 4 SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
    -- Lines in the order of their ids, whoever asks for them: no deadlock. The next statement sees what others did before.
    PERFORM 1 FROM inquiry.lines l
      WHERE l.id IN (SELECT q.line_id FROM unnest(inquiries, buyers, chosen) AS c(inquiry_id, buyer_id, quote_id)
                       JOIN inquiry.quotes q ON q.id = c.quote_id AND q.inquiry_id = c.inquiry_id
                       JOIN inquiry.inquiries i ON i.id = c.inquiry_id AND i.buyer_id = c.buyer_id)
      ORDER BY l.id FOR NO KEY UPDATE OF l;
    RETURN QUERY
    SELECT a.act, q.id, q.inquiry_id, q.line_id, q.producer_id, s.name, q.product_id, q.offer_id, q.quantity, q.awarded,
           coalesce(h.quantity, 0), q.unit, q.price_vnd, q.size_prices, q.deliver_on, q.valid_until, q.claims, q.lapsing, q.stage,
           p.line, p.form, coalesce(p.unit_weight, 0), coalesce(o.place, s.commune_code, ''), b.open, l.schemes, v.free, i.buyer_id, c.name,
           coalesce(i.buyer_system, ''), i.stage, i.quotes_sealed, i.quotes_due_at,
           EXISTS (SELECT FROM ledger.reservations e WHERE e.offer_id = q.offer_id AND e.quantity > 0 AND e.reserved_until <= at),
           coalesce(n.award_limit_vnd, 0), coalesce(n.proposal_hours, 0),
           CASE WHEN f.quote_id IS NOT NULL THEN jsonb_build_object('from', f.period_from, 'to', f.period_to, 'indicative', f.indicative) END,
           q.price_tiers, coalesce(q.tie, 0), q.price_gross, q.min_quantity, q.split, q.answers < i.terms_version, r.until,
           EXISTS (SELECT FROM catalog.certificates k WHERE k.producer_id = q.producer_id)
           OR EXISTS (SELECT FROM catalog.certificate_members k WHERE k.producer_id = q.producer_id),
           o.grade, o.stars, i.ward
      FROM unnest(acts, inquiries, buyers, chosen) AS a(act, inquiry_id, buyer_id, quote_id)
      JOIN inquiry.quotes q ON q.id = a.quote_id AND q.inquiry_id = a.inquiry_id
      JOIN inquiry.inquiries i ON i.id = a.inquiry_id AND i.buyer_id = a.buyer_id
      JOIN inquiry.lines l ON l.id = q.line_id
      JOIN ledger.lines b ON b.inquiry_line_id = q.line_id
      JOIN ledger.offers v ON v.offer_id = q.offer_id
      JOIN catalog.offers o ON o.id = q.offer_id
      JOIN catalog.products p ON p.id = q.product_id
      JOIN identity.organisations s ON s.id = q.producer_id
      JOIN identity.organisations c ON c.id = i.buyer_id
      LEFT JOIN ledger.reservations h ON h.quote_id = q.id
      LEFT JOIN inquiry.quote_frameworks f ON f.quote_id = q.id
      LEFT JOIN LATERAL (SELECT x.award_limit_vnd, x.proposal_hours FROM inquiry.purchasing_rules x
                          WHERE x.organisation_id = i.buyer_id ORDER BY x.version DESC LIMIT 1) n ON true
      LEFT JOIN inquiry.rounds r ON r.inquiry_id = i.id AND r.ended_at IS NULL AND r.until > at;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.awardable_together IS
    'For each act of awarding, a number, the chosen quotes of a buyer''s inquiry with their lines, goods and parties, the lines of all locked until the transaction ends; what is free of their offers and whether holds on these have run out at an instant; above which value the buyer''s awards need a second person; for which period a quote may be a framework; whether it is outdated, until when revisions are sealed; and whether any certificate names the producer, without which nothing carries a mark.';

-- +goose StatementBegin
CREATE FUNCTION inquiry.enter_awards(awards jsonb, made_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
DECLARE
    missing bigint;
BEGIN
    INSERT INTO inquiry.awards (id, inquiry_id, line_id, quote_id, buyer_id, producer_id, product_id, offer_id, quantity, unit,
           price_vnd, deliver_on, claims, lapsing, period_from, period_to, indicative, schedule, created_at)
    SELECT a.id, a.inquiry_id, a.line_id, a.quote_id, a.buyer_id, a.producer_id, a.product_id, a.offer_id, a.quantity, a.unit, a.price_vnd,
           a.deliver_on, coalesce(a.claims, '{}'), coalesce(a.lapsing, '{}'), a.period_from, a.period_to, a.indicative,
           coalesce(a.schedule, '[]'), made_at
      FROM jsonb_to_recordset(awards) AS a(id uuid, inquiry_id uuid, line_id uuid, quote_id uuid, buyer_id uuid, producer_id uuid,
           product_id uuid, offer_id uuid, quantity bigint, unit text, price_vnd bigint, deliver_on date, claims text[],
           lapsing text[], period_from date, period_to date, indicative boolean, schedule jsonb);
    WITH wanted AS (
        SELECT a.quote_id, CAST(sum(a.quantity) AS bigint) AS quantity
          FROM jsonb_to_recordset(awards) AS a(quote_id uuid, quantity bigint) GROUP BY a.quote_id),
    taken AS (
        UPDATE inquiry.quotes q SET awarded = q.awarded + w.quantity, updated_at = made_at
          FROM wanted w WHERE q.id = w.quote_id AND q.stage = 'submitted' RETURNING q.id)
    SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM taken) INTO missing;
    RETURN missing;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.enter_awards IS
    'Writes awards and takes their quantities off the quotes, of which several may be of one; returns how many of the quotes could not be awarded any more.';

-- +goose StatementBegin
CREATE FUNCTION identity.record_each(events jsonb, recorded_at timestamptz) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    INSERT INTO identity.audit_events (id, at, actor_id, organisation_id, key_id, action, subject_kind, subject_id, detail, trace_id)
    SELECT e.id, recorded_at, e.actor_id, e.organisation_id, e.key_id, e.action, e.subject_kind, e.subject_id, e.detail, e.trace_id
      FROM jsonb_to_recordset(events) AS e(id uuid, actor_id uuid, organisation_id uuid, key_id uuid, action text, subject_kind text,
           subject_id uuid, detail jsonb, trace_id text);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION identity.record_each IS 'Adds what several callers did at one moment to the audit trail.';
