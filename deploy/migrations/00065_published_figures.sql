-- Figures that may be shown to people who must not know what single organisations sold, bought or paid.
-- +goose Up
CREATE SCHEMA monitor;

CREATE TABLE monitor.figure_books (
    book            text     PRIMARY KEY,
    name_vi         text     NOT NULL,
    name_en         text     NOT NULL,
    least_producers smallint NOT NULL CHECK (least_producers >= 0),
    least_buyers    smallint NOT NULL CHECK (least_buyers >= 0),
    valued          boolean  NOT NULL,
    grace_days      smallint NOT NULL CHECK (grace_days >= 0),
    CONSTRAINT figure_of_several CHECK (greatest(least_producers, least_buyers) >= 3)
);
COMMENT ON TABLE monitor.figure_books IS 'What is published, and how many organisations every published figure combines.';
COMMENT ON COLUMN monitor.figure_books.valued IS 'The figure tells a value, too: an organisation whose goods had no price hides nobody.';
COMMENT ON COLUMN monitor.figure_books.grace_days IS 'How long after its end a month is left open for receipts that come late.';
INSERT INTO monitor.figure_books (book, name_vi, name_en, least_producers, least_buyers, valued, grace_days) VALUES
    ('delivered', 'đã giao và được nhận', 'delivered and accepted', 3, 3, true, 3),
    ('offered',   'nguồn cung đã đăng',   'supply published',       3, 0, false, 3);

CREATE TABLE monitor.figures_followed (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq    bigint  NOT NULL CHECK (seq >= 0)
);
COMMENT ON TABLE monitor.figures_followed IS 'How far along the sealed ledger what is to be published was read; its row is the lock of whoever publishes.';
INSERT INTO monitor.figures_followed (seq) VALUES (0);

CREATE TABLE monitor.unpublished (
    book         text    NOT NULL REFERENCES monitor.figure_books,
    product_line text    NOT NULL REFERENCES reference.product_lines,
    dried        boolean NOT NULL,
    unit         text    NOT NULL,
    month        date    NOT NULL CHECK (extract(day FROM month) = 1),
    commune      text    NOT NULL,
    producer_id  uuid    NOT NULL,
    buyer_id     uuid    NOT NULL,
    quantity     bigint  NOT NULL,
    value_vnd    bigint  NOT NULL,
    PRIMARY KEY (book, product_line, dried, unit, month, commune, producer_id, buyer_id)
);
COMMENT ON TABLE monitor.unpublished IS 'What each pair of organisations moved that is in no published figure yet; the zero id where a book knows no buyer.';

CREATE TABLE monitor.figure_blocks (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book         text        NOT NULL REFERENCES monitor.figure_books,
    product_line text        NOT NULL REFERENCES reference.product_lines,
    dried        boolean     NOT NULL,
    unit         text        NOT NULL,
    made_at      timestamptz NOT NULL
);
COMMENT ON TABLE monitor.figure_blocks IS 'Cells whose figure is published as one. A block is never split: every figure shown is a sum of whole blocks.';

CREATE TABLE monitor.figure_cells (
    book         text    NOT NULL,
    product_line text    NOT NULL,
    dried        boolean NOT NULL,
    unit         text    NOT NULL,
    month        date    NOT NULL CHECK (extract(day FROM month) = 1),
    commune      text    NOT NULL,
    block_id     bigint  NOT NULL REFERENCES monitor.figure_blocks,
    CONSTRAINT cell_of_one_block PRIMARY KEY (book, product_line, dried, unit, month, commune)
);
COMMENT ON COLUMN monitor.figure_cells.commune IS 'Where the goods come from; empty where the ledger does not say.';
CREATE INDEX figure_cells_block ON monitor.figure_cells (block_id);
CREATE INDEX figure_cells_month ON monitor.figure_cells (month, book);

CREATE TABLE monitor.figures (
    block_id     bigint      NOT NULL REFERENCES monitor.figure_blocks,
    edition      integer     NOT NULL CHECK (edition > 0),
    seq          bigint      NOT NULL,
    published_at timestamptz NOT NULL,
    quantity     bigint      NOT NULL,
    value_vnd    bigint      NOT NULL,
    CONSTRAINT figure_edition_once PRIMARY KEY (block_id, edition)
);
COMMENT ON TABLE monitor.figures IS 'The figures of blocks, edition after edition: what one adds to the one before combines several organisations, too.';
COMMENT ON COLUMN monitor.figures.seq IS 'The last posting, in the order of their seals, that may be in it.';
