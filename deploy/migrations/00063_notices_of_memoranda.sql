-- The parties of a memorandum are told what the others did with it.
-- +goose Up
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('memorandum_recorded', 'party', true,
     'Biên bản ghi nhớ chờ bạn xác nhận', 'A memorandum waits for your word',
     'Một biên bản ghi nhớ với {party} đã được ghi nhận. Xem các dòng hàng và thời hạn, rồi xác nhận hoặc phản đối kèm lý do. Biên bản không phải nhu cầu mua và không phải sản lượng.',
     'A memorandum with {party} was entered. Read its lines and term, then confirm it or contest it with a reason. A memorandum is neither demand nor volume.'),
    ('memorandum_confirmed', 'party', true,
     '{party} đã xác nhận biên bản ghi nhớ', '{party} confirmed the memorandum',
     '{party} xác nhận biên bản ghi nhớ với tổ chức của bạn. Gắn các nhu cầu mua phát sinh với biên bản để theo dõi kết quả.',
     '{party} confirmed the memorandum with your organisation. Link the inquiries that follow to it, to see what comes of it.'),
    ('memorandum_contested', 'party', true,
     '{party} phản đối biên bản ghi nhớ', '{party} contests the memorandum',
     '{party} phản đối biên bản ghi nhớ với tổ chức của bạn. Lý do: {reason}. Bên ghi nhận có thể rút và ghi lại cho đúng.',
     '{party} contests the memorandum with your organisation. Reason: {reason}. Who entered it can withdraw it and enter it anew.');

-- Safe for the release before, which writes none.
ALTER TABLE notify.notices ADD COLUMN memorandum_id uuid;
