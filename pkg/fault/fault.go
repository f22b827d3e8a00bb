// Package fault gives every refusal a name, a stable code and a text a person can act on.
//
// A service declares its refusals once, as package-level [Definition] values, and returns them
// with [Definition.With] or [Definition.At]. Callers test for one with errors.Is:
//
//	if errors.Is(err, inquiry.ErrDeadlinePassed) { … }
//
// Anything that is not a fault is an accident: the edge answers a bare 500 and logs the cause.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Definition names one way in which a request is refused. It is immutable after declaration and
// is itself an error, so that it can stand on the right side of errors.Is.
type Definition struct {
	// Code is stable for ever: clients branch on it. Lower case, words joined by underscores.
	Code string
	// Status is the HTTP status the refusal is answered with (RFC 9110).
	Status int
	// Vietnamese and English say what happened and what to do next. {name} stands for a
	// parameter given to With.
	Vietnamese, English string
}

// Define declares a refusal.
func Define(code string, status int, vietnamese, english string) *Definition {
	return &Definition{Code: code, Status: status, Vietnamese: vietnamese, English: english}
}

// Error implements error with the code and the English text.
func (d *Definition) Error() string { return d.Code + ": " + d.English }

// With returns the refusal with its parameters: names and values in turn, as for slog.
// The parameters fill the {name} places of the texts and reach the client as members.
func (d *Definition) With(pairs ...any) *Error {
	return &Error{Definition: d, Params: params(pairs)}
}

// At returns the refusal pointing at one field of the request, such as "lines[0].quantity".
func (d *Definition) At(pointer string, pairs ...any) *Error {
	refusal := d.With(pairs...)
	refusal.Fields = []Field{{Pointer: pointer, Definition: d, Params: refusal.Params}}
	return refusal
}

func params(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	named := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		named[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return named
}

// Field is one complaint about one place of the request.
type Field struct {
	// Pointer is the place, dotted with indexes: "lines[0].quantity".
	Pointer string
	// Definition says what is wrong there; its status is not used.
	Definition *Definition
	Params     map[string]any
}

// Error is a refusal on its way to the client.
type Error struct {
	*Definition

	Params map[string]any
	Fields []Field
	// RetryAfter, when set, tells the client when trying again makes sense.
	RetryAfter time.Duration
	cause      error
}

// Error implements error.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(e.Code + ": " + Fill(e.English, e.Params))
	for _, field := range e.Fields {
		text.WriteString("; " + field.Pointer + ": " + Fill(field.Definition.English, field.Params))
	}
	if e.cause != nil {
		text.WriteString(": " + e.cause.Error())
	}
	return text.String()
}

// Is reports whether the target is this refusal's definition.
func (e *Error) Is(target error) bool {
	definition, ok := target.(*Definition)
	return ok && definition == e.Definition
}

// Unwrap returns the cause, which is logged and never sent.
func (e *Error) Unwrap() error { return e.cause }

// Because attaches the cause for the log.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// After tells the client when to try again.
func (e *Error) After(wait time.Duration) *Error {
	e.RetryAfter = wait
	return e
}

// From finds the refusal in err's chain. A bare Definition counts as a refusal without parameters.
func From(err error) (*Error, bool) {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal, true
	}
	if definition, ok := errors.AsType[*Definition](err); ok {
		return definition.With(), true
	}
	return nil, false
}

// Collector gathers complaints about fields, so that a person learns of all of them at once.
type Collector struct {
	fields []Field
}

// Add notes a complaint.
func (c *Collector) Add(pointer string, definition *Definition, pairs ...any) {
	c.fields = append(c.fields, Field{Pointer: pointer, Definition: definition, Params: params(pairs)})
}

// Merge takes over the complaints of err under a prefix, or notes err itself at the prefix.
// A nil err adds nothing. It returns err when err is no refusal.
func (c *Collector) Merge(prefix string, err error) error {
	if err == nil {
		return nil
	}
	refusal, ok := From(err)
	if !ok {
		return err
	}
	if len(refusal.Fields) == 0 {
		c.fields = append(c.fields, Field{Pointer: prefix, Definition: refusal.Definition, Params: refusal.Params})
	}
	for _, field := range refusal.Fields {
		field.Pointer = join(prefix, field.Pointer)
		c.fields = append(c.fields, field)
	}
	return nil
}

func join(prefix, pointer string) string {
	if prefix == "" || pointer == "" || strings.HasPrefix(pointer, "[") {
		return prefix + pointer
	}
	return prefix + "." + pointer
}

// Err returns nil when nothing was noted. One complaint keeps its own code; several are
// gathered under ErrInvalid.
func (c *Collector) Err() error {
	switch len(c.fields) {
	case 0:
		return nil
	case 1:
		only := c.fields[0]
		return &Error{Definition: only.Definition, Params: only.Params, Fields: c.fields}
	default:
		return &Error{Definition: ErrInvalid, Fields: c.fields}
	}
}

// Fill puts parameters into the {name} places of a text. A place without a parameter stays.
func Fill(text string, params map[string]any) string {
	if !strings.Contains(text, "{") {
		return text
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(params[name]))
	}
	return text
}
