-- Payments of a deal are recorded, never held: one side writes down what was paid, the other confirms or
-- contests it. What is owed follows from receipts and is stored nowhere.
-- +goose Up

-- The terms that an inquiry had before it was amended: an award keeps those under which it was made.
CREATE TABLE inquiry.past_terms (
    inquiry_id uuid        NOT NULL REFERENCES inquiry.inquiries,
    held_until timestamptz NOT NULL,
    terms      jsonb       NOT NULL,
    PRIMARY KEY (inquiry_id, held_until)
);
COMMENT ON TABLE inquiry.past_terms IS 'Terms of inquiries before an amendment, with the instant from which others held.';
-- +goose StatementBegin
CREATE FUNCTION inquiry.keep_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inquiry.past_terms (inquiry_id, held_until, terms) VALUES (OLD.id, NEW.updated_at, OLD.terms);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER inquiries_keep_terms AFTER UPDATE OF terms ON inquiry.inquiries
    FOR EACH ROW WHEN (OLD.terms IS DISTINCT FROM NEW.terms) EXECUTE FUNCTION inquiry.keep_terms();

CREATE TABLE inquiry.payment_kinds (
    code     text     PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    paid_by  text     NOT NULL CHECK (paid_by IN ('buyer', 'producer')),
    name_vi  text     NOT NULL,
    name_en  text     NOT NULL,
    position smallint NOT NULL
);
COMMENT ON TABLE inquiry.payment_kinds IS 'What a payment may be, and which side pays the other with it.';
INSERT INTO inquiry.payment_kinds (code, paid_by, name_vi, name_en, position) VALUES
    ('deposit', 'buyer',    'đặt cọc',    'deposit', 1),
    ('payment', 'buyer',    'thanh toán', 'payment', 2),
    ('refund',  'producer', 'hoàn tiền',  'refund',  3);

CREATE TABLE inquiry.payments (
    id          uuid        PRIMARY KEY,
    award_id    uuid        NOT NULL REFERENCES inquiry.awards,
    -- the award's, for the lists of both
    buyer_id    uuid        NOT NULL,
    producer_id uuid        NOT NULL,
    kind        text        NOT NULL CONSTRAINT payment_kind REFERENCES inquiry.payment_kinds,
    amount_vnd  bigint      NOT NULL CHECK (amount_vnd > 0),
    paid_on     date        NOT NULL,
    reference   text        NOT NULL,
    note        text        NOT NULL,
    -- of the same award: see the insert
    delivery_id uuid        REFERENCES inquiry.deliveries,
    recorded_by uuid        NOT NULL REFERENCES identity.organisations,
    person      uuid        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT payment_by_a_party CHECK (recorded_by IN (buyer_id, producer_id)),
    CONSTRAINT payment_recorded_by UNIQUE (id, recorded_by)
);
COMMENT ON TABLE inquiry.payments IS 'What one side says was paid for an award, in whole đồng. Append-only.';
CREATE INDEX payments_award ON inquiry.payments (award_id, id);
CREATE INDEX payments_buyer ON inquiry.payments (buyer_id, id DESC);
CREATE INDEX payments_producer ON inquiry.payments (producer_id, id DESC);

-- Who recorded a payment can withdraw it; only the other side confirms or contests it.
CREATE TABLE inquiry.payment_moves (
    payment_id  uuid        NOT NULL,
    number      smallint    NOT NULL CHECK (number > 0),
    move        text        NOT NULL CHECK (move IN ('confirm', 'contest', 'withdraw')),
    recorded_by uuid        NOT NULL,
    moved_by    uuid        NOT NULL REFERENCES identity.organisations,
    person      uuid        NOT NULL,
    reason      text        NOT NULL,
    moved_at    timestamptz NOT NULL,
    CONSTRAINT payment_move_once PRIMARY KEY (payment_id, number),
    FOREIGN KEY (payment_id, recorded_by) REFERENCES inquiry.payments (id, recorded_by),
    CONSTRAINT payment_moved_by CHECK ((move = 'withdraw') = (moved_by = recorded_by)),
    CONSTRAINT payment_contested_why CHECK ((move = 'contest') = (reason <> ''))
);
CREATE UNIQUE INDEX payment_decided_once ON inquiry.payment_moves (payment_id) WHERE move IN ('confirm', 'withdraw');
COMMENT ON TABLE inquiry.payment_moves IS 'What became of each recorded payment, in the order of the numbers; the last says where it stands. Append-only.';
COMMENT ON COLUMN inquiry.payment_moves.recorded_by IS 'Who recorded the payment, so that a CHECK keeps it from confirming it.';

CREATE VIEW inquiry.payment_states AS
SELECT p.id, p.award_id, p.buyer_id, p.producer_id, p.kind, k.paid_by, p.amount_vnd, p.paid_on, p.reference, p.note, p.delivery_id, p.recorded_by, p.recorded_at,
       CASE m.move WHEN 'confirm' THEN 'confirmed' WHEN 'contest' THEN 'contested' WHEN 'withdraw' THEN 'withdrawn' ELSE 'recorded' END AS state,
       coalesce(m.number, 0) AS moves, coalesce(m.reason, '') AS reason, m.moved_at AS decided_at
  FROM inquiry.payments p
  JOIN inquiry.payment_kinds k ON k.code = p.kind
  LEFT JOIN LATERAL (SELECT x.move, x.number, x.reason, x.moved_at FROM inquiry.payment_moves x
                      WHERE x.payment_id = p.id ORDER BY x.number DESC LIMIT 1) m ON true;
COMMENT ON VIEW inquiry.payment_states IS 'Each payment and where it stands.';

-- Amounts in whole đồng, each product rounded half up; a percentage has thousandths.
CREATE VIEW inquiry.accounts AS
SELECT a.id AS award_id, a.created_at AS awarded_at, a.inquiry_id, a.buyer_id, a.producer_id, g.goods_vnd, g.freight_vnd, v.discount_vnd, g.disputed_vnd,
       g.goods_vnd + g.freight_vnd - v.discount_vnd AS owed_vnd, v.deposit_due_vnd, v.to_come_vnd,
       p.deposited_vnd, p.paid_vnd, p.unconfirmed_vnd, p.contested_vnd,
       g.last_received_on,
       CASE WHEN NOT t.consignment THEN g.last_received_on + t.payment_days END AS due_on
  FROM inquiry.awards a
  JOIN inquiry.inquiries i ON i.id = a.inquiry_id
  JOIN inquiry.quotes q ON q.id = a.quote_id
  JOIN ledger.awards b ON b.award_id = a.id
  CROSS JOIN LATERAL (
        SELECT coalesce(CAST(x.terms ->> 'payment_days' AS integer), 0) AS payment_days,
               coalesce(CAST(x.terms ->> 'consignment' AS boolean), false) AS consignment,
               least(greatest(coalesce(CAST(x.terms ->> 'deposit_percent' AS numeric), 0), 0), 100) AS deposit_percent,
               least(greatest(coalesce(CAST(x.terms ->> 'discount_percent' AS numeric), 0), 0), 100) AS discount_percent
          FROM (SELECT coalesce((SELECT o.terms FROM inquiry.past_terms o
                                  WHERE o.inquiry_id = a.inquiry_id AND o.held_until > a.created_at ORDER BY o.held_until LIMIT 1),
                                i.terms) AS terms) x) t
  CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(r.value_vnd), 0) AS bigint) AS goods_vnd,
               CAST(coalesce(sum(floor(coalesce(q.freight_vnd, 0) * CAST(r.accepted AS numeric) / 1000 + 0.5)), 0) AS bigint) AS freight_vnd,
               CAST(coalesce(sum(r.value_vnd) FILTER (WHERE r.disputed), 0) AS bigint) AS disputed_vnd,
               max(CAST(r.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)) FILTER (WHERE r.accepted > 0) AS last_received_on
          FROM (SELECT d.received_at, coalesce(s.value_vnd, d.value_vnd) AS value_vnd, coalesce(s.accepted, d.accepted) AS accepted,
                       y.id IS NOT NULL AND s.id IS NULL AS disputed
                  FROM inquiry.deliveries d
                  LEFT JOIN inquiry.disputes y ON y.delivery_id = d.id AND y.withdrawn_at IS NULL
                  LEFT JOIN inquiry.settlements s ON s.dispute_id = y.id AND s.agreed_at IS NOT NULL
                 WHERE d.award_id = a.id AND d.received_at IS NOT NULL) r) g
  CROSS JOIN LATERAL (
        SELECT CAST(floor(g.goods_vnd * t.discount_percent / 100 + 0.5) AS bigint) AS discount_vnd,
               CAST(floor(floor(CAST(a.price_vnd AS numeric) * (a.quantity - b.released) / 1000 + 0.5) * t.deposit_percent / 100 + 0.5) AS bigint)
                 AS deposit_due_vnd,
               CAST(floor(CAST(a.price_vnd + coalesce(q.freight_vnd, 0) AS numeric) * (b.committed + b.dispatched) / 1000 + 0.5) AS bigint)
                 AS to_come_vnd) v
  CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'confirmed' AND w.kind = 'deposit'), 0) AS bigint) AS deposited_vnd,
               CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'confirmed'), 0) AS bigint) AS paid_vnd,
               CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'recorded'), 0) AS bigint) AS unconfirmed_vnd,
               CAST(coalesce(sum(w.amount) FILTER (WHERE w.state = 'contested'), 0) AS bigint) AS contested_vnd
          FROM (SELECT s.state, s.kind, CASE s.paid_by WHEN 'buyer' THEN s.amount_vnd ELSE -s.amount_vnd END AS amount
                  FROM inquiry.payment_states s WHERE s.award_id = a.id) w) p;
COMMENT ON VIEW inquiry.accounts IS
    'What each award comes to: owed by receipts and settlements, paid by confirmed payments; a refund counts against what was paid.';
COMMENT ON COLUMN inquiry.accounts.due_on IS
    'The day of the last receipt with accepted goods and the payment days of the award''s terms, none of which is at once; NULL without one, and on consignment.';

-- When both sides are told that a payment is due, in days from its day.
CREATE TABLE inquiry.payment_warning_days (
    warning text     PRIMARY KEY CHECK (warning IN ('due', 'overdue')),
    days    smallint NOT NULL CHECK ((warning = 'due') = (days <= 0)),
    since   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN inquiry.payment_warning_days.since IS
    'Of awards made from then on: what was traded before payments could be recorded was paid, or not, elsewhere.';
INSERT INTO inquiry.payment_warning_days (warning, days) VALUES ('due', -3), ('overdue', 1);
CREATE TABLE inquiry.payment_warnings (
    award_id        uuid        NOT NULL REFERENCES inquiry.awards,
    warning         text        NOT NULL REFERENCES inquiry.payment_warning_days,
    due_on          date        NOT NULL,
    outstanding_vnd bigint      NOT NULL CHECK (outstanding_vnd > 0),
    noted_at        timestamptz NOT NULL,
    CONSTRAINT payment_warned_once PRIMARY KEY (award_id, warning, due_on)
);
COMMENT ON TABLE inquiry.payment_warnings IS 'Of which due day both sides were told what, once each. Append-only.';

INSERT INTO notify.kinds (code, audience, mailed, title_vi, title_en, text_vi, text_en) VALUES
    ('payment_recorded', 'party', true,
     '{party} ghi nhận một khoản tiền', '{party} recorded a payment',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} ghi nhận khoản {amount}, ngày {day}, cho «{product}». Hãy xác nhận nếu đúng, hoặc phản đối và nêu lý do.',
     'Inquiry {inquiry}, line {position} ({line}): {party} recorded {amount} paid on {day} for “{product}”. Confirm it if it is right, or contest it and say why.'),
    ('payment_confirmed', 'party', false,
     '{party} xác nhận một khoản tiền', '{party} confirmed a payment',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} xác nhận khoản {amount}, ngày {day}, cho «{product}».',
     'Inquiry {inquiry}, line {position} ({line}): {party} confirmed {amount} paid on {day} for “{product}”.'),
    ('payment_contested', 'party', true,
     '{party} phản đối một khoản tiền', '{party} contests a payment',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} phản đối khoản {amount}, ngày {day}, cho «{product}». Lý do: {reason}. Hãy đối chiếu; nếu ghi nhầm, hãy rút và ghi lại.',
     'Inquiry {inquiry}, line {position} ({line}): {party} contests {amount} paid on {day} for “{product}”. Reason: {reason}. Compare your books; withdraw it and record it anew if it is wrong.'),
    ('payment_withdrawn', 'party', false,
     '{party} rút một khoản tiền đã ghi', '{party} withdrew a payment',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): {party} rút khoản {amount}, ngày {day}, cho «{product}».',
     'Inquiry {inquiry}, line {position} ({line}): {party} withdrew what it had recorded: {amount} on {day} for “{product}”.'),
    ('payment_due', 'party', false,
     'Sắp đến hạn thanh toán với {party}', 'A payment with {party} falls due',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): hạn thanh toán «{product}» là {day}; còn {amount} chưa được xác nhận đã trả. Bên đã trả hãy ghi nhận; bên đã nhận hãy xác nhận.',
     'Inquiry {inquiry}, line {position} ({line}): “{product}” is to be paid by {day}; {amount} are not confirmed as paid. Whoever paid records it, whoever received it confirms it.'),
    ('payment_overdue', 'party', true,
     'Quá hạn thanh toán với {party}', 'A payment with {party} is overdue',
     'Nhu cầu mua {inquiry}, dòng {position} ({line}): hạn thanh toán «{product}» là {day}; còn {amount} chưa được xác nhận đã trả. Bên đã trả hãy ghi nhận; bên đã nhận hãy xác nhận.',
     'Inquiry {inquiry}, line {position} ({line}): “{product}” was to be paid by {day}; {amount} are not confirmed as paid. Whoever paid records it, whoever received it confirms it.');
