-- What waits for an authority, and organisations under watch.
-- +goose Up
CREATE TABLE monitor.desk_kinds (
    code         text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi      text     NOT NULL CHECK (name_vi <> ''),
    name_en      text     NOT NULL CHECK (name_en <> ''),
    working_days smallint CHECK (working_days > 0),
    unverified   boolean  NOT NULL,
    position     smallint NOT NULL UNIQUE
);
COMMENT ON TABLE monitor.desk_kinds IS 'What may wait on an authority''s desk.';
COMMENT ON COLUMN monitor.desk_kinds.working_days IS 'Within how many working days it is to be dealt with; NULL where the thing itself says when it is due.';
COMMENT ON COLUMN monitor.desk_kinds.unverified IS 'A term assumed by the platform, not taken from a rule.';
INSERT INTO monitor.desk_kinds (code, name_vi, name_en, working_days, unverified, position) VALUES
    ('applications',           'Tổ chức chờ duyệt',                       'Organisations that applied',              3, true,  1),
    ('certificates',           'Chứng nhận chờ xác minh',                 'Certificates to be verified',             5, true,  2),
    ('green_tick_cases',       'Sự cố Tick Xanh đang mở',                 'Open incidents under the Green Tick', NULL, false, 3),
    ('expiring_certificates',  'Chứng nhận hết hạn trong 90 ngày',        'Certificates that expire within 90 days', NULL, false, 4),
    ('watch_proposals',        'Đề xuất theo dõi chờ quyết định',         'Proposals for watch',                     5, true,  5),
    ('watches',                'Tổ chức đang theo dõi',                   'Organisations under watch',            NULL, false, 6),
    ('corrected_reports',      'Báo cáo có số liệu điều chỉnh',           'Reports whose figures were corrected',    3, true,  7),
    ('unconfirmed_deliveries', 'Chuyến giao chưa xác nhận quá một ngày',  'Deliveries unconfirmed for over a day',   1, true,  8);

CREATE TABLE monitor.days_off (
    day        date    PRIMARY KEY,
    name       text    NOT NULL CHECK (name <> ''),
    unverified boolean NOT NULL
);
COMMENT ON TABLE monitor.days_off IS 'Public holidays: no working days. Each year''s are added when they are announced.';
INSERT INTO monitor.days_off (day, name, unverified) VALUES
    ('2026-01-01', 'Tết Dương lịch', false), ('2026-04-30', 'Ngày Chiến thắng', false), ('2026-05-01', 'Quốc tế Lao động', false),
    ('2026-09-02', 'Quốc khánh', false), ('2027-01-01', 'Tết Dương lịch', false), ('2027-02-05', 'Tết Nguyên đán', true),
    ('2027-02-08', 'Tết Nguyên đán', true), ('2027-02-09', 'Tết Nguyên đán', true), ('2027-02-10', 'Tết Nguyên đán', true),
    ('2027-04-16', 'Giỗ Tổ Hùng Vương', false), ('2027-04-30', 'Ngày Chiến thắng', false), ('2027-05-01', 'Quốc tế Lao động', false),
    ('2027-09-02', 'Quốc khánh', false);

CREATE TABLE monitor.watch_reasons (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    position smallint NOT NULL UNIQUE
);
INSERT INTO monitor.watch_reasons (code, name_vi, name_en, position) VALUES
    ('rejections',   'Hàng giao bị trả nhiều',             'Many goods rejected',             1),
    ('defaults',     'Không giao hàng đã cam kết',         'Awards not kept',                 2),
    ('certificates', 'Chứng nhận hết hạn không gia hạn',   'Certificates lapsed',             3),
    ('green_tick',   'Vi phạm Tick Xanh',                  'Breaches of the Green Tick',      4),
    ('complaints',   'Phản ánh, khiếu nại',                'Complaints',                      5),
    ('other',        'Lý do khác',                         'Another reason',                  6);

CREATE TABLE monitor.watch_rules (
    code       text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    kind       text     NOT NULL CHECK (kind IN ('producer', 'buyer')),
    reason     text     NOT NULL REFERENCES monitor.watch_reasons,
    cases      integer  NOT NULL CHECK (cases > 0),
    permille   integer  CHECK (permille BETWEEN 1 AND 1000),
    quiet_days smallint NOT NULL CHECK (quiet_days > 0),
    unverified boolean  NOT NULL
);
COMMENT ON TABLE monitor.watch_rules IS 'From which facts of the last twelve months a watch is proposed; never more than proposed.';
COMMENT ON COLUMN monitor.watch_rules.cases IS 'Of how many cases at least: of all cases where there is a share, else of the breaches themselves.';
COMMENT ON COLUMN monitor.watch_rules.quiet_days IS 'How long after a proposal was dismissed, or a watch ended, nothing is proposed by this rule.';
INSERT INTO monitor.watch_rules (code, kind, reason, cases, permille, quiet_days, unverified) VALUES
    ('rejected',            'producer', 'rejections',   10,  100, 90, true),
    ('defaulted',           'producer', 'defaults',     10,  150, 90, true),
    ('lapsed_certificates', 'producer', 'certificates',  3, NULL, 90, true),
    ('green_tick_breaches', 'producer', 'green_tick',    2, NULL, 90, true);

CREATE TABLE monitor.watches (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    state           text        NOT NULL CHECK (state IN ('proposed', 'watched', 'dismissed', 'ended')),
    reason          text        NOT NULL REFERENCES monitor.watch_reasons,
    text            text        NOT NULL,
    review_on       date,
    facts           jsonb       NOT NULL DEFAULT '[]',
    invented        boolean     NOT NULL DEFAULT false,
    version         bigint      NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT watches_explained CHECK (state IN ('proposed', 'dismissed') OR text <> '' AND review_on IS NOT NULL)
);
COMMENT ON TABLE monitor.watches IS 'Organisations under watch by the authority of their side, and proposals of it.';
CREATE UNIQUE INDEX watch_open_once ON monitor.watches (organisation_id) WHERE state IN ('proposed', 'watched');

CREATE TABLE monitor.watch_steps (
    watch_id        uuid        NOT NULL REFERENCES monitor.watches,
    n               bigint      NOT NULL CHECK (n > 0),
    at              timestamptz NOT NULL,
    move            text        NOT NULL,
    organisation_id uuid,
    from_state      text        NOT NULL,
    to_state        text        NOT NULL,
    word            text        NOT NULL,
    review_on       date,
    PRIMARY KEY (watch_id, n)
);
COMMENT ON TABLE monitor.watch_steps IS 'What was done with a watch, in order; kept by rights.';

INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('watch_begun', 'party', true,
     'Tổ chức của bạn được đưa vào diện theo dõi', 'Your organisation is under watch',
     'Sở Công Thương phụ trách đưa tổ chức của bạn vào diện theo dõi, xem xét lại ngày {day}. Lý do: {reason}. Việc mua bán không bị hạn chế và không tổ chức nào khác được biết. Nếu thấy chưa đúng, hãy liên hệ Sở.',
     'The trade department that oversees you put your organisation under watch and will review it on {day}. Reason: {reason}. Trade is not restricted and no other organisation learns of it. If you disagree, contact the department.'),
    ('watch_continued', 'party', true,
     'Việc theo dõi tổ chức của bạn được xem xét lại', 'The watch of your organisation was reviewed',
     'Sở Công Thương phụ trách tiếp tục theo dõi, xem xét lại ngày {day}: {reason}.',
     'The trade department goes on watching and will review it again on {day}: {reason}.'),
    ('watch_ended', 'party', true,
     'Tổ chức của bạn không còn trong diện theo dõi', 'Your organisation is no longer under watch',
     'Sở Công Thương phụ trách kết thúc việc theo dõi: {reason}.',
     'The trade department ended the watch: {reason}.');
