-- What a transaction writes without reading it is written by calls that are made together at its end, so
-- each is a function, planned once. Safe for the release before: what it calls stays.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION inquiry.write_awards(awards jsonb, made_at timestamptz) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    IF inquiry.enter_awards(awards, made_at) > 0 THEN
        RAISE check_violation USING MESSAGE = 'a quote cannot be awarded any more', CONSTRAINT = 'award_of_submitted_quote';
    END IF;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.write_awards IS 'Writes awards and takes their quantities off the quotes, or refuses all when one of these cannot be awarded any more.';

-- +goose StatementBegin
CREATE FUNCTION idempotency.claim(scopes text[], wanted text[], fingerprints bytea[]) RETURNS TABLE (scope text, key text)
LANGUAGE plpgsql VOLATILE ROWS 4 SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    INSERT INTO idempotency.keys AS k (scope, key, fingerprint, created_at)
    SELECT c.scope, c.key, c.fingerprint, now()
      FROM unnest(scopes, wanted, fingerprints) AS c(scope, key, fingerprint) ORDER BY c.scope, c.key
    ON CONFLICT (scope, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, answer = NULL, created_at = now()
     WHERE k.created_at < now() - interval '24 hours'
    RETURNING k.scope, k.key;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION idempotency.claim IS 'Claims keys in their order, so that nobody waits in a circle, and returns those that were free or had outlived their life.';

-- +goose StatementBegin
CREATE FUNCTION idempotency.keep(scopes text[], claimed text[], answers text[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
    UPDATE idempotency.keys k SET answer = CAST(a.answer AS jsonb)
      FROM unnest(scopes, claimed, answers) AS a(scope, key, answer)
     WHERE k.scope = a.scope AND k.key = a.key;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION idempotency.keep IS 'Keeps the answers of requests whose keys were claimed.';
