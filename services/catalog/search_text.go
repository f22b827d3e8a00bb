package catalog

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/reference"
)

// searchText is what a product is found by: its names; its line with every name people use for
// it, its form and grade; its places and its producer. Each once folded and once with marks.
type searchText struct {
	name           string
	folded, marked [3]string
}

// textOf builds a product's search text. Whatever it is made of may change: RebuildTexts writes
// it again.
func textOf(book *reference.Book, product goods, seller sellerRow) searchText {
	names := []string{product.Name, product.NameEN}
	kinds := make([]string, 0, 16)
	if line, ok := book.Line(product.Line); ok {
		kinds = append(kinds, line.Name, line.NameEN, line.Scientific)
		kinds = append(kinds, plainSynonyms(line)...)
		if form, ok := line.Form(product.Form); ok {
			kinds = append(kinds, form.Name, form.NameEN)
		}
		kinds = append(kinds, line.GradeLabel(product.Grade, "vi"), line.GradeLabel(product.Grade, "en"))
		if group, ok := book.Group(line.OCOPGroup); ok {
			kinds = append(kinds, group.Name, group.NameEN)
		}
	}
	places := []string{seller.Name, seller.NameEN}
	if commune, ok := book.Commune(seller.Commune); ok {
		places = append(places, commune.Name, commune.NameEN)
		for _, district := range commune.FormerDistricts {
			places = append(places, district.Name, district.NameEN, district.FormerProvince)
		}
	}
	text := searchText{name: vietnamese.Fold(strings.Join(names, " "))}
	for i, words := range [...][]string{names, kinds, places} {
		joined := strings.Join(words, " · ")
		text.folded[i], text.marked[i] = vietnamese.Fold(joined), vietnamese.Lower(joined)
	}
	return text
}

// sellerRow is what the catalogue reads of a producer.
type sellerRow struct {
	ID          uuid.UUID `db:"id"`
	Name        string    `db:"name"`
	NameEN      string    `db:"name_en"`
	Commune     string    `db:"commune"`
	Approved    bool      `db:"approved"`
	OCOPSubject bool      `db:"ocop_subject"`
	Fictional   bool      `db:"fictional"`
}

// seller reads one producer.
func seller(ctx context.Context, reader postgres.Reader, id uuid.UUID) (sellerRow, error) {
	const query = `
		SELECT id, name, name_en, coalesce(commune_code, '') AS commune, approved, ocop_subject, fictional
		  FROM catalog.producers WHERE id = $1`
	var row sellerRow
	err := reader.Get(ctx, &row, query, id)
	return row, err
}

// vocabulary is how search understands words: which of them belong together, and which name a
// certification scheme. It never changes.
type vocabulary struct {
	// phrases are folded terms of several words that are looked for as a phrase, so that "hữu cơ"
	// is not found in "cơ sở hữu ích".
	phrases map[string]bool
	// schemes are folded terms that name marks.
	schemes map[string][]string
	longest int
}

// vocabularyOf collects the terms that the reference facts know.
func vocabularyOf(book *reference.Book) vocabulary {
	words := vocabulary{phrases: map[string]bool{}, schemes: schemeTerms()}
	for _, line := range book.Lines() {
		words.learn(line.Name, line.NameEN, line.Scientific)
		words.learn(plainSynonyms(line)...)
		for _, form := range line.Forms {
			words.learn(form.Name)
		}
	}
	for _, commune := range book.Communes() {
		words.learn(bareName(commune.Name), bareName(commune.NameEN))
		for _, district := range commune.FormerDistricts {
			words.learn(bareName(district.Name))
		}
	}
	words.learn(slices.Collect(maps.Keys(words.schemes))...)
	return words
}

func (v *vocabulary) learn(terms ...string) {
	for _, term := range terms {
		words := vietnamese.Words(term)
		if len(words) > 1 {
			v.phrases[strings.Join(words, " ")] = true
		}
		v.longest = max(v.longest, len(words))
	}
}

// bareName takes the kind of place off a place's name: nobody types "xã".
func bareName(name string) string {
	folded := vietnamese.Fold(name)
	for _, kind := range [...]string{"xa ", "phuong ", "dac khu ", "huyen ", "thanh pho ", "thi xa ", "quan "} {
		if bare, ok := strings.CutPrefix(folded, kind); ok {
			return bare
		}
	}
	return folded
}

// plainSynonyms are the names of a line without those that name a mark: rice is searched for as
// "gạo hữu cơ", but not all rice is organic.
func plainSynonyms(line reference.Line) []string {
	return slices.DeleteFunc(slices.Clone(line.Synonyms), func(synonym string) bool {
		folded := " " + vietnamese.Fold(synonym) + " "
		for term := range schemeTerms() {
			if strings.Contains(folded, " "+term+" ") {
				return true
			}
		}
		return false
	})
}

// schemeTerms are the words by which people ask for a mark.
func schemeTerms() map[string][]string {
	organic := []string{"ORGANIC_VN", "ORGANIC_EU", "ORGANIC_USDA", "NATURLAND"}
	origin := []string{"GI_SHRIMP_CAMAU", "GI_CRAB_CAMAU", "GI_SALT_BACLIEU"}
	return map[string][]string{
		"asc": {"ASC_FARM", "ASC_COC"}, "bap": {"BAP"}, "ocop": {"OCOP"}, "haccp": {"HACCP"}, "halal": {"HALAL"},
		"vietgap": {"VIETGAP"}, "viet gap": {"VIETGAP"}, "globalgap": {"GLOBALGAP"}, "global gap": {"GLOBALGAP"},
		"huu co": organic, "organic": organic, "naturland": {"NATURLAND"}, "usda": {"ORGANIC_USDA"},
		"iso 22000": {"ISO22000"}, "iso22000": {"ISO22000"}, "attp": {"FOOD_SAFETY"}, "an toan thuc pham": {"FOOD_SAFETY"},
		"chi dan dia ly": origin, "geographical indication": origin,
		"tick xanh": {"GREEN_TICK"}, "green tick": {"GREEN_TICK"},
	}
}

// question is a text as search asks PostgreSQL: tsqueries, "" where nothing is asked.
type question struct {
	// words must all be found; named may be found or stand for one of schemes.
	words, named string
	schemes      []string
	stars        int
	// inName and marked raise the rank: all words in the name, all with their marks.
	inName, marked string
	// any ranks by how often the words are found.
	any string
	// folded is the whole text, for typing errors.
	folded string
}

// ask reads a text as a person typed it. Its last word may be unfinished.
func (v *vocabulary) ask(text string) question {
	words := vietnamese.Words(text)
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	q := question{folded: strings.Join(words, " ")}
	var must, named, inName, all []string
	for at := 0; at < len(words); {
		if stars, ok := starsAt(words[at:]); ok {
			q.stars = stars
			at += 2
			continue
		}
		length := v.termAt(words[at:])
		term := words[at : at+length]
		last := at+length == len(words)
		at += length
		if schemes, ok := v.schemes[strings.Join(term, " ")]; ok {
			named = append(named, phrase(term, "", last))
			q.schemes = append(q.schemes, schemes...)
		} else {
			must = append(must, phrase(term, "", last))
		}
		inName = append(inName, phrase(term, "A", last))
		all = append(all, phrase(term, "", last))
	}
	q.words, q.named = strings.Join(must, " & "), strings.Join(named, " & ")
	q.inName, q.any = strings.Join(inName, " & "), strings.Join(all, " | ")
	if len(all) > 0 {
		q.marked = markedQuery(text)
	}
	return q
}

// misspelt reports whether a question that found nothing may hold a slip of the fingers: a mark that
// no product carries is no misspelling.
func (q question) misspelt() bool { return q.words != "" && q.named == "" && q.stars == 0 }

// maxWords bounds a question; what follows adds nothing but work.
const maxWords = 16

// termAt returns how many of the next words belong together.
func (v *vocabulary) termAt(words []string) int {
	for length := min(v.longest, len(words)); length > 1; length-- {
		if v.phrases[strings.Join(words[:length], " ")] {
			return length
		}
	}
	return 1
}

// starsAt reads "4 sao" and "4 stars".
func starsAt(words []string) (int, bool) {
	if len(words) < 2 || !slices.Contains([]string{"sao", "star", "stars"}, words[1]) {
		return 0, false
	}
	stars, err := strconv.Atoi(words[0])
	return stars, err == nil && stars >= 3 && stars <= 5
}

// phrase writes words as a tsquery. They are letters and digits only, so nothing needs quoting.
func phrase(words []string, weight string, last bool) string {
	parts := make([]string, len(words))
	for i, word := range words {
		parts[i] = lexeme(word, weight, last && i == len(words)-1)
	}
	return "(" + strings.Join(parts, " <-> ") + ")"
}

func lexeme(word, weight string, unfinished bool) string {
	if unfinished {
		weight = "*" + weight
	}
	if weight == "" {
		return word
	}
	return word + ":" + weight
}

// markedQuery wants every word as it was typed, marks included.
func markedQuery(text string) string {
	words := strings.Fields(vietnamese.Lower(text))
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	parts := make([]string, len(words))
	for i, word := range words {
		parts[i] = lexeme(word, "", i == len(words)-1)
	}
	return strings.Join(parts, " & ")
}
