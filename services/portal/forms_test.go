package portal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is longer than the API takes is refused on a page, too, at its field.
func TestAFormTakesNoMoreThanTheAPI(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	day, long := now().Format("2006-01-02"), func(most int) string { return strings.Repeat("ế", most+1) }
	event := []string{"act", "draft-event", "kind", "conference", "name", "x", "place", "x", "from", day, "to", day}
	memorandum := m.memorandumForm("")
	declaration := []string{
		"act", "declare", "organisation_id", m.who["producer"].OrganisationID.String(), "month", now().Format("2006-01"), "line", "black_tiger_shrimp", "form", "live",
		"quantity", "50", "unit", "kg", "channel", ask[string](t, m, `SELECT code FROM trade.channels ORDER BY position LIMIT 1`), "source", "x",
	}
	for _, c := range []struct {
		path  string
		form  []string
		field string
		most  int
	}{
		{"/trade/events/new", event, "name", 300}, {"/trade/events/new", event, "place", 300}, {"/trade/memoranda/new", memorandum, "number", 60},
		{"/trade/memoranda/new", memorandum, "note", 2000}, {"/trade/memoranda/new", memorandum, "buyer_name", 200}, {"/trade/declarations/new", declaration, "source", 500},
	} {
		form := slices.Clone(c.form)
		form[slices.Index(form, c.field)+1] = long(c.most)
		m.refused(t, http.StatusUnprocessableEntity, "too_long", "camau", c.path, form...)
	}
	require.Zero(t, ask[int](t, m, `SELECT (SELECT count(*) FROM trade.events) + (SELECT count(*) FROM trade.memoranda) + (SELECT count(*) FROM trade.declarations)`))
}

// As many letters as a field takes may be Vietnamese ones.
func TestAFormTakesVietnameseWords(t *testing.T) {
	t.Parallel()
	m := open(t, bundled())
	m.done(t, "camau", "/trade/memoranda/new", m.memorandumForm(strings.Repeat("ế", 2000))...)
	require.Equal(t, 2000, ask[int](t, m, `SELECT length(note) FROM trade.memoranda`))
}

// memorandumForm is one of the producer's with somebody who is not on the platform.
func (m *market) memorandumForm(note string) []string {
	return []string{
		"act", "record-memorandum", "number", "BB", "signed_on", now().Format("2006-01-02"), "term_to", now().AddDate(0, 3, 0).Format("2006-01-02"),
		"producer", m.who["producer"].OrganisationID.String(), "buyer_name", "Chợ thử", "note", note,
		"lines[0].line", "black_tiger_shrimp", "lines[0].form", "live", "lines[0].quantity", "1,234.5", "lines[0].unit", "kg",
	}
}
