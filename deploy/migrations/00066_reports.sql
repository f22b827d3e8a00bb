-- Reports of a period, kept as they were made.
-- +goose Up
CREATE TABLE monitor.report_kinds (
    kind       text     PRIMARY KEY,
    name_vi    text     NOT NULL,
    name_en    text     NOT NULL,
    months     smallint NOT NULL CHECK (12 % months = 0),
    begins_in  smallint NOT NULL CHECK (begins_in BETWEEN 1 AND 12),
    marker     text     NOT NULL CHECK (marker ~ '^[A-Z]?$'),
    grace_days smallint NOT NULL CHECK (grace_days >= 0),
    position   smallint NOT NULL UNIQUE,
    UNIQUE (months, marker)
);
COMMENT ON TABLE monitor.report_kinds IS 'Periods that are reported: how long each is, in which month the first of a year begins, and the letter in its name.';
COMMENT ON COLUMN monitor.report_kinds.grace_days IS 'How long after its end a period waits for receipts that come late before its report is made.';
INSERT INTO monitor.report_kinds (kind, name_vi, name_en, months, begins_in, marker, grace_days, position) VALUES
    ('month',              'Tháng',           'Month',                     1, 1, '',  3, 1),
    ('quarter',            'Quý',             'Quarter',                   3, 1, 'Q', 5, 2),
    ('half_year',          'Sáu tháng',       'Half-year',                 6, 1, 'H', 5, 3),
    ('year',               'Năm',             'Year',                     12, 1, '',  5, 4),
    ('stabilisation_year', 'Năm bình ổn giá', 'Price-stabilisation year', 12, 4, 'S', 5, 5);

CREATE TABLE monitor.reports (
    id          uuid        PRIMARY KEY,
    period      text        NOT NULL,
    kind        text        NOT NULL REFERENCES monitor.report_kinds,
    province    text        NOT NULL REFERENCES reference.provinces,
    edition     integer     NOT NULL CHECK (edition > 0),
    first_day   date        NOT NULL,
    last_day    date        NOT NULL CHECK (last_day > first_day),
    as_of       timestamptz NOT NULL,
    seq         bigint      NOT NULL,
    preliminary boolean     NOT NULL,
    made_by     uuid        NOT NULL,
    reason      text        NOT NULL,
    content     text        NOT NULL,
    digest      bytea       NOT NULL CHECK (length(digest) = 32),
    CONSTRAINT report_edition_once UNIQUE (province, period, edition)
);
COMMENT ON COLUMN monitor.reports.seq IS 'The last posting that was sealed when it was made; one of the period that was sealed later is a correction.';
COMMENT ON COLUMN monitor.reports.content IS 'What it says, as JSON, to the byte: a text, because jsonb forgets the order of members.';
CREATE INDEX reports_province ON monitor.reports (province, id DESC);

CREATE TABLE monitor.days_posted (
    business_date date   PRIMARY KEY,
    seq           bigint NOT NULL
);
COMMENT ON TABLE monitor.days_posted IS 'The last posting of each business day, in the order of their seals, as far as they were followed: what is later than a report corrects it.';

CREATE TABLE monitor.report_orders (
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    kind            text        NOT NULL REFERENCES monitor.report_kinds,
    ordered_by      uuid        NOT NULL,
    ordered_at      timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, kind)
);
COMMENT ON TABLE monitor.report_orders IS 'Which reports an authority wants made and sent as soon as a period may be reported.';

ALTER TABLE notify.kinds DROP CONSTRAINT kinds_audience_check;
ALTER TABLE notify.kinds ADD CONSTRAINT kinds_audience_check CHECK (audience IN ('holder', 'buyer', 'producer', 'party', 'authority'));
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('report_made', 'authority', true,
     'Có báo cáo kỳ {period}', 'The report of {period} is ready',
     'Báo cáo kỳ {period}, ấn bản {edition}, đã lập xong. Mở trong mục báo cáo để xem hoặc tải về dạng Excel, PDF, CSV.',
     'The report of {period}, edition {edition}, has been made. Open it under reports to read it or to download it as Excel, PDF or CSV.');
