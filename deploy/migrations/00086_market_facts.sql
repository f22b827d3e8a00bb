-- What the market's indicators count, kept: of each award and inquiry what it adds, and the sums of that by day and by
-- month. A worker follows the postings, and the changes that post nothing, and replaces what changed; a question takes the
-- sums of its days and does itself what nobody has followed yet.
--
-- Safe for the release before: it reads nothing of this, and enters what it changes by these triggers. What there is
-- already is followed like what is posted later, from the first posting on.
-- +goose Up
CREATE VIEW ledger.deal_changes AS
SELECT p.xact, p.id, p.award_id, CASE WHEN p.award_id IS NULL THEN p.inquiry_id END AS inquiry_id FROM ledger.postings p;
COMMENT ON VIEW ledger.deal_changes IS 'Which award was changed by which posting or, where it names none, which inquiry.';

CREATE TABLE inquiry.market_place (
    alone boolean PRIMARY KEY DEFAULT true CHECK (alone),
    xact  xid8    NOT NULL,
    id    uuid    NOT NULL
);
COMMENT ON TABLE inquiry.market_place IS 'How far the facts of the market have come: every posting up to here is in them. The row is the lock of whoever follows.';
INSERT INTO inquiry.market_place (xact, id) VALUES ('0', '00000000-0000-0000-0000-000000000000');

CREATE TABLE inquiry.market_looks (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    award_id   uuid,
    inquiry_id uuid,
    CONSTRAINT look_at_one CHECK (num_nonnulls(award_id, inquiry_id) = 1)
);
COMMENT ON TABLE inquiry.market_looks IS
    'Awards and inquiries that were changed by what posts nothing and are to be looked at again. One may be there several times; nobody waits for who enters it.';

CREATE TABLE inquiry.market_facts (
    -- the award or the inquiry
    subject uuid     NOT NULL,
    kind    text     NOT NULL,
    day     date     NOT NULL,
    line    text     NOT NULL,
    unit    text     NOT NULL,
    reason  text     NOT NULL,
    flags   smallint NOT NULL,
    minutes bigint   NOT NULL,
    cases   bigint   NOT NULL CHECK (cases > 0),
    met     bigint   NOT NULL,
    part    bigint   NOT NULL,
    whole   bigint   NOT NULL
);
CREATE INDEX market_facts_subject ON inquiry.market_facts (subject);
COMMENT ON TABLE inquiry.market_facts IS 'What an award or an inquiry adds to the sums of the market, so that it can be taken back.';
COMMENT ON COLUMN inquiry.market_facts.kind IS
    'owed: what was owed and is done; awaited: what counts once its day is over; goods: received; reason: rejected for it; answer_time, inquiry_to_quote, quote_to_award: how long it took.';
COMMENT ON COLUMN inquiry.market_facts.flags IS 'Of what was owed: 1 expected, 2 on time, 4 in full, 8 announced short, 16 defaulted, added up.';

CREATE TABLE inquiry.market_sums (
    span   text     NOT NULL CHECK (span IN ('day', 'month')),
    -- the day, or the first of the month
    day    date     NOT NULL,
    kind   text     NOT NULL,
    line   text     NOT NULL,
    unit   text     NOT NULL,
    reason text     NOT NULL,
    flags  smallint NOT NULL,
    bucket bigint   NOT NULL,
    cases  bigint   NOT NULL,
    met    bigint   NOT NULL,
    part   bigint   NOT NULL,
    whole  bigint   NOT NULL,
    PRIMARY KEY (span, day, kind, line, unit, reason, flags, bucket)
);
COMMENT ON TABLE inquiry.market_sums IS 'The facts of the market by day and by month. What was taken back whole stays as a row of nothing.';
COMMENT ON COLUMN inquiry.market_sums.bucket IS 'Of times: their minutes, of which all but the first two digits are nought.';

CREATE TABLE inquiry.market_minutes (
    kind    text   NOT NULL,
    bucket  bigint NOT NULL,
    span    text   NOT NULL CHECK (span IN ('day', 'month')),
    day     date   NOT NULL,
    minutes bigint NOT NULL,
    cases   bigint NOT NULL,
    PRIMARY KEY (kind, bucket, span, day, minutes)
);
COMMENT ON TABLE inquiry.market_minutes IS 'The times of a bucket of market_sums one by one, for the median that lies in it.';

CREATE FUNCTION inquiry.market_bucket(minutes bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN minutes - minutes % CAST(10 ^ greatest(length(CAST(abs(minutes) AS text)) - 2, 0) AS bigint);
COMMENT ON FUNCTION inquiry.market_bucket IS 'Never falls where minutes rise.';

-- +goose StatementBegin
CREATE FUNCTION inquiry.look_at_market() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'inquiries' THEN
        INSERT INTO inquiry.market_looks (inquiry_id) VALUES (NEW.id);
        INSERT INTO inquiry.market_looks (award_id) SELECT a.id FROM inquiry.awards a WHERE a.inquiry_id = NEW.id;
    WHEN 'invitations' THEN
        INSERT INTO inquiry.market_looks (inquiry_id) VALUES (NEW.inquiry_id);
    WHEN 'awards' THEN
        INSERT INTO inquiry.market_looks (award_id) VALUES (NEW.id);
    WHEN 'call_offs' THEN
        INSERT INTO inquiry.market_looks (award_id) VALUES (NEW.award_id);
    WHEN 'delivery_rules' THEN
        INSERT INTO inquiry.market_looks (award_id) SELECT a.id FROM inquiry.awards a;
    END CASE;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.look_at_market IS 'Enters what changes the facts of the market without a posting.';
CREATE TRIGGER inquiries_looked_at AFTER UPDATE OF opened_at, quotes_due_at, quotes_sealed ON inquiry.inquiries FOR EACH ROW
    WHEN ((OLD.opened_at, OLD.quotes_due_at, OLD.quotes_sealed) IS DISTINCT FROM (NEW.opened_at, NEW.quotes_due_at, NEW.quotes_sealed))
    EXECUTE FUNCTION inquiry.look_at_market();
CREATE TRIGGER invitations_looked_at AFTER UPDATE OF declined_at ON inquiry.invitations FOR EACH ROW
    WHEN (OLD.declined_at IS DISTINCT FROM NEW.declined_at) EXECUTE FUNCTION inquiry.look_at_market();
CREATE TRIGGER declined_looked_at AFTER INSERT ON inquiry.invitations FOR EACH ROW
    WHEN (NEW.declined_at IS NOT NULL) EXECUTE FUNCTION inquiry.look_at_market();
CREATE TRIGGER awards_looked_at AFTER UPDATE OF created_at, deliver_on, schedule, quantity, cancelled_by, cancelled_as ON inquiry.awards FOR EACH ROW
    WHEN ((OLD.created_at, OLD.deliver_on, OLD.schedule, OLD.quantity, OLD.cancelled_by, OLD.cancelled_as)
          IS DISTINCT FROM (NEW.created_at, NEW.deliver_on, NEW.schedule, NEW.quantity, NEW.cancelled_by, NEW.cancelled_as))
    EXECUTE FUNCTION inquiry.look_at_market();
CREATE TRIGGER call_offs_looked_at AFTER INSERT OR UPDATE OF state, quantity, deliver_on ON inquiry.call_offs
    FOR EACH ROW EXECUTE FUNCTION inquiry.look_at_market();
CREATE TRIGGER delivery_rules_looked_at AFTER INSERT OR UPDATE OR DELETE ON inquiry.delivery_rules
    FOR EACH STATEMENT EXECUTE FUNCTION inquiry.look_at_market();
