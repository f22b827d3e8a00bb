package reference

import (
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
)

//nolint:gochecknoglobals // a constant, if locations could be: making one costs three allocations
var zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// Zone is Vietnam's time, in which business days begin and end. The country keeps UTC+7 all year,
// so no time zone database is needed.
func Zone() *time.Location { return zone }

// Day is the business day that an instant falls on.
func Day(instant time.Time) civil.Date { return civil.Of(instant, Zone()) }
