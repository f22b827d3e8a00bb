-- What the market's indicators count is found by the days that they are asked of, and not read through from the
-- first deal on.
-- +goose Up
CREATE INDEX awards_made ON inquiry.awards (created_at);
CREATE INDEX awards_due ON inquiry.awards (deliver_on) WHERE schedule = '[]' AND period_from IS NULL;
-- Of several dates the last one counts; dates in JSON are written so that their order is that of their text.
CREATE INDEX awards_due_last ON inquiry.awards ((schedule -> -1 ->> 'deliver_on') COLLATE "C") WHERE schedule <> '[]' AND period_from IS NULL;
CREATE INDEX call_offs_due ON inquiry.call_offs (deliver_on) WHERE state = 'confirmed';
CREATE INDEX deliveries_received ON inquiry.deliveries (received_at) WHERE received_at IS NOT NULL;
CREATE INDEX inquiries_opened ON inquiry.inquiries (opened_at) WHERE opened_at IS NOT NULL;
