package reference

// Names is what a thing is called, in Vietnamese and in English.
type Names struct {
	Name   string `db:"name_vi" json:"name"    doc:"Vietnamese name."`
	NameEN string `db:"name_en" json:"name_en" doc:"English name."`
}

// In returns the name in a language: English for "en", Vietnamese for every other.
func (n Names) In(language string) string { return pick(language, n.Name, n.NameEN) }

// English is the language tag that chooses English texts; everything else reads Vietnamese.
const English = "en"

func pick(language, vietnamese, english string) string {
	if language == English {
		return english
	}
	return vietnamese
}
