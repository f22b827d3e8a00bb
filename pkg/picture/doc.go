// Package picture takes photographs from strangers: it looks at what they are before anything is
// decoded, takes off what they tell beside the picture (where and when it was taken, by which
// device), and makes smaller JPEGs of them.
//
// Nothing here decodes more than [Limits] allow. [Read] and [Strip] look at markers alone; their
// cost follows the bytes, never the pixels. [Make] decodes one picture and holds what
// [Info.Memory] said and less than a hundred megabytes beside it: let as many run at once as there
// is room for.
package picture

import "errors"

// Why a picture is refused.
var (
	// ErrUnreadable is no JPEG or PNG, or a damaged one.
	ErrUnreadable = errors.New("no readable JPEG or PNG")
	// ErrTooLarge has more pixels, or would take more memory, than the limits allow.
	ErrTooLarge = errors.New("more pixels than allowed")
)

// Media types of what is read.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
)

// Limits bound what is decoded.
type Limits struct {
	// Pixels is the largest width times height.
	Pixels int
	// Memory is what decoding may take, in bytes.
	Memory int64
}

// Info is what a picture is, read from its headers.
type Info struct {
	// Type is its media type, by its bytes.
	Type string
	// Width and Height are in pixels, as stored: before the orientation is applied.
	Width, Height int
	// Orientation is how to turn it, 1 to 8 (EXIF 2.32, tag 0x0112); 1 where nothing is said.
	Orientation int
	// Memory is what decoding takes at most, in bytes, estimated from the headers.
	Memory int64
}
