-- Gaps spread supply and demand over the days of their windows; what counts as dried is said in one place.
-- +goose Up
CREATE VIEW reference.dried_goods AS
SELECT l.code AS line, f.code AS form, coalesce(f.dried, d.dried, false) AS dried
  FROM reference.product_lines l
 CROSS JOIN (SELECT r.code, r.state = 'dried' AS dried FROM reference.forms r UNION ALL SELECT '', NULL) f
  LEFT JOIN (SELECT x.line, bool_and(y.state = 'dried') AS dried
               FROM reference.line_forms x JOIN reference.forms y ON y.code = x.form GROUP BY x.line) d ON d.line = l.code;
COMMENT ON VIEW reference.dried_goods IS
    'Whether goods count as dried, for every line and form: by the form; with none, the empty text, as the line does when all its forms are dried.';

-- Which windows are open between two days.
CREATE INDEX offers_available ON catalog.offers (available_to, available_from);
CREATE INDEX lines_delivered ON inquiry.lines (deliver_to, deliver_from);
-- What an account was opened as; it is looked up by its account now, and no more by the day.
DROP INDEX ledger.postings_opening;
CREATE INDEX postings_offer_opened ON ledger.postings (offer_id) WHERE movement = 'offer_opened';
CREATE INDEX postings_demand_opened ON ledger.postings (inquiry_line_id) WHERE movement = 'demand_opened';
