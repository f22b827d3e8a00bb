package monitor

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// ErrNotOverseen is the refusal to show single organisations of the other side.
var ErrNotOverseen = fault.Define("not_overseen", http.StatusForbidden,
	"Số liệu của từng tổ chức chỉ dành cho Sở Công Thương phụ trách bên đó. Bỏ producer hoặc buyer khỏi by và bộ lọc.",
	"Single organisations are shown to the trade department that oversees them. Leave producer or buyer out of by and the filters.")

// ErrCompareWeeks is the refusal to compare parts of weeks.
var ErrCompareWeeks = fault.Define("compare_weeks", http.StatusUnprocessableEntity,
	"Không so sánh được khi vừa theo tuần vừa theo tháng, quý, nửa năm hoặc năm: một tuần có thể thuộc hai kỳ. Bỏ bớt một cách chia.",
	"Rows by week and by a longer period at once cannot be compared: a week may lie in two periods. Leave one of them out.")

// Faults lists the refusals of this package.
func Faults() []*fault.Definition { return []*fault.Definition{ErrNotOverseen, ErrCompareWeeks} }
