package inquiry

import (
	"context"

	"github.com/ocop-market/ocop/pkg/civil"
)

// DeliveryRule is a rule of deliveries. Of those for a line and form the most particular counts, the line
// before the form; of the same the latest. It holds for what is awarded while it is valid.
type DeliveryRule struct {
	Rule       string      `db:"rule"        json:"rule"                  enum:"confirm_hours,over,dispute_days" doc:"confirm_hours: hours after dispatch from which goods that nobody received are unconfirmed. over: how much more than was dispatched may be accepted. dispute_days: days within which a receipt may be disputed, from when it was noted."`
	Line       string      `db:"line"        json:"line,omitempty"        doc:"Product line; left out: all."`
	Form       string      `db:"form"        json:"form,omitempty"        doc:"Left out: all."`
	Value      int         `db:"value"       json:"value"                 doc:"Hours; thousandths of a percent (2000 is 2 %); days."`
	ValidFrom  civil.Date  `db:"valid_from"  json:"valid_from"            doc:"For awards from this day on, in Vietnam."`
	ValidUntil *civil.Date `db:"valid_until" json:"valid_until,omitempty" doc:"This day included; left out: until further notice."`
	Assumption bool        `db:"assumption"  json:"assumption"            doc:"Nobody has set it yet: it is what the market assumes."`
	SourceVI   string      `db:"source_vi"   json:"source_vi"`
	SourceEN   string      `db:"source"      json:"source_en"`
}

// DeliveryRules lists the rules of deliveries, those of before and those to come included.
func (s *Service) DeliveryRules(ctx context.Context) ([]DeliveryRule, error) {
	const query = `
		SELECT rule, coalesce(line, '') AS line, coalesce(form, '') AS form, value, valid_from, valid_until, assumption, source_vi, source
		  FROM inquiry.delivery_rules ORDER BY rule, line NULLS FIRST, form NULLS FIRST, valid_from`
	rules := []DeliveryRule{}
	err := s.db.Select(ctx, &rules, query)
	return rules, err
}
