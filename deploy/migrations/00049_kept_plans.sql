-- What every deal writes is written by functions, which keep their plans for as long as a connection
-- lives, behind a pooler too: planning these statements takes longer than carrying them out.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION ledger.post(postings jsonb, posted_at timestamptz, claims jsonb) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, value_vnd, product_line, form,
           schemes, commune, buyer_system, producer_id, buyer_id, product_id, offer_id, inquiry_id, inquiry_line_id,
           quote_id, award_id, delivery_id, reserved_until, actor_id, organisation_id, reason)
    SELECT p.id, posted_at, p.business_date, p.movement, p.quantity, p.unit, p.weight, p.value_vnd, p.product_line, p.form,
           coalesce(p.schemes, '{}'), p.commune, p.buyer_system, p.producer_id, p.buyer_id, p.product_id, p.offer_id, p.inquiry_id,
           p.inquiry_line_id, p.quote_id, p.award_id, p.delivery_id, p.reserved_until, p.actor_id, p.organisation_id, p.reason
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
COMMENT ON FUNCTION ledger.post IS
    'Writes postings, which move the balances, and the claims under ceilings that awards among them make; all or nothing.';

-- +goose StatementBegin
CREATE FUNCTION identity.record(events jsonb, recorded_at timestamptz, actor uuid, organisation uuid, api_key uuid, trace text) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    INSERT INTO identity.audit_events (id, at, actor_id, organisation_id, key_id, action, subject_kind, subject_id, detail, trace_id)
    SELECT e.id, recorded_at, actor, organisation, api_key, e.action, e.subject_kind, e.subject_id, e.detail, trace
      FROM jsonb_populate_recordset(CAST(NULL AS identity.audit_events), events) e;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION identity.record IS 'Adds what one caller did at one moment to the audit trail.';

-- +goose StatementBegin
CREATE FUNCTION inquiry.make_awards(awards jsonb, made_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
DECLARE
    taken bigint;
BEGIN
    INSERT INTO inquiry.awards (id, inquiry_id, line_id, quote_id, buyer_id, producer_id, product_id, offer_id, quantity, unit,
           price_vnd, deliver_on, claims, lapsing, period_from, period_to, indicative, schedule, created_at)
    SELECT a.id, a.inquiry_id, a.line_id, a.quote_id, a.buyer_id, a.producer_id, a.product_id, a.offer_id, a.quantity, a.unit, a.price_vnd,
           a.deliver_on, coalesce(a.claims, '{}'), coalesce(a.lapsing, '{}'), a.period_from, a.period_to, a.indicative,
           coalesce(a.schedule, '[]'), made_at
      FROM jsonb_populate_recordset(CAST(NULL AS inquiry.awards), awards) a;
    UPDATE inquiry.quotes q SET awarded = q.awarded + a.quantity, updated_at = made_at
      FROM jsonb_to_recordset(awards) AS a(quote_id uuid, quantity bigint)
     WHERE q.id = a.quote_id AND q.stage = 'submitted';
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN taken;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.make_awards IS
    'Writes awards, each of a quote of its own, and takes their quantities off the quotes; returns how many of these could still be awarded.';
