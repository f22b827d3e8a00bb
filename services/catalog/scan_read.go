package catalog

import (
	"fmt"
	"io"
)

// ReadScan reads a scan of at most MaxScanBytes and tells its media type from its bytes, for whoever
// else keeps papers of producers. Refused: ErrScanType, ErrScanSize, ErrScanPixels.
func ReadScan(scan io.Reader) (data []byte, mediaType string, err error) {
	data, err = io.ReadAll(io.LimitReader(scan, MaxScanBytes+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading a scan: %w", err)
	}
	mediaType, err = scanType(data)
	return data, mediaType, err
}
