package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/jpeg"
	"slices"

	"golang.org/x/image/draw"
)

// quality is that of the JPEGs made: artefacts are not seen, and the size is a third of 95's.
const quality = 85

// Rendition is a JPEG made from a picture.
type Rendition struct {
	// Side is the longest side that was asked for, in pixels.
	Side int
	// Width and Height are what came of it: never more than the picture had.
	Width, Height int
	// Data is the JPEG. It has no metadata but the picture's colour profile.
	Data []byte
}

// Make turns a picture upright and makes JPEGs of it whose longer side is at most each of sides;
// none is enlarged. What is transparent becomes white. The picture must have passed [Read].
// ErrUnreadable when it cannot be decoded after all.
func Make(data []byte, orientation int, sides ...int) ([]Rendition, error) {
	sides = slices.Clone(sides)
	slices.Sort(sides)
	slices.Reverse(sides)
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	profile := profileOf(data)
	current := boxed(decoded, sides[0])
	decoded = nil //nolint:wastedassign,ineffassign // by far the largest thing here may go now
	current = upright(scaled(current, sides[0], draw.ApproxBiLinear), orientation)
	made := make([]Rendition, 0, len(sides))
	for _, side := range sides {
		current = scaled(current, side, draw.CatmullRom)
		encoded, err := encode(current, profile)
		if err != nil {
			return nil, err
		}
		made = append(made, Rendition{Side: side, Width: current.Bounds().Dx(), Height: current.Bounds().Dy(), Data: encoded})
	}
	return made, nil
}

// boxed reduces a picture by the whole factor that leaves its longer side between one and two
// times of what is wanted, averaging squares: in strips, so that the decoded picture is the only
// large thing there is. Scaling at once would hold 32 bytes for each pixel of a column.
func boxed(source image.Image, side int) *image.RGBA {
	bounds := source.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	factor := max(1, max(width, height)/side)
	strip := image.NewRGBA(image.Rect(0, 0, width, min(factor, height)))
	into := image.NewRGBA(image.Rect(0, 0, (width+factor-1)/factor, (height+factor-1)/factor))
	for y := range into.Bounds().Dy() {
		rows := image.Rect(0, 0, width, min(factor, height-y*factor))
		stddraw.Draw(strip, rows, image.NewUniform(color.White), image.Point{}, stddraw.Src)
		stddraw.Draw(strip, rows, source, bounds.Min.Add(image.Pt(0, y*factor)), stddraw.Over)
		for x := range into.Bounds().Dx() {
			average(strip, image.Rect(x*factor, 0, min((x+1)*factor, width), rows.Dy()), into.Pix[into.PixOffset(x, y):])
		}
	}
	return into
}

// average writes the mean of an area, which is opaque.
func average(from *image.RGBA, area image.Rectangle, into []uint8) {
	var red, green, blue, count uint32
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := from.Pix[from.PixOffset(area.Min.X, y):from.PixOffset(area.Max.X, y)]
		for ; len(row) >= 4; row = row[4:] {
			red, green, blue, count = red+uint32(row[0]), green+uint32(row[1]), blue+uint32(row[2]), count+1
		}
	}
	half := count / 2
	mean := func(sum uint32) uint8 { return uint8((sum + half) / count) } //nolint:gosec // a mean of bytes is a byte
	into[0], into[1], into[2], into[3] = mean(red), mean(green), mean(blue), 0xff
}

// scaled reduces a picture so that its longer side is at most side.
func scaled(source *image.RGBA, side int, by draw.Scaler) *image.RGBA {
	width, height := source.Bounds().Dx(), source.Bounds().Dy()
	longer := max(width, height)
	if longer <= side {
		return source
	}
	into := image.NewRGBA(image.Rect(0, 0, max(1, (width*side+longer/2)/longer), max(1, (height*side+longer/2)/longer)))
	by.Scale(into, into.Bounds(), source, source.Bounds(), draw.Src, nil)
	return into
}

// upright turns and mirrors a picture as its orientation says (EXIF 2.32, 4.6.4).
func upright(source *image.RGBA, orientation int) *image.RGBA {
	width, height := source.Bounds().Dx(), source.Bounds().Dy()
	if orientation < 2 || orientation > 8 {
		return source
	}
	turned := image.Rect(0, 0, width, height)
	if orientation >= 5 {
		turned = image.Rect(0, 0, height, width)
	}
	into := image.NewRGBA(turned)
	for y := range height {
		for x := range width {
			toX, toY := place(orientation, x, y, width-1, height-1)
			copy(into.Pix[into.PixOffset(toX, toY):][:4], source.Pix[source.PixOffset(x, y):][:4])
		}
	}
	return into
}

// place is where a stored pixel is shown.
func place(orientation, x, y, right, bottom int) (toX, toY int) {
	switch orientation {
	case 2:
		return right - x, y
	case 3:
		return right - x, bottom - y
	case 4:
		return x, bottom - y
	case 5:
		return y, x
	case 6:
		return bottom - y, x
	case 7:
		return bottom - y, right - x
	default:
		return y, right - x
	}
}

// profileOf is the segment with the picture's colour profile; nil when there is none.
func profileOf(data []byte) []byte {
	var found []byte
	if err := walk(data, func(s segment) {
		if s.profile() {
			found = s.whole
		}
	}); err != nil {
		return nil // no JPEG: no profile is taken over
	}
	return found
}

func encode(picture image.Image, profile []byte) ([]byte, error) {
	var encoded bytes.Buffer
	if err := jpeg.Encode(&encoded, picture, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("writing a JPEG: %w", err)
	}
	return slices.Insert(encoded.Bytes(), 2, profile...), nil // right behind the start of the image
}
