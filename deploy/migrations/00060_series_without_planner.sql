-- A recurring inquiry pauses when whoever it places for no longer works for the buyer.
-- +goose Up
COMMENT ON COLUMN inquiry.series.created_by IS 'In whose name inquiries are placed: who planned it, or resumed it last.';
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('series_paused', 'buyer', true,
     'Nhu cầu mua định kỳ đã tạm dừng', 'A recurring inquiry is paused',
     'Nhu cầu mua định kỳ đã tạm dừng từ ngày giao {deliver_on}: người lập lịch không còn làm việc cho tổ chức của bạn, hoặc chỉ còn quyền xem. Để tiếp tục, một người khác hãy mở lại lịch; nhu cầu mua sẽ được gửi dưới tên người đó.',
     'A recurring inquiry is paused from the delivery on {deliver_on} on: the person who planned it no longer works for your organisation, or may only look. To go on, somebody else resumes it; inquiries are then placed in their name.');
