package demonstration

import (
	"fmt"
	"math/rand/v2"
	"strings"

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
