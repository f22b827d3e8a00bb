-- Organisations, people, how they sign in, and the audit trail.
-- +goose Up
CREATE TABLE identity.legal_forms (
    code         text    PRIMARY KEY,
    name_vi      text    NOT NULL,
    name_en      text    NOT NULL,
    ocop_subject boolean NOT NULL,
    position     integer NOT NULL
);
COMMENT ON COLUMN identity.legal_forms.ocop_subject IS 'Who can hold an OCOP recognition (QĐ 148/QĐ-TTg 2023).';
INSERT INTO identity.legal_forms (code, name_vi, name_en, ocop_subject, position) VALUES
    ('cooperative',       'Hợp tác xã',                 'Cooperative',              true,  1),
    ('cooperative_group', 'Tổ hợp tác',                 'Cooperative group',        true,  2),
    ('enterprise',        'Doanh nghiệp',               'Enterprise',               true,  3),
    ('household',         'Hộ kinh doanh',              'Household business',       true,  4),
    ('collector',         'Vựa thu mua',                'Collector',                false, 5);

CREATE TABLE identity.organisations (
    id           uuid        PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('producer', 'buyer', 'authority')),
    name         text        NOT NULL CHECK (name <> ''),
    name_folded  text        NOT NULL,
    name_en      text        NOT NULL DEFAULT '',
    state        text        NOT NULL CHECK (state IN ('applied', 'approved', 'rejected', 'suspended')),
    legal_form   text        CONSTRAINT organisations_legal_form_fkey REFERENCES identity.legal_forms,
    commune_code text,
    province     text        NOT NULL,
    buyer_system text,
    buyer_kind   text,
    tax_code     text        NOT NULL DEFAULT '',
    fictional    boolean     NOT NULL DEFAULT false,
    reason       text        NOT NULL DEFAULT '',
    version      bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT organisations_by_kind CHECK (
        (kind = 'producer') = (legal_form IS NOT NULL)
        AND (kind = 'buyer') = (buyer_kind IS NOT NULL)
        AND (kind = 'buyer' OR buyer_system IS NULL))
);
CREATE INDEX organisations_created_at ON identity.organisations (created_at, id);
CREATE INDEX organisations_state ON identity.organisations (state, kind, created_at, id);

CREATE TABLE identity.users (
    id            uuid        PRIMARY KEY,
    name          text        NOT NULL,
    email         text        CHECK (email = lower(email)),
    phone         text        CHECK (phone ~ '^\+[1-9][0-9]{7,14}$'),
    password_hash text,
    administrator boolean     NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_phone_key UNIQUE (phone),
    CONSTRAINT users_login CHECK (email IS NOT NULL OR phone IS NOT NULL)
);
COMMENT ON COLUMN identity.users.password_hash IS 'argon2id; NULL until an invited person has chosen a password.';

CREATE TABLE identity.memberships (
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    user_id         uuid        NOT NULL REFERENCES identity.users,
    role            text        NOT NULL CHECK (role IN ('owner', 'member', 'viewer')),
    invited_name    text        NOT NULL DEFAULT '',
    invited_login   text        NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    CONSTRAINT memberships_pkey PRIMARY KEY (user_id, organisation_id)
);
CREATE INDEX memberships_organisation ON identity.memberships (organisation_id, created_at);
COMMENT ON COLUMN identity.memberships.accepted_at IS
    'NULL while an invitation is open: it gives no right, and shows no more of the person than the inviter wrote.';

CREATE TABLE identity.sessions (
    id              uuid        PRIMARY KEY,
    token_hash      bytea       NOT NULL CONSTRAINT sessions_token_key UNIQUE,
    user_id         uuid        NOT NULL REFERENCES identity.users,
    organisation_id uuid        REFERENCES identity.organisations,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);
CREATE INDEX sessions_user ON identity.sessions (user_id, created_at);
CREATE INDEX sessions_expires_at ON identity.sessions (expires_at);

CREATE TABLE identity.api_keys (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    name            text        NOT NULL,
    prefix          text        NOT NULL,
    key_hash        bytea       NOT NULL CONSTRAINT api_keys_key UNIQUE,
    scopes          text[]      NOT NULL CHECK (cardinality(scopes) > 0),
    created_by      uuid        NOT NULL REFERENCES identity.users,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    revoked_at      timestamptz,
    last_used_at    timestamptz
);
CREATE INDEX api_keys_organisation ON identity.api_keys (organisation_id, created_at);

-- Counters of failures and requests within a window; one row per subject, no personal data.
CREATE TABLE identity.attempts (
    scope      text        NOT NULL,
    subject    bytea       NOT NULL,
    started_at timestamptz NOT NULL,
    count      integer     NOT NULL,
    CONSTRAINT attempts_pkey PRIMARY KEY (scope, subject)
);
CREATE INDEX attempts_started_at ON identity.attempts (started_at);

CREATE TABLE identity.password_resets (
    token_hash bytea       PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES identity.users,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX password_resets_user ON identity.password_resets (user_id);

-- The outbox of mail. Addresses and links are made when a message is delivered, not before: no
-- token ever stands here. A message without a person (an unknown login asked for a reset) is
-- dropped by the worker, so that both cases cost the request the same.
CREATE TABLE identity.messages (
    id              uuid        PRIMARY KEY,
    kind            text        NOT NULL,
    user_id         uuid        REFERENCES identity.users,
    organisation_id uuid        REFERENCES identity.organisations,
    params          jsonb       NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    sent_at         timestamptz
);
CREATE INDEX messages_due ON identity.messages (due_at) WHERE sent_at IS NULL;

-- Append-only by grant. xact is the order of the seal: a transaction's id is handed out before
-- its first row, and everything below pg_snapshot_xmin has ended.
CREATE TABLE identity.audit_events (
    id              uuid        PRIMARY KEY,
    xact            xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at              timestamptz NOT NULL,
    actor_id        uuid        NOT NULL,
    organisation_id uuid,
    key_id          uuid,
    action          text        NOT NULL,
    subject_kind    text        NOT NULL,
    subject_id      uuid        NOT NULL,
    detail          jsonb       NOT NULL,
    trace_id        text        NOT NULL DEFAULT ''
);
CREATE INDEX audit_events_seal ON identity.audit_events (xact, id);
CREATE INDEX audit_events_at ON identity.audit_events (at, id);
CREATE INDEX audit_events_organisation ON identity.audit_events (organisation_id, at, id);
CREATE INDEX audit_events_subject ON identity.audit_events (subject_id, at, id);

CREATE TABLE identity.audit_seals (
    seq    bigint PRIMARY KEY,
    row_id uuid   NOT NULL UNIQUE,
    xact   xid8   NOT NULL,
    chain  bytea  NOT NULL
);
