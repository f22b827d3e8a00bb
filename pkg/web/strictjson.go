package web

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"

	"github.com/ocop-market/ocop/pkg/fault"
)

// maxNumber is the longest number accepted, in digits and signs: longer ones mean no amount of
// anything and only cost time to convert.
const maxNumber = 64

// strictJSON verifies that data is exactly one JSON value as RFC 7493 (I-JSON) wants it: valid
// UTF-8 without lone surrogates, no repeated member, and beyond that no text that is not plain, no
// number that a float64 cannot hold and no nesting deeper than MaxNesting. It returns the same
// value with every text in Unicode normal form C, which is data itself when nothing had to change.
// Every null is shown to seen, which may be nil.
//
// The refusals are faults: 400 where it is no JSON, 422 where a value is out of bounds.
func strictJSON(data []byte, seen *nulls) ([]byte, error) {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(data))
	normal := true
	for {
		inForm, err := readNext(decoder, seen)
		if err != nil {
			return nil, err
		}
		normal = normal && inForm
		if decoder.StackDepth() == 0 {
			break
		}
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, ErrMalformedJSON.With("offset", decoder.InputOffset())
	}
	if normal {
		return data, nil
	}
	return normalise(data)
}

// readNext reads one scalar or one bracket, and reports whether it needs no normalising.
func readNext(decoder *jsontext.Decoder, seen *nulls) (inForm bool, err error) {
	kind := decoder.PeekKind()
	if isScalar(kind) {
		value, err := decoder.ReadValue()
		if err != nil {
			return false, malformed(err, decoder)
		}
		inForm, refusal := checkScalar(kind, value)
		if refusal != nil {
			return false, refusal.At(dotted(decoder.StackPointer()))
		}
		return inForm, nil
	}
	_, err = decoder.ReadToken()
	switch {
	case errors.Is(err, io.EOF) && decoder.InputOffset() > 0 && decoder.StackDepth() == 0:
		return true, nil
	case err != nil:
		return false, malformed(err, decoder)
	case decoder.StackDepth() > MaxNesting:
		return false, ErrTooDeep.With("max", MaxNesting)
	case kind == 'n':
		seen.see(decoder.StackPointer())
		return true, nil
	default:
		return true, nil
	}
}

func isScalar(kind jsontext.Kind) bool { return kind == '"' || kind == '0' }

// checkScalar reports whether a string or number, as written, needs no normalising, and what is
// wrong with it.
func checkScalar(kind jsontext.Kind, raw []byte) (inForm bool, refusal *fault.Definition) {
	if kind == '0' {
		if len(raw) > maxNumber {
			return true, errBeyondNumbers
		}
		if n, err := strconv.ParseFloat(string(raw), 64); err != nil || math.IsInf(n, 0) {
			return true, errBeyondNumbers
		}
		return true, nil
	}
	text := raw
	if bytes.IndexByte(raw, '\\') >= 0 {
		unquoted, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return true, ErrForbiddenCharacter
		}
		text = unquoted
	}
	if bytes.ContainsFunc(text, forbidden) {
		return true, ErrForbiddenCharacter
	}
	return norm.NFC.IsNormal(text), nil
}

// normalise copies the value token by token. The encoder refuses members whose names have
// become the same.
func normalise(data []byte) ([]byte, error) {
	var buffer bytes.Buffer
	buffer.Grow(len(data))
	decoder := jsontext.NewDecoder(bytes.NewBuffer(data))
	encoder := jsontext.NewEncoder(&buffer)
	for {
		token, err := decoder.ReadToken()
		if errors.Is(err, io.EOF) {
			return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
		}
		if err != nil {
			return nil, malformed(err, decoder)
		}
		if token.Kind() == '"' {
			token = jsontext.String(norm.NFC.String(token.String()))
		}
		if err := encoder.WriteToken(token); err != nil {
			return nil, malformed(err, decoder)
		}
	}
}

// malformed names what jsontext found wrong.
func malformed(err error, decoder *jsontext.Decoder) error {
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName) && ok:
		return ErrDuplicateMember.At(dotted(syntax.JSONPointer))
	case ok:
		refusal := ErrMalformedJSON.With("offset", syntax.ByteOffset)
		if where := dotted(syntax.JSONPointer); where != "" {
			refusal.Fields = []fault.Field{{Pointer: where, Definition: ErrMalformedJSON, Params: refusal.Params}}
		}
		return refusal.Because(err)
	default:
		return ErrMalformedJSON.With("offset", decoder.InputOffset()).Because(err)
	}
}

// dotted writes a JSON pointer (RFC 6901) the way this API points at fields: "lines[0].quantity".
// Names come from the client; what is unreasonably long is cut.
func dotted(pointer jsontext.Pointer) string {
	var out strings.Builder
	for token := range pointer.Tokens() {
		switch {
		case token != "" && strings.Trim(token, "0123456789") == "":
			out.WriteString("[" + token + "]")
		case out.Len() == 0:
			out.WriteString(token)
		default:
			out.WriteString("." + token)
		}
		if out.Len() > maxPointer {
			return strings.ToValidUTF8(out.String()[:maxPointer], "") + "…"
		}
	}
	return out.String()
}

const maxPointer = 200
