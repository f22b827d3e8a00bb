-- How many series of an organisation may stand at a time: data with a day from which it holds. Safe for the release before, which
-- does not look.
-- +goose Up
CREATE TABLE inquiry.standing_quotas (
    what           text   NOT NULL CHECK (what IN ('series')),
    effective_from date   NOT NULL,
    most           bigint NOT NULL CHECK (most >= 0),
    PRIMARY KEY (what, effective_from)
);
COMMENT ON TABLE inquiry.standing_quotas IS 'How many of a thing an organisation may have at a time; the latest row whose day has come counts, none does not limit.';
INSERT INTO inquiry.standing_quotas (what, effective_from, most) VALUES ('series', '2025-01-01', 500);

CREATE TABLE inquiry.standing (
    organisation_id uuid   NOT NULL REFERENCES identity.organisations,
    what            text   NOT NULL,
    standing        bigint NOT NULL,
    allowed         bigint NOT NULL,
    PRIMARY KEY (organisation_id, what),
    CONSTRAINT standing_within_quota CHECK (standing <= allowed)
);
COMMENT ON TABLE inquiry.standing IS 'What stood of an organisation when it last added one: who adds locks its row and counts anew, so that parallel requests count each other.';

CREATE TABLE catalog.standing_quotas (
    what           text   NOT NULL CHECK (what IN ('series')),
    effective_from date   NOT NULL,
    most           bigint NOT NULL CHECK (most >= 0),
    PRIMARY KEY (what, effective_from)
);
COMMENT ON TABLE catalog.standing_quotas IS 'As inquiry.standing_quotas, of recurring supply.';
INSERT INTO catalog.standing_quotas (what, effective_from, most) VALUES ('series', '2025-01-01', 500);

CREATE TABLE catalog.standing (
    organisation_id uuid   NOT NULL REFERENCES identity.organisations,
    what            text   NOT NULL,
    standing        bigint NOT NULL,
    allowed         bigint NOT NULL,
    PRIMARY KEY (organisation_id, what),
    CONSTRAINT standing_within_quota CHECK (standing <= allowed)
);
COMMENT ON TABLE catalog.standing IS 'As inquiry.standing, of recurring supply.';
