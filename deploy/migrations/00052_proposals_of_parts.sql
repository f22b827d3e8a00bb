-- Why an act waits that is worth less than the limit.
-- +goose Up

-- Safe for the release before: what it proposes says nothing of it.
ALTER TABLE inquiry.award_proposals ADD COLUMN awarded_alone_vnd bigint NOT NULL DEFAULT 0
    CONSTRAINT proposal_alone_not_negative CHECK (awarded_alone_vnd >= 0);
COMMENT ON COLUMN inquiry.award_proposals.awarded_alone_vnd IS 'What the proposer had awarded alone that counts towards the limit together with the act.';
