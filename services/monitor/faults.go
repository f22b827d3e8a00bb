package monitor

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of this package.
var (
	// ErrNotOverseen is the refusal to show single organisations of the other side.
	ErrNotOverseen = fault.Define("not_overseen", http.StatusForbidden,
		"Số liệu của từng tổ chức chỉ dành cho Sở Công Thương phụ trách bên đó. Bỏ producer hoặc buyer khỏi by và bộ lọc.",
		"Single organisations are shown to the trade department that oversees them. Leave producer or buyer out of by and the filters.")
	// ErrTooManyMonths is the refusal to answer for longer than anybody reads.
	ErrTooManyMonths = fault.Define("too_many_months", http.StatusUnprocessableEntity,
		"Khoảng thời gian dài hơn {max} tháng. Chọn khoảng ngắn hơn.",
		"This is more than {max} months. Choose a shorter time.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition { return []*fault.Definition{ErrNotOverseen, ErrTooManyMonths} }
