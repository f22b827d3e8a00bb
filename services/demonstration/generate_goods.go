package demonstration

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// madeProducer and madeProduct are generated rows on their way to the database; quantities and
// money travel as integers.
type madeProducer struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Folded    string    `json:"folded"`
	LegalForm string    `json:"legal_form"`
	Commune   string    `json:"commune"`
}

type madeProduct struct {
	ID          uuid.UUID       `json:"id"`
	OfferID     uuid.UUID       `json:"offer_id"`
	ProducerID  uuid.UUID       `json:"producer_id"`
	At          time.Time       `json:"at"`
	Name        string          `json:"name"`
	Line        string          `json:"line"`
	Form        string          `json:"form"`
	Grade       reference.Grade `json:"grade"`
	Reported    string          `json:"reported"`
	Unit        string          `json:"unit"`
	Commune     string          `json:"commune"`
	Stars       int             `json:"stars"`
	CertifiedOn civil.Date      `json:"certified_on,omitzero"`
	Number      string          `json:"number"`
	Quantity    int64           `json:"quantity"`
	Price       int64           `json:"price"`
	From        civil.Date      `json:"from"`
	To          civil.Date      `json:"to"`
	Visibility  string          `json:"visibility"`
}

// products writes one batch: producers, products, their OCOP certificates, offers and the supply.
func (g *generator) products(ctx context.Context, tx *postgres.Tx, part span) error {
	rng := g.rng(1, part.first)
	var producers []madeProducer
	made := make([]madeProduct, 0, part.count)
	for n := part.first; n < part.first+part.count; n++ {
		if n == part.first || n%perProducer == 0 {
			producers = append(producers, g.producer(g.before+n-n%perProducer))
		}
		one, err := g.product(rng, g.before+n+1, part.at(g.now, 300*24*time.Hour, n), producers[len(producers)-1])
		if err != nil {
			return err
		}
		made = append(made, one)
	}
	for _, statement := range []string{insertMadeProducts, insertMadeCertificates, coverMadeProducts, insertMadeOffers, postMadeOffers} {
		if statement == insertMadeProducts {
			if _, err := tx.Exec(ctx, insertMadeProducers, postgres.JSON[[]madeProducer]{V: producers}, g.now); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, statement, postgres.JSON[[]madeProduct]{V: made}, g.now); err != nil {
			return err
		}
	}
	return nil
}

// producer is the fictional organisation that sells the fifty products from a number on.
func (g *generator) producer(number int) madeProducer {
	rng := g.rng(2, number)
	commune := g.communes[rng.IntN(len(g.communes))]
	form := producerForms()[rng.IntN(len(producerForms()))]
	name := producerName(form.begins, commune, number/perProducer+1)
	return madeProducer{
		ID: idAt(g.now.AddDate(-1, 0, 0), fmt.Sprintf("producer %d", number)), Name: name, Folded: vietnamese.Fold(name + " "),
		LegalForm: form.legal, Commune: commune.Code,
	}
}

func (g *generator) product(rng *rand.Rand, number int, at time.Time, producer madeProducer) (madeProduct, error) {
	template := g.templates[rng.IntN(len(g.templates))]
	line, _ := g.book.Line(template.sale.Line)
	commune, _ := g.book.Commune(producer.Commune)
	grade, err := line.ValidateGrade(template.sale.Form, template.sale.Grade)
	if err != nil {
		return madeProduct{}, fmt.Errorf("grade of %s: %w", template.key, err)
	}
	sale := template.sale
	sale.Name = g.productName(rng, line, commune, number)
	monthly := int64(template.monthly / quantity.Unit)
	one := madeProduct{
		ID: idAt(at, fmt.Sprintf("product %d", number)), OfferID: idAt(at, fmt.Sprintf("offer %d", number)),
		ProducerID: producer.ID, At: at, Name: sale.Name, Line: sale.Line, Form: sale.Form, Grade: grade, Unit: line.Unit,
		Commune:  producer.Commune,
		Reported: line.ReportedGrade(grade),
		Number:   fmt.Sprintf("%sOCOP-G%07d", Prefix, number),
		Quantity: int64(quantity.Of(max(monthly*int64(20+rng.IntN(180))/100, 1))),
		Price:    int64(rounded(template.priceIn(g.book, g.today.Month) * money.VND(85+rng.IntN(31)) / 100)),
		From:     g.today.AddDays(rng.IntN(60) - 30),
	}
	one.To = one.From.AddDays(45 + rng.IntN(90))
	one.Visibility = [...]string{"public", "buyers", "buyers", "on_request"}[rng.IntN(4)]
	if rng.IntN(100) < 15 {
		one.Stars, one.CertifiedOn = 3+rng.IntN(2), g.today.AddDays(-30-rng.IntN(900))
	}
	return one, nil
}

// madeGoods reads a batch of products from the first argument.
const madeGoods = `
	FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS m (id uuid, offer_id uuid, producer_id uuid, at timestamptz, name text,
	     line text, form text, grade jsonb, unit text, commune text,
	     reported text, stars smallint, certified_on date, number text, quantity bigint, price bigint, "from" date, "to" date, visibility text)
	JOIN LATERAL (SELECT CAST($2 AS timestamptz) AS now) clock ON true`

// A producer whose products span two batches is written once.
const insertMadeProducers = `
	INSERT INTO identity.organisations (id, kind, name, name_folded, state, legal_form, commune_code, province, fictional,
	       created_at, updated_at)
	SELECT id, 'producer', name, trim(folded), 'approved', legal_form, commune, '96', true, CAST($2 AS timestamptz) - interval '1 year',
	       CAST($2 AS timestamptz)
	  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS m (id uuid, name text, folded text, legal_form text, commune text)
	    ON CONFLICT (id) DO NOTHING`

const insertMadeProducts = `
	INSERT INTO catalog.products (id, producer_id, name, line, form, grade, unit, description, state, invented, published_at,
	       created_at, updated_at)
	SELECT m.id, m.producer_id, m.name, m.line, m.form, m.grade, m.unit, '` + Notice + `', 'published', true, m.at, m.at, m.at` + madeGoods

const insertMadeCertificates = `
	INSERT INTO catalog.certificates (id, producer_id, scheme, number, issuer, issuer_kind, issued_on, valid_until, scope_kind,
	       stars, state, decided_at, invented, created_at, updated_at)
	SELECT demonstration.id_at(m.at, 'certificate ' || m.number), m.producer_id, 'OCOP', m.number, 'UBND tỉnh minh hoạ (hư cấu)',
	       'province', m.certified_on, m.certified_on + interval '36 months', 'product', m.stars, 'verified', clock.now, true,
	       clock.now, clock.now` + madeGoods + `
	 WHERE m.stars > 0`

const coverMadeProducts = `
	INSERT INTO catalog.certificate_products (certificate_id, product_id)
	SELECT demonstration.id_at(m.at, 'certificate ' || m.number), m.id` + madeGoods + `
	 WHERE m.stars > 0`

const insertMadeOffers = `
	INSERT INTO catalog.offers (id, product_id, producer_id, available_from, available_to, unit, min_order, price_tiers, visibility,
	       schemes, state, invented, created_at, updated_at, grade, stars)
	SELECT m.offer_id, m.id, m.producer_id, m."from", m."to", m.unit, 0,
	       jsonb_build_array(jsonb_build_object('from', 0, 'price', m.price)), m.visibility,
	       CASE WHEN m.stars > 0 THEN ARRAY['OCOP'] ELSE '{}' END, 'open', true, m.at, m.at,
	       nullif(m.reported, ''), nullif(m.stars, 0)` + madeGoods

// The supply enters by the ledger's door: its trigger opens the account.
const postMadeOffers = `
	INSERT INTO ledger.postings (id, at, business_date, movement, quantity, unit, weight, product_line, form, schemes, commune,
	       producer_id, product_id, offer_id, actor_id, organisation_id, grade, stars)
	SELECT demonstration.id_at(m.at, 'supply ' || m.offer_id), m.at, m."from", 'offer_opened', m.quantity, m.unit,
	       CASE WHEN m.unit = 'kg' THEN m.quantity END, m.line, m.form, CASE WHEN m.stars > 0 THEN ARRAY['OCOP'] ELSE '{}' END,
	       m.commune, m.producer_id, m.id, m.offer_id, '` + systemID + `', m.producer_id, nullif(m.reported, ''), nullif(m.stars, 0)` + madeGoods
