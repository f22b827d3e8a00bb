-- Questions about inquiries, how many things an organisation may do in a day, and what people are told.
-- +goose Up

-- Who asked is the buyer's to know; an answered question is read by all whom the inquiry reaches.
CREATE TABLE inquiry.questions (
    id          uuid        PRIMARY KEY,
    inquiry_id  uuid        NOT NULL REFERENCES inquiry.inquiries,
    asker_id    uuid        NOT NULL REFERENCES identity.organisations,
    question    text        NOT NULL CHECK (question <> ''),
    asked_at    timestamptz NOT NULL,
    answer      text        CHECK (answer <> ''),
    answered_at timestamptz,
    CONSTRAINT question_answered_whole CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX questions_inquiry ON inquiry.questions (inquiry_id, id DESC);

-- Papers that go with an inquiry; their content is held in files.
CREATE TABLE inquiry.attachments (
    id         uuid        PRIMARY KEY,
    inquiry_id uuid        NOT NULL REFERENCES inquiry.inquiries,
    position   int         NOT NULL CONSTRAINT attachments_few CHECK (position BETWEEN 1 AND 10),
    name       text        NOT NULL,
    media_type text        NOT NULL,
    size       bigint      NOT NULL CHECK (size >= 0),
    key        text        NOT NULL REFERENCES files.kept (key),
    added_at   timestamptz NOT NULL,
    UNIQUE (inquiry_id, position)
);

-- How many things an organisation may do in a day of Vietnam's; a thing without a row is not limited.
CREATE TABLE inquiry.quotas (
    what    text   PRIMARY KEY,
    per_day bigint NOT NULL CHECK (per_day > 0)
);
INSERT INTO inquiry.quotas (what, per_day) VALUES ('inquiries', 100000), ('quotes', 100000), ('questions', 1000);

-- What was done today, in parts: parallel requests of one organisation seldom wait for each other. Each
-- part has its share of the quota.
CREATE TABLE inquiry.usage (
    organisation_id uuid   NOT NULL REFERENCES identity.organisations,
    what            text   NOT NULL REFERENCES inquiry.quotas,
    part            int    NOT NULL,
    day             date   NOT NULL,
    used            bigint NOT NULL,
    allowed         bigint NOT NULL,
    PRIMARY KEY (organisation_id, what, part),
    CONSTRAINT usage_within_quota CHECK (used <= allowed)
) WITH (fillfactor = 70);

-- Counts one of what an organisation does on a day, in one of 16 parts; a small quota in the first alone.
-- +goose StatementBegin
CREATE FUNCTION inquiry.spend(organisation uuid, thing text, some_part int, today date) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO inquiry.usage AS u (organisation_id, what, part, day, used, allowed)
    SELECT organisation, q.what, CASE WHEN q.per_day < 1600 THEN 0 ELSE some_part % 16 END, today, 1,
           CASE WHEN q.per_day < 1600 THEN q.per_day ELSE q.per_day / 16 END
      FROM inquiry.quotas q WHERE q.what = thing
        ON CONFLICT (organisation_id, what, part) DO UPDATE
       SET used = CASE WHEN u.day = excluded.day THEN u.used + 1 ELSE 1 END, day = excluded.day, allowed = excluded.allowed
$$;
-- +goose StatementEnd

-- More of a line that is open already: demand_opened makes its account and can do so once.
INSERT INTO ledger.movements (movement, name_vi, name_en, line_open) VALUES ('demand_raised', 'tăng nhu cầu mua', 'demand raised', 1);

INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('inquiry_cancelled', 'producer', true,
     'Nhu cầu mua đã huỷ', 'An inquiry was cancelled',
     'Nhu cầu mua {inquiry} của {party} đã được bên mua huỷ. Báo giá của bạn không còn ràng buộc; sản lượng đã giữ được trả lại.',
     '{party} has cancelled inquiry {inquiry}. Your quotes no longer bind you, and what they held is free again.'),
    ('inquiry_amended', 'producer', true,
     'Nhu cầu mua đã thay đổi', 'An inquiry was amended',
     'Nhu cầu mua {inquiry} của {party} đã thay đổi sau khi bạn báo giá. Hãy đọc lại, rồi xác nhận hoặc sửa báo giá: báo giá chưa xác nhận không được chốt.',
     '{party} has amended inquiry {inquiry} since you quoted. Read it again, then confirm or revise your quotes: until then they cannot be awarded.'),
    ('inquiry_extended', 'producer', false,
     'Hạn báo giá được lùi lại', 'The deadline for quotes was extended',
     'Bên mua {party} đã lùi hạn nhận báo giá của nhu cầu mua {inquiry}. Bạn có thể sửa báo giá đến hạn mới.',
     '{party} has extended the deadline for quotes on inquiry {inquiry}. You may revise your quotes until then.'),
    ('inquiry_round_opened', 'producer', true,
     'Bạn được mời sửa báo giá', 'You may revise your quote',
     'Bên mua {party} mở một vòng sửa báo giá cho nhu cầu mua {inquiry}. Bạn có thể sửa báo giá đến hạn của vòng này.',
     '{party} has opened a round of revision on inquiry {inquiry}. You may revise your quotes until its deadline.'),
    ('inquiry_question_asked', 'buyer', true,
     'Có câu hỏi về nhu cầu mua', 'A question about your inquiry',
     '{party} hỏi về nhu cầu mua {inquiry}. Câu trả lời của bạn sẽ được mọi bên nhận nhu cầu đọc, không kèm tên người hỏi.',
     '{party} has a question about inquiry {inquiry}. All whom the inquiry reaches will read your answer, without the name of who asked.'),
    ('inquiry_question_answered', 'producer', false,
     'Bên mua đã trả lời một câu hỏi', 'The buyer has answered a question',
     'Bên mua {party} đã trả lời một câu hỏi về nhu cầu mua {inquiry}.', '{party} has answered a question about inquiry {inquiry}.');
