package portal

import (
	"strings"

	"github.com/a-h/templ"
)

// listing is a table of things, shown by listTable.
type listing struct {
	caption string
	// none is said where there is nothing.
	none  string
	heads []head
	rows  [][]listed
}

// listed is one cell of a listing: a text that may lead somewhere, with what may be done.
type listed struct {
	text string
	// under stands small below the text.
	under string
	link  templ.SafeURL
	// why says why there is no more than the text.
	why string
	// mark is how the text is to be taken: good, waits, bad or plain; "" where it is no state.
	mark string
	// long says that the text may take several lines.
	long  bool
	links []choice
	form  templ.Component
}

// listedFact is a fact with its name.
type listedFact struct {
	name string
	item listed
}

// How a state is marked: by its colour beside its word.
const (
	markGood  = "good"
	markWaits = "waits"
	markBad   = "bad"
	markPlain = "plain"
)

// entryField is a field of a form that does something.
type entryField struct {
	// act is the form's, name that of the field, as refusals point at it.
	act, name, label, hint string
	// value is what it holds at first.
	value string
	// kind is date, month, amount, text-lines, datetime-local or a line of text.
	kind string
	// most is how many characters it takes.
	most    int
	needed  bool
	choices []choice
	// suggestions is the id of a list of what may be typed.
	suggestions string
	class       string
}

func (e entryField) inputType() string {
	switch e.kind {
	case "date", "month", "datetime-local":
		return e.kind
	default:
		return "text"
	}
}

//nolint:gochecknoglobals // immutable texts
var (
	listNext  = text("Trang sau", "Next page")
	listFirst = text("Về đầu danh sách", "Back to the beginning")
	listNone  = text("Không có mục nào.", "There is nothing.")
	listActs  = text("Thao tác", "Actions")
)

// heads are those of a listing; a "#" before a text says that the column holds figures.
func heads(texts ...string) []head {
	found := make([]head, len(texts))
	for at, text := range texts {
		found[at].text, found[at].number = strings.CutPrefix(text, "#")
	}
	return found
}
