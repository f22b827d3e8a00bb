package inquiry

import (
	"strconv"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Performance is how a producer kept its word so far, whoever bought: shares without volumes.
type Performance struct {
	OnTime   Share `json:"on_time"  doc:"Deliveries sent off on or before the date for which they were due."`
	InFull   Share `json:"in_full"  doc:"Awards that ended, or whose day has passed with nothing on its way, and were accepted whole. Those the buyer cancelled are left out."`
	Rejected Share `json:"rejected" doc:"Rejected of what was received of this product line and unit; cases are the deliveries behind it."`
}

// Share is a part of the cases there were.
type Share struct {
	Cases int `json:"cases"`
	Met   int `json:"met" doc:"In how many cases it was so; for rejected, in how many some was rejected."`
	// Percent is exact to a tenth, half up.
	Percent *quantity.Quantity `json:"percent,omitempty" doc:"To a tenth, half up; left out when there are no cases."`
	Text    string             `json:"text"`
}

func (c *comparer) performance(producer uuid.UUID, line lineRecord) Performance {
	record := func(measure, line, unit string, text reference.Names) Share {
		row, known := c.records[trackKey{producer, measure, line, unit}]
		if !known || row.Cases == 0 {
			return Share{Text: c.say(noCases)}
		}
		percent := row.Permille * quantity.Unit / 10
		return Share{Cases: row.Cases, Met: row.Met, Percent: &percent, Text: c.say(text,
			"met", strconv.Itoa(row.Met), "cases", strconv.Itoa(row.Cases), "percent", c.number(percent))}
	}
	return Performance{
		OnTime: record("on_time", "", "", ofCases), InFull: record("in_full", "", "", ofCases),
		Rejected: record("rejected", line.ProductLine, line.Unit, ofGoods),
	}
}
