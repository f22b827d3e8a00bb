package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ocop-market/ocop/pkg/picture"
)

func limits() picture.Limits { return picture.Limits{Pixels: 50_000_000, Memory: 200 << 20} }

// corners is a picture whose upper left corner is red, upper right green, lower left blue.
func corners(width, height int) *image.RGBA {
	drawn := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			shade := color.RGBA{R: 255, G: 255, B: 255, A: 255}
			switch {
			case x < width/4 && y < height/4:
				shade = color.RGBA{R: 255, A: 255}
			case x >= width-width/4 && y < height/4:
				shade = color.RGBA{G: 255, A: 255}
			case x < width/4 && y >= height-height/4:
				shade = color.RGBA{B: 255, A: 255}
			}
			drawn.SetRGBA(x, y, shade)
		}
	}
	return drawn
}

func asJPEG(t testing.TB, drawn image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, drawn, &jpeg.Options{Quality: 95}))
	return out.Bytes()
}

func asPNG(t testing.TB, drawn image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, drawn))
	return out.Bytes()
}

// segment writes an application segment.
func segment(marker byte, payload string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(2+len(payload))), payload...)
}

// exif is EXIF data as a phone writes it: an orientation, and the place (9.1769° N, 105.1524° E).
func exif(orientation uint16) string {
	var data []byte
	order := binary.LittleEndian
	u16 := func(v uint16) { data = order.AppendUint16(data, v) }
	u32 := func(v uint32) { data = order.AppendUint32(data, v) }
	data = append(data, "II*\x00"...)
	u32(8)
	u16(2) // IFD0: orientation and the pointer to the place
	u16(0x0112)
	u16(3)
	u32(1)
	u16(orientation)
	u16(0)
	u16(0x8825)
	u16(4)
	u32(1)
	u32(38)
	u32(0)
	u16(2) // the place: N and the degrees of latitude
	u16(1)
	u16(2)
	u32(2)
	data = append(data, "N\x00\x00\x00"...)
	u16(2)
	u16(5)
	u32(3)
	u32(68)
	u32(0)
	for _, part := range []uint32{9, 1, 10, 1, 3684, 100} {
		u32(part)
	}
	return "Exif\x00\x00" + string(data) + "GPS Ca Mau 9.1769"
}

// photo is a JPEG with everything a phone adds, and a film behind its end.
func photo(t testing.TB, drawn image.Image, orientation uint16) []byte {
	t.Helper()
	plain := asJPEG(t, drawn)
	data := append([]byte{}, plain[:2]...)
	data = append(data, segment(0xe1, exif(orientation))...)
	data = append(data, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>GPS Ca Mau</x:xmpmeta>")...)
	data = append(data, segment(0xed, "Photoshop 3.0\x00GPS Ca Mau")...)
	data = append(data, segment(0xfe, "GPS Ca Mau")...)
	data = append(data, plain[2:]...)
	return append(data, "film of GPS Ca Mau"...)
}

func TestMetadataIsTakenOff(t *testing.T) {
	t.Parallel()
	data := photo(t, corners(80, 40), 6)
	require.Contains(t, string(data), "GPS Ca Mau")
	info, err := picture.Read(data, limits())
	require.NoError(t, err)
	require.Equal(t, 6, info.Orientation)
	require.Equal(t, picture.JPEG, info.Type)
	clean, err := picture.Strip(bytes.Clone(data))
	require.NoError(t, err)
	for _, trace := range []string{"GPS", "Exif", "xmp", "Photoshop", "film"} {
		require.NotContains(t, string(clean), trace)
	}
	before, err := jpeg.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	after, err := jpeg.Decode(bytes.NewReader(clean))
	require.NoError(t, err)
	require.Equal(t, before, after, "the pixels are not touched")

	made, err := picture.Make(clean, info.Orientation, 40, 20)
	require.NoError(t, err)
	for _, each := range made {
		require.NotContains(t, string(each.Data), "Exif")
		require.NotContains(t, string(each.Data), "GPS")
	}

	withText := asPNG(t, corners(8, 8))
	text := chunk("tEXt", []byte("Comment\x00GPS Ca Mau"))
	place := len("\x89PNG\r\n\x1a\n") + 25
	withText = append(append(append([]byte{}, withText[:place]...), text...), withText[place:]...)
	clean, err = picture.Strip(append(withText, "behind"...))
	require.NoError(t, err)
	require.NotContains(t, string(clean), "GPS")
	require.NotContains(t, string(clean), "behind")
	_, err = png.Decode(bytes.NewReader(clean))
	require.NoError(t, err)
}

func chunk(kind string, data []byte) []byte {
	whole := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	whole = append(append(whole, kind...), data...)
	return binary.BigEndian.AppendUint32(whole, crc32.ChecksumIEEE(whole[4:]))
}

// near tells which of the corners' shades a pixel has.
func near(c color.Color) string {
	r, g, b, _ := c.RGBA()
	name := ""
	for _, part := range []struct {
		letter string
		value  uint32
	}{{"r", r}, {"g", g}, {"b", b}} {
		if part.value > 0x9000 {
			name += part.letter
		}
	}
	return name
}

// Where the red, green and blue corners of the stored picture are shown (EXIF 2.32, 4.6.4).
func TestPicturesStandUpright(t *testing.T) {
	t.Parallel()
	for orientation, want := range map[uint16][4]string{ // upper left, upper right, lower left, lower right
		0: {"r", "g", "b", "rgb"}, 1: {"r", "g", "b", "rgb"}, 2: {"g", "r", "rgb", "b"}, 3: {"rgb", "b", "g", "r"}, 4: {"b", "rgb", "r", "g"},
		5: {"r", "b", "g", "rgb"}, 6: {"b", "r", "rgb", "g"}, 7: {"rgb", "g", "b", "r"}, 8: {"g", "rgb", "r", "b"}, 9: {"r", "g", "b", "rgb"},
	} {
		data := photo(t, corners(160, 80), orientation)
		info, err := picture.Read(data, limits())
		require.NoError(t, err)
		made, err := picture.Make(data, info.Orientation, 64)
		require.NoError(t, err)
		shown, err := jpeg.Decode(bytes.NewReader(made[0].Data))
		require.NoError(t, err)
		right, bottom := shown.Bounds().Dx()-3, shown.Bounds().Dy()-3
		got := [4]string{near(shown.At(2, 2)), near(shown.At(right, 2)), near(shown.At(2, bottom)), near(shown.At(right, bottom))}
		require.Equal(t, want, got, "orientation %d", orientation)
		require.Equal(t, orientation >= 5 && orientation <= 8, made[0].Height > made[0].Width, "orientation %d", orientation)
	}
}

func TestSizesKeepTheirShapeAndAreNeverEnlarged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		width, height int
		want          string
	}{
		{4000, 3000, "1920×1440 960×720 320×240"},
		{3000, 4000, "1440×1920 720×960 240×320"},
		{1000, 10, "1000×10 960×10 320×3"},
		{100, 50, "100×50 100×50 100×50"},
		{1, 1, "1×1 1×1 1×1"},
		{5000, 1, "1920×1 960×1 320×1"},
	} {
		made, err := picture.Make(asPNG(t, image.NewGray(image.Rect(0, 0, c.width, c.height))), 1, 320, 960, 1920)
		require.NoError(t, err)
		got := ""
		for _, each := range made {
			got += fmt.Sprintf(" %d×%d", each.Width, each.Height)
			config, err := jpeg.DecodeConfig(bytes.NewReader(each.Data))
			require.NoError(t, err)
			require.Equal(t, []int{each.Width, each.Height}, []int{config.Width, config.Height})
		}
		require.Equal(t, " "+c.want, got)
	}
}

// Reducing averages: a chequer of black and white becomes grey, not one of the two.
func TestReducingAverages(t *testing.T) {
	t.Parallel()
	chequer := image.NewGray(image.Rect(0, 0, 1200, 1200))
	for i := range chequer.Pix {
		if (i%1200+i/1200)%2 == 0 {
			chequer.Pix[i] = 255
		}
	}
	made, err := picture.Make(asPNG(t, chequer), 1, 100)
	require.NoError(t, err)
	small, err := jpeg.Decode(bytes.NewReader(made[0].Data))
	require.NoError(t, err)
	for at := range 100 {
		grey, _, _, _ := small.At(at, at).RGBA()
		require.InDelta(t, 0x8000, grey, 0x0600)
	}
}

func TestWhatIsTransparentBecomesWhite(t *testing.T) {
	t.Parallel()
	made, err := picture.Make(asPNG(t, image.NewNRGBA(image.Rect(0, 0, 50, 50))), 1, 50)
	require.NoError(t, err)
	shown, err := jpeg.Decode(bytes.NewReader(made[0].Data))
	require.NoError(t, err)
	require.Equal(t, "rgb", near(shown.At(25, 25)))
}

func TestAColourProfileStays(t *testing.T) {
	t.Parallel()
	profile := func(space string) []byte {
		return segment(0xe2, "ICC_PROFILE\x00\x01\x01"+string(make([]byte, 16))+space+"Display P3")
	}
	plain := asJPEG(t, corners(40, 40))
	with := func(extra []byte) []byte {
		return append(append(append([]byte{}, plain[:2]...), extra...), plain[2:]...)
	}
	made, err := picture.Make(with(profile("RGB ")), 1, 20)
	require.NoError(t, err)
	require.Contains(t, string(made[0].Data), "Display P3")
	_, err = jpeg.Decode(bytes.NewReader(made[0].Data))
	require.NoError(t, err)
	made, err = picture.Make(with(profile("CMYK")), 1, 20)
	require.NoError(t, err)
	require.NotContains(t, string(made[0].Data), "Display P3", "a profile of other colours would be wrong")
	clean, err := picture.Strip(with(profile("RGB ")))
	require.NoError(t, err)
	require.Contains(t, string(clean), "Display P3")
}

// vast is a PNG of any size that says little: its header, and as much data as is given.
func vast(width, height uint32, depth, kind byte, data []byte) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	whole := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, depth, kind, 0, 0, 0))...)
	return append(append(whole, chunk("IDAT", data)...), chunk("IEND", nil)...)
}

// zeros are that many bytes, compressed: a bomb.
func zeros(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	into := zlib.NewWriter(&out)
	block := make([]byte, 1<<20)
	for ; n > 0; n -= len(block) {
		_, err := into.Write(block[:min(n, len(block))])
		require.NoError(t, err)
	}
	require.NoError(t, into.Close())
	return out.Bytes()
}

// tall is a JPEG that says it is larger than it is.
func tall(t testing.TB, width, height uint16) []byte {
	t.Helper()
	data := asJPEG(t, corners(16, 16))
	at := bytes.Index(data, []byte{0xff, 0xc0}) + 5
	binary.BigEndian.PutUint16(data[at:], height)
	binary.BigEndian.PutUint16(data[at+2:], width)
	return data
}

func progressive(data []byte) []byte {
	at := bytes.Index(data, []byte{0xff, 0xc0})
	data[at+1] = 0xc2
	return data
}

// What is refused is refused at once and by its headers: without its pixels ever being there.
func TestRefusalsAreQuickAndFlat(t *testing.T) { //nolint:paralleltest // measures memory
	whole := asJPEG(t, corners(64, 64))
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":                      {nil, picture.ErrUnreadable},
		"text":                         {[]byte("Tôm sú"), picture.ErrUnreadable},
		"a drawing with a script":      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), picture.ErrUnreadable},
		"a film":                       {[]byte("\x00\x00\x00\x18ftypheic"), picture.ErrUnreadable},
		"the beginning of a PNG":       {[]byte("\x89PNG\r\n\x1a\n"), picture.ErrUnreadable},
		"the beginning of a JPEG":      {[]byte("\xff\xd8\xff\xe0"), picture.ErrUnreadable},
		"a JPEG that breaks off":       {whole[:len(whole)-20], picture.ErrUnreadable},
		"20 000 × 20 000 as PNG":       {vast(20_000, 20_000, 8, 2, zeros(t, 64<<20)), picture.ErrTooLarge},
		"20 000 × 20 000 as JPEG":      {tall(t, 20_000, 20_000), picture.ErrTooLarge},
		"2³¹ × 1":                      {vast(1<<31-1, 1, 8, 2, nil), picture.ErrTooLarge},
		"sixteen bits, too much":       {vast(7000, 7000, 16, 6, nil), picture.ErrTooLarge},
		"progressive, too much":        {progressive(tall(t, 7000, 7000)), picture.ErrTooLarge},
		"a PNG without an end":         {vast(10, 10, 8, 2, nil)[:50], picture.ErrUnreadable},
		"a JPEG with a broken segment": {append([]byte("\xff\xd8\xff\xe1\x00\x01"), whole[2:]...), picture.ErrUnreadable},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := picture.Read(c.data, limits())
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, c.want, name)
		require.Less(t, took, time.Second, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20), name)
	}
}

// A bomb behind a small header: decoding stops when the picture is full.
func TestABombDoesNotUnpack(t *testing.T) { //nolint:paralleltest // measures memory
	bomb := vast(100, 100, 8, 2, zeros(t, 256<<20))
	_, err := picture.Read(bomb, limits())
	require.NoError(t, err, "its header is honest")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = picture.Make(bomb, 1, 100)
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, picture.ErrUnreadable)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
}

func TestADamagedPictureIsUnreadable(t *testing.T) {
	t.Parallel()
	_, err := picture.Make(vast(10, 10, 8, 2, []byte("no data")), 1, 10)
	require.ErrorIs(t, err, picture.ErrUnreadable)
	_, err = picture.Strip([]byte("\x89PNG\r\n\x1a\n\x00"))
	require.ErrorIs(t, err, picture.ErrUnreadable)
	for _, short := range []string{"GIF89a", "\xff\xd8", "\xff", ""} {
		_, err = picture.Strip([]byte(short))
		require.ErrorIs(t, err, picture.ErrUnreadable, "%q", short)
	}
}

// Whatever is cut or changed in a photo, it is read or refused, and what was read can be stripped.
func TestAnythingIsReadOrRefused(t *testing.T) {
	t.Parallel()
	samples := [][]byte{photo(t, corners(32, 24), 6), asPNG(t, corners(32, 24))}
	rapid.Check(t, func(r *rapid.T) {
		data := bytes.Clone(rapid.SampledFrom(samples).Draw(r, "sample"))
		for range rapid.IntRange(0, 4).Draw(r, "changes") {
			data[rapid.IntRange(0, len(data)-1).Draw(r, "at")] = rapid.Byte().Draw(r, "byte")
		}
		data = data[:rapid.IntRange(0, len(data)).Draw(r, "length")]
		info, err := picture.Read(data, picture.Limits{Pixels: 1 << 20, Memory: 16 << 20})
		if err != nil {
			return
		}
		clean, err := picture.Strip(data)
		require.NoError(r, err)
		_, _ = picture.Make(clean, info.Orientation, 16) // it may be damaged within
	})
}

// BenchmarkMake makes the three sizes of a photo of 12 megapixels.
func BenchmarkMake(b *testing.B) {
	drawn := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range drawn.Pix {
		drawn.Pix[i] = uint8(i * i >> 7)
	}
	data := asJPEG(b, drawn)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := picture.Make(data, 6, 320, 960, 1920); err != nil {
			b.Fatal(err)
		}
	}
}
