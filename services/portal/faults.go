package portal

import (
	"net/http"

	"github.com/ocop-market/ocop/pkg/fault"
)

// ErrNotBundled is the refusal of pages by a program that was built without what browsers need.
var ErrNotBundled = fault.Define("pages_not_bundled", http.StatusServiceUnavailable,
	"Chương trình này được dựng không có phần giao diện. Người vận hành chạy make pages rồi dựng lại; API vẫn hoạt động.",
	"This program was built without what its pages need. Whoever runs it runs make pages and builds it again; the API works.")

// ErrPageNotFound is the refusal of an address of the pages at which there is none.
var ErrPageNotFound = fault.Define("page_not_found", http.StatusNotFound,
	"Không có trang này. Chọn một trang trong danh mục.",
	"There is no such page. Choose one from the menu.")

// Faults lists the refusals of this package.
func Faults() []*fault.Definition { return []*fault.Definition{ErrNotBundled, ErrPageNotFound} }
