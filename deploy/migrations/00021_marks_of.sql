-- The marks of some products. catalog.marks is inlined into the statement that asks, and planning
-- it takes longer than answering for a few products; a function keeps its plan for as long as the
-- connection lives, behind a pooler too.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION catalog.marks_of(ids uuid[], on_day date)
RETURNS TABLE (product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    RETURN QUERY
    SELECT m.product_id, m.certificate_id, m.scheme, m.number, m.issued_on, m.valid_until, m.stars
      FROM catalog.marks(on_day) m WHERE m.product_id = ANY (ids);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION catalog.marks_of IS 'catalog.marks for some products, without the time to plan it.';
