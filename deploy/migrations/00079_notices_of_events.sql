-- Participants of trade events are told of what concerns them: invitation, days and place, meetings, cancellation.
-- +goose Up
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('trade_event_invited', 'party', true,
     'Mời tham gia {event}', 'Invitation to {event}',
     'Tổ chức của bạn được mời tham gia {event}, {dates}, tại {place}. Nếu tham gia, hãy đăng ký trong mục sự kiện.',
     'Your organisation is invited to {event}, {dates}, {place}. If you come, enrol under trade events.'),
    ('trade_event_registered', 'party', true,
     'Đã ghi nhận tham gia {event}', 'You take part in {event}',
     'Tổ chức của bạn được ghi nhận tham gia {event}, {dates}, tại {place}. Nếu không đúng, hãy báo đơn vị tổ chức.',
     'Your organisation was entered as taking part in {event}, {dates}, {place}. If that is wrong, tell the organiser.'),
    ('trade_event_moved', 'party', true,
     '{event}: ngày hoặc địa điểm thay đổi', '{event}: other days or another place',
     '{event} nay diễn ra {dates}, tại {place}. Các cuộc gặp đã hẹn giữ nguyên giờ.',
     '{event} now takes place {dates}, {place}. Meetings that were arranged keep their time.'),
    ('trade_event_cancelled', 'party', true,
     '{event} không tổ chức nữa', '{event} was cancelled',
     '{event}, {dates}, đã bị huỷ, cùng với các cuộc gặp đã hẹn. Lý do: {reason}.',
     '{event}, {dates}, was cancelled, and with it the meetings that were arranged. Reason: {reason}.'),
    ('trade_meeting_arranged', 'party', true,
     'Có hẹn gặp {party} tại {event}', 'You meet {party} at {event}',
     'Tổ chức của bạn có hẹn gặp {party} lúc {time} tại {event}, {place}. Nếu không gặp được, hãy báo đơn vị tổ chức.',
     'Your organisation is to meet {party} at {time}, at {event}, {place}. If you cannot, tell the organiser.'),
    ('trade_meeting_moved', 'party', true,
     'Cuộc gặp với {party} dời giờ', 'The meeting with {party} was moved',
     'Cuộc gặp với {party} tại {event} dời sang {time}.',
     'The meeting with {party} at {event} was moved to {time}.'),
    ('trade_meeting_cancelled', 'party', true,
     'Cuộc gặp với {party} đã huỷ', 'The meeting with {party} was cancelled',
     'Cuộc gặp với {party} lúc {time} tại {event} đã huỷ.',
     'The meeting with {party} at {time}, at {event}, was cancelled.');

-- Safe for the release before, which writes none.
ALTER TABLE notify.notices ADD COLUMN trade_event_id uuid;
