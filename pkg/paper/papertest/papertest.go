// Package papertest reads for tests what pkg/paper wrote: the text and the pictures of a PDF. It
// shares nothing with what sets them, and reads no other PDF.
package papertest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// object is a stream of the file with its dictionary.
type object struct {
	dictionary string
	content    []byte
}

var (
	streamStart = regexp.MustCompile(`(?s)\d+ 0 obj\n(<<[^\n]*(?:\n[^\n]*?)*?>>)\nstream\n`)
	length      = regexp.MustCompile(`/Length (\d+)`)
	number      = regexp.MustCompile(`/(Width|Height|BitsPerComponent) (\d+)`)
)

// streams finds all of them.
func streams(t testing.TB, pdf []byte) []object {
	t.Helper()
	require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")), "a PDF")
	var found []object
	for at := 0; ; {
		place := streamStart.FindSubmatchIndex(pdf[at:])
		if place == nil {
			return found
		}
		dictionary := string(pdf[at+place[2] : at+place[3]])
		size, err := strconv.Atoi(length.FindStringSubmatch(dictionary)[1])
		require.NoError(t, err)
		from := at + place[1]
		found = append(found, object{dictionary, pdf[from : from+size]})
		at = from + size
	}
}

// Text returns the lines of text of all pages, one below the other.
func Text(t testing.TB, pdf []byte) string {
	t.Helper()
	var text strings.Builder
	for _, stream := range streams(t, pdf) {
		if !strings.Contains(stream.dictionary, "FlateDecode") || strings.Contains(stream.dictionary, "/Subtype") || strings.Contains(stream.dictionary, "/Length1") {
			continue
		}
		reader, err := zlib.NewReader(bytes.NewReader(stream.content))
		require.NoError(t, err)
		content, err := io.ReadAll(reader)
		require.NoError(t, err)
		for _, part := range bytes.Split(content, []byte("BT "))[1:] {
			if _, line, found := bytes.Cut(part, []byte("(")); found {
				text.WriteString(shown(line) + "\n")
			}
		}
	}
	return text.String()
}

// shown reads a string of a page up to its closing bracket.
func shown(escaped []byte) string {
	var plain []byte
	for at := 0; at < len(escaped) && escaped[at] != ')'; at++ {
		if escaped[at] == '\\' {
			at++
			if escaped[at] == 'r' {
				plain = append(plain, '\r')
				continue
			}
		}
		plain = append(plain, escaped[at])
	}
	units := make([]uint16, len(plain)/2)
	for at := range units {
		units[at] = binary.BigEndian.Uint16(plain[2*at:])
	}
	return string(utf16.Decode(units))
}

// Pictures returns the pictures of one bit a pixel in the file.
func Pictures(t testing.TB, pdf []byte) []image.Image {
	t.Helper()
	var found []image.Image
	for _, stream := range streams(t, pdf) {
		if !strings.Contains(stream.dictionary, "/Subtype /Image") {
			continue
		}
		sizes := make(map[string]uint32)
		for _, each := range number.FindAllStringSubmatch(stream.dictionary, -1) {
			n, err := strconv.ParseUint(each[2], 10, 32)
			require.NoError(t, err)
			sizes[each[1]] = uint32(n)
		}
		require.EqualValues(t, 1, sizes["BitsPerComponent"])
		// The stream is the data of a PNG: put back into one, it is read by image/png.
		var file bytes.Buffer
		file.WriteString("\x89PNG\r\n\x1a\n")
		header := binary.BigEndian.AppendUint32(nil, sizes["Width"])
		header = binary.BigEndian.AppendUint32(header, sizes["Height"])
		chunk(&file, "IHDR", append(header, 1, 3, 0, 0, 0))
		chunk(&file, "PLTE", []byte{255, 255, 255, 0, 0, 0})
		chunk(&file, "IDAT", stream.content)
		chunk(&file, "IEND", nil)
		picture, err := png.Decode(&file)
		require.NoError(t, err)
		found = append(found, picture)
	}
	return found
}

func chunk(file *bytes.Buffer, name string, data []byte) {
	_ = binary.Write(file, binary.BigEndian, uint32(len(data)))
	sum := crc32.NewIEEE()
	_, _ = io.MultiWriter(file, sum).Write(append([]byte(name), data...))
	_ = binary.Write(file, binary.BigEndian, sum.Sum32())
}
