-- Rules of deliveries hold from a day on, for what is awarded from then on: who made a deal knows by
-- which rules it is received. Each says where it comes from, and whether it is an assumption until
-- somebody sets another.
-- +goose Up
ALTER TABLE inquiry.delivery_rules
    ADD COLUMN valid_from  date    NOT NULL DEFAULT '2025-01-01',
    ADD COLUMN valid_until date,
    ADD COLUMN assumption  boolean NOT NULL DEFAULT false,
    ADD COLUMN source_vi   text    NOT NULL DEFAULT '',
    ADD CONSTRAINT delivery_rule_dates CHECK (valid_until >= valid_from),
    DROP CONSTRAINT delivery_rule_once,
    ADD CONSTRAINT delivery_rule_once UNIQUE NULLS NOT DISTINCT (rule, line, form, valid_from);
COMMENT ON COLUMN inquiry.delivery_rules.valid_from IS 'For awards from this day on, in Vietnam; of rows alike in rule, line and form the latest counts.';
COMMENT ON COLUMN inquiry.delivery_rules.assumption IS 'Nobody has set it yet: it is what the market assumes.';
COMMENT ON COLUMN inquiry.delivery_rules.source IS 'Where it comes from, in English; source_vi in Vietnamese.';

UPDATE inquiry.delivery_rules SET
    source = 'Rule of the market: live goods that nobody received within a day are unconfirmed, and only the receiver can confirm them.',
    source_vi = 'Quy định của sàn: hàng sống sau một ngày chưa ai nhận là chưa xác nhận, và chỉ bên nhận mới xác nhận được.'
 WHERE rule = 'confirm_hours';
UPDATE inquiry.delivery_rules SET assumption = true,
    source = 'Assumption: scales of farm and dock differ. Until the trade of a line names its own tolerance.',
    source_vi = 'Giả định: cân ở trại và ở kho lệch nhau. Áp dụng đến khi ngành hàng có mức riêng.'
 WHERE rule = 'over';
UPDATE inquiry.delivery_rules SET assumption = true,
    source = 'Assumption: a week to check what was noted. Until the trade of a line names its own days.',
    source_vi = 'Giả định: một tuần để kiểm tra số đã ghi. Áp dụng đến khi ngành hàng có thời hạn riêng.'
 WHERE rule = 'dispute_days' AND form IS NULL;
UPDATE inquiry.delivery_rules SET assumption = true,
    source = 'Assumption: live goods cannot be looked at again later.',
    source_vi = 'Giả định: hàng sống không xem lại được về sau.'
 WHERE rule = 'dispute_days' AND form = 'live';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION inquiry.delivery_rule(asked text, of_award uuid) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.value
      FROM inquiry.awards a
      JOIN catalog.products p ON p.id = a.product_id
      JOIN inquiry.delivery_rules r ON r.rule = asked AND (r.line IS NULL OR r.line = p.line) AND (r.form IS NULL OR r.form = p.form)
       AND CAST(a.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN r.valid_from AND coalesce(r.valid_until, 'infinity')
     WHERE a.id = of_award
     ORDER BY r.line IS NULL, r.form IS NULL, r.valid_from DESC LIMIT 1
$$;
-- +goose StatementEnd
