package demonstration

import (
	"time"

	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/services/reference"
)

// always is the season of goods that have none.
const always = "always"

// Levels of supply in a month, as the table of seasons has them.
const (
	levelNone = "none"
	levelSome = "some"
	levelHigh = "high"
)

// level tells how much of a product there is in a month.
func (p *product) level(book *reference.Book, month time.Month) string {
	qualifier := p.season
	switch p.season {
	case always:
		return levelHigh
	case "line":
		qualifier = ""
	}
	level, known := book.SeasonLevel(p.sale.Line, qualifier, int(month))
	if !known {
		return levelNone
	}
	return level
}

// priceIn is what a unit of the product costs in a month: the published price, or the invented
// one, moved with the season. Whole thousands, or hundreds below 50 000.
func (p *product) priceIn(book *reference.Book, month time.Month) money.VND {
	price := p.price.fixed
	if p.price.grade != "" {
		price = published(book, p.sale.Line, p.price.grade) * money.VND(p.price.percent) / 100
	}
	if p.price.tet {
		price = price * money.VND(tetPercent(month)) / 100
	} else if p.level(book, month) == levelSome {
		price = price * 106 / 100 // less of it, so a little dearer
	}
	return rounded(price)
}

// published is the middle of the newest published price of a grade of a line; 0 where there is
// none.
func published(book *reference.Book, line, grade string) money.VND {
	for _, price := range book.Prices(line) {
		if price.Grade == grade {
			return (price.Least + price.Most) / 2
		}
	}
	return 0
}

// tetPercent follows the roe crab of the published prices, in percent of October: 450 000 đồng in
// October 2025, 700 000 at the end of December, 1 150 000 before Tết in February 2026.
func tetPercent(month time.Month) int64 {
	switch month {
	case time.November:
		return 118
	case time.December:
		return 150
	case time.January:
		return 185
	case time.February:
		return 230
	case time.March:
		return 125
	case time.April, time.May, time.June, time.July, time.August, time.September, time.October:
		return 100
	default:
		return 100
	}
}

func rounded(price money.VND) money.VND {
	step := money.VND(1000)
	if price < 50_000 {
		step = 100
	}
	return max((price+step/2)/step*step, step)
}
