-- Prices that may be shown of quarters that are closed.
-- +goose Up
CREATE TABLE monitor.price_steps (
    price_from bigint  PRIMARY KEY CHECK (price_from >= 0),
    step_vnd   bigint  NOT NULL CHECK (step_vnd > 0),
    source     text    NOT NULL
);
COMMENT ON TABLE monitor.price_steps IS 'To what step limits of price bands are rounded, from a price on, in đồng for a unit.';
INSERT INTO monitor.price_steps (price_from, step_vnd, source) VALUES
    (0, 1000, 'assumption'), (30000, 5000, 'assumption'), (200000, 20000, 'assumption'), (1000000, 100000, 'assumption');

CREATE TABLE monitor.price_quarters (
    quarter   date        CONSTRAINT price_quarter_once PRIMARY KEY CHECK (extract(day FROM quarter) = 1 AND extract(month FROM quarter) IN (1, 4, 7, 10)),
    closed_at timestamptz NOT NULL
);
COMMENT ON TABLE monitor.price_quarters IS 'Quarters whose prices were looked at, each once: what comes later is in no band.';

CREATE TABLE monitor.price_bands (
    quarter      date    NOT NULL REFERENCES monitor.price_quarters,
    product_line text    NOT NULL REFERENCES reference.product_lines,
    dried        boolean NOT NULL,
    unit         text    NOT NULL,
    grade        text    NOT NULL,
    low_vnd      bigint  NOT NULL,
    high_vnd     bigint  NOT NULL CHECK (high_vnd > low_vnd),
    PRIMARY KEY (quarter, product_line, dried, unit, grade)
);
COMMENT ON COLUMN monitor.price_bands.grade IS 'As volumes are graded; empty where none was said.';

INSERT INTO monitor.indicator_rules (code, effective_from, value, name_vi, name_en, source, verified) VALUES
    ('price_least', '2000-01-01', 3, 'Số nhà sản xuất và số bên mua ít nhất của một mức giá', 'Producers, and buyers, behind a limit of a price band, at least', 'assumption', false),
    ('price_most_percent', '2000-01-01', 50, 'Phần lớn nhất của một tổ chức trong đó (%)', 'Largest part of one organisation in it (%)', 'assumption', false);
