package catalog

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// offersOf reads products p of producers r with those of their offers that can be ordered on a day,
// $2, and have a day between two, $3 and $4. It is one statement.
const offersOf = `
	SELECT coalesce(p.id, CAST('00000000-0000-0000-0000-000000000000' AS uuid)) AS id, r.id AS producer_id, r.approved,
	       coalesce(p.line, '') AS line, coalesce(p.form, '') AS form, coalesce(p.state, '') AS state,
	       coalesce((SELECT jsonb_agg(jsonb_build_object(` + offerFacts + `) ORDER BY o.available_from, o.id)
	                   FROM catalog.offers o JOIN ledger.remaining b ON b.offer_id = o.id
	                  WHERE o.product_id = p.id AND o.state = 'open' AND o.available_to >= greatest(CAST($2 AS date), CAST($3 AS date))
	                    AND o.available_from <= CAST($4 AS date) AND b.remaining > 0), '[]') AS offers
	  FROM catalog.producers r`

type offersRow struct {
	ID         uuid.UUID                    `db:"id"`
	ProducerID uuid.UUID                    `db:"producer_id"`
	Approved   bool                         `db:"approved"`
	Line       string                       `db:"line"`
	Form       string                       `db:"form"`
	State      ProductState                 `db:"state"`
	Offers     postgres.JSON[[]storedOffer] `db:"offers"`
}

// productCalendar shows when a product can be delivered; fault.ErrNotFound for one the reader may
// not know of.
func (s *Service) productCalendar(ctx context.Context, who viewer, id uuid.UUID, asked span) (Availability, error) {
	const query = offersOf + ` JOIN catalog.products p ON p.producer_id = r.id WHERE p.id = $1`
	rows, err := s.offersFor(ctx, query, id, asked)
	if err != nil {
		return Availability{}, err
	}
	if len(rows) == 0 || !who.seesProduct(rows[0].ProducerID, rows[0].State, rows[0].Approved) {
		return Availability{}, fault.ErrNotFound.With()
	}
	answer := asked.calendar(s.book, s.shownOffers(who, rows), s.today())
	answer.ProductID = id
	return answer, nil
}

// producerCalendar shows when all that a producer sells can be delivered; fault.ErrNotFound for a
// producer who is not approved.
func (s *Service) producerCalendar(ctx context.Context, who viewer, id uuid.UUID, asked span) (Availability, error) {
	const query = offersOf + `
		  LEFT JOIN catalog.products p ON p.producer_id = r.id AND p.state = 'published'
		 WHERE r.id = $1 AND r.approved`
	rows, err := s.offersFor(ctx, query, id, asked)
	if err != nil {
		return Availability{}, err
	}
	if len(rows) == 0 {
		return Availability{}, fault.ErrNotFound.With()
	}
	answer := asked.calendar(s.book, s.shownOffers(who, rows), s.today())
	answer.ProducerID = id
	return answer, nil
}

func (s *Service) offersFor(ctx context.Context, query string, id uuid.UUID, asked span) ([]offersRow, error) {
	var rows []offersRow
	err := s.db.Select(ctx, &rows, query, id, s.today(), asked.From, asked.To)
	return rows, err
}

// shownOffers are the offers as the reader may see them: whatever is made of them holds no more.
func (s *Service) shownOffers(who viewer, rows []offersRow) []shownOffer {
	var offers []shownOffer
	for _, row := range rows {
		for _, stored := range row.Offers.V {
			offers = append(offers, shownOffer{
				Offer: who.trim(stored.offer(s.book, s.today()), row.ProducerID), line: row.Line, form: row.Form,
			})
		}
	}
	return offers
}

// calendarOf checks what a calendar is asked for on today's date.
func (s *Service) calendarOf(asked span) (span, civil.Date, error) {
	today := s.today()
	asked, err := asked.check(today)
	return asked, today, err
}
