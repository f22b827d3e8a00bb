package portal

import (
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/monitor"
	"github.com/ocop-market/ocop/services/reference"
)

// tile is a figure that people look at first, and how far it is from its target where there is one.
type tile struct {
	label, value, unit string
	// section is where the figure comes from.
	section string
	// target says what was aimed at and whether it was reached; "" where there is no target. percent and goal are
	// the figure and its target as a scale shows them.
	target        string
	reached       bool
	percent, goal string
}

//nolint:gochecknoglobals // immutable texts
var (
	tilesInForce  = text("Chứng nhận còn hiệu lực", "Certificates in force")
	tilesExpiring = text("Chứng nhận sắp hết hạn", "Certificates ending soon")
	tilesLapsed   = text("Chứng nhận hết hạn trong kỳ", "Certificates lapsed in the period")
	tilesRevoked  = text("Chứng nhận bị thu hồi trong kỳ", "Certificates revoked in the period")
	tilesModern   = text("Chủ thể OCOP bán vào kênh hiện đại", "OCOP subjects selling in modern channels")
	tilesMinutes  = text("phút", "minutes")
	tilesHours    = text("giờ", "hours")
	tilesUntold   = text("chưa đủ để tính", "too few to tell")
)

// indicatorTiles are the figures of the sections that people look at first. Certificates of all schemes may be counted
// together: each is of one scheme.
func indicatorTiles(v *visit, sections []monitor.ReportSection) []tile {
	var tiles []tile
	for _, section := range sections {
		switch section.Code {
		case "modern_channels":
			tiles = append(tiles, modernTiles(v, section)...)
		case "certificates":
			for _, each := range []struct {
				code  string
				label reference.Names
			}{{"in_force", tilesInForce}, {"expiring", tilesExpiring}, {"lapsed", tilesLapsed}, {"revoked", tilesRevoked}} {
				var sum quantity.Quantity
				for _, cells := range section.Rows {
					if number := numberAt(cells, columnOf(section, each.code)); number != nil {
						sum += *number
					}
				}
				tiles = append(tiles, tile{label: v.say(each.label), value: v.amount(sum), section: section.Code})
			}
		case "performance":
			tiles = append(tiles, timeTiles(v, section)...)
		default:
		}
	}
	return tiles
}

// modernTiles are how many subjects there are, and what share of them sells in modern channels beside the target.
func modernTiles(v *visit, section monitor.ReportSection) []tile {
	if len(section.Rows) == 0 {
		return nil
	}
	cells := section.Rows[0]
	subjects, share, target := numberAt(cells, columnOf(section, "subjects")), numberAt(cells, columnOf(section, "percent")), numberAt(cells, columnOf(section, "target"))
	var tiles []tile
	if subjects != nil {
		tiles = append(tiles, tile{label: v.say(section.Columns[columnOf(section, "subjects")].Names), value: v.amount(*subjects), section: section.Code})
	}
	one := tile{label: v.say(tilesModern), value: v.say(tilesUntold), section: section.Code}
	if share != nil {
		one.value, one.unit = v.amount(*share), "%"
	}
	if share != nil && target != nil {
		one.reached, one.percent, one.goal = *share >= *target, share.String(), target.String()
		one.target = v.sayf(indicatorsTarget, v.amount(*target)) + ": "
		if one.reached {
			one.target += v.say(indicatorsReached)
		} else {
			one.target += v.sayf(indicatorsMissed, v.amount(*target-*share))
		}
	}
	return append(tiles, one)
}

// hoursFrom is from how many minutes on times are told in hours, to the tenth.
const hoursFrom = 120 * quantity.Unit

// timeTiles are the median times over all lines.
func timeTiles(v *visit, section monitor.ReportSection) []tile {
	measure, line, minutes := columnOf(section, "measure"), columnOf(section, "line"), columnOf(section, "minutes")
	var tiles []tile
	for _, cells := range section.Rows {
		if number := numberAt(cells, minutes); number != nil && cells[line].Code == "" {
			one := tile{label: cellText(v, cells[measure]), value: v.amount(*number), unit: v.say(tilesMinutes), section: section.Code}
			if *number >= hoursFrom {
				one.value, one.unit = v.amount((*number/60+quantity.Unit/20)/(quantity.Unit/10)*(quantity.Unit/10)), v.say(tilesHours)
			}
			tiles = append(tiles, one)
		}
	}
	return tiles
}
