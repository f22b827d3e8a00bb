package picture

import (
	"bytes"
	"encoding/binary"
)

// Strip returns the same picture without what it tells beside itself: EXIF with its place and
// time, XMP, IPTC, comments, thumbnails, and whatever stands behind its end. The pixels are not
// touched; a colour profile stays. The orientation goes with the rest: see [Info.Orientation].
// ErrUnreadable for a broken file. It works in place: data is not to be used any more.
func Strip(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte(pngMagic)) {
		return stripPNG(data)
	}
	return stripJPEG(data)
}

func stripPNG(data []byte) ([]byte, error) {
	clean := data[:len(pngMagic)] // what is kept moves to the front
	err := chunks(data, func(kind string, whole []byte) {
		switch kind {
		case "IHDR", "PLTE", "IDAT", "IEND", "tRNS":
			clean = append(clean, whole...)
		}
	})
	return clean, err
}

// chunks calls visit for each chunk up to the last (PNG specification, 5.3).
func chunks(data []byte, visit func(kind string, whole []byte)) error {
	const frame = 12 // length, kind and checksum
	for rest := data[len(pngMagic):]; ; {
		if len(rest) < frame {
			return ErrUnreadable
		}
		length := int64(binary.BigEndian.Uint32(rest)) + frame
		if length > int64(len(rest)) {
			return ErrUnreadable
		}
		kind := string(rest[4:8])
		visit(kind, rest[:length])
		if kind == "IEND" {
			return nil
		}
		rest = rest[length:]
	}
}
