-- What is declared as sold off the platform, and programmes: named groups with commitments of their own.
-- +goose Up
CREATE TABLE trade.channels (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    position smallint NOT NULL
);
INSERT INTO trade.channels (code, name_vi, name_en, position) VALUES
    ('modern_trade', 'Siêu thị, chuỗi bán lẻ (ngoài sàn)', 'Supermarkets and chains, off the platform', 1),
    ('wet_market',   'Chợ truyền thống, chợ đầu mối',      'Wet and wholesale markets',                 2),
    ('processor',    'Nhà máy chế biến',                   'Processors',                                3),
    ('export',       'Xuất khẩu',                          'Export',                                    4),
    ('direct',       'Bán trực tiếp, trực tuyến',          'Direct and online sale',                    5),
    ('other',        'Kênh khác',                          'Other channels',                            6);

CREATE TABLE trade.declarations (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES identity.organisations,
    commune         text        REFERENCES reference.communes,
    month           date        NOT NULL CHECK (extract(day FROM month) = 1),
    line            text        NOT NULL REFERENCES reference.product_lines,
    form            text        NOT NULL REFERENCES reference.forms,
    quantity        bigint      NOT NULL CHECK (quantity >= 0),
    unit            text        NOT NULL REFERENCES reference.units,
    unit_weight     bigint      CHECK (unit_weight > 0),
    weight          bigint      CHECK (weight >= 0),
    channel         text        NOT NULL REFERENCES trade.channels,
    source          text        NOT NULL,
    memorandum_id   uuid        REFERENCES trade.memoranda,
    replaces        uuid        CONSTRAINT declaration_replaced_once UNIQUE REFERENCES trade.declarations,
    declared_by     uuid        NOT NULL,
    declared_as     text        NOT NULL CHECK (declared_as IN ('producer', 'official')),
    invented        boolean     NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    CONSTRAINT declarations_source CHECK (declared_as = 'producer' OR source <> '')
);
COMMENT ON TABLE trade.declarations IS 'Volumes sold off the platform, by the word of who declared them. Never changed: a correction replaces one, and the old one stays.';
COMMENT ON COLUMN trade.declarations.commune IS 'Of the producer''s seat when it was declared.';
CREATE UNIQUE INDEX declaration_once ON trade.declarations (organisation_id, month, line, form, unit, channel, memorandum_id) NULLS NOT DISTINCT
    WHERE replaces IS NULL;
CREATE INDEX declarations_month ON trade.declarations (month, line);
CREATE INDEX declarations_memorandum ON trade.declarations (memorandum_id) WHERE memorandum_id IS NOT NULL;

-- What counts: each declaration as it was last corrected.
CREATE VIEW trade.declared AS
SELECT d.id, d.organisation_id, coalesce(d.commune, '') AS commune, d.month, d.line, d.form, f.state = 'dried' AS dried, d.quantity,
       coalesce(d.weight, d.quantity) AS amount, CASE WHEN d.weight IS NULL THEN d.unit ELSE 'kg' END AS unit, d.channel, d.memorandum_id
  FROM trade.declarations d
  JOIN reference.forms f ON f.code = d.form
 WHERE NOT EXISTS (SELECT FROM trade.declarations c WHERE c.replaces = d.id);

CREATE TABLE trade.programme_kinds (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    position smallint NOT NULL
);
INSERT INTO trade.programme_kinds (code, name_vi, name_en, position) VALUES
    ('pairing',             'Kết nghĩa, hợp tác giữa địa phương', 'Pairing of localities',        1),
    ('price_stabilisation', 'Dự trữ bình ổn thị trường',          'Price-stabilisation reserve',  2),
    ('promotion',           'Chương trình xúc tiến',              'Promotion programme',          3);

CREATE TABLE trade.programmes (
    id           uuid        PRIMARY KEY,
    kind         text        NOT NULL REFERENCES trade.programme_kinds,
    name         text        NOT NULL CHECK (name <> ''),
    counts       text        NOT NULL CHECK (counts IN ('producers', 'buyers', 'both')),
    organiser_id uuid        NOT NULL REFERENCES identity.organisations,
    note         text        NOT NULL,
    invented     boolean     NOT NULL DEFAULT false,
    version      bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);
COMMENT ON COLUMN trade.programmes.counts IS 'Which deals count: those whose producer is in the group, whose buyer is, or both.';

CREATE TABLE trade.programme_members (
    id              uuid        PRIMARY KEY,
    programme_id    uuid        NOT NULL REFERENCES trade.programmes,
    side            text        NOT NULL CHECK (side IN ('producers', 'buyers')),
    organisation_id uuid        REFERENCES identity.organisations,
    commune         text        REFERENCES reference.communes,
    during          daterange   NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    created_at      timestamptz NOT NULL,
    CONSTRAINT programme_member_is_one CHECK (num_nonnulls(organisation_id, commune) = 1 AND (commune IS NULL OR side = 'producers')),
    CONSTRAINT programme_organisation_once EXCLUDE USING gist (programme_id WITH =, organisation_id WITH =, during WITH &&),
    CONSTRAINT programme_commune_once EXCLUDE USING gist (programme_id WITH =, commune WITH =, during WITH &&)
);
COMMENT ON TABLE trade.programme_members IS 'Organisations, and communes whose producers'' goods count, with the days of their membership.';

CREATE TABLE trade.programme_targets (
    id              uuid        PRIMARY KEY,
    programme_id    uuid        NOT NULL REFERENCES trade.programmes,
    organisation_id uuid        REFERENCES identity.organisations,
    line            text        NOT NULL REFERENCES reference.product_lines,
    form            text        REFERENCES reference.forms,
    quantity        bigint      NOT NULL CHECK (quantity > 0),
    unit            text        NOT NULL REFERENCES reference.units,
    weight          bigint      CHECK (weight > 0),
    during          daterange   NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
    withdrawn_at    timestamptz,
    created_at      timestamptz NOT NULL,
    CONSTRAINT programme_target_once EXCLUDE USING gist (programme_id WITH =, (coalesce(organisation_id, '00000000-0000-0000-0000-000000000000')) WITH =,
        line WITH =, (coalesce(form, '')) WITH =, (CASE WHEN weight IS NULL THEN unit ELSE 'kg' END) WITH =, during WITH &&) WHERE (withdrawn_at IS NULL)
);
COMMENT ON TABLE trade.programme_targets IS 'What the group, or one of it, is committed to within a period.';
