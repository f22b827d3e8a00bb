package web

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ocop-market/ocop/pkg/fault"
)

// FormOverhead is what a multipart form may weigh beside the file in it, in bytes: its other parts and
// what stands between them.
const FormOverhead = 64 << 10

// Form lets an operation with a JSON body take multipart/form-data as well: the object as one
// part, or its members as parts of their own, and one file beside it. What the parts say becomes
// the JSON body, so that both ways pass the same validation; [File] returns the file.
type Form struct {
	// Object names the part that holds the whole JSON object, as text or as a file.
	Object string
	// File names the file, which may be missing. Types are its media types, for the document.
	File  string
	Types []string
}

// File returns the file that came in the form's part of that name; false when there is none.
func File(ctx context.Context, name string) (*multipart.FileHeader, bool) {
	x := exchangeOf(ctx)
	if x == nil || x.context.Request.MultipartForm == nil {
		return nil, false
	}
	files := x.context.Request.MultipartForm.File[name]
	if len(files) == 0 {
		return nil, false
	}
	return files[0], true
}

// addForm documents the form beside the JSON body. The guard learns the form's names from there.
func (api *API) addForm(described *huma.Operation, form *Form) {
	if form == nil || described.RequestBody == nil || described.RequestBody.Content[jsonType] == nil {
		return
	}
	object := described.RequestBody.Content[jsonType].Schema
	content := &huma.MediaType{
		Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
			form.Object: object,
			form.File:   {Type: huma.TypeString, Format: "binary"},
		}},
		Encoding: map[string]*huma.Encoding{
			form.Object: {ContentType: jsonType},
			form.File:   {ContentType: strings.Join(form.Types, ", ")},
		},
	}
	if object.Ref != "" {
		object = api.huma.OpenAPI().Components.Schemas.SchemaFromRef(object.Ref)
	}
	for name, member := range object.Properties {
		content.Schema.Properties[name] = member
		if member.Ref != "" || member.Type == huma.TypeObject || member.Type == huma.TypeArray {
			content.Encoding[name] = &huma.Encoding{ContentType: jsonType}
		}
	}
	described.RequestBody.Content[multipartType] = content
}

// formAsJSON makes the JSON body that a parsed form stands for.
func (api *API) formAsJSON(x *exchange, ep *endpoint) error {
	r := x.context.Request
	var found fault.Collector
	for name, files := range r.MultipartForm.File {
		switch {
		case name != ep.Form.File && name != ep.Form.Object:
			found.Add("form."+cut(name), ErrWrongType, "expected", "string")
		case len(files) > 1:
			found.Add("form."+cut(name), ErrRepeatedParameter)
		}
	}
	members := map[string]stdjson.RawMessage{}
	for name, values := range r.MultipartForm.Value {
		switch {
		case name == ep.Form.File:
			found.Add("form."+cut(name), ErrWrongType, "expected", "file")
		case len(values) > 1:
			found.Add("form."+cut(name), ErrRepeatedParameter)
		case values[0] != "": // a form sends what was not filled in as well
			members[name] = ep.asJSON(name, values[0])
		}
	}
	if err := found.Err(); err != nil {
		return sorted(err)
	}
	body, err := api.objectOf(ep, r.MultipartForm, members)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Type", jsonType)
	return nil
}

// objectOf is the part that holds the whole object, or the members put together.
func (api *API) objectOf(ep *endpoint, form *multipart.Form, members map[string]stdjson.RawMessage) ([]byte, error) {
	limit := api.options.MaxBody
	whole := []byte(members[ep.Form.Object])
	if files := form.File[ep.Form.Object]; len(files) > 0 {
		text, err := readPart(files[0], limit)
		if err != nil {
			return nil, err
		}
		if whole, err = api.takeJSON(text, ep.json[""], "form."+ep.Form.Object); err != nil {
			return nil, err
		}
	}
	if whole == nil {
		body, err := stdjson.Marshal(members)
		return within(body, err, limit)
	}
	delete(members, ep.Form.Object)
	var found fault.Collector
	for _, name := range slices.Sorted(maps.Keys(members)) {
		found.Add("form."+cut(name), ErrUnknownField) // the object says it, or nobody does
	}
	if err := found.Err(); err != nil {
		return nil, err
	}
	return within(whole, nil, limit)
}

func within(body []byte, err error, limit int64) ([]byte, error) {
	if err == nil && int64(len(body)) > limit {
		err = ErrTooLarge.With("max_bytes", limit)
	}
	return body, err
}

// readPart reads a part that came with a file name, as that of a Blob does.
func readPart(header *multipart.FileHeader, limit int64) ([]byte, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	return within(text, err, limit)
}

// asJSON writes one field as JSON. Numbers and truth values stay as they are; what is no JSON
// there becomes a text, which the validation then refuses as such.
func (ep *endpoint) asJSON(name, value string) stdjson.RawMessage {
	if ep.json[name] != nil {
		return stdjson.RawMessage(value) // verified while the form was parsed
	}
	if ep.bare[name] && !strings.ContainsAny(value[:1], "\"{[n") {
		if clean, err := strictJSON([]byte(value), nil); err == nil {
			return clean
		}
	}
	text, err := stdjson.Marshal(value)
	if err != nil {
		return stdjson.RawMessage("null")
	}
	return text
}

// limitOf is the largest body that an operation takes in a media type: what makes room for a file
// makes none for JSON.
func (api *API) limitOf(ep *endpoint, r *http.Request) int64 {
	if ep.MaxBody == 0 || ep.Form != nil && !strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), multipartType) {
		return api.options.MaxBody
	}
	return ep.MaxBody
}
