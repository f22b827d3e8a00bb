package files

import "io"

// Content is what was kept, opened, to be closed by the caller.
type Content struct {
	io.ReadCloser

	// Type is the media type that its bytes told, Size their number.
	Type string
	Size int64
}

// Media says what it is and how long.
func (c Content) Media() (mediaType string, size int64) { return c.Type, c.Size }
