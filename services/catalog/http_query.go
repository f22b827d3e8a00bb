package catalog

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/web"
)

// queryReader reads the parameters of a raw handler and gathers what is wrong with them.
type queryReader struct {
	fault.Collector

	values url.Values
}

func readQuery(c *gin.Context) *queryReader { return &queryReader{values: c.Request.URL.Query()} }

func (r *queryReader) err() error { return r.Err() }

// search reads a search, and whether it is for the caller's own products.
func (r *queryReader) search() (Query, bool) {
	query := Query{
		Text: r.values.Get("q"), Lines: r.list("line"), Schemes: r.list("scheme"), Forms: r.list("form"), Communes: r.list("commune"),
		StarsMin: int(r.number("stars_min", 0, 5)), Producer: r.id("producer"), ProducerKinds: r.list("producer_kind"),
		Months: r.list("month"), PriceBands: r.list("price_band"),
		AvailableFrom: r.date("available_from"), AvailableTo: r.date("available_to"),
		PriceMax: money.VND(r.number("price_max_vnd", 0, int64(money.Max))),
		Sort:     r.values.Get("sort"), Facets: r.flag("facets"), Count: r.flag("count"), Limit: r.limit(),
	}
	least := r.amount("min_quantity")
	query.MinQuantity, query.ByWeight = least.Quantity, least.ByWeight
	if r.values.Get("lead_days_max") != "" {
		query.LeadDaysMax = new(int(r.number("lead_days_max", 0, maxLeadDays)))
	}
	return query, r.flag("mine")
}

func (r *queryReader) list(name string) []string {
	var list []string
	for part := range strings.SplitSeq(r.values.Get(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	if len(list) > maxPage {
		r.Add("query."+name, ErrTooMany, "max", maxPage)
	}
	return list
}

// number reads a whole number.
func (r *queryReader) number(name string, least, most int64) int64 {
	text := r.values.Get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		r.Add("query."+name, fault.ErrOutOfRange, "min", least, "max", most)
	}
	return n
}

// amount reads a quantity as people write it.
func (r *queryReader) amount(name string) Amount {
	text := r.values.Get(name)
	if text == "" {
		return Amount{}
	}
	amount, err := ParseAmount(text)
	if err != nil {
		r.Add("query."+name, ErrAmount)
	}
	return amount
}

func (r *queryReader) limit() int {
	limit := int(r.number("limit", 1, maxPage))
	if limit == 0 {
		limit = defaultPage
	}
	return limit
}

func (r *queryReader) date(name string) civil.Date {
	text := r.values.Get(name)
	if text == "" {
		return civil.Date{}
	}
	date, err := civil.Parse(text)
	if err != nil {
		r.Add("query."+name, web.ErrNotADate)
	}
	return date
}

func (r *queryReader) id(name string) uuid.UUID {
	text := r.values.Get(name)
	if text == "" {
		return uuid.Nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		r.Add("query."+name, ErrQuery)
	}
	return id
}

func (r *queryReader) flag(name string) bool {
	switch r.values.Get(name) {
	case "", "false":
		return false
	case "true":
		return true
	default:
		r.Add("query."+name, fault.ErrUnknownValue, "value", r.values.Get(name), "allowed", "true, false")
		return false
	}
}
