-- The producer is told of an award, and the buyer of a shortfall and of who else can serve the line.
-- +goose Up
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('award_short', 'buyer', true,
     '{party} báo hụt hàng', '{party} announces a shortfall',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} báo hụt {quantity} {unit} «{product}», ngày giao {deliver_on}. Lý do: {reason}. Phần này không còn được giữ và dòng hàng lại cần mua; xem các báo giá dự phòng của lần chốt mua.',
     'Inquiry {inquiry}, line {position} ({line}): {party} announces that {quantity} {unit} of “{product}” due on {deliver_on} will not come. Reason: {reason}. They are released and the line wants them again; see the back-ups of the award.');
INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('awarded', 'producer', true,
     '{party} đã chốt mua', '{party} awarded your quote',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} chốt mua {quantity} {unit} «{product}», ngày giao {deliver_on}. Xem lần chốt mua và bản tóm tắt để chuẩn bị giao hàng.',
     'Inquiry {inquiry}, line {position} ({line}): {party} awarded {quantity} {unit} of “{product}” due on {deliver_on}. See the award and its summary to prepare the delivery.');
