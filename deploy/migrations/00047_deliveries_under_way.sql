-- Officials see what left and was not confirmed in time: deliveries without a receipt are few among all.
-- +goose Up
CREATE INDEX deliveries_under_way ON inquiry.deliveries (dispatched_at) WHERE received_at IS NULL;
