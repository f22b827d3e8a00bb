-- When authorities are told that goods will be wanting.
-- +goose Up
CREATE TABLE monitor.gap_thresholds (
    id              uuid     PRIMARY KEY,
    organisation_id uuid     NOT NULL REFERENCES identity.organisations,
    product_line    text     REFERENCES reference.product_lines,
    uncovered       smallint NOT NULL CONSTRAINT threshold_percent CHECK (uncovered BETWEEN 1 AND 100),
    least           bigint   NOT NULL CONSTRAINT threshold_least CHECK (least >= 0),
    weeks           smallint NOT NULL CONSTRAINT threshold_weeks CHECK (weeks BETWEEN 1 AND 52),
    set_by          uuid     NOT NULL,
    set_at          timestamptz NOT NULL,
    CONSTRAINT threshold_once UNIQUE NULLS NOT DISTINCT (organisation_id, product_line)
);
COMMENT ON TABLE monitor.gap_thresholds IS 'From when on an authority is told of a gap; that of a line holds for it instead of the one without.';
COMMENT ON COLUMN monitor.gap_thresholds.uncovered IS 'Percent of the open demand that nothing left could meet.';
COMMENT ON COLUMN monitor.gap_thresholds.least IS 'Thousandths of the unit of the row: smaller gaps are not told.';
COMMENT ON COLUMN monitor.gap_thresholds.weeks IS 'How far ahead a month may begin.';

CREATE TABLE monitor.gap_alerts (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    threshold_id    uuid        NOT NULL,
    product_line    text        NOT NULL REFERENCES reference.product_lines,
    dried           boolean     NOT NULL,
    unit            text        NOT NULL,
    month           date        NOT NULL CHECK (extract(day FROM month) = 1),
    scheme          text        NOT NULL,
    uncovered       smallint    NOT NULL,
    least           bigint      NOT NULL,
    requested       bigint      NOT NULL,
    available       bigint      NOT NULL,
    noted_at        timestamptz NOT NULL,
    CONSTRAINT gap_alert_once UNIQUE (threshold_id, product_line, dried, unit, month, scheme)
);
COMMENT ON TABLE monitor.gap_alerts IS 'Gaps that an authority was told of, as they were when they were noted; each once for a threshold. A threshold that is set anew is another.';
CREATE INDEX gap_alerts_of ON monitor.gap_alerts (organisation_id, id DESC);

INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('gap_noted', 'authority', true,
     'Sắp thiếu {line} tháng {period}', '{line} will be wanting in {period}',
     'Nhu cầu mua {line} giao trong tháng {period} vượt nguồn cung còn lại {quantity} {unit}. Mở mục cung cầu để xem.',
     'Open demand for {line} to be delivered in {period} exceeds the supply that is left by {quantity} {unit}. Open the gaps to see more.');
