package demonstration

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// ErrInterrupted is a load that stopped half way and cannot be cleared away, because somebody
// else's organisation is in the database too.
var ErrInterrupted = fault.Define("demonstration_interrupted", http.StatusConflict,
	"Lần nạp dữ liệu minh hoạ bắt đầu lúc {began_at} bị gián đoạn, và cơ sở dữ liệu có {foreign} tổ chức khác nên không tự xoá. Hãy dùng cơ sở dữ liệu trống.",
	"Loading the demonstration data, begun at {began_at}, was interrupted, and {foreign} other organisations are in the database, so it is not cleared away. Use an empty database.")

// Faults lists the refusals of this package.
func Faults() []*fault.Definition { return []*fault.Definition{ErrInterrupted} }
