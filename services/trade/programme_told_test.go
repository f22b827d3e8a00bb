package trade_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

// reads is what somebody reads of a programme's targets, in the order in which they were set: what was awarded, or
// that it is suppressed.
func (m *market) reads(who identity.Principal, programme uuid.UUID) []string {
	m.t.Helper()
	seen, err := m.Programme(m.t.Context(), who, programme)
	require.NoError(m.t, err)
	said := make([]string, len(seen.Targets))
	for at, target := range seen.Targets {
		said[at] = "suppressed"
		if !target.Suppressed {
			said[at] = target.Awarded.String() + "/" + target.Declared.String()
		}
		require.Equal(m.t, target.Suppressed, target.Awarded == nil && target.Confirmed == nil && target.Declared == nil && target.Percent == nil)
	}
	return said
}

// group is a programme of producers, by their organisations.
func (m *market) group(of ...identity.Principal) uuid.UUID {
	m.t.Helper()
	p := m.programme(trade.CountsProducers)
	for _, who := range of {
		m.join(m.caMau, p.ID, trade.NewMember{OrganisationID: who.OrganisationID, From: today})
	}
	return p.ID
}

func within(form string, from, to civil.Date) trade.NewTarget {
	n := ofYear(shrimp, form, 1000)
	n.From, n.To = from, to
	return n
}

// The authority of the other side reads no sum of few, and none that differs by few from another it reads: not
// of a month and of the year it is part of, not of a group and of most of it, not by form, nor by what was
// declared.
func TestSumsOfProgrammesDoNotDifferByFew(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	producers := []identity.Principal{m.ann, m.ben}
	for range 5 {
		producers = append(producers, m.organisation(identity.Producer, "96"))
	}
	for _, who := range producers {
		m.sell(sale{producer: who, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "live", awarded: kg(10), delivered: kg(1), commune: "32065"})
	}
	year := within("", civil.New(2026, time.April, 1), civil.New(2027, time.March, 31))
	december := within("", civil.New(2026, time.December, 1), civil.New(2026, time.December, 31))
	january := within("", civil.New(2027, time.January, 1), civil.New(2027, time.January, 31))

	four := m.group(producers[:4]...)
	m.target(four, december)
	m.target(four, january)
	require.Equal(t, []string{"40/0", "0/0"}, m.reads(m.hoChiMinh, four))
	three := m.group(producers[:3]...)
	m.target(three, december)
	require.Equal(t, []string{"suppressed"}, m.reads(m.hoChiMinh, three), "the fourth would follow")
	require.Equal(t, []string{"30/0"}, m.reads(m.caMau, three), "they are all of its own side")
	apart := m.group(producers[4:]...)
	m.target(apart, year)
	require.Equal(t, []string{"30/0"}, m.reads(m.hoChiMinh, apart), "it has nothing in common with the others")
	village := m.programme(trade.CountsProducers)
	m.join(m.hoChiMinh, village.ID, trade.NewMember{CommuneCode: "32065"})
	m.target(village.ID, december)
	require.Equal(t, []string{"suppressed"}, m.reads(m.hoChiMinh, village.ID), "all are of this commune")

	seen, err := m.Programme(t.Context(), m.caMau, apart)
	require.NoError(t, err)
	_, err = m.WithdrawTarget(t.Context(), m.caMau, apart, seen.Targets[0].ID)
	require.NoError(t, err)
	m.target(apart, december)
	require.Equal(t, []string{"suppressed"}, m.reads(m.hoChiMinh, apart), "what was withdrawn was told")
	seen, err = m.Programme(t.Context(), m.caMau, apart)
	require.NoError(t, err)
	_, err = m.WithdrawTarget(t.Context(), m.caMau, apart, seen.Targets[0].ID)
	require.NoError(t, err)
	m.target(apart, year)
	require.Equal(t, []string{"30/0"}, m.reads(m.hoChiMinh, apart), "the same sum again")

	m.sell(sale{producer: m.ann, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: "iced", awarded: kg(2), delivered: kg(2), commune: "32065"})
	require.Equal(t, []string{"42/0", "0/0"}, m.reads(m.hoChiMinh, four))
	iced := within("iced", december.From, december.To)
	m.target(four, iced)
	require.Equal(t, []string{"suppressed", "suppressed", "0/0"}, m.reads(m.hoChiMinh, four), "the rest would tell of the form")
	require.Equal(t, []string{"40/0", "2/0", "0/0"}, m.reads(m.caMau, four))
	require.Equal(t, []string{"30/0"}, m.reads(m.hoChiMinh, apart))
	m.declared(producers[5], declaration("2026-12", shrimp, "live", 7))
	require.Equal(t, []string{"suppressed"}, m.reads(m.hoChiMinh, apart), "one alone declared something")
	require.Equal(t, []string{"30/7"}, m.reads(m.caMau, apart))
}

// Whatever programmes there are: no two sums that the authority of the other side reads have some deals in common
// and others not, and each combines three producers. So whatever is computed from all of them tells of three at
// least.
func TestNoSumOfFewFollowsFromProgrammes(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	chance := rand.New(rand.NewPCG(5, 11))
	communes := []string{"32065", "32069"}
	producers, seats := make([]identity.Principal, 20), map[uuid.UUID]string{}
	for at := range producers {
		producers[at] = m.organisation(identity.Producer, "96")
		seat := communes[at%2]
		seats[producers[at].OrganisationID] = seat
		_, err := m.lent.Owner.Exec(t.Context(), `UPDATE identity.organisations SET commune_code = $2 WHERE id = $1`, producers[at].OrganisationID, seat)
		require.NoError(t, err)
	}
	var sold []soldOn
	for range 120 {
		m.wait(10 * time.Hour)
		who, form := producers[chance.IntN(len(producers))], []string{"live", "iced"}[chance.IntN(2)]
		amount := kg(1 + chance.Int64N(50))
		m.sell(sale{producer: who, buyer: m.may, inquiry: m.inquiry(m.may), line: shrimp, form: form, awarded: amount, commune: seats[who.OrganisationID]})
		sold = append(sold, soldOn{who.OrganisationID, form, civil.Of(m.now(), time.UTC), amount})
	}
	groups := map[uuid.UUID]map[uuid.UUID]bool{}
	for range 20 {
		p := m.programme(trade.CountsProducers)
		groups[p.ID] = map[uuid.UUID]bool{}
		if chance.IntN(5) == 0 {
			code := communes[chance.IntN(2)]
			m.join(m.hoChiMinh, p.ID, trade.NewMember{CommuneCode: code, From: today})
			for id, seat := range seats {
				groups[p.ID][id] = seat == code
			}
		} else {
			part := 5 * chance.IntN(4)
			for _, at := range chance.Perm(5)[:2+chance.IntN(4)] {
				m.join(m.caMau, p.ID, trade.NewMember{OrganisationID: producers[part+at].OrganisationID, From: today})
				groups[p.ID][producers[part+at].OrganisationID] = true
			}
		}
		for range 5 {
			from := today.AddMonths(chance.IntN(2))
			to := from.AddMonths(1).AddDays(-1)
			if chance.IntN(3) == 0 {
				from, to = from.AddDays(chance.IntN(20)), to.AddDays(chance.IntN(20))
			}
			_, err := m.AddTarget(t.Context(), m.hoChiMinh, p.ID, within([]string{"", "live"}[chance.IntN(2)], from, to))
			if err != nil {
				require.ErrorIs(t, err, trade.ErrTargetTwice)
			}
		}
	}
	var sums []map[int]bool
	for id, group := range groups {
		seen, err := m.Programme(t.Context(), m.hoChiMinh, id)
		require.NoError(t, err)
		for _, target := range seen.Targets {
			if target.Suppressed {
				continue
			}
			behind, who, total := map[int]bool{}, map[uuid.UUID]bool{}, quantity.Quantity(0)
			named := func(form string) bool {
				for _, other := range seen.Targets {
					if other.Form == form && other.From == target.From && other.To == target.To {
						return true
					}
				}
				return false
			}
			for at, one := range sold {
				if group[one.producer] && !one.on.Before(target.From) && !one.on.After(target.To) && (target.Form == one.form || target.Form == "" && !named(one.form)) {
					behind[at], who[one.producer] = true, true
					total += one.amount
				}
			}
			require.Equal(t, total, *target.Awarded)
			if len(behind) > 0 {
				require.GreaterOrEqual(t, len(who), 3)
				sums = append(sums, behind)
			}
		}
	}
	require.Greater(t, len(sums), 4, "something is told")
	for at, sum := range sums {
		for _, other := range sums[:at] {
			common := 0
			for one := range sum {
				if other[one] {
					common++
				}
			}
			require.True(t, common == 0 || common == len(sum) && common == len(other), "%d of %d and %d", common, len(sum), len(other))
		}
	}
}

// soldOn is what a producer sold on a day.
type soldOn struct {
	producer uuid.UUID
	form     string
	on       civil.Date
	amount   quantity.Quantity
}
