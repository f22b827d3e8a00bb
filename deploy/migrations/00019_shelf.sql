-- Getting onto the shelf: what buyers' systems demand of a product, what producers have to show for
-- it, and the Green Tick of a product in a system.
-- +goose Up
CREATE SCHEMA shelf;

CREATE TABLE shelf.document_types (
    code            text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi         text     NOT NULL CHECK (name_vi <> ''),
    name_en         text     NOT NULL CHECK (name_en <> ''),
    per_product     boolean  NOT NULL,
    validity_months smallint CHECK (validity_months > 0),
    help_vi         text     NOT NULL,
    help_en         text     NOT NULL,
    source          text     NOT NULL CHECK (source <> ''),
    unverified      boolean  NOT NULL,
    position        smallint NOT NULL
);
COMMENT ON COLUMN shelf.document_types.per_product IS 'It is about one product; else about the producer.';
COMMENT ON COLUMN shelf.document_types.validity_months IS 'How long one is good for where it names no end; NULL: without end.';
COMMENT ON COLUMN shelf.document_types.unverified IS 'From general knowledge: shown, and said to be so.';
INSERT INTO shelf.document_types (code, name_vi, name_en, per_product, validity_months, help_vi, help_en, source, unverified, position) VALUES
    ('business_registration', 'Giấy chứng nhận đăng ký kinh doanh', 'Business registration', false, NULL,
     'Doanh nghiệp, hợp tác xã, hộ kinh doanh: bản chụp giấy đăng ký còn hiệu lực.', 'Of the enterprise, cooperative or household: a copy of what is in force.',
     'Luật Doanh nghiệp 59/2020/QH14; Luật Hợp tác xã 17/2023/QH15', true, 1),
    ('self_declaration', 'Hồ sơ công bố sản phẩm', 'Product declaration', true, NULL,
     'Bản tự công bố (NĐ 15/2018) hoặc công bố theo NĐ 46/2026, cho từng sản phẩm bao gói sẵn.', 'Self-declaration (Decree 15/2018) or declaration under Decree 46/2026, for each prepackaged product.',
     'NĐ 15/2018/NĐ-CP Điều 4, 5; NĐ 46/2026/NĐ-CP', false, 2),
    ('test_report', 'Phiếu kết quả kiểm nghiệm', 'Test report', true, 12,
     'Do phòng thử nghiệm được chỉ định hoặc công nhận ISO/IEC 17025 cấp, trong 12 tháng.', 'By a designated laboratory or one accredited to ISO/IEC 17025, within twelve months.',
     'NĐ 15/2018/NĐ-CP Điều 5', false, 3),
    ('label_artwork', 'Mẫu nhãn sản phẩm', 'Label artwork', true, NULL,
     'Ảnh hoặc bản in nhãn đang dùng.', 'A picture or print of the label in use.', 'thông lệ, chưa kiểm chứng', true, 4),
    ('traceability_record', 'Hồ sơ truy xuất nguồn gốc', 'Traceability record', false, 12,
     'Quy trình và sổ ghi lô hàng.', 'The procedure and the book of lots.', 'Luật An toàn thực phẩm 55/2010/QH12 Điều 54', true, 5),
    ('trademark', 'Giấy chứng nhận nhãn hiệu', 'Trademark certificate', false, 120,
     'Mười năm từ ngày nộp đơn, gia hạn được.', 'Ten years from filing, renewable.', 'Luật Sở hữu trí tuệ 50/2005/QH11 Điều 93', true, 6);

CREATE TABLE shelf.fields (
    code       text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    subject    text     NOT NULL CHECK (subject IN ('product', 'producer')),
    type       text     NOT NULL CHECK (type IN ('text', 'yes', 'whole')),
    most       integer  NOT NULL CHECK (most > 0),
    unit       text     NOT NULL DEFAULT '',
    name_vi    text     NOT NULL CHECK (name_vi <> ''),
    name_en    text     NOT NULL CHECK (name_en <> ''),
    source     text     NOT NULL CHECK (source <> ''),
    unverified boolean  NOT NULL,
    position   smallint NOT NULL
);
COMMENT ON TABLE shelf.fields IS 'What is told of a product (its label) or by a producer (the terms it accepts).';
COMMENT ON COLUMN shelf.fields.most IS 'The largest number, or the longest text in characters.';
INSERT INTO shelf.fields (code, subject, type, most, unit, name_vi, name_en, source, unverified, position) VALUES
    ('label_name',       'product',  'text',  200,  '',      'Tên hàng hoá trên nhãn',            'Name on the label',               'NĐ 43/2017/NĐ-CP Điều 10, 11', false, 1),
    ('responsible',      'product',  'text',  500,  '',      'Tổ chức chịu trách nhiệm, địa chỉ', 'Responsible organisation, address', 'NĐ 43/2017/NĐ-CP Điều 12', false, 2),
    ('origin',           'product',  'text',  200,  '',      'Xuất xứ ghi trên nhãn',             'Origin on the label',             'NĐ 111/2021/NĐ-CP Điều 1 (sửa Điều 15 NĐ 43/2017)', false, 3),
    ('ingredients',      'product',  'text',  2000, '',      'Thành phần',                        'Ingredients',                     'NĐ 43/2017/NĐ-CP Điều 16 và Phụ lục I', false, 4),
    ('net_content',      'product',  'text',  100,  '',      'Định lượng',                        'Net quantity',                    'NĐ 43/2017/NĐ-CP Điều 14 và Phụ lục I', false, 5),
    ('storage',          'product',  'text',  500,  '',      'Hướng dẫn bảo quản',                'Storage',                         'NĐ 43/2017/NĐ-CP Phụ lục I', false, 6),
    ('shelf_life_days',  'product',  'whole', 3650, 'ngày',  'Hạn sử dụng từ ngày sản xuất',      'Shelf life from production',      'NĐ 43/2017/NĐ-CP Điều 15 và Phụ lục I', false, 7),
    ('warnings',         'product',  'text',  500,  '',      'Cảnh báo an toàn, dị ứng',          'Warnings, allergens',             'NĐ 43/2017/NĐ-CP Phụ lục I', false, 8),
    ('packaging',        'product',  'text',  500,  '',      'Quy cách đóng gói, thùng',          'Packaging, case',                 'thông lệ, chưa kiểm chứng', true, 9),
    ('e_invoice',        'producer', 'yes',   1,    '',      'Xuất hoá đơn điện tử',              'Issues e-invoices',               'NĐ 123/2020/NĐ-CP, sửa đổi bởi NĐ 70/2025/NĐ-CP', true, 20),
    ('payment_days',     'producer', 'whole', 365,  'ngày',  'Chấp nhận trả chậm đến',            'Accepts payment within',          'thông lệ, chưa kiểm chứng', true, 21),
    ('returns',          'producer', 'yes',   1,    '',      'Nhận hàng trả lại',                 'Takes returns',                   'thông lệ, chưa kiểm chứng', true, 22),
    ('discount_percent', 'producer', 'whole', 100,  '%',     'Chấp nhận chiết khấu đến',          'Accepts a discount up to',        'thông lệ, chưa kiểm chứng', true, 23),
    ('consignment',      'producer', 'yes',   1,    '',      'Chấp nhận ký gửi',                  'Accepts consignment',             'thông lệ, chưa kiểm chứng', true, 24),
    ('delivers_to_store','producer', 'yes',   1,    '',      'Giao đến cửa hàng hoặc kho',        'Delivers to store or warehouse',  'thông lệ, chưa kiểm chứng', true, 25);

CREATE TABLE shelf.profiles (
    id             uuid        PRIMARY KEY,
    system         text        REFERENCES reference.buyer_systems,
    line           text        REFERENCES reference.product_lines,
    version        integer     NOT NULL CHECK (version > 0),
    effective_from date        NOT NULL,
    note_vi        text        NOT NULL DEFAULT '',
    note_en        text        NOT NULL DEFAULT '',
    unverified     boolean     NOT NULL DEFAULT false,
    invented       boolean     NOT NULL DEFAULT false,
    created_by     uuid,
    created_at     timestamptz NOT NULL,
    CONSTRAINT profiles_version_key UNIQUE NULLS NOT DISTINCT (system, line, version),
    CONSTRAINT profiles_author CHECK ((system IS NULL) = (created_by IS NULL)),
    CONSTRAINT profiles_line CHECK (system IS NOT NULL OR line IS NULL)
);
COMMENT ON TABLE shelf.profiles IS
    'What a system demands from a day on; a newer version replaces an older one. Without a system: what the law demands of all. Never changed.';
COMMENT ON COLUMN shelf.profiles.created_by IS 'The organisation; no reference, because what everybody demands outlives a cleared demonstration.';
COMMENT ON COLUMN shelf.profiles.line IS 'For this product line alone, beside what the system demands of all lines.';

CREATE TABLE shelf.requirements (
    profile_id uuid     NOT NULL REFERENCES shelf.profiles,
    n          smallint NOT NULL,
    code       text     NOT NULL CHECK (code ~ '^[a-z0-9_]+$'),
    kind       text     NOT NULL CHECK (kind IN ('document', 'mark', 'gtin', 'fact', 'monthly_volume')),
    params     jsonb    NOT NULL DEFAULT '{}',
    states     text[]   NOT NULL DEFAULT '{}',
    mandatory  boolean  NOT NULL,
    name_vi    text     NOT NULL CHECK (name_vi <> ''),
    name_en    text     NOT NULL DEFAULT '',
    source     text     NOT NULL DEFAULT '',
    unverified boolean  NOT NULL DEFAULT false,
    PRIMARY KEY (profile_id, n),
    CONSTRAINT requirements_code_key UNIQUE (profile_id, code)
);
COMMENT ON COLUMN shelf.requirements.states IS 'States of forms it is for (live, fresh, cooked, frozen, dried, ambient); none: all.';

-- What is demanded of everybody. It names nobody's terms: those are not public.
INSERT INTO shelf.profiles (id, version, effective_from, note_vi, note_en, unverified, created_at) VALUES
    ('019d0000-0000-7000-8000-000000000001', 1, DATE '2018-02-02',
     'Yêu cầu chung theo luật và thông lệ, để tham khảo; không phải điều khoản của hệ thống nào.',
     'Common requirements of law and custom, for orientation; not the terms of any system.', true, now()),
    ('019d0000-0000-7000-8000-000000000002', 2, DATE '2026-04-16',
     'Yêu cầu chung theo luật và thông lệ, để tham khảo; không phải điều khoản của hệ thống nào. NĐ 46/2026/NĐ-CP thay NĐ 15/2018/NĐ-CP (NQ 09/2026/NQ-CP tạm ngưng đến hết 15/4/2026); hãy kiểm tra văn bản đang có hiệu lực.',
     'Common requirements of law and custom, for orientation; not the terms of any system. Decree 46/2026 replaces Decree 15/2018 (suspended until 15 April 2026 by Resolution 09/2026); check what is in force.', true, now());
INSERT INTO shelf.requirements (profile_id, n, code, kind, params, states, mandatory, name_vi, name_en, source, unverified)
SELECT p.id, r.n, r.code, r.kind, CAST(r.params AS jsonb), CAST(r.states AS text[]), true, r.name_vi, r.name_en,
       CASE WHEN p.version = 2 AND r.source LIKE '%NĐ 15/2018%' THEN r.source || ' (thay bởi NĐ 46/2026/NĐ-CP từ 16/4/2026)' ELSE r.source END,
       r.unverified OR (p.version = 2 AND r.source LIKE '%NĐ 15/2018%')
  FROM shelf.profiles p,
       (VALUES
        (1,  'food_safety',           'mark',     '{"schemes": ["FOOD_SAFETY", "HACCP", "ISO22000"]}', '{}', 'An toàn thực phẩm của cơ sở', 'Food safety of the facility',
             'Luật An toàn thực phẩm 55/2010/QH12 Điều 34–37; NĐ 15/2018/NĐ-CP Điều 11, 12', false),
        (2,  'business_registration', 'document', '{"document": "business_registration"}', '{}', 'Đăng ký kinh doanh', 'Business registration', 'thông lệ, chưa kiểm chứng', true),
        (3,  'self_declaration',      'document', '{"document": "self_declaration"}', '{cooked,frozen,dried,ambient}', 'Công bố sản phẩm', 'Product declaration', 'NĐ 15/2018/NĐ-CP Điều 4, 5', false),
        (4,  'test_report',           'document', '{"document": "test_report"}', '{cooked,frozen,dried,ambient}', 'Kiểm nghiệm trong 12 tháng', 'Test report within 12 months', 'NĐ 15/2018/NĐ-CP Điều 5', false),
        (5,  'label_origin',          'fact',     '{"field": "origin"}', '{cooked,frozen,dried,ambient}', 'Xuất xứ trên nhãn', 'Origin on the label', 'NĐ 111/2021/NĐ-CP Điều 1 (sửa Điều 15 NĐ 43/2017)', false),
        (6,  'label_ingredients',     'fact',     '{"field": "ingredients"}', '{cooked,frozen,dried,ambient}', 'Thành phần trên nhãn', 'Ingredients on the label', 'NĐ 43/2017/NĐ-CP Điều 16, Phụ lục I', false),
        (7,  'label_net_content',     'fact',     '{"field": "net_content"}', '{cooked,frozen,dried,ambient}', 'Định lượng trên nhãn', 'Net quantity on the label', 'NĐ 43/2017/NĐ-CP Điều 14, Phụ lục I', false),
        (8,  'label_storage',         'fact',     '{"field": "storage"}', '{cooked,frozen,dried,ambient}', 'Hướng dẫn bảo quản trên nhãn', 'Storage on the label', 'NĐ 43/2017/NĐ-CP Phụ lục I', false),
        (9,  'shelf_life',            'fact',     '{"field": "shelf_life_days"}', '{cooked,frozen,dried,ambient}', 'Hạn sử dụng', 'Shelf life', 'NĐ 43/2017/NĐ-CP Điều 15, Phụ lục I', false),
        (10, 'barcode',               'gtin',     '{}', '{}', 'Mã số mã vạch', 'Barcode', 'thông lệ, chưa kiểm chứng', true),
        (11, 'e_invoice',             'fact',     '{"field": "e_invoice"}', '{}', 'Hoá đơn điện tử', 'E-invoice', 'NĐ 123/2020/NĐ-CP, sửa đổi bởi NĐ 70/2025/NĐ-CP', true)
       ) AS r (n, code, kind, params, states, name_vi, name_en, source, unverified);

CREATE TABLE shelf.documents (
    id           uuid        PRIMARY KEY,
    producer_id  uuid        NOT NULL REFERENCES identity.organisations,
    type         text        NOT NULL REFERENCES shelf.document_types,
    product_id   uuid        REFERENCES catalog.products,
    number       text        NOT NULL CHECK (number <> ''),
    issuer       text        NOT NULL DEFAULT '',
    issued_on    date        NOT NULL,
    valid_until  date,
    scan_type    text        NOT NULL DEFAULT '',
    scan_size    bigint      NOT NULL DEFAULT 0,
    scan_name    text        NOT NULL DEFAULT '',
    withdrawn_at timestamptz,
    invented     boolean     NOT NULL DEFAULT false,
    version      bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT documents_dates CHECK (valid_until >= issued_on)
);
COMMENT ON COLUMN shelf.documents.valid_until IS 'The last day, included; NULL: without end.';
CREATE UNIQUE INDEX documents_number_key ON shelf.documents (producer_id, type, upper(number), coalesce(product_id, producer_id), issued_on)
 WHERE withdrawn_at IS NULL;
CREATE INDEX documents_producer ON shelf.documents (producer_id, created_at DESC, id DESC);

CREATE TABLE shelf.product_facts (
    product_id uuid        PRIMARY KEY REFERENCES catalog.products,
    facts      jsonb       NOT NULL,
    version    bigint      NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);
CREATE TABLE shelf.producer_facts (
    producer_id uuid        PRIMARY KEY REFERENCES identity.organisations,
    facts       jsonb       NOT NULL,
    version     bigint      NOT NULL DEFAULT 1,
    updated_at  timestamptz NOT NULL
);

CREATE TABLE shelf.ticks (
    id            uuid        PRIMARY KEY,
    product_id    uuid        NOT NULL REFERENCES catalog.products,
    producer_id   uuid        NOT NULL REFERENCES identity.organisations,
    system        text        NOT NULL REFERENCES reference.buyer_systems,
    state         text        NOT NULL CHECK (state IN ('applied', 'approved', 'refused', 'withdrawn', 'suspended', 'answered', 'revoked')),
    answer_due_at timestamptz,
    answered_at   timestamptz,
    invented      boolean     NOT NULL DEFAULT false,
    version       bigint      NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT ticks_product_system_key UNIQUE (product_id, system),
    CONSTRAINT ticks_case CHECK ((state IN ('suspended', 'answered', 'revoked')) = (answer_due_at IS NOT NULL)),
    CONSTRAINT ticks_answer CHECK (state <> 'answered' OR answered_at IS NOT NULL)
);
COMMENT ON TABLE shelf.ticks IS 'The Green Tick of a product in a system; whether it is in force follows from shelf.ticks_in_force.';
CREATE INDEX ticks_producer ON shelf.ticks (producer_id, created_at DESC, id DESC);
CREATE INDEX ticks_system ON shelf.ticks (system, created_at DESC, id DESC);

CREATE TABLE shelf.tick_events (
    tick_id         uuid        NOT NULL REFERENCES shelf.ticks,
    n               integer     NOT NULL CHECK (n > 0),
    at              timestamptz NOT NULL,
    move            text        NOT NULL,
    actor           text        NOT NULL CHECK (actor IN ('supplier', 'system', 'official')),
    organisation_id uuid,
    from_state      text        NOT NULL,
    to_state        text        NOT NULL,
    reason          text        NOT NULL DEFAULT '',
    PRIMARY KEY (tick_id, n)
);
COMMENT ON TABLE shelf.tick_events IS 'What was done, in order. Never changed.';

-- Cases of a breach that reach the other systems: confirmed, or not answered in time.
CREATE FUNCTION shelf.cases_spread(at timestamptz) RETURNS TABLE (product_id uuid, system text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT t.product_id, t.system FROM shelf.ticks t
     WHERE t.state = 'revoked'
        OR (t.state IN ('suspended', 'answered') AND t.answer_due_at <= at
            AND (t.answered_at IS NULL OR t.answered_at >= t.answer_due_at))
$$;

-- The Green Ticks that count at an instant: the one place that decides.
CREATE FUNCTION shelf.ticks_in_force(at timestamptz) RETURNS TABLE (product_id uuid, system text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT t.product_id, t.system FROM shelf.ticks t
     WHERE t.state = 'approved'
       AND NOT EXISTS (SELECT 1 FROM shelf.cases_spread(at) c WHERE c.product_id = t.product_id)
$$;
