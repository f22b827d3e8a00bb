-- The target of modern channels, compared with what is published of the decision: "at least 50 % of OCOP subjects take part in modern
-- channels of sale (supermarket systems, convenience stores, …)", to be reached in 2025. Other kinds of systems are still read into it.
-- +goose Up
UPDATE monitor.indicator_rules
   SET source = 'Quyết định 919/QĐ-TTg ngày 01/8/2022, mục tiêu cụ thể đến năm 2025 (theo dulieuphapluat.vn)', verified = true
 WHERE code = 'modern_channel_percent' AND effective_from = '2022-08-01';
UPDATE monitor.modern_kinds
   SET source = 'Quyết định 919/QĐ-TTg ngày 01/8/2022: hệ thống siêu thị, cửa hàng tiện lợi (theo dulieuphapluat.vn)', verified = true
 WHERE system_kind IN ('supermarket_chain', 'convenience_chain');
