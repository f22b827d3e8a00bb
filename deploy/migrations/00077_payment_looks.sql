-- Which accounts may have become due since they were looked at last, so that noting what is due costs as
-- much as what changed and not as all that was ever traded. Triggers enter what changes what is owed, paid
-- or due; the job takes an entry out and enters the day on which the next warning of that account falls due.
--
-- Safe for the release before: it looks at all accounts, and enters what it changes by these triggers.
-- +goose Up
CREATE TABLE inquiry.payment_looks (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    award_id uuid   NOT NULL REFERENCES inquiry.awards,
    look_on  date   NOT NULL
);
CREATE INDEX payment_looks_day ON inquiry.payment_looks (look_on, id);
COMMENT ON TABLE inquiry.payment_looks IS
    'Accounts that are to be looked at on a day, -infinity: as soon as may be. An award may be there several times; nobody waits for who enters it.';

-- +goose StatementBegin
CREATE FUNCTION inquiry.look_at_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'deliveries' THEN
        INSERT INTO inquiry.payment_looks (award_id, look_on) VALUES (NEW.award_id, '-infinity');
    WHEN 'settlements' THEN
        INSERT INTO inquiry.payment_looks (award_id, look_on)
        SELECT d.award_id, '-infinity' FROM inquiry.disputes x JOIN inquiry.deliveries d ON d.id = x.delivery_id WHERE x.id = NEW.dispute_id;
    WHEN 'payment_moves' THEN
        INSERT INTO inquiry.payment_looks (award_id, look_on)
        SELECT p.award_id, '-infinity' FROM inquiry.payments p WHERE p.id = NEW.payment_id;
    END CASE;
    RETURN NULL;
END
$$;
CREATE FUNCTION inquiry.look_at_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inquiry.payment_looks (award_id, look_on)
    SELECT a.id, '-infinity' FROM inquiry.awards a
     WHERE a.created_at >= (SELECT min(w.since) FROM inquiry.payment_warning_days w)
       AND EXISTS (SELECT FROM inquiry.deliveries d WHERE d.award_id = a.id AND d.received_at IS NOT NULL);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER receipts_looked_at AFTER INSERT OR UPDATE ON inquiry.deliveries
    FOR EACH ROW WHEN (NEW.received_at IS NOT NULL) EXECUTE FUNCTION inquiry.look_at_account();
CREATE TRIGGER settlements_looked_at AFTER INSERT OR UPDATE ON inquiry.settlements
    FOR EACH ROW WHEN (NEW.agreed_at IS NOT NULL) EXECUTE FUNCTION inquiry.look_at_account();
CREATE TRIGGER payments_looked_at AFTER INSERT ON inquiry.payment_moves
    FOR EACH ROW WHEN (NEW.move = 'confirm') EXECUTE FUNCTION inquiry.look_at_account();
-- Other days of warning are other days to look on: all are looked at anew.
CREATE TRIGGER warning_days_looked_at AFTER INSERT OR UPDATE OR DELETE ON inquiry.payment_warning_days
    FOR EACH STATEMENT EXECUTE FUNCTION inquiry.look_at_accounts();

INSERT INTO inquiry.payment_looks (award_id, look_on)
SELECT a.id, '-infinity' FROM inquiry.awards a
 WHERE a.created_at >= (SELECT min(w.since) FROM inquiry.payment_warning_days w)
   AND EXISTS (SELECT FROM inquiry.deliveries d WHERE d.award_id = a.id AND d.received_at IS NOT NULL);
