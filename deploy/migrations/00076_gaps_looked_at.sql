-- Gaps that an authority was told of wait on its desk until somebody has looked at them.
-- +goose Up
CREATE TABLE monitor.gap_acknowledgements (
    alert_id uuid        CONSTRAINT gap_acknowledged_once PRIMARY KEY REFERENCES monitor.gap_alerts,
    user_id  uuid        NOT NULL,
    at       timestamptz NOT NULL
);
COMMENT ON TABLE monitor.gap_acknowledgements IS 'Who of the authority looked at a gap first, and when.';
INSERT INTO monitor.desk_kinds (code, name_vi, name_en, working_days, unverified, position) VALUES
    ('gap_alerts', 'Cảnh báo thiếu hàng chưa xem', 'Gaps that nobody looked at', 3, true, 9);
