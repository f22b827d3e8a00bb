-- What the migrations and grants make of an empty database. Written by make schema; not to be run.

CREATE SCHEMA catalog;
CREATE SCHEMA demonstration;
CREATE SCHEMA exchange;
CREATE SCHEMA files;
CREATE SCHEMA idempotency;
CREATE SCHEMA identity;
CREATE SCHEMA inquiry;
CREATE SCHEMA ledger;
CREATE SCHEMA monitor;
CREATE SCHEMA notify;
CREATE SCHEMA reference;
CREATE SCHEMA trade;

CREATE TABLE catalog.certificate_decisions (
    certificate_id uuid NOT NULL,
    n smallint NOT NULL,
    decision text NOT NULL,
    at timestamp with time zone NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    by_kind text NOT NULL,
    by_user uuid,
    reason_code text,
    reason text NOT NULL DEFAULT ''::text
);

CREATE TABLE catalog.certificate_lapses (
    certificate_id uuid NOT NULL,
    lapsed_on date NOT NULL,
    noted_at timestamp with time zone NOT NULL
);

CREATE TABLE catalog.certificate_members (
    certificate_id uuid NOT NULL,
    n smallint NOT NULL,
    "position" smallint NOT NULL,
    producer_id uuid,
    name text NOT NULL,
    area bigint
);

CREATE TABLE catalog.certificate_products (
    certificate_id uuid NOT NULL,
    product_id uuid NOT NULL,
    n smallint NOT NULL DEFAULT 1
);

CREATE TABLE catalog.certificate_scopes (
    certificate_id uuid NOT NULL,
    n smallint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL DEFAULT ''::text,
    site text NOT NULL DEFAULT ''::text,
    commune text,
    system text,
    area bigint,
    ceiling bigint,
    lines text[] NOT NULL DEFAULT '{}'::text[],
    note text NOT NULL DEFAULT ''::text,
    ceiling_id uuid
);

CREATE TABLE catalog.certificate_surveillance (
    certificate_id uuid NOT NULL,
    done_on date NOT NULL,
    passed boolean NOT NULL,
    note text NOT NULL DEFAULT ''::text,
    by_kind text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE VIEW catalog.certificate_terms (
    producer_id uuid,
    certificate_id uuid,
    verified_on date,
    valid_until date,
    lapsed_on date
);

CREATE TABLE catalog.certificate_warnings (
    certificate_id uuid NOT NULL,
    days smallint NOT NULL,
    warned_at timestamp with time zone NOT NULL
);

CREATE TABLE catalog.certificates (
    id uuid NOT NULL,
    producer_id uuid NOT NULL,
    scheme text NOT NULL,
    number text NOT NULL,
    issuer text NOT NULL,
    issuer_kind text,
    issued_on date NOT NULL,
    valid_until date,
    scope_kind text NOT NULL,
    scope jsonb NOT NULL DEFAULT '{}'::jsonb,
    lines text[] NOT NULL DEFAULT '{}'::text[],
    stars smallint,
    state text NOT NULL,
    reason text NOT NULL DEFAULT ''::text,
    decided_by uuid,
    decided_at timestamp with time zone,
    scan_type text,
    scan_size bigint,
    scan_name text,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    points bigint,
    renews_id uuid,
    verified_on date,
    revoked_on date,
    reason_code text
);

CREATE TABLE catalog.lot_balances (
    product_id uuid NOT NULL,
    code text NOT NULL,
    dispatched bigint NOT NULL DEFAULT 0,
    allowed bigint,
    sent_before bigint NOT NULL DEFAULT 0
);

CREATE TABLE catalog.lot_sources (
    lot_id uuid NOT NULL,
    n smallint NOT NULL,
    organisation_id uuid,
    name text NOT NULL,
    commune text,
    area bigint,
    quantity bigint NOT NULL,
    scheme text,
    certificate_number text NOT NULL DEFAULT ''::text
);

CREATE TABLE catalog.lots (
    id uuid NOT NULL,
    producer_id uuid NOT NULL,
    product_id uuid NOT NULL,
    code text NOT NULL,
    harvested_on date,
    packed_on date,
    quantity bigint,
    unit text NOT NULL,
    note text NOT NULL DEFAULT ''::text,
    invented boolean NOT NULL DEFAULT false,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE catalog.offer_series (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    producer_id uuid NOT NULL,
    rule jsonb NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    min_order bigint NOT NULL,
    multiple bigint NOT NULL,
    lead_days smallint NOT NULL,
    price_tiers jsonb NOT NULL DEFAULT '[]'::jsonb,
    price_on_the_day boolean NOT NULL DEFAULT false,
    place text,
    visibility text NOT NULL,
    state text NOT NULL,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE catalog.offers (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    producer_id uuid NOT NULL,
    available_from date NOT NULL,
    available_to date NOT NULL,
    unit text NOT NULL,
    min_order bigint NOT NULL,
    price_tiers jsonb NOT NULL DEFAULT '[]'::jsonb,
    price_on_the_day boolean NOT NULL DEFAULT false,
    first_price bigint GENERATED ALWAYS AS (catalog.price_at(price_tiers, min_order)) STORED,
    place text,
    visibility text NOT NULL,
    schemes text[] NOT NULL DEFAULT '{}'::text[],
    state text NOT NULL,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    multiple bigint NOT NULL DEFAULT 0,
    lead_days smallint NOT NULL DEFAULT 0,
    series_id uuid,
    series_on date,
    by_hand boolean NOT NULL DEFAULT false,
    grade text,
    stars smallint
);

CREATE TABLE catalog.photos (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    "position" smallint NOT NULL,
    state text NOT NULL,
    reason text NOT NULL DEFAULT ''::text,
    caption text NOT NULL DEFAULT ''::text,
    caption_en text NOT NULL DEFAULT ''::text,
    upload text NOT NULL,
    orientation smallint NOT NULL,
    sizes jsonb NOT NULL DEFAULT '{}'::jsonb,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE catalog.producer_records (
    producer_id uuid NOT NULL,
    on_time_cases integer NOT NULL,
    on_time_permille smallint,
    in_full_cases integer NOT NULL,
    in_full_permille smallint,
    as_of timestamp with time zone NOT NULL
);

CREATE VIEW catalog.producers (
    id uuid,
    name text,
    name_folded text,
    name_en text,
    commune_code text,
    approved boolean,
    legal_form text,
    ocop_subject boolean,
    fictional boolean,
    created_at timestamp with time zone,
    province text
);

CREATE TABLE catalog.product_ticks (
    product_id uuid NOT NULL,
    system text NOT NULL,
    given boolean NOT NULL,
    stopped_since timestamp with time zone,
    spreads_at timestamp with time zone
);

CREATE TABLE catalog.products (
    id uuid NOT NULL,
    producer_id uuid NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT ''::text,
    line text NOT NULL,
    form text NOT NULL,
    grade jsonb NOT NULL,
    unit text NOT NULL,
    unit_weight bigint,
    gtin text,
    description text NOT NULL DEFAULT ''::text,
    state text NOT NULL,
    reason text NOT NULL DEFAULT ''::text,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    search tsvector NOT NULL DEFAULT ''::tsvector,
    search_marked tsvector NOT NULL DEFAULT ''::tsvector,
    search_name text NOT NULL DEFAULT ''::text,
    published_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    gtin_shared boolean NOT NULL DEFAULT false
);

CREATE TABLE catalog.standing (
    organisation_id uuid NOT NULL,
    what text NOT NULL,
    standing bigint NOT NULL,
    allowed bigint NOT NULL
);

CREATE TABLE catalog.standing_quotas (
    what text NOT NULL,
    effective_from date NOT NULL,
    most bigint NOT NULL
);

CREATE TABLE catalog.warning_days (
    scheme text,
    days smallint NOT NULL,
    source text NOT NULL
);

CREATE TABLE demonstration.loaded (
    one boolean NOT NULL DEFAULT true,
    began_at timestamp with time zone NOT NULL,
    seed bigint NOT NULL,
    finished_at timestamp with time zone
);

CREATE TABLE exchange.files (
    import_id uuid NOT NULL,
    content bytea NOT NULL
);

CREATE TABLE exchange.imports (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    key_id uuid,
    kind text NOT NULL,
    dry_run boolean NOT NULL,
    file_name text NOT NULL,
    format text NOT NULL,
    unknown text[] NOT NULL DEFAULT '{}'::text[],
    ignored text[] NOT NULL DEFAULT '{}'::text[],
    state text NOT NULL,
    reason jsonb,
    rows integer NOT NULL,
    done integer NOT NULL DEFAULT 0,
    created integer NOT NULL DEFAULT 0,
    updated integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    touched_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    purged_at timestamp with time zone
);

CREATE TABLE exchange.outcomes (
    import_id uuid NOT NULL,
    "row" integer NOT NULL,
    verdict text NOT NULL,
    subject_id uuid,
    complaints jsonb NOT NULL DEFAULT '[]'::jsonb
);

CREATE TABLE exchange.own_codes (
    producer_id uuid NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    compared text NOT NULL,
    subject_id uuid NOT NULL
);

CREATE TABLE files.holds (
    key text NOT NULL,
    holder uuid NOT NULL
);

CREATE TABLE files.kept (
    key text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    touched_at timestamp with time zone NOT NULL
);

CREATE TABLE idempotency.keys (
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    answer jsonb,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE identity.api_keys (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    key_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone
);

CREATE TABLE identity.attempts (
    scope text NOT NULL,
    subject bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    count integer NOT NULL
);

CREATE TABLE identity.audit_events (
    id uuid NOT NULL,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamp with time zone NOT NULL,
    actor_id uuid NOT NULL,
    organisation_id uuid,
    key_id uuid,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    detail jsonb NOT NULL,
    trace_id text NOT NULL DEFAULT ''::text
);

CREATE TABLE identity.audit_seals (
    seq bigint NOT NULL,
    row_id uuid NOT NULL,
    xact xid8 NOT NULL,
    chain bytea NOT NULL
);

CREATE VIEW identity.changes (
    xact xid8,
    subject_kind text,
    subject_id uuid
);

CREATE TABLE identity.legal_forms (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    ocop_subject boolean NOT NULL,
    "position" integer NOT NULL,
    sells_on boolean NOT NULL DEFAULT false
);

CREATE TABLE identity.memberships (
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    invited_name text NOT NULL DEFAULT ''::text,
    invited_login text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone
);

CREATE TABLE identity.messages (
    id uuid NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    organisation_id uuid,
    params jsonb NOT NULL DEFAULT '{}'::jsonb,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone
);

CREATE TABLE identity.organisations (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    name_folded text NOT NULL,
    name_en text NOT NULL DEFAULT ''::text,
    state text NOT NULL,
    legal_form text,
    commune_code text,
    province text NOT NULL,
    buyer_system text,
    buyer_kind text,
    tax_code text NOT NULL DEFAULT ''::text,
    fictional boolean NOT NULL DEFAULT false,
    reason text NOT NULL DEFAULT ''::text,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE identity.password_resets (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE identity.sessions (
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    organisation_id uuid,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);

CREATE TABLE identity.users (
    id uuid NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    password_hash text,
    administrator boolean NOT NULL DEFAULT false,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE VIEW inquiry.accounts (
    award_id uuid,
    awarded_at timestamp with time zone,
    inquiry_id uuid,
    buyer_id uuid,
    producer_id uuid,
    goods_vnd bigint,
    freight_vnd bigint,
    discount_vnd bigint,
    disputed_vnd bigint,
    owed_vnd bigint,
    deposit_due_vnd bigint,
    to_come_vnd bigint,
    deposited_vnd bigint,
    paid_vnd bigint,
    unconfirmed_vnd bigint,
    contested_vnd bigint,
    last_received_on date,
    due_on date
);

CREATE TABLE inquiry.alone_awards (
    award_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    person uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    producer_id uuid NOT NULL,
    day date NOT NULL,
    value_vnd bigint NOT NULL
);

CREATE TABLE inquiry.attachments (
    id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    key text NOT NULL,
    added_at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.award_proposals (
    id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    act jsonb NOT NULL,
    reserved uuid[] NOT NULL,
    value_vnd bigint NOT NULL,
    limit_vnd bigint NOT NULL,
    state text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    reason text NOT NULL DEFAULT ''::text,
    awards uuid[] NOT NULL DEFAULT '{}'::uuid[],
    awarded_alone_vnd bigint NOT NULL DEFAULT 0
);

CREATE TABLE inquiry.awards (
    id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    line_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    producer_id uuid NOT NULL,
    product_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    price_vnd bigint NOT NULL,
    deliver_on date NOT NULL,
    claims text[] NOT NULL,
    lapsing text[] NOT NULL,
    cancelled_at timestamp with time zone,
    cancelled_by uuid,
    reason text,
    note text NOT NULL DEFAULT ''::text,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    cancelled_as text,
    period_from date,
    period_to date,
    indicative boolean NOT NULL DEFAULT false,
    called bigint NOT NULL DEFAULT 0,
    freed bigint NOT NULL DEFAULT 0,
    ended_at timestamp with time zone,
    schedule jsonb NOT NULL DEFAULT '[]'::jsonb
);

CREATE TABLE inquiry.call_offs (
    id uuid NOT NULL,
    award_id uuid NOT NULL,
    quantity bigint NOT NULL,
    drawn bigint NOT NULL DEFAULT 0,
    price_vnd bigint NOT NULL,
    own_price boolean NOT NULL,
    deliver_on date NOT NULL,
    slot_from text NOT NULL DEFAULT ''::text,
    slot_to text NOT NULL DEFAULT ''::text,
    commune text NOT NULL,
    note text NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    reason text NOT NULL DEFAULT ''::text
);

CREATE TABLE inquiry.cancellations (
    id uuid NOT NULL,
    award_id uuid NOT NULL,
    asked_by uuid NOT NULL,
    person uuid NOT NULL,
    reason text NOT NULL,
    note text NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    answered_by uuid,
    answer text NOT NULL DEFAULT ''::text,
    released bigint NOT NULL DEFAULT 0
);

CREATE TABLE inquiry.contracts (
    award_id uuid NOT NULL,
    code text NOT NULL,
    facts text NOT NULL,
    digest bytea NOT NULL,
    set_down_at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.deliveries (
    id uuid NOT NULL,
    award_id uuid NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    lot text NOT NULL,
    live boolean NOT NULL,
    dispatched_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone,
    accepted bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    loss bigint NOT NULL DEFAULT 0,
    reasons text[] NOT NULL DEFAULT '{}'::text[],
    sizes jsonb NOT NULL DEFAULT '[]'::jsonb,
    value_vnd bigint NOT NULL DEFAULT 0,
    note text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    vehicle text NOT NULL DEFAULT ''::text,
    temperature smallint,
    documents text[] NOT NULL DEFAULT '{}'::text[],
    over bigint NOT NULL DEFAULT 0,
    tie bigint NOT NULL DEFAULT 0,
    price_gross boolean NOT NULL DEFAULT false,
    call_off_id uuid,
    noted_at timestamp with time zone
);

CREATE TABLE inquiry.delivery_photos (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    "position" smallint NOT NULL,
    file text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    orientation smallint NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.delivery_plans (
    id uuid NOT NULL,
    award_id uuid NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    day date NOT NULL,
    slot_from text NOT NULL,
    slot_to text NOT NULL,
    note text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone
);

CREATE TABLE inquiry.delivery_rules (
    rule text NOT NULL,
    line text,
    form text,
    value integer NOT NULL,
    source text NOT NULL,
    valid_from date NOT NULL DEFAULT '2025-01-01'::date,
    valid_until date,
    assumption boolean NOT NULL DEFAULT false,
    source_vi text NOT NULL DEFAULT ''::text
);

CREATE TABLE inquiry.disputes (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    raised_by uuid NOT NULL,
    reason text NOT NULL,
    note text NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    settled_at timestamp with time zone
);

CREATE TABLE inquiry.dock_links (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);

CREATE TABLE inquiry.inquiries (
    id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    buyer_system text,
    visibility text NOT NULL,
    quotes_sealed boolean NOT NULL,
    quotes_due_at timestamp with time zone NOT NULL,
    ward text NOT NULL,
    delivery_note text NOT NULL,
    terms jsonb NOT NULL,
    stage text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    terms_version bigint NOT NULL DEFAULT 1
);

CREATE TABLE inquiry.invitations (
    inquiry_id uuid NOT NULL,
    producer_id uuid NOT NULL,
    invited boolean NOT NULL,
    declined_at timestamp with time zone,
    decline_note text
);

CREATE TABLE inquiry.lines (
    id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    "position" integer NOT NULL,
    line text NOT NULL,
    producer_id uuid,
    product_id uuid,
    offer_id uuid,
    form text,
    grade jsonb,
    schemes text[] NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    unit_weight bigint NOT NULL DEFAULT 0,
    deliver_from date NOT NULL,
    deliver_to date NOT NULL,
    target_price_vnd bigint,
    reported_grade text
);

CREATE TABLE inquiry.market_facts (
    subject uuid NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    line text NOT NULL,
    unit text NOT NULL,
    reason text NOT NULL,
    flags smallint NOT NULL,
    minutes bigint NOT NULL,
    cases bigint NOT NULL,
    met bigint NOT NULL,
    part bigint NOT NULL,
    whole bigint NOT NULL
);

CREATE TABLE inquiry.market_looks (
    id bigint NOT NULL,
    award_id uuid,
    inquiry_id uuid
);

CREATE TABLE inquiry.market_minutes (
    kind text NOT NULL,
    bucket bigint NOT NULL,
    span text NOT NULL,
    day date NOT NULL,
    minutes bigint NOT NULL,
    cases bigint NOT NULL
);

CREATE TABLE inquiry.market_place (
    alone boolean NOT NULL DEFAULT true,
    xact xid8 NOT NULL,
    id uuid NOT NULL
);

CREATE TABLE inquiry.market_sums (
    span text NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    line text NOT NULL,
    unit text NOT NULL,
    reason text NOT NULL,
    flags smallint NOT NULL,
    bucket bigint NOT NULL,
    cases bigint NOT NULL,
    met bigint NOT NULL,
    part bigint NOT NULL,
    whole bigint NOT NULL
);

CREATE TABLE inquiry.past_terms (
    inquiry_id uuid NOT NULL,
    held_until timestamp with time zone NOT NULL,
    terms jsonb NOT NULL
);

CREATE TABLE inquiry.payment_kinds (
    code text NOT NULL,
    paid_by text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE inquiry.payment_looks (
    id bigint NOT NULL,
    award_id uuid NOT NULL,
    look_on date NOT NULL
);

CREATE TABLE inquiry.payment_moves (
    payment_id uuid NOT NULL,
    number smallint NOT NULL,
    move text NOT NULL,
    recorded_by uuid NOT NULL,
    moved_by uuid NOT NULL,
    person uuid NOT NULL,
    reason text NOT NULL,
    moved_at timestamp with time zone NOT NULL
);

CREATE VIEW inquiry.payment_states (
    id uuid,
    award_id uuid,
    buyer_id uuid,
    producer_id uuid,
    kind text,
    paid_by text,
    amount_vnd bigint,
    paid_on date,
    reference text,
    note text,
    delivery_id uuid,
    recorded_by uuid,
    recorded_at timestamp with time zone,
    state text,
    moves integer,
    reason text,
    decided_at timestamp with time zone
);

CREATE TABLE inquiry.payment_warning_days (
    warning text NOT NULL,
    days smallint NOT NULL,
    since timestamp with time zone NOT NULL DEFAULT now()
);

CREATE TABLE inquiry.payment_warnings (
    award_id uuid NOT NULL,
    warning text NOT NULL,
    due_on date NOT NULL,
    outstanding_vnd bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.payments (
    id uuid NOT NULL,
    award_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    producer_id uuid NOT NULL,
    kind text NOT NULL,
    amount_vnd bigint NOT NULL,
    paid_on date NOT NULL,
    reference text NOT NULL,
    note text NOT NULL,
    delivery_id uuid,
    recorded_by uuid NOT NULL,
    person uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.performance (
    organisation_id uuid NOT NULL,
    measure text NOT NULL,
    line text NOT NULL,
    unit text NOT NULL,
    cases integer NOT NULL,
    met integer NOT NULL,
    permille bigint,
    minutes bigint,
    as_of timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.purchasing_rules (
    organisation_id uuid NOT NULL,
    version bigint NOT NULL,
    award_limit_vnd bigint NOT NULL,
    proposal_hours integer NOT NULL,
    approvers uuid[] NOT NULL,
    set_at timestamp with time zone NOT NULL,
    set_by uuid NOT NULL
);

CREATE TABLE inquiry.questions (
    id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    asker_id uuid NOT NULL,
    question text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answer text,
    answered_at timestamp with time zone
);

CREATE TABLE inquiry.quotas (
    what text NOT NULL,
    per_day bigint NOT NULL
);

CREATE TABLE inquiry.quote_frameworks (
    quote_id uuid NOT NULL,
    period_from date NOT NULL,
    period_to date NOT NULL,
    indicative boolean NOT NULL
);

CREATE TABLE inquiry.quotes (
    id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    line_id uuid NOT NULL,
    producer_id uuid NOT NULL,
    product_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    root_id uuid NOT NULL,
    version integer NOT NULL,
    quantity bigint NOT NULL,
    awarded bigint NOT NULL DEFAULT 0,
    unit text NOT NULL,
    price_vnd bigint NOT NULL,
    size_prices jsonb NOT NULL DEFAULT '[]'::jsonb,
    deliver_on date NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    reserve boolean NOT NULL,
    alternative boolean NOT NULL,
    offer_made boolean NOT NULL,
    note text NOT NULL,
    claims text[] NOT NULL,
    lapsing text[] NOT NULL,
    stage text NOT NULL,
    reason text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    decline_note text NOT NULL DEFAULT ''::text,
    price_tiers jsonb NOT NULL DEFAULT '[]'::jsonb,
    tie bigint,
    price_gross boolean NOT NULL DEFAULT false,
    min_quantity bigint NOT NULL DEFAULT 0,
    split jsonb NOT NULL DEFAULT '[]'::jsonb,
    deliver_until date,
    lot text NOT NULL DEFAULT ''::text,
    over_lot boolean NOT NULL DEFAULT false,
    answers bigint NOT NULL DEFAULT 1,
    freight_vnd bigint
);

CREATE TABLE inquiry.quoting (
    producer_id uuid NOT NULL,
    reserve boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.reasons (
    code text NOT NULL,
    applies text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE inquiry.round_producers (
    round_id uuid NOT NULL,
    producer_id uuid NOT NULL
);

CREATE TABLE inquiry.rounds (
    id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    number integer NOT NULL,
    note text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE inquiry.series (
    id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    template jsonb NOT NULL,
    state text NOT NULL,
    next_on date,
    place_on date,
    version bigint NOT NULL DEFAULT 1,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.series_dates (
    series_id uuid NOT NULL,
    deliver_on date NOT NULL,
    state text NOT NULL,
    inquiry_id uuid,
    complaints jsonb NOT NULL DEFAULT '[]'::jsonb,
    left_out uuid[] NOT NULL DEFAULT '{}'::uuid[],
    at timestamp with time zone NOT NULL
);

CREATE TABLE inquiry.settlements (
    id uuid NOT NULL,
    dispute_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    accepted bigint NOT NULL,
    rejected bigint NOT NULL,
    loss bigint NOT NULL,
    over bigint NOT NULL,
    reasons text[] NOT NULL,
    sizes jsonb NOT NULL,
    tie bigint NOT NULL,
    price_gross boolean NOT NULL,
    value_vnd bigint NOT NULL,
    note text NOT NULL,
    agreed_by uuid,
    agreed_at timestamp with time zone
);

CREATE TABLE inquiry.standing (
    organisation_id uuid NOT NULL,
    what text NOT NULL,
    standing bigint NOT NULL,
    allowed bigint NOT NULL
);

CREATE TABLE inquiry.standing_quotas (
    what text NOT NULL,
    effective_from date NOT NULL,
    most bigint NOT NULL
);

CREATE TABLE inquiry.usage (
    organisation_id uuid NOT NULL,
    what text NOT NULL,
    part integer NOT NULL,
    day date NOT NULL,
    used bigint NOT NULL,
    allowed bigint NOT NULL
);

CREATE TABLE ledger.awards (
    award_id uuid NOT NULL,
    committed bigint NOT NULL DEFAULT 0,
    dispatched bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    released bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    lost bigint NOT NULL DEFAULT 0,
    over bigint NOT NULL DEFAULT 0
);

CREATE TABLE ledger.ceilings (
    certificate_id uuid NOT NULL,
    year smallint NOT NULL,
    ceiling bigint NOT NULL,
    bound bigint NOT NULL,
    claimed bigint NOT NULL DEFAULT 0,
    delivered bigint NOT NULL DEFAULT 0
);

CREATE TABLE ledger.claim_seals (
    seq bigint NOT NULL,
    row_id uuid NOT NULL,
    xact xid8 NOT NULL,
    chain bytea NOT NULL
);

CREATE TABLE ledger.claims (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    posting_id uuid NOT NULL,
    movement text NOT NULL,
    award_id uuid NOT NULL,
    certificate_id uuid NOT NULL,
    year smallint NOT NULL,
    weight bigint NOT NULL,
    ceiling bigint
);

CREATE TABLE ledger.daily (
    business_date date NOT NULL,
    goods integer NOT NULL,
    demand integer NOT NULL,
    movement smallint NOT NULL,
    amount bigint NOT NULL,
    value_vnd bigint
);

CREATE VIEW ledger.deal_changes (
    xact xid8,
    id uuid,
    award_id uuid,
    inquiry_id uuid
);

CREATE TABLE ledger.demands (
    id integer NOT NULL,
    buyer_id uuid NOT NULL,
    buyer_system text NOT NULL,
    ward text NOT NULL
);

CREATE VIEW ledger.free_supply (
    offer_id uuid,
    free bigint
);

CREATE TABLE ledger.goods (
    id integer NOT NULL,
    product_line text NOT NULL,
    form text NOT NULL,
    grade text NOT NULL,
    stars smallint NOT NULL,
    schemes text[] NOT NULL,
    unit text NOT NULL,
    commune text NOT NULL,
    producer_id uuid NOT NULL
);

CREATE VIEW ledger.holds (
    offer_id uuid,
    quantity bigint,
    reserved_until timestamp with time zone
);

CREATE TABLE ledger.lines (
    inquiry_line_id uuid NOT NULL,
    open bigint NOT NULL DEFAULT 0,
    awarded bigint NOT NULL DEFAULT 0,
    delivered bigint NOT NULL DEFAULT 0,
    quoted bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    over bigint NOT NULL DEFAULT 0
);

CREATE TABLE ledger.movements (
    movement text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    opens text,
    offer_free smallint NOT NULL DEFAULT 0,
    offer_reserved smallint NOT NULL DEFAULT 0,
    offer_committed smallint NOT NULL DEFAULT 0,
    offer_dispatched smallint NOT NULL DEFAULT 0,
    offer_accepted smallint NOT NULL DEFAULT 0,
    line_open smallint NOT NULL DEFAULT 0,
    line_awarded smallint NOT NULL DEFAULT 0,
    line_delivered smallint NOT NULL DEFAULT 0,
    line_quoted smallint NOT NULL DEFAULT 0,
    line_rejected smallint NOT NULL DEFAULT 0,
    award_committed smallint NOT NULL DEFAULT 0,
    award_dispatched smallint NOT NULL DEFAULT 0,
    award_accepted smallint NOT NULL DEFAULT 0,
    award_released smallint NOT NULL DEFAULT 0,
    award_rejected smallint NOT NULL DEFAULT 0,
    award_lost smallint NOT NULL DEFAULT 0,
    quote_reserved smallint NOT NULL DEFAULT 0,
    names_offer boolean GENERATED ALWAYS AS (((offer_free <> 0) OR (offer_reserved <> 0) OR (offer_committed <> 0) OR (offer_dispatched <> 0) OR (offer_accepted <> 0))) STORED,
    ceiling_claimed smallint NOT NULL DEFAULT 0,
    ceiling_delivered smallint NOT NULL DEFAULT 0,
    line_over smallint NOT NULL DEFAULT 0,
    award_over smallint NOT NULL DEFAULT 0,
    reverses text,
    names_line boolean GENERATED ALWAYS AS (((line_open <> 0) OR (line_awarded <> 0) OR (line_delivered <> 0) OR (line_quoted <> 0) OR (line_rejected <> 0) OR (line_over <> 0))) STORED,
    names_award boolean GENERATED ALWAYS AS (((award_committed <> 0) OR (award_dispatched <> 0) OR (award_accepted <> 0) OR (award_released <> 0) OR (award_rejected <> 0) OR (award_lost <> 0) OR (award_over <> 0))) STORED,
    code smallint NOT NULL
);

CREATE TABLE ledger.offers (
    offer_id uuid NOT NULL,
    free bigint NOT NULL DEFAULT 0,
    reserved bigint NOT NULL DEFAULT 0,
    committed bigint NOT NULL DEFAULT 0,
    dispatched bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0
);

CREATE TABLE ledger.postings (
    id uuid NOT NULL,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamp with time zone NOT NULL,
    business_date date NOT NULL,
    movement text NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    weight bigint,
    value_vnd bigint,
    product_line text NOT NULL,
    form text,
    schemes text[] NOT NULL DEFAULT '{}'::text[],
    commune text,
    buyer_system text,
    producer_id uuid,
    buyer_id uuid,
    product_id uuid,
    offer_id uuid,
    inquiry_id uuid,
    inquiry_line_id uuid,
    quote_id uuid,
    award_id uuid,
    delivery_id uuid,
    reserved_until timestamp with time zone,
    actor_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    reason text,
    grade text,
    stars smallint,
    ward text
);

CREATE VIEW ledger.remaining (
    offer_id uuid,
    supplied bigint,
    committed bigint,
    remaining bigint,
    next_release timestamp with time zone
);

CREATE TABLE ledger.reservations (
    quote_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    quantity bigint NOT NULL DEFAULT 0,
    reserved_until timestamp with time zone NOT NULL
);

CREATE TABLE ledger.rollup_place (
    alone boolean NOT NULL DEFAULT true,
    xact xid8 NOT NULL,
    id uuid NOT NULL,
    epoch bigint NOT NULL
);

CREATE TABLE ledger.seals (
    seq bigint NOT NULL,
    row_id uuid NOT NULL,
    xact xid8 NOT NULL,
    chain bytea NOT NULL
);

CREATE VIEW ledger.shortfalls (
    award_id uuid,
    announced bigint,
    defaulted bigint
);

CREATE VIEW ledger.supply_changes (
    xact xid8,
    offer_id uuid
);

CREATE VIEW ledger.told (
    xact xid8,
    id uuid,
    business_date date,
    movement text,
    product_line text,
    form text,
    grade text,
    stars smallint,
    schemes text[],
    unit text,
    commune text,
    producer_id uuid,
    buyer_id uuid,
    buyer_system text,
    ward text,
    amount bigint,
    value_vnd bigint,
    delivery_id uuid
);

CREATE TABLE monitor.days_off (
    day date NOT NULL,
    name text NOT NULL,
    unverified boolean NOT NULL
);

CREATE TABLE monitor.days_posted (
    business_date date NOT NULL,
    seq bigint NOT NULL
);

CREATE TABLE monitor.desk_kinds (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    working_days smallint,
    unverified boolean NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE monitor.figure_blocks (
    id bigint NOT NULL,
    book text NOT NULL,
    product_line text NOT NULL,
    dried boolean NOT NULL,
    unit text NOT NULL,
    made_at timestamp with time zone NOT NULL
);

CREATE TABLE monitor.figure_books (
    book text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    least_producers smallint NOT NULL,
    least_buyers smallint NOT NULL,
    valued boolean NOT NULL,
    grace_days smallint NOT NULL
);

CREATE TABLE monitor.figure_cells (
    book text NOT NULL,
    product_line text NOT NULL,
    dried boolean NOT NULL,
    unit text NOT NULL,
    month date NOT NULL,
    commune text NOT NULL,
    block_id bigint NOT NULL
);

CREATE TABLE monitor.figure_shares (
    block_id bigint NOT NULL,
    edition integer NOT NULL,
    producer_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    quantity bigint NOT NULL,
    value_vnd bigint NOT NULL,
    hides boolean NOT NULL
);

CREATE TABLE monitor.figures (
    block_id bigint NOT NULL,
    edition integer NOT NULL,
    seq bigint NOT NULL,
    published_at timestamp with time zone NOT NULL,
    quantity bigint NOT NULL,
    value_vnd bigint NOT NULL
);

CREATE TABLE monitor.figures_followed (
    single boolean NOT NULL DEFAULT true,
    seq bigint NOT NULL
);

CREATE TABLE monitor.gap_acknowledgements (
    alert_id uuid NOT NULL,
    user_id uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE monitor.gap_alerts (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    threshold_id uuid NOT NULL,
    product_line text NOT NULL,
    dried boolean NOT NULL,
    unit text NOT NULL,
    month date NOT NULL,
    scheme text NOT NULL,
    uncovered smallint NOT NULL,
    "least" bigint NOT NULL,
    requested bigint NOT NULL,
    available bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL
);

CREATE TABLE monitor.gap_thresholds (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    product_line text,
    uncovered smallint NOT NULL,
    "least" bigint NOT NULL,
    weeks smallint NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamp with time zone NOT NULL
);

CREATE TABLE monitor.indicator_rules (
    code text NOT NULL,
    effective_from date NOT NULL,
    value bigint NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    source text NOT NULL,
    verified boolean NOT NULL
);

CREATE TABLE monitor.modern_kinds (
    system_kind text NOT NULL,
    source text NOT NULL,
    verified boolean NOT NULL
);

CREATE TABLE monitor.price_bands (
    quarter date NOT NULL,
    product_line text NOT NULL,
    dried boolean NOT NULL,
    unit text NOT NULL,
    grade text NOT NULL,
    low_vnd bigint NOT NULL,
    high_vnd bigint NOT NULL
);

CREATE TABLE monitor.price_quarters (
    quarter date NOT NULL,
    closed_at timestamp with time zone NOT NULL
);

CREATE TABLE monitor.price_steps (
    price_from bigint NOT NULL,
    step_vnd bigint NOT NULL,
    source text NOT NULL
);

CREATE TABLE monitor.report_kinds (
    kind text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    months smallint NOT NULL,
    begins_in smallint NOT NULL,
    marker text NOT NULL,
    grace_days smallint NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE monitor.report_orders (
    organisation_id uuid NOT NULL,
    kind text NOT NULL,
    ordered_by uuid NOT NULL,
    ordered_at timestamp with time zone NOT NULL
);

CREATE TABLE monitor.reports (
    id uuid NOT NULL,
    period text NOT NULL,
    kind text NOT NULL,
    province text NOT NULL,
    edition integer NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    as_of timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    preliminary boolean NOT NULL,
    made_by uuid NOT NULL,
    reason text NOT NULL,
    content text NOT NULL,
    digest bytea NOT NULL,
    declarations bigint
);

CREATE TABLE monitor.told_pairs (
    book text NOT NULL,
    producer_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    quantity bigint NOT NULL,
    value_vnd bigint NOT NULL,
    back_quantity bigint NOT NULL DEFAULT 0,
    back_value_vnd bigint NOT NULL DEFAULT 0
);

CREATE TABLE monitor.unpublished (
    book text NOT NULL,
    product_line text NOT NULL,
    dried boolean NOT NULL,
    unit text NOT NULL,
    month date NOT NULL,
    commune text NOT NULL,
    producer_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    quantity bigint NOT NULL,
    value_vnd bigint NOT NULL,
    offer_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid
);

CREATE TABLE monitor.watch_reasons (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE monitor.watch_rules (
    code text NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    cases integer NOT NULL,
    permille integer,
    quiet_days smallint NOT NULL,
    unverified boolean NOT NULL
);

CREATE TABLE monitor.watch_steps (
    watch_id uuid NOT NULL,
    n bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    move text NOT NULL,
    organisation_id uuid,
    from_state text NOT NULL,
    to_state text NOT NULL,
    word text NOT NULL,
    review_on date
);

CREATE TABLE monitor.watches (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    text text NOT NULL,
    review_on date,
    facts jsonb NOT NULL DEFAULT '[]'::jsonb,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE notify.followed (
    trail text NOT NULL,
    seq bigint NOT NULL
);

CREATE TABLE notify.kinds (
    code text NOT NULL,
    audience text NOT NULL,
    mailed boolean NOT NULL,
    title_vi text NOT NULL,
    title_en text NOT NULL,
    text_vi text NOT NULL,
    text_en text NOT NULL
);

CREATE TABLE notify.notices (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    kind text NOT NULL,
    facts jsonb NOT NULL,
    certificate_id uuid,
    inquiry_id uuid,
    line_id uuid,
    quote_id uuid,
    award_id uuid,
    once text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    mailed_at timestamp with time zone,
    read_at timestamp with time zone,
    read_by uuid,
    memorandum_id uuid,
    trade_event_id uuid
);

CREATE TABLE reference.buyer_system_brands (
    system text NOT NULL,
    brand text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.buyer_systems (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.claim_needs (
    rule text NOT NULL,
    n smallint NOT NULL,
    any_of text[] NOT NULL
);

CREATE TABLE reference.claim_rules (
    code text NOT NULL,
    scheme text NOT NULL,
    lines text[] NOT NULL,
    ocop_groups text[] NOT NULL,
    forms text[] NOT NULL,
    except_forms text[] NOT NULL,
    scopes text[] NOT NULL,
    named_only boolean NOT NULL,
    valid_from date,
    valid_to date,
    source text NOT NULL
);

CREATE TABLE reference.commune_former_districts (
    commune text NOT NULL,
    former_district text NOT NULL
);

CREATE TABLE reference.communes (
    code text NOT NULL,
    province text NOT NULL,
    kind text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE reference.decision_reasons (
    code text NOT NULL,
    decision text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE VIEW reference.dried_goods (
    line text,
    form text,
    dried boolean
);

CREATE TABLE reference.former_districts (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    former_province text NOT NULL,
    valid_until date NOT NULL
);

CREATE TABLE reference.forms (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    state text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.grade_choices (
    line text NOT NULL,
    field text NOT NULL,
    choice text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.grade_fields (
    code text NOT NULL,
    type text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    prefix_vi text NOT NULL,
    prefix_en text NOT NULL,
    suffix_vi text NOT NULL,
    suffix_en text NOT NULL,
    least_thousandths bigint,
    most_thousandths bigint
);

CREATE TABLE reference.line_forms (
    line text NOT NULL,
    form text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.line_grade_fields (
    line text NOT NULL,
    field text NOT NULL,
    form_state text,
    required boolean NOT NULL,
    "position" smallint NOT NULL,
    reported boolean NOT NULL DEFAULT false
);

CREATE TABLE reference.line_synonyms (
    line text NOT NULL,
    synonym text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.ocop_groups (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.ocop_issuers (
    code text NOT NULL,
    stars smallint NOT NULL,
    issuer text NOT NULL,
    decided_from date,
    decided_to date,
    source text NOT NULL
);

CREATE TABLE reference.product_lines (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    scientific text NOT NULL,
    ocop_group text NOT NULL,
    unit text NOT NULL,
    live_quote_hours smallint,
    "position" smallint NOT NULL
);

CREATE TABLE reference.provinces (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE reference.reference_prices (
    published_on date NOT NULL,
    subject text NOT NULL,
    line text,
    grade text NOT NULL,
    price_min_vnd bigint NOT NULL,
    price_max_vnd bigint NOT NULL,
    stage text NOT NULL,
    source text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.scheme_scopes (
    scheme text NOT NULL,
    scope text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.scheme_stars (
    code text NOT NULL,
    scheme text NOT NULL,
    stars smallint NOT NULL,
    points_from bigint NOT NULL,
    points_below bigint NOT NULL,
    valid_from date,
    valid_to date,
    source text NOT NULL
);

CREATE TABLE reference.scheme_terms (
    code text NOT NULL,
    scheme text NOT NULL,
    valid_from date,
    valid_to date,
    validity_months smallint,
    validity_enforced boolean NOT NULL,
    surveillance_months smallint,
    source text NOT NULL
);

CREATE TABLE reference.schemes (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    validity_months smallint,
    surveillance_months smallint,
    warn_days smallint NOT NULL,
    warn_days_by_law boolean NOT NULL,
    claim_needs text,
    number_format text NOT NULL,
    number_format_unverified boolean NOT NULL,
    issuer_vi text NOT NULL,
    issuer_en text NOT NULL,
    public_register text NOT NULL,
    public_register_unverified boolean NOT NULL,
    note_vi text NOT NULL,
    note_en text NOT NULL,
    "position" smallint NOT NULL,
    warn_days_least smallint,
    per_system boolean NOT NULL DEFAULT false,
    number_pattern text NOT NULL DEFAULT ''::text,
    number_check text NOT NULL DEFAULT ''::text
);

CREATE TABLE reference.scope_kinds (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    for_vi text NOT NULL,
    for_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.season_months (
    line text NOT NULL,
    qualifier text NOT NULL,
    month smallint NOT NULL,
    level text NOT NULL
);

CREATE TABLE reference.seasons (
    line text NOT NULL,
    qualifier text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    note_vi text NOT NULL,
    note_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.source_rules (
    legal_form text NOT NULL,
    effective_from date NOT NULL,
    demand text NOT NULL,
    note_vi text NOT NULL,
    note_en text NOT NULL,
    source text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.tides (
    code text NOT NULL,
    effective_from date NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    lunar_day smallint NOT NULL,
    days_before smallint NOT NULL,
    days_after smallint NOT NULL,
    source text NOT NULL,
    verified boolean NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE reference.units (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    measure text NOT NULL,
    weighed boolean NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE trade.amendment_lines (
    memorandum_id uuid NOT NULL,
    version smallint NOT NULL,
    n smallint NOT NULL,
    line text NOT NULL,
    form text,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    weight bigint,
    value_vnd bigint
);

CREATE TABLE trade.amendment_outcomes (
    memorandum_id uuid NOT NULL,
    version smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    actor text NOT NULL,
    organisation_id uuid,
    reason text NOT NULL
);

CREATE TABLE trade.amendments (
    memorandum_id uuid NOT NULL,
    version smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    organisation_id uuid,
    reason text NOT NULL,
    number text NOT NULL,
    producer_name text NOT NULL,
    buyer_name text NOT NULL,
    term_from date NOT NULL,
    term_to date NOT NULL,
    note text NOT NULL
);

CREATE TABLE trade.channels (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE trade.declarations (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    commune text,
    month date NOT NULL,
    line text NOT NULL,
    form text NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    unit_weight bigint,
    weight bigint,
    channel text NOT NULL,
    source text NOT NULL,
    memorandum_id uuid,
    replaces uuid,
    declared_by uuid NOT NULL,
    declared_as text NOT NULL,
    invented boolean NOT NULL DEFAULT false,
    created_at timestamp with time zone NOT NULL
);

CREATE VIEW trade.declared (
    id uuid,
    organisation_id uuid,
    commune text,
    month date,
    line text,
    form text,
    dried boolean,
    quantity bigint,
    amount bigint,
    unit text,
    channel text,
    memorandum_id uuid
);

CREATE VIEW trade.declared_months (
    month date,
    declarations bigint
);

CREATE TABLE trade.event_kinds (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE trade.event_steps (
    event_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamp with time zone NOT NULL,
    move text NOT NULL,
    organisation_id uuid,
    from_state text NOT NULL,
    to_state text NOT NULL,
    reason text NOT NULL DEFAULT ''::text
);

CREATE TABLE trade.events (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    organiser_id uuid NOT NULL,
    commune text,
    place text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    state text NOT NULL,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE trade.meeting_seats (
    meeting_id uuid NOT NULL,
    event_id uuid NOT NULL,
    participant_id uuid NOT NULL,
    during tstzrange NOT NULL,
    stands boolean NOT NULL DEFAULT true
);

CREATE TABLE trade.meetings (
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE trade.memoranda (
    id uuid NOT NULL,
    event_id uuid,
    number text NOT NULL,
    producer_id uuid,
    producer_name text NOT NULL,
    buyer_id uuid,
    buyer_name text NOT NULL,
    signed_on date NOT NULL,
    term_from date NOT NULL,
    term_to date NOT NULL,
    note text NOT NULL,
    state text NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_as text NOT NULL,
    producer_agreed_at timestamp with time zone,
    buyer_agreed_at timestamp with time zone,
    ended_on date,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    terms smallint NOT NULL DEFAULT 1,
    proposed smallint
);

CREATE TABLE trade.memorandum_lines (
    memorandum_id uuid NOT NULL,
    n smallint NOT NULL,
    line text NOT NULL,
    form text,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    weight bigint,
    value_vnd bigint
);

CREATE TABLE trade.memorandum_links (
    memorandum_id uuid NOT NULL,
    inquiry_id uuid NOT NULL,
    linked_at timestamp with time zone NOT NULL
);

CREATE TABLE trade.memorandum_steps (
    memorandum_id uuid NOT NULL,
    n integer NOT NULL,
    at timestamp with time zone NOT NULL,
    move text NOT NULL,
    actor text NOT NULL,
    organisation_id uuid,
    from_state text NOT NULL,
    to_state text NOT NULL,
    reason text NOT NULL DEFAULT ''::text
);

CREATE TABLE trade.participants (
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    organisation_id uuid,
    name text NOT NULL,
    attendance text NOT NULL,
    booth text,
    booth_area bigint,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE trade.programme_kinds (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL
);

CREATE TABLE trade.programme_members (
    id uuid NOT NULL,
    programme_id uuid NOT NULL,
    side text NOT NULL,
    organisation_id uuid,
    commune text,
    during daterange NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE trade.programme_targets (
    id uuid NOT NULL,
    programme_id uuid NOT NULL,
    organisation_id uuid,
    line text NOT NULL,
    form text,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    weight bigint,
    during daterange NOT NULL,
    withdrawn_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE trade.programmes (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    counts text NOT NULL,
    organiser_id uuid NOT NULL,
    note text NOT NULL,
    invented boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE VIEW trade.term_lines (
    memorandum_id uuid,
    version integer,
    n smallint,
    line text,
    form text,
    quantity bigint,
    unit text,
    weight bigint,
    value_vnd bigint
);

CREATE VIEW trade.terms (
    memorandum_id uuid,
    version integer,
    at timestamp with time zone,
    actor text,
    reason text,
    number text,
    producer_name text,
    buyer_name text,
    term_from date,
    term_to date,
    note text,
    outcome text,
    decided_at timestamp with time zone,
    decided_by text,
    answer text
);

ALTER TABLE catalog.certificate_decisions ADD CONSTRAINT certificate_decisions_by_kind_check CHECK ((by_kind = ANY (ARRAY['producer'::text, 'authority'::text, 'platform'::text])));

ALTER TABLE catalog.certificate_decisions ADD CONSTRAINT certificate_decisions_certificate_id_fkey FOREIGN KEY (certificate_id) REFERENCES catalog.certificates(id);

ALTER TABLE catalog.certificate_decisions ADD CONSTRAINT certificate_decisions_check CHECK ((effective_at <= at));

ALTER TABLE catalog.certificate_decisions ADD CONSTRAINT certificate_decisions_decision_check CHECK ((decision = ANY (ARRAY['submitted'::text, 'verified'::text, 'rejected'::text, 'revoked'::text])));

ALTER TABLE catalog.certificate_decisions ADD CONSTRAINT certificate_decisions_n_check CHECK ((n > 0));

ALTER TABLE catalog.certificate_decisions ADD CONSTRAINT certificate_decisions_pkey PRIMARY KEY (certificate_id, n);

ALTER TABLE catalog.certificate_decisions ADD CONSTRAINT certificate_decisions_reason_code_fkey FOREIGN KEY (reason_code) REFERENCES reference.decision_reasons(code);

ALTER TABLE catalog.certificate_lapses ADD CONSTRAINT certificate_lapses_certificate_id_fkey FOREIGN KEY (certificate_id) REFERENCES catalog.certificates(id) ON DELETE CASCADE;

ALTER TABLE catalog.certificate_lapses ADD CONSTRAINT certificate_lapses_pkey PRIMARY KEY (certificate_id);

ALTER TABLE catalog.certificate_members ADD CONSTRAINT certificate_members_area_check CHECK ((area >= 0));

ALTER TABLE catalog.certificate_members ADD CONSTRAINT certificate_members_certificate_id_n_fkey FOREIGN KEY (certificate_id, n) REFERENCES catalog.certificate_scopes(certificate_id, n) ON DELETE CASCADE;

ALTER TABLE catalog.certificate_members ADD CONSTRAINT certificate_members_name_check CHECK ((name <> ''::text));

ALTER TABLE catalog.certificate_members ADD CONSTRAINT certificate_members_once UNIQUE (certificate_id, n, producer_id);

ALTER TABLE catalog.certificate_members ADD CONSTRAINT certificate_members_pkey PRIMARY KEY (certificate_id, n, "position");

ALTER TABLE catalog.certificate_members ADD CONSTRAINT certificate_members_position_check CHECK (("position" > 0));

ALTER TABLE catalog.certificate_members ADD CONSTRAINT certificate_members_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.certificate_products ADD CONSTRAINT certificate_products_certificate_id_fkey FOREIGN KEY (certificate_id) REFERENCES catalog.certificates(id) ON DELETE CASCADE;

ALTER TABLE catalog.certificate_products ADD CONSTRAINT certificate_products_pkey PRIMARY KEY (certificate_id, n, product_id);

ALTER TABLE catalog.certificate_products ADD CONSTRAINT certificate_products_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(id) ON DELETE CASCADE;

ALTER TABLE catalog.certificate_products ADD CONSTRAINT certificate_products_scope FOREIGN KEY (certificate_id, n) REFERENCES catalog.certificate_scopes(certificate_id, n) ON DELETE CASCADE;

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_area_check CHECK ((area >= 0));

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_ceiling CHECK (((ceiling IS NULL) OR (kind = 'group'::text)));

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_ceiling_check CHECK ((ceiling > 0));

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_ceiling_id_key UNIQUE (ceiling_id);

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_ceiling_named CHECK (((ceiling IS NULL) = (ceiling_id IS NULL)));

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_certificate_id_fkey FOREIGN KEY (certificate_id) REFERENCES catalog.certificates(id) ON DELETE CASCADE;

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_kind_check CHECK ((kind = ANY (ARRAY['organisation'::text, 'facility'::text, 'farm_area'::text, 'group'::text, 'product'::text, 'chain_of_custody'::text, 'brand_right'::text])));

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_n_check CHECK ((n > 0));

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_pkey PRIMARY KEY (certificate_id, n);

ALTER TABLE catalog.certificate_scopes ADD CONSTRAINT certificate_scopes_system_fkey FOREIGN KEY (system) REFERENCES reference.buyer_systems(code);

ALTER TABLE catalog.certificate_surveillance ADD CONSTRAINT certificate_surveillance_by_kind_check CHECK ((by_kind = ANY (ARRAY['producer'::text, 'authority'::text, 'platform'::text])));

ALTER TABLE catalog.certificate_surveillance ADD CONSTRAINT certificate_surveillance_certificate_id_fkey FOREIGN KEY (certificate_id) REFERENCES catalog.certificates(id);

ALTER TABLE catalog.certificate_surveillance ADD CONSTRAINT certificate_surveillance_pkey PRIMARY KEY (certificate_id, done_on);

ALTER TABLE catalog.certificate_warnings ADD CONSTRAINT certificate_warnings_certificate_id_fkey FOREIGN KEY (certificate_id) REFERENCES catalog.certificates(id) ON DELETE CASCADE;

ALTER TABLE catalog.certificate_warnings ADD CONSTRAINT certificate_warnings_pkey PRIMARY KEY (certificate_id, days);

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_check CHECK ((renews_id <> id));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_counted CHECK ((((state = ANY (ARRAY['verified'::text, 'revoked'::text])) = (verified_on IS NOT NULL)) AND ((state = 'revoked'::text) = (revoked_on IS NOT NULL))));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_dates CHECK ((valid_until >= issued_on));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_decided CHECK (((state = 'submitted'::text) = (decided_at IS NULL)));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_issuer_kind_check CHECK ((issuer_kind = ANY (ARRAY['district'::text, 'province'::text, 'ministry'::text])));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_number_check CHECK ((number <> ''::text));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_ocop CHECK (((scheme = 'OCOP'::text) = ((stars IS NOT NULL) AND (issuer_kind IS NOT NULL))));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_pkey PRIMARY KEY (id);

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_points_check CHECK (((points >= 0) AND (points <= 100000)));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_reason_code_fkey FOREIGN KEY (reason_code) REFERENCES reference.decision_reasons(code);

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_renews_fkey FOREIGN KEY (renews_id) REFERENCES catalog.certificates(id);

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_scheme_fkey FOREIGN KEY (scheme) REFERENCES reference.schemes(code);

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_scope_kind_check CHECK ((scope_kind = ANY (ARRAY['organisation'::text, 'facility'::text, 'farm_area'::text, 'group'::text, 'product'::text, 'chain_of_custody'::text, 'brand_right'::text])));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_stars_check CHECK (((stars >= 3) AND (stars <= 5)));

ALTER TABLE catalog.certificates ADD CONSTRAINT certificates_state_check CHECK ((state = ANY (ARRAY['submitted'::text, 'verified'::text, 'rejected'::text, 'revoked'::text])));

ALTER TABLE catalog.lot_balances ADD CONSTRAINT lot_balances_allowed_check CHECK ((allowed > 0));

ALTER TABLE catalog.lot_balances ADD CONSTRAINT lot_balances_code_check CHECK ((code <> ''::text));

ALTER TABLE catalog.lot_balances ADD CONSTRAINT lot_balances_dispatched_check CHECK ((dispatched >= 0));

ALTER TABLE catalog.lot_balances ADD CONSTRAINT lot_balances_pkey PRIMARY KEY (product_id, code);

ALTER TABLE catalog.lot_balances ADD CONSTRAINT lot_balances_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(id);

ALTER TABLE catalog.lot_balances ADD CONSTRAINT lot_balances_sent_before_check CHECK ((sent_before >= 0));

ALTER TABLE catalog.lot_balances ADD CONSTRAINT lots_not_overdrawn CHECK (((allowed IS NULL) OR (dispatched <= GREATEST(allowed, sent_before))));

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_area_check CHECK ((area > 0));

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES catalog.lots(id);

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_n_check CHECK ((n > 0));

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_name_check CHECK ((name <> ''::text));

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_pkey PRIMARY KEY (lot_id, n);

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_quantity_check CHECK ((quantity > 0));

ALTER TABLE catalog.lot_sources ADD CONSTRAINT lot_sources_scheme_fkey FOREIGN KEY (scheme) REFERENCES reference.schemes(code);

ALTER TABLE catalog.lots ADD CONSTRAINT lots_code_check CHECK ((code ~ '^[!"%-?A-Z_a-z]{1,20}$'::text));

ALTER TABLE catalog.lots ADD CONSTRAINT lots_code_key UNIQUE (product_id, code);

ALTER TABLE catalog.lots ADD CONSTRAINT lots_dates CHECK ((packed_on >= harvested_on));

ALTER TABLE catalog.lots ADD CONSTRAINT lots_pkey PRIMARY KEY (id);

ALTER TABLE catalog.lots ADD CONSTRAINT lots_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.lots ADD CONSTRAINT lots_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(id);

ALTER TABLE catalog.lots ADD CONSTRAINT lots_quantity_check CHECK ((quantity > 0));

ALTER TABLE catalog.lots ADD CONSTRAINT lots_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_days CHECK ((first_day <= last_day));

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_lead_days_check CHECK (((lead_days >= 0) AND (lead_days <= 365)));

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_min_order_check CHECK ((min_order >= 0));

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_multiple_check CHECK ((multiple >= 0));

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_pkey PRIMARY KEY (id);

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_place_fkey FOREIGN KEY (place) REFERENCES reference.communes(code);

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(id);

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_quantity_check CHECK ((quantity > 0));

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_rule_check CHECK (((rule ->> 'kind'::text) = ANY (ARRAY['weekly'::text, 'monthly'::text, 'tide'::text])));

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])));

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE catalog.offer_series ADD CONSTRAINT offer_series_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'buyers'::text, 'on_request'::text])));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_first_price_check CHECK ((first_price > 0));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_grade_check CHECK ((grade <> ''::text));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_lead_days_check CHECK (((lead_days >= 0) AND (lead_days <= 365)));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_min_order_check CHECK ((min_order >= 0));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_multiple_check CHECK ((multiple >= 0));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_of_a_series CHECK (((series_id IS NULL) = (series_on IS NULL)));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_pkey PRIMARY KEY (id);

ALTER TABLE catalog.offers ADD CONSTRAINT offers_place_fkey FOREIGN KEY (place) REFERENCES reference.communes(code);

ALTER TABLE catalog.offers ADD CONSTRAINT offers_priced CHECK ((price_on_the_day OR (jsonb_array_length(price_tiers) > 0)));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.offers ADD CONSTRAINT offers_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(id);

ALTER TABLE catalog.offers ADD CONSTRAINT offers_series_id_fkey FOREIGN KEY (series_id) REFERENCES catalog.offer_series(id);

ALTER TABLE catalog.offers ADD CONSTRAINT offers_stars_check CHECK ((stars > 0));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE catalog.offers ADD CONSTRAINT offers_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'buyers'::text, 'on_request'::text])));

ALTER TABLE catalog.offers ADD CONSTRAINT offers_window CHECK ((available_from <= available_to));

ALTER TABLE catalog.photos ADD CONSTRAINT photos_limit CHECK ((("position" >= 1) AND ("position" <= 12)));

ALTER TABLE catalog.photos ADD CONSTRAINT photos_orientation_check CHECK (((orientation >= 1) AND (orientation <= 8)));

ALTER TABLE catalog.photos ADD CONSTRAINT photos_pkey PRIMARY KEY (id);

ALTER TABLE catalog.photos ADD CONSTRAINT photos_position_key UNIQUE (product_id, "position") DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE catalog.photos ADD CONSTRAINT photos_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(id) ON DELETE CASCADE;

ALTER TABLE catalog.photos ADD CONSTRAINT photos_ready CHECK (((state = 'ready'::text) = (sizes <> '{}'::jsonb)));

ALTER TABLE catalog.photos ADD CONSTRAINT photos_state_check CHECK ((state = ANY (ARRAY['processing'::text, 'ready'::text, 'failed'::text])));

ALTER TABLE catalog.producer_records ADD CONSTRAINT in_full_permille_range CHECK (((in_full_permille >= 0) AND (in_full_permille <= 1000)));

ALTER TABLE catalog.producer_records ADD CONSTRAINT on_time_permille_range CHECK (((on_time_permille >= 0) AND (on_time_permille <= 1000)));

ALTER TABLE catalog.producer_records ADD CONSTRAINT producer_records_in_full_cases_check CHECK ((in_full_cases >= 0));

ALTER TABLE catalog.producer_records ADD CONSTRAINT producer_records_on_time_cases_check CHECK ((on_time_cases >= 0));

ALTER TABLE catalog.producer_records ADD CONSTRAINT producer_records_pkey PRIMARY KEY (producer_id);

ALTER TABLE catalog.producer_records ADD CONSTRAINT producer_records_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.product_ticks ADD CONSTRAINT product_ticks_check CHECK ((spreads_at >= stopped_since));

ALTER TABLE catalog.product_ticks ADD CONSTRAINT product_ticks_pkey PRIMARY KEY (product_id, system);

ALTER TABLE catalog.product_ticks ADD CONSTRAINT product_ticks_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(id);

ALTER TABLE catalog.product_ticks ADD CONSTRAINT product_ticks_stopped CHECK ((NOT (given AND (stopped_since IS NOT NULL))));

ALTER TABLE catalog.product_ticks ADD CONSTRAINT product_ticks_system_fkey FOREIGN KEY (system) REFERENCES reference.buyer_systems(code);

ALTER TABLE catalog.products ADD CONSTRAINT products_form_fkey FOREIGN KEY (form) REFERENCES reference.forms(code);

ALTER TABLE catalog.products ADD CONSTRAINT products_gtin_check CHECK ((gtin ~ '^([0-9]{8}|[0-9]{12,14})$'::text));

ALTER TABLE catalog.products ADD CONSTRAINT products_gtin_key UNIQUE (producer_id, gtin);

ALTER TABLE catalog.products ADD CONSTRAINT products_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE catalog.products ADD CONSTRAINT products_name_check CHECK ((name <> ''::text));

ALTER TABLE catalog.products ADD CONSTRAINT products_pkey PRIMARY KEY (id);

ALTER TABLE catalog.products ADD CONSTRAINT products_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.products ADD CONSTRAINT products_published CHECK (((state <> 'published'::text) OR (published_at IS NOT NULL)));

ALTER TABLE catalog.products ADD CONSTRAINT products_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'withdrawn'::text, 'suspended'::text])));

ALTER TABLE catalog.products ADD CONSTRAINT products_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE catalog.products ADD CONSTRAINT products_unit_weight_check CHECK ((unit_weight > 0));

ALTER TABLE catalog.standing ADD CONSTRAINT standing_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE catalog.standing ADD CONSTRAINT standing_pkey PRIMARY KEY (organisation_id, what);

ALTER TABLE catalog.standing ADD CONSTRAINT standing_within_quota CHECK ((standing <= allowed));

ALTER TABLE catalog.standing_quotas ADD CONSTRAINT standing_quotas_most_check CHECK ((most >= 0));

ALTER TABLE catalog.standing_quotas ADD CONSTRAINT standing_quotas_pkey PRIMARY KEY (what, effective_from);

ALTER TABLE catalog.standing_quotas ADD CONSTRAINT standing_quotas_what_check CHECK ((what = 'series'::text));

ALTER TABLE catalog.warning_days ADD CONSTRAINT warning_days_days_check CHECK (((days >= 0) AND (days <= 3650)));

ALTER TABLE catalog.warning_days ADD CONSTRAINT warning_days_once UNIQUE NULLS NOT DISTINCT (scheme, days);

ALTER TABLE catalog.warning_days ADD CONSTRAINT warning_days_scheme_fkey FOREIGN KEY (scheme) REFERENCES reference.schemes(code);

ALTER TABLE catalog.warning_days ADD CONSTRAINT warning_days_source_check CHECK ((source <> ''::text));

ALTER TABLE demonstration.loaded ADD CONSTRAINT loaded_one_check CHECK (one);

ALTER TABLE demonstration.loaded ADD CONSTRAINT loaded_pkey PRIMARY KEY (one);

ALTER TABLE exchange.files ADD CONSTRAINT files_import_id_fkey FOREIGN KEY (import_id) REFERENCES exchange.imports(id) ON DELETE CASCADE;

ALTER TABLE exchange.files ADD CONSTRAINT files_pkey PRIMARY KEY (import_id);

ALTER TABLE exchange.imports ADD CONSTRAINT imports_add_up CHECK ((((((created + updated) + unchanged) + refused) = done) AND (done <= rows)));

ALTER TABLE exchange.imports ADD CONSTRAINT imports_finished CHECK (((finished_at IS NULL) = (state = ANY (ARRAY['waiting'::text, 'running'::text]))));

ALTER TABLE exchange.imports ADD CONSTRAINT imports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text])));

ALTER TABLE exchange.imports ADD CONSTRAINT imports_kind_check CHECK ((kind = ANY (ARRAY['products'::text, 'offers'::text, 'receipts'::text])));

ALTER TABLE exchange.imports ADD CONSTRAINT imports_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE exchange.imports ADD CONSTRAINT imports_pkey PRIMARY KEY (id);

ALTER TABLE exchange.imports ADD CONSTRAINT imports_rows_check CHECK ((rows > 0));

ALTER TABLE exchange.imports ADD CONSTRAINT imports_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])));

ALTER TABLE exchange.outcomes ADD CONSTRAINT outcomes_import_id_fkey FOREIGN KEY (import_id) REFERENCES exchange.imports(id) ON DELETE CASCADE;

ALTER TABLE exchange.outcomes ADD CONSTRAINT outcomes_pkey PRIMARY KEY (import_id, "row");

ALTER TABLE exchange.outcomes ADD CONSTRAINT outcomes_row_check CHECK (("row" > 0));

ALTER TABLE exchange.outcomes ADD CONSTRAINT outcomes_verdict_check CHECK ((verdict = ANY (ARRAY['created'::text, 'updated'::text, 'unchanged'::text, 'refused'::text])));

ALTER TABLE exchange.own_codes ADD CONSTRAINT own_codes_compared_check CHECK ((compared <> ''::text));

ALTER TABLE exchange.own_codes ADD CONSTRAINT own_codes_kind_check CHECK ((kind = ANY (ARRAY['products'::text, 'offers'::text])));

ALTER TABLE exchange.own_codes ADD CONSTRAINT own_codes_pkey PRIMARY KEY (producer_id, kind, compared);

ALTER TABLE exchange.own_codes ADD CONSTRAINT own_codes_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE exchange.own_codes ADD CONSTRAINT own_codes_subject UNIQUE (producer_id, kind, subject_id);

ALTER TABLE files.holds ADD CONSTRAINT holds_key_fkey FOREIGN KEY (key) REFERENCES files.kept(key);

ALTER TABLE files.holds ADD CONSTRAINT holds_pkey PRIMARY KEY (key, holder);

ALTER TABLE files.kept ADD CONSTRAINT kept_key_is_the_content CHECK ((key ~ '^sha256-[0-9a-f]{64}$'::text));

ALTER TABLE files.kept ADD CONSTRAINT kept_media_type_check CHECK ((media_type <> ''::text));

ALTER TABLE files.kept ADD CONSTRAINT kept_pkey PRIMARY KEY (key);

ALTER TABLE files.kept ADD CONSTRAINT kept_size_check CHECK ((size >= 0));

ALTER TABLE idempotency.keys ADD CONSTRAINT keys_pkey PRIMARY KEY (scope, key);

ALTER TABLE identity.api_keys ADD CONSTRAINT api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES identity.users(id);

ALTER TABLE identity.api_keys ADD CONSTRAINT api_keys_key UNIQUE (key_hash);

ALTER TABLE identity.api_keys ADD CONSTRAINT api_keys_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE identity.api_keys ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE identity.api_keys ADD CONSTRAINT api_keys_scopes_check CHECK ((cardinality(scopes) > 0));

ALTER TABLE identity.attempts ADD CONSTRAINT attempts_pkey PRIMARY KEY (scope, subject);

ALTER TABLE identity.audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);

ALTER TABLE identity.audit_seals ADD CONSTRAINT audit_seals_pkey PRIMARY KEY (seq);

ALTER TABLE identity.audit_seals ADD CONSTRAINT audit_seals_row_id_key UNIQUE (row_id);

ALTER TABLE identity.legal_forms ADD CONSTRAINT legal_forms_pkey PRIMARY KEY (code);

ALTER TABLE identity.memberships ADD CONSTRAINT memberships_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE identity.memberships ADD CONSTRAINT memberships_pkey PRIMARY KEY (user_id, organisation_id);

ALTER TABLE identity.memberships ADD CONSTRAINT memberships_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text, 'viewer'::text])));

ALTER TABLE identity.memberships ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id);

ALTER TABLE identity.messages ADD CONSTRAINT messages_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE identity.messages ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE identity.messages ADD CONSTRAINT messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id);

ALTER TABLE identity.organisations ADD CONSTRAINT organisations_by_kind CHECK ((((kind = 'producer'::text) = (legal_form IS NOT NULL)) AND ((kind = 'buyer'::text) = (buyer_kind IS NOT NULL)) AND ((kind = 'buyer'::text) OR (buyer_system IS NULL))));

ALTER TABLE identity.organisations ADD CONSTRAINT organisations_kind_check CHECK ((kind = ANY (ARRAY['producer'::text, 'buyer'::text, 'authority'::text])));

ALTER TABLE identity.organisations ADD CONSTRAINT organisations_legal_form_fkey FOREIGN KEY (legal_form) REFERENCES identity.legal_forms(code);

ALTER TABLE identity.organisations ADD CONSTRAINT organisations_name_check CHECK ((name <> ''::text));

ALTER TABLE identity.organisations ADD CONSTRAINT organisations_pkey PRIMARY KEY (id);

ALTER TABLE identity.organisations ADD CONSTRAINT organisations_state_check CHECK ((state = ANY (ARRAY['applied'::text, 'approved'::text, 'rejected'::text, 'suspended'::text])));

ALTER TABLE identity.password_resets ADD CONSTRAINT password_resets_pkey PRIMARY KEY (token_hash);

ALTER TABLE identity.password_resets ADD CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id);

ALTER TABLE identity.sessions ADD CONSTRAINT sessions_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE identity.sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE identity.sessions ADD CONSTRAINT sessions_token_key UNIQUE (token_hash);

ALTER TABLE identity.sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id);

ALTER TABLE identity.users ADD CONSTRAINT users_email_check CHECK ((email = lower(email)));

ALTER TABLE identity.users ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE identity.users ADD CONSTRAINT users_login CHECK (((email IS NOT NULL) OR (phone IS NOT NULL)));

ALTER TABLE identity.users ADD CONSTRAINT users_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{7,14}$'::text));

ALTER TABLE identity.users ADD CONSTRAINT users_phone_key UNIQUE (phone);

ALTER TABLE identity.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.alone_awards ADD CONSTRAINT alone_awards_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.alone_awards ADD CONSTRAINT alone_awards_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.alone_awards ADD CONSTRAINT alone_awards_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.alone_awards ADD CONSTRAINT alone_awards_pkey PRIMARY KEY (award_id);

ALTER TABLE inquiry.alone_awards ADD CONSTRAINT alone_awards_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.alone_awards ADD CONSTRAINT alone_awards_value_vnd_check CHECK ((value_vnd >= 0));

ALTER TABLE inquiry.attachments ADD CONSTRAINT attachments_few CHECK ((("position" >= 1) AND ("position" <= 10)));

ALTER TABLE inquiry.attachments ADD CONSTRAINT attachments_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.attachments ADD CONSTRAINT attachments_inquiry_id_position_key UNIQUE (inquiry_id, "position");

ALTER TABLE inquiry.attachments ADD CONSTRAINT attachments_key_fkey FOREIGN KEY (key) REFERENCES files.kept(key);

ALTER TABLE inquiry.attachments ADD CONSTRAINT attachments_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.attachments ADD CONSTRAINT attachments_size_check CHECK ((size >= 0));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT award_proposals_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT award_proposals_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT award_proposals_limit_vnd_check CHECK ((limit_vnd > 0));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT award_proposals_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT award_proposals_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text])));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT award_proposals_value_vnd_check CHECK ((value_vnd > 0));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT proposal_alone_not_negative CHECK ((awarded_alone_vnd >= 0));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT proposal_awards CHECK (((state = 'approved'::text) = (cardinality(awards) > 0)));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT proposal_decided CHECK ((((state = 'proposed'::text) = (decided_at IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL))));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT proposal_rejected_with_reason CHECK (((state <> 'rejected'::text) OR (reason <> ''::text)));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT proposal_second_person CHECK (((state <> ALL (ARRAY['approved'::text, 'rejected'::text])) OR (decided_by <> proposed_by)));

ALTER TABLE inquiry.award_proposals ADD CONSTRAINT proposal_withdrawn_by_its_author CHECK (((state <> 'withdrawn'::text) OR (decided_by = proposed_by)));

ALTER TABLE inquiry.awards ADD CONSTRAINT award_cancelled_as CHECK (((cancelled_as IS NULL) OR ((cancelled_as = ANY (ARRAY['alone'::text, 'agreement'::text, 'default'::text])) AND (cancelled_at IS NOT NULL))));

ALTER TABLE inquiry.awards ADD CONSTRAINT award_cancelled_with_reason CHECK (((cancelled_at IS NULL) = (reason IS NULL)));

ALTER TABLE inquiry.awards ADD CONSTRAINT award_schedule_adds_up CHECK (((schedule = '[]'::jsonb) OR inquiry.schedule_holds(schedule, quantity, deliver_on)));

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_cancelled_by_fkey FOREIGN KEY (cancelled_by) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_line_id_fkey FOREIGN KEY (line_id) REFERENCES inquiry.lines(id);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_price_vnd_check CHECK ((price_vnd > 0));

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_quantity_check CHECK ((quantity > 0));

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES inquiry.quotes(id);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_reason_fkey FOREIGN KEY (reason) REFERENCES inquiry.reasons(code);

ALTER TABLE inquiry.awards ADD CONSTRAINT awards_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE inquiry.awards ADD CONSTRAINT framework_not_overcalled CHECK (((called >= 0) AND (freed >= 0) AND ((called + freed) <= quantity)));

ALTER TABLE inquiry.awards ADD CONSTRAINT framework_only CHECK (((period_from IS NOT NULL) OR ((NOT indicative) AND (called = 0) AND (freed = 0) AND (ended_at IS NULL))));

ALTER TABLE inquiry.awards ADD CONSTRAINT framework_period CHECK ((((period_from IS NULL) = (period_to IS NULL)) AND (period_from <= period_to)));

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_off_drawn_when_confirmed CHECK (((drawn = 0) OR (state = ANY (ARRAY['confirmed'::text, 'cancelled'::text]))));

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_off_not_overdrawn CHECK (((drawn >= 0) AND (drawn <= quantity)));

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_off_slot CHECK ((((slot_from = ''::text) AND (slot_to = ''::text)) OR ((slot_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text) AND (slot_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text) AND (slot_from < slot_to))));

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_offs_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_offs_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_offs_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_offs_price_vnd_check CHECK ((price_vnd > 0));

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_offs_quantity_check CHECK ((quantity > 0));

ALTER TABLE inquiry.call_offs ADD CONSTRAINT call_offs_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'confirmed'::text, 'refused'::text, 'cancelled'::text])));

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellation_answered CHECK ((((state = 'asked'::text) = (answered_at IS NULL)) AND ((answered_at IS NULL) = (answered_by IS NULL))));

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellation_not_default CHECK ((reason <> 'default'::text));

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellation_releases CHECK (((state = 'agreed'::text) = (released > 0)));

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellations_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellations_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellations_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellations_reason_fkey FOREIGN KEY (reason) REFERENCES inquiry.reasons(code);

ALTER TABLE inquiry.cancellations ADD CONSTRAINT cancellations_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'agreed'::text, 'refused'::text, 'withdrawn'::text])));

ALTER TABLE inquiry.contracts ADD CONSTRAINT contract_code CHECK ((code ~ '^[a-z2-7]{32}$'::text));

ALTER TABLE inquiry.contracts ADD CONSTRAINT contract_code_once UNIQUE (code);

ALTER TABLE inquiry.contracts ADD CONSTRAINT contract_digest CHECK ((digest = sha256(convert_to(facts, 'UTF8'::name))));

ALTER TABLE inquiry.contracts ADD CONSTRAINT contracts_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.contracts ADD CONSTRAINT contracts_pkey PRIMARY KEY (award_id);

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_accepted_check CHECK ((accepted >= 0));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_call_off_id_fkey FOREIGN KEY (call_off_id) REFERENCES inquiry.call_offs(id);

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_check CHECK (((over >= 0) AND (over <= accepted)));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_loss_check CHECK ((loss >= 0));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_quantity_check CHECK ((quantity > 0));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_rejected_check CHECK ((rejected >= 0));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_temperature_check CHECK (((temperature >= '-1000'::integer) AND (temperature <= 1000)));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_tie_check CHECK (((tie = 0) OR ((tie >= 1000) AND (tie <= 3000))));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE inquiry.deliveries ADD CONSTRAINT deliveries_value_vnd_check CHECK ((value_vnd >= 0));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT receipt_adds_up CHECK (((received_at IS NULL) OR (((accepted + rejected) + loss) = (quantity + over))));

ALTER TABLE inquiry.deliveries ADD CONSTRAINT receipt_not_before_dispatch CHECK (((received_at IS NULL) OR (received_at >= dispatched_at)));

ALTER TABLE inquiry.delivery_photos ADD CONSTRAINT delivery_photo_once UNIQUE (delivery_id, "position");

ALTER TABLE inquiry.delivery_photos ADD CONSTRAINT delivery_photos_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES inquiry.deliveries(id);

ALTER TABLE inquiry.delivery_photos ADD CONSTRAINT delivery_photos_limit CHECK ((("position" >= 1) AND ("position" <= 12)));

ALTER TABLE inquiry.delivery_photos ADD CONSTRAINT delivery_photos_orientation_check CHECK (((orientation >= 1) AND (orientation <= 8)));

ALTER TABLE inquiry.delivery_photos ADD CONSTRAINT delivery_photos_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.delivery_photos ADD CONSTRAINT delivery_photos_size_check CHECK ((size > 0));

ALTER TABLE inquiry.delivery_plans ADD CONSTRAINT delivery_plans_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.delivery_plans ADD CONSTRAINT delivery_plans_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.delivery_plans ADD CONSTRAINT delivery_plans_quantity_check CHECK ((quantity > 0));

ALTER TABLE inquiry.delivery_plans ADD CONSTRAINT delivery_plans_slot_from_check CHECK ((slot_from ~ '^(([01]\d|2[0-3]):[0-5]\d)?$'::text));

ALTER TABLE inquiry.delivery_plans ADD CONSTRAINT delivery_plans_slot_to_check CHECK ((slot_to ~ '^(([01]\d|2[0-3]):[0-5]\d)?$'::text));

ALTER TABLE inquiry.delivery_plans ADD CONSTRAINT delivery_plans_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE inquiry.delivery_plans ADD CONSTRAINT delivery_slot_whole CHECK ((((slot_from = ''::text) = (slot_to = ''::text)) AND ((slot_from = ''::text) OR (slot_from <> slot_to))));

ALTER TABLE inquiry.delivery_rules ADD CONSTRAINT delivery_rule_dates CHECK ((valid_until >= valid_from));

ALTER TABLE inquiry.delivery_rules ADD CONSTRAINT delivery_rule_once UNIQUE NULLS NOT DISTINCT (rule, line, form, valid_from);

ALTER TABLE inquiry.delivery_rules ADD CONSTRAINT delivery_rules_rule_check CHECK ((rule = ANY (ARRAY['confirm_hours'::text, 'over'::text, 'dispute_days'::text])));

ALTER TABLE inquiry.delivery_rules ADD CONSTRAINT delivery_rules_source_check CHECK ((source <> ''::text));

ALTER TABLE inquiry.delivery_rules ADD CONSTRAINT delivery_rules_value_check CHECK ((value >= 0));

ALTER TABLE inquiry.disputes ADD CONSTRAINT dispute_ends_once CHECK (((withdrawn_at IS NULL) OR (settled_at IS NULL)));

ALTER TABLE inquiry.disputes ADD CONSTRAINT dispute_reason_known FOREIGN KEY (reason) REFERENCES inquiry.reasons(code);

ALTER TABLE inquiry.disputes ADD CONSTRAINT disputes_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES inquiry.deliveries(id);

ALTER TABLE inquiry.disputes ADD CONSTRAINT disputes_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.disputes ADD CONSTRAINT disputes_raised_by_fkey FOREIGN KEY (raised_by) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.dock_links ADD CONSTRAINT dock_code_once UNIQUE (code_hash);

ALTER TABLE inquiry.dock_links ADD CONSTRAINT dock_links_check CHECK ((expires_at > created_at));

ALTER TABLE inquiry.dock_links ADD CONSTRAINT dock_links_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.inquiries ADD CONSTRAINT inquiries_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.inquiries ADD CONSTRAINT inquiries_buyer_system_fkey FOREIGN KEY (buyer_system) REFERENCES reference.buyer_systems(code);

ALTER TABLE inquiry.inquiries ADD CONSTRAINT inquiries_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.inquiries ADD CONSTRAINT inquiries_stage_check CHECK ((stage = ANY (ARRAY['draft'::text, 'open'::text, 'closed'::text, 'cancelled'::text])));

ALTER TABLE inquiry.inquiries ADD CONSTRAINT inquiries_visibility_check CHECK ((visibility = ANY (ARRAY['direct'::text, 'invited'::text, 'open'::text])));

ALTER TABLE inquiry.inquiries ADD CONSTRAINT inquiries_ward_fkey FOREIGN KEY (ward) REFERENCES reference.communes(code);

ALTER TABLE inquiry.inquiries ADD CONSTRAINT inquiry_opened CHECK ((((stage = 'draft'::text) = (opened_at IS NULL)) OR (stage = 'cancelled'::text)));

ALTER TABLE inquiry.invitations ADD CONSTRAINT invitations_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.invitations ADD CONSTRAINT invitations_pkey PRIMARY KEY (inquiry_id, producer_id);

ALTER TABLE inquiry.invitations ADD CONSTRAINT invitations_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.lines ADD CONSTRAINT line_window CHECK ((deliver_from <= deliver_to));

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_inquiry_id_position_key UNIQUE (inquiry_id, "position");

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_position_check CHECK (("position" > 0));

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_quantity_check CHECK ((quantity > 0));

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_reported_grade_check CHECK ((reported_grade <> ''::text));

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_target_price_vnd_check CHECK ((target_price_vnd > 0));

ALTER TABLE inquiry.lines ADD CONSTRAINT lines_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE inquiry.market_facts ADD CONSTRAINT market_facts_cases_check CHECK ((cases > 0));

ALTER TABLE inquiry.market_looks ADD CONSTRAINT look_at_one CHECK ((num_nonnulls(award_id, inquiry_id) = 1));

ALTER TABLE inquiry.market_looks ADD CONSTRAINT market_looks_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.market_minutes ADD CONSTRAINT market_minutes_pkey PRIMARY KEY (kind, bucket, span, day, minutes);

ALTER TABLE inquiry.market_minutes ADD CONSTRAINT market_minutes_span_check CHECK ((span = ANY (ARRAY['day'::text, 'month'::text])));

ALTER TABLE inquiry.market_place ADD CONSTRAINT market_place_alone_check CHECK (alone);

ALTER TABLE inquiry.market_place ADD CONSTRAINT market_place_pkey PRIMARY KEY (alone);

ALTER TABLE inquiry.market_sums ADD CONSTRAINT market_sums_pkey PRIMARY KEY (span, day, kind, line, unit, reason, flags, bucket);

ALTER TABLE inquiry.market_sums ADD CONSTRAINT market_sums_span_check CHECK ((span = ANY (ARRAY['day'::text, 'month'::text])));

ALTER TABLE inquiry.past_terms ADD CONSTRAINT past_terms_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.past_terms ADD CONSTRAINT past_terms_pkey PRIMARY KEY (inquiry_id, held_until);

ALTER TABLE inquiry.payment_kinds ADD CONSTRAINT payment_kinds_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE inquiry.payment_kinds ADD CONSTRAINT payment_kinds_paid_by_check CHECK ((paid_by = ANY (ARRAY['buyer'::text, 'producer'::text])));

ALTER TABLE inquiry.payment_kinds ADD CONSTRAINT payment_kinds_pkey PRIMARY KEY (code);

ALTER TABLE inquiry.payment_looks ADD CONSTRAINT payment_looks_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.payment_looks ADD CONSTRAINT payment_looks_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.payment_moves ADD CONSTRAINT payment_contested_why CHECK (((move = 'contest'::text) = (reason <> ''::text)));

ALTER TABLE inquiry.payment_moves ADD CONSTRAINT payment_move_once PRIMARY KEY (payment_id, number);

ALTER TABLE inquiry.payment_moves ADD CONSTRAINT payment_moved_by CHECK (((move = 'withdraw'::text) = (moved_by = recorded_by)));

ALTER TABLE inquiry.payment_moves ADD CONSTRAINT payment_moves_move_check CHECK ((move = ANY (ARRAY['confirm'::text, 'contest'::text, 'withdraw'::text])));

ALTER TABLE inquiry.payment_moves ADD CONSTRAINT payment_moves_moved_by_fkey FOREIGN KEY (moved_by) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.payment_moves ADD CONSTRAINT payment_moves_number_check CHECK ((number > 0));

ALTER TABLE inquiry.payment_moves ADD CONSTRAINT payment_moves_payment_id_recorded_by_fkey FOREIGN KEY (payment_id, recorded_by) REFERENCES inquiry.payments(id, recorded_by);

ALTER TABLE inquiry.payment_warning_days ADD CONSTRAINT payment_warning_days_check CHECK (((warning = 'due'::text) = (days <= 0)));

ALTER TABLE inquiry.payment_warning_days ADD CONSTRAINT payment_warning_days_pkey PRIMARY KEY (warning);

ALTER TABLE inquiry.payment_warning_days ADD CONSTRAINT payment_warning_days_warning_check CHECK ((warning = ANY (ARRAY['due'::text, 'overdue'::text])));

ALTER TABLE inquiry.payment_warnings ADD CONSTRAINT payment_warned_once PRIMARY KEY (award_id, warning, due_on);

ALTER TABLE inquiry.payment_warnings ADD CONSTRAINT payment_warnings_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.payment_warnings ADD CONSTRAINT payment_warnings_outstanding_vnd_check CHECK ((outstanding_vnd > 0));

ALTER TABLE inquiry.payment_warnings ADD CONSTRAINT payment_warnings_warning_fkey FOREIGN KEY (warning) REFERENCES inquiry.payment_warning_days(warning);

ALTER TABLE inquiry.payments ADD CONSTRAINT payment_by_a_party CHECK (((recorded_by = buyer_id) OR (recorded_by = producer_id)));

ALTER TABLE inquiry.payments ADD CONSTRAINT payment_kind FOREIGN KEY (kind) REFERENCES inquiry.payment_kinds(code);

ALTER TABLE inquiry.payments ADD CONSTRAINT payment_recorded_by UNIQUE (id, recorded_by);

ALTER TABLE inquiry.payments ADD CONSTRAINT payments_amount_vnd_check CHECK ((amount_vnd > 0));

ALTER TABLE inquiry.payments ADD CONSTRAINT payments_award_id_fkey FOREIGN KEY (award_id) REFERENCES inquiry.awards(id);

ALTER TABLE inquiry.payments ADD CONSTRAINT payments_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES inquiry.deliveries(id);

ALTER TABLE inquiry.payments ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.payments ADD CONSTRAINT payments_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.performance ADD CONSTRAINT performance_cases_check CHECK ((cases >= 0));

ALTER TABLE inquiry.performance ADD CONSTRAINT performance_check CHECK (((met >= 0) AND (met <= cases)));

ALTER TABLE inquiry.performance ADD CONSTRAINT performance_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.performance ADD CONSTRAINT performance_pkey PRIMARY KEY (organisation_id, measure, line, unit);

ALTER TABLE inquiry.purchasing_rules ADD CONSTRAINT purchasing_rules_award_limit_vnd_check CHECK ((award_limit_vnd >= 0));

ALTER TABLE inquiry.purchasing_rules ADD CONSTRAINT purchasing_rules_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.purchasing_rules ADD CONSTRAINT purchasing_rules_proposal_hours_check CHECK (((proposal_hours >= 1) AND (proposal_hours <= 168)));

ALTER TABLE inquiry.purchasing_rules ADD CONSTRAINT purchasing_rules_version_check CHECK ((version > 0));

ALTER TABLE inquiry.purchasing_rules ADD CONSTRAINT purchasing_version_once PRIMARY KEY (organisation_id, version);

ALTER TABLE inquiry.questions ADD CONSTRAINT question_answered_whole CHECK (((answer IS NULL) = (answered_at IS NULL)));

ALTER TABLE inquiry.questions ADD CONSTRAINT questions_answer_check CHECK ((answer <> ''::text));

ALTER TABLE inquiry.questions ADD CONSTRAINT questions_asker_id_fkey FOREIGN KEY (asker_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.questions ADD CONSTRAINT questions_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.questions ADD CONSTRAINT questions_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.questions ADD CONSTRAINT questions_question_check CHECK ((question <> ''::text));

ALTER TABLE inquiry.quotas ADD CONSTRAINT quotas_per_day_check CHECK ((per_day > 0));

ALTER TABLE inquiry.quotas ADD CONSTRAINT quotas_pkey PRIMARY KEY (what);

ALTER TABLE inquiry.quote_frameworks ADD CONSTRAINT quote_framework_period CHECK ((period_from <= period_to));

ALTER TABLE inquiry.quote_frameworks ADD CONSTRAINT quote_frameworks_pkey PRIMARY KEY (quote_id);

ALTER TABLE inquiry.quote_frameworks ADD CONSTRAINT quote_frameworks_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES inquiry.quotes(id);

ALTER TABLE inquiry.quotes ADD CONSTRAINT quote_delivered_in_order CHECK ((deliver_until > deliver_on));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quote_freight_not_negative CHECK ((freight_vnd >= 0));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quote_gross_by_tie CHECK (((NOT price_gross) OR (tie IS NOT NULL)));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quote_minimum_within CHECK (((min_quantity >= 0) AND (min_quantity <= quantity)));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quote_not_overawarded CHECK (((awarded >= 0) AND (awarded <= quantity)));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quote_tie_in_range CHECK (((tie >= 1001) AND (tie <= 3000)));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quote_version_once UNIQUE (root_id, version);

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_line_id_fkey FOREIGN KEY (line_id) REFERENCES inquiry.lines(id);

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_price_vnd_check CHECK ((price_vnd > 0));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_quantity_check CHECK ((quantity > 0));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_stage_check CHECK ((stage = ANY (ARRAY['submitted'::text, 'superseded'::text, 'declined'::text, 'withdrawn'::text])));

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE inquiry.quotes ADD CONSTRAINT quotes_version_check CHECK ((version > 0));

ALTER TABLE inquiry.quoting ADD CONSTRAINT quoting_pkey PRIMARY KEY (producer_id);

ALTER TABLE inquiry.quoting ADD CONSTRAINT quoting_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.reasons ADD CONSTRAINT reasons_applies_check CHECK ((applies = ANY (ARRAY['receipt'::text, 'award'::text, 'quote'::text])));

ALTER TABLE inquiry.reasons ADD CONSTRAINT reasons_pkey PRIMARY KEY (code);

ALTER TABLE inquiry.round_producers ADD CONSTRAINT round_producers_pkey PRIMARY KEY (round_id, producer_id);

ALTER TABLE inquiry.round_producers ADD CONSTRAINT round_producers_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.round_producers ADD CONSTRAINT round_producers_round_id_fkey FOREIGN KEY (round_id) REFERENCES inquiry.rounds(id);

ALTER TABLE inquiry.rounds ADD CONSTRAINT round_ahead CHECK ((until > opened_at));

ALTER TABLE inquiry.rounds ADD CONSTRAINT round_number_once UNIQUE (inquiry_id, number);

ALTER TABLE inquiry.rounds ADD CONSTRAINT rounds_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.rounds ADD CONSTRAINT rounds_number_check CHECK ((number > 0));

ALTER TABLE inquiry.rounds ADD CONSTRAINT rounds_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.series ADD CONSTRAINT series_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.series ADD CONSTRAINT series_next CHECK ((((state = 'ended'::text) OR (next_on IS NOT NULL)) AND ((next_on IS NULL) = (place_on IS NULL))));

ALTER TABLE inquiry.series ADD CONSTRAINT series_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.series ADD CONSTRAINT series_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'ended'::text])));

ALTER TABLE inquiry.series_dates ADD CONSTRAINT inquiry_of_one_date UNIQUE (inquiry_id);

ALTER TABLE inquiry.series_dates ADD CONSTRAINT series_date_once PRIMARY KEY (series_id, deliver_on);

ALTER TABLE inquiry.series_dates ADD CONSTRAINT series_date_placed CHECK (((state = 'placed'::text) = (inquiry_id IS NOT NULL)));

ALTER TABLE inquiry.series_dates ADD CONSTRAINT series_dates_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE inquiry.series_dates ADD CONSTRAINT series_dates_series_id_fkey FOREIGN KEY (series_id) REFERENCES inquiry.series(id);

ALTER TABLE inquiry.series_dates ADD CONSTRAINT series_dates_state_check CHECK ((state = ANY (ARRAY['skipped'::text, 'placed'::text, 'refused'::text])));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlement_agreed CHECK (((agreed_by IS NULL) = (agreed_at IS NULL)));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlement_by_both CHECK ((agreed_by <> proposed_by));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_accepted_check CHECK ((accepted >= 0));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_agreed_by_fkey FOREIGN KEY (agreed_by) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_check CHECK (((over >= 0) AND (over <= accepted)));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_dispute_id_fkey FOREIGN KEY (dispute_id) REFERENCES inquiry.disputes(id);

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_loss_check CHECK ((loss >= 0));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_pkey PRIMARY KEY (id);

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_rejected_check CHECK ((rejected >= 0));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_tie_check CHECK (((tie = 0) OR ((tie >= 1000) AND (tie <= 3000))));

ALTER TABLE inquiry.settlements ADD CONSTRAINT settlements_value_vnd_check CHECK ((value_vnd >= 0));

ALTER TABLE inquiry.standing ADD CONSTRAINT standing_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.standing ADD CONSTRAINT standing_pkey PRIMARY KEY (organisation_id, what);

ALTER TABLE inquiry.standing ADD CONSTRAINT standing_within_quota CHECK ((standing <= allowed));

ALTER TABLE inquiry.standing_quotas ADD CONSTRAINT standing_quotas_most_check CHECK ((most >= 0));

ALTER TABLE inquiry.standing_quotas ADD CONSTRAINT standing_quotas_pkey PRIMARY KEY (what, effective_from);

ALTER TABLE inquiry.standing_quotas ADD CONSTRAINT standing_quotas_what_check CHECK ((what = 'series'::text));

ALTER TABLE inquiry.usage ADD CONSTRAINT usage_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE inquiry.usage ADD CONSTRAINT usage_pkey PRIMARY KEY (organisation_id, what, part);

ALTER TABLE inquiry.usage ADD CONSTRAINT usage_what_fkey FOREIGN KEY (what) REFERENCES inquiry.quotas(what);

ALTER TABLE inquiry.usage ADD CONSTRAINT usage_within_quota CHECK ((used <= allowed));

ALTER TABLE ledger.awards ADD CONSTRAINT award_accepted_not_negative CHECK ((accepted >= 0));

ALTER TABLE ledger.awards ADD CONSTRAINT award_committed_not_negative CHECK ((committed >= 0));

ALTER TABLE ledger.awards ADD CONSTRAINT award_dispatched_not_negative CHECK ((dispatched >= 0));

ALTER TABLE ledger.awards ADD CONSTRAINT award_lost_not_negative CHECK ((lost >= 0));

ALTER TABLE ledger.awards ADD CONSTRAINT award_over_not_negative CHECK ((over >= 0));

ALTER TABLE ledger.awards ADD CONSTRAINT award_rejected_not_negative CHECK ((rejected >= 0));

ALTER TABLE ledger.awards ADD CONSTRAINT award_released_not_negative CHECK ((released >= 0));

ALTER TABLE ledger.awards ADD CONSTRAINT awards_pkey PRIMARY KEY (award_id);

ALTER TABLE ledger.ceilings ADD CONSTRAINT ceiling_claimed_not_negative CHECK ((claimed >= 0));

ALTER TABLE ledger.ceilings ADD CONSTRAINT ceiling_delivered_not_negative CHECK ((delivered >= 0));

ALTER TABLE ledger.ceilings ADD CONSTRAINT ceiling_delivered_was_claimed CHECK ((delivered <= claimed));

ALTER TABLE ledger.ceilings ADD CONSTRAINT ceiling_not_exceeded CHECK ((claimed <= bound));

ALTER TABLE ledger.ceilings ADD CONSTRAINT ceilings_ceiling_check CHECK ((ceiling >= 0));

ALTER TABLE ledger.ceilings ADD CONSTRAINT ceilings_pkey PRIMARY KEY (certificate_id, year);

ALTER TABLE ledger.claim_seals ADD CONSTRAINT claim_seals_pkey PRIMARY KEY (seq);

ALTER TABLE ledger.claim_seals ADD CONSTRAINT claim_seals_row_id_key UNIQUE (row_id);

ALTER TABLE ledger.claim_seals ADD CONSTRAINT claim_seals_seq_check CHECK ((seq > 0));

ALTER TABLE ledger.claims ADD CONSTRAINT claim_once UNIQUE (posting_id, certificate_id, year);

ALTER TABLE ledger.claims ADD CONSTRAINT claims_ceiling_check CHECK ((ceiling >= 0));

ALTER TABLE ledger.claims ADD CONSTRAINT claims_movement_fkey FOREIGN KEY (movement) REFERENCES ledger.movements(movement);

ALTER TABLE ledger.claims ADD CONSTRAINT claims_pkey PRIMARY KEY (id);

ALTER TABLE ledger.claims ADD CONSTRAINT claims_posting_id_fkey FOREIGN KEY (posting_id) REFERENCES ledger.postings(id);

ALTER TABLE ledger.claims ADD CONSTRAINT claims_weight_check CHECK ((weight >= 0));

ALTER TABLE ledger.daily ADD CONSTRAINT daily_pkey PRIMARY KEY (business_date, goods, demand, movement);

ALTER TABLE ledger.demands ADD CONSTRAINT demand_once UNIQUE (buyer_id, buyer_system, ward);

ALTER TABLE ledger.demands ADD CONSTRAINT demands_pkey PRIMARY KEY (id);

ALTER TABLE ledger.goods ADD CONSTRAINT goods_once UNIQUE (producer_id, product_line, form, grade, commune, unit, stars, schemes);

ALTER TABLE ledger.goods ADD CONSTRAINT goods_pkey PRIMARY KEY (id);

ALTER TABLE ledger.lines ADD CONSTRAINT line_awarded_not_negative CHECK ((awarded >= 0));

ALTER TABLE ledger.lines ADD CONSTRAINT line_delivered_not_negative CHECK ((delivered >= 0));

ALTER TABLE ledger.lines ADD CONSTRAINT line_not_overawarded CHECK ((open >= 0));

ALTER TABLE ledger.lines ADD CONSTRAINT line_over_not_negative CHECK ((over >= 0));

ALTER TABLE ledger.lines ADD CONSTRAINT line_quoted_not_negative CHECK ((quoted >= 0));

ALTER TABLE ledger.lines ADD CONSTRAINT line_rejected_not_negative CHECK ((rejected >= 0));

ALTER TABLE ledger.lines ADD CONSTRAINT lines_pkey PRIMARY KEY (inquiry_line_id);

ALTER TABLE ledger.movements ADD CONSTRAINT movement_code_once UNIQUE (code);

ALTER TABLE ledger.movements ADD CONSTRAINT movements_opens_check CHECK ((opens = ANY (ARRAY['offer'::text, 'line'::text, 'award'::text])));

ALTER TABLE ledger.movements ADD CONSTRAINT movements_pkey PRIMARY KEY (movement);

ALTER TABLE ledger.movements ADD CONSTRAINT movements_reverses_fkey FOREIGN KEY (reverses) REFERENCES ledger.movements(movement);

ALTER TABLE ledger.offers ADD CONSTRAINT offer_accepted_not_negative CHECK ((accepted >= 0));

ALTER TABLE ledger.offers ADD CONSTRAINT offer_committed_not_negative CHECK ((committed >= 0));

ALTER TABLE ledger.offers ADD CONSTRAINT offer_dispatched_not_negative CHECK ((dispatched >= 0));

ALTER TABLE ledger.offers ADD CONSTRAINT offer_not_overcommitted CHECK ((free >= 0));

ALTER TABLE ledger.offers ADD CONSTRAINT offer_reserved_not_negative CHECK ((reserved >= 0));

ALTER TABLE ledger.offers ADD CONSTRAINT offers_pkey PRIMARY KEY (offer_id);

ALTER TABLE ledger.postings ADD CONSTRAINT posting_names_what_it_reserves CHECK (((movement <> 'reserved'::text) OR ((quote_id IS NOT NULL) AND (reserved_until IS NOT NULL))));

ALTER TABLE ledger.postings ADD CONSTRAINT postings_buyer_system_fkey FOREIGN KEY (buyer_system) REFERENCES reference.buyer_systems(code);

ALTER TABLE ledger.postings ADD CONSTRAINT postings_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE ledger.postings ADD CONSTRAINT postings_grade_check CHECK ((grade <> ''::text));

ALTER TABLE ledger.postings ADD CONSTRAINT postings_movement_fkey FOREIGN KEY (movement) REFERENCES ledger.movements(movement);

ALTER TABLE ledger.postings ADD CONSTRAINT postings_pkey PRIMARY KEY (id);

ALTER TABLE ledger.postings ADD CONSTRAINT postings_product_line_fkey FOREIGN KEY (product_line) REFERENCES reference.product_lines(code);

ALTER TABLE ledger.postings ADD CONSTRAINT postings_quantity_check CHECK ((quantity > 0));

ALTER TABLE ledger.postings ADD CONSTRAINT postings_stars_check CHECK ((stars > 0));

ALTER TABLE ledger.postings ADD CONSTRAINT postings_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE ledger.postings ADD CONSTRAINT postings_value_vnd_check CHECK ((value_vnd >= 0));

ALTER TABLE ledger.postings ADD CONSTRAINT postings_ward_fkey FOREIGN KEY (ward) REFERENCES reference.communes(code);

ALTER TABLE ledger.postings ADD CONSTRAINT postings_weight_check CHECK ((weight >= 0));

ALTER TABLE ledger.reservations ADD CONSTRAINT reservation_not_negative CHECK ((quantity >= 0));

ALTER TABLE ledger.reservations ADD CONSTRAINT reservations_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES ledger.offers(offer_id);

ALTER TABLE ledger.reservations ADD CONSTRAINT reservations_pkey PRIMARY KEY (quote_id);

ALTER TABLE ledger.rollup_place ADD CONSTRAINT rollup_place_alone_check CHECK (alone);

ALTER TABLE ledger.rollup_place ADD CONSTRAINT rollup_place_pkey PRIMARY KEY (alone);

ALTER TABLE ledger.seals ADD CONSTRAINT seals_pkey PRIMARY KEY (seq);

ALTER TABLE ledger.seals ADD CONSTRAINT seals_row_id_key UNIQUE (row_id);

ALTER TABLE ledger.seals ADD CONSTRAINT seals_seq_check CHECK ((seq > 0));

ALTER TABLE monitor.days_off ADD CONSTRAINT days_off_name_check CHECK ((name <> ''::text));

ALTER TABLE monitor.days_off ADD CONSTRAINT days_off_pkey PRIMARY KEY (day);

ALTER TABLE monitor.days_posted ADD CONSTRAINT days_posted_pkey PRIMARY KEY (business_date);

ALTER TABLE monitor.desk_kinds ADD CONSTRAINT desk_kinds_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE monitor.desk_kinds ADD CONSTRAINT desk_kinds_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE monitor.desk_kinds ADD CONSTRAINT desk_kinds_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE monitor.desk_kinds ADD CONSTRAINT desk_kinds_pkey PRIMARY KEY (code);

ALTER TABLE monitor.desk_kinds ADD CONSTRAINT desk_kinds_position_key UNIQUE ("position");

ALTER TABLE monitor.desk_kinds ADD CONSTRAINT desk_kinds_working_days_check CHECK ((working_days > 0));

ALTER TABLE monitor.figure_blocks ADD CONSTRAINT figure_blocks_book_fkey FOREIGN KEY (book) REFERENCES monitor.figure_books(book);

ALTER TABLE monitor.figure_blocks ADD CONSTRAINT figure_blocks_pkey PRIMARY KEY (id);

ALTER TABLE monitor.figure_blocks ADD CONSTRAINT figure_blocks_product_line_fkey FOREIGN KEY (product_line) REFERENCES reference.product_lines(code);

ALTER TABLE monitor.figure_books ADD CONSTRAINT figure_books_grace_days_check CHECK ((grace_days >= 0));

ALTER TABLE monitor.figure_books ADD CONSTRAINT figure_books_least_buyers_check CHECK ((least_buyers >= 0));

ALTER TABLE monitor.figure_books ADD CONSTRAINT figure_books_least_producers_check CHECK ((least_producers >= 0));

ALTER TABLE monitor.figure_books ADD CONSTRAINT figure_books_pkey PRIMARY KEY (book);

ALTER TABLE monitor.figure_books ADD CONSTRAINT figure_of_several CHECK ((GREATEST(least_producers, least_buyers) >= 3));

ALTER TABLE monitor.figure_cells ADD CONSTRAINT figure_cell_of_one_block PRIMARY KEY (book, product_line, dried, unit, month, commune);

ALTER TABLE monitor.figure_cells ADD CONSTRAINT figure_cells_block_id_fkey FOREIGN KEY (block_id) REFERENCES monitor.figure_blocks(id);

ALTER TABLE monitor.figure_cells ADD CONSTRAINT figure_cells_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric));

ALTER TABLE monitor.figure_shares ADD CONSTRAINT figure_share_of_an_edition FOREIGN KEY (block_id, edition) REFERENCES monitor.figures(block_id, edition);

ALTER TABLE monitor.figure_shares ADD CONSTRAINT figure_share_once PRIMARY KEY (block_id, edition, producer_id, buyer_id, offer_id);

ALTER TABLE monitor.figures ADD CONSTRAINT figure_edition_once PRIMARY KEY (block_id, edition);

ALTER TABLE monitor.figures ADD CONSTRAINT figures_block_id_fkey FOREIGN KEY (block_id) REFERENCES monitor.figure_blocks(id);

ALTER TABLE monitor.figures ADD CONSTRAINT figures_edition_check CHECK ((edition > 0));

ALTER TABLE monitor.figures_followed ADD CONSTRAINT figures_followed_pkey PRIMARY KEY (single);

ALTER TABLE monitor.figures_followed ADD CONSTRAINT figures_followed_seq_check CHECK ((seq >= 0));

ALTER TABLE monitor.figures_followed ADD CONSTRAINT figures_followed_single_check CHECK (single);

ALTER TABLE monitor.gap_acknowledgements ADD CONSTRAINT gap_acknowledged_once PRIMARY KEY (alert_id);

ALTER TABLE monitor.gap_acknowledgements ADD CONSTRAINT gap_acknowledgements_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES monitor.gap_alerts(id);

ALTER TABLE monitor.gap_alerts ADD CONSTRAINT gap_alert_once UNIQUE (threshold_id, product_line, dried, unit, month, scheme);

ALTER TABLE monitor.gap_alerts ADD CONSTRAINT gap_alerts_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric));

ALTER TABLE monitor.gap_alerts ADD CONSTRAINT gap_alerts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE monitor.gap_alerts ADD CONSTRAINT gap_alerts_pkey PRIMARY KEY (id);

ALTER TABLE monitor.gap_alerts ADD CONSTRAINT gap_alerts_product_line_fkey FOREIGN KEY (product_line) REFERENCES reference.product_lines(code);

ALTER TABLE monitor.gap_thresholds ADD CONSTRAINT gap_thresholds_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE monitor.gap_thresholds ADD CONSTRAINT gap_thresholds_pkey PRIMARY KEY (id);

ALTER TABLE monitor.gap_thresholds ADD CONSTRAINT gap_thresholds_product_line_fkey FOREIGN KEY (product_line) REFERENCES reference.product_lines(code);

ALTER TABLE monitor.gap_thresholds ADD CONSTRAINT threshold_least CHECK (("least" >= 0));

ALTER TABLE monitor.gap_thresholds ADD CONSTRAINT threshold_once UNIQUE NULLS NOT DISTINCT (organisation_id, product_line);

ALTER TABLE monitor.gap_thresholds ADD CONSTRAINT threshold_percent CHECK (((uncovered >= 1) AND (uncovered <= 100)));

ALTER TABLE monitor.gap_thresholds ADD CONSTRAINT threshold_weeks CHECK (((weeks >= 1) AND (weeks <= 52)));

ALTER TABLE monitor.indicator_rules ADD CONSTRAINT indicator_rules_pkey PRIMARY KEY (code, effective_from);

ALTER TABLE monitor.indicator_rules ADD CONSTRAINT indicator_rules_value_check CHECK ((value >= 0));

ALTER TABLE monitor.modern_kinds ADD CONSTRAINT modern_kinds_pkey PRIMARY KEY (system_kind);

ALTER TABLE monitor.price_bands ADD CONSTRAINT price_bands_check CHECK ((high_vnd > low_vnd));

ALTER TABLE monitor.price_bands ADD CONSTRAINT price_bands_pkey PRIMARY KEY (quarter, product_line, dried, unit, grade);

ALTER TABLE monitor.price_bands ADD CONSTRAINT price_bands_product_line_fkey FOREIGN KEY (product_line) REFERENCES reference.product_lines(code);

ALTER TABLE monitor.price_bands ADD CONSTRAINT price_bands_quarter_fkey FOREIGN KEY (quarter) REFERENCES monitor.price_quarters(quarter);

ALTER TABLE monitor.price_quarters ADD CONSTRAINT price_quarter_once PRIMARY KEY (quarter);

ALTER TABLE monitor.price_quarters ADD CONSTRAINT price_quarters_quarter_check CHECK (((EXTRACT(day FROM quarter) = (1)::numeric) AND (EXTRACT(month FROM quarter) = ANY (ARRAY[(1)::numeric, (4)::numeric, (7)::numeric, (10)::numeric]))));

ALTER TABLE monitor.price_steps ADD CONSTRAINT price_steps_pkey PRIMARY KEY (price_from);

ALTER TABLE monitor.price_steps ADD CONSTRAINT price_steps_price_from_check CHECK ((price_from >= 0));

ALTER TABLE monitor.price_steps ADD CONSTRAINT price_steps_step_vnd_check CHECK ((step_vnd > 0));

ALTER TABLE monitor.report_kinds ADD CONSTRAINT report_kinds_begins_in_check CHECK (((begins_in >= 1) AND (begins_in <= 12)));

ALTER TABLE monitor.report_kinds ADD CONSTRAINT report_kinds_grace_days_check CHECK ((grace_days >= 0));

ALTER TABLE monitor.report_kinds ADD CONSTRAINT report_kinds_marker_check CHECK ((marker ~ '^[A-Z]?$'::text));

ALTER TABLE monitor.report_kinds ADD CONSTRAINT report_kinds_months_check CHECK (((12 % (months)::integer) = 0));

ALTER TABLE monitor.report_kinds ADD CONSTRAINT report_kinds_months_marker_key UNIQUE (months, marker);

ALTER TABLE monitor.report_kinds ADD CONSTRAINT report_kinds_pkey PRIMARY KEY (kind);

ALTER TABLE monitor.report_kinds ADD CONSTRAINT report_kinds_position_key UNIQUE ("position");

ALTER TABLE monitor.report_orders ADD CONSTRAINT report_orders_kind_fkey FOREIGN KEY (kind) REFERENCES monitor.report_kinds(kind);

ALTER TABLE monitor.report_orders ADD CONSTRAINT report_orders_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE monitor.report_orders ADD CONSTRAINT report_orders_pkey PRIMARY KEY (organisation_id, kind);

ALTER TABLE monitor.reports ADD CONSTRAINT report_edition_once UNIQUE (province, period, edition);

ALTER TABLE monitor.reports ADD CONSTRAINT reports_check CHECK ((last_day > first_day));

ALTER TABLE monitor.reports ADD CONSTRAINT reports_declarations_check CHECK ((declarations >= 0));

ALTER TABLE monitor.reports ADD CONSTRAINT reports_digest_check CHECK ((length(digest) = 32));

ALTER TABLE monitor.reports ADD CONSTRAINT reports_edition_check CHECK ((edition > 0));

ALTER TABLE monitor.reports ADD CONSTRAINT reports_kind_fkey FOREIGN KEY (kind) REFERENCES monitor.report_kinds(kind);

ALTER TABLE monitor.reports ADD CONSTRAINT reports_pkey PRIMARY KEY (id);

ALTER TABLE monitor.reports ADD CONSTRAINT reports_province_fkey FOREIGN KEY (province) REFERENCES reference.provinces(code);

ALTER TABLE monitor.told_pairs ADD CONSTRAINT told_pair_once PRIMARY KEY (book, producer_id, buyer_id, offer_id);

ALTER TABLE monitor.told_pairs ADD CONSTRAINT told_pairs_back_quantity_check CHECK ((back_quantity >= 0));

ALTER TABLE monitor.told_pairs ADD CONSTRAINT told_pairs_back_value_vnd_check CHECK ((back_value_vnd >= 0));

ALTER TABLE monitor.told_pairs ADD CONSTRAINT told_pairs_book_fkey FOREIGN KEY (book) REFERENCES monitor.figure_books(book);

ALTER TABLE monitor.unpublished ADD CONSTRAINT unpublished_book_fkey FOREIGN KEY (book) REFERENCES monitor.figure_books(book);

ALTER TABLE monitor.unpublished ADD CONSTRAINT unpublished_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric));

ALTER TABLE monitor.unpublished ADD CONSTRAINT unpublished_once PRIMARY KEY (book, product_line, dried, unit, month, commune, producer_id, buyer_id, offer_id);

ALTER TABLE monitor.unpublished ADD CONSTRAINT unpublished_product_line_fkey FOREIGN KEY (product_line) REFERENCES reference.product_lines(code);

ALTER TABLE monitor.watch_reasons ADD CONSTRAINT watch_reasons_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE monitor.watch_reasons ADD CONSTRAINT watch_reasons_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE monitor.watch_reasons ADD CONSTRAINT watch_reasons_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE monitor.watch_reasons ADD CONSTRAINT watch_reasons_pkey PRIMARY KEY (code);

ALTER TABLE monitor.watch_reasons ADD CONSTRAINT watch_reasons_position_key UNIQUE ("position");

ALTER TABLE monitor.watch_rules ADD CONSTRAINT watch_rules_cases_check CHECK ((cases > 0));

ALTER TABLE monitor.watch_rules ADD CONSTRAINT watch_rules_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE monitor.watch_rules ADD CONSTRAINT watch_rules_kind_check CHECK ((kind = ANY (ARRAY['producer'::text, 'buyer'::text])));

ALTER TABLE monitor.watch_rules ADD CONSTRAINT watch_rules_permille_check CHECK (((permille >= 1) AND (permille <= 1000)));

ALTER TABLE monitor.watch_rules ADD CONSTRAINT watch_rules_pkey PRIMARY KEY (code);

ALTER TABLE monitor.watch_rules ADD CONSTRAINT watch_rules_quiet_days_check CHECK ((quiet_days > 0));

ALTER TABLE monitor.watch_rules ADD CONSTRAINT watch_rules_reason_fkey FOREIGN KEY (reason) REFERENCES monitor.watch_reasons(code);

ALTER TABLE monitor.watch_steps ADD CONSTRAINT watch_steps_n_check CHECK ((n > 0));

ALTER TABLE monitor.watch_steps ADD CONSTRAINT watch_steps_pkey PRIMARY KEY (watch_id, n);

ALTER TABLE monitor.watch_steps ADD CONSTRAINT watch_steps_watch_id_fkey FOREIGN KEY (watch_id) REFERENCES monitor.watches(id);

ALTER TABLE monitor.watches ADD CONSTRAINT watches_explained CHECK (((state = ANY (ARRAY['proposed'::text, 'dismissed'::text])) OR ((text <> ''::text) AND (review_on IS NOT NULL))));

ALTER TABLE monitor.watches ADD CONSTRAINT watches_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE monitor.watches ADD CONSTRAINT watches_pkey PRIMARY KEY (id);

ALTER TABLE monitor.watches ADD CONSTRAINT watches_reason_fkey FOREIGN KEY (reason) REFERENCES monitor.watch_reasons(code);

ALTER TABLE monitor.watches ADD CONSTRAINT watches_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'watched'::text, 'dismissed'::text, 'ended'::text])));

ALTER TABLE notify.followed ADD CONSTRAINT followed_pkey PRIMARY KEY (trail);

ALTER TABLE notify.followed ADD CONSTRAINT followed_seq_check CHECK ((seq >= 0));

ALTER TABLE notify.kinds ADD CONSTRAINT kinds_audience_check CHECK ((audience = ANY (ARRAY['holder'::text, 'buyer'::text, 'producer'::text, 'party'::text, 'authority'::text])));

ALTER TABLE notify.kinds ADD CONSTRAINT kinds_pkey PRIMARY KEY (code);

ALTER TABLE notify.kinds ADD CONSTRAINT kinds_text_en_check CHECK ((text_en <> ''::text));

ALTER TABLE notify.kinds ADD CONSTRAINT kinds_text_vi_check CHECK ((text_vi <> ''::text));

ALTER TABLE notify.kinds ADD CONSTRAINT kinds_title_en_check CHECK ((title_en <> ''::text));

ALTER TABLE notify.kinds ADD CONSTRAINT kinds_title_vi_check CHECK ((title_vi <> ''::text));

ALTER TABLE notify.notices ADD CONSTRAINT notices_kind_fkey FOREIGN KEY (kind) REFERENCES notify.kinds(code);

ALTER TABLE notify.notices ADD CONSTRAINT notices_once UNIQUE (organisation_id, once);

ALTER TABLE notify.notices ADD CONSTRAINT notices_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE notify.notices ADD CONSTRAINT notices_pkey PRIMARY KEY (id);

ALTER TABLE reference.buyer_system_brands ADD CONSTRAINT buyer_system_brands_brand_check CHECK ((brand <> ''::text));

ALTER TABLE reference.buyer_system_brands ADD CONSTRAINT buyer_system_brands_pkey PRIMARY KEY (system, brand);

ALTER TABLE reference.buyer_system_brands ADD CONSTRAINT buyer_system_brands_system_fkey FOREIGN KEY (system) REFERENCES reference.buyer_systems(code);

ALTER TABLE reference.buyer_systems ADD CONSTRAINT buyer_systems_code_check CHECK ((code ~ '^[a-z0-9-]+$'::text));

ALTER TABLE reference.buyer_systems ADD CONSTRAINT buyer_systems_kind_check CHECK ((kind = ANY (ARRAY['supermarket_chain'::text, 'hypermarket'::text, 'wholesale'::text, 'minimart_chain'::text, 'convenience_chain'::text])));

ALTER TABLE reference.buyer_systems ADD CONSTRAINT buyer_systems_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.buyer_systems ADD CONSTRAINT buyer_systems_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.buyer_systems ADD CONSTRAINT buyer_systems_pkey PRIMARY KEY (code);

ALTER TABLE reference.claim_needs ADD CONSTRAINT claim_needs_any_of_check CHECK ((cardinality(any_of) > 0));

ALTER TABLE reference.claim_needs ADD CONSTRAINT claim_needs_n_check CHECK ((n > 0));

ALTER TABLE reference.claim_needs ADD CONSTRAINT claim_needs_pkey PRIMARY KEY (rule, n);

ALTER TABLE reference.claim_needs ADD CONSTRAINT claim_needs_rule_fkey FOREIGN KEY (rule) REFERENCES reference.claim_rules(code);

ALTER TABLE reference.claim_rules ADD CONSTRAINT claim_rules_check CHECK ((valid_to >= valid_from));

ALTER TABLE reference.claim_rules ADD CONSTRAINT claim_rules_pkey PRIMARY KEY (code);

ALTER TABLE reference.claim_rules ADD CONSTRAINT claim_rules_scheme_fkey FOREIGN KEY (scheme) REFERENCES reference.schemes(code);

ALTER TABLE reference.claim_rules ADD CONSTRAINT claim_rules_scopes_check CHECK ((cardinality(scopes) > 0));

ALTER TABLE reference.claim_rules ADD CONSTRAINT claim_rules_source_check CHECK ((source <> ''::text));

ALTER TABLE reference.commune_former_districts ADD CONSTRAINT commune_former_districts_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE reference.commune_former_districts ADD CONSTRAINT commune_former_districts_former_district_fkey FOREIGN KEY (former_district) REFERENCES reference.former_districts(code);

ALTER TABLE reference.commune_former_districts ADD CONSTRAINT commune_former_districts_pkey PRIMARY KEY (commune, former_district);

ALTER TABLE reference.communes ADD CONSTRAINT communes_code_check CHECK ((code ~ '^[0-9]{5}$'::text));

ALTER TABLE reference.communes ADD CONSTRAINT communes_kind_check CHECK ((kind = ANY (ARRAY['ward'::text, 'commune'::text, 'special_zone'::text])));

ALTER TABLE reference.communes ADD CONSTRAINT communes_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.communes ADD CONSTRAINT communes_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.communes ADD CONSTRAINT communes_pkey PRIMARY KEY (code);

ALTER TABLE reference.communes ADD CONSTRAINT communes_province_fkey FOREIGN KEY (province) REFERENCES reference.provinces(code);

ALTER TABLE reference.decision_reasons ADD CONSTRAINT decision_reasons_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE reference.decision_reasons ADD CONSTRAINT decision_reasons_decision_check CHECK ((decision = ANY (ARRAY['rejected'::text, 'revoked'::text])));

ALTER TABLE reference.decision_reasons ADD CONSTRAINT decision_reasons_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.decision_reasons ADD CONSTRAINT decision_reasons_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.decision_reasons ADD CONSTRAINT decision_reasons_pkey PRIMARY KEY (code);

ALTER TABLE reference.former_districts ADD CONSTRAINT former_districts_code_check CHECK ((code ~ '^[a-z0-9-]+$'::text));

ALTER TABLE reference.former_districts ADD CONSTRAINT former_districts_former_province_check CHECK ((former_province <> ''::text));

ALTER TABLE reference.former_districts ADD CONSTRAINT former_districts_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.former_districts ADD CONSTRAINT former_districts_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.former_districts ADD CONSTRAINT former_districts_pkey PRIMARY KEY (code);

ALTER TABLE reference.forms ADD CONSTRAINT forms_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE reference.forms ADD CONSTRAINT forms_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.forms ADD CONSTRAINT forms_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.forms ADD CONSTRAINT forms_pkey PRIMARY KEY (code);

ALTER TABLE reference.forms ADD CONSTRAINT forms_state_check CHECK ((state = ANY (ARRAY['live'::text, 'fresh'::text, 'cooked'::text, 'frozen'::text, 'dried'::text, 'ambient'::text, 'service'::text])));

ALTER TABLE reference.grade_choices ADD CONSTRAINT grade_choices_choice_check CHECK ((choice ~ '^[a-z_]+$'::text));

ALTER TABLE reference.grade_choices ADD CONSTRAINT grade_choices_line_field_fkey FOREIGN KEY (line, field) REFERENCES reference.line_grade_fields(line, field) ON DELETE CASCADE;

ALTER TABLE reference.grade_choices ADD CONSTRAINT grade_choices_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.grade_choices ADD CONSTRAINT grade_choices_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.grade_choices ADD CONSTRAINT grade_choices_pkey PRIMARY KEY (line, field, choice);

ALTER TABLE reference.grade_fields ADD CONSTRAINT grade_fields_code_check CHECK ((code ~ '^[a-z0-9_]+$'::text));

ALTER TABLE reference.grade_fields ADD CONSTRAINT grade_fields_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.grade_fields ADD CONSTRAINT grade_fields_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.grade_fields ADD CONSTRAINT grade_fields_pkey PRIMARY KEY (code);

ALTER TABLE reference.grade_fields ADD CONSTRAINT grade_fields_range CHECK (
CASE
    WHEN (type = ANY (ARRAY['int'::text, 'decimal'::text])) THEN ((least_thousandths IS NOT NULL) AND (most_thousandths IS NOT NULL) AND (least_thousandths <= most_thousandths))
    ELSE ((least_thousandths IS NULL) AND (most_thousandths IS NULL))
END);

ALTER TABLE reference.grade_fields ADD CONSTRAINT grade_fields_type_check CHECK ((type = ANY (ARRAY['int'::text, 'decimal'::text, 'text'::text, 'choice'::text])));

ALTER TABLE reference.line_forms ADD CONSTRAINT line_forms_form_fkey FOREIGN KEY (form) REFERENCES reference.forms(code);

ALTER TABLE reference.line_forms ADD CONSTRAINT line_forms_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE reference.line_forms ADD CONSTRAINT line_forms_pkey PRIMARY KEY (line, form);

ALTER TABLE reference.line_grade_fields ADD CONSTRAINT line_grade_fields_field_fkey FOREIGN KEY (field) REFERENCES reference.grade_fields(code);

ALTER TABLE reference.line_grade_fields ADD CONSTRAINT line_grade_fields_form_state_check CHECK ((form_state = ANY (ARRAY['live'::text, 'fresh'::text, 'cooked'::text, 'frozen'::text, 'dried'::text, 'ambient'::text, 'service'::text])));

ALTER TABLE reference.line_grade_fields ADD CONSTRAINT line_grade_fields_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE reference.line_grade_fields ADD CONSTRAINT line_grade_fields_pkey PRIMARY KEY (line, field);

ALTER TABLE reference.line_synonyms ADD CONSTRAINT line_synonyms_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE reference.line_synonyms ADD CONSTRAINT line_synonyms_pkey PRIMARY KEY (line, synonym);

ALTER TABLE reference.line_synonyms ADD CONSTRAINT line_synonyms_synonym_check CHECK ((synonym <> ''::text));

ALTER TABLE reference.ocop_groups ADD CONSTRAINT ocop_groups_code_check CHECK ((code ~ '^[a-z-]+$'::text));

ALTER TABLE reference.ocop_groups ADD CONSTRAINT ocop_groups_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.ocop_groups ADD CONSTRAINT ocop_groups_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.ocop_groups ADD CONSTRAINT ocop_groups_pkey PRIMARY KEY (code);

ALTER TABLE reference.ocop_issuers ADD CONSTRAINT ocop_issuers_check CHECK ((decided_to >= decided_from));

ALTER TABLE reference.ocop_issuers ADD CONSTRAINT ocop_issuers_issuer_check CHECK ((issuer = ANY (ARRAY['district'::text, 'province'::text, 'ministry'::text])));

ALTER TABLE reference.ocop_issuers ADD CONSTRAINT ocop_issuers_pkey PRIMARY KEY (code);

ALTER TABLE reference.ocop_issuers ADD CONSTRAINT ocop_issuers_stars_check CHECK (((stars >= 3) AND (stars <= 5)));

ALTER TABLE reference.product_lines ADD CONSTRAINT product_lines_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE reference.product_lines ADD CONSTRAINT product_lines_live_quote_hours_check CHECK ((live_quote_hours > 0));

ALTER TABLE reference.product_lines ADD CONSTRAINT product_lines_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.product_lines ADD CONSTRAINT product_lines_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.product_lines ADD CONSTRAINT product_lines_ocop_group_fkey FOREIGN KEY (ocop_group) REFERENCES reference.ocop_groups(code);

ALTER TABLE reference.product_lines ADD CONSTRAINT product_lines_pkey PRIMARY KEY (code);

ALTER TABLE reference.product_lines ADD CONSTRAINT product_lines_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE reference.provinces ADD CONSTRAINT provinces_code_check CHECK ((code ~ '^[0-9]{2}$'::text));

ALTER TABLE reference.provinces ADD CONSTRAINT provinces_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.provinces ADD CONSTRAINT provinces_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.provinces ADD CONSTRAINT provinces_pkey PRIMARY KEY (code);

ALTER TABLE reference.reference_prices ADD CONSTRAINT reference_prices_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE reference.reference_prices ADD CONSTRAINT reference_prices_pkey PRIMARY KEY (published_on, subject, grade, stage, source);

ALTER TABLE reference.reference_prices ADD CONSTRAINT reference_prices_price_min_vnd_check CHECK ((price_min_vnd > 0));

ALTER TABLE reference.reference_prices ADD CONSTRAINT reference_prices_range CHECK ((price_min_vnd <= price_max_vnd));

ALTER TABLE reference.reference_prices ADD CONSTRAINT reference_prices_source_check CHECK ((source <> ''::text));

ALTER TABLE reference.reference_prices ADD CONSTRAINT reference_prices_stage_check CHECK ((stage <> ''::text));

ALTER TABLE reference.reference_prices ADD CONSTRAINT reference_prices_subject_check CHECK ((subject <> ''::text));

ALTER TABLE reference.scheme_scopes ADD CONSTRAINT scheme_scopes_pkey PRIMARY KEY (scheme, scope);

ALTER TABLE reference.scheme_scopes ADD CONSTRAINT scheme_scopes_scheme_fkey FOREIGN KEY (scheme) REFERENCES reference.schemes(code);

ALTER TABLE reference.scheme_scopes ADD CONSTRAINT scheme_scopes_scope_check CHECK ((scope = ANY (ARRAY['organisation'::text, 'facility'::text, 'farm_area'::text, 'group'::text, 'product'::text, 'chain_of_custody'::text, 'brand_right'::text])));

ALTER TABLE reference.scheme_stars ADD CONSTRAINT scheme_stars_check CHECK ((points_below > points_from));

ALTER TABLE reference.scheme_stars ADD CONSTRAINT scheme_stars_check1 CHECK ((valid_to >= valid_from));

ALTER TABLE reference.scheme_stars ADD CONSTRAINT scheme_stars_pkey PRIMARY KEY (code);

ALTER TABLE reference.scheme_stars ADD CONSTRAINT scheme_stars_points_from_check CHECK ((points_from >= 0));

ALTER TABLE reference.scheme_stars ADD CONSTRAINT scheme_stars_scheme_fkey FOREIGN KEY (scheme) REFERENCES reference.schemes(code);

ALTER TABLE reference.scheme_stars ADD CONSTRAINT scheme_stars_source_check CHECK ((source <> ''::text));

ALTER TABLE reference.scheme_stars ADD CONSTRAINT scheme_stars_stars_check CHECK (((stars >= 1) AND (stars <= 5)));

ALTER TABLE reference.scheme_terms ADD CONSTRAINT scheme_terms_check CHECK ((valid_to >= valid_from));

ALTER TABLE reference.scheme_terms ADD CONSTRAINT scheme_terms_check1 CHECK (((NOT validity_enforced) OR (validity_months IS NOT NULL)));

ALTER TABLE reference.scheme_terms ADD CONSTRAINT scheme_terms_pkey PRIMARY KEY (code);

ALTER TABLE reference.scheme_terms ADD CONSTRAINT scheme_terms_scheme_fkey FOREIGN KEY (scheme) REFERENCES reference.schemes(code);

ALTER TABLE reference.scheme_terms ADD CONSTRAINT scheme_terms_source_check CHECK ((source <> ''::text));

ALTER TABLE reference.scheme_terms ADD CONSTRAINT scheme_terms_surveillance_months_check CHECK ((surveillance_months > 0));

ALTER TABLE reference.scheme_terms ADD CONSTRAINT scheme_terms_validity_months_check CHECK ((validity_months > 0));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_check CHECK ((claim_needs <> code));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_claim_needs_fkey FOREIGN KEY (claim_needs) REFERENCES reference.schemes(code);

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_code_check CHECK ((code ~ '^[A-Z0-9_]+$'::text));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_kind_check CHECK ((kind = ANY (ARRAY['national_programme'::text, 'farm'::text, 'chain_of_custody'::text, 'organic'::text, 'food_safety'::text, 'religious'::text, 'geographical_indication'::text, 'brand_right'::text, 'retailer_programme'::text])));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_number_check_check CHECK ((number_check = ANY (ARRAY[''::text, 'gs1'::text])));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_pkey PRIMARY KEY (code);

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_surveillance_months_check CHECK ((surveillance_months > 0));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_validity_months_check CHECK ((validity_months > 0));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_warn_days_check CHECK ((warn_days > 0));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_warn_days_least_check CHECK ((warn_days_least > 0));

ALTER TABLE reference.schemes ADD CONSTRAINT schemes_warned_in_time CHECK ((warn_days >= warn_days_least));

ALTER TABLE reference.scope_kinds ADD CONSTRAINT scope_kinds_code_check CHECK ((code = ANY (ARRAY['organisation'::text, 'facility'::text, 'farm_area'::text, 'group'::text, 'product'::text, 'chain_of_custody'::text, 'brand_right'::text])));

ALTER TABLE reference.scope_kinds ADD CONSTRAINT scope_kinds_for_en_check CHECK ((for_en <> ''::text));

ALTER TABLE reference.scope_kinds ADD CONSTRAINT scope_kinds_for_vi_check CHECK ((for_vi <> ''::text));

ALTER TABLE reference.scope_kinds ADD CONSTRAINT scope_kinds_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.scope_kinds ADD CONSTRAINT scope_kinds_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.scope_kinds ADD CONSTRAINT scope_kinds_pkey PRIMARY KEY (code);

ALTER TABLE reference.season_months ADD CONSTRAINT season_months_level_check CHECK ((level = ANY (ARRAY['none'::text, 'some'::text, 'high'::text])));

ALTER TABLE reference.season_months ADD CONSTRAINT season_months_line_qualifier_fkey FOREIGN KEY (line, qualifier) REFERENCES reference.seasons(line, qualifier) ON DELETE CASCADE;

ALTER TABLE reference.season_months ADD CONSTRAINT season_months_month_check CHECK (((month >= 1) AND (month <= 12)));

ALTER TABLE reference.season_months ADD CONSTRAINT season_months_pkey PRIMARY KEY (line, qualifier, month);

ALTER TABLE reference.seasons ADD CONSTRAINT seasons_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE reference.seasons ADD CONSTRAINT seasons_pkey PRIMARY KEY (line, qualifier);

ALTER TABLE reference.source_rules ADD CONSTRAINT source_rules_demand_check CHECK ((demand = ANY (ARRAY['required'::text, 'free'::text])));

ALTER TABLE reference.source_rules ADD CONSTRAINT source_rules_legal_form_check CHECK ((legal_form ~ '^[a-z_]+$'::text));

ALTER TABLE reference.source_rules ADD CONSTRAINT source_rules_pkey PRIMARY KEY (legal_form, effective_from);

ALTER TABLE reference.source_rules ADD CONSTRAINT source_rules_source_check CHECK ((source <> ''::text));

ALTER TABLE reference.tides ADD CONSTRAINT tides_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE reference.tides ADD CONSTRAINT tides_days_after_check CHECK (((days_after >= 0) AND (days_after <= 7)));

ALTER TABLE reference.tides ADD CONSTRAINT tides_days_before_check CHECK (((days_before >= 0) AND (days_before <= 7)));

ALTER TABLE reference.tides ADD CONSTRAINT tides_lunar_day_check CHECK (((lunar_day >= 1) AND (lunar_day <= 30)));

ALTER TABLE reference.tides ADD CONSTRAINT tides_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.tides ADD CONSTRAINT tides_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.tides ADD CONSTRAINT tides_pkey PRIMARY KEY (code, effective_from);

ALTER TABLE reference.tides ADD CONSTRAINT tides_source_check CHECK ((source <> ''::text));

ALTER TABLE reference.units ADD CONSTRAINT units_code_check CHECK ((code ~ '^[a-z]+$'::text));

ALTER TABLE reference.units ADD CONSTRAINT units_measure_check CHECK ((measure = ANY (ARRAY['mass'::text, 'volume'::text, 'count'::text, 'person'::text])));

ALTER TABLE reference.units ADD CONSTRAINT units_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE reference.units ADD CONSTRAINT units_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE reference.units ADD CONSTRAINT units_pkey PRIMARY KEY (code);

ALTER TABLE reference.units ADD CONSTRAINT units_weighed_is_mass CHECK ((weighed = (measure = 'mass'::text)));

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_form_fkey FOREIGN KEY (form) REFERENCES reference.forms(code);

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_memorandum_id_version_fkey FOREIGN KEY (memorandum_id, version) REFERENCES trade.amendments(memorandum_id, version);

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_n_check CHECK ((n > 0));

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_pkey PRIMARY KEY (memorandum_id, version, n);

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_quantity_check CHECK ((quantity > 0));

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_value_vnd_check CHECK ((value_vnd > 0));

ALTER TABLE trade.amendment_lines ADD CONSTRAINT amendment_lines_weight_check CHECK ((weight > 0));

ALTER TABLE trade.amendment_outcomes ADD CONSTRAINT amendment_decided_once PRIMARY KEY (memorandum_id, version);

ALTER TABLE trade.amendment_outcomes ADD CONSTRAINT amendment_outcomes_actor_check CHECK ((actor = ANY (ARRAY['producer'::text, 'buyer'::text, 'official'::text])));

ALTER TABLE trade.amendment_outcomes ADD CONSTRAINT amendment_outcomes_memorandum_id_version_fkey FOREIGN KEY (memorandum_id, version) REFERENCES trade.amendments(memorandum_id, version);

ALTER TABLE trade.amendment_outcomes ADD CONSTRAINT amendment_outcomes_outcome_check CHECK ((outcome = ANY (ARRAY['agreed'::text, 'refused'::text, 'withdrawn'::text])));

ALTER TABLE trade.amendments ADD CONSTRAINT amendments_actor_check CHECK ((actor = ANY (ARRAY['producer'::text, 'buyer'::text, 'official'::text])));

ALTER TABLE trade.amendments ADD CONSTRAINT amendments_at_most CHECK (((version >= 2) AND (version <= 100)));

ALTER TABLE trade.amendments ADD CONSTRAINT amendments_memorandum_id_fkey FOREIGN KEY (memorandum_id) REFERENCES trade.memoranda(id);

ALTER TABLE trade.amendments ADD CONSTRAINT amendments_pkey PRIMARY KEY (memorandum_id, version);

ALTER TABLE trade.amendments ADD CONSTRAINT amendments_term CHECK ((term_to >= term_from));

ALTER TABLE trade.channels ADD CONSTRAINT channels_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE trade.channels ADD CONSTRAINT channels_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE trade.channels ADD CONSTRAINT channels_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE trade.channels ADD CONSTRAINT channels_pkey PRIMARY KEY (code);

ALTER TABLE trade.declarations ADD CONSTRAINT declaration_replaced_once UNIQUE (replaces);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_channel_fkey FOREIGN KEY (channel) REFERENCES trade.channels(code);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_declared_as_check CHECK ((declared_as = ANY (ARRAY['producer'::text, 'official'::text])));

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_form_fkey FOREIGN KEY (form) REFERENCES reference.forms(code);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_memorandum_id_fkey FOREIGN KEY (memorandum_id) REFERENCES trade.memoranda(id);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric));

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_pkey PRIMARY KEY (id);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_quantity_check CHECK ((quantity >= 0));

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_replaces_fkey FOREIGN KEY (replaces) REFERENCES trade.declarations(id);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_source CHECK (((declared_as = 'producer'::text) OR (source <> ''::text)));

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_unit_weight_check CHECK ((unit_weight > 0));

ALTER TABLE trade.declarations ADD CONSTRAINT declarations_weight_check CHECK ((weight >= 0));

ALTER TABLE trade.event_kinds ADD CONSTRAINT event_kinds_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE trade.event_kinds ADD CONSTRAINT event_kinds_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE trade.event_kinds ADD CONSTRAINT event_kinds_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE trade.event_kinds ADD CONSTRAINT event_kinds_pkey PRIMARY KEY (code);

ALTER TABLE trade.event_steps ADD CONSTRAINT event_steps_event_id_fkey FOREIGN KEY (event_id) REFERENCES trade.events(id);

ALTER TABLE trade.event_steps ADD CONSTRAINT event_steps_n_check CHECK ((n > 0));

ALTER TABLE trade.event_steps ADD CONSTRAINT event_steps_pkey PRIMARY KEY (event_id, n);

ALTER TABLE trade.events ADD CONSTRAINT events_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE trade.events ADD CONSTRAINT events_dates CHECK ((ends_on >= starts_on));

ALTER TABLE trade.events ADD CONSTRAINT events_kind_fkey FOREIGN KEY (kind) REFERENCES trade.event_kinds(code);

ALTER TABLE trade.events ADD CONSTRAINT events_name_check CHECK ((name <> ''::text));

ALTER TABLE trade.events ADD CONSTRAINT events_organiser_id_fkey FOREIGN KEY (organiser_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.events ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE trade.events ADD CONSTRAINT events_place CHECK (((commune IS NOT NULL) OR (place <> ''::text)));

ALTER TABLE trade.events ADD CONSTRAINT events_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'announced'::text, 'held'::text, 'cancelled'::text])));

ALTER TABLE trade.meeting_seats ADD CONSTRAINT meeting_seats_event_id_meeting_id_fkey FOREIGN KEY (event_id, meeting_id) REFERENCES trade.meetings(event_id, id);

ALTER TABLE trade.meeting_seats ADD CONSTRAINT meeting_seats_pkey PRIMARY KEY (meeting_id, participant_id);

ALTER TABLE trade.meeting_seats ADD CONSTRAINT nobody_in_two_meetings EXCLUDE USING gist (participant_id WITH =, during WITH &&) WHERE (stands);

ALTER TABLE trade.meeting_seats ADD CONSTRAINT seat_of_a_participant FOREIGN KEY (event_id, participant_id) REFERENCES trade.participants(event_id, id);

ALTER TABLE trade.meetings ADD CONSTRAINT meetings_event_id_fkey FOREIGN KEY (event_id) REFERENCES trade.events(id);

ALTER TABLE trade.meetings ADD CONSTRAINT meetings_of_event UNIQUE (event_id, id);

ALTER TABLE trade.meetings ADD CONSTRAINT meetings_pkey PRIMARY KEY (id);

ALTER TABLE trade.meetings ADD CONSTRAINT meetings_times CHECK ((ends_at > starts_at));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_agreed CHECK (((state <> ALL (ARRAY['confirmed'::text, 'ended'::text])) OR (((producer_id IS NULL) OR (producer_agreed_at IS NOT NULL)) AND ((buyer_id IS NULL) OR (buyer_agreed_at IS NOT NULL)) AND (num_nonnulls(producer_id, buyer_id) > 0))));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_buyer CHECK (((buyer_id IS NULL) = (buyer_name <> ''::text)));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_ended CHECK (((state = 'ended'::text) = (ended_on IS NOT NULL)));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_event_id_fkey FOREIGN KEY (event_id) REFERENCES trade.events(id);

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_pkey PRIMARY KEY (id);

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_producer CHECK (((producer_id IS NULL) = (producer_name <> ''::text)));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_producer_id_fkey FOREIGN KEY (producer_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_proposed CHECK ((proposed > terms));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_recorded_as_check CHECK ((recorded_as = ANY (ARRAY['producer'::text, 'buyer'::text, 'official'::text])));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_state_check CHECK ((state = ANY (ARRAY['recorded'::text, 'confirmed'::text, 'contested'::text, 'ended'::text, 'withdrawn'::text])));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_term CHECK ((term_to >= term_from));

ALTER TABLE trade.memoranda ADD CONSTRAINT memoranda_terms_check CHECK ((terms > 0));

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_form_fkey FOREIGN KEY (form) REFERENCES reference.forms(code);

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_memorandum_id_fkey FOREIGN KEY (memorandum_id) REFERENCES trade.memoranda(id);

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_n_check CHECK ((n > 0));

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_pkey PRIMARY KEY (memorandum_id, n);

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_quantity_check CHECK ((quantity > 0));

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_value_vnd_check CHECK ((value_vnd > 0));

ALTER TABLE trade.memorandum_lines ADD CONSTRAINT memorandum_lines_weight_check CHECK ((weight > 0));

ALTER TABLE trade.memorandum_links ADD CONSTRAINT inquiry_of_one_memorandum UNIQUE (inquiry_id);

ALTER TABLE trade.memorandum_links ADD CONSTRAINT memorandum_links_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry.inquiries(id);

ALTER TABLE trade.memorandum_links ADD CONSTRAINT memorandum_links_memorandum_id_fkey FOREIGN KEY (memorandum_id) REFERENCES trade.memoranda(id);

ALTER TABLE trade.memorandum_links ADD CONSTRAINT memorandum_links_pkey PRIMARY KEY (memorandum_id, inquiry_id);

ALTER TABLE trade.memorandum_steps ADD CONSTRAINT memorandum_steps_actor_check CHECK ((actor = ANY (ARRAY['producer'::text, 'buyer'::text, 'official'::text])));

ALTER TABLE trade.memorandum_steps ADD CONSTRAINT memorandum_steps_memorandum_id_fkey FOREIGN KEY (memorandum_id) REFERENCES trade.memoranda(id);

ALTER TABLE trade.memorandum_steps ADD CONSTRAINT memorandum_steps_n_check CHECK ((n > 0));

ALTER TABLE trade.memorandum_steps ADD CONSTRAINT memorandum_steps_pkey PRIMARY KEY (memorandum_id, n);

ALTER TABLE trade.participants ADD CONSTRAINT booth_area_of_a_booth CHECK (((booth IS NOT NULL) OR (booth_area IS NULL)));

ALTER TABLE trade.participants ADD CONSTRAINT booth_once UNIQUE (event_id, booth);

ALTER TABLE trade.participants ADD CONSTRAINT participant_named CHECK (((organisation_id IS NULL) = (name <> ''::text)));

ALTER TABLE trade.participants ADD CONSTRAINT participant_once UNIQUE (event_id, organisation_id);

ALTER TABLE trade.participants ADD CONSTRAINT participants_attendance_check CHECK ((attendance = ANY (ARRAY['invited'::text, 'registered'::text, 'attended'::text, 'declined'::text])));

ALTER TABLE trade.participants ADD CONSTRAINT participants_booth_area_check CHECK ((booth_area > 0));

ALTER TABLE trade.participants ADD CONSTRAINT participants_booth_check CHECK ((booth <> ''::text));

ALTER TABLE trade.participants ADD CONSTRAINT participants_event_id_fkey FOREIGN KEY (event_id) REFERENCES trade.events(id);

ALTER TABLE trade.participants ADD CONSTRAINT participants_of_event UNIQUE (event_id, id);

ALTER TABLE trade.participants ADD CONSTRAINT participants_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.participants ADD CONSTRAINT participants_pkey PRIMARY KEY (id);

ALTER TABLE trade.programme_kinds ADD CONSTRAINT programme_kinds_code_check CHECK ((code ~ '^[a-z_]+$'::text));

ALTER TABLE trade.programme_kinds ADD CONSTRAINT programme_kinds_name_en_check CHECK ((name_en <> ''::text));

ALTER TABLE trade.programme_kinds ADD CONSTRAINT programme_kinds_name_vi_check CHECK ((name_vi <> ''::text));

ALTER TABLE trade.programme_kinds ADD CONSTRAINT programme_kinds_pkey PRIMARY KEY (code);

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_commune_once EXCLUDE USING gist (programme_id WITH =, commune WITH =, during WITH &&);

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_member_is_one CHECK (((num_nonnulls(organisation_id, commune) = 1) AND ((commune IS NULL) OR (side = 'producers'::text))));

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_members_commune_fkey FOREIGN KEY (commune) REFERENCES reference.communes(code);

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_members_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during))));

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_members_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_members_pkey PRIMARY KEY (id);

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_members_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES trade.programmes(id);

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_members_side_check CHECK ((side = ANY (ARRAY['producers'::text, 'buyers'::text])));

ALTER TABLE trade.programme_members ADD CONSTRAINT programme_organisation_once EXCLUDE USING gist (programme_id WITH =, organisation_id WITH =, during WITH &&);

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_target_once EXCLUDE USING gist (programme_id WITH =, COALESCE(organisation_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, line WITH =, COALESCE(form, ''::text) WITH =, (
CASE
    WHEN (weight IS NULL) THEN unit
    ELSE 'kg'::text
END) WITH =, during WITH &&) WHERE ((withdrawn_at IS NULL));

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during))));

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_form_fkey FOREIGN KEY (form) REFERENCES reference.forms(code);

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_line_fkey FOREIGN KEY (line) REFERENCES reference.product_lines(code);

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_pkey PRIMARY KEY (id);

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES trade.programmes(id);

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_quantity_check CHECK ((quantity > 0));

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_unit_fkey FOREIGN KEY (unit) REFERENCES reference.units(code);

ALTER TABLE trade.programme_targets ADD CONSTRAINT programme_targets_weight_check CHECK ((weight > 0));

ALTER TABLE trade.programmes ADD CONSTRAINT programmes_counts_check CHECK ((counts = ANY (ARRAY['producers'::text, 'buyers'::text, 'both'::text])));

ALTER TABLE trade.programmes ADD CONSTRAINT programmes_kind_fkey FOREIGN KEY (kind) REFERENCES trade.programme_kinds(code);

ALTER TABLE trade.programmes ADD CONSTRAINT programmes_name_check CHECK ((name <> ''::text));

ALTER TABLE trade.programmes ADD CONSTRAINT programmes_organiser_id_fkey FOREIGN KEY (organiser_id) REFERENCES identity.organisations(id);

ALTER TABLE trade.programmes ADD CONSTRAINT programmes_pkey PRIMARY KEY (id);

CREATE INDEX certificate_members_producer ON catalog.certificate_members USING btree (producer_id) WHERE (producer_id IS NOT NULL);

CREATE INDEX certificate_products_product ON catalog.certificate_products USING btree (product_id);

CREATE INDEX certificates_by_number ON catalog.certificates USING btree (scheme, upper(number));

CREATE INDEX certificates_counting ON catalog.certificates USING btree (producer_id) WHERE (verified_on IS NOT NULL);

CREATE INDEX certificates_created ON catalog.certificates USING btree (created_at DESC, id DESC);

CREATE INDEX certificates_ending ON catalog.certificates USING btree (valid_until) WHERE ((state = 'verified'::text) AND (valid_until IS NOT NULL));

CREATE UNIQUE INDEX certificates_number_key ON catalog.certificates USING btree (scheme, upper(number), producer_id, issued_on) WHERE (state = ANY (ARRAY['submitted'::text, 'verified'::text]));

CREATE INDEX certificates_producer ON catalog.certificates USING btree (producer_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX certificates_renews_key ON catalog.certificates USING btree (renews_id) WHERE ((renews_id IS NOT NULL) AND (state = ANY (ARRAY['submitted'::text, 'verified'::text])));

CREATE INDEX certificates_verified ON catalog.certificates USING btree (producer_id, scheme) WHERE (state = 'verified'::text);

CREATE INDEX certificates_waiting ON catalog.certificates USING btree (created_at, id) WHERE (state = 'submitted'::text);

CREATE INDEX lot_sources_organisation ON catalog.lot_sources USING btree (organisation_id) WHERE (organisation_id IS NOT NULL);

CREATE INDEX lots_code ON catalog.lots USING btree (producer_id, code);

CREATE INDEX lots_product ON catalog.lots USING btree (product_id, created_at DESC, id DESC);

CREATE INDEX offer_series_producer ON catalog.offer_series USING btree (producer_id, created_at DESC, id DESC);

CREATE INDEX offer_series_product ON catalog.offer_series USING btree (product_id);

CREATE INDEX offers_available ON catalog.offers USING btree (available_to, available_from);

CREATE UNIQUE INDEX offers_once_in_a_series ON catalog.offers USING btree (series_id, series_on) WHERE ((series_id IS NOT NULL) AND (state = 'open'::text));

CREATE INDEX offers_open ON catalog.offers USING btree (available_to, available_from) INCLUDE (product_id, producer_id) WHERE (state = 'open'::text);

CREATE INDEX offers_producer ON catalog.offers USING btree (producer_id, created_at DESC, id DESC);

CREATE INDEX offers_product ON catalog.offers USING btree (product_id, available_from, id);

CREATE INDEX offers_series ON catalog.offers USING btree (series_id, series_on) WHERE (series_id IS NOT NULL);

CREATE INDEX products_by_line ON catalog.products USING btree (line, published_at DESC, id DESC) WHERE (state = 'published'::text);

CREATE INDEX products_by_name ON catalog.products USING btree (name COLLATE "vi-x-icu", id) WHERE (state = 'published'::text);

CREATE UNIQUE INDEX products_gtin_published_key ON catalog.products USING btree (lpad(gtin, 14, '0'::text)) WHERE ((state = 'published'::text) AND (gtin IS NOT NULL) AND (NOT gtin_shared));

CREATE INDEX products_newest ON catalog.products USING btree (published_at DESC, id DESC) WHERE (state = 'published'::text);

CREATE INDEX products_own_name ON catalog.products USING btree (producer_id, lower(name));

CREATE INDEX products_producer ON catalog.products USING btree (producer_id, created_at DESC, id DESC);

CREATE INDEX products_search ON catalog.products USING gin (search);

CREATE INDEX products_search_name ON catalog.products USING gin (search_name gin_trgm_ops);

CREATE UNIQUE INDEX imports_one_at_a_time ON exchange.imports USING btree (organisation_id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));

CREATE INDEX imports_organisation ON exchange.imports USING btree (organisation_id, id DESC);

CREATE INDEX imports_to_purge ON exchange.imports USING btree (finished_at) WHERE ((finished_at IS NOT NULL) AND (purged_at IS NULL));

CREATE INDEX imports_under_way ON exchange.imports USING btree (touched_at) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));

CREATE INDEX outcomes_refused ON exchange.outcomes USING btree (import_id, "row") WHERE (verdict = 'refused'::text);

CREATE INDEX kept_touched_at ON files.kept USING btree (touched_at);

CREATE INDEX keys_created_at ON idempotency.keys USING btree (created_at);

CREATE INDEX api_keys_organisation ON identity.api_keys USING btree (organisation_id, created_at);

CREATE INDEX attempts_started_at ON identity.attempts USING btree (started_at);

CREATE INDEX audit_events_at ON identity.audit_events USING btree (at, id);

CREATE INDEX audit_events_organisation ON identity.audit_events USING btree (organisation_id, at, id);

CREATE INDEX audit_events_seal ON identity.audit_events USING btree (xact, id);

CREATE INDEX audit_events_subject ON identity.audit_events USING btree (subject_id, at, id);

CREATE INDEX memberships_organisation ON identity.memberships USING btree (organisation_id, created_at);

CREATE INDEX messages_due ON identity.messages USING btree (due_at) WHERE (sent_at IS NULL);

CREATE INDEX organisations_created_at ON identity.organisations USING btree (created_at, id);

CREATE INDEX organisations_state ON identity.organisations USING btree (state, kind, created_at, id);

CREATE INDEX password_resets_user ON identity.password_resets USING btree (user_id);

CREATE INDEX sessions_expires_at ON identity.sessions USING btree (expires_at);

CREATE INDEX sessions_user ON identity.sessions USING btree (user_id, created_at);

CREATE INDEX alone_awards_inquiry ON inquiry.alone_awards USING btree (inquiry_id, person);

CREATE INDEX alone_awards_producer ON inquiry.alone_awards USING btree (buyer_id, producer_id, day, person);

CREATE INDEX award_proposals_buyer ON inquiry.award_proposals USING btree (buyer_id, id DESC);

CREATE INDEX awards_buyer ON inquiry.awards USING btree (buyer_id, id DESC);

CREATE INDEX awards_buyer_day ON inquiry.awards USING btree (buyer_id, created_at);

CREATE INDEX awards_inquiry ON inquiry.awards USING btree (inquiry_id, id);

CREATE INDEX awards_line ON inquiry.awards USING btree (line_id);

CREATE INDEX awards_producer ON inquiry.awards USING btree (producer_id, id DESC);

CREATE INDEX awards_producer_day ON inquiry.awards USING btree (producer_id, deliver_on);

CREATE INDEX call_offs_award ON inquiry.call_offs USING btree (award_id, id);

CREATE UNIQUE INDEX cancellation_asked_once ON inquiry.cancellations USING btree (award_id) WHERE (state = 'asked'::text);

CREATE INDEX cancellations_award ON inquiry.cancellations USING btree (award_id, id);

CREATE INDEX deliveries_award ON inquiry.deliveries USING btree (award_id, id);

CREATE INDEX deliveries_documents ON inquiry.deliveries USING gin (documents);

CREATE INDEX deliveries_number ON inquiry.deliveries USING btree (upper("right"((id)::text, 8)));

CREATE INDEX deliveries_under_way ON inquiry.deliveries USING btree (dispatched_at) WHERE (received_at IS NULL);

CREATE INDEX delivery_plans_award ON inquiry.delivery_plans USING btree (award_id, id);

CREATE UNIQUE INDEX dispute_once ON inquiry.disputes USING btree (delivery_id) WHERE (withdrawn_at IS NULL);

CREATE INDEX disputes_delivery ON inquiry.disputes USING btree (delivery_id, id);

CREATE INDEX dock_links_delivery ON inquiry.dock_links USING btree (delivery_id, id);

CREATE INDEX inquiries_buyer ON inquiry.inquiries USING btree (buyer_id, id DESC);

CREATE INDEX inquiries_open ON inquiry.inquiries USING btree (id DESC) WHERE ((visibility = 'open'::text) AND (stage <> 'draft'::text));

CREATE INDEX invitations_producer ON inquiry.invitations USING btree (producer_id, inquiry_id DESC);

CREATE INDEX lines_delivered ON inquiry.lines USING btree (deliver_to, deliver_from);

CREATE INDEX market_facts_subject ON inquiry.market_facts USING btree (subject);

CREATE UNIQUE INDEX payment_decided_once ON inquiry.payment_moves USING btree (payment_id) WHERE (move = ANY (ARRAY['confirm'::text, 'withdraw'::text]));

CREATE INDEX payment_looks_day ON inquiry.payment_looks USING btree (look_on, id);

CREATE INDEX payments_award ON inquiry.payments USING btree (award_id, id);

CREATE INDEX payments_buyer ON inquiry.payments USING btree (buyer_id, id DESC);

CREATE INDEX payments_producer ON inquiry.payments USING btree (producer_id, id DESC);

CREATE INDEX questions_inquiry ON inquiry.questions USING btree (inquiry_id, id DESC);

CREATE UNIQUE INDEX quote_once ON inquiry.quotes USING btree (line_id, producer_id) WHERE ((stage = 'submitted'::text) AND (NOT alternative));

CREATE INDEX quotes_inquiry ON inquiry.quotes USING btree (inquiry_id, id);

CREATE INDEX quotes_offer ON inquiry.quotes USING btree (offer_id) WHERE (stage = 'submitted'::text);

CREATE INDEX quotes_producer ON inquiry.quotes USING btree (producer_id, id DESC);

CREATE UNIQUE INDEX round_once ON inquiry.rounds USING btree (inquiry_id) WHERE (ended_at IS NULL);

CREATE INDEX series_buyer ON inquiry.series USING btree (buyer_id, id DESC);

CREATE INDEX series_due ON inquiry.series USING btree (place_on, id) WHERE (state = 'active'::text);

CREATE UNIQUE INDEX settlement_agreed_once ON inquiry.settlements USING btree (dispute_id) WHERE (agreed_at IS NOT NULL);

CREATE INDEX settlements_dispute ON inquiry.settlements USING btree (dispute_id, id);

CREATE INDEX claims_award ON ledger.claims USING btree (award_id);

CREATE INDEX claims_certificate ON ledger.claims USING btree (certificate_id, year);

CREATE INDEX claims_sealing ON ledger.claims USING btree (xact, id);

CREATE INDEX goods_grade ON ledger.goods USING btree (grade);

CREATE INDEX postings_deals ON ledger.postings USING btree (producer_id, buyer_id) WHERE (movement = 'awarded'::text);

CREATE INDEX postings_demand_opened ON ledger.postings USING btree (inquiry_line_id) WHERE (movement = 'demand_opened'::text);

CREATE INDEX postings_dispatched ON ledger.postings USING btree (delivery_id) WHERE (movement = 'dispatched'::text);

CREATE INDEX postings_inquiry ON ledger.postings USING btree (inquiry_id) WHERE (inquiry_id IS NOT NULL);

CREATE INDEX postings_offer ON ledger.postings USING btree (offer_id) WHERE (offer_id IS NOT NULL);

CREATE INDEX postings_offer_opened ON ledger.postings USING btree (offer_id) WHERE (movement = 'offer_opened'::text);

CREATE INDEX postings_reporting ON ledger.postings USING btree (business_date, product_line);

CREATE INDEX postings_reserved ON ledger.postings USING btree (quote_id) WHERE (movement = 'reserved'::text);

CREATE INDEX postings_sealing ON ledger.postings USING btree (xact, id);

CREATE INDEX postings_short ON ledger.postings USING btree (award_id) WHERE (movement = ANY (ARRAY['shortfall'::text, 'defaulted'::text]));

CREATE INDEX reservations_live ON ledger.reservations USING btree (offer_id, reserved_until) WHERE (quantity > 0);

CREATE INDEX figure_cells_block ON monitor.figure_cells USING btree (block_id);

CREATE INDEX figure_cells_month ON monitor.figure_cells USING btree (month, book);

CREATE INDEX gap_alerts_of ON monitor.gap_alerts USING btree (organisation_id, id DESC);

CREATE INDEX reports_province ON monitor.reports USING btree (province, id DESC);

CREATE UNIQUE INDEX watch_open_once ON monitor.watches USING btree (organisation_id) WHERE (state = ANY (ARRAY['proposed'::text, 'watched'::text]));

CREATE INDEX notices_listed ON notify.notices USING btree (organisation_id, due_at DESC, id DESC);

CREATE INDEX notices_unmailed ON notify.notices USING btree (due_at) WHERE (mailed_at IS NULL);

CREATE INDEX notices_unread ON notify.notices USING btree (organisation_id, due_at) WHERE (read_at IS NULL);

CREATE UNIQUE INDEX amendment_line_once ON trade.amendment_lines USING btree (memorandum_id, version, line, COALESCE(form, ''::text), (
CASE
    WHEN (weight IS NULL) THEN unit
    ELSE 'kg'::text
END));

CREATE UNIQUE INDEX declaration_once ON trade.declarations USING btree (organisation_id, month, line, form, unit, channel, memorandum_id) NULLS NOT DISTINCT WHERE (replaces IS NULL);

CREATE INDEX declarations_memorandum ON trade.declarations USING btree (memorandum_id) WHERE (memorandum_id IS NOT NULL);

CREATE INDEX declarations_month ON trade.declarations USING btree (month, line);

CREATE INDEX events_listed ON trade.events USING btree (starts_on DESC, id DESC);

CREATE INDEX memoranda_buyer_id ON trade.memoranda USING btree (buyer_id);

CREATE INDEX memoranda_producer_id ON trade.memoranda USING btree (producer_id, buyer_id);

CREATE UNIQUE INDEX memorandum_line_once ON trade.memorandum_lines USING btree (memorandum_id, line, COALESCE(form, ''::text), (
CASE
    WHEN (weight IS NULL) THEN unit
    ELSE 'kg'::text
END));

CREATE UNIQUE INDEX outsider_once ON trade.participants USING btree (event_id, lower(name)) WHERE (organisation_id IS NULL);

CREATE INDEX participants_organisation ON trade.participants USING btree (organisation_id) WHERE (organisation_id IS NOT NULL);

CREATE OR REPLACE FUNCTION catalog.backings_of(ids uuid[], on_day date)
 RETURNS TABLE(product_id uuid, certificate_id uuid, n smallint, scheme text, number text, ceiling bigint, ceiling_id uuid)
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE ROWS 20
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    RETURN QUERY
    SELECT DISTINCT m.product_id, m.certificate_id, m.n, m.scheme, m.number, s.ceiling, s.ceiling_id
      FROM catalog.marks_by_scope(on_day) m
      JOIN catalog.certificate_scopes s ON s.certificate_id = m.certificate_id AND s.n = m.n
     WHERE m.product_id = ANY (ids);
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.ceiling_named()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.ceiling IS NULL THEN
        NEW.ceiling_id := NULL;
    ELSIF NEW.ceiling_id IS NULL THEN
        NEW.ceiling_id := CASE WHEN EXISTS (SELECT FROM catalog.certificate_scopes s
                                             WHERE s.certificate_id = NEW.certificate_id AND s.ceiling_id = NEW.certificate_id)
                               THEN gen_random_uuid() ELSE NEW.certificate_id END;
    END IF;
    RETURN NEW;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.certificate_dated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.state = 'verified' AND NEW.verified_on IS NULL THEN
        NEW.verified_on := CAST(NEW.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date);
    ELSIF NEW.state = 'revoked' AND NEW.revoked_on IS NULL THEN
        NEW.revoked_on := CAST(NEW.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date);
    END IF;
    RETURN NEW;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.certificate_decided()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE catalog.certificates
       SET state = NEW.decision, reason = NEW.reason, reason_code = NEW.reason_code, decided_by = NEW.by_user, decided_at = NEW.at,
           verified_on = CASE NEW.decision WHEN 'verified' THEN CAST(NEW.effective_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)
                                           ELSE verified_on END,
           revoked_on = CASE NEW.decision WHEN 'revoked' THEN CAST(NEW.effective_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) END,
           version = version + 1, updated_at = NEW.at
     WHERE id = NEW.certificate_id;
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.certificate_moved()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind, by_user, reason)
    SELECT NEW.id, 1 + max(d.n), NEW.state, NEW.decided_at, NEW.decided_at, 'authority', NEW.decided_by, NEW.reason
      FROM catalog.certificate_decisions d WHERE d.certificate_id = NEW.id;
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.certificate_state(decided text, issued_on date, valid_until date, on_day date)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT CASE WHEN decided <> 'verified' THEN decided
                WHEN on_day < issued_on THEN 'not_yet_valid'
                WHEN on_day > valid_until THEN 'expired'
                WHEN on_day >= valid_until - 90 THEN 'expiring'
                ELSE 'valid' END
$function$
;

CREATE OR REPLACE FUNCTION catalog.certificate_state_on(c catalog.certificates, warn_days integer, on_day date)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT CASE WHEN on_day < CAST(c.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) THEN 'not_submitted'
                WHEN c.state = 'rejected' AND on_day >= CAST(c.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) THEN 'rejected'
                WHEN c.verified_on IS NULL OR on_day < c.verified_on THEN 'submitted'
                WHEN on_day >= c.revoked_on THEN 'revoked'
                WHEN on_day < c.issued_on THEN 'not_yet_valid'
                WHEN on_day > c.valid_until THEN 'expired'
                WHEN on_day >= c.valid_until - warn_days THEN 'expiring'
                ELSE 'valid' END
$function$
;

CREATE OR REPLACE FUNCTION catalog.certificates_made()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO catalog.certificate_scopes (certificate_id, n, kind, area, lines, note)
    SELECT m.id, 1, m.scope_kind, CAST(CAST(m.scope ->> 'area_ha' AS numeric) * 1000 AS bigint), m.lines, coalesce(m.scope ->> 'note', '')
      FROM made m;
    INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind)
    SELECT m.id, 1, 'submitted', m.created_at, m.created_at, 'producer' FROM made m;
    INSERT INTO catalog.certificate_decisions (certificate_id, n, decision, at, effective_at, by_kind, by_user, reason)
    SELECT m.id, 2, m.state, m.decided_at, m.decided_at, 'authority', m.decided_by, m.reason
      FROM made m WHERE m.state IN ('verified', 'rejected');
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.coverage(on_day date)
 RETURNS TABLE(product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT DISTINCT v.product_id, v.certificate_id, v.scheme, v.number, v.issued_on, v.valid_until, v.stars
      FROM catalog.covered(on_day) v
$function$
;

CREATE OR REPLACE FUNCTION catalog.covered(on_day date)
 RETURNS TABLE(product_id uuid, line text, form text, certificate_id uuid, n smallint, kind text, named boolean, scheme text, number text, issued_on date, valid_until date, stars smallint)
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT p.id, p.line, p.form, c.id, s.n, s.kind, false, c.scheme, c.number, c.issued_on, c.valid_until, c.stars
      FROM catalog.certificates c
      JOIN catalog.certificate_scopes s ON s.certificate_id = c.id AND s.lines <> '{}'
      JOIN catalog.products p ON p.producer_id = c.producer_id AND p.line = ANY (s.lines)
     WHERE c.verified_on <= on_day AND (c.revoked_on IS NULL OR c.revoked_on > on_day)
       AND c.issued_on <= on_day AND (c.valid_until IS NULL OR c.valid_until >= on_day)
    UNION ALL
    SELECT p.id, p.line, p.form, c.id, s.n, s.kind, true, c.scheme, c.number, c.issued_on, c.valid_until, c.stars
      FROM catalog.certificate_products l
      JOIN catalog.certificates c ON c.id = l.certificate_id
      JOIN catalog.certificate_scopes s ON s.certificate_id = l.certificate_id AND s.n = l.n
      JOIN catalog.products p ON p.id = l.product_id AND p.producer_id = c.producer_id
     WHERE c.verified_on <= on_day AND (c.revoked_on IS NULL OR c.revoked_on > on_day)
       AND c.issued_on <= on_day AND (c.valid_until IS NULL OR c.valid_until >= on_day)
    UNION ALL
    SELECT p.id, p.line, p.form, c.id, s.n, s.kind, false, c.scheme, c.number, c.issued_on, c.valid_until, c.stars
      FROM catalog.certificate_members m
      JOIN catalog.certificate_scopes s ON s.certificate_id = m.certificate_id AND s.n = m.n AND s.kind = 'group'
      JOIN catalog.certificates c ON c.id = m.certificate_id AND c.producer_id <> m.producer_id
      JOIN identity.organisations o ON o.id = m.producer_id
      JOIN identity.legal_forms f ON f.code = o.legal_form AND NOT f.sells_on
      JOIN catalog.products p ON p.producer_id = m.producer_id AND p.line = ANY (s.lines)
     WHERE c.verified_on <= on_day AND (c.revoked_on IS NULL OR c.revoked_on > on_day)
       AND c.issued_on <= on_day AND (c.valid_until IS NULL OR c.valid_until >= on_day)
$function$
;

CREATE OR REPLACE FUNCTION catalog.limit_lot(lot uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'catalog', 'pg_temp'
AS $function$
DECLARE
    sent bigint;
BEGIN
    INSERT INTO catalog.lot_balances AS b (product_id, code, allowed)
    SELECT l.product_id, l.code, catalog.lot_allows(l.id) FROM catalog.lots l WHERE l.id = lot
        ON CONFLICT (product_id, code) DO UPDATE SET allowed = excluded.allowed
     WHERE excluded.allowed IS NULL OR b.dispatched <= greatest(excluded.allowed, b.sent_before);
    IF NOT FOUND THEN
        SELECT b.dispatched INTO sent FROM catalog.lot_balances b JOIN catalog.lots l ON l.product_id = b.product_id AND l.code = b.code
         WHERE l.id = lot;
        RAISE check_violation USING MESSAGE = 'more was sent off under the lot than is declared of it', CONSTRAINT = 'lots_cover_what_was_sent',
              DETAIL = CAST(jsonb_build_object('dispatched', sent) AS text);
    END IF;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.lot_allows(lot uuid)
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT coalesce(l.quantity, (SELECT CAST(sum(s.quantity) AS bigint) FROM catalog.lot_sources s WHERE s.lot_id = l.id))
      FROM catalog.lots l WHERE l.id = lot
$function$
;

CREATE OR REPLACE FUNCTION catalog.lot_limited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'catalog', 'pg_temp'
AS $function$
BEGIN
    PERFORM catalog.limit_lot(NEW.id);
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.lot_sourced()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'catalog', 'pg_temp'
AS $function$
BEGIN
    PERFORM catalog.limit_lot(d.lot_id) FROM (SELECT DISTINCT s.lot_id FROM declared s ORDER BY s.lot_id) d;
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.lots_drawn()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'catalog', 'pg_temp'
AS $function$
DECLARE
    short record;
BEGIN
    PERFORM 1 FROM catalog.lot_balances b
      WHERE (b.product_id, b.code) IN (SELECT a.product_id, s.lot FROM sent s JOIN inquiry.awards a ON a.id = s.award_id WHERE s.lot <> '')
      ORDER BY b.product_id, b.code FOR NO KEY UPDATE;

    -- The CHECK would refuse as well, but cannot say what is left.
    SELECT b.product_id, b.code, greatest(b.allowed - b.dispatched, 0) AS remaining INTO short
      FROM catalog.lot_balances b
      JOIN (SELECT a.product_id, s.lot, sum(s.quantity) AS quantity FROM sent s JOIN inquiry.awards a ON a.id = s.award_id
             GROUP BY a.product_id, s.lot) d ON d.product_id = b.product_id AND d.lot = b.code
     WHERE b.dispatched + d.quantity > b.allowed
     ORDER BY b.product_id, b.code LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING MESSAGE = 'more would be sent off than the lot has', CONSTRAINT = 'lots_not_overdrawn',
              DETAIL = CAST(jsonb_build_object('product_id', short.product_id, 'lot', short.code, 'remaining', short.remaining) AS text);
    END IF;

    INSERT INTO catalog.lot_balances AS b (product_id, code, dispatched)
    SELECT a.product_id, s.lot, sum(s.quantity)
      FROM sent s JOIN inquiry.awards a ON a.id = s.award_id JOIN catalog.products p ON p.id = a.product_id
     WHERE s.lot <> '' GROUP BY a.product_id, s.lot ORDER BY a.product_id, s.lot
        ON CONFLICT (product_id, code) DO UPDATE SET dispatched = b.dispatched + excluded.dispatched;
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.marks(on_day date)
 RETURNS TABLE(product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT DISTINCT m.product_id, m.certificate_id, m.scheme, m.number, m.issued_on, m.valid_until, m.stars
      FROM catalog.marks_by_scope(on_day) m
$function$
;

CREATE OR REPLACE FUNCTION catalog.marks_by_scope(on_day date)
 RETURNS TABLE(product_id uuid, certificate_id uuid, n smallint, scheme text, number text, issued_on date, valid_until date, stars smallint)
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT h.product_id, h.certificate_id, h.n, h.scheme, h.number, h.issued_on, h.valid_until, h.stars
      FROM (SELECT v.product_id, v.line, v.form, v.certificate_id, v.n, v.kind, v.named, v.scheme, v.number, v.issued_on, v.valid_until,
                   v.stars, array_agg(v.scheme || ' ' || v.kind) OVER (PARTITION BY v.product_id) AS held
              FROM catalog.covered(on_day) v) h
      JOIN reference.claim_rules r ON r.scheme = h.scheme AND h.kind = ANY (r.scopes) AND (h.named OR NOT r.named_only)
       AND (r.valid_from IS NULL OR r.valid_from <= on_day) AND (r.valid_to IS NULL OR r.valid_to >= on_day)
       AND (r.lines = '{}' OR h.line = ANY (r.lines))
       AND (r.forms = '{}' OR h.form = ANY (r.forms)) AND h.form <> ALL (r.except_forms)
     WHERE NOT EXISTS (SELECT FROM reference.claim_needs d WHERE d.rule = r.code AND NOT d.any_of && h.held)
$function$
;

CREATE OR REPLACE FUNCTION catalog.marks_of(ids uuid[], on_day date)
 RETURNS TABLE(product_id uuid, certificate_id uuid, scheme text, number text, issued_on date, valid_until date, stars smallint)
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE ROWS 20
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    RETURN QUERY
    SELECT m.product_id, m.certificate_id, m.scheme, m.number, m.issued_on, m.valid_until, m.stars
      FROM catalog.marks(on_day) m WHERE m.product_id = ANY (ids);
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.names_like(folded text, at_most integer)
 RETURNS TABLE(product_id uuid, likeness real)
 LANGUAGE sql
 STABLE
 SET "pg_trgm.word_similarity_threshold" TO '0.4'
AS $function$
    SELECT p.id, word_similarity(folded, p.search_name)
      FROM catalog.products p
     WHERE p.state = 'published' AND folded <% p.search_name
     ORDER BY 2 DESC, p.id DESC
     LIMIT at_most
$function$
;

CREATE OR REPLACE FUNCTION catalog.price_at(tiers jsonb, quantity bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT coalesce(
        (SELECT CAST(t ->> 'price' AS bigint) FROM jsonb_array_elements(tiers) t
          WHERE CAST(t ->> 'from' AS bigint) <= quantity ORDER BY CAST(t ->> 'from' AS bigint) DESC LIMIT 1),
        CAST(tiers -> 0 ->> 'price' AS bigint))
$function$
;

CREATE OR REPLACE FUNCTION catalog.product_pages(ids uuid[], on_day date)
 RETURNS TABLE(id uuid, producer_id uuid, producer_name text, commune text, approved boolean, fictional boolean, name text, name_en text, line text, form text, grade jsonb, unit text, unit_weight bigint, gtin text, description text, state text, reason text, invented boolean, version bigint, created_at timestamp with time zone, updated_at timestamp with time zone, gtin_shared boolean, seen text, until timestamp with time zone, marks json, offers json, photos json)
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE ROWS 20
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT p.id, p.producer_id, r.name AS producer_name, coalesce(r.commune_code, '') AS commune, r.approved, r.fictional,
           p.name, p.name_en, p.line, p.form, p.grade, p.unit, coalesce(p.unit_weight, 0) AS unit_weight,
           coalesce(p.gtin, '') AS gtin, p.description, p.state, p.reason, p.invented, p.version, p.created_at, p.updated_at,
           p.gtin_shared,
           CAST(pg_current_snapshot() AS text) AS seen,
           supply.until,
           coalesce(held.marks, '[]') AS marks,
           coalesce(supply.offers, '[]') AS offers,
           coalesce((SELECT json_agg(json_build_object('id', f.id, 'state', f.state, 'reason', f.reason, 'caption', f.caption, 'caption_en', f.caption_en, 'sizes', f.sizes) ORDER BY f.position)
                       FROM catalog.photos f WHERE f.product_id = p.id), '[]') AS photos
      FROM unnest(ids) WITH ORDINALITY AS wanted(id, position)
      JOIN catalog.products p ON p.id = wanted.id
      JOIN catalog.producers r ON r.id = p.producer_id
      LEFT JOIN (SELECT m.product_id, json_agg(json_build_object('scheme', m.scheme, 'number', m.number, 'issued_on', m.issued_on,
                        'valid_until', m.valid_until, 'stars', m.stars) ORDER BY m.scheme, m.valid_until DESC NULLS FIRST, m.number) AS marks
                   FROM catalog.marks(on_day) m WHERE m.product_id = ANY (ids) GROUP BY m.product_id) held ON held.product_id = p.id
     CROSS JOIN LATERAL (SELECT min(b.next_release) AS until, json_agg(json_build_object(
    'id', o.id, 'product_id', o.product_id, 'from', o.available_from, 'to', o.available_to, 'supplied', b.supplied,
    'committed', b.committed, 'remaining', b.remaining, 'unit', o.unit, 'min_order', o.min_order, 'tiers', o.price_tiers,
    'on_the_day', o.price_on_the_day, 'place', coalesce(o.place, r.commune_code), 'visibility', o.visibility,
    'state', o.state, 'invented', o.invented, 'version', o.version, 'updated_at', o.updated_at, 'multiple', o.multiple,
    'lead_days', o.lead_days, 'series_id', o.series_id) ORDER BY o.available_from, o.id)
                                 FILTER (WHERE o.available_to >= on_day AND b.remaining > 0) AS offers
                           FROM catalog.offers o JOIN ledger.remaining b ON b.offer_id = o.id
                          WHERE o.product_id = p.id AND o.state = 'open') supply
     ORDER BY wanted.position;
END
$function$
;

CREATE OR REPLACE FUNCTION catalog.sales_stops(ids uuid[], at timestamp with time zone)
 RETURNS TABLE(product_id uuid, system text, since timestamp with time zone, case_of text)
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT t.product_id, t.system, coalesce(t.stopped_since, c.spreads_at), CASE WHEN t.stopped_since IS NULL THEN c.system ELSE t.system END
      FROM catalog.product_ticks t
      LEFT JOIN LATERAL (SELECT o.system, o.spreads_at FROM catalog.product_ticks o
                          WHERE o.product_id = t.product_id AND o.system <> t.system AND o.spreads_at <= at
                          ORDER BY o.spreads_at, o.system LIMIT 1) c ON t.given
     WHERE t.product_id = ANY (ids) AND (t.stopped_since IS NOT NULL OR c.spreads_at IS NOT NULL)
$function$
;

CREATE OR REPLACE FUNCTION demonstration.id_at(at timestamp with time zone, salt text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT CAST(lpad(to_hex(CAST(floor(extract(epoch FROM at) * 1000) AS bigint)), 12, '0') || '7' || substr(md5(salt), 1, 3)
                || '8' || substr(md5(salt), 4, 15) AS uuid)
$function$
;

CREATE OR REPLACE FUNCTION idempotency.claim(scopes text[], wanted text[], fingerprints bytea[])
 RETURNS TABLE(scope text, key text)
 LANGUAGE plpgsql
 ROWS 4
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    INSERT INTO idempotency.keys AS k (scope, key, fingerprint, created_at)
    SELECT c.scope, c.key, c.fingerprint, now()
      FROM unnest(scopes, wanted, fingerprints) AS c(scope, key, fingerprint) ORDER BY c.scope, c.key
    ON CONFLICT (scope, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, answer = NULL, created_at = now()
     WHERE k.created_at < now() - interval '24 hours'
    RETURNING k.scope, k.key;
END
$function$
;

CREATE OR REPLACE FUNCTION idempotency.keep(scopes text[], claimed text[], answers text[])
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    UPDATE idempotency.keys k SET answer = CAST(a.answer AS jsonb)
      FROM unnest(scopes, claimed, answers) AS a(scope, key, answer)
     WHERE k.scope = a.scope AND k.key = a.key;
END
$function$
;

CREATE OR REPLACE FUNCTION identity.record(events jsonb, recorded_at timestamp with time zone, actor uuid, organisation uuid, api_key uuid, trace text)
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    INSERT INTO identity.audit_events (id, at, actor_id, organisation_id, key_id, action, subject_kind, subject_id, detail, trace_id)
    SELECT e.id, recorded_at, actor, organisation, api_key, e.action, e.subject_kind, e.subject_id, e.detail, trace
      FROM jsonb_populate_recordset(CAST(NULL AS identity.audit_events), events) e;
END
$function$
;

CREATE OR REPLACE FUNCTION identity.record_each(events jsonb, recorded_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    INSERT INTO identity.audit_events (id, at, actor_id, organisation_id, key_id, action, subject_kind, subject_id, detail, trace_id)
    SELECT e.id, recorded_at, e.actor_id, e.organisation_id, e.key_id, e.action, e.subject_kind, e.subject_id, e.detail, e.trace_id
      FROM jsonb_to_recordset(events) AS e(id uuid, actor_id uuid, organisation_id uuid, key_id uuid, action text, subject_kind text,
           subject_id uuid, detail jsonb, trace_id text);
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.awardable(of_inquiry uuid, of_buyer uuid, chosen uuid[], at timestamp with time zone)
 RETURNS TABLE(id uuid, line_id uuid, producer_id uuid, producer_name text, product_id uuid, offer_id uuid, quantity bigint, awarded bigint, held bigint, unit text, price_vnd bigint, size_prices jsonb, deliver_on date, valid_until timestamp with time zone, claims text[], lapsing text[], stage text, product_line text, form text, unit_weight bigint, commune text, line_open bigint, line_schemes text[], buyer_name text, buyer_system text, inquiry_stage text, quotes_sealed boolean, quotes_due_at timestamp with time zone, holds_ran_out boolean, award_limit_vnd bigint, proposal_hours integer, framework jsonb, price_tiers jsonb, tie bigint, price_gross boolean, min_quantity bigint, split jsonb, outdated boolean, round_until timestamp with time zone, certified boolean, grade text, stars smallint, ward text)
 LANGUAGE plpgsql
 ROWS 2
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
           coalesce(n.award_limit_vnd, 0), coalesce(n.proposal_hours, 0),
           CASE WHEN f.quote_id IS NOT NULL THEN jsonb_build_object('from', f.period_from, 'to', f.period_to, 'indicative', f.indicative) END,
           q.price_tiers, coalesce(q.tie, 0), q.price_gross, q.min_quantity, q.split, q.answers < i.terms_version, r.until,
           EXISTS (SELECT FROM catalog.certificates k WHERE k.producer_id = q.producer_id)
           OR EXISTS (SELECT FROM catalog.certificate_members k WHERE k.producer_id = q.producer_id),
           o.grade, o.stars, i.ward
      FROM inquiry.quotes q
      JOIN inquiry.inquiries i ON i.id = q.inquiry_id
      JOIN inquiry.lines l ON l.id = q.line_id
      JOIN ledger.lines b ON b.inquiry_line_id = q.line_id
      JOIN catalog.offers o ON o.id = q.offer_id
      JOIN catalog.products p ON p.id = q.product_id
      JOIN identity.organisations s ON s.id = q.producer_id
      JOIN identity.organisations c ON c.id = i.buyer_id
      LEFT JOIN ledger.reservations h ON h.quote_id = q.id
      LEFT JOIN inquiry.quote_frameworks f ON f.quote_id = q.id
      LEFT JOIN LATERAL (SELECT x.award_limit_vnd, x.proposal_hours FROM inquiry.purchasing_rules x
                          WHERE x.organisation_id = of_buyer ORDER BY x.version DESC LIMIT 1) n ON true
      LEFT JOIN inquiry.rounds r ON r.inquiry_id = i.id AND r.ended_at IS NULL AND r.until > at
     WHERE q.id = ANY (chosen) AND i.id = of_inquiry AND i.buyer_id = of_buyer;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.awardable_together(acts integer[], inquiries uuid[], buyers uuid[], chosen uuid[], at timestamp with time zone)
 RETURNS TABLE(act integer, id uuid, inquiry_id uuid, line_id uuid, producer_id uuid, producer_name text, product_id uuid, offer_id uuid, quantity bigint, awarded bigint, held bigint, unit text, price_vnd bigint, size_prices jsonb, deliver_on date, valid_until timestamp with time zone, claims text[], lapsing text[], stage text, product_line text, form text, unit_weight bigint, commune text, line_open bigint, line_schemes text[], offer_free bigint, buyer_id uuid, buyer_name text, buyer_system text, inquiry_stage text, quotes_sealed boolean, quotes_due_at timestamp with time zone, holds_ran_out boolean, award_limit_vnd bigint, proposal_hours integer, framework jsonb, price_tiers jsonb, tie bigint, price_gross boolean, min_quantity bigint, split jsonb, outdated boolean, round_until timestamp with time zone, certified boolean, grade text, stars smallint, ward text)
 LANGUAGE plpgsql
 ROWS 4
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
BEGIN
    -- Lines in the order of their ids, whoever asks for them: no deadlock. The next statement sees what others did before.
    PERFORM 1 FROM inquiry.lines l
      WHERE l.id IN (SELECT q.line_id FROM unnest(inquiries, buyers, chosen) AS c(inquiry_id, buyer_id, quote_id)
                       JOIN inquiry.quotes q ON q.id = c.quote_id AND q.inquiry_id = c.inquiry_id
                       JOIN inquiry.inquiries i ON i.id = c.inquiry_id AND i.buyer_id = c.buyer_id)
      ORDER BY l.id FOR NO KEY UPDATE OF l;
    RETURN QUERY
    SELECT a.act, q.id, q.inquiry_id, q.line_id, q.producer_id, s.name, q.product_id, q.offer_id, q.quantity, q.awarded,
           coalesce(h.quantity, 0), q.unit, q.price_vnd, q.size_prices, q.deliver_on, q.valid_until, q.claims, q.lapsing, q.stage,
           p.line, p.form, coalesce(p.unit_weight, 0), coalesce(o.place, s.commune_code, ''), b.open, l.schemes, v.free, i.buyer_id, c.name,
           coalesce(i.buyer_system, ''), i.stage, i.quotes_sealed, i.quotes_due_at,
           EXISTS (SELECT FROM ledger.reservations e WHERE e.offer_id = q.offer_id AND e.quantity > 0 AND e.reserved_until <= at),
           coalesce(n.award_limit_vnd, 0), coalesce(n.proposal_hours, 0),
           CASE WHEN f.quote_id IS NOT NULL THEN jsonb_build_object('from', f.period_from, 'to', f.period_to, 'indicative', f.indicative) END,
           q.price_tiers, coalesce(q.tie, 0), q.price_gross, q.min_quantity, q.split, q.answers < i.terms_version, r.until,
           EXISTS (SELECT FROM catalog.certificates k WHERE k.producer_id = q.producer_id)
           OR EXISTS (SELECT FROM catalog.certificate_members k WHERE k.producer_id = q.producer_id),
           o.grade, o.stars, i.ward
      FROM unnest(acts, inquiries, buyers, chosen) AS a(act, inquiry_id, buyer_id, quote_id)
      JOIN inquiry.quotes q ON q.id = a.quote_id AND q.inquiry_id = a.inquiry_id
      JOIN inquiry.inquiries i ON i.id = a.inquiry_id AND i.buyer_id = a.buyer_id
      JOIN inquiry.lines l ON l.id = q.line_id
      JOIN ledger.lines b ON b.inquiry_line_id = q.line_id
      JOIN ledger.offers v ON v.offer_id = q.offer_id
      JOIN catalog.offers o ON o.id = q.offer_id
      JOIN catalog.products p ON p.id = q.product_id
      JOIN identity.organisations s ON s.id = q.producer_id
      JOIN identity.organisations c ON c.id = i.buyer_id
      LEFT JOIN ledger.reservations h ON h.quote_id = q.id
      LEFT JOIN inquiry.quote_frameworks f ON f.quote_id = q.id
      LEFT JOIN LATERAL (SELECT x.award_limit_vnd, x.proposal_hours FROM inquiry.purchasing_rules x
                          WHERE x.organisation_id = i.buyer_id ORDER BY x.version DESC LIMIT 1) n ON true
      LEFT JOIN inquiry.rounds r ON r.inquiry_id = i.id AND r.ended_at IS NULL AND r.until > at;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.awarded_alone(of_inquiry uuid, of_buyer uuid, chosen uuid[], by_person uuid, on_day date)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
BEGIN
    -- Behind the lines, before the offers: of two awards that a person makes at once, the second counts the
    -- first. Its own statement sees what was committed while this one waited.
    PERFORM pg_advisory_xact_lock(hashtextextended('inquiry.awarded_alone ' || of_buyer || by_person, 0));
    RETURN (SELECT CAST(least(coalesce(sum(x.value_vnd), 0), 9223372036854775807) AS bigint)
              FROM inquiry.alone_awards x
              JOIN inquiry.awards a ON a.id = x.award_id AND a.cancelled_at IS NULL
             WHERE x.buyer_id = of_buyer AND x.person = by_person
               AND (x.inquiry_id = of_inquiry
                    OR x.day = on_day AND x.producer_id IN (SELECT q.producer_id FROM inquiry.quotes q WHERE q.id = ANY (chosen))));
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.delivery_due(of_award uuid, of_delivery uuid)
 RETURNS date
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    WITH placed AS (
        SELECT a.schedule, a.deliver_on,
               (SELECT coalesce(sum(CASE WHEN e.received_at IS NULL THEN e.quantity ELSE coalesce(s.accepted, e.accepted) END), 0)
                  FROM inquiry.deliveries e
                  LEFT JOIN inquiry.disputes x ON x.delivery_id = e.id AND x.settled_at IS NOT NULL
                  LEFT JOIN inquiry.settlements s ON s.dispute_id = x.id AND s.agreed_at IS NOT NULL
                 WHERE e.award_id = a.id AND (e.dispatched_at, e.id) < (d.dispatched_at, d.id)) AS before
          FROM inquiry.awards a JOIN inquiry.deliveries d ON d.award_id = a.id AND d.id = of_delivery
         WHERE a.id = of_award
    )
    SELECT coalesce((SELECT min(p.day) FROM (
                     SELECT CAST(e.part ->> 'deliver_on' AS date) AS day,
                            sum(CAST(e.part ->> 'quantity' AS numeric) * 1000) OVER (ORDER BY e.nth) AS filled
                       FROM jsonb_array_elements(placed.schedule) WITH ORDINALITY AS e(part, nth)) p WHERE p.filled > placed.before),
                    CAST(placed.schedule -> -1 ->> 'deliver_on' AS date), placed.deliver_on)
      FROM placed
$function$
;

CREATE OR REPLACE FUNCTION inquiry.delivery_rule(asked text, of_award uuid)
 RETURNS integer
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    SELECT r.value
      FROM inquiry.awards a
      JOIN catalog.products p ON p.id = a.product_id
      JOIN inquiry.delivery_rules r ON r.rule = asked AND (r.line IS NULL OR r.line = p.line) AND (r.form IS NULL OR r.form = p.form)
       AND CAST(a.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) BETWEEN r.valid_from AND coalesce(r.valid_until, 'infinity')
     WHERE a.id = of_award
     ORDER BY r.line IS NULL, r.form IS NULL, r.valid_from DESC LIMIT 1
$function$
;

CREATE OR REPLACE FUNCTION inquiry.enter_awards(awards jsonb, made_at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE
    missing bigint;
BEGIN
    INSERT INTO inquiry.awards (id, inquiry_id, line_id, quote_id, buyer_id, producer_id, product_id, offer_id, quantity, unit,
           price_vnd, deliver_on, claims, lapsing, period_from, period_to, indicative, schedule, created_at)
    SELECT a.id, a.inquiry_id, a.line_id, a.quote_id, a.buyer_id, a.producer_id, a.product_id, a.offer_id, a.quantity, a.unit, a.price_vnd,
           a.deliver_on, coalesce(a.claims, '{}'), coalesce(a.lapsing, '{}'), a.period_from, a.period_to, a.indicative,
           coalesce(a.schedule, '[]'), made_at
      FROM jsonb_to_recordset(awards) AS a(id uuid, inquiry_id uuid, line_id uuid, quote_id uuid, buyer_id uuid, producer_id uuid,
           product_id uuid, offer_id uuid, quantity bigint, unit text, price_vnd bigint, deliver_on date, claims text[],
           lapsing text[], period_from date, period_to date, indicative boolean, schedule jsonb);
    WITH wanted AS (
        SELECT a.quote_id, CAST(sum(a.quantity) AS bigint) AS quantity
          FROM jsonb_to_recordset(awards) AS a(quote_id uuid, quantity bigint) GROUP BY a.quote_id),
    taken AS (
        UPDATE inquiry.quotes q SET awarded = q.awarded + w.quantity, updated_at = made_at
          FROM wanted w WHERE q.id = w.quote_id AND q.stage = 'submitted' RETURNING q.id)
    SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM taken) INTO missing;
    RETURN missing;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.keep_terms()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO inquiry.past_terms (inquiry_id, held_until, terms)
    VALUES (OLD.id, greatest(NEW.updated_at,
                             (SELECT max(a.created_at) FROM inquiry.awards a WHERE a.inquiry_id = OLD.id) + interval '1 microsecond',
                             (SELECT max(o.held_until) FROM inquiry.past_terms o WHERE o.inquiry_id = OLD.id) + interval '1 microsecond'),
            OLD.terms);
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.look_at_account()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'deliveries' THEN
        INSERT INTO inquiry.payment_looks (award_id, look_on) VALUES (NEW.award_id, '-infinity');
    WHEN 'settlements' THEN
        INSERT INTO inquiry.payment_looks (award_id, look_on)
        SELECT d.award_id, '-infinity' FROM inquiry.disputes x JOIN inquiry.deliveries d ON d.id = x.delivery_id WHERE x.id = NEW.dispute_id;
    WHEN 'payment_moves' THEN
        INSERT INTO inquiry.payment_looks (award_id, look_on)
        SELECT p.award_id, '-infinity' FROM inquiry.payments p WHERE p.id = NEW.payment_id;
    END CASE;
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.look_at_accounts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO inquiry.payment_looks (award_id, look_on)
    SELECT a.id, '-infinity' FROM inquiry.awards a
     WHERE a.created_at >= (SELECT min(w.since) FROM inquiry.payment_warning_days w)
       AND EXISTS (SELECT FROM inquiry.deliveries d WHERE d.award_id = a.id AND d.received_at IS NOT NULL);
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.look_at_market()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'inquiries' THEN
        INSERT INTO inquiry.market_looks (inquiry_id) VALUES (NEW.id);
        INSERT INTO inquiry.market_looks (award_id) SELECT a.id FROM inquiry.awards a WHERE a.inquiry_id = NEW.id;
    WHEN 'invitations' THEN
        INSERT INTO inquiry.market_looks (inquiry_id) VALUES (NEW.inquiry_id);
    WHEN 'awards' THEN
        INSERT INTO inquiry.market_looks (award_id) VALUES (NEW.id);
    WHEN 'call_offs' THEN
        INSERT INTO inquiry.market_looks (award_id) VALUES (NEW.award_id);
    WHEN 'delivery_rules' THEN
        INSERT INTO inquiry.market_looks (award_id) SELECT a.id FROM inquiry.awards a;
    END CASE;
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.make_awards(awards jsonb, made_at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE
    taken bigint;
BEGIN
    INSERT INTO inquiry.awards (id, inquiry_id, line_id, quote_id, buyer_id, producer_id, product_id, offer_id, quantity, unit,
           price_vnd, deliver_on, claims, lapsing, period_from, period_to, indicative, schedule, created_at)
    SELECT a.id, a.inquiry_id, a.line_id, a.quote_id, a.buyer_id, a.producer_id, a.product_id, a.offer_id, a.quantity, a.unit, a.price_vnd,
           a.deliver_on, coalesce(a.claims, '{}'), coalesce(a.lapsing, '{}'), a.period_from, a.period_to, a.indicative,
           coalesce(a.schedule, '[]'), made_at
      FROM jsonb_populate_recordset(CAST(NULL AS inquiry.awards), awards) a;
    UPDATE inquiry.quotes q SET awarded = q.awarded + a.quantity, updated_at = made_at
      FROM jsonb_to_recordset(awards) AS a(quote_id uuid, quantity bigint)
     WHERE q.id = a.quote_id AND q.stage = 'submitted';
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN taken;
END
$function$
;

CREATE OR REPLACE FUNCTION inquiry.market_bucket(minutes bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (minutes - (minutes % (((10)::double precision ^ (GREATEST((length((abs(minutes))::text) - 2), 0))::double precision))::bigint))
;

CREATE OR REPLACE FUNCTION inquiry.schedule_holds(schedule jsonb, quantity bigint, deliver_on date)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT coalesce(count(*) > 1 AND bool_and(p.part > 0 AND (p.before IS NULL OR p.before < p.day)) AND sum(p.part) = quantity
                    AND bool_or(p.before IS NULL AND p.day = deliver_on), false)
      FROM (SELECT CAST(e.part ->> 'quantity' AS numeric) * 1000 AS part, d.day, lag(d.day) OVER (ORDER BY e.nth) AS before
              FROM jsonb_array_elements(schedule) WITH ORDINALITY AS e(part, nth)
             CROSS JOIN LATERAL (SELECT make_date(CAST(split_part(e.part ->> 'deliver_on', '-', 1) AS int),
                    CAST(split_part(e.part ->> 'deliver_on', '-', 2) AS int), CAST(split_part(e.part ->> 'deliver_on', '-', 3) AS int))) AS d(day)) p
$function$
;

CREATE OR REPLACE FUNCTION inquiry.spend(organisation uuid, thing text, some_part integer, today date)
 RETURNS void
 LANGUAGE sql
AS $function$
    INSERT INTO inquiry.usage AS u (organisation_id, what, part, day, used, allowed)
    SELECT organisation, q.what, CASE WHEN q.per_day < 1600 THEN 0 ELSE some_part % 16 END, today, 1,
           CASE WHEN q.per_day < 1600 THEN q.per_day ELSE q.per_day / 16 END
      FROM inquiry.quotas q WHERE q.what = thing
        ON CONFLICT (organisation_id, what, part) DO UPDATE
       SET used = CASE WHEN u.day = excluded.day THEN u.used + 1 ELSE 1 END, day = excluded.day, allowed = excluded.allowed
$function$
;

CREATE OR REPLACE FUNCTION inquiry.stands()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE integrity_constraint_violation USING MESSAGE = 'what was received, settled or agreed stands', CONSTRAINT = 'outcome_stands';
END $function$
;

CREATE OR REPLACE FUNCTION inquiry.write_awards(awards jsonb, made_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    IF inquiry.enter_awards(awards, made_at) > 0 THEN
        RAISE check_violation USING MESSAGE = 'a quote cannot be awarded any more', CONSTRAINT = 'award_of_submitted_quote';
    END IF;
END
$function$
;

CREATE OR REPLACE FUNCTION ledger.apply_claims()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
DECLARE
    full_one record;
BEGIN
    -- A claim says what its posting says, and comes with it.
    IF EXISTS (SELECT FROM made c LEFT JOIN ledger.postings p ON p.id = c.posting_id
                WHERE (p.xact, p.movement, p.award_id) IS DISTINCT FROM (pg_current_xact_id(), c.movement, c.award_id)
                   OR c.ceiling IS NOT NULL AND (p.weight, EXTRACT(YEAR FROM p.business_date)) IS DISTINCT FROM (c.weight, CAST(c.year AS numeric))) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'a claim does not say what its posting says', CONSTRAINT = 'claim_of_its_posting';
    END IF;

    -- Ceilings come after offers, each in the order of their keys: no deadlock.
    INSERT INTO ledger.ceilings (certificate_id, year, ceiling, bound)
    SELECT c.certificate_id, c.year, max(c.ceiling), max(c.ceiling) FROM made c
     WHERE c.ceiling IS NOT NULL GROUP BY c.certificate_id, c.year ORDER BY c.certificate_id, c.year
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM ledger.ceilings k
      WHERE (k.certificate_id, k.year) IN (SELECT c.certificate_id, c.year FROM made c)
      ORDER BY k.certificate_id, k.year FOR NO KEY UPDATE;

    -- The CHECK would refuse as well, but cannot say what is left.
    SELECT k.certificate_id, k.year, greatest(coalesce(d.ceiling, k.ceiling) - k.claimed, 0) AS remaining INTO full_one
      FROM ledger.ceilings k
      JOIN (SELECT c.certificate_id, c.year, max(c.ceiling) AS ceiling, sum(c.weight * m.ceiling_claimed) AS claimed
              FROM made c JOIN ledger.movements m USING (movement) GROUP BY c.certificate_id, c.year) d USING (certificate_id, year)
     WHERE d.claimed > 0 AND k.claimed + d.claimed > coalesce(d.ceiling, k.ceiling)
     ORDER BY k.certificate_id, k.year LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING MESSAGE = 'more would be sold under a claim than its ceiling', CONSTRAINT = 'ceiling_not_exceeded',
              DETAIL = CAST(jsonb_build_object('certificate_id', full_one.certificate_id, 'year', full_one.year, 'remaining', full_one.remaining) AS text);
    END IF;

    UPDATE ledger.ceilings k
       SET claimed = k.claimed + d.claimed, delivered = k.delivered + d.delivered, ceiling = coalesce(d.ceiling, k.ceiling),
           bound = greatest(coalesce(d.ceiling, k.ceiling), k.claimed)
      FROM (SELECT c.certificate_id, c.year, max(c.ceiling) AS ceiling, sum(c.weight * m.ceiling_claimed) AS claimed,
                   sum(c.weight * m.ceiling_delivered) AS delivered
              FROM made c JOIN ledger.movements m USING (movement) GROUP BY c.certificate_id, c.year) d
     WHERE (k.certificate_id, k.year) = (d.certificate_id, d.year);
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION ledger.apply_postings()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
DECLARE
    moved record;
    d     record;
BEGIN
    SELECT bool_or(m.opens IS NOT NULL AND m.opens <> 'award') AS opens, bool_or(p.offer_id IS NOT NULL) AS offers, bool_or(p.inquiry_line_id IS NOT NULL) AS lines, bool_or(p.award_id IS NOT NULL) AS awards,
           bool_or(m.quote_reserved <> 0) AS holds, bool_or(m.opens IS NULL AND (m.ceiling_claimed <> 0 OR m.ceiling_delivered <> 0)) AS claims,
           bool_or(m.names_offer AND p.offer_id IS NULL OR m.names_line AND p.inquiry_line_id IS NULL
                   OR m.names_award AND p.award_id IS NULL OR m.quote_reserved <> 0 AND p.quote_id IS NULL) AS unnamed
      INTO moved
      FROM posted p JOIN ledger.movements m USING (movement);

    -- A posting that names fewer accounts than it moves would move volume out of nowhere.
    IF moved.unnamed THEN
        RAISE not_null_violation USING MESSAGE = 'a posting does not name the accounts that it moves', CONSTRAINT = 'posting_names_its_accounts';
    END IF;

    -- Accounts come into being with their opening posting.
    IF moved.opens THEN
        INSERT INTO ledger.offers (offer_id)
        SELECT p.offer_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'offer';
        INSERT INTO ledger.lines (inquiry_line_id)
        SELECT p.inquiry_line_id FROM posted p JOIN ledger.movements m USING (movement) WHERE m.opens = 'line';
    END IF;

    -- Demand first, then holds, supply last: the offer is the row that others wait for. Of one kind in the order of
    -- ids: no deadlock.
    IF moved.lines THEN
        FOR d IN
            SELECT p.inquiry_line_id AS id,
                   sum(p.quantity * m.line_open) AS open, sum(p.quantity * m.line_awarded) AS awarded,
                   sum(p.quantity * m.line_delivered) AS delivered, sum(p.quantity * m.line_quoted) AS quoted,
                   sum(p.quantity * m.line_rejected) AS rejected, sum(p.quantity * m.line_over) AS over
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE p.inquiry_line_id IS NOT NULL GROUP BY p.inquiry_line_id ORDER BY p.inquiry_line_id
        LOOP
            UPDATE ledger.lines l
               SET open = l.open + d.open, awarded = l.awarded + d.awarded, delivered = l.delivered + d.delivered,
                   quoted = l.quoted + d.quoted, rejected = l.rejected + d.rejected, over = l.over + d.over
             WHERE l.inquiry_line_id = d.id;
            IF NOT FOUND THEN
                RAISE foreign_key_violation USING MESSAGE = 'a posting names an inquiry line that has no account', CONSTRAINT = 'posting_line_known';
            END IF;
        END LOOP;
    END IF;

    IF moved.awards THEN
        FOR d IN
            SELECT p.award_id AS id, bool_or(m.opens = 'award') AS opens,
                   sum(p.quantity * m.award_committed) AS committed, sum(p.quantity * m.award_dispatched) AS dispatched,
                   sum(p.quantity * m.award_accepted) AS accepted, sum(p.quantity * m.award_released) AS released,
                   sum(p.quantity * m.award_rejected) AS rejected, sum(p.quantity * m.award_lost) AS lost,
                   sum(p.quantity * m.award_over) AS over
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE p.award_id IS NOT NULL GROUP BY p.award_id ORDER BY p.award_id
        LOOP
            IF d.opens THEN
                INSERT INTO ledger.awards (award_id, committed, dispatched, accepted, released, rejected, lost, over)
                VALUES (d.id, d.committed, d.dispatched, d.accepted, d.released, d.rejected, d.lost, d.over);
                CONTINUE;
            END IF;
            UPDATE ledger.awards a
               SET committed = a.committed + d.committed, dispatched = a.dispatched + d.dispatched,
                   accepted = a.accepted + d.accepted, released = a.released + d.released,
                   rejected = a.rejected + d.rejected, lost = a.lost + d.lost, over = a.over + d.over
             WHERE a.award_id = d.id;
            IF NOT FOUND THEN
                RAISE foreign_key_violation USING MESSAGE = 'a posting names an award that has no account', CONSTRAINT = 'posting_award_known';
            END IF;
        END LOOP;
    END IF;

    IF moved.holds THEN
        FOR d IN
            SELECT p.quote_id AS id, sum(p.quantity * m.quote_reserved) AS quantity, bool_or(p.movement = 'reserved') AS opens,
                   (array_agg(p.offer_id))[1] AS offer_id, max(p.reserved_until) AS reserved_until
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE m.quote_reserved <> 0 GROUP BY p.quote_id ORDER BY p.quote_id
        LOOP
            IF d.opens THEN
                INSERT INTO ledger.reservations (quote_id, offer_id, quantity, reserved_until) VALUES (d.id, d.offer_id, d.quantity, d.reserved_until);
            ELSE
                UPDATE ledger.reservations r SET quantity = r.quantity + d.quantity WHERE r.quote_id = d.id;
            END IF;
        END LOOP;
    END IF;

    IF moved.offers THEN
        FOR d IN
            SELECT p.offer_id AS id,
                   sum(p.quantity * m.offer_free) AS free, sum(p.quantity * m.offer_reserved) AS reserved,
                   sum(p.quantity * m.offer_committed) AS committed, sum(p.quantity * m.offer_dispatched) AS dispatched,
                   sum(p.quantity * m.offer_accepted) AS accepted
              FROM posted p JOIN ledger.movements m USING (movement)
             WHERE p.offer_id IS NOT NULL GROUP BY p.offer_id ORDER BY p.offer_id
        LOOP
            UPDATE ledger.offers o
               SET free = o.free + d.free, reserved = o.reserved + d.reserved, committed = o.committed + d.committed,
                   dispatched = o.dispatched + d.dispatched, accepted = o.accepted + d.accepted
             WHERE o.offer_id = d.id;
            IF NOT FOUND THEN
                RAISE foreign_key_violation USING MESSAGE = 'a posting names an offer that has no account', CONSTRAINT = 'posting_offer_known';
            END IF;
        END LOOP;
    END IF;

    -- What is delivered or comes back of a claimed award moves its claims in proportion, so that the
    -- parts add up to the whole. An award with several dates may claim of several years: what is delivered
    -- fills its dates from the first on, what comes back goes off them from the last, as c.upto counts.
    IF moved.claims THEN
        INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight)
        SELECT n.id, n.movement, n.award_id, n.certificate_id, n.year,
               CASE WHEN n.releases THEN floor(n.weight * n.ends / n.part) - floor(n.weight * n.begins / n.part)
                    ELSE abs(round(n.weight * n.ends / n.part) - round(n.weight * n.begins / n.part)) END
          FROM (SELECT p.id, p.movement, p.award_id, p.releases, c.certificate_id, c.year, c.weight, c.part,
                       least(greatest(p.upto - CASE WHEN p.releases THEN p.whole - c.upto ELSE c.upto - c.part END, 0), c.part) AS ends,
                       least(greatest(p.upto - p.amount - CASE WHEN p.releases THEN p.whole - c.upto ELSE c.upto - c.part END, 0), c.part) AS begins
                  FROM (SELECT n.id, n.movement, n.award_id, n.amount, n.releases,
                               CAST(a.committed + a.dispatched + a.accepted + a.released AS numeric) AS whole,
                               CASE WHEN n.releases THEN a.released ELSE a.accepted END + n.amount
                               - sum(n.amount) OVER (PARTITION BY n.award_id, n.releases ORDER BY n.id DESC) AS upto
                          FROM (SELECT x.id, x.movement, x.award_id, m.ceiling_claimed <> 0 AS releases,
                                       x.quantity * CASE WHEN m.ceiling_claimed <> 0 THEN -m.ceiling_claimed ELSE m.ceiling_delivered END AS amount
                                  FROM posted x JOIN ledger.movements m USING (movement)
                                 WHERE m.opens IS NULL AND (m.ceiling_claimed <> 0 OR m.ceiling_delivered <> 0)) n
                          JOIN ledger.awards a USING (award_id)) p
                 CROSS JOIN LATERAL (
                       SELECT o.certificate_id, o.year, sum(o.weight) AS weight, sum(s.quantity) AS part,
                              sum(sum(s.quantity)) OVER (PARTITION BY o.certificate_id ORDER BY o.year) AS upto
                         FROM ledger.claims o JOIN ledger.postings s ON s.id = o.posting_id
                        WHERE o.award_id = p.award_id AND o.ceiling IS NOT NULL
                        GROUP BY o.certificate_id, o.year) c) n
         WHERE n.begins <> n.ends;
    END IF;
    RETURN NULL;
END
$function$
;

CREATE OR REPLACE FUNCTION ledger.follow(most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
DECLARE
    place record;
    upto  record;
    taken int;
BEGIN
    -- The row is the lock: of several followers one works, and the place moves with what was added.
    SELECT r.xact, r.id INTO place FROM ledger.rollup_place r FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    -- A posting is taken once every older transaction has ended: none can appear behind the place.
    -- What lies up to here does not change any more, so the statements below all see the same.
    SELECT b.xact, b.id, b.n INTO upto
      FROM (SELECT p.xact, p.id, row_number() OVER (ORDER BY p.xact, p.id) AS n
              FROM ledger.postings p
             WHERE (p.xact, p.id) > (place.xact, place.id) AND p.xact < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY p.xact, p.id LIMIT most) b
     ORDER BY b.n DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    taken := upto.n;
    INSERT INTO ledger.goods (product_line, form, grade, stars, schemes, unit, commune, producer_id)
    SELECT DISTINCT t.product_line, t.form, t.grade, t.stars, t.schemes, t.unit, t.commune, t.producer_id
      FROM ledger.told t
     WHERE (t.xact, t.id) > (place.xact, place.id) AND (t.xact, t.id) <= (upto.xact, upto.id)
       AND NOT EXISTS (SELECT FROM ledger.goods g
                        WHERE (g.producer_id, g.product_line, g.form, g.grade, g.commune, g.unit, g.stars, g.schemes)
                            = (t.producer_id, t.product_line, t.form, t.grade, t.commune, t.unit, t.stars, t.schemes));
    INSERT INTO ledger.demands (buyer_id, buyer_system, ward)
    SELECT DISTINCT t.buyer_id, t.buyer_system, t.ward
      FROM ledger.told t
     WHERE (t.xact, t.id) > (place.xact, place.id) AND (t.xact, t.id) <= (upto.xact, upto.id)
       AND NOT EXISTS (SELECT FROM ledger.demands d WHERE (d.buyer_id, d.buyer_system, d.ward) = (t.buyer_id, t.buyer_system, t.ward));
    INSERT INTO ledger.daily AS d (business_date, goods, demand, movement, amount, value_vnd)
    SELECT t.business_date, g.id, b.id, m.code, sum(t.amount), sum(t.value_vnd)
      FROM ledger.told t
      JOIN ledger.movements m USING (movement)
      JOIN ledger.goods g USING (producer_id, product_line, form, grade, commune, unit, stars, schemes)
      JOIN ledger.demands b USING (buyer_id, buyer_system, ward)
     WHERE (t.xact, t.id) > (place.xact, place.id) AND (t.xact, t.id) <= (upto.xact, upto.id)
     GROUP BY t.business_date, g.id, b.id, m.code
        ON CONFLICT (business_date, goods, demand, movement) DO UPDATE
           SET amount = d.amount + excluded.amount,
               value_vnd = CASE WHEN d.value_vnd IS NULL THEN excluded.value_vnd ELSE d.value_vnd + coalesce(excluded.value_vnd, 0) END;
    UPDATE ledger.rollup_place r SET xact = upto.xact, id = upto.id;
    RETURN taken;
END
$function$
;

CREATE OR REPLACE FUNCTION ledger.post(postings jsonb, posted_at timestamp with time zone, claims jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, value_vnd, product_line, form,
           schemes, commune, buyer_system, producer_id, buyer_id, product_id, offer_id, inquiry_id, inquiry_line_id,
           quote_id, award_id, delivery_id, reserved_until, actor_id, organisation_id, reason, grade, stars, ward)
    SELECT p.id, posted_at, p.business_date, p.movement, p.quantity, p.unit, p.weight, p.value_vnd, p.product_line, p.form,
           coalesce(p.schemes, '{}'), p.commune, p.buyer_system, p.producer_id, p.buyer_id, p.product_id, p.offer_id, p.inquiry_id,
           p.inquiry_line_id, p.quote_id, p.award_id, p.delivery_id, p.reserved_until, p.actor_id, p.organisation_id, p.reason,
           p.grade, p.stars, p.ward
      FROM jsonb_populate_recordset(CAST(NULL AS ledger.postings), postings) p;
    IF claims IS NOT NULL THEN
        INSERT INTO ledger.claims (posting_id, movement, award_id, certificate_id, year, weight, ceiling)
        SELECT s.id, s.movement, s.award_id, c.ceiling_id, EXTRACT(YEAR FROM s.business_date), s.weight, c.ceiling
          FROM jsonb_to_recordset(claims) AS c(posting_id uuid, ceiling_id uuid, ceiling bigint)
          JOIN ledger.postings s ON s.id = c.posting_id;
    END IF;
END
$function$
;

CREATE TRIGGER certificate_decided AFTER INSERT ON catalog.certificate_decisions FOR EACH ROW WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION catalog.certificate_decided();

CREATE TRIGGER ceiling_named BEFORE INSERT OR UPDATE ON catalog.certificate_scopes FOR EACH ROW EXECUTE FUNCTION catalog.ceiling_named();

CREATE TRIGGER certificate_dated BEFORE INSERT OR UPDATE OF state ON catalog.certificates FOR EACH ROW EXECUTE FUNCTION catalog.certificate_dated();

CREATE TRIGGER certificate_moved AFTER UPDATE OF state ON catalog.certificates FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (pg_trigger_depth() = 0))) EXECUTE FUNCTION catalog.certificate_moved();

CREATE TRIGGER certificates_made AFTER INSERT ON catalog.certificates REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION catalog.certificates_made();

CREATE TRIGGER lot_sources_limit AFTER INSERT ON catalog.lot_sources REFERENCING NEW TABLE AS declared FOR EACH STATEMENT EXECUTE FUNCTION catalog.lot_sourced();

CREATE TRIGGER lots_limited AFTER INSERT OR UPDATE OF quantity ON catalog.lots FOR EACH ROW EXECUTE FUNCTION catalog.lot_limited();

CREATE TRIGGER awards_looked_at AFTER UPDATE OF created_at, deliver_on, schedule, quantity, cancelled_by, cancelled_as ON inquiry.awards FOR EACH ROW WHEN (((((((old.created_at IS DISTINCT FROM new.created_at) OR (old.deliver_on IS DISTINCT FROM new.deliver_on)) OR (old.schedule IS DISTINCT FROM new.schedule)) OR (old.quantity IS DISTINCT FROM new.quantity)) OR (old.cancelled_by IS DISTINCT FROM new.cancelled_by)) OR (old.cancelled_as IS DISTINCT FROM new.cancelled_as))) EXECUTE FUNCTION inquiry.look_at_market();

CREATE TRIGGER call_offs_looked_at AFTER INSERT OR UPDATE OF state, quantity, deliver_on ON inquiry.call_offs FOR EACH ROW EXECUTE FUNCTION inquiry.look_at_market();

CREATE TRIGGER deliveries_draw_lots AFTER INSERT ON inquiry.deliveries REFERENCING NEW TABLE AS sent FOR EACH STATEMENT EXECUTE FUNCTION catalog.lots_drawn();

CREATE TRIGGER receipt_stands BEFORE DELETE OR UPDATE ON inquiry.deliveries FOR EACH ROW WHEN ((old.received_at IS NOT NULL)) EXECUTE FUNCTION inquiry.stands();

CREATE TRIGGER receipts_looked_at AFTER INSERT OR UPDATE ON inquiry.deliveries FOR EACH ROW WHEN ((new.received_at IS NOT NULL)) EXECUTE FUNCTION inquiry.look_at_account();

CREATE TRIGGER delivery_rules_looked_at AFTER INSERT OR DELETE OR UPDATE ON inquiry.delivery_rules FOR EACH STATEMENT EXECUTE FUNCTION inquiry.look_at_market();

CREATE TRIGGER dispute_stands BEFORE DELETE OR UPDATE ON inquiry.disputes FOR EACH ROW WHEN (((old.settled_at IS NOT NULL) OR (old.withdrawn_at IS NOT NULL))) EXECUTE FUNCTION inquiry.stands();

CREATE TRIGGER inquiries_keep_terms AFTER UPDATE OF terms ON inquiry.inquiries FOR EACH ROW WHEN ((old.terms IS DISTINCT FROM new.terms)) EXECUTE FUNCTION inquiry.keep_terms();

CREATE TRIGGER inquiries_looked_at AFTER UPDATE OF opened_at, quotes_due_at, quotes_sealed ON inquiry.inquiries FOR EACH ROW WHEN ((((old.opened_at IS DISTINCT FROM new.opened_at) OR (old.quotes_due_at IS DISTINCT FROM new.quotes_due_at)) OR (old.quotes_sealed IS DISTINCT FROM new.quotes_sealed))) EXECUTE FUNCTION inquiry.look_at_market();

CREATE TRIGGER declined_looked_at AFTER INSERT ON inquiry.invitations FOR EACH ROW WHEN ((new.declined_at IS NOT NULL)) EXECUTE FUNCTION inquiry.look_at_market();

CREATE TRIGGER invitations_looked_at AFTER UPDATE OF declined_at ON inquiry.invitations FOR EACH ROW WHEN ((old.declined_at IS DISTINCT FROM new.declined_at)) EXECUTE FUNCTION inquiry.look_at_market();

CREATE TRIGGER payments_looked_at AFTER INSERT ON inquiry.payment_moves FOR EACH ROW WHEN ((new.move = 'confirm'::text)) EXECUTE FUNCTION inquiry.look_at_account();

CREATE TRIGGER warning_days_looked_at AFTER INSERT OR DELETE OR UPDATE ON inquiry.payment_warning_days FOR EACH STATEMENT EXECUTE FUNCTION inquiry.look_at_accounts();

CREATE TRIGGER settlement_stands BEFORE DELETE OR UPDATE ON inquiry.settlements FOR EACH ROW WHEN ((old.agreed_at IS NOT NULL)) EXECUTE FUNCTION inquiry.stands();

CREATE TRIGGER settlements_looked_at AFTER INSERT OR UPDATE ON inquiry.settlements FOR EACH ROW WHEN ((new.agreed_at IS NOT NULL)) EXECUTE FUNCTION inquiry.look_at_account();

CREATE TRIGGER claims_move_ceilings AFTER INSERT ON ledger.claims REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION ledger.apply_claims();

CREATE TRIGGER postings_move_balances AFTER INSERT ON ledger.postings REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION ledger.apply_postings();

-- on catalog.certificate_decisions the service may INSERT, SELECT

-- on catalog.certificate_lapses the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.certificate_members the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.certificate_products the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.certificate_scopes the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.certificate_surveillance the service may INSERT, SELECT

-- on catalog.certificate_terms the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.certificate_warnings the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.certificates the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.lot_balances the service may SELECT

-- on catalog.lot_sources the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.lots the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.offer_series the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.offers the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.photos the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.producer_records the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.producers the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.product_ticks the service may INSERT, SELECT, UPDATE

-- on catalog.products the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.standing the service may DELETE, INSERT, SELECT, UPDATE

-- on catalog.standing_quotas the service may SELECT

-- on catalog.warning_days the service may DELETE, INSERT, SELECT, UPDATE

-- on demonstration.loaded the service may SELECT

-- on exchange.files the service may DELETE, INSERT, SELECT, UPDATE

-- on exchange.imports the service may DELETE, INSERT, SELECT, UPDATE

-- on exchange.outcomes the service may DELETE, INSERT, SELECT, UPDATE

-- on exchange.own_codes the service may DELETE, INSERT, SELECT, UPDATE

-- on files.holds the service may DELETE, INSERT, SELECT, UPDATE

-- on files.kept the service may DELETE, INSERT, SELECT, UPDATE

-- on idempotency.keys the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.api_keys the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.attempts the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.audit_events the service may INSERT, SELECT

-- on identity.audit_seals the service may INSERT, SELECT

-- on identity.changes the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.legal_forms the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.memberships the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.messages the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.organisations the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.password_resets the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.sessions the service may DELETE, INSERT, SELECT, UPDATE

-- on identity.users the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.accounts the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.alone_awards the service may INSERT, SELECT

-- on inquiry.attachments the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.award_proposals the service may INSERT, SELECT, UPDATE

-- on inquiry.awards the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.call_offs the service may INSERT, SELECT, UPDATE

-- on inquiry.cancellations the service may INSERT, SELECT, UPDATE

-- on inquiry.contracts the service may INSERT, SELECT

-- on inquiry.deliveries the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.delivery_photos the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.delivery_plans the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.delivery_rules the service may SELECT

-- on inquiry.disputes the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.dock_links the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.inquiries the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.invitations the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.lines the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.market_facts the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.market_looks the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.market_minutes the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.market_place the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.market_sums the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.past_terms the service may INSERT, SELECT

-- on inquiry.payment_kinds the service may SELECT

-- on inquiry.payment_looks the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.payment_moves the service may INSERT, SELECT

-- on inquiry.payment_states the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.payment_warning_days the service may SELECT

-- on inquiry.payment_warnings the service may INSERT, SELECT

-- on inquiry.payments the service may INSERT, SELECT

-- on inquiry.performance the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.purchasing_rules the service may INSERT, SELECT

-- on inquiry.questions the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.quotas the service may SELECT

-- on inquiry.quote_frameworks the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.quotes the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.quoting the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.reasons the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.round_producers the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.rounds the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.series the service may INSERT, SELECT, UPDATE

-- on inquiry.series_dates the service may INSERT, SELECT

-- on inquiry.settlements the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.standing the service may DELETE, INSERT, SELECT, UPDATE

-- on inquiry.standing_quotas the service may SELECT

-- on inquiry.usage the service may DELETE, INSERT, SELECT, UPDATE

-- on jobs.river_job the service may DELETE, INSERT, SELECT, UPDATE

-- on jobs.river_leader the service may DELETE, INSERT, SELECT, UPDATE

-- on jobs.river_migration the service may SELECT

-- on jobs.river_notification the service may DELETE, INSERT, SELECT, UPDATE

-- on jobs.river_queue the service may DELETE, INSERT, SELECT, UPDATE

-- on ledger.awards the service may SELECT

-- on ledger.ceilings the service may SELECT

-- on ledger.claim_seals the service may INSERT, SELECT

-- on ledger.claims the service may INSERT, SELECT

-- on ledger.daily the service may SELECT

-- on ledger.deal_changes the service may SELECT

-- on ledger.demands the service may SELECT

-- on ledger.free_supply the service may SELECT

-- on ledger.goods the service may SELECT

-- on ledger.holds the service may SELECT

-- on ledger.lines the service may SELECT

-- on ledger.movements the service may SELECT

-- on ledger.offers the service may SELECT

-- on ledger.postings the service may INSERT, SELECT

-- on ledger.remaining the service may SELECT

-- on ledger.reservations the service may SELECT

-- on ledger.rollup_place the service may SELECT

-- on ledger.seals the service may INSERT, SELECT

-- on ledger.shortfalls the service may SELECT

-- on ledger.supply_changes the service may SELECT

-- on ledger.told the service may SELECT

-- on monitor.days_off the service may SELECT

-- on monitor.days_posted the service may INSERT, SELECT, UPDATE

-- on monitor.desk_kinds the service may SELECT

-- on monitor.figure_blocks the service may INSERT, SELECT

-- on monitor.figure_books the service may SELECT

-- on monitor.figure_cells the service may INSERT, SELECT

-- on monitor.figure_shares the service may INSERT, SELECT

-- on monitor.figures the service may INSERT, SELECT

-- on monitor.figures_followed the service may SELECT, UPDATE

-- on monitor.gap_acknowledgements the service may INSERT, SELECT

-- on monitor.gap_alerts the service may INSERT, SELECT

-- on monitor.gap_thresholds the service may DELETE, INSERT, SELECT

-- on monitor.indicator_rules the service may SELECT

-- on monitor.modern_kinds the service may SELECT

-- on monitor.price_bands the service may INSERT, SELECT

-- on monitor.price_quarters the service may INSERT, SELECT

-- on monitor.price_steps the service may SELECT

-- on monitor.report_kinds the service may SELECT

-- on monitor.report_orders the service may DELETE, INSERT, SELECT

-- on monitor.reports the service may INSERT, SELECT

-- on monitor.told_pairs the service may INSERT, SELECT, UPDATE

-- on monitor.unpublished the service may DELETE, INSERT, SELECT, UPDATE

-- on monitor.watch_reasons the service may SELECT

-- on monitor.watch_rules the service may SELECT

-- on monitor.watch_steps the service may INSERT, SELECT

-- on monitor.watches the service may INSERT, SELECT

-- on notify.followed the service may DELETE, INSERT, SELECT, UPDATE

-- on notify.kinds the service may SELECT

-- on notify.notices the service may DELETE, INSERT, SELECT, UPDATE

-- on reference.buyer_system_brands the service may SELECT

-- on reference.buyer_systems the service may SELECT

-- on reference.claim_needs the service may SELECT

-- on reference.claim_rules the service may SELECT

-- on reference.commune_former_districts the service may SELECT

-- on reference.communes the service may SELECT

-- on reference.decision_reasons the service may SELECT

-- on reference.dried_goods the service may SELECT

-- on reference.former_districts the service may SELECT

-- on reference.forms the service may SELECT

-- on reference.grade_choices the service may SELECT

-- on reference.grade_fields the service may SELECT

-- on reference.line_forms the service may SELECT

-- on reference.line_grade_fields the service may SELECT

-- on reference.line_synonyms the service may SELECT

-- on reference.ocop_groups the service may SELECT

-- on reference.ocop_issuers the service may SELECT

-- on reference.product_lines the service may SELECT

-- on reference.provinces the service may SELECT

-- on reference.reference_prices the service may SELECT

-- on reference.scheme_scopes the service may SELECT

-- on reference.scheme_stars the service may SELECT

-- on reference.scheme_terms the service may SELECT

-- on reference.schemes the service may SELECT

-- on reference.scope_kinds the service may SELECT

-- on reference.season_months the service may SELECT

-- on reference.seasons the service may SELECT

-- on reference.source_rules the service may SELECT

-- on reference.tides the service may SELECT

-- on reference.units the service may SELECT

-- on trade.amendment_lines the service may INSERT, SELECT

-- on trade.amendment_outcomes the service may INSERT, SELECT

-- on trade.amendments the service may INSERT, SELECT

-- on trade.channels the service may SELECT

-- on trade.declarations the service may INSERT, SELECT

-- on trade.declared the service may SELECT

-- on trade.declared_months the service may SELECT

-- on trade.event_kinds the service may SELECT

-- on trade.event_steps the service may INSERT, SELECT

-- on trade.events the service may INSERT, SELECT, UPDATE

-- on trade.meeting_seats the service may INSERT, SELECT, UPDATE

-- on trade.meetings the service may INSERT, SELECT, UPDATE

-- on trade.memoranda the service may INSERT, SELECT

-- on trade.memorandum_lines the service may INSERT, SELECT

-- on trade.memorandum_links the service may DELETE, INSERT, SELECT

-- on trade.memorandum_steps the service may INSERT, SELECT

-- on trade.participants the service may INSERT, SELECT, UPDATE

-- on trade.programme_kinds the service may SELECT

-- on trade.programme_members the service may INSERT, SELECT

-- on trade.programme_targets the service may INSERT, SELECT

-- on trade.programmes the service may INSERT, SELECT, UPDATE

-- on trade.term_lines the service may SELECT

-- on trade.terms the service may SELECT
