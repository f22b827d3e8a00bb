package reference

import (
	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
)

// BuyerSystem is a retail system of Ho Chi Minh City. Nothing here speaks of its terms.
type BuyerSystem struct {
	Names

	Code   string   `db:"code" json:"code"`
	Kind   string   `db:"kind" json:"kind"   enum:"supermarket_chain,hypermarket,wholesale,minimart_chain,convenience_chain"`
	Brands []string `db:"-"    json:"brands" doc:"The names over its shops."`
}

// Price is a published price: an indicator of the market, never an offer.
type Price struct {
	PublishedOn civil.Date `db:"published_on" json:"published_on"`
	// Subject is what was priced. Line is the product line it belongs to, empty for goods that
	// are no line here, such as paddy.
	Subject string    `db:"subject"       json:"subject"`
	Line    string    `db:"line"          json:"line,omitempty"`
	Grade   string    `db:"grade"         json:"grade"`
	Least   money.VND `db:"price_min_vnd" json:"price_min_vnd"` // whole đồng per kg
	Most    money.VND `db:"price_max_vnd" json:"price_max_vnd"` // whole đồng per kg
	Stage   string    `db:"stage"         json:"stage"`
	Source  string    `db:"source"        json:"source"`
}
