-- Inquiries, quotes, awards and deliveries: the deal itself. How much stands where is the ledger's
-- to say; these tables hold who, when, at what price and in which state.
-- +goose Up

-- Why goods were rejected or an award ended: data, so that a market can add its own.
CREATE TABLE inquiry.reasons (
    code    text PRIMARY KEY,
    applies text NOT NULL CHECK (applies IN ('receipt', 'award')),
    name_vi text NOT NULL,
    name_en text NOT NULL
);
INSERT INTO inquiry.reasons (code, applies, name_vi, name_en) VALUES
    ('dead_on_arrival',  'receipt', 'chết khi nhận',                  'dead on arrival'),
    ('wrong_size',       'receipt', 'sai cỡ',                         'wrong size'),
    ('wrong_form',       'receipt', 'sai quy cách',                   'wrong form or packing'),
    ('temperature',      'receipt', 'nhiệt độ không đạt',             'temperature not kept'),
    ('quality',          'receipt', 'chất lượng không đạt',           'quality not as agreed'),
    ('residue',          'receipt', 'tồn dư kháng sinh hoặc hoá chất', 'antibiotic or chemical residue'),
    ('documents',        'receipt', 'thiếu hoặc sai chứng từ',        'documents missing or wrong'),
    ('certificate',      'receipt', 'chứng nhận không còn hiệu lực',  'certificate not valid'),
    ('late',             'receipt', 'giao trễ',                       'delivered late'),
    ('damaged',          'receipt', 'hư hỏng khi vận chuyển',         'damaged on the way'),
    ('buyer_request',    'award',   'bên mua đề nghị',                'asked for by the buyer'),
    ('producer_request', 'award',   'bên bán đề nghị',                'asked for by the producer'),
    ('default',          'award',   'bên bán không giao',             'producer did not deliver'),
    ('harvest_failed',   'award',   'mất mùa, dịch bệnh',             'harvest failed'),
    ('weather',          'award',   'thời tiết',                      'weather'),
    ('other',            'award',   'lý do khác',                     'another reason');

CREATE TABLE inquiry.inquiries (
    id             uuid        PRIMARY KEY,
    buyer_id       uuid        NOT NULL REFERENCES identity.organisations,
    buyer_system   text        REFERENCES reference.buyer_systems,
    visibility     text        NOT NULL CHECK (visibility IN ('direct', 'invited', 'open')),
    quotes_sealed  boolean     NOT NULL,
    quotes_due_at  timestamptz NOT NULL,
    ward           text        NOT NULL REFERENCES reference.communes,
    delivery_note  text        NOT NULL,
    terms          jsonb       NOT NULL,
    -- what was decided; the rest of an inquiry's state follows from the clock and the ledger
    stage          text        NOT NULL CHECK (stage IN ('draft', 'open', 'closed', 'cancelled')),
    version        bigint      NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    opened_at      timestamptz,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT inquiry_opened CHECK ((stage = 'draft') = (opened_at IS NULL) OR stage = 'cancelled')
);
CREATE INDEX inquiries_buyer ON inquiry.inquiries (buyer_id, id DESC);
CREATE INDEX inquiries_open ON inquiry.inquiries (id DESC) WHERE visibility = 'open' AND stage <> 'draft';

CREATE TABLE inquiry.lines (
    id               uuid   PRIMARY KEY,
    inquiry_id       uuid   NOT NULL REFERENCES inquiry.inquiries,
    position         int    NOT NULL CHECK (position > 0),
    line             text   NOT NULL REFERENCES reference.product_lines,
    -- a line that names a product or an offer is for that producer's eyes alone
    producer_id      uuid   REFERENCES identity.organisations,
    product_id       uuid,
    offer_id         uuid,
    form             text,
    grade            jsonb,
    schemes          text[] NOT NULL,
    quantity         bigint NOT NULL CHECK (quantity > 0),
    unit             text   NOT NULL REFERENCES reference.units,
    unit_weight      bigint NOT NULL DEFAULT 0,
    deliver_from     date   NOT NULL,
    deliver_to       date   NOT NULL,
    target_price_vnd bigint CHECK (target_price_vnd > 0),
    UNIQUE (inquiry_id, position),
    CONSTRAINT line_window CHECK (deliver_from <= deliver_to)
);

CREATE TABLE inquiry.invitations (
    inquiry_id  uuid NOT NULL REFERENCES inquiry.inquiries,
    producer_id uuid NOT NULL REFERENCES identity.organisations,
    -- open inquiries have a row for each producer that declined without being invited
    invited     boolean NOT NULL,
    declined_at timestamptz,
    decline_note text,
    PRIMARY KEY (inquiry_id, producer_id)
);
CREATE INDEX invitations_producer ON inquiry.invitations (producer_id, inquiry_id DESC);

CREATE TABLE inquiry.quotes (
    id           uuid        PRIMARY KEY,
    inquiry_id   uuid        NOT NULL REFERENCES inquiry.inquiries,
    line_id      uuid        NOT NULL REFERENCES inquiry.lines,
    producer_id  uuid        NOT NULL REFERENCES identity.organisations,
    product_id   uuid        NOT NULL,
    offer_id     uuid        NOT NULL,
    -- versions of one quote share the id of the first
    root_id      uuid        NOT NULL,
    version      int         NOT NULL CHECK (version > 0),
    quantity     bigint      NOT NULL CHECK (quantity > 0),
    awarded      bigint      NOT NULL DEFAULT 0,
    unit         text        NOT NULL REFERENCES reference.units,
    price_vnd    bigint      NOT NULL CHECK (price_vnd > 0),
    size_prices  jsonb       NOT NULL DEFAULT '[]',
    deliver_on   date        NOT NULL,
    valid_until  timestamptz NOT NULL,
    reserve      boolean     NOT NULL,
    alternative  boolean     NOT NULL,
    -- the offer was made from this quote and ends with it
    offer_made   boolean     NOT NULL,
    note         text        NOT NULL,
    -- marks of the product: today's, and those that will still hold on the delivery date
    claims       text[]      NOT NULL,
    lapsing      text[]      NOT NULL,
    stage        text        NOT NULL CHECK (stage IN ('submitted', 'superseded', 'declined', 'withdrawn')),
    reason       text        NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT quote_version_once UNIQUE (root_id, version),
    CONSTRAINT quote_not_overawarded CHECK (awarded BETWEEN 0 AND quantity)
);
-- One current quote for each line and producer: a double tap makes one.
CREATE UNIQUE INDEX quote_once ON inquiry.quotes (line_id, producer_id) WHERE stage = 'submitted' AND NOT alternative;
CREATE INDEX quotes_inquiry ON inquiry.quotes (inquiry_id, id);
CREATE INDEX quotes_producer ON inquiry.quotes (producer_id, id DESC);

CREATE TABLE inquiry.awards (
    id           uuid        PRIMARY KEY,
    inquiry_id   uuid        NOT NULL REFERENCES inquiry.inquiries,
    line_id      uuid        NOT NULL REFERENCES inquiry.lines,
    quote_id     uuid        NOT NULL REFERENCES inquiry.quotes,
    buyer_id     uuid        NOT NULL REFERENCES identity.organisations,
    producer_id  uuid        NOT NULL REFERENCES identity.organisations,
    product_id   uuid        NOT NULL,
    offer_id     uuid        NOT NULL,
    quantity     bigint      NOT NULL CHECK (quantity > 0),
    unit         text        NOT NULL REFERENCES reference.units,
    price_vnd    bigint      NOT NULL CHECK (price_vnd > 0),
    deliver_on   date        NOT NULL,
    claims       text[]      NOT NULL,
    lapsing      text[]      NOT NULL,
    cancelled_at timestamptz,
    cancelled_by uuid        REFERENCES identity.organisations,
    reason       text        REFERENCES inquiry.reasons,
    note         text        NOT NULL DEFAULT '',
    version      bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    CONSTRAINT award_cancelled_with_reason CHECK ((cancelled_at IS NULL) = (reason IS NULL))
);
CREATE INDEX awards_inquiry ON inquiry.awards (inquiry_id, id);
CREATE INDEX awards_line ON inquiry.awards (line_id);
CREATE INDEX awards_buyer ON inquiry.awards (buyer_id, id DESC);
CREATE INDEX awards_producer ON inquiry.awards (producer_id, id DESC);

CREATE TABLE inquiry.deliveries (
    id            uuid        PRIMARY KEY,
    award_id      uuid        NOT NULL REFERENCES inquiry.awards,
    quantity      bigint      NOT NULL CHECK (quantity > 0),
    unit          text        NOT NULL REFERENCES reference.units,
    lot           text        NOT NULL,
    live          boolean     NOT NULL,
    dispatched_at timestamptz NOT NULL,
    received_at   timestamptz,
    accepted      bigint      NOT NULL DEFAULT 0 CHECK (accepted >= 0),
    rejected      bigint      NOT NULL DEFAULT 0 CHECK (rejected >= 0),
    loss          bigint      NOT NULL DEFAULT 0 CHECK (loss >= 0),
    reasons       text[]      NOT NULL DEFAULT '{}',
    sizes         jsonb       NOT NULL DEFAULT '[]',
    -- what is owed for what was accepted, by the sizes that the scale found
    value_vnd     bigint      NOT NULL DEFAULT 0 CHECK (value_vnd >= 0),
    note          text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    CONSTRAINT receipt_adds_up CHECK (received_at IS NULL OR accepted + rejected + loss = quantity),
    CONSTRAINT receipt_not_before_dispatch CHECK (received_at IS NULL OR received_at >= dispatched_at)
);
CREATE INDEX deliveries_award ON inquiry.deliveries (award_id, id);
