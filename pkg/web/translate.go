package web

import (
	stdjson "encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ocop-market/ocop/pkg/fault"
)

// translation turns one kind of huma's validation messages into a refusal of ours. The first
// group of the expression fills the parameter.
type translation struct {
	message    *regexp.Regexp
	definition *fault.Definition
	parameter  string
	// constant fills the parameter where the message has no group.
	constant string
	// child means the group names a member of the place and not a parameter.
	child bool
}

// translations follow huma v2.39.1, validation/messages.go; a test holds one example of each.
func translations() []translation {
	rule := func(message string, definition *fault.Definition, parameter, constant string) translation {
		return translation{message: regexp.MustCompile("^" + message), definition: definition, parameter: parameter, constant: constant}
	}
	return []translation{
		{message: regexp.MustCompile(`^expected required property (\S+) to be present`), definition: fault.ErrRequired, child: true},
		{message: regexp.MustCompile(`^expected property (\S+) to be present when`), definition: fault.ErrRequired, child: true},
		rule(`required \w+ parameter is missing`, fault.ErrRequired, "", ""),
		rule(`unexpected property`, ErrUnknownField, "", ""),
		rule(`unknown query parameter`, ErrUnknownParameter, "", ""),
		rule(`expected value to be one of "(.*)"`, errNotOneOf, "allowed", ""),
		rule(`expected value to be (.*)`, errNotOneOf, "allowed", ""),
		rule(`expected number >= (.*)`, errAtLeast, "min", ""),
		rule(`expected number <= (.*)`, errAtMost, "max", ""),
		rule(`expected number > (.*)`, errMoreThan, "min", ""),
		rule(`expected number < (.*)`, errLessThan, "max", ""),
		rule(`expected number to be a multiple of (.*)`, ErrWrongFormat, "format", ""),
		rule(`expected length >= (.*)`, ErrTooShort, "min", ""),
		rule(`expected length <= (.*)`, fault.ErrTooLong, "max", ""),
		rule(`expected array length >= (.*)`, ErrTooFew, "min", ""),
		rule(`expected array length <= (.*)`, ErrTooMany, "max", ""),
		rule(`expected object with at least (\d+)`, ErrTooFew, "min", ""),
		rule(`expected object with at most (\d+)`, ErrTooMany, "max", ""),
		rule(`expected array items to be unique`, ErrNotUnique, "", ""),
		rule(`expected at most one value`, ErrRepeatedParameter, "", ""),
		rule(`expected string to match pattern (.*)`, ErrPattern, "pattern", ""),
		rule(`expected string to be RFC 3339 date-time`, ErrWrongFormat, "format", "2026-01-31T07:00:00+07:00 (RFC 3339)"),
		rule(`expected string to be RFC 1123 date-time`, ErrWrongFormat, "format", "Sat, 31 Jan 2026 00:00:00 GMT"),
		rule(`invalid date/time`, ErrWrongFormat, "format", "2026-01-31T07:00:00+07:00 (RFC 3339)"),
		rule(`expected string to be RFC 3339 date`, ErrNotADate, "", ""),
		rule(`invalid value: not a date`, ErrNotADate, "", ""),
		rule(`expected string to be RFC 3339 time`, ErrWrongFormat, "format", "07:00:00"),
		rule(`expected string to be RFC 5322 email`, ErrWrongFormat, "format", "name@example.org"),
		rule(`expected string to be RFC 4122 uuid`, ErrWrongFormat, "format", "UUID"),
		rule(`invalid value: invalid UUID`, ErrWrongFormat, "format", "UUID"),
		rule(`expected string to be (RFC \d+ .*?)(?:: |$)`, ErrWrongFormat, "format", ""),
		rule(`expected string to be (.*)`, ErrWrongFormat, "format", ""),
		rule(`expected duration`, ErrWrongFormat, "format", "1h30m"),
		rule(`expected value to match at least one schema`, ErrNotAQuantity, "", ""),
		rule(`expected (boolean|number|integer|string|array|object)$`, ErrWrongType, "expected", ""),
		rule(`invalid (integer|float|boolean)`, ErrWrongType, "expected", ""),
		rule(`cannot read multipart form`, ErrMalformedForm, "", ""),
		rule(`invalid value`, ErrWrongFormat, "format", "…"),
	}
}

type translator struct{ rules []translation }

// refusal makes one refusal of what huma found wrong with a request.
func (t *translator) refusal(status int, errs []error) *fault.Error {
	var found fault.Collector
	for _, err := range errs {
		if err == nil {
			continue
		}
		var detail huma.ErrorDetailer
		if !errors.As(err, &detail) {
			if refusal, isFault := fault.From(err); isFault {
				_ = found.Merge("", refusal) // a refusal is always taken over
				continue
			}
			return ErrInternal.With().Because(err)
		}
		t.add(&found, detail.ErrorDetail())
	}
	if err := found.Err(); err != nil {
		refusal := refusalOf(err)
		unknownLast(refusal.Fields)
		// A path that cannot be an address of anything addresses nothing: to answer what an id
		// looks like would help nobody but a prober.
		if len(refusal.Fields) > 0 && strings.HasPrefix(refusal.Fields[0].Pointer, "path.") {
			return fault.ErrNotFound.With()
		}
		return refusal
	}
	return bare(status)
}

// unknownLast puts complaints about unknown members, which huma finds in a map's order, behind
// the others and in the order of their names.
func unknownLast(fields []fault.Field) {
	slices.SortStableFunc(fields, func(a, b fault.Field) int {
		aUnknown, bUnknown := a.Definition == ErrUnknownField, b.Definition == ErrUnknownField
		switch {
		case aUnknown && bUnknown:
			return strings.Compare(a.Pointer, b.Pointer)
		case aUnknown:
			return 1
		case bUnknown:
			return -1
		default:
			return 0
		}
	})
}

func (t *translator) add(found *fault.Collector, detail *huma.ErrorDetail) {
	if carried, ok := strings.CutPrefix(detail.Message, decodeMark); ok {
		var complaints []complaint
		if stdjson.Unmarshal([]byte(carried), &complaints) == nil {
			for _, c := range complaints {
				found.Add(under(detail.Location, c.Pointer), definitionOf(c), pairs(c.Params)...)
			}
			return
		}
	}
	for _, rule := range t.rules {
		match := rule.message.FindStringSubmatch(detail.Message)
		if match == nil {
			continue
		}
		switch {
		case rule.child:
			found.Add(under(detail.Location, match[1]), rule.definition)
		case rule.constant != "":
			found.Add(detail.Location, rule.definition, rule.parameter, rule.constant)
		case rule.parameter == "min" || rule.parameter == "max":
			found.Add(detail.Location, rule.definition, rule.parameter, bound(match[1]))
		case rule.parameter != "":
			found.Add(detail.Location, rule.definition, rule.parameter, match[1])
		default:
			found.Add(detail.Location, rule.definition)
		}
		return
	}
	found.Add(detail.Location, ErrWrongFormat, "format", "…")
}

func definitionOf(c complaint) *fault.Definition {
	if c.Code == fault.ErrOutOfRange.Code {
		return errBeyondNumbers
	}
	return coded(c.Code)
}

func pairs(params map[string]any) []any {
	list := make([]any, 0, 2*len(params))
	for name, value := range params {
		list = append(list, name, value)
	}
	return list
}

func under(location, pointer string) string {
	switch {
	case pointer == "":
		return location
	case location == "" || strings.HasPrefix(pointer, "["):
		return location + pointer
	default:
		return location + "." + pointer
	}
}

// bare names a refusal of huma that says no more than its status.
func bare(status int) *fault.Error {
	switch status {
	case http.StatusBadRequest:
		return ErrMalformedRequest.With()
	case http.StatusUnauthorized:
		return fault.ErrUnauthenticated.With()
	case http.StatusForbidden:
		return fault.ErrForbidden.With()
	case http.StatusNotFound:
		return fault.ErrNotFound.With()
	case http.StatusRequestTimeout:
		return ErrSlowRequest.With()
	case http.StatusNotAcceptable:
		return ErrNotAcceptable.With("available", "application/json")
	case http.StatusUnprocessableEntity:
		return fault.ErrInvalid.With()
	default:
		return ErrInternal.With()
	}
}
