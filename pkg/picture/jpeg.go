package picture

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG (ISO/IEC 10918-1, table B.1).
const (
	soi   = 0xd8
	eoi   = 0xd9
	sos   = 0xda
	rst0  = 0xd0
	rst7  = 0xd7
	tem   = 0x01
	sof0  = 0xc0
	sof15 = 0xcf
	dht   = 0xc4
	jpg   = 0xc8
	dac   = 0xcc
	sof2  = 0xc2 // progressive
	app0  = 0xe0
	app1  = 0xe1
	app2  = 0xe2
	app14 = 0xee
	app15 = 0xef
	com   = 0xfe
)

const (
	exifMagic  = "Exif\x00\x00"
	iccMagic   = "ICC_PROFILE\x00"
	adobeMagic = "Adobe"
)

// segment is a marker with its payload, and behind a start of scan the coded data.
type segment struct {
	marker  byte
	payload []byte
	whole   []byte
}

// walk calls visit for each segment between the start and the end of the image. What stands behind
// the end, such as the film of a motion photo, is not visited. ErrUnreadable for a broken file.
func walk(data []byte, visit func(s segment)) error {
	if !bytes.HasPrefix(data, []byte(jpegMagic)) {
		return ErrUnreadable
	}
	scanned := false
	for rest := data[2:]; ; {
		if len(rest) < 2 || rest[0] != 0xff {
			return ErrUnreadable
		}
		marker := rest[1]
		switch {
		case marker == 0xff: // a fill byte
			rest = rest[1:]
			continue
		case marker == eoi:
			if !scanned {
				return ErrUnreadable
			}
			return nil
		case marker == tem || marker == soi || marker >= rst0 && marker <= rst7:
			return ErrUnreadable // nothing that stands alone belongs here
		}
		if len(rest) < 4 {
			return ErrUnreadable
		}
		length := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if length < 4 || length > len(rest) {
			return ErrUnreadable
		}
		end := length
		if marker == sos {
			scanned = true
			end += coded(rest[length:])
		}
		visit(segment{marker: marker, payload: rest[4:length], whole: rest[:end]})
		rest = rest[end:]
	}
}

// coded is how many bytes stand before the next marker that is not part of the coded data.
func coded(data []byte) int {
	for at := 0; ; {
		next := bytes.IndexByte(data[at:], 0xff)
		if next < 0 || at+next+1 >= len(data) {
			return len(data)
		}
		at += next
		if after := data[at+1]; after == 0 || after >= rst0 && after <= rst7 {
			at += 2
			continue
		}
		return at
	}
}

// frame tells whether the segment describes the image's size and components.
func (s segment) frame() bool {
	return s.marker >= sof0 && s.marker <= sof15 && s.marker != dht && s.marker != jpg && s.marker != dac
}

// memory estimates what the image package takes to decode a frame: a byte for each sample, and in
// a progressive one four more for its coefficient.
func (s segment) memory() int64 {
	const header, each = 6, 3
	if len(s.payload) < header {
		return 0
	}
	height, width := int64(binary.BigEndian.Uint16(s.payload[1:])), int64(binary.BigEndian.Uint16(s.payload[3:]))
	components := s.payload[header:]
	var samples, most int64 = 0, 1
	for n := 0; n < int(s.payload[5]) && len(components) >= each; n++ {
		share := int64(components[1]>>4) * int64(components[1]&0x0f)
		samples, most = samples+share, max(most, share)
		components = components[each:]
	}
	total := (width + 16) * (height + 16) * samples / most
	if s.marker == sof2 {
		total *= 5
	}
	return total
}

// kept tells whether a segment is needed to show the picture as it is meant: everything but the
// application's own, of which the colour transform of Adobe and a colour profile stay.
func (s segment) kept() bool {
	switch {
	case s.marker == com:
		return false
	case s.marker == app14:
		return bytes.HasPrefix(s.payload, []byte(adobeMagic))
	case s.marker >= app0 && s.marker <= app15:
		return s.profile()
	default:
		return true
	}
}

// profile tells whether the segment is a whole colour profile for red, green and blue
// (ICC.1:2022, 7.2.8 and B.4).
func (s segment) profile() bool {
	const parts, space = len(iccMagic), len(iccMagic) + 2 + 16
	return s.marker == app2 && len(s.payload) > space+4 && bytes.HasPrefix(s.payload, []byte(iccMagic)) &&
		s.payload[parts] == 1 && s.payload[parts+1] == 1 && string(s.payload[space:space+4]) == "RGB "
}

func stripJPEG(data []byte) ([]byte, error) {
	const start = 2 // bytes of the marker that every JPEG begins with
	if len(data) < start {
		return nil, ErrUnreadable
	}
	clean := data[:start] // what is kept moves to the front
	err := walk(data, func(s segment) {
		if s.kept() {
			clean = append(clean, s.whole...)
		}
	})
	return append(clean, 0xff, eoi), err
}

// orientation reads the orientation from EXIF data; 1 when it says nothing that makes sense.
func orientation(exif []byte) int {
	const header, entry, tag, short = 8, 12, 0x0112, 3
	if len(exif) < header {
		return 1
	}
	var order binary.ByteOrder
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	start := int64(order.Uint32(exif[4:]))
	if start < header || start+2 > int64(len(exif)) {
		return 1
	}
	entries := exif[start+2:]
	for range order.Uint16(exif[start:]) {
		if len(entries) < entry {
			return 1
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if value := int(order.Uint16(entries[8:])); value >= 1 && value <= 8 {
				return value
			}
			return 1
		}
		entries = entries[entry:]
	}
	return 1
}
