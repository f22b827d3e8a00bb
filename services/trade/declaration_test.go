package trade_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/trade"
)

func declaration(month, line, form string, amount int64) trade.NewDeclaration {
	return trade.NewDeclaration{Month: month, Goods: trade.Goods{Line: line, Form: form, Quantity: kg(amount), Unit: "kg"}, Channel: "export"}
}

func (m *market) declared(who identity.Principal, n trade.NewDeclaration) trade.Declaration {
	m.t.Helper()
	made, err := m.Declare(m.t.Context(), who, n)
	require.NoError(m.t, err)
	return made
}

// A correction takes the place of what was declared; the old one stays and counts no more.
func TestADeclarationIsCorrectedNeverRewritten(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	ctx := t.Context()
	first := m.declared(m.ann, declaration("2026-11", shrimp, "live", 100))
	require.Equal(t, trade.ByProducer, first.DeclaredAs)
	_, err := m.Declare(ctx, m.ann, declaration("2026-11", shrimp, "live", 5))
	require.ErrorIs(t, err, trade.ErrDeclared, "it would count twice")
	official := declaration("2026-11", shrimp, "live", 5)
	official.OrganisationID, official.Source = m.ann.OrganisationID, "BC 12/BC-SCT"
	_, err = m.Declare(ctx, m.caMau, official)
	require.ErrorIs(t, err, trade.ErrDeclared, "whoever declares it")
	_, err = m.CorrectDeclaration(ctx, m.caMau, first.ID, trade.Correction{Quantity: kg(80)})
	require.ErrorIs(t, err, fault.ErrRequired, "an official says where it is known from")
	second, err := m.CorrectDeclaration(ctx, m.caMau, first.ID, trade.Correction{Quantity: kg(80), Source: "BC 12/BC-SCT"})
	require.NoError(t, err)
	require.Equal(t, first.ID, *second.Replaces)
	_, err = m.CorrectDeclaration(ctx, m.ann, first.ID, trade.Correction{Quantity: kg(1)})
	require.ErrorIs(t, err, trade.ErrReplaced)
	was, err := m.Declaration(ctx, m.ann, first.ID)
	require.NoError(t, err)
	require.Equal(t, second.ID, *was.ReplacedBy)
	require.Equal(t, "100", was.Quantity.String())
	list := func(f trade.DeclarationFilter) int {
		f.Limit = 9
		found, err := m.Declarations(ctx, m.ann, f)
		require.NoError(t, err)
		return len(found)
	}
	require.Equal(t, 1, list(trade.DeclarationFilter{}))
	require.Equal(t, 2, list(trade.DeclarationFilter{History: true}))
	require.Equal(t, 1, list(trade.DeclarationFilter{From: civil.New(2026, 11, 30), To: civil.New(2026, 11, 2), Line: shrimp, Channel: "export"}))
	require.Zero(t, list(trade.DeclarationFilter{From: civil.New(2026, 12, 1)}))
	require.Zero(t, list(trade.DeclarationFilter{To: civil.New(2026, 10, 31)}))
	require.Zero(t, list(trade.DeclarationFilter{Line: "rice"}))
	require.Zero(t, list(trade.DeclarationFilter{Channel: "direct"}))
	totals, err := m.DeclaredTotals(ctx, m.hoChiMinh, civil.Date{}, civil.Date{})
	require.NoError(t, err)
	require.Len(t, totals, 1)
	require.Equal(t, "80", totals[0].Declared.String())
	_, err = m.CorrectDeclaration(ctx, m.ann, second.ID, trade.Correction{})
	require.NoError(t, err, "nothing was sold after all")
	totals, err = m.DeclaredTotals(ctx, m.caMau, civil.Date{}, civil.Date{})
	require.NoError(t, err)
	require.Empty(t, totals)
	for _, statement := range []string{"UPDATE trade.declarations SET quantity = 1", "DELETE FROM trade.declarations", "UPDATE trade.memorandum_lines SET quantity = 1",
		"DELETE FROM trade.memorandum_steps", "UPDATE trade.event_steps SET reason = ''", "UPDATE trade.memoranda SET note = ''",
		"UPDATE trade.amendments SET note = ''", "DELETE FROM trade.amendment_lines", "UPDATE trade.amendment_outcomes SET outcome = 'agreed'"} {
		_, err := m.lent.App.Exec(ctx, statement)
		require.Equal(t, "42501", postgres.Code(err), "the service may not: %s", statement)
	}
}

// Lines are never totalled together, nor forms – fresh with dried – nor kilograms with pieces.
func TestDeclaredVolumesStandApart(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.declared(m.ann, declaration("2026-10", "dried_shrimp", "dried", 3))
	packs := trade.Goods{Line: "dried_shrimp", Form: "dried", Quantity: kg(10), Unit: "pack", UnitWeightKg: new(quantity.Quantity(500))}
	m.declared(m.ben, trade.NewDeclaration{Goods: packs, Month: "2026-10", Channel: "wet_market"})
	packs.UnitWeightKg = nil
	m.declared(m.ben, trade.NewDeclaration{Goods: packs, Month: "2026-10", Channel: "direct"})
	m.declared(m.ann, declaration("2026-10", shrimp, "live", 7))
	m.declared(m.ann, declaration("2026-10", shrimp, "iced", 9))
	m.declared(m.ann, declaration("2026-11", shrimp, "iced", 11))
	totals, err := m.DeclaredTotals(t.Context(), m.caMau, civil.Date{}, civil.Date{})
	require.NoError(t, err)
	told := make([]string, len(totals))
	for at, total := range totals {
		told[at] = fmt.Sprintln(total.Month, total.Line, total.Form, total.Dried, total.Declared, total.Unit, total.Producers)
	}
	require.Equal(t, []string{
		"2026-10 black_tiger_shrimp iced false 9 kg 1\n", "2026-10 black_tiger_shrimp live false 7 kg 1\n",
		"2026-10 dried_shrimp dried true 8 kg 2\n", "2026-10 dried_shrimp dried true 10 pack 1\n", "2026-11 black_tiger_shrimp iced false 11 kg 1\n",
	}, told)
	rows, err := trade.Declared(t.Context(), m.db, trade.DeclaredQuery{From: civil.New(2026, 10, 5), To: civil.New(2026, 10, 5), ByProducer: true, ByCommune: true})
	require.NoError(t, err)
	require.Len(t, rows, 5)
	for _, row := range rows {
		require.Equal(t, "32065", row.Commune)
		require.Contains(t, []uuid.UUID{m.ann.OrganisationID, m.ben.OrganisationID}, row.ProducerID)
	}
}

func TestWhatIsDeclaredBecauseOfAMemorandum(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	made := m.confirmed(m.ann, m.may)
	n := declaration("2026-11", shrimp, "live", 40)
	n.MemorandumID = made.ID
	m.declared(m.ann, n)
	m.declared(m.ann, declaration("2026-11", shrimp, "live", 5))
	seen, err := m.Memorandum(t.Context(), m.hoChiMinh, made.ID)
	require.NoError(t, err)
	require.Equal(t, "40", seen.Lines[0].Declared.String())
	require.Zero(t, *seen.Lines[0].Confirmed, "a column of its own")
	require.Equal(t, "0", seen.Lines[0].Percent.String())
	foreign := m.confirmed(m.ben, m.may)
	for _, wrong := range []func(n *trade.NewDeclaration){
		func(n *trade.NewDeclaration) { n.MemorandumID = uuid.New() },
		func(n *trade.NewDeclaration) { n.MemorandumID = foreign.ID },
		func(n *trade.NewDeclaration) { n.Line, n.Form = "mud_crab", "live" },
	} {
		n := declaration("2026-10", shrimp, "live", 40)
		n.MemorandumID = made.ID
		wrong(&n)
		_, err := m.Declare(t.Context(), m.ann, n)
		require.ErrorIs(t, err, trade.ErrDeclaredMemorandum)
	}
}

func TestWhatIsWrongWithADeclaration(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	cityProducer := m.organisation(identity.Producer, "79")
	for name, one := range map[string]struct {
		who    identity.Principal
		change func(n *trade.NewDeclaration)
		err    error
	}{
		"a month to come":       {m.ann, func(n *trade.NewDeclaration) { n.Month = "2027-01" }, trade.ErrMonth},
		"no month":              {m.ann, func(n *trade.NewDeclaration) { n.Month = "2026-13" }, trade.ErrMonth},
		"long ago":              {m.ann, func(n *trade.NewDeclaration) { n.Month = "2019-12" }, trade.ErrMonth},
		"no form":               {m.ann, func(n *trade.NewDeclaration) { n.Form = "" }, fault.ErrRequired},
		"less than nothing":     {m.ann, func(n *trade.NewDeclaration) { n.Quantity = -1 }, fault.ErrOutOfRange},
		"unknown channel":       {m.ann, func(n *trade.NewDeclaration) { n.Channel = "moon" }, fault.ErrUnknownValue},
		"another's":             {m.ann, func(n *trade.NewDeclaration) { n.OrganisationID = m.ben.OrganisationID }, fault.ErrUnknownValue},
		"no source":             {m.caMau, func(n *trade.NewDeclaration) { n.OrganisationID = m.ann.OrganisationID }, fault.ErrRequired},
		"an official's own":     {m.caMau, func(n *trade.NewDeclaration) { n.Source = "x" }, fault.ErrUnknownValue},
		"a buyer's":             {m.hoChiMinh, func(n *trade.NewDeclaration) { n.Source, n.OrganisationID = "x", m.may.OrganisationID }, fault.ErrUnknownValue},
		"another province's":    {m.hoChiMinh, func(n *trade.NewDeclaration) { n.Source, n.OrganisationID = "x", m.ann.OrganisationID }, fault.ErrUnknownValue},
		"a buyer who declares":  {m.may, func(*trade.NewDeclaration) {}, fault.ErrForbidden},
		"for one of the city's": {m.caMau, func(n *trade.NewDeclaration) { n.Source, n.OrganisationID = "x", cityProducer.OrganisationID }, fault.ErrUnknownValue},
	} {
		n := declaration("2026-11", shrimp, "live", 1)
		one.change(&n)
		_, err := m.Declare(t.Context(), one.who, n)
		require.ErrorIs(t, err, one.err, name)
	}
	n := declaration("2026-11", shrimp, "live", 1)
	n.OrganisationID, n.Source = m.ann.OrganisationID, "BC 12"
	made := m.declared(m.caMau, n)
	require.Equal(t, trade.ByOfficial, made.DeclaredAs)
	for who, err := range map[*identity.Principal]error{
		&m.ann: nil, &m.caMau: nil, &m.administrator: nil, &m.ben: fault.ErrNotFound, &m.hoChiMinh: fault.ErrNotFound, &m.may: fault.ErrForbidden,
	} {
		_, got := m.Declaration(t.Context(), *who, made.ID)
		require.ErrorIs(t, got, err)
		if err != nil {
			_, got = m.CorrectDeclaration(t.Context(), *who, made.ID, trade.Correction{Quantity: kg(1), Source: "x"})
			require.ErrorIs(t, got, err)
		}
	}
}

func TestADeclarationOverHTTP(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.edge()
	body := fmt.Sprintf(`{"month": "2026-11", "line": %q, "form": "live", "quantity": "12.5", "unit": "kg", "channel": "export"}`, shrimp)
	answer := m.send(server, "ann", http.MethodPost, "/v1/declarations", body, "Idempotency-Key", "one")
	require.Equal(t, http.StatusCreated, answer.Code, answer.Body)
	made := read[trade.Declaration](t, answer)
	again := m.send(server, "ann", http.MethodPost, "/v1/declarations", body, "Idempotency-Key", "one")
	require.Equal(t, made.ID, read[trade.Declaration](t, again).ID)
	require.Equal(t, http.StatusConflict, m.send(server, "ann", http.MethodPost, "/v1/declarations", body).Code)
	corrected := m.send(server, "ann", http.MethodPost, "/v1/declarations/"+made.ID.String()+"/correct", `{"quantity": 10}`)
	require.Equal(t, http.StatusCreated, corrected.Code, corrected.Body)
	m.declared(m.ann, declaration("2026-10", shrimp, "live", 1))
	path, count := "/v1/declarations?limit=1", 0
	for path != "" {
		page := read[web.List[trade.Declaration]](t, m.send(server, "caMau", http.MethodGet, path, ""))
		require.Len(t, page.Items, 1)
		count++
		path = ""
		if page.NextCursor != "" {
			path = "/v1/declarations?limit=1&cursor=" + page.NextCursor
		}
	}
	require.Equal(t, 2, count)
	totals := read[web.List[trade.DeclaredTotal]](t, m.send(server, "hoChiMinh", http.MethodGet, "/v1/declarations/totals?from=2026-11-01", ""))
	require.Len(t, totals.Items, 1)
	require.Equal(t, "10", totals.Items[0].Declared.String())
	require.Equal(t, http.StatusForbidden, m.send(server, "may", http.MethodGet, "/v1/declarations", "").Code)
	require.Equal(t, http.StatusOK, m.send(server, "ann", http.MethodGet, "/v1/declarations/"+made.ID.String(), "").Code)
}
