-- What indicators are held against, and prices that may be shown.
-- +goose Up
CREATE TABLE monitor.indicator_rules (
    code           text   NOT NULL,
    effective_from date   NOT NULL,
    value          bigint NOT NULL CHECK (value >= 0),
    name_vi        text   NOT NULL,
    name_en        text   NOT NULL,
    source         text   NOT NULL,
    verified       boolean NOT NULL,
    PRIMARY KEY (code, effective_from)
);
COMMENT ON TABLE monitor.indicator_rules IS 'Targets and bounds of indicators: the row that was in effect on the last day of a period holds for it.';
COMMENT ON COLUMN monitor.indicator_rules.verified IS 'Somebody compared the row with its source.';
INSERT INTO monitor.indicator_rules (code, effective_from, value, name_vi, name_en, source, verified) VALUES
    ('modern_channel_percent', '2022-08-01', 50, 'Tỷ lệ chủ thể OCOP bán vào kênh hiện đại, mục tiêu (%)', 'Share of OCOP subjects that sell in modern channels, target (%)',
     'Quyết định 919/QĐ-TTg ngày 01/8/2022', false),
    ('expiring_days', '2000-01-01', 90, 'Chứng nhận sắp hết hạn: số ngày', 'Certificates that end soon: days', 'assumption', false),
    ('concentration_least', '2000-01-01', 3, 'Số nhà sản xuất ít nhất ở mỗi bên của một tỷ lệ', 'Producers on either side of a share, at least', 'assumption', false),
    ('concentration_most_percent', '2000-01-01', 50, 'Phần lớn nhất của một nhà sản xuất (%)', 'Largest part of one producer (%)', 'assumption', false);

CREATE TABLE monitor.modern_kinds (
    system_kind text    PRIMARY KEY,
    source      text    NOT NULL,
    verified    boolean NOT NULL
);
COMMENT ON TABLE monitor.modern_kinds IS 'Kinds of retail systems that are modern channels.';
INSERT INTO monitor.modern_kinds (system_kind, source, verified) VALUES
    ('supermarket_chain', 'Quyết định 919/QĐ-TTg ngày 01/8/2022', false),
    ('hypermarket',       'Quyết định 919/QĐ-TTg ngày 01/8/2022', false),
    ('minimart_chain',    'Quyết định 919/QĐ-TTg ngày 01/8/2022', false),
    ('convenience_chain', 'Quyết định 919/QĐ-TTg ngày 01/8/2022', false),
    ('wholesale',         'assumption: self-service wholesale stores', false);
