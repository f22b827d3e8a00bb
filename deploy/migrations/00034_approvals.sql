-- Awards above a buyer's limit wait for a second person.
-- +goose Up

-- How an organisation buys: every change is a row, with who and when; the last one counts.
CREATE TABLE inquiry.purchasing_rules (
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    version         bigint      NOT NULL CHECK (version > 0),
    award_limit_vnd bigint      NOT NULL CHECK (award_limit_vnd >= 0),
    proposal_hours  int         NOT NULL CHECK (proposal_hours BETWEEN 1 AND 168),
    approvers       uuid[]      NOT NULL,
    set_at          timestamptz NOT NULL,
    set_by          uuid        NOT NULL,
    CONSTRAINT purchasing_version_once PRIMARY KEY (organisation_id, version)
);
COMMENT ON COLUMN inquiry.purchasing_rules.award_limit_vnd IS 'An act of awarding worth more waits for a second person; 0: none does.';
COMMENT ON COLUMN inquiry.purchasing_rules.approvers IS 'Members who approve besides the owners.';

-- Acts of awarding that wait, or waited, for a second person. That one has run out is computed.
CREATE TABLE inquiry.award_proposals (
    id          uuid        PRIMARY KEY,
    inquiry_id  uuid        NOT NULL REFERENCES inquiry.inquiries,
    buyer_id    uuid        NOT NULL REFERENCES identity.organisations,
    -- the act as it was asked for, and what of it the quotes' own holds kept
    act         jsonb       NOT NULL,
    reserved    uuid[]      NOT NULL,
    value_vnd   bigint      NOT NULL CHECK (value_vnd > 0),
    limit_vnd   bigint      NOT NULL CHECK (limit_vnd > 0),
    state       text        NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected', 'withdrawn')),
    expires_at  timestamptz NOT NULL,
    proposed_by uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    decided_by  uuid,
    decided_at  timestamptz,
    reason      text        NOT NULL DEFAULT '',
    awards      uuid[]      NOT NULL DEFAULT '{}',
    CONSTRAINT proposal_decided CHECK ((state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT proposal_second_person CHECK (state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by),
    CONSTRAINT proposal_withdrawn_by_its_author CHECK (state <> 'withdrawn' OR decided_by = proposed_by),
    CONSTRAINT proposal_rejected_with_reason CHECK (state <> 'rejected' OR reason <> ''),
    CONSTRAINT proposal_awards CHECK ((state = 'approved') = (cardinality(awards) > 0))
);
CREATE INDEX award_proposals_buyer ON inquiry.award_proposals (buyer_id, id DESC);

-- What an award has to know, and now the buyer's limit. A release before this one reads it by the
-- names of its columns and goes on to do so.
DROP FUNCTION inquiry.awardable(uuid, uuid, uuid[], timestamptz);
-- +goose StatementBegin
CREATE FUNCTION inquiry.awardable(of_inquiry uuid, of_buyer uuid, chosen uuid[], at timestamptz)
RETURNS TABLE (id uuid, line_id uuid, producer_id uuid, producer_name text, product_id uuid, offer_id uuid, quantity bigint, awarded bigint,
               held bigint, unit text, price_vnd bigint, size_prices jsonb, deliver_on date, valid_until timestamptz, claims text[],
               lapsing text[], stage text, product_line text, form text, unit_weight bigint, commune text, line_open bigint,
               line_schemes text[], buyer_name text, buyer_system text, inquiry_stage text, quotes_sealed boolean,
               quotes_due_at timestamptz, holds_ran_out boolean, award_limit_vnd bigint, proposal_hours int)
LANGUAGE plpgsql VOLATILE ROWS 2 SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
    -- Lines in the order of their ids: no deadlock. The next statement sees what others did before.
    PERFORM 1 FROM inquiry.lines l JOIN inquiry.inquiries i ON i.id = l.inquiry_id
      WHERE i.id = of_inquiry AND i.buyer_id = of_buyer
        AND l.id IN (SELECT q.line_id FROM inquiry.quotes q WHERE q.id = ANY (chosen))
      ORDER BY l.id FOR NO KEY UPDATE OF l;
    RETURN QUERY
    SELECT q.id, q.line_id, q.producer_id, s.name, q.product_id, q.offer_id, q.quantity, q.awarded, coalesce(h.quantity, 0), q.unit,
           q.price_vnd, q.size_prices, q.deliver_on, q.valid_until, q.claims, q.lapsing, q.stage, p.line, p.form,
           coalesce(p.unit_weight, 0), coalesce(o.place, s.commune_code, ''), b.open, l.schemes, c.name, coalesce(i.buyer_system, ''),
           i.stage, i.quotes_sealed, i.quotes_due_at,
           EXISTS (SELECT FROM ledger.reservations e WHERE e.offer_id = q.offer_id AND e.quantity > 0 AND e.reserved_until <= at),
           coalesce(r.award_limit_vnd, 0), coalesce(r.proposal_hours, 0)
      FROM inquiry.quotes q
      JOIN inquiry.inquiries i ON i.id = q.inquiry_id
      JOIN inquiry.lines l ON l.id = q.line_id
      JOIN ledger.lines b ON b.inquiry_line_id = q.line_id
      JOIN catalog.offers o ON o.id = q.offer_id
      JOIN catalog.products p ON p.id = q.product_id
      JOIN identity.organisations s ON s.id = q.producer_id
      JOIN identity.organisations c ON c.id = i.buyer_id
      LEFT JOIN ledger.reservations h ON h.quote_id = q.id
      LEFT JOIN LATERAL (SELECT n.award_limit_vnd, n.proposal_hours FROM inquiry.purchasing_rules n
                          WHERE n.organisation_id = of_buyer ORDER BY n.version DESC LIMIT 1) r ON true
     WHERE q.id = ANY (chosen) AND i.id = of_inquiry AND i.buyer_id = of_buyer;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION inquiry.awardable IS
    'The quotes of a buyer''s inquiry with their lines, goods and parties, the lines locked until the transaction ends; whether holds on their offers have run out at an instant; and above which value the buyer''s awards need a second person.';
