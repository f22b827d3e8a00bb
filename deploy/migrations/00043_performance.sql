-- Performance records: how organisations kept their word, computed from facts that nobody but the owner rewrites.
-- +goose Up

CREATE INDEX awards_producer_day ON inquiry.awards (producer_id, deliver_on);
CREATE INDEX awards_buyer_day ON inquiry.awards (buyer_id, created_at);

-- What of an award was announced as a shortfall, and what the buyer ended by default: few postings, each kept apart.
CREATE INDEX postings_short ON ledger.postings (award_id) WHERE movement IN ('shortfall', 'defaulted');
CREATE VIEW ledger.shortfalls AS
    SELECT award_id, CAST(coalesce(sum(quantity) FILTER (WHERE movement = 'shortfall'), 0) AS bigint) AS announced,
           CAST(coalesce(sum(quantity) FILTER (WHERE movement = 'defaulted'), 0) AS bigint) AS defaulted
      FROM ledger.postings WHERE movement IN ('shortfall', 'defaulted') GROUP BY award_id;
COMMENT ON VIEW ledger.shortfalls IS 'Of each award, what its producer announced would not come and what its buyer ended by default.';

CREATE VIEW catalog.certificate_terms AS
    SELECT c.producer_id, c.id AS certificate_id, c.verified_on, c.valid_until, l.lapsed_on
      FROM catalog.certificates c LEFT JOIN catalog.certificate_lapses l ON l.certificate_id = c.id
     WHERE c.verified_on IS NOT NULL AND NOT EXISTS (SELECT FROM catalog.certificates r WHERE r.renews_id = c.id AND r.state = 'verified');
COMMENT ON VIEW catalog.certificate_terms IS 'Certificates that were verified and have no verified renewal: from when, until when, and the day from which each had lapsed.';

-- A receipt, a dispute that has ended and an agreed settlement stand. What both sides agree on instead of a receipt is a row of its own.
-- +goose StatementBegin
CREATE FUNCTION inquiry.stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE integrity_constraint_violation USING MESSAGE = 'what was received, settled or agreed stands', CONSTRAINT = 'outcome_stands';
END $$;
-- +goose StatementEnd
CREATE TRIGGER receipt_stands BEFORE UPDATE OR DELETE ON inquiry.deliveries FOR EACH ROW
    WHEN (OLD.received_at IS NOT NULL) EXECUTE FUNCTION inquiry.stands();
CREATE TRIGGER dispute_stands BEFORE UPDATE OR DELETE ON inquiry.disputes FOR EACH ROW
    WHEN (OLD.settled_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION inquiry.stands();
CREATE TRIGGER settlement_stands BEFORE UPDATE OR DELETE ON inquiry.settlements FOR EACH ROW
    WHEN (OLD.agreed_at IS NOT NULL) EXECUTE FUNCTION inquiry.stands();

-- What the catalogue sorts and filters producers by. Trade sets it from the facts, hourly and when a dispute is settled.
CREATE TABLE catalog.producer_records (
    producer_id      uuid PRIMARY KEY REFERENCES identity.organisations,
    on_time_cases    integer  NOT NULL CHECK (on_time_cases >= 0),
    on_time_permille smallint CONSTRAINT on_time_permille_range CHECK (on_time_permille BETWEEN 0 AND 1000),
    in_full_cases    integer  NOT NULL CHECK (in_full_cases >= 0),
    in_full_permille smallint CONSTRAINT in_full_permille_range CHECK (in_full_permille BETWEEN 0 AND 1000),
    as_of            timestamptz NOT NULL
);
COMMENT ON COLUMN catalog.producer_records.on_time_permille IS 'NULL: too few cases to say.';

-- The records of the last twelve months, as a job last computed them; what it has not computed lately is computed when it is asked for.
CREATE TABLE inquiry.performance (
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    measure         text        NOT NULL,
    line            text        NOT NULL,
    unit            text        NOT NULL,
    cases           integer     NOT NULL CHECK (cases >= 0),
    met             integer     NOT NULL CHECK (met BETWEEN 0 AND cases),
    permille        bigint,
    minutes         bigint,
    as_of           timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, measure, line, unit)
);
COMMENT ON TABLE inquiry.performance IS 'Derived: recomputed from receipts, settlements and the ledger, never corrected by hand.';
