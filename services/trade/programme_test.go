package trade_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/trade"
)

func (m *market) programme(counts trade.Counts) trade.Programme {
	m.t.Helper()
	p, err := m.SetUpProgramme(m.t.Context(), m.hoChiMinh, trade.NewProgramme{Kind: "pairing", Name: "Kết nghĩa thử", Counts: counts})
	require.NoError(m.t, err)
	return p
}

func (m *market) join(who identity.Principal, programme uuid.UUID, n trade.NewMember) trade.Programme {
	m.t.Helper()
	p, err := m.AddMember(m.t.Context(), who, programme, n)
	require.NoError(m.t, err)
	return p
}

func (m *market) target(programme uuid.UUID, n trade.NewTarget) {
	m.t.Helper()
	_, err := m.AddTarget(m.t.Context(), m.administrator, programme, n)
	require.NoError(m.t, err)
}

func ofYear(line, form string, amount int64) trade.NewTarget {
	return trade.NewTarget{
		Goods: trade.Goods{Line: line, Form: form, Quantity: kg(amount), Unit: "kg"}, From: civil.New(2026, 4, 1), To: civil.New(2027, 3, 31),
	}
}

// Whatever was sold and whoever belonged to the group when: what came of a target is the sum of the
// sales that count, each once, though a producer may belong by itself and by its commune; and the deals
// between all pairs are the ledger's totals.
func TestProgressEqualsTheSumsOverTheLedger(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	chance := rand.New(rand.NewPCG(7, 7))
	producers, buyers := []identity.Principal{m.ann, m.ben, m.organisation(identity.Producer, "96")}, []identity.Principal{m.may, m.sum}
	communes := []string{"32065", "32069"}
	programmes := map[trade.Counts]trade.Programme{}
	first, last := today.AddDays(10), today.AddDays(30)
	for _, counts := range []trade.Counts{trade.CountsProducers, trade.CountsBuyers, trade.CountsBoth} {
		p := m.programme(counts)
		m.join(m.administrator, p.ID, trade.NewMember{OrganisationID: m.ann.OrganisationID, From: first, To: last})
		m.join(m.caMau, p.ID, trade.NewMember{CommuneCode: communes[0], From: first})
		m.join(m.hoChiMinh, p.ID, trade.NewMember{OrganisationID: m.may.OrganisationID, To: last})
		m.target(p.ID, ofYear(shrimp, "", 1000))
		m.target(p.ID, ofYear(shrimp, "iced", 1000))
		programmes[counts] = p
	}
	type amounts struct{ awarded, delivered quantity.Quantity }
	expected := map[trade.Counts]map[string]amounts{trade.CountsProducers: {}, trade.CountsBuyers: {}, trade.CountsBoth: {}}
	var everything amounts
	for range 70 {
		m.wait(12 * time.Hour)
		s := sale{
			producer: producers[chance.IntN(3)], buyer: buyers[chance.IntN(2)], commune: communes[chance.IntN(2)], line: []string{shrimp, shrimp, "mud_crab"}[chance.IntN(3)],
			form: []string{"live", "iced"}[chance.IntN(2)], awarded: kg(1 + chance.Int64N(50)),
		}
		if s.line == "mud_crab" {
			s.form = "live"
		}
		s.delivered = quantity.Quantity(chance.Int64N(int64(s.awarded) + 1))
		s.inquiry = m.inquiry(s.buyer)
		m.sell(s)
		everything.awarded += s.awarded
		everything.delivered += s.delivered
		day := civil.Of(m.now(), time.UTC)
		within := func(to civil.Date) bool { return !day.Before(first) && (to.IsZero() || !day.After(to)) }
		fromGroup := s.producer.OrganisationID == m.ann.OrganisationID && within(last) || s.commune == communes[0] && within(civil.Date{})
		toGroup := s.buyer.OrganisationID == m.may.OrganisationID && !day.After(last)
		form := ""
		if s.form == "iced" {
			form = "iced"
		}
		for counts, is := range map[trade.Counts]bool{trade.CountsProducers: fromGroup, trade.CountsBuyers: toGroup, trade.CountsBoth: fromGroup && toGroup} {
			if is && s.line == shrimp {
				sum := expected[counts][form]
				sum.awarded += s.awarded
				sum.delivered += s.delivered
				expected[counts][form] = sum
			}
		}
	}
	for counts, p := range programmes {
		seen, err := m.Programme(ctx, m.administrator, p.ID)
		require.NoError(t, err)
		require.Len(t, seen.Targets, 2)
		for _, target := range seen.Targets {
			sum := expected[counts][target.Form]
			came := amounts{*target.Awarded, *target.Confirmed}
			require.Equal(t, sum, came, "%s %q", counts, target.Form)
			require.NotZero(t, sum.awarded, "an empty sum proves nothing")
		}
	}
	var pairs []ledger.Pair
	for _, producer := range producers {
		for _, buyer := range buyers {
			pairs = append(pairs, ledger.Pair{ProducerID: producer.OrganisationID, BuyerID: buyer.OrganisationID})
		}
	}
	deals, err := ledger.DealsBetween(ctx, m.db, pairs)
	require.NoError(t, err)
	require.Len(t, deals, 70)
	var dealt, totalled amounts
	for _, deal := range deals {
		dealt.awarded += deal.Awarded
		dealt.delivered += deal.Delivered
	}
	rows, err := ledger.Volumes(ctx, m.db, ledger.Query{From: today, To: today.AddDays(99)})
	require.NoError(t, err)
	for _, row := range rows {
		totalled.awarded += row.Awarded
		totalled.delivered += row.Delivered
	}
	require.Equal(t, everything, dealt)
	require.Equal(t, totalled, dealt)
}

// The price-stabilisation reserve: committed against delivered, and declared in a column of its own;
// members read their own part, an authority the members of its side, and no total that few stand behind.
func TestWhoReadsWhatOfAProgramme(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	p := m.programme(trade.CountsBoth)
	for _, n := range []trade.NewMember{{OrganisationID: m.ann.OrganisationID}, {OrganisationID: m.ben.OrganisationID}} {
		m.join(m.caMau, p.ID, n)
	}
	m.join(m.hoChiMinh, p.ID, trade.NewMember{OrganisationID: m.may.OrganisationID})
	m.target(p.ID, ofYear(shrimp, "", 1000))
	own := ofYear(shrimp, "", 400)
	own.OrganisationID = m.ann.OrganisationID
	m.target(p.ID, own)
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(100), delivered: kg(60)})
	m.sell(sale{producer: m.ben, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(10), delivered: kg(10)})
	m.sell(sale{producer: m.ben, buyer: m.sum, inquiry: m.inquiry(m.sum), line: shrimp, form: "live", awarded: kg(1), delivered: kg(1)})
	m.declared(m.ann, declaration("2026-12", shrimp, "live", 7))
	m.declared(m.ben, declaration("2026-11", shrimp, "live", 3)) // before it was a member
	said := func(who identity.Principal) string {
		seen, err := m.Programme(ctx, who, p.ID)
		require.NoError(t, err)
		list, err := m.Programmes(ctx, who, trade.Page{Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []trade.Programme{seen}, list)
		text := fmt.Sprintf("%s %d+%d members %d:", seen.Part, seen.Producers, seen.Buyers, len(seen.Members))
		for _, target := range seen.Targets {
			if target.Suppressed {
				require.Nil(t, target.Awarded)
				text += fmt.Sprintf(" %s suppressed", target.Committed)
				continue
			}
			text += fmt.Sprintf(" %s %s/%s/%s %s%%", target.Committed, target.Awarded, target.Confirmed, target.Declared, target.Percent)
		}
		return text
	}
	require.Equal(t, "whole 2+1 members 3: 1000 110/70/7 7% 400 100/60/7 15%", said(m.administrator))
	require.Equal(t, "whole 2+1 members 2: 1000 suppressed 400 suppressed", said(m.caMau), "one buyer alone is behind it")
	require.Equal(t, "whole 2+1 members 1: 1000 suppressed", said(m.hoChiMinh))
	require.Equal(t, "own 2+1 members 1: 1000 100/60/7 6% 400 100/60/7 15%", said(m.ann))
	require.Equal(t, "own 2+1 members 1: 1000 10/10/0 1%", said(m.ben))
	require.Equal(t, "own 2+1 members 1: 1000 110/70/0 7%", said(m.may))
	joined := [2]identity.Principal{m.organisation(identity.Buyer, "79"), m.organisation(identity.Buyer, "79")}
	for _, buyer := range joined {
		m.join(m.hoChiMinh, p.ID, trade.NewMember{OrganisationID: buyer.OrganisationID})
	}
	require.Equal(t, "whole 2+3 members 2: 1000 suppressed 400 suppressed", said(m.caMau), "who bought nothing hides nobody")
	for _, buyer := range joined {
		m.sell(sale{producer: m.ben, buyer: buyer, inquiry: m.inquiry(buyer), line: shrimp, form: "live", awarded: kg(5), delivered: kg(5)})
	}
	require.Equal(t, "whole 2+3 members 2: 1000 120/80/7 8% 400 suppressed", said(m.caMau), "one buyer alone is behind what one member did")
	_, err := m.Programme(ctx, m.sum, p.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	list, err := m.Programmes(ctx, m.sum, trade.Page{Limit: 9})
	require.NoError(t, err)
	require.Empty(t, list)
}

// The pairing with the communes of a former district: its producers are members through them.
func TestAFormerDistrictJoinsAProgramme(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	p := m.programme(trade.CountsProducers)
	p = m.join(m.hoChiMinh, p.ID, trade.NewMember{FormerDistrict: "thoi binh"})
	require.Len(t, p.Members, 5, "five communes now")
	m.target(p.ID, ofYear(shrimp, "", 100))
	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(10), delivered: kg(10), commune: p.Members[0].CommuneCode})
	for _, who := range []identity.Principal{m.caMau, m.ann} {
		seen, err := m.Programme(context.Background(), who, p.ID)
		require.NoError(t, err)
		require.Equal(t, "10", seen.Targets[0].Percent.String())
	}
	seen, err := m.Programme(t.Context(), m.hoChiMinh, p.ID)
	require.NoError(t, err)
	require.True(t, seen.Targets[0].Suppressed, "one producer alone is behind it, whoever lives in the communes")
	seen, err = m.Programme(t.Context(), m.ann, p.ID)
	require.NoError(t, err)
	require.Len(t, seen.Members, 1, "its own commune")
}

func TestWhatIsWrongWithAProgramme(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	_, err := m.SetUpProgramme(ctx, m.ann, trade.NewProgramme{Kind: "pairing", Name: "x", Counts: trade.CountsBoth})
	require.ErrorIs(t, err, fault.ErrForbidden)
	for _, wrong := range []trade.NewProgramme{{Kind: "war", Name: "x", Counts: trade.CountsBoth}, {Kind: "pairing", Name: "x", Counts: "none"}} {
		_, err = m.SetUpProgramme(ctx, m.caMau, wrong)
		require.ErrorIs(t, err, fault.ErrUnknownValue)
	}
	p := m.programme(trade.CountsBoth)
	m.join(m.caMau, p.ID, trade.NewMember{OrganisationID: m.ann.OrganisationID, From: today, To: today.AddDays(5)})
	p = m.join(m.caMau, p.ID, trade.NewMember{OrganisationID: m.ann.OrganisationID, From: today.AddDays(6)})
	require.Len(t, p.Members, 2, "again, later")
	for name, one := range map[string]struct {
		who identity.Principal
		n   trade.NewMember
		err error
	}{
		"twice at a time":   {m.caMau, trade.NewMember{OrganisationID: m.ann.OrganisationID, From: today.AddDays(5)}, trade.ErrMemberTwice},
		"nobody":            {m.caMau, trade.NewMember{}, trade.ErrMember},
		"two things":        {m.caMau, trade.NewMember{OrganisationID: m.ben.OrganisationID, CommuneCode: "32065"}, trade.ErrMember},
		"the other side's":  {m.caMau, trade.NewMember{OrganisationID: m.may.OrganisationID}, trade.ErrNotYourSide},
		"an authority":      {m.caMau, trade.NewMember{OrganisationID: m.hoChiMinh.OrganisationID}, fault.ErrUnknownValue},
		"no such commune":   {m.caMau, trade.NewMember{CommuneCode: "00000"}, fault.ErrUnknownValue},
		"no such district":  {m.caMau, trade.NewMember{FormerDistrict: "Atlantis"}, fault.ErrUnknownValue},
		"ends before":       {m.caMau, trade.NewMember{OrganisationID: m.ben.OrganisationID, From: today, To: today.AddDays(-1)}, fault.ErrDateOrder},
		"who is no officer": {m.may, trade.NewMember{OrganisationID: m.may.OrganisationID}, fault.ErrForbidden},
	} {
		_, err := m.AddMember(ctx, one.who, p.ID, one.n)
		require.ErrorIs(t, err, one.err, name)
	}
	m.target(p.ID, ofYear(shrimp, "", 10))
	stranger, later := ofYear(shrimp, "", 10), ofYear(shrimp, "", 10)
	stranger.OrganisationID = m.ben.OrganisationID
	later.To = later.From.AddDays(-1)
	for _, one := range []struct {
		n   trade.NewTarget
		err error
	}{
		{ofYear(shrimp, "", 20), trade.ErrTargetTwice}, {stranger, fault.ErrUnknownValue}, {later, fault.ErrDateOrder}, {ofYear("gold", "", 1), fault.ErrUnknownValue},
	} {
		_, err := m.AddTarget(ctx, m.caMau, p.ID, one.n)
		require.ErrorIs(t, err, one.err)
	}
	p, err = m.Programme(ctx, m.caMau, p.ID)
	require.NoError(t, err)
	p, err = m.WithdrawTarget(ctx, m.caMau, p.ID, p.Targets[0].ID)
	require.NoError(t, err)
	require.Empty(t, p.Targets)
	m.target(p.ID, ofYear(shrimp, "", 20))
	_, err = m.EndMember(ctx, m.hoChiMinh, p.ID, p.Members[1].ID, today.AddDays(9))
	require.ErrorIs(t, err, fault.ErrNotFound, "it is masked")
	_, err = m.EndMember(ctx, m.caMau, p.ID, p.Members[1].ID, today)
	require.ErrorIs(t, err, fault.ErrDateOrder)
	p, err = m.EndMember(ctx, m.caMau, p.ID, p.Members[1].ID, today.AddDays(9))
	require.NoError(t, err)
	require.Equal(t, today.AddDays(9), p.Members[1].To)
	server := m.edge()
	at := "/v1/programmes/" + p.ID.String()
	require.Equal(t, http.StatusPreconditionRequired, m.send(server, "caMau", http.MethodPatch, at, `{"name": "Y"}`).Code)
	require.Equal(t, http.StatusPreconditionFailed, m.send(server, "caMau", http.MethodPatch, at, `{"name": "Y"}`, "If-Match", `"v1"`).Code)
	changed := m.send(server, "caMau", http.MethodPatch, at, `{"name": "Y"}`, "If-Match", m.send(server, "caMau", http.MethodGet, at, "").Header().Get("ETag"))
	require.Equal(t, http.StatusOK, changed.Code, changed.Body)
	require.Equal(t, "Y", read[trade.Programme](t, changed).Name)
}
