package exchange

import (
	"time"

	"github.com/ocop-market/ocop/pkg/sheet"
)

// Limits of imports, per file and per organisation.
const (
	// MaxFileBytes is the largest file.
	MaxFileBytes = 10 << 20
	// MaxRows is how many filled rows a file may have, its headings included.
	MaxRows = 20_000
	// MaxColumns is how many columns.
	MaxColumns = 200
	// MaxCellBytes is the longest text of a cell.
	MaxCellBytes = 32 << 10
	// MaxUnpackedBytes is what a workbook may unpack to.
	MaxUnpackedBytes = 64 << 20
	// KeepFiles is how long the file and the result of an import can be fetched after its end;
	// what it counted stays.
	KeepFiles = 30 * 24 * time.Hour
	// InlineRefusals is how many refused rows an import shows by itself; the result has them all.
	InlineRefusals = 20
)

const (
	// batchRows go through in one transaction: few enough to hold locks for a moment only.
	batchRows = 50
	// headingRows are looked at to find the headings below a title.
	headingRows = 20
	// standsStill is after what time between two batches an import has lost its process, and waitsLong
	// after what time in the queue it has lost its job.
	standsStill = 5 * time.Second
	waitsLong   = time.Minute
	// workTime bounds one attempt to carry an import through.
	workTime = 30 * time.Minute
)

func fileLimits() sheet.Limits {
	return sheet.Limits{Rows: MaxRows, Columns: MaxColumns, Cell: MaxCellBytes, Unpacked: MaxUnpackedBytes}
}

// maxExports is how many exports a process writes at once: each holds a connection for its pages.
const maxExports = 4
