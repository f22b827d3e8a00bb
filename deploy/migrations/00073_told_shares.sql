-- What was told of whom, edition by edition, and what was taken back since: who adds only what was told before hides nobody.
-- The job of the release before this one fails, and is meant to, at the new keys of monitor.unpublished and monitor.figure_cells until
-- that release is replaced: it would publish by the rule that ends here, and keep nothing of whom it told. It loses nothing, for
-- it moves its place only with what it notes.
-- +goose Up
CREATE TABLE monitor.told_pairs (
    book           text   NOT NULL REFERENCES monitor.figure_books,
    producer_id    uuid   NOT NULL,
    buyer_id       uuid   NOT NULL,
    offer_id       uuid   NOT NULL,
    quantity       bigint NOT NULL,
    value_vnd      bigint NOT NULL,
    back_quantity  bigint NOT NULL DEFAULT 0 CHECK (back_quantity >= 0),
    back_value_vnd bigint NOT NULL DEFAULT 0 CHECK (back_value_vnd >= 0),
    CONSTRAINT told_pair_once PRIMARY KEY (book, producer_id, buyer_id, offer_id)
);
COMMENT ON TABLE monitor.told_pairs IS 'Each pair of which anything was told: what figures tell of it by now, and what was ever taken back of it since it was first told.';
COMMENT ON COLUMN monitor.told_pairs.offer_id IS 'Of supply, which names no buyer: each offer by itself. Else the zero id.';
COMMENT ON COLUMN monitor.told_pairs.back_quantity IS 'Whatever was added meanwhile: as much may come again, in any month, commune or goods, without being new.';

CREATE TABLE monitor.figure_shares (
    block_id    bigint  NOT NULL,
    edition     integer NOT NULL,
    producer_id uuid    NOT NULL,
    buyer_id    uuid    NOT NULL,
    offer_id    uuid    NOT NULL,
    quantity    bigint  NOT NULL,
    value_vnd   bigint  NOT NULL,
    hides       boolean NOT NULL,
    CONSTRAINT figure_share_once PRIMARY KEY (block_id, edition, producer_id, buyer_id, offer_id),
    CONSTRAINT figure_share_of_an_edition FOREIGN KEY (block_id, edition) REFERENCES monitor.figures (block_id, edition)
);
COMMENT ON TABLE monitor.figure_shares IS 'What each edition of a figure told of each pair beyond the edition before; together they are the difference of the two.';
COMMENT ON COLUMN monitor.figure_shares.hides IS 'The pair added more than was ever taken back of it, so something that no figure had told, and counts among those who hide each other.';

ALTER TABLE monitor.unpublished
    ADD COLUMN offer_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    DROP CONSTRAINT unpublished_pkey,
    ADD CONSTRAINT unpublished_once PRIMARY KEY (book, product_line, dried, unit, month, commune, producer_id, buyer_id, offer_id);
COMMENT ON COLUMN monitor.unpublished.offer_id IS 'Of supply, which names no buyer: each offer by itself. Else the zero id.';

ALTER TABLE monitor.figure_cells RENAME CONSTRAINT cell_of_one_block TO figure_cell_of_one_block;

-- What was told and what waits until now, from the ledger: an edition holds what was posted in its cells up to its place in the
-- order of seals. What was taken back before a pair was told of is counted with the rest: more is withheld for that, nothing less.
DELETE FROM monitor.unpublished WHERE book = 'offered';
-- +goose StatementBegin
WITH moved AS MATERIALIZED (
    SELECT s.seq, b.book, p.product_line, coalesce(f.state = 'dried', l.dried, false) AS dried, CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit,
           CAST(date_trunc('month', p.business_date) AS date) AS month, coalesce(p.commune, '') AS commune,
           coalesce(p.producer_id, '00000000-0000-0000-0000-000000000000') AS producer_id,
           CASE b.book WHEN 'delivered' THEN coalesce(p.buyer_id, '00000000-0000-0000-0000-000000000000') ELSE '00000000-0000-0000-0000-000000000000' END AS buyer_id,
           CASE b.book WHEN 'offered' THEN coalesce(p.offer_id, '00000000-0000-0000-0000-000000000000') ELSE '00000000-0000-0000-0000-000000000000' END AS offer_id,
           coalesce(p.weight, p.quantity) * b.sign AS quantity,
           CASE b.book WHEN 'delivered' THEN coalesce(p.value_vnd, 0) * b.sign ELSE 0 END AS value_vnd
      FROM ledger.seals s
      JOIN monitor.figures_followed followed ON s.seq <= followed.seq
      JOIN ledger.postings p ON p.id = s.row_id
      JOIN ledger.movements m USING (movement)
     CROSS JOIN LATERAL (VALUES ('offered', m.offer_free + m.offer_reserved + m.offer_committed + m.offer_dispatched + m.offer_accepted),
                                ('delivered', m.line_delivered + m.line_over)) b (book, sign)
      LEFT JOIN reference.forms f ON f.code = p.form
      LEFT JOIN (SELECT x.line, bool_and(y.state = 'dried') AS dried
                   FROM reference.line_forms x JOIN reference.forms y ON y.code = x.form GROUP BY x.line) l ON l.line = p.product_line
     WHERE b.sign <> 0
), placed AS MATERIALIZED (
    SELECT m.*, c.block_id FROM moved m LEFT JOIN monitor.figure_cells c USING (book, product_line, dried, unit, month, commune)
), editions AS (
    SELECT f.block_id, f.edition, f.seq, coalesce(lag(f.seq) OVER (PARTITION BY f.block_id ORDER BY f.edition), 0) AS after FROM monitor.figures f
), waiting AS (
    INSERT INTO monitor.unpublished (book, product_line, dried, unit, month, commune, producer_id, buyer_id, offer_id, quantity, value_vnd)
    SELECT p.book, p.product_line, p.dried, p.unit, p.month, p.commune, p.producer_id, p.buyer_id, p.offer_id, sum(p.quantity), sum(p.value_vnd)
      FROM placed p
     WHERE p.book = 'offered' AND p.seq > coalesce((SELECT max(e.seq) FROM editions e WHERE e.block_id = p.block_id), 0)
     GROUP BY p.book, p.product_line, p.dried, p.unit, p.month, p.commune, p.producer_id, p.buyer_id, p.offer_id
    HAVING sum(p.quantity) <> 0
), shares AS (
    SELECT e.block_id, e.edition, p.book, p.producer_id, p.buyer_id, p.offer_id, sum(p.quantity) AS quantity, sum(p.value_vnd) AS value_vnd
      FROM editions e
      JOIN placed p ON p.block_id = e.block_id AND p.seq > e.after AND p.seq <= e.seq
     GROUP BY e.block_id, e.edition, p.book, p.producer_id, p.buyer_id, p.offer_id
), told AS (
    INSERT INTO monitor.told_pairs (book, producer_id, buyer_id, offer_id, quantity, value_vnd, back_quantity, back_value_vnd)
    SELECT t.book, t.producer_id, t.buyer_id, t.offer_id, t.quantity, t.value_vnd, coalesce(b.quantity, 0), coalesce(b.value_vnd, 0)
      FROM (SELECT book, producer_id, buyer_id, offer_id, sum(quantity) AS quantity, sum(value_vnd) AS value_vnd
              FROM shares GROUP BY book, producer_id, buyer_id, offer_id) t
      LEFT JOIN (SELECT book, producer_id, buyer_id, offer_id, -sum(least(quantity, 0)) AS quantity, -sum(least(value_vnd, 0)) AS value_vnd
                   FROM moved GROUP BY book, producer_id, buyer_id, offer_id) b USING (book, producer_id, buyer_id, offer_id)
)
INSERT INTO monitor.figure_shares (block_id, edition, producer_id, buyer_id, offer_id, quantity, value_vnd, hides)
SELECT block_id, edition, producer_id, buyer_id, offer_id, quantity, value_vnd, quantity > 0 AND (book = 'offered' OR value_vnd > 0)
  FROM shares WHERE quantity <> 0 OR value_vnd <> 0;
-- +goose StatementEnd
