-- Rights of the service's role. History is kept by what is missing here: nobody but the owner can
-- change or remove an audit event, a posting, a balance or a seal.
GRANT USAGE ON SCHEMA reference, identity, ledger, catalog, inquiry, idempotency, notify TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA reference TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA identity, catalog, inquiry, idempotency, notify TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA identity, ledger, catalog, inquiry TO {role};

REVOKE UPDATE, DELETE, TRUNCATE ON catalog.certificate_decisions, catalog.certificate_surveillance FROM {role};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON catalog.lot_balances FROM {role};
REVOKE DELETE, TRUNCATE ON catalog.product_ticks FROM {role};
REVOKE UPDATE, DELETE, TRUNCATE ON inquiry.contracts FROM {role};
REVOKE UPDATE, DELETE, TRUNCATE ON inquiry.purchasing_rules, inquiry.series_dates FROM {role};
REVOKE DELETE, TRUNCATE ON inquiry.series FROM {role};
REVOKE UPDATE, DELETE, TRUNCATE ON inquiry.payments, inquiry.payment_moves, inquiry.payment_warnings, inquiry.past_terms FROM {role};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON inquiry.payment_kinds, inquiry.payment_warning_days FROM {role};
REVOKE DELETE, TRUNCATE ON inquiry.award_proposals, inquiry.cancellations, inquiry.call_offs FROM {role};
REVOKE UPDATE, DELETE, TRUNCATE ON identity.audit_events, identity.audit_seals FROM {role};
GRANT INSERT ON ledger.postings, ledger.seals, ledger.claims, ledger.claim_seals TO {role};
GRANT EXECUTE ON FUNCTION ledger.follow(int) TO {role};
GRANT SELECT ON public.goose_db_version TO {role};
REVOKE INSERT, UPDATE, DELETE ON notify.kinds FROM {role};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON inquiry.quotas, inquiry.standing_quotas, catalog.standing_quotas FROM {role};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON inquiry.delivery_rules FROM {role};
REVOKE UPDATE, DELETE, TRUNCATE ON inquiry.alone_awards FROM {role};

-- The tables of jobs are River's, made by its own migrations; the service works them, no more.
GRANT USAGE ON SCHEMA jobs TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO {role};
REVOKE INSERT, UPDATE, DELETE ON jobs.river_migration FROM {role};

GRANT USAGE ON SCHEMA files TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA files TO {role};

GRANT USAGE ON SCHEMA exchange TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA exchange TO {role};

-- Getting onto the shelf: what is demanded, and what was done with a Green Tick, is history.
GRANT USAGE ON SCHEMA shelf TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA shelf TO {role};
GRANT INSERT ON shelf.profiles, shelf.requirements, shelf.documents, shelf.product_facts, shelf.producer_facts, shelf.ticks, shelf.tick_events TO {role};
GRANT UPDATE ON shelf.documents, shelf.product_facts, shelf.producer_facts, shelf.ticks TO {role};


-- What was published once stands: a correction is another edition.
GRANT USAGE ON SCHEMA monitor TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA monitor TO {role};
GRANT INSERT ON monitor.unpublished, monitor.figure_blocks, monitor.figure_cells, monitor.figures, monitor.figure_shares, monitor.told_pairs TO {role};
GRANT UPDATE, DELETE ON monitor.unpublished TO {role};
GRANT UPDATE ON monitor.told_pairs TO {role};
GRANT UPDATE ON monitor.figures_followed TO {role};
GRANT INSERT ON monitor.reports, monitor.report_orders, monitor.days_posted TO {role};
GRANT UPDATE ON monitor.days_posted TO {role};
GRANT DELETE ON monitor.report_orders TO {role};
GRANT INSERT, DELETE ON monitor.gap_thresholds TO {role};
GRANT INSERT ON monitor.gap_alerts, monitor.gap_acknowledgements TO {role};
GRANT INSERT ON monitor.price_quarters, monitor.price_bands TO {role};
GRANT INSERT ON monitor.watches, monitor.watch_steps TO {role};
GRANT UPDATE (state, reason, text, review_on, version, updated_at) ON monitor.watches TO {role};

-- Events and memoranda: what was done is history, what was signed is not rewritten.
GRANT USAGE ON SCHEMA trade TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA trade TO {role};
GRANT INSERT ON trade.events, trade.event_steps, trade.participants, trade.meetings, trade.meeting_seats TO {role};
GRANT UPDATE ON trade.events, trade.participants, trade.meetings, trade.meeting_seats TO {role};
GRANT INSERT ON trade.memoranda, trade.memorandum_lines, trade.memorandum_steps, trade.memorandum_links TO {role};
GRANT INSERT ON trade.amendments, trade.amendment_lines, trade.amendment_outcomes TO {role};
GRANT UPDATE (state, producer_agreed_at, buyer_agreed_at, ended_on, terms, proposed, version, updated_at) ON trade.memoranda TO {role};
GRANT DELETE ON trade.memorandum_links TO {role};
GRANT INSERT ON trade.declarations, trade.programmes, trade.programme_members, trade.programme_targets TO {role};
GRANT UPDATE ON trade.programmes TO {role};
GRANT UPDATE (during) ON trade.programme_members TO {role};
GRANT UPDATE (withdrawn_at) ON trade.programme_targets TO {role};
