package demonstration

import (
	"context"
	"crypto/md5" //nolint:gosec // a name, not a secret: PostgreSQL has it too
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/vietnamese"
)

// systemID is identity.SystemPrincipal's user, as statements name it.
const systemID = "00000000-0000-7000-8000-000000000001"

// A generated deal is delivered in ten parts: supply, demand, quote and award make four postings,
// each part a dispatch and a receipt.
const (
	partsPerDeal    = 10
	postingsPerDeal = 4 + 2*partsPerDeal
	madeBuyers      = 20
	// soldSample bounds how many products trade is drawn from.
	soldSample = 5000
)

// idAt agrees with the SQL function demonstration.id_at: the instant and then the text decide.
func idAt(at time.Time, salt string) uuid.UUID {
	sum := md5.Sum([]byte(salt)) //nolint:gosec // see above
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16)
	id[6], id[7] = 0x70|sum[0]>>4, sum[0]<<4|sum[1]>>4
	// The fourth digit of the text begins the second half.
	half := binary.BigEndian.Uint64(sum[1:9])
	binary.BigEndian.PutUint64(id[8:], 0x8<<60|half<<4>>4)
	return id
}

// goods is a product that generated trade is about.
type goods struct {
	ProductID  uuid.UUID `db:"id"          json:"product_id"`
	ProducerID uuid.UUID `db:"producer_id" json:"producer_id"`
	Line       string    `db:"line"        json:"line"`
	Form       string    `db:"form"        json:"form"`
	Unit       string    `db:"unit"        json:"unit"`
	Commune    string    `db:"commune"     json:"commune"`
	Price      int64     `db:"price"       json:"price"`
	Grade      string    `db:"grade"       json:"grade"`
	Stars      int       `db:"stars"       json:"stars"`
}

// madeDeal is one inquiry, or one deal, on its way to the database.
type madeDeal struct {
	goods

	ID       uuid.UUID  `json:"id"`
	LineID   uuid.UUID  `json:"line_id"`
	BuyerID  uuid.UUID  `json:"buyer_id"`
	System   string     `json:"system"`
	Ward     string     `json:"ward"`
	At       time.Time  `json:"at"`
	Due      time.Time  `json:"due"`
	Day      civil.Date `json:"day"`
	Quantity int64      `json:"quantity"`
}

// gather makes the buyers and reads which goods of fictional producers there are, when any trade
// is to be made.
func (g *generator) gather(ctx context.Context, trade int) error {
	if trade == 0 {
		return nil
	}
	const insert = `
		INSERT INTO identity.organisations (id, kind, name, name_folded, state, commune_code, province, buyer_system, buyer_kind,
		       fictional, created_at, updated_at)
		VALUES ($1, 'buyer', $2, $3, 'approved', $4, '79', $5, 'supermarket_chain', true, $6, $6)
		    ON CONFLICT (id) DO NOTHING`
	for n := range madeBuyers {
		// The same twenty in every run: their day does not move.
		id := idAt(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), fmt.Sprintf("buyer %d", n))
		name := fmt.Sprintf("Chuỗi bán lẻ Minh Hoạ %d (hư cấu)", n+1)
		_, err := g.owner.Exec(ctx, insert, id, name, vietnamese.Fold(name), wards()[n%len(wards())], systemOf(n), g.now.AddDate(-3, 0, 0))
		if err != nil {
			return err
		}
		g.buyers = append(g.buyers, id)
	}
	const query = `
		SELECT p.id, p.producer_id, p.line, p.form, p.unit, coalesce(o.commune_code, '') AS commune,
		       coalesce((SELECT catalog.price_at(f.price_tiers, 0) FROM catalog.offers f WHERE f.product_id = p.id LIMIT 1), 50000) AS price,
		       coalesce((SELECT f.grade FROM catalog.offers f WHERE f.product_id = p.id LIMIT 1), '') AS grade,
		       coalesce((SELECT f.stars FROM catalog.offers f WHERE f.product_id = p.id LIMIT 1), 0) AS stars
		  FROM catalog.products p JOIN identity.organisations o ON o.id = p.producer_id AND o.fictional
		 WHERE p.state = 'published' AND p.unit_weight IS NULL
		 ORDER BY p.id LIMIT $1`
	if err := g.owner.Select(ctx, &g.sold, query, soldSample); err != nil {
		return err
	}
	return nil
}

func systemOf(n int) string { return [...]string{"minh-hoa-a", "minh-hoa-b", "minh-hoa-c"}[n%3] }

// draw makes one deal that was struck, or one inquiry that was placed, at an instant.
func (g *generator) draw(rng *rand.Rand, kind string, number uint64, at time.Time) madeDeal {
	buyer := rng.IntN(len(g.buyers))
	salt := fmt.Sprintf("%s %d %d", kind, g.run, number)
	return madeDeal{
		goods: g.sold[rng.IntN(len(g.sold))], ID: idAt(at, salt), LineID: idAt(at, salt+" line"), BuyerID: g.buyers[buyer],
		System: systemOf(buyer), Ward: wards()[rng.IntN(len(wards()))], At: at,
		// A multiple of the parts, in whole units.
		Quantity: int64(partsPerDeal*(1+rng.IntN(60))) * 1000,
	}
}

// inquiries writes one batch of open inquiries.
func (g *generator) inquiries(ctx context.Context, tx *postgres.Tx, part span) error {
	if len(g.sold) == 0 {
		return errNothingSold
	}
	rng := g.rng(3, part.first)
	made := make([]madeDeal, 0, part.count)
	for n := part.first; n < part.first+part.count; n++ {
		one := g.draw(rng, "inquiry", uint64(n), part.at(g.now, 5*24*time.Hour, n)) //nolint:gosec // not negative
		one.Due = g.now.Add(time.Duration(24+rng.IntN(9*24)) * time.Hour)
		one.Day = g.today.AddDays(12 + rng.IntN(40))
		made = append(made, one)
	}
	return g.write(ctx, tx, made, insertMadeInquiries, insertMadeLines, postMadeDemand)
}

// deals writes one batch of finished deals of the last two years.
func (g *generator) deals(ctx context.Context, tx *postgres.Tx, part span) error {
	if len(g.sold) == 0 {
		return errNothingSold
	}
	rng := g.rng(4, part.first)
	made := make([]madeDeal, 0, part.count)
	for n := part.first; n < part.first+part.count; n++ {
		at := part.at(g.now.AddDate(0, 0, -30), 700*24*time.Hour, n)
		one := g.draw(rng, "deal", uint64(n), at) //nolint:gosec // not negative
		one.Due, one.Day = at.Add(48*time.Hour), g.today.AddDays(-int(g.now.Sub(at).Hours()/24)+7)
		made = append(made, one)
	}
	return g.write(ctx, tx, made, insertDealOffers, insertMadeInquiries, insertMadeLines, insertDealQuotes, insertDealAwards,
		insertDealDeliveries, postDealOpening, postDealAwards, postDealParts)
}

func (g *generator) write(ctx context.Context, tx *postgres.Tx, made []madeDeal, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement, postgres.JSON[[]madeDeal]{V: made}); err != nil {
			return err
		}
	}
	return nil
}
