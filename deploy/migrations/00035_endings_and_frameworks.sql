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
