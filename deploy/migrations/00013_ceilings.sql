-- What a group sells under its certificate's claim, within a ceiling for each year; the ends of
-- certificates as facts; and the notices that tell people of them.
-- +goose Up

-- What a movement does to the volume sold under a claim. A claim is made with the award, and
-- follows it: what was rejected or lost is still owed under the claim until it is released.
ALTER TABLE ledger.movements
    ADD COLUMN ceiling_claimed   smallint NOT NULL DEFAULT 0,
    ADD COLUMN ceiling_delivered smallint NOT NULL DEFAULT 0;
UPDATE ledger.movements SET ceiling_claimed = 1 WHERE movement = 'awarded';
UPDATE ledger.movements SET ceiling_claimed = -1 WHERE movement IN ('award_released', 'shortfall');
UPDATE ledger.movements SET ceiling_delivered = 1 WHERE movement = 'accepted';

-- A posting's part in what is sold under a certificate. Rows are added and never changed. The
-- award's first row comes with the award; those of its later movements are made by the trigger
-- on postings, so that no code can forget them.
CREATE TABLE ledger.claims (
    id             uuid     PRIMARY KEY DEFAULT gen_random_uuid(),
    xact           xid8     NOT NULL DEFAULT pg_current_xact_id(),
    posting_id     uuid     NOT NULL REFERENCES ledger.postings,
    movement       text     NOT NULL REFERENCES ledger.movements,
    award_id       uuid     NOT NULL,
    certificate_id uuid     NOT NULL,
    year           smallint NOT NULL,
    weight         bigint   NOT NULL CHECK (weight >= 0),
    ceiling        bigint   CHECK (ceiling >= 0),
    CONSTRAINT claim_once UNIQUE (posting_id, certificate_id)
);
COMMENT ON COLUMN ledger.claims.year IS 'Calendar year of the agreed delivery day in Vietnam, for all movements of the award.';
COMMENT ON COLUMN ledger.claims.weight IS 'Thousandths of a kilogram; the movement says which way.';
COMMENT ON COLUMN ledger.claims.ceiling IS 'What the certificate allowed in the year when the claim was made: the history of the ceiling.';
CREATE INDEX claims_sealing ON ledger.claims (xact, id);
CREATE INDEX claims_award ON ledger.claims (award_id);
CREATE INDEX claims_certificate ON ledger.claims (certificate_id, year);

CREATE TABLE ledger.claim_seals (
    seq    bigint PRIMARY KEY CHECK (seq > 0),
    row_id uuid   NOT NULL UNIQUE,
    xact   xid8   NOT NULL,
    chain  bytea  NOT NULL
);

CREATE TABLE ledger.ceilings (
    certificate_id uuid     NOT NULL,
    year           smallint NOT NULL,
    ceiling        bigint   NOT NULL CHECK (ceiling >= 0),
    bound          bigint   NOT NULL,
    claimed        bigint   NOT NULL DEFAULT 0 CONSTRAINT ceiling_claimed_not_negative CHECK (claimed >= 0),
    delivered      bigint   NOT NULL DEFAULT 0 CONSTRAINT ceiling_delivered_not_negative CHECK (delivered >= 0),
    PRIMARY KEY (certificate_id, year),
    CONSTRAINT ceiling_not_exceeded CHECK (claimed <= bound),
    CONSTRAINT ceiling_delivered_was_claimed CHECK (delivered <= claimed)
) WITH (fillfactor = 70);
COMMENT ON COLUMN ledger.ceilings.ceiling IS 'What the certificate allowed when the last claim was made.';
COMMENT ON COLUMN ledger.ceilings.bound IS 'The ceiling; or what was claimed before, when a new scope allows less than that. It never lets the claims rise above the ceiling.';

-- +goose StatementBegin
CREATE FUNCTION ledger.apply_claims() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    full_one record;
BEGIN
    -- A claim says what its posting says, and comes with it.
    IF EXISTS (SELECT FROM made c LEFT JOIN ledger.postings p ON p.id = c.posting_id
                WHERE (p.xact, p.movement, p.award_id) IS DISTINCT FROM (pg_current_xact_id(), c.movement, c.award_id)
                   OR c.ceiling IS NOT NULL AND (p.weight, EXTRACT(YEAR FROM p.business_date)) IS DISTINCT FROM (c.weight, CAST(c.year AS numeric))) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'a claim does not say what its posting says', CONSTRAINT = 'claim_of_its_posting';
    END IF;

    -- Ceilings come after offers, each in the order of their keys: no deadlock.
    INSERT INTO ledger.ceilings (certificate_id, year, ceiling, bound)
    SELECT c.certificate_id, c.year, max(c.ceiling), max(c.ceiling) FROM made c
     WHERE c.ceiling IS NOT NULL GROUP BY c.certificate_id, c.year ORDER BY c.certificate_id, c.year
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM ledger.ceilings k
      WHERE (k.certificate_id, k.year) IN (SELECT c.certificate_id, c.year FROM made c)
      ORDER BY k.certificate_id, k.year FOR NO KEY UPDATE;

    -- The CHECK would refuse as well, but cannot say what is left.
    SELECT k.certificate_id, k.year, greatest(coalesce(d.ceiling, k.ceiling) - k.claimed, 0) AS remaining INTO full_one
      FROM ledger.ceilings k
      JOIN (SELECT c.certificate_id, c.year, max(c.ceiling) AS ceiling, sum(c.weight * m.ceiling_claimed) AS claimed
              FROM made c JOIN ledger.movements m USING (movement) GROUP BY c.certificate_id, c.year) d USING (certificate_id, year)
     WHERE d.claimed > 0 AND k.claimed + d.claimed > coalesce(d.ceiling, k.ceiling)
     ORDER BY k.certificate_id, k.year LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING MESSAGE = 'more would be sold under a claim than its ceiling', CONSTRAINT = 'ceiling_not_exceeded',
              DETAIL = CAST(jsonb_build_object('certificate_id', full_one.certificate_id, 'year', full_one.year, 'remaining', full_one.remaining) AS text);
    END IF;

    UPDATE ledger.ceilings k
       SET claimed = k.claimed + d.claimed, delivered = k.delivered + d.delivered, ceiling = coalesce(d.ceiling, k.ceiling),
           bound = greatest(coalesce(d.ceiling, k.ceiling), k.claimed)
      FROM (SELECT c.certificate_id, c.year, max(c.ceiling) AS ceiling, sum(c.weight * m.ceiling_claimed) AS claimed,
                   sum(c.weight * m.ceiling_delivered) AS delivered
              FROM made c JOIN ledger.movements m USING (movement) GROUP BY c.certificate_id, c.year) d
     WHERE (k.certificate_id, k.year) = (d.certificate_id, d.year);
    RETURN NULL;
END
$$;

-- Later movements of an award that was made under a claim. Weights follow from the award's own
-- weight and from how much of it is released or accepted by now, not from the weights of single
-- postings: those are rounded, and a claim must end at nothing. What is released rounds down, so
-- that a claim is never let go of too early.
CREATE FUNCTION ledger.claim_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight)
    SELECT p.id, p.movement, p.award_id, c.certificate_id, c.year,
           CASE WHEN p.releases THEN floor(c.weight * p.upto / p.whole) - floor(c.weight * (p.upto - p.quantity) / p.whole)
                ELSE round(c.weight * p.upto / p.whole) - round(c.weight * (p.upto - p.quantity) / p.whole) END
      FROM (SELECT n.id, n.movement, n.award_id, n.quantity, m.ceiling_claimed <> 0 AS releases,
                   CAST(a.committed + a.dispatched + a.accepted + a.released AS numeric) AS whole,
                   CASE WHEN m.ceiling_claimed <> 0 THEN a.released ELSE a.accepted END + n.quantity
                   - sum(n.quantity) OVER (PARTITION BY n.award_id, m.ceiling_claimed <> 0 ORDER BY n.id DESC) AS upto
              FROM posted n JOIN ledger.movements m USING (movement) JOIN ledger.awards a USING (award_id)
             WHERE m.opens IS NULL AND (m.ceiling_claimed <> 0 OR m.ceiling_delivered <> 0)) p
      JOIN ledger.claims c ON c.award_id = p.award_id AND c.ceiling IS NOT NULL;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ledger.apply_claims(), ledger.claim_moved() FROM PUBLIC;

CREATE TRIGGER claims_move_ceilings AFTER INSERT ON ledger.claims
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION ledger.apply_claims();
-- Triggers of one table run in the order of their names: this one after the balances.
CREATE TRIGGER postings_move_claims AFTER INSERT ON ledger.postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION ledger.claim_moved();

-- When holders are warned. Rows for a scheme replace the general ones.
CREATE TABLE catalog.warning_days (
    scheme text     REFERENCES reference.schemes,
    days   smallint NOT NULL CHECK (days BETWEEN 0 AND 3650),
    source text     NOT NULL CHECK (source <> ''),
    CONSTRAINT warning_days_once UNIQUE NULLS NOT DISTINCT (scheme, days)
);
COMMENT ON TABLE catalog.warning_days IS 'Days before a certificate''s last day at which its holder is warned; without a scheme: of every scheme that has no rows of its own.';
INSERT INTO catalog.warning_days (scheme, days, source) VALUES
    (NULL, 90, 'a renewal takes a season'), (NULL, 60, 'half-way reminder'), (NULL, 30, 'QĐ 148/QĐ-TTg 2023: OCOP holders are warned at least 30 days before');

-- What happened to certificates by the passing of time, each once: facts for those who follow.
CREATE TABLE catalog.certificate_warnings (
    certificate_id uuid        NOT NULL REFERENCES catalog.certificates ON DELETE CASCADE,
    days           smallint    NOT NULL,
    warned_at      timestamptz NOT NULL,
    PRIMARY KEY (certificate_id, days)
);
CREATE TABLE catalog.certificate_lapses (
    certificate_id uuid        PRIMARY KEY REFERENCES catalog.certificates ON DELETE CASCADE,
    lapsed_on      date        NOT NULL,
    noted_at       timestamptz NOT NULL
);
COMMENT ON COLUMN catalog.certificate_lapses.lapsed_on IS 'The first day without it.';
CREATE INDEX certificates_ending ON catalog.certificates (valid_until) WHERE state = 'verified' AND valid_until IS NOT NULL;

-- Notices to organisations.
CREATE SCHEMA notify;
CREATE TABLE notify.kinds (
    code     text    PRIMARY KEY,
    audience text    NOT NULL CHECK (audience IN ('holder', 'buyer', 'producer')),
    mailed   boolean NOT NULL,
    title_vi text    NOT NULL CHECK (title_vi <> ''),
    title_en text    NOT NULL CHECK (title_en <> ''),
    text_vi  text    NOT NULL CHECK (text_vi <> ''),
    text_en  text    NOT NULL CHECK (text_en <> '')
);
COMMENT ON TABLE notify.kinds IS 'What people are told, to whom, and in which words; {name} stands for a fact of the notice.';

INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('certificate_expiring', 'holder', true,
     'Chứng nhận {scheme} còn {days} ngày', '{scheme} certificate: {days} days left',
     'Chứng nhận {scheme} số {number} có hiệu lực đến hết ngày {valid_until}, còn {days} ngày. Hãy xin cấp lại và gửi chứng nhận mới để thẩm tra, để sản phẩm không mất dấu chứng nhận.',
     'Your {scheme} certificate {number} is valid until the end of {valid_until}, {days} days from now. Have it renewed and submit the new one for verification, so that your products keep the mark.'),
    ('certificate_lapsed', 'holder', true,
     'Chứng nhận {scheme} đã hết hạn', '{scheme} certificate has lapsed',
     'Chứng nhận {scheme} số {number} hết hiệu lực sau ngày {valid_until}; sản phẩm không còn mang dấu chứng nhận này. Các bên của giao dịch đang mở đã được báo. Khi có chứng nhận mới, hãy gửi để thẩm tra.',
     'Your {scheme} certificate {number} was valid until {valid_until}; products no longer show its mark. The parties of open deals have been told. Submit the new certificate for verification when you have it.'),
    ('certificate_revoked', 'holder', true,
     'Chứng nhận {scheme} đã bị thu hồi', '{scheme} certificate was revoked',
     'Chứng nhận {scheme} số {number} đã bị thu hồi. Lý do: {reason}. Sản phẩm không còn mang dấu chứng nhận này; các bên của giao dịch đang mở đã được báo.',
     'Your {scheme} certificate {number} was revoked. Reason: {reason}. Products no longer show its mark; the parties of open deals have been told.'),
    ('quote_claim_lost_buyer', 'buyer', true,
     'Báo giá không còn chứng nhận {scheme}', 'A quote no longer carries {scheme}',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): báo giá {quantity} {unit} «{product}» của {party}, giao ngày {deliver_on}, không còn mang chứng nhận {scheme}. Bạn có thể chốt không kèm chứng nhận này, hỏi bên bán, hoặc chọn báo giá khác.',
     'Inquiry {inquiry}, line {position} ({line}): the quote of {quantity} {unit} of “{product}” by {party} for {deliver_on} no longer carries {scheme}. You may award it without the mark, ask the producer, or choose another quote.'),
    ('quote_claim_lost_producer', 'producer', true,
     'Báo giá của bạn không còn chứng nhận {scheme}', 'Your quote no longer carries {scheme}',
     'Nhu cầu mua {inquiry} của {party}, dòng {position} ({line}): báo giá {quantity} {unit} «{product}» của bạn, giao ngày {deliver_on}, không còn mang chứng nhận {scheme}. Hãy gửi chứng nhận thay thế để thẩm tra, sửa hoặc rút báo giá. Bên mua đã được báo.',
     'Inquiry {inquiry} of {party}, line {position} ({line}): your quote of {quantity} {unit} of “{product}” for {deliver_on} no longer carries {scheme}. Submit a certificate in its place, or revise or withdraw the quote. The buyer is told.'),
    ('quote_claim_lapsing_buyer', 'buyer', true,
     'Chứng nhận {scheme} của báo giá hết hạn trước ngày giao', '{scheme} of a quote will lapse before delivery',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): báo giá {quantity} {unit} «{product}» của {party} giao ngày {deliver_on}, nhưng đến ngày đó chứng nhận {scheme} đã hết hạn. Hãy hỏi bên bán về việc cấp lại, chọn ngày giao sớm hơn, hoặc chọn báo giá khác.',
     'Inquiry {inquiry}, line {position} ({line}): the quote of {quantity} {unit} of “{product}” by {party} is for {deliver_on}, when {scheme} will have lapsed. Ask the producer about its renewal, agree on an earlier day, or choose another quote.'),
    ('quote_claim_lapsing_producer', 'producer', true,
     'Chứng nhận {scheme} hết hạn trước ngày giao đã báo', '{scheme} will lapse before the delivery you quoted',
     'Nhu cầu mua {inquiry} của {party}, dòng {position} ({line}): báo giá {quantity} {unit} «{product}» của bạn giao ngày {deliver_on}, nhưng đến ngày đó chứng nhận {scheme} đã hết hạn. Hãy xin cấp lại và gửi chứng nhận mới, hoặc sửa ngày giao. Bên mua cũng được báo.',
     'Inquiry {inquiry} of {party}, line {position} ({line}): your quote of {quantity} {unit} of “{product}” is for {deliver_on}, when {scheme} will have lapsed. Have it renewed and submit the new certificate, or quote an earlier day. The buyer is told too.'),
    ('award_claim_lost_buyer', 'buyer', true,
     'Hàng đã chốt không còn chứng nhận {scheme}', 'Goods you bought no longer carry {scheme}',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {quantity} {unit} «{product}» đã chốt với {party}, giao ngày {deliver_on}, không còn mang chứng nhận {scheme}. Bạn có thể nhận hàng không kèm chứng nhận này, thoả thuận với bên bán, hoặc huỷ phần chưa giao.',
     'Inquiry {inquiry}, line {position} ({line}): {quantity} {unit} of “{product}” awarded to {party} for {deliver_on} no longer carry {scheme}. You may take the goods without the mark, come to terms with the producer, or cancel what is not delivered.'),
    ('award_claim_lost_producer', 'producer', true,
     'Hàng bạn đã bán không còn chứng nhận {scheme}', 'Goods you sold no longer carry {scheme}',
     'Nhu cầu mua {inquiry} của {party}, dòng {position} ({line}): {quantity} {unit} «{product}» bạn phải giao ngày {deliver_on} không còn mang chứng nhận {scheme}. Hãy gửi chứng nhận thay thế để thẩm tra trước ngày giao, thoả thuận với bên mua, hoặc báo hụt phần không giao được. Bên mua đã được báo.',
     'Inquiry {inquiry} of {party}, line {position} ({line}): {quantity} {unit} of “{product}” that you owe for {deliver_on} no longer carry {scheme}. Submit a certificate in its place before the delivery, come to terms with the buyer, or announce a shortfall. The buyer is told.'),
    ('award_claim_lapsing_buyer', 'buyer', true,
     'Chứng nhận {scheme} hết hạn trước ngày giao', '{scheme} will lapse before delivery',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {quantity} {unit} «{product}» đã chốt với {party} giao ngày {deliver_on}, nhưng đến ngày đó chứng nhận {scheme} đã hết hạn. Hãy hỏi bên bán về việc cấp lại, thoả thuận giao sớm hơn, hoặc huỷ phần chưa giao.',
     'Inquiry {inquiry}, line {position} ({line}): {quantity} {unit} of “{product}” awarded to {party} are for {deliver_on}, when {scheme} will have lapsed. Ask the producer about its renewal, agree on an earlier day, or cancel what is not delivered.'),
    ('award_claim_lapsing_producer', 'producer', true,
     'Chứng nhận {scheme} hết hạn trước ngày bạn phải giao', '{scheme} will lapse before your delivery',
     'Nhu cầu mua {inquiry} của {party}, dòng {position} ({line}): {quantity} {unit} «{product}» bạn phải giao ngày {deliver_on}, nhưng đến ngày đó chứng nhận {scheme} đã hết hạn. Hãy xin cấp lại và gửi chứng nhận mới để thẩm tra trước ngày giao, hoặc thoả thuận giao sớm hơn. Bên mua cũng được báo.',
     'Inquiry {inquiry} of {party}, line {position} ({line}): {quantity} {unit} of “{product}” that you owe are for {deliver_on}, when {scheme} will have lapsed. Have it renewed and submit the new certificate before the delivery, or agree on an earlier day. The buyer is told too.');

CREATE TABLE notify.notices (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    kind            text        NOT NULL REFERENCES notify.kinds,
    facts           jsonb       NOT NULL,
    certificate_id  uuid,
    inquiry_id      uuid,
    line_id         uuid,
    quote_id        uuid,
    award_id        uuid,
    -- what it is about, so that it is told once
    once            text        NOT NULL,
    created_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    mailed_at       timestamptz,
    read_at         timestamptz,
    read_by         uuid,
    CONSTRAINT notices_once UNIQUE (organisation_id, once)
);
COMMENT ON COLUMN notify.notices.facts IS 'Fills the texts of its kind: ids, dates, codes; names are looked up when it is read.';
COMMENT ON COLUMN notify.notices.due_at IS 'Not shown and not mailed before: of a sealed quote its buyer hears after the deadline.';
CREATE INDEX notices_listed ON notify.notices (organisation_id, due_at DESC, id DESC);
CREATE INDEX notices_unread ON notify.notices (organisation_id, due_at) WHERE read_at IS NULL;
CREATE INDEX notices_unmailed ON notify.notices (due_at) WHERE mailed_at IS NULL;

CREATE TABLE notify.followed (
    trail text   PRIMARY KEY,
    seq   bigint NOT NULL CHECK (seq >= 0)
);
COMMENT ON TABLE notify.followed IS 'The last sealed audit event whose consequences people were told.';
-- What happened before there were notices is told to nobody.
INSERT INTO notify.followed (trail, seq) SELECT 'events', coalesce(max(s.seq), 0) FROM identity.audit_seals s;
