package trade

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// sideOf says on which side of a memorandum a principal stands: that of one of its parties, or an
// authority; "" for whom it does not concern.
func (m *Memorandum) sideOf(who identity.Principal) Side {
	switch {
	case who.Is(identity.Producer) && who.OrganisationID == m.Producer.ID:
		return ByProducer
	case who.Is(identity.Buyer) && who.OrganisationID == m.Buyer.ID:
		return ByBuyer
	case watches(who):
		return ByOfficial
	default:
		return ""
	}
}

// actorOf says as whom a principal acts on a memorandum; fault.ErrNotFound for whom it does not
// concern.
func (m *Memorandum) actorOf(who identity.Principal) (actor, error) {
	side := m.sideOf(who)
	if side == "" {
		return actor{}, fault.ErrNotFound.With()
	}
	return actor{side, authorOf(who) == m.recordedBy}, nil
}

// pairsOf lists the pairs of parties on the platform, each once.
func pairsOf(memoranda []Memorandum) []ledger.Pair {
	pairs, seen := []ledger.Pair{}, map[ledger.Pair]bool{}
	for at := range memoranda {
		pair := ledger.Pair{ProducerID: memoranda[at].Producer.ID, BuyerID: memoranda[at].Buyer.ID}
		if pair.ProducerID != uuid.Nil && pair.BuyerID != uuid.Nil && !seen[pair] {
			seen[pair] = true
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// followedBy reads what follows from memoranda, of all between the same parties.
func followedBy(ctx context.Context, reader postgres.Reader, book *reference.Book, memoranda []Memorandum) ([]followed, error) {
	all, err := siblings(ctx, reader, book, memoranda)
	if err != nil {
		return nil, err
	}
	links, err := linksOf(ctx, reader, all)
	if err != nil {
		return nil, err
	}
	deals, err := ledger.DealsBetween(ctx, reader, pairsOf(memoranda))
	if err != nil {
		return nil, err
	}
	return follow(all, links, deals), nil
}

// view completes memoranda with what came of them and leaves out what their reader may not see.
type view struct {
	who   identity.Principal
	sums  map[lineKey]progress
	names map[uuid.UUID]identity.Organisation
}

func newView(ctx context.Context, reader postgres.Reader, who identity.Principal, book *reference.Book, memoranda []Memorandum) (view, []followed, error) {
	all, err := followedBy(ctx, reader, book, memoranda)
	if err != nil {
		return view{}, nil, err
	}
	sums := sum(all)
	if err := addDeclared(ctx, reader, memoranda, sums); err != nil {
		return view{}, nil, err
	}
	var ids []uuid.UUID
	for at := range memoranda {
		ids = append(ids, memoranda[at].Producer.ID, memoranda[at].Buyer.ID)
	}
	names, err := identity.OrganisationsIn(ctx, reader, ids)
	return view{who, sums, names}, all, err
}

// show is the memorandum as the reader may see it. Who is neither a party nor an authority sees none:
// see actorOf.
func (v view) show(m Memorandum) Memorandum {
	side := m.sideOf(v.who)
	party := side == ByProducer || side == ByBuyer
	m.Producer, m.Buyer = v.party(m.Producer, party || v.who.Oversees(identity.Producer)), v.party(m.Buyer, party || v.who.Oversees(identity.Buyer))
	if !party {
		m.Note, m.Proposed = "", 0
		for at := range m.History {
			m.History[at].Reason = ""
		}
	}
	for at := range m.Lines {
		line := &m.Lines[at]
		came := v.sums[lineKey{m.ID, line.N}]
		if !party {
			line.ValueVND = nil
		}
		if !party && !m.agreed() {
			continue // an authority learns nothing of two parties by entering what they never signed
		}
		line.Awarded, line.Confirmed, line.Declared = &came.awarded, &came.confirmed, &came.declared
		line.Percent = percent(came.confirmed, line.Expected)
		if party {
			line.ConfirmedVND = &came.value
		}
	}
	return m
}

// addDeclared adds what was declared because of memoranda to what came of their lines.
func addDeclared(ctx context.Context, reader postgres.Reader, memoranda []Memorandum, sums map[lineKey]progress) error {
	const query = `
		SELECT memorandum_id, line, form, dried, unit, CAST(sum(amount) AS bigint) AS amount
		  FROM trade.declared WHERE memorandum_id = ANY ($1) GROUP BY memorandum_id, line, form, dried, unit`
	of, ids := map[uuid.UUID]*Memorandum{}, make([]uuid.UUID, len(memoranda))
	for at := range memoranda {
		ids[at] = memoranda[at].ID
		of[ids[at]] = &memoranda[at]
	}
	var rows []struct {
		MemorandumID uuid.UUID         `db:"memorandum_id"`
		Line         string            `db:"line"`
		Form         string            `db:"form"`
		Dried        bool              `db:"dried"`
		Unit         string            `db:"unit"`
		Amount       quantity.Quantity `db:"amount"`
	}
	if err := reader.Select(ctx, &rows, query, postgres.Array(ids)); err != nil {
		return err
	}
	for _, row := range rows {
		m := of[row.MemorandumID]
		if n := m.lineFor(kind{row.Line, row.Form, row.Dried, row.Unit}); n > 0 && m.standing() {
			key := lineKey{m.ID, n}
			came := sums[key]
			came.declared += row.Amount
			sums[key] = came
		}
	}
	return nil
}

func (v view) party(p Party, seen bool) Party {
	switch {
	case !seen:
		return Party{Masked: true}
	case p.ID != uuid.Nil:
		p.Name = v.names[p.ID].Name
	}
	return p
}

// showAwards lists what follows, award by award.
func showAwards(m *Memorandum, all []followed) {
	m.Awards = []FollowedAward{}
	for _, one := range all {
		if one.memorandum == m.ID {
			m.Awards = append(m.Awards, FollowedAward{
				AwardID: one.deal.AwardID, InquiryID: one.deal.InquiryID, N: one.n, How: one.how, Awarded: one.deal.Awarded,
				Confirmed: one.deal.Delivered, Unit: one.deal.Unit,
			})
		}
	}
}
