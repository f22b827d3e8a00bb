-- Whether the demonstration data was loaded, and whether that came to its end.
-- +goose Up
CREATE SCHEMA demonstration;

CREATE TABLE demonstration.loaded (
    one         boolean     PRIMARY KEY DEFAULT true CHECK (one),
    began_at    timestamptz NOT NULL,
    seed        bigint      NOT NULL,
    finished_at timestamptz
);
COMMENT ON TABLE demonstration.loaded IS 'At most one row: written before the first step of a load, finished after the last.';
-- Nothing secret: readiness asks with the service's role.
GRANT USAGE ON SCHEMA demonstration TO PUBLIC;
GRANT SELECT ON demonstration.loaded TO PUBLIC;

-- An id that holds an instant, as uuid version 7 does, and is otherwise decided by a text: bulk
-- rows sort by when they are said to have happened, and the same seed makes the same ids.
CREATE FUNCTION demonstration.id_at(at timestamptz, salt text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CAST(lpad(to_hex(CAST(floor(extract(epoch FROM at) * 1000) AS bigint)), 12, '0') || '7' || substr(md5(salt), 1, 3)
                || '8' || substr(md5(salt), 4, 15) AS uuid)
$$;
