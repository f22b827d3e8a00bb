package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // the decoder
	_ "image/png"  // the decoder
)

// The first bytes of each type (ISO/IEC 10918-1, B.1.1.3; PNG specification, 5.2).
const (
	jpegMagic = "\xff\xd8\xff"
	pngMagic  = "\x89PNG\r\n\x1a\n"
)

// Read tells what a picture is and refuses one beyond the limits, without decoding it:
// ErrUnreadable, ErrTooLarge.
func Read(data []byte, limits Limits) (Info, error) {
	info := Info{Orientation: 1}
	switch {
	case bytes.HasPrefix(data, []byte(jpegMagic)):
		info.Type = JPEG
	case bytes.HasPrefix(data, []byte(pngMagic)):
		info.Type = PNG
	default:
		return Info{}, ErrUnreadable
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Info{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	info.Width, info.Height = config.Width, config.Height
	if info.Width <= 0 || info.Height <= 0 {
		return Info{}, ErrUnreadable
	}
	if info.Width > limits.Pixels/info.Height {
		return Info{}, ErrTooLarge
	}
	if info.Type == JPEG {
		err = info.readJPEG(data)
	} else {
		err = info.readPNG(data, config.ColorModel)
	}
	if err != nil {
		return Info{}, err
	}
	if info.Memory > limits.Memory {
		return Info{}, ErrTooLarge
	}
	return info, nil
}

// readJPEG walks the whole file, so that one which breaks off is found here.
func (i *Info) readJPEG(data []byte) error {
	return walk(data, func(s segment) {
		switch {
		case s.frame():
			i.Memory = s.memory()
		case s.marker == app1 && bytes.HasPrefix(s.payload, []byte(exifMagic)):
			i.Orientation = orientation(s.payload[len(exifMagic):])
		}
	})
}

// readPNG wants the whole file too. The image package decodes into one of these models.
func (i *Info) readPNG(data []byte, model color.Model) error {
	pixels := int64(i.Width) * int64(i.Height)
	switch model {
	case color.RGBA64Model, color.NRGBA64Model:
		i.Memory = 8 * pixels
	case color.Gray16Model:
		i.Memory = 2 * pixels
	case color.GrayModel:
		i.Memory = pixels
	default:
		i.Memory = 4 * pixels
	}
	const interlace = len(pngMagic) + 8 + 12 // within the header chunk (PNG specification, 11.2.1)
	if data[interlace] != 0 {
		i.Memory += i.Memory / 2 // the largest pass is half the picture
	}
	return chunks(data, func(string, []byte) {})
}
