-- Trade events with their participants, booths and meetings; memoranda and what they are linked to.
-- +goose Up
CREATE SCHEMA trade;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE trade.event_kinds (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    position smallint NOT NULL
);
INSERT INTO trade.event_kinds (code, name_vi, name_en, position) VALUES
    ('conference',    'Hội nghị kết nối cung – cầu', 'Supply–demand conference', 1),
    ('fair',          'Hội chợ, triển lãm',          'Fair or exhibition',       2),
    ('goods_week',    'Tuần hàng',                   'Week of goods',            3),
    ('buyer_mission', 'Đoàn mua hàng',               'Buyers'' mission',         4),
    ('training',      'Tập huấn, hội thảo',          'Training or seminar',      5);

CREATE TABLE trade.events (
    id           uuid        PRIMARY KEY,
    kind         text        NOT NULL REFERENCES trade.event_kinds,
    name         text        NOT NULL CHECK (name <> ''),
    organiser_id uuid        NOT NULL REFERENCES identity.organisations,
    commune      text        REFERENCES reference.communes,
    place        text        NOT NULL,
    starts_on    date        NOT NULL,
    ends_on      date        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('draft', 'announced', 'held', 'cancelled')),
    invented     boolean     NOT NULL DEFAULT false,
    version      bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT events_dates CHECK (ends_on >= starts_on),
    CONSTRAINT events_place CHECK (commune IS NOT NULL OR place <> '')
);
CREATE INDEX events_listed ON trade.events (starts_on DESC, id DESC);

CREATE TABLE trade.event_steps (
    event_id        uuid        NOT NULL REFERENCES trade.events,
    n               integer     NOT NULL CHECK (n > 0),
    at              timestamptz NOT NULL,
    move            text        NOT NULL,
    organisation_id uuid,
    from_state      text        NOT NULL,
    to_state        text        NOT NULL,
    reason          text        NOT NULL DEFAULT '',
    PRIMARY KEY (event_id, n)
);
COMMENT ON TABLE trade.event_steps IS 'What was done with an event, in order. Never changed.';

CREATE TABLE trade.participants (
    id              uuid        PRIMARY KEY,
    event_id        uuid        NOT NULL REFERENCES trade.events,
    organisation_id uuid        REFERENCES identity.organisations,
    name            text        NOT NULL,
    attendance      text        NOT NULL CHECK (attendance IN ('invited', 'registered', 'attended', 'declined')),
    booth           text        CHECK (booth <> ''),
    booth_area      bigint      CHECK (booth_area > 0),
    version         bigint      NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT participant_once UNIQUE (event_id, organisation_id),
    CONSTRAINT participant_named CHECK ((organisation_id IS NULL) = (name <> '')),
    CONSTRAINT booth_once UNIQUE (event_id, booth),
    CONSTRAINT booth_area_of_a_booth CHECK (booth IS NOT NULL OR booth_area IS NULL),
    CONSTRAINT participants_of_event UNIQUE (event_id, id)
);
COMMENT ON COLUMN trade.participants.name IS 'Of one that is not on the platform; else empty.';
COMMENT ON COLUMN trade.participants.booth_area IS 'Thousandths of a square metre.';
CREATE UNIQUE INDEX outsider_once ON trade.participants (event_id, lower(name)) WHERE organisation_id IS NULL;
CREATE INDEX participants_organisation ON trade.participants (organisation_id) WHERE organisation_id IS NOT NULL;

CREATE TABLE trade.meetings (
    id           uuid        PRIMARY KEY,
    event_id     uuid        NOT NULL REFERENCES trade.events,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    cancelled_at timestamptz,
    created_at   timestamptz NOT NULL,
    CONSTRAINT meetings_times CHECK (ends_at > starts_at),
    CONSTRAINT meetings_of_event UNIQUE (event_id, id)
);
CREATE TABLE trade.meeting_seats (
    meeting_id     uuid      NOT NULL,
    event_id       uuid      NOT NULL,
    participant_id uuid      NOT NULL,
    during         tstzrange NOT NULL,
    stands         boolean   NOT NULL DEFAULT true,
    PRIMARY KEY (meeting_id, participant_id),
    FOREIGN KEY (event_id, meeting_id) REFERENCES trade.meetings (event_id, id),
    CONSTRAINT seat_of_a_participant FOREIGN KEY (event_id, participant_id) REFERENCES trade.participants (event_id, id),
    CONSTRAINT nobody_in_two_meetings EXCLUDE USING gist (participant_id WITH =, during WITH &&) WHERE (stands)
);
COMMENT ON COLUMN trade.meeting_seats.stands IS 'False once the meeting is cancelled: the time is free again.';

CREATE TABLE trade.memoranda (
    id                 uuid        PRIMARY KEY,
    event_id           uuid        REFERENCES trade.events,
    number             text        NOT NULL,
    producer_id        uuid        REFERENCES identity.organisations,
    producer_name      text        NOT NULL,
    buyer_id           uuid        REFERENCES identity.organisations,
    buyer_name         text        NOT NULL,
    signed_on          date        NOT NULL,
    term_from          date        NOT NULL,
    term_to            date        NOT NULL,
    note               text        NOT NULL,
    state              text        NOT NULL CHECK (state IN ('recorded', 'confirmed', 'contested', 'ended', 'withdrawn')),
    recorded_by        uuid        NOT NULL,
    recorded_as        text        NOT NULL CHECK (recorded_as IN ('producer', 'buyer', 'official')),
    producer_agreed_at timestamptz,
    buyer_agreed_at    timestamptz,
    ended_on           date,
    invented           boolean     NOT NULL DEFAULT false,
    version            bigint      NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    CONSTRAINT memoranda_producer CHECK ((producer_id IS NULL) = (producer_name <> '')),
    CONSTRAINT memoranda_buyer CHECK ((buyer_id IS NULL) = (buyer_name <> '')),
    CONSTRAINT memoranda_term CHECK (term_to >= term_from),
    CONSTRAINT memoranda_agreed CHECK (state NOT IN ('confirmed', 'ended')
        OR ((producer_id IS NULL OR producer_agreed_at IS NOT NULL) AND (buyer_id IS NULL OR buyer_agreed_at IS NOT NULL)
            AND num_nonnulls(producer_id, buyer_id) > 0)),
    CONSTRAINT memoranda_ended CHECK ((state = 'ended') = (ended_on IS NOT NULL))
);
COMMENT ON TABLE trade.memoranda IS 'What was signed and expected: never demand and never volume. Nothing here is posted to the ledger.';
COMMENT ON COLUMN trade.memoranda.recorded_by IS 'The organisation that entered it; the person of an administrator, who has none.';
CREATE INDEX memoranda_producer_id ON trade.memoranda (producer_id, buyer_id);
CREATE INDEX memoranda_buyer_id ON trade.memoranda (buyer_id);

CREATE TABLE trade.memorandum_lines (
    memorandum_id uuid     NOT NULL REFERENCES trade.memoranda,
    n             smallint NOT NULL CHECK (n > 0),
    line          text     NOT NULL REFERENCES reference.product_lines,
    form          text     REFERENCES reference.forms,
    quantity      bigint   NOT NULL CHECK (quantity > 0),
    unit          text     NOT NULL REFERENCES reference.units,
    weight        bigint   CHECK (weight > 0),
    value_vnd     bigint   CHECK (value_vnd > 0),
    PRIMARY KEY (memorandum_id, n)
);
COMMENT ON COLUMN trade.memorandum_lines.weight IS 'Thousandths of a kilogram, where the goods have a weight; what is compared with the ledger.';
CREATE UNIQUE INDEX memorandum_line_once ON trade.memorandum_lines
    (memorandum_id, line, coalesce(form, ''), (CASE WHEN weight IS NULL THEN unit ELSE 'kg' END));

CREATE TABLE trade.memorandum_steps (
    memorandum_id   uuid        NOT NULL REFERENCES trade.memoranda,
    n               integer     NOT NULL CHECK (n > 0),
    at              timestamptz NOT NULL,
    move            text        NOT NULL,
    actor           text        NOT NULL CHECK (actor IN ('producer', 'buyer', 'official')),
    organisation_id uuid,
    from_state      text        NOT NULL,
    to_state        text        NOT NULL,
    reason          text        NOT NULL DEFAULT '',
    PRIMARY KEY (memorandum_id, n)
);
COMMENT ON TABLE trade.memorandum_steps IS 'What was done with a memorandum, in order. Never changed.';

CREATE TABLE trade.memorandum_links (
    memorandum_id uuid        NOT NULL REFERENCES trade.memoranda,
    inquiry_id    uuid        NOT NULL REFERENCES inquiry.inquiries,
    linked_at     timestamptz NOT NULL,
    PRIMARY KEY (memorandum_id, inquiry_id),
    CONSTRAINT inquiry_of_one_memorandum UNIQUE (inquiry_id)
);
COMMENT ON TABLE trade.memorandum_links IS 'Inquiries that a buyer placed because of a memorandum; of one at most, so that nothing is counted for two.';

-- What two parties awarded each other is found by them.
CREATE INDEX postings_deals ON ledger.postings (producer_id, buyer_id) WHERE movement = 'awarded';
