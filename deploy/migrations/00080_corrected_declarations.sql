-- A declaration of a month corrects the reports of its periods, as a posting does.
-- +goose Up
CREATE VIEW trade.declared_months AS
SELECT d.month, count(*) AS declarations FROM trade.declarations d GROUP BY d.month;
COMMENT ON VIEW trade.declared_months IS 'How many declarations there are of each month, corrected ones among them: none is ever taken away, so more are news.';

-- Safe for the release before, which writes none: a report without it is corrected by postings alone.
ALTER TABLE monitor.reports ADD COLUMN declarations bigint CHECK (declarations >= 0);
COMMENT ON COLUMN monitor.reports.declarations IS 'How many declarations there were of its months when it was made; more correct it.';
