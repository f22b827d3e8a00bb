package demonstration

import "errors"

var errNothingSold = errors.New("there are no products of fictional producers to trade: generate some, or load the demonstration")

// madeTrade reads a batch of inquiries or deals from the first argument. Ids of what hangs on one
// follow from its own.
const madeTrade = `
	FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS m (id uuid, line_id uuid, buyer_id uuid, system text, ward text,
	     at timestamptz, due timestamptz, day date, quantity bigint, product_id uuid, producer_id uuid, line text, form text,
	     unit text, commune text, price bigint, grade text, stars smallint)
	JOIN LATERAL (SELECT demonstration.id_at(m.at, m.id || ' offer') AS offer, demonstration.id_at(m.at, m.id || ' quote') AS quote,
	                     demonstration.id_at(m.at, m.id || ' award') AS award) ids ON true`

const insertMadeInquiries = `
	INSERT INTO inquiry.inquiries (id, buyer_id, buyer_system, visibility, quotes_sealed, quotes_due_at, ward, delivery_note,
	       terms, stage, created_at, opened_at, updated_at)
	SELECT m.id, m.buyer_id, m.system, 'open', false, m.due, m.ward, '` + Notice + `', '{}', 'open', m.at, m.at, m.at` + madeTrade

const insertMadeLines = `
	INSERT INTO inquiry.lines (id, inquiry_id, position, line, form, schemes, quantity, unit, deliver_from, deliver_to)
	SELECT m.line_id, m.id, 1, m.line, m.form, '{}', m.quantity, m.unit, m.day, m.day + 7` + madeTrade

const insertDealOffers = `
	INSERT INTO catalog.offers (id, product_id, producer_id, available_from, available_to, unit, min_order, price_tiers, visibility,
	       state, invented, created_at, updated_at, grade, stars)
	SELECT ids.offer, m.product_id, m.producer_id, m.day, m.day + 7, m.unit, 0,
	       jsonb_build_array(jsonb_build_object('from', 0, 'price', m.price)), 'on_request', 'open', true, m.at, m.at,
	       nullif(m.grade, ''), nullif(m.stars, 0)` + madeTrade

const insertDealQuotes = `
	INSERT INTO inquiry.quotes (id, inquiry_id, line_id, producer_id, product_id, offer_id, root_id, version, quantity, awarded,
	       unit, price_vnd, deliver_on, valid_until, reserve, alternative, note, claims, lapsing, stage, created_at, updated_at, offer_made)
	SELECT ids.quote, m.id, m.line_id, m.producer_id, m.product_id, ids.offer, ids.quote, 1, m.quantity, m.quantity, m.unit, m.price,
	       m.day, m.due + interval '2 days', false, false, '', '{}', '{}', 'submitted', m.at + interval '1 hour', m.at + interval '1 hour', false` + madeTrade

const insertDealAwards = `
	INSERT INTO inquiry.awards (id, inquiry_id, line_id, quote_id, buyer_id, producer_id, product_id, offer_id, quantity, unit,
	       price_vnd, deliver_on, claims, lapsing, created_at)
	SELECT ids.award, m.id, m.line_id, ids.quote, m.buyer_id, m.producer_id, m.product_id, ids.offer, m.quantity, m.unit, m.price,
	       m.day, '{}', '{}', m.due` + madeTrade

// parts are the ten deliveries of a deal, a day apart from the third day on.
const parts = `
	CROSS JOIN LATERAL (SELECT part, demonstration.id_at(m.at, m.id || ' part ' || part) AS id, m.quantity / 10 AS quantity,
	                           m.due + (part + 2) * interval '1 day' AS sent, m.due + (part + 2) * interval '1 day' + interval '8 hours' AS got
	                      FROM generate_series(1, 10) part) d`

const insertDealDeliveries = `
	INSERT INTO inquiry.deliveries (id, award_id, quantity, unit, lot, dispatched_at, received_at, accepted, live, created_at)
	SELECT d.id, ids.award, d.quantity, m.unit, '` + Prefix + `LOT-' || right(CAST(d.id AS text), 12), d.sent, d.got, d.quantity, m.form = 'live', d.sent` + madeTrade + parts

// The columns of a posting of a deal, in the order of the statements below.
const postingColumns = `
	INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, value_vnd, product_line, form, commune,
	       buyer_system, producer_id, buyer_id, product_id, offer_id, inquiry_id, inquiry_line_id, quote_id, award_id, delivery_id,
	       actor_id, organisation_id, ward, grade, stars)`

const postMadeDemand = postingColumns + `
	SELECT demonstration.id_at(m.at, m.id || ' demand'), m.at, m.day, 'demand_opened', m.quantity, m.unit,
	       CASE WHEN m.unit = 'kg' THEN m.quantity END, NULL, m.line, m.form, NULL, m.system, NULL, m.buyer_id, NULL, NULL, m.id,
	       m.line_id, NULL, NULL, NULL, '` + systemID + `', m.buyer_id, m.ward, NULL, NULL` + madeTrade

// Supply, demand and quote of a deal: the accounts that the rest moves.
const postDealOpening = postingColumns + `
	SELECT demonstration.id_at(m.at, m.id || ' ' || k.movement), m.at + k.later, m.day, k.movement, m.quantity, m.unit,
	       CASE WHEN m.unit = 'kg' THEN m.quantity END,
	       CASE WHEN k.movement = 'quoted' THEN (m.quantity * m.price + 500) / 1000 END, m.line, m.form,
	       CASE WHEN k.movement <> 'demand_opened' THEN nullif(m.commune, '') END,
	       CASE WHEN k.movement <> 'offer_opened' THEN m.system END,
	       CASE WHEN k.movement <> 'demand_opened' THEN m.producer_id END,
	       CASE WHEN k.movement <> 'offer_opened' THEN m.buyer_id END,
	       CASE WHEN k.movement <> 'demand_opened' THEN m.product_id END,
	       CASE WHEN k.movement = 'offer_opened' THEN ids.offer END,
	       CASE WHEN k.movement <> 'offer_opened' THEN m.id END,
	       CASE WHEN k.movement <> 'offer_opened' THEN m.line_id END,
	       CASE WHEN k.movement = 'quoted' THEN ids.quote END, NULL, NULL, '` + systemID + `',
	       CASE WHEN k.movement = 'demand_opened' THEN m.buyer_id ELSE m.producer_id END,
	       CASE WHEN k.movement <> 'offer_opened' THEN m.ward END,
	       CASE WHEN k.movement <> 'demand_opened' THEN nullif(m.grade, '') END,
	       CASE WHEN k.movement <> 'demand_opened' THEN nullif(m.stars, 0) END` + madeTrade + `
	CROSS JOIN (VALUES ('offer_opened', interval '0'), ('demand_opened', interval '0'), ('quoted', interval '1 hour')) AS k (movement, later)`

const postDealAwards = postingColumns + `
	SELECT demonstration.id_at(m.due, m.id || ' awarded'), m.due, m.day, 'awarded', m.quantity, m.unit,
	       CASE WHEN m.unit = 'kg' THEN m.quantity END, (m.quantity * m.price + 500) / 1000, m.line, m.form, nullif(m.commune, ''),
	       m.system, m.producer_id, m.buyer_id, m.product_id, ids.offer, m.id, m.line_id, ids.quote, ids.award, NULL,
	       '` + systemID + `', m.buyer_id, m.ward, nullif(m.grade, ''), nullif(m.stars, 0)` + madeTrade

const postDealParts = postingColumns + `
	SELECT demonstration.id_at(k.at, d.id || ' ' || k.movement), k.at, CAST(k.at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date), k.movement, d.quantity,
	       m.unit, CASE WHEN m.unit = 'kg' THEN d.quantity END, (d.quantity * m.price + 500) / 1000, m.line, m.form,
	       nullif(m.commune, ''), m.system, m.producer_id, m.buyer_id, m.product_id, ids.offer, m.id, m.line_id, ids.quote, ids.award,
	       d.id, '` + systemID + `', CASE WHEN k.movement = 'accepted' THEN m.buyer_id ELSE m.producer_id END,
	       m.ward, nullif(m.grade, ''), nullif(m.stars, 0)` + madeTrade + parts + `
	CROSS JOIN LATERAL (VALUES ('dispatched', d.sent), ('accepted', d.got)) AS k (movement, at)`
