-- A buyer's limit is one of value, not of acts: what a person awarded alone counts towards it, so that a
-- purchase in parts waits for a second person as one in whole does.
-- +goose Up
CREATE TABLE inquiry.alone_awards (
    award_id    uuid   PRIMARY KEY REFERENCES inquiry.awards,
    buyer_id    uuid   NOT NULL REFERENCES identity.organisations,
    person      uuid   NOT NULL,
    inquiry_id  uuid   NOT NULL REFERENCES inquiry.inquiries,
    producer_id uuid   NOT NULL REFERENCES identity.organisations,
    day         date   NOT NULL,
    value_vnd   bigint NOT NULL CHECK (value_vnd >= 0)
);
COMMENT ON TABLE inquiry.alone_awards IS 'What one person awarded without a second, of buyers that had a limit then.';
COMMENT ON COLUMN inquiry.alone_awards.day IS 'Of the award, in Vietnam.';
CREATE INDEX alone_awards_inquiry ON inquiry.alone_awards (inquiry_id, person);
CREATE INDEX alone_awards_producer ON inquiry.alone_awards (buyer_id, producer_id, day, person);

-- +goose StatementBegin
CREATE FUNCTION inquiry.awarded_alone(of_inquiry uuid, of_buyer uuid, chosen uuid[], by_person uuid, on_day date) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- Behind the lines, before the offers: of two awards that a person makes at once, the second counts the
    -- first. Its own statement sees what was committed while this one waited.
    PERFORM pg_advisory_xact_lock(hashtextextended('inquiry.awarded_alone ' || of_buyer || by_person, 0));
    RETURN (SELECT CAST(least(coalesce(sum(x.value_vnd), 0), 9223372036854775807) AS bigint)
              FROM inquiry.alone_awards x
              JOIN inquiry.awards a ON a.id = x.award_id AND a.cancelled_at IS NULL
             WHERE x.buyer_id = of_buyer AND x.person = by_person
               AND (x.inquiry_id = of_inquiry
                    OR x.day = on_day AND x.producer_id IN (SELECT q.producer_id FROM inquiry.quotes q WHERE q.id = ANY (chosen))));
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.awarded_alone IS
    'What a person has awarded without a second of an inquiry, or that day of the producers of some quotes, in đồng; the person''s other awards wait until the transaction ends.';
