package inquiry

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Comparison sets the current quotes on a buyer's own inquiry side by side, worded in a language
// ("vi" or "en"): at most maxCompared of a line, in a number of statements that does not depend on
// how many there are. Refused: whoever is no buyer, an inquiry that is not theirs (it does not exist
// for them), and, with ErrSealed, sealed quotes before the deadline: not even how many there are, or
// who declined, is told.
func (s *Service) Comparison(ctx context.Context, who identity.Principal, inquiryID uuid.UUID, language string) (Comparison, error) {
	if err := who.MayRead(area); err != nil {
		return Comparison{}, err
	}
	if !who.Is(identity.Buyer) {
		return Comparison{}, fault.ErrForbidden.With()
	}
	as, err := mayRead(ctx, s.db, who, inquiryID)
	if err != nil {
		return Comparison{}, err
	}
	if as != asBuyer {
		return Comparison{}, fault.ErrNotFound.With()
	}
	r, err := load(ctx, s.db, inquiryID)
	if err != nil {
		return Comparison{}, err
	}
	now, err := clock(ctx, s.db)
	if err != nil {
		return Comparison{}, err
	}
	if sealed := r.sealedUntil(now); !sealed.IsZero() {
		return Comparison{}, ErrSealed.With("deadline", clockTime(sealed))
	}
	return s.compared(ctx, r, now, wording{s.book, language})
}

func (s *Service) compared(ctx context.Context, r *record, now time.Time, words wording) (Comparison, error) {
	quotes, err := comparedQuotes(ctx, s.db, r.ID)
	if err != nil {
		return Comparison{}, err
	}
	answers, err := answersTo(ctx, s.db, r.ID)
	if err != nil {
		return Comparison{}, err
	}
	c := &comparer{wording: words, now: now, terms: r.Terms.V}
	if err := s.ground(ctx, c, r, quotes, answers); err != nil {
		return Comparison{}, err
	}
	comparison := Comparison{
		InquiryID: r.ID, State: r.state(now), QuotesDueAt: r.QuotesDueAt, ComparedAt: now,
		DeliverTo: Place{CommuneCode: r.Ward, Note: r.DeliveryNote}, Terms: r.Terms.V,
		Lines: make([]ComparedLine, 0, len(r.Lines)), Answers: make([]ProducerAnswer, 0, len(answers)),
		Invented: c.organisations[r.BuyerID].Fictional,
	}
	for _, line := range r.Lines {
		compared, err := c.compare(line, quotes[line.ID])
		if err != nil {
			return Comparison{}, err
		}
		comparison.Lines = append(comparison.Lines, compared)
	}
	for _, row := range answers {
		organisation := c.organisations[row.ProducerID]
		comparison.Answers = append(comparison.Answers, row.answer(organisation.Name))
		comparison.Invented = comparison.Invented || organisation.Fictional
	}
	return comparison, nil
}

// ground reads what quotes are compared by: who gave them, the marks of their goods, how the
// producers kept their word.
func (s *Service) ground(ctx context.Context, c *comparer, r *record, quotes map[uuid.UUID][]*quoteRecord, answers []answerRow) error {
	parties, asked := make([]uuid.UUID, 0, len(answers)+1), []catalog.ProductDay{}
	parties = append(parties, r.BuyerID)
	for _, row := range answers {
		parties = append(parties, row.ProducerID)
	}
	seen := make(map[catalog.ProductDay]bool)
	for _, line := range quotes {
		for _, q := range line {
			for _, on := range append(days(q.DeliverOn, q.Split.V), reference.Day(c.now)) {
				if day := (catalog.ProductDay{ProductID: q.ProductID, Day: on}); !seen[day] {
					seen[day] = true
					asked = append(asked, day)
				}
			}
		}
	}
	var err error
	if c.organisations, err = identity.OrganisationsIn(ctx, s.db, parties); err != nil {
		return err
	}
	if c.marks, err = catalog.MarksOnDaysTx(ctx, s.db, s.book, asked); err != nil {
		return err
	}
	rows, _, err := stored(ctx, s.db, parties, time.Time{}, c.now)
	c.records = tracked(rows)
	return err
}
