package catalog

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// The refusals of orders against an offer.
var (
	ErrBelowMinOrder = fault.Define("below_min_order", http.StatusUnprocessableEntity,
		"Nguồn cung này nhận đặt ít nhất {min_order} {unit}.", "This offer takes orders of {min_order} {unit} or more.")
	ErrOffMultiple = fault.Define("off_multiple", http.StatusUnprocessableEntity,
		"Nguồn cung này bán theo bước {multiple} {unit}. Số lượng đặt được gần nhất: {below} hoặc {above}.",
		"This offer is sold in steps of {multiple} {unit}. The nearest quantities are {below} and {above}.")
	ErrLeadTime = fault.Define("sooner_than_lead_time", http.StatusUnprocessableEntity,
		"Nguồn cung này cần {lead_days} ngày chuẩn bị: giao sớm nhất ngày {earliest}.",
		"This offer needs {lead_days} days: the earliest delivery is on {earliest}.")
)

func supplyFaults() []*fault.Definition {
	return []*fault.Definition{
		ErrBelowMinOrder, ErrOffMultiple, ErrLeadTime,
	}
}
