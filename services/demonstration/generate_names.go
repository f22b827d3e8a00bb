package demonstration

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// qualities stand behind the name of generated goods, as producers write them.
func qualities() []string {
	return []string{
		"sinh thái", "quảng canh", "rừng ngập mặn", "lúa – tôm", "nhà làm", "truyền thống", "thượng hạng", "loại 1", "đặc biệt",
		"vùng nước lợ", "đất mũi", "miền biển", "sạch", "tươi ngon", "ba sạch", "hương đồng", "hạt ngọc", "nắng gió", "cửa biển",
		"sông rạch", "U Minh", "rừng đước", "rừng tràm", "phù sa",
	}
}

// forms of producers, as their names begin.
func producerForms() []struct{ legal, begins string } {
	return []struct{ legal, begins string }{
		{"cooperative", "HTX"}, {"cooperative_group", "Tổ hợp tác"}, {"enterprise", "Công ty TNHH"}, {"household", "Cơ sở"},
	}
}

// bare takes the kind off a commune's name.
func bare(name string) string {
	for _, kind := range []string{"Xã ", "Phường "} {
		name = strings.TrimPrefix(name, kind)
	}
	return name
}

// productName names generated goods: what, how and where, with a number that tells them apart.
func (g *generator) productName(rng *rand.Rand, line reference.Line, commune reference.Commune, number int) string {
	first, rest := line.Name[:1], line.Name[1:]
	if runes := []rune(line.Name); len(runes) > 0 {
		first, rest = strings.ToUpper(string(runes[0])), string(runes[1:])
	}
	return fmt.Sprintf("%s%s %s %s số %d", first, rest, qualities()[rng.IntN(len(qualities()))], bare(commune.Name), number)
}

func producerName(begins string, commune reference.Commune, number int) string {
	return fmt.Sprintf("%s Minh Hoạ %s %d (hư cấu)", begins, bare(commune.Name), number)
}

// texts builds what products are found by, for rows that are written in bulk and not by the
// catalogue. A test holds it to what the catalogue itself would write.
type texts struct{ book *reference.Book }

// text is a product's search text: its name, and names, kinds and places once folded, once with
// marks.
type text struct {
	name           string
	folded, marked [3]string
}

func (t texts) of(sale catalog.NewProduct, grade reference.Grade, producer string, commune reference.Commune) text {
	names := []string{sale.Name, sale.NameEN}
	var kinds []string
	if line, ok := t.book.Line(sale.Line); ok {
		kinds = append(kinds, line.Name, line.NameEN, line.Scientific)
		for _, synonym := range line.Synonyms {
			// Not all rice is organic: a synonym that names a mark is no word for the goods.
			if !strings.Contains(synonym, "hữu cơ") {
				kinds = append(kinds, synonym)
			}
		}
		if form, ok := line.Form(sale.Form); ok {
			kinds = append(kinds, form.Name, form.NameEN)
		}
		kinds = append(kinds, line.GradeLabel(grade, "vi"), line.GradeLabel(grade, "en"))
		if group, ok := t.book.Group(line.OCOPGroup); ok {
			kinds = append(kinds, group.Name, group.NameEN)
		}
	}
	places := make([]string, 0, 4+3*len(commune.FormerDistricts))
	places = append(places, producer, "", commune.Name, commune.NameEN)
	for _, district := range commune.FormerDistricts {
		places = append(places, district.Name, district.NameEN, district.FormerProvince)
	}
	built := text{name: vietnamese.Fold(strings.Join(names, " "))}
	for i, words := range [...][]string{names, kinds, places} {
		joined := strings.Join(words, " · ")
		built.folded[i], built.marked[i] = vietnamese.Fold(joined), vietnamese.Lower(joined)
	}
	return built
}
