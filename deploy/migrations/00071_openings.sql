-- Where supply and demand stand is read from the accounts, each under what it was opened with.
-- +goose Up
CREATE INDEX postings_opening ON ledger.postings (business_date) WHERE movement IN ('offer_opened', 'demand_opened');
