-- Facts the market stands on: places, goods and their grades, certificates, units, buyer systems.
-- They come from files compiled into the program; `ocop migrate` loads them as the owner, and the
-- service only reads.
-- +goose Up

CREATE TABLE reference.provinces (
    code    text PRIMARY KEY CHECK (code ~ '^[0-9]{2}$'),
    name_vi text NOT NULL CHECK (name_vi <> ''),
    name_en text NOT NULL CHECK (name_en <> '')
);

CREATE TABLE reference.communes (
    code     text PRIMARY KEY CHECK (code ~ '^[0-9]{5}$'),
    province text NOT NULL REFERENCES reference.provinces,
    kind     text NOT NULL CHECK (kind IN ('ward', 'commune', 'special_zone')),
    name_vi  text NOT NULL CHECK (name_vi <> ''),
    name_en  text NOT NULL CHECK (name_en <> '')
);
COMMENT ON TABLE reference.communes IS 'Communes, wards and special zones as they are since 1 July 2025.';

-- A former district is a dated fact about a place, never a key of anything that is alive.
CREATE TABLE reference.former_districts (
    code            text PRIMARY KEY CHECK (code ~ '^[a-z0-9-]+$'),
    name_vi         text NOT NULL CHECK (name_vi <> ''),
    name_en         text NOT NULL CHECK (name_en <> ''),
    former_province text NOT NULL CHECK (former_province <> ''),
    valid_until     date NOT NULL
);

CREATE TABLE reference.commune_former_districts (
    commune         text NOT NULL REFERENCES reference.communes,
    former_district text NOT NULL REFERENCES reference.former_districts,
    PRIMARY KEY (commune, former_district)
);

CREATE TABLE reference.ocop_groups (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z-]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    position smallint NOT NULL
);

CREATE TABLE reference.units (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    measure  text     NOT NULL CHECK (measure IN ('mass', 'volume', 'count', 'person')),
    weighed  boolean  NOT NULL,
    position smallint NOT NULL,
    CONSTRAINT units_weighed_is_mass CHECK (weighed = (measure = 'mass'))
);

CREATE TABLE reference.forms (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    state    text     NOT NULL
             CHECK (state IN ('live', 'fresh', 'cooked', 'frozen', 'dried', 'ambient', 'service')),
    position smallint NOT NULL
);

CREATE TABLE reference.product_lines (
    code             text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name_vi          text     NOT NULL CHECK (name_vi <> ''),
    name_en          text     NOT NULL CHECK (name_en <> ''),
    scientific       text     NOT NULL,
    ocop_group       text     NOT NULL REFERENCES reference.ocop_groups,
    unit             text     NOT NULL REFERENCES reference.units,
    live_quote_hours smallint CHECK (live_quote_hours > 0),
    position         smallint NOT NULL
);

CREATE TABLE reference.line_synonyms (
    line     text     NOT NULL REFERENCES reference.product_lines,
    synonym  text     NOT NULL CHECK (synonym <> ''),
    position smallint NOT NULL,
    PRIMARY KEY (line, synonym)
);

CREATE TABLE reference.line_forms (
    line     text     NOT NULL REFERENCES reference.product_lines,
    form     text     NOT NULL REFERENCES reference.forms,
    position smallint NOT NULL,
    PRIMARY KEY (line, form)
);

CREATE TABLE reference.grade_fields (
    code              text   PRIMARY KEY CHECK (code ~ '^[a-z0-9_]+$'),
    type              text   NOT NULL CHECK (type IN ('int', 'decimal', 'text', 'choice')),
    name_vi           text   NOT NULL CHECK (name_vi <> ''),
    name_en           text   NOT NULL CHECK (name_en <> ''),
    prefix_vi         text   NOT NULL,
    prefix_en         text   NOT NULL,
    suffix_vi         text   NOT NULL,
    suffix_en         text   NOT NULL,
    least_thousandths bigint,
    most_thousandths  bigint,
    CONSTRAINT grade_fields_range CHECK (
        CASE WHEN type IN ('int', 'decimal')
             THEN least_thousandths IS NOT NULL AND most_thousandths IS NOT NULL
                  AND least_thousandths <= most_thousandths
             ELSE least_thousandths IS NULL AND most_thousandths IS NULL
        END)
);

CREATE TABLE reference.line_grade_fields (
    line       text     NOT NULL REFERENCES reference.product_lines,
    field      text     NOT NULL REFERENCES reference.grade_fields,
    form_state text     CHECK (form_state IN ('live', 'fresh', 'cooked', 'frozen', 'dried', 'ambient', 'service')),
    required   boolean  NOT NULL,
    position   smallint NOT NULL,
    PRIMARY KEY (line, field)
);
COMMENT ON COLUMN reference.line_grade_fields.form_state IS
    'The field belongs to forms of this state alone; NULL: to every form.';

CREATE TABLE reference.grade_choices (
    line     text     NOT NULL,
    field    text     NOT NULL,
    choice   text     NOT NULL CHECK (choice ~ '^[a-z_]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    position smallint NOT NULL,
    PRIMARY KEY (line, field, choice),
    FOREIGN KEY (line, field) REFERENCES reference.line_grade_fields ON DELETE CASCADE
);

CREATE TABLE reference.schemes (
    code                       text     PRIMARY KEY CHECK (code ~ '^[A-Z0-9_]+$'),
    name_vi                    text     NOT NULL CHECK (name_vi <> ''),
    name_en                    text     NOT NULL CHECK (name_en <> ''),
    kind                       text     NOT NULL CHECK (kind IN (
        'national_programme', 'farm', 'chain_of_custody', 'organic', 'food_safety', 'religious',
        'geographical_indication', 'brand_right', 'retailer_programme')),
    validity_months            smallint CHECK (validity_months > 0),
    surveillance_months        smallint CHECK (surveillance_months > 0),
    warn_days                  smallint NOT NULL CHECK (warn_days > 0),
    warn_days_by_law           boolean  NOT NULL,
    claim_needs                text     REFERENCES reference.schemes CHECK (claim_needs <> code),
    number_format              text     NOT NULL,
    number_format_unverified   boolean  NOT NULL,
    issuer_vi                  text     NOT NULL,
    issuer_en                  text     NOT NULL,
    public_register            text     NOT NULL,
    public_register_unverified boolean  NOT NULL,
    note_vi                    text     NOT NULL,
    note_en                    text     NOT NULL,
    position                   smallint NOT NULL
);
COMMENT ON COLUMN reference.schemes.claim_needs IS
    'The scheme whose valid certificate must stand beside this one before a packed product may carry the claim.';
COMMENT ON COLUMN reference.schemes.number_format_unverified IS 'From general knowledge: shown, never enforced.';
COMMENT ON COLUMN reference.schemes.public_register_unverified IS 'From general knowledge: shown, never enforced.';

CREATE TABLE reference.scheme_scopes (
    scheme   text     NOT NULL REFERENCES reference.schemes,
    scope    text     NOT NULL CHECK (scope IN
        ('facility', 'farm_area', 'group', 'product', 'chain_of_custody', 'brand_right')),
    position smallint NOT NULL,
    PRIMARY KEY (scheme, scope)
);

CREATE TABLE reference.ocop_issuers (
    code         text     PRIMARY KEY,
    stars        smallint NOT NULL CHECK (stars BETWEEN 3 AND 5),
    issuer       text     NOT NULL CHECK (issuer IN ('district', 'province', 'ministry')),
    decided_from date,
    decided_to   date     CHECK (decided_to >= decided_from),
    source       text     NOT NULL
);
COMMENT ON TABLE reference.ocop_issuers IS
    'Who may decide on OCOP stars; both days inclusive, NULL: no end known.';

CREATE TABLE reference.buyer_systems (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z0-9-]+$'),
    name_vi  text     NOT NULL CHECK (name_vi <> ''),
    name_en  text     NOT NULL CHECK (name_en <> ''),
    kind     text     NOT NULL CHECK (kind IN
        ('supermarket_chain', 'hypermarket', 'wholesale', 'minimart_chain', 'convenience_chain')),
    position smallint NOT NULL
);

CREATE TABLE reference.buyer_system_brands (
    system   text     NOT NULL REFERENCES reference.buyer_systems,
    brand    text     NOT NULL CHECK (brand <> ''),
    position smallint NOT NULL,
    PRIMARY KEY (system, brand)
);

CREATE TABLE reference.reference_prices (
    published_on  date     NOT NULL,
    subject       text     NOT NULL CHECK (subject <> ''),
    line          text     REFERENCES reference.product_lines,
    grade         text     NOT NULL,
    price_min_vnd bigint   NOT NULL CHECK (price_min_vnd > 0),
    price_max_vnd bigint   NOT NULL,
    stage         text     NOT NULL CHECK (stage <> ''),
    source        text     NOT NULL CHECK (source <> ''),
    position      smallint NOT NULL,
    PRIMARY KEY (published_on, subject, grade, stage, source),
    CONSTRAINT reference_prices_range CHECK (price_min_vnd <= price_max_vnd)
);
COMMENT ON TABLE reference.reference_prices IS 'Published prices, whole đồng per kg.';

CREATE TABLE reference.seasons (
    line      text     NOT NULL REFERENCES reference.product_lines,
    qualifier text     NOT NULL,
    name_vi   text     NOT NULL,
    name_en   text     NOT NULL,
    note_vi   text     NOT NULL,
    note_en   text     NOT NULL,
    position  smallint NOT NULL,
    PRIMARY KEY (line, qualifier)
);
COMMENT ON COLUMN reference.seasons.qualifier IS 'The way of raising; empty: the line as a whole.';

CREATE TABLE reference.season_months (
    line      text     NOT NULL,
    qualifier text     NOT NULL,
    month     smallint NOT NULL CHECK (month BETWEEN 1 AND 12),
    level     text     NOT NULL CHECK (level IN ('none', 'some', 'high')),
    PRIMARY KEY (line, qualifier, month),
    FOREIGN KEY (line, qualifier) REFERENCES reference.seasons ON DELETE CASCADE
);
