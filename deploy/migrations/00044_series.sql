-- Recurring inquiries: a template with a rhythm, each date of which is placed once.
-- +goose Up

CREATE TABLE inquiry.series (
    id         uuid        PRIMARY KEY,
    buyer_id   uuid        NOT NULL REFERENCES identity.organisations,
    template   jsonb       NOT NULL,
    state      text        NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    next_on    date,
    place_on   date,
    version    bigint      NOT NULL DEFAULT 1,
    created_by uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT series_next CHECK ((state = 'ended' OR next_on IS NOT NULL) AND (next_on IS NULL) = (place_on IS NULL))
);
COMMENT ON COLUMN inquiry.series.next_on IS 'The next date of delivery that was not dealt with.';
COMMENT ON COLUMN inquiry.series.place_on IS 'The day in Vietnam on which its inquiry is placed.';
CREATE INDEX series_buyer ON inquiry.series (buyer_id, id DESC);
CREATE INDEX series_due ON inquiry.series (place_on, id) WHERE state = 'active';

CREATE TABLE inquiry.series_dates (
    series_id  uuid        NOT NULL REFERENCES inquiry.series,
    deliver_on date        NOT NULL,
    state      text        NOT NULL CHECK (state IN ('skipped', 'placed', 'refused')),
    inquiry_id uuid        CONSTRAINT inquiry_of_one_date UNIQUE REFERENCES inquiry.inquiries,
    complaints jsonb       NOT NULL DEFAULT '[]',
    left_out   uuid[]      NOT NULL DEFAULT '{}',
    at         timestamptz NOT NULL,
    CONSTRAINT series_date_once PRIMARY KEY (series_id, deliver_on),
    CONSTRAINT series_date_placed CHECK ((state = 'placed') = (inquiry_id IS NOT NULL))
);
COMMENT ON TABLE inquiry.series_dates IS 'What became of each date of a series. A date is dealt with once, however many processes try.';
COMMENT ON COLUMN inquiry.series_dates.left_out IS 'Invited producers that were not approved on the day.';

INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('series_refused', 'buyer', true,
     'Chưa gửi được nhu cầu mua định kỳ', 'A recurring inquiry could not be placed',
     'Nhu cầu mua định kỳ cho ngày giao {deliver_on} chưa gửi được, ví dụ vì sản phẩm không còn bán. Xem lý do trong lịch định kỳ, rồi gửi nhu cầu mua riêng cho ngày đó hoặc kết thúc lịch và lập lịch mới.',
     'The recurring inquiry for delivery on {deliver_on} could not be placed, for example because a product is no longer sold. Read why in the series, then place an inquiry of its own for that day, or end the series and set up another.'),
    ('series_left_out', 'buyer', true,
     'Nhu cầu mua định kỳ thiếu nhà sản xuất được mời', 'A recurring inquiry went out without an invited producer',
     'Nhu cầu mua định kỳ {inquiry} cho ngày giao {deliver_on} đã gửi, trừ nhà sản xuất đang không được duyệt. Xem trong lịch định kỳ.',
     'Recurring inquiry {inquiry} for delivery on {deliver_on} was placed, without producers that are not approved at present. Read which in the series.');
