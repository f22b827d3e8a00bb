-- Memoranda are amended: what was entered first is version 1 of its terms, an amendment is the next, kept whole; the
-- newest that its parties agree on stands. Safe for the release before, which goes on to read version 1.
-- +goose Up
CREATE TABLE trade.amendments (
    memorandum_id   uuid        NOT NULL REFERENCES trade.memoranda,
    version         smallint    NOT NULL CONSTRAINT amendments_at_most CHECK (version BETWEEN 2 AND 100),
    at              timestamptz NOT NULL,
    actor           text        NOT NULL CHECK (actor IN ('producer', 'buyer', 'official')),
    organisation_id uuid,
    reason          text        NOT NULL,
    number          text        NOT NULL,
    producer_name   text        NOT NULL,
    buyer_name      text        NOT NULL,
    term_from       date        NOT NULL,
    term_to         date        NOT NULL,
    note            text        NOT NULL,
    PRIMARY KEY (memorandum_id, version),
    CONSTRAINT amendments_term CHECK (term_to >= term_from)
);
COMMENT ON TABLE trade.amendments IS 'Versions of what was signed, each whole, after the one that stands in trade.memoranda. Never changed.';

CREATE TABLE trade.amendment_lines (
    memorandum_id uuid     NOT NULL,
    version       smallint NOT NULL,
    n             smallint NOT NULL CHECK (n > 0),
    line          text     NOT NULL REFERENCES reference.product_lines,
    form          text     REFERENCES reference.forms,
    quantity      bigint   NOT NULL CHECK (quantity > 0),
    unit          text     NOT NULL REFERENCES reference.units,
    weight        bigint   CHECK (weight > 0),
    value_vnd     bigint   CHECK (value_vnd > 0),
    PRIMARY KEY (memorandum_id, version, n),
    FOREIGN KEY (memorandum_id, version) REFERENCES trade.amendments
);
COMMENT ON COLUMN trade.amendment_lines.weight IS 'As trade.memorandum_lines.weight.';
CREATE UNIQUE INDEX amendment_line_once ON trade.amendment_lines
    (memorandum_id, version, line, coalesce(form, ''), (CASE WHEN weight IS NULL THEN unit ELSE 'kg' END));

CREATE TABLE trade.amendment_outcomes (
    memorandum_id   uuid        NOT NULL,
    version         smallint    NOT NULL,
    at              timestamptz NOT NULL,
    outcome         text        NOT NULL CHECK (outcome IN ('agreed', 'refused', 'withdrawn')),
    actor           text        NOT NULL CHECK (actor IN ('producer', 'buyer', 'official')),
    organisation_id uuid,
    reason          text        NOT NULL,
    CONSTRAINT amendment_decided_once PRIMARY KEY (memorandum_id, version),
    FOREIGN KEY (memorandum_id, version) REFERENCES trade.amendments
);
COMMENT ON TABLE trade.amendment_outcomes IS 'What became of an amendment, once. One without a row is proposed, and lapsed when its memorandum has ended.';

ALTER TABLE trade.memoranda
    ADD COLUMN terms smallint NOT NULL DEFAULT 1 CHECK (terms > 0),
    ADD COLUMN proposed smallint,
    ADD CONSTRAINT memoranda_proposed CHECK (proposed > terms);
COMMENT ON COLUMN trade.memoranda.terms IS 'Which version of its terms stands; 1 is what this row and trade.memorandum_lines say.';
COMMENT ON COLUMN trade.memoranda.proposed IS 'The version that waits for the other party.';

CREATE VIEW trade.terms AS
    SELECT m.id AS memorandum_id, 1 AS version, m.created_at AS at, m.recorded_as AS actor, '' AS reason, m.number, m.producer_name, m.buyer_name,
           m.term_from, m.term_to, m.note, 'agreed' AS outcome, m.created_at AS decided_at, m.recorded_as AS decided_by, '' AS answer
      FROM trade.memoranda m
     UNION ALL
    SELECT a.memorandum_id, a.version, a.at, a.actor, a.reason, a.number, a.producer_name, a.buyer_name,
           a.term_from, a.term_to, a.note, coalesce(o.outcome, ''), o.at, coalesce(o.actor, ''), coalesce(o.reason, '')
      FROM trade.amendments a
      LEFT JOIN trade.amendment_outcomes o ON o.memorandum_id = a.memorandum_id AND o.version = a.version;
COMMENT ON VIEW trade.terms IS 'All versions of what memoranda say. The outcome is empty while none is known.';

CREATE VIEW trade.term_lines AS
    SELECT memorandum_id, 1 AS version, n, line, form, quantity, unit, weight, value_vnd FROM trade.memorandum_lines
     UNION ALL
    SELECT memorandum_id, version, n, line, form, quantity, unit, weight, value_vnd FROM trade.amendment_lines;

INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('memorandum_amended', 'party', true,
     'Biên bản ghi nhớ với {party} đã sửa', 'The memorandum with {party} was changed',
     'Biên bản ghi nhớ với {party} đã được sửa khi chưa đủ xác nhận; xác nhận trước đó không còn giá trị. Xem bản mới, rồi xác nhận hoặc phản đối kèm lý do.',
     'The memorandum with {party} was changed before it was confirmed, so what was confirmed of it does not hold. Read the new version, then confirm it or contest it with a reason.'),
    ('memorandum_amendment_proposed', 'party', true,
     '{party} đề nghị sửa biên bản ghi nhớ', '{party} proposes to change the memorandum',
     '{party} đề nghị sửa biên bản ghi nhớ với tổ chức của bạn. Bản hiện tại còn hiệu lực cho đến khi bạn đồng ý. Xem bản đề nghị, rồi đồng ý hoặc từ chối kèm lý do.',
     '{party} proposes to change the memorandum with your organisation. What it says now stands until you agree. Read the proposed version, then agree to it or refuse it with a reason.'),
    ('memorandum_amendment_agreed', 'party', true,
     '{party} đồng ý sửa biên bản ghi nhớ', '{party} agrees to the change of the memorandum',
     '{party} đồng ý với bản sửa biên bản ghi nhớ; bản này có hiệu lực từ bây giờ.',
     '{party} agrees to the change of the memorandum, which stands from now on.'),
    ('memorandum_amendment_refused', 'party', true,
     '{party} từ chối sửa biên bản ghi nhớ', '{party} refuses the change of the memorandum',
     '{party} từ chối bản sửa biên bản ghi nhớ; bản hiện tại giữ nguyên. Lý do: {reason}.',
     '{party} refuses the change of the memorandum; what it says now stands. Reason: {reason}.'),
    ('memorandum_amendment_withdrawn', 'party', true,
     '{party} rút đề nghị sửa biên bản ghi nhớ', '{party} took back the proposed change of the memorandum',
     '{party} rút đề nghị sửa biên bản ghi nhớ; bản hiện tại giữ nguyên.',
     '{party} took back the change it proposed to the memorandum; what it says now stands.');
