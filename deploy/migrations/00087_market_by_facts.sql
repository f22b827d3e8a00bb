-- The market's indicators are found in kept facts and no more by the days of awards, deliveries and inquiries. The indexes that
-- found them were made for nothing else; the release before is slower without them and no less right.
-- +goose Up
DROP INDEX inquiry.awards_made;
DROP INDEX inquiry.awards_due;
DROP INDEX inquiry.awards_due_last;
DROP INDEX inquiry.call_offs_due;
DROP INDEX inquiry.deliveries_received;
DROP INDEX inquiry.inquiries_opened;
