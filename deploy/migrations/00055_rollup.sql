-- Volumes by day: what was posted of the same goods, for the same demand, by the same movement, added up. The rows follow
-- the postings in the order of transactions that have ended; ledger.follow writes them, and nobody else can.
-- +goose Up
ALTER TABLE ledger.movements ADD COLUMN code smallint GENERATED ALWAYS AS IDENTITY CONSTRAINT movement_code_once UNIQUE;
COMMENT ON COLUMN ledger.movements.code IS 'How rollups name the movement.';

-- What a posting says of goods and of demand; an empty text, zero or the nil UUID where it says nothing, so that
-- equality is enough to find the row.
CREATE TABLE ledger.goods (
    id           int      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_line text     NOT NULL,
    form         text     NOT NULL,
    grade        text     NOT NULL,
    stars        smallint NOT NULL,
    schemes      text[]   NOT NULL,
    unit         text     NOT NULL,
    commune      text     NOT NULL,
    producer_id  uuid     NOT NULL,
    CONSTRAINT goods_once UNIQUE (producer_id, product_line, form, grade, commune, unit, stars, schemes)
);
COMMENT ON COLUMN ledger.goods.unit IS 'kg for all that has a weight, else the goods'' own.';
COMMENT ON COLUMN ledger.goods.schemes IS 'Each once, in order.';
CREATE INDEX goods_grade ON ledger.goods (grade);

CREATE TABLE ledger.demands (
    id           int  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buyer_id     uuid NOT NULL,
    buyer_system text NOT NULL,
    ward         text NOT NULL,
    CONSTRAINT demand_once UNIQUE (buyer_id, buyer_system, ward)
);

CREATE TABLE ledger.daily (
    business_date date     NOT NULL,
    goods         int      NOT NULL,
    demand        int      NOT NULL,
    movement      smallint NOT NULL,
    -- thousandths of goods.unit
    amount        bigint   NOT NULL,
    -- absent where no posting has a price
    value_vnd     bigint,
    PRIMARY KEY (business_date, goods, demand, movement)
) WITH (fillfactor = 90);

-- How far the rollup has come: every posting up to here is in it, and no other.
CREATE TABLE ledger.rollup_place (
    alone boolean PRIMARY KEY DEFAULT true CHECK (alone),
    xact  xid8    NOT NULL,
    id    uuid    NOT NULL,
    -- moves when the rollup is begun anew, so that what was read of it before is not added to
    epoch bigint  NOT NULL
);
INSERT INTO ledger.rollup_place (xact, id, epoch) VALUES ('0', '00000000-0000-0000-0000-000000000000', 1);

-- Which deliveries are unconfirmed is asked with every question.
CREATE INDEX postings_dispatched ON ledger.postings (delivery_id) WHERE movement = 'dispatched';

-- Postings as the rollup reads them.
CREATE VIEW ledger.told AS
SELECT p.xact, p.id, p.business_date, p.movement, p.product_line, coalesce(p.form, '') AS form, coalesce(p.grade, '') AS grade,
       coalesce(p.stars, 0::smallint) AS stars,
       CASE WHEN cardinality(p.schemes) < 2 THEN p.schemes
            ELSE ARRAY(SELECT DISTINCT s.scheme FROM unnest(p.schemes) AS s (scheme) ORDER BY 1) END AS schemes,
       CASE WHEN p.weight IS NULL THEN p.unit ELSE 'kg' END AS unit, coalesce(p.commune, '') AS commune,
       coalesce(p.producer_id, '00000000-0000-0000-0000-000000000000') AS producer_id,
       coalesce(p.buyer_id, '00000000-0000-0000-0000-000000000000') AS buyer_id, coalesce(p.buyer_system, '') AS buyer_system,
       coalesce(p.ward, '') AS ward, coalesce(p.weight, p.quantity) AS amount, p.value_vnd, p.delivery_id
  FROM ledger.postings p;
COMMENT ON VIEW ledger.told IS 'What postings say of goods and demand, with nothing absent, and their amounts in the unit they are reported in.';

-- +goose StatementBegin
CREATE FUNCTION ledger.follow(most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET plan_cache_mode = 'force_custom_plan' AS $$
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
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION ledger.follow(int) FROM PUBLIC;
COMMENT ON FUNCTION ledger.follow IS
    'Adds postings that the rollup lacks, so many at most, and returns how many they were: 0 when there are none or another process is at it.';
