-- Awards end by agreement or by default; the rest is declined with a reason.
-- +goose Up

-- By whom an award was ended: by one side alone before the agreed day, by both, or by the buyer after
-- that day because the goods did not come. NULL: as before there was this distinction, alone.
ALTER TABLE inquiry.awards ADD COLUMN cancelled_as text
    CONSTRAINT award_cancelled_as CHECK (cancelled_as IS NULL OR cancelled_as IN ('alone', 'agreement', 'default') AND cancelled_at IS NOT NULL);

CREATE TABLE inquiry.cancellations (
    id          uuid        PRIMARY KEY,
    award_id    uuid        NOT NULL REFERENCES inquiry.awards,
    asked_by    uuid        NOT NULL REFERENCES identity.organisations,
    person      uuid        NOT NULL,
    reason      text        NOT NULL REFERENCES inquiry.reasons,
    note        text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('asked', 'agreed', 'refused', 'withdrawn')),
    created_at  timestamptz NOT NULL,
    answered_at timestamptz,
    answered_by uuid,
    answer      text        NOT NULL DEFAULT '',
    -- what the award was freed of
    released    bigint      NOT NULL DEFAULT 0,
    CONSTRAINT cancellation_answered CHECK ((state = 'asked') = (answered_at IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL)),
    CONSTRAINT cancellation_releases CHECK ((state = 'agreed') = (released > 0)),
    CONSTRAINT cancellation_not_default CHECK (reason <> 'default')
);
COMMENT ON TABLE inquiry.cancellations IS 'One side asks to cancel what an award still owes; until the other agrees, the award stands.';
CREATE UNIQUE INDEX cancellation_asked_once ON inquiry.cancellations (award_id) WHERE state = 'asked';
CREATE INDEX cancellations_award ON inquiry.cancellations (award_id, id);

-- A default moves volume as a release does, and is told apart from it and from a shortfall.
INSERT INTO ledger.movements (movement, name_vi, name_en, offer_free, offer_committed, line_open, line_awarded, award_committed,
                              award_released, ceiling_claimed) VALUES
    ('defaulted', 'bên bán không giao', 'not delivered: released by default', 1, -1, 1, -1, -1, 1, -1);

-- Why a quote was declined: its producer sees it, nobody else.
ALTER TABLE inquiry.reasons DROP CONSTRAINT reasons_applies_check,
    ADD CONSTRAINT reasons_applies_check CHECK (applies IN ('receipt', 'award', 'quote'));
INSERT INTO inquiry.reasons (code, applies, name_vi, name_en) VALUES
    ('price',           'quote', 'giá chưa phù hợp',                     'price'),
    ('delivery_day',    'quote', 'ngày giao chưa phù hợp',               'delivery day'),
    ('too_little',      'quote', 'số lượng chưa đủ',                     'too little of it'),
    ('size_or_grade',   'quote', 'cỡ hoặc quy cách chưa phù hợp',        'size or grade'),
    ('marks_missing',   'quote', 'thiếu chứng nhận được yêu cầu',        'marks that were asked for are missing'),
    ('terms',           'quote', 'điều kiện giao dịch chưa phù hợp',     'terms of trade'),
    ('another_chosen',  'quote', 'đã chọn báo giá khác',                 'another quote was chosen'),
    ('no_longer_needed', 'quote', 'không còn nhu cầu',                   'no longer needed');
ALTER TABLE inquiry.quotes ADD COLUMN decline_note text NOT NULL DEFAULT '';

-- What both sides of a deal are told in the same words has the audience party.
ALTER TABLE notify.kinds DROP CONSTRAINT kinds_audience_check,
    ADD CONSTRAINT kinds_audience_check CHECK (audience IN ('holder', 'buyer', 'producer', 'party'));
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('award_cancelled', 'party', true,
     '{party} đã huỷ phần chưa giao', '{party} cancelled what was not delivered',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} huỷ {quantity} {unit} «{product}» chưa giao, ngày giao {deliver_on}. Lý do: {reason}. Phần này không còn phải giao.',
     'Inquiry {inquiry}, line {position} ({line}): {party} cancelled {quantity} {unit} of “{product}” due on {deliver_on} that were not delivered. Reason: {reason}. They are no longer owed.'),
    ('award_defaulted', 'producer', true,
     '{party} huỷ vì quá ngày giao', '{party} cancelled because the day has passed',
     'Nhu cầu mua {inquiry} của {party}, dòng {position} ({line}): {quantity} {unit} «{product}» chưa giao khi đã qua ngày {deliver_on}; bên mua huỷ phần này vì bên bán không giao. Nếu không đúng, hãy trao đổi với bên mua.',
     'Inquiry {inquiry} of {party}, line {position} ({line}): {quantity} {unit} of “{product}” were not delivered by {deliver_on}; the buyer cancelled them by default. If this is wrong, talk to the buyer.'),
    ('cancellation_asked', 'party', true,
     '{party} đề nghị huỷ phần chưa giao', '{party} asks to cancel what is not delivered',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đề nghị huỷ {quantity} {unit} «{product}» chưa giao, ngày giao {deliver_on}. Lý do: {reason}. Hãy đồng ý hoặc từ chối; đến khi đó hai bên vẫn phải thực hiện.',
     'Inquiry {inquiry}, line {position} ({line}): {party} asks to cancel {quantity} {unit} of “{product}” due on {deliver_on} that are not delivered. Reason: {reason}. Agree or refuse; until then the award stands.'),
    ('cancellation_agreed', 'party', true,
     '{party} đồng ý huỷ phần chưa giao', '{party} agreed to the cancellation',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} đồng ý huỷ {quantity} {unit} «{product}» chưa giao. Phần này không còn phải giao.',
     'Inquiry {inquiry}, line {position} ({line}): {party} agreed to cancel {quantity} {unit} of “{product}”. They are no longer owed.'),
    ('cancellation_refused', 'party', true,
     '{party} không đồng ý huỷ', '{party} refused the cancellation',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} không đồng ý huỷ {quantity} {unit} «{product}», ngày giao {deliver_on}. Lần chốt mua vẫn giữ nguyên.',
     'Inquiry {inquiry}, line {position} ({line}): {party} refused to cancel {quantity} {unit} of “{product}” due on {deliver_on}. The award stands.'),
    ('cancellation_withdrawn', 'party', false,
     '{party} rút đề nghị huỷ', '{party} no longer asks to cancel',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} rút đề nghị huỷ {quantity} {unit} «{product}», ngày giao {deliver_on}. Lần chốt mua vẫn giữ nguyên.',
     'Inquiry {inquiry}, line {position} ({line}): {party} no longer asks to cancel {quantity} {unit} of “{product}” due on {deliver_on}. The award stands.');

-- Framework awards (hợp đồng nguyên tắc): a quote says for which period it would be drawn down, and whether
-- its price is binding; an award of it commits the whole at once; goods leave against call-offs only.
CREATE TABLE inquiry.quote_frameworks (
    quote_id    uuid    PRIMARY KEY REFERENCES inquiry.quotes,
    period_from date    NOT NULL,
    period_to   date    NOT NULL,
    indicative  boolean NOT NULL,
    CONSTRAINT quote_framework_period CHECK (period_from <= period_to)
);
ALTER TABLE inquiry.awards
    ADD COLUMN period_from date,
    ADD COLUMN period_to   date,
    ADD COLUMN indicative  boolean NOT NULL DEFAULT false,
    ADD COLUMN called      bigint  NOT NULL DEFAULT 0,
    ADD COLUMN freed       bigint  NOT NULL DEFAULT 0,
    ADD COLUMN ended_at    timestamptz,
    ADD CONSTRAINT framework_period CHECK ((period_from IS NULL) = (period_to IS NULL) AND period_from <= period_to),
    ADD CONSTRAINT framework_only CHECK (period_from IS NOT NULL OR (NOT indicative AND called = 0 AND freed = 0 AND ended_at IS NULL)),
    ADD CONSTRAINT framework_not_overcalled CHECK (called >= 0 AND freed >= 0 AND called + freed <= quantity);
COMMENT ON COLUMN inquiry.awards.called IS 'Of a framework: the whole of its live call-offs, and what was sent against those that are not.';
COMMENT ON COLUMN inquiry.awards.freed IS 'Of a framework: what the ledger released of it. Beside called, so that one CHECK keeps call-offs within what remains.';
COMMENT ON COLUMN inquiry.awards.ended_at IS 'When the rest of a framework was released because its period was over.';

CREATE TABLE inquiry.call_offs (
    id            uuid        PRIMARY KEY,
    award_id      uuid        NOT NULL REFERENCES inquiry.awards,
    quantity      bigint      NOT NULL CHECK (quantity > 0),
    -- sent against it and neither rejected nor lost
    drawn         bigint      NOT NULL DEFAULT 0,
    price_vnd     bigint      NOT NULL CHECK (price_vnd > 0),
    -- its price is its own, confirmed by both sides; else the award's
    own_price     boolean     NOT NULL,
    deliver_on    date        NOT NULL,
    slot_from     text        NOT NULL DEFAULT '',
    slot_to       text        NOT NULL DEFAULT '',
    commune       text        NOT NULL REFERENCES reference.communes,
    note          text        NOT NULL,
    state         text        NOT NULL CHECK (state IN ('proposed', 'confirmed', 'refused', 'cancelled')),
    created_at    timestamptz NOT NULL,
    created_by    uuid        NOT NULL,
    decided_at    timestamptz,
    decided_by    uuid,
    reason        text        NOT NULL DEFAULT '',
    CONSTRAINT call_off_not_overdrawn CHECK (drawn BETWEEN 0 AND quantity),
    CONSTRAINT call_off_drawn_when_confirmed CHECK (drawn = 0 OR state IN ('confirmed', 'cancelled')),
    CONSTRAINT call_off_slot CHECK (slot_from = '' AND slot_to = ''
        OR slot_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' AND slot_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' AND slot_from < slot_to)
);
CREATE INDEX call_offs_award ON inquiry.call_offs (award_id, id);
ALTER TABLE inquiry.deliveries ADD COLUMN call_off_id uuid REFERENCES inquiry.call_offs;

INSERT INTO inquiry.reasons (code, applies, name_vi, name_en) VALUES
    ('period_ended', 'award', 'hết thời hạn hợp đồng nguyên tắc', 'the period of the framework is over');
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('call_off_made', 'producer', true,
     '{party} gọi hàng', '{party} calls goods off',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} gọi {quantity} {unit} «{product}» theo hợp đồng nguyên tắc. Xem ngày, khung giờ và nơi giao; nếu giá đang chờ, hãy xác nhận hoặc từ chối.',
     'Inquiry {inquiry}, line {position} ({line}): {party} calls off {quantity} {unit} of “{product}” under the framework award. Look at the day, slot and place; where its price waits, confirm or refuse it.'),
    ('call_off_confirmed', 'buyer', true,
     '{party} xác nhận gọi hàng', '{party} confirmed a call-off',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} xác nhận giá và ngày giao {quantity} {unit} «{product}».',
     'Inquiry {inquiry}, line {position} ({line}): {party} confirmed the price and day of {quantity} {unit} of “{product}”.'),
    ('call_off_refused', 'buyer', true,
     '{party} từ chối gọi hàng', '{party} refused a call-off',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} từ chối lần gọi {quantity} {unit} «{product}». Lý do: {reason}. Bạn có thể gọi lại với giá hoặc ngày khác.',
     'Inquiry {inquiry}, line {position} ({line}): {party} refused the call-off of {quantity} {unit} of “{product}”. Reason: {reason}. You may call off again at another price or day.'),
    ('call_off_cancelled', 'producer', true,
     '{party} huỷ lần gọi hàng', '{party} cancelled a call-off',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} huỷ phần chưa giao {quantity} {unit} «{product}» của một lần gọi hàng. Lý do: {reason}. Phần này trở lại hợp đồng nguyên tắc.',
     'Inquiry {inquiry}, line {position} ({line}): {party} cancelled {quantity} {unit} of “{product}” of a call-off that were not sent. Reason: {reason}. They go back to the framework award.'),
    ('framework_ended', 'party', true,
     'Hợp đồng nguyên tắc với {party} đã hết hạn', 'The framework award with {party} is over',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): hợp đồng nguyên tắc với {party} hết hạn ngày {deliver_on}; {quantity} {unit} «{product}» chưa gọi đã được giải phóng.',
     'Inquiry {inquiry}, line {position} ({line}): the framework award with {party} ended on {deliver_on}; {quantity} {unit} of “{product}” that were not called off are released.');

-- What an award has to know, and now the framework that a quote offers.
DROP FUNCTION inquiry.awardable(uuid, uuid, uuid[], timestamptz);
-- +goose StatementBegin
CREATE FUNCTION inquiry.awardable(of_inquiry uuid, of_buyer uuid, chosen uuid[], at timestamptz)
RETURNS TABLE (id uuid, line_id uuid, producer_id uuid, producer_name text, product_id uuid, offer_id uuid, quantity bigint, awarded bigint,
               held bigint, unit text, price_vnd bigint, size_prices jsonb, deliver_on date, valid_until timestamptz, claims text[],
               lapsing text[], stage text, product_line text, form text, unit_weight bigint, commune text, line_open bigint,
               line_schemes text[], buyer_name text, buyer_system text, inquiry_stage text, quotes_sealed boolean,
               quotes_due_at timestamptz, holds_ran_out boolean, award_limit_vnd bigint, proposal_hours int,
               framework jsonb)
LANGUAGE plpgsql VOLATILE ROWS 2 SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
    -- Lines in the order of their ids: no deadlock. The next statement sees what others did before.
    PERFORM 1 FROM inquiry.lines l JOIN inquiry.inquiries i ON i.id = l.inquiry_id
      WHERE i.id = of_inquiry AND i.buyer_id = of_buyer
        AND l.id IN (SELECT q.line_id FROM inquiry.quotes q WHERE q.id = ANY (chosen))
      ORDER BY l.id FOR NO KEY UPDATE OF l;
    RETURN QUERY
    SELECT q.id, q.line_id, q.producer_id, s.name, q.product_id, q.offer_id, q.quantity, q.awarded, coalesce(h.quantity, 0), q.unit,
           q.price_vnd, q.size_prices, q.deliver_on, q.valid_until, q.claims, q.lapsing, q.stage, p.line, p.form,
           coalesce(p.unit_weight, 0), coalesce(o.place, s.commune_code, ''), b.open, l.schemes, c.name, coalesce(i.buyer_system, ''),
           i.stage, i.quotes_sealed, i.quotes_due_at,
           EXISTS (SELECT FROM ledger.reservations e WHERE e.offer_id = q.offer_id AND e.quantity > 0 AND e.reserved_until <= at),
           coalesce(r.award_limit_vnd, 0), coalesce(r.proposal_hours, 0),
           CASE WHEN f.quote_id IS NOT NULL THEN jsonb_build_object('from', f.period_from, 'to', f.period_to, 'indicative', f.indicative) END
      FROM inquiry.quotes q
      JOIN inquiry.inquiries i ON i.id = q.inquiry_id
      JOIN inquiry.lines l ON l.id = q.line_id
      JOIN ledger.lines b ON b.inquiry_line_id = q.line_id
      JOIN catalog.offers o ON o.id = q.offer_id
      JOIN catalog.products p ON p.id = q.product_id
      JOIN identity.organisations s ON s.id = q.producer_id
      JOIN identity.organisations c ON c.id = i.buyer_id
      LEFT JOIN ledger.reservations h ON h.quote_id = q.id
      LEFT JOIN inquiry.quote_frameworks f ON f.quote_id = q.id
      LEFT JOIN LATERAL (SELECT n.award_limit_vnd, n.proposal_hours FROM inquiry.purchasing_rules n
                          WHERE n.organisation_id = of_buyer ORDER BY n.version DESC LIMIT 1) r ON true
     WHERE q.id = ANY (chosen) AND i.id = of_inquiry AND i.buyer_id = of_buyer;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.awardable IS
    'The quotes of a buyer''s inquiry with their lines, goods and parties, the lines locked until the transaction ends; whether holds on their offers have run out at an instant; and above which value the buyer''s awards need a second person; and for which period a quote may be a framework.';
