package catalog

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/picture"
	"github.com/ocop-market/ocop/pkg/web"
)

// Limits of photos.
const (
	// MaxPhotos is how many a product has at most; the constraint photos_limit says it too.
	MaxPhotos = 12
	// MaxPhotoBytes and MaxPhotoPixels fit what phones take today, at their best.
	MaxPhotoBytes  = 20 << 20
	MaxPhotoPixels = 50_000_000
	// maxPhotoMemory is what decoding one may take: 50 megapixels of an ordinary JPEG, 24 of a
	// PNG or of a progressive JPEG with halved colours.
	maxPhotoMemory = 200 << 20
	// MaxCaption is the longest caption, in characters.
	MaxCaption = 200
)

// PhotoState is how far a photo is: processing → ready | failed.
type PhotoState string

// The states of a photo.
const (
	PhotoProcessing PhotoState = "processing"
	PhotoReady      PhotoState = "ready"
	PhotoFailed     PhotoState = "failed"
)

// Why a photo failed.
const (
	photoDamaged = "damaged"  // it could not be decoded
	photoNotMade = "not_made" // the server could not make the sizes, though it tried for hours
)

// photoSize names one of the sizes made of a photo.
type photoSize struct {
	name string
	side int // the longer side at most, in pixels
}

// photoSizes are the sizes made: for a list, for a page, for the whole screen.
func photoSizes() []photoSize { return []photoSize{{"thumb", 320}, {"medium", 960}, {"large", 1920}} }

// Photo is a picture of a product.
type Photo struct {
	ID        uuid.UUID   `json:"id"`
	State     PhotoState  `json:"state"                enum:"processing,ready,failed" doc:"Others than the producer and officials see what is ready."`
	Reason    string      `json:"reason,omitempty"     enum:"damaged,not_made"        doc:"Why it failed. Remove it and send it again."`
	Caption   string      `json:"caption,omitempty"`
	CaptionEN string      `json:"caption_en,omitempty"`
	Sizes     *PhotoSizes `json:"sizes,omitempty"      doc:"JPEGs, made within seconds; never enlarged. Their bytes never change."`
}

// PhotoSizes are the sizes of a photo that is ready.
type PhotoSizes struct {
	Thumb  PhotoSize `json:"thumb"  doc:"320 pixels on the longer side at most."`
	Medium PhotoSize `json:"medium" doc:"960 pixels on the longer side at most."`
	Large  PhotoSize `json:"large"  doc:"1920 pixels on the longer side at most."`
}

// PhotoSize is one JPEG.
type PhotoSize struct {
	URL    string `json:"url"    doc:"Below the address of the API."`
	Width  int    `json:"width"  doc:"Pixels."`
	Height int    `json:"height" doc:"Pixels."`
}

// Captions are what a producer says beside a photo, in Vietnamese and in English.
type Captions struct {
	Caption, CaptionEN string
}

func (c Captions) check() (Captions, error) {
	c.Caption, c.CaptionEN = oneLine(c.Caption), oneLine(c.CaptionEN)
	var complaints fault.Collector
	tooLong(&complaints, "caption", c.Caption, MaxCaption)
	tooLong(&complaints, "caption_en", c.CaptionEN, MaxCaption)
	return c, complaints.Err()
}

// PhotoChange names what a producer changes of a photo; what is absent stays.
type PhotoChange struct {
	Position  *int                 `json:"position,omitempty"  minimum:"1" maximum:"12" doc:"Its place among the photos, the first being 1; the others make room."`
	Caption   web.Optional[string] `json:"caption,omitzero"    maxLength:"200" doc:"null removes it."`
	CaptionEN web.Optional[string] `json:"caption_en,omitzero" maxLength:"200" doc:"null removes it."`
}

func (c PhotoChange) merged(before Captions) Captions {
	if c.Caption.Set {
		before.Caption = c.Caption.Value
	}
	if c.CaptionEN.Set {
		before.CaptionEN = c.CaptionEN.Value
	}
	return before
}

// rearranged returns the order after one of the photos was put at a position, counted from 1; beyond
// the last means last.
func rearranged(order []uuid.UUID, id uuid.UUID, position int) []uuid.UUID {
	others := slices.DeleteFunc(slices.Clone(order), func(each uuid.UUID) bool { return each == id })
	return slices.Insert(others, min(max(position, 1)-1, len(others)), id)
}

// Upload is a photo as it came, looked at and without what it told beside the picture.
type Upload struct {
	Data []byte
	// Type is its media type; Orientation the EXIF one, 1 to 8: how it is to be turned.
	Type        string
	Orientation int
}

// ReadPhoto looks at a photo that was sent and takes off its metadata: the place where it was taken
// above all. Nothing is decoded yet. Refused: ErrPhotoSize, ErrPhotoType, ErrPhotoPixels.
func ReadPhoto(photo io.Reader) (Upload, error) {
	data, err := io.ReadAll(io.LimitReader(photo, MaxPhotoBytes+1))
	if err != nil {
		return Upload{}, fmt.Errorf("reading a photo: %w", err)
	}
	if len(data) > MaxPhotoBytes {
		return Upload{}, ErrPhotoSize.With("max", MaxPhotoBytes>>20)
	}
	info, err := picture.Read(data, picture.Limits{Pixels: MaxPhotoPixels, Memory: maxPhotoMemory})
	switch {
	case errors.Is(err, picture.ErrTooLarge):
		return Upload{}, ErrPhotoPixels.With("max", MaxPhotoPixels/megapixel).Because(err)
	case err != nil:
		return Upload{}, ErrPhotoType.With().Because(err)
	}
	clean, err := picture.Strip(data) // in place
	if err != nil {
		return Upload{}, ErrPhotoType.With().Because(err)
	}
	return Upload{Data: clean, Type: info.Type, Orientation: info.Orientation}, nil
}

// photos are those that the reader sees: what is not ready, or never will be, is for the producer
// and for officials.
func (v viewer) photos(stored []storedPhoto, producer uuid.UUID) []Photo {
	seen := make([]Photo, 0, len(stored))
	for _, each := range stored {
		if each.State == PhotoReady || v.owns(producer) || v.class == official {
			seen = append(seen, each.photo())
		}
	}
	return seen
}
