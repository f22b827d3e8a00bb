package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
)

// Problem is the body of every error answer (RFC 9457, application/problem+json). The
// parameters of the refusal stand beside these members under their own names.
type Problem struct {
	_ struct{} `additionalProperties:"true"`

	Type     string      `json:"type" format:"uri-reference" doc:"Where the refusal is explained." example:"/problems/stale"`
	Title    string      `json:"title" doc:"The status in words."`
	Status   int         `json:"status" doc:"The HTTP status."`
	Detail   string      `json:"detail" doc:"What happened and what to do, in Vietnamese or English by Accept-Language."`
	Code     string      `json:"code" doc:"Stable name of the refusal, for programs." example:"stale"`
	Instance string      `json:"instance,omitempty" doc:"The path of the request."`
	Errors   []Complaint `json:"errors,omitempty" doc:"What is wrong at which place."`
	TraceID  string      `json:"trace_id" doc:"Names this request in the log."`

	params  map[string]any
	refusal *fault.Error // what was worded
}

// Complaint is one entry of a problem's errors.
type Complaint struct {
	_ struct{} `additionalProperties:"true"`

	Pointer string `json:"pointer" doc:"The place in the request." example:"body.lines[0].quantity"`
	Field   string `json:"field" doc:"The same place within the body, query, path or header." example:"lines[0].quantity"`
	Code    string `json:"code" doc:"Stable name of the complaint." example:"required"`
	Detail  string `json:"detail" doc:"What is wrong there."`

	params map[string]any
}

// Error implements error; huma wants its errors to be that.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemType }

// maxComplaints bounds the answer: a body may be wrong in ten thousand places.
const maxComplaints = 100

const problemType = "application/problem+json"

// MarshalJSON writes the members and, after them, the parameters in order of their names.
func (p *Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	return withMembers((*plain)(p), p.params)
}

// MarshalJSON writes the members and, after them, the parameters in order of their names.
func (c Complaint) MarshalJSON() ([]byte, error) {
	type plain Complaint
	return withMembers(plain(c), c.params)
}

func withMembers(thing any, params map[string]any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(thing); err != nil {
		return nil, err
	}
	base := bytes.TrimSpace(buffer.Bytes())
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if reserved(name) {
			continue
		}
		value, err := json.Marshal(params[name])
		if err != nil {
			return nil, err
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		base = slices.Concat(base[:len(base)-1], []byte{','}, key, []byte{':'}, value, []byte{'}'})
	}
	return base, nil
}

// reserved tells the members of a problem or a complaint that no parameter may displace.
func reserved(name string) bool {
	switch name {
	case "type", "title", "status", "detail", "code", "instance", "errors", "trace_id", "pointer", "field":
		return true
	default:
		return false
	}
}

// refusalOf makes a refusal of any error. Accidents become ErrInternal with their cause.
func refusalOf(err error) *fault.Error {
	if refusal, ok := fault.From(err); ok {
		return refusal
	}
	if worded, ok := errors.AsType[*Problem](err); ok && worded.refusal != nil {
		return worded.refusal // one of huma's errors, made by a handler
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return ErrTooLarge.With("max_bytes", tooLarge.Limit)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout.With().Because(err)
	case errors.Is(err, context.Canceled):
		return ErrClientClosed.With().Because(err)
	default:
		return ErrInternal.With().Because(err)
	}
}

// problem words a refusal for this request. place is where the fields of the refusal lie when
// they do not say so themselves: "body" or "query".
func (x *exchange) problem(refusal *fault.Error, place string) *Problem {
	language := x.language()
	made := &Problem{
		Type:     "/problems/" + refusal.Code,
		Title:    statusText(refusal.Status, language),
		Status:   refusal.Status,
		Detail:   fault.Fill(text(refusal.Definition, language), worded(refusal.Params, language)),
		Code:     refusal.Code,
		Instance: x.path,
		TraceID:  x.traceID(),
		params:   refusal.Params,
		refusal:  refusal,
	}
	for i, field := range refusal.Fields {
		if i == maxComplaints {
			break
		}
		pointer, name := locate(cut(field.Pointer), place)
		made.Errors = append(made.Errors, Complaint{
			Pointer: pointer,
			Field:   name,
			Code:    field.Definition.Code,
			Detail:  fault.Fill(text(field.Definition, language), worded(field.Params, language)),
			params:  field.Params,
		})
	}
	return made
}

// locate splits "body.lines[0]" into the whole pointer and the field; a pointer without a
// location gets the given one.
func locate(pointer, place string) (whole, field string) {
	for _, known := range []string{"body", "query", "path", "header", "form", "cookie"} {
		if pointer == known {
			return known, ""
		}
		if rest, found := strings.CutPrefix(pointer, known+"."); found {
			return pointer, rest
		}
		if rest, found := strings.CutPrefix(pointer, known+"["); found {
			return pointer, "[" + rest
		}
	}
	if pointer == "" {
		return place, ""
	}
	if strings.HasPrefix(pointer, "[") {
		return place + pointer, pointer
	}
	return place + "." + pointer, pointer
}
