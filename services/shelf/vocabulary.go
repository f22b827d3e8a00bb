package shelf

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// DocumentType is a kind of document that systems ask for.
type DocumentType struct {
	reference.Names

	Code           string `db:"code"            json:"code"`
	PerProduct     bool   `db:"per_product"     json:"per_product"               doc:"It is about one product; else about the producer."`
	ValidityMonths int    `db:"validity_months" json:"validity_months,omitempty" doc:"How long one is good for that names no end; absent: without end."`
	Help           string `db:"help_vi"         json:"help"`
	HelpEN         string `db:"help_en"         json:"help_en"`
	Source         string `db:"source"          json:"source"`
	Unverified     bool   `db:"unverified"      json:"unverified,omitempty"      doc:"From general knowledge."`
}

// FieldType is what kind of value a field has.
type FieldType string

// The types of fields.
const (
	FieldText  FieldType = "text"
	FieldYes   FieldType = "yes"
	FieldWhole FieldType = "whole"
)

// Field is something that is told of a product's label, or a term that a producer accepts.
type Field struct {
	reference.Names

	Code       string    `db:"code"       json:"code"`
	Subject    string    `db:"subject"    json:"subject"              enum:"product,producer"`
	Type       FieldType `db:"type"       json:"type"                 enum:"text,yes,whole"`
	Most       int       `db:"most"       json:"most"                 doc:"The largest number, or the longest text in characters."`
	Unit       string    `db:"unit"       json:"unit,omitempty"`
	Source     string    `db:"source"     json:"source"`
	Unverified bool      `db:"unverified" json:"unverified,omitempty" doc:"From general knowledge."`
}

// bound is the largest least value a requirement may ask of the field.
func (f Field) bound() int {
	if f.Type == FieldWhole {
		return f.Most
	}
	return 0
}

// What fields are about.
const (
	aboutProduct  = "product"
	aboutProducer = "producer"
)

const selectTypes = `
	SELECT code, name_vi, name_en, per_product, coalesce(validity_months, 0) AS validity_months, help_vi, help_en, source, unverified
	  FROM shelf.document_types ORDER BY position`

const selectFields = `
	SELECT code, subject, type, most, unit, name_vi, name_en, source, unverified FROM shelf.fields ORDER BY position`

// DocumentTypes lists the kinds of documents.
func (s *Service) DocumentTypes(ctx context.Context) ([]DocumentType, error) {
	types := []DocumentType{}
	err := s.db.Select(ctx, &types, selectTypes)
	return types, err
}

// Fields lists what may be told of products and by producers.
func (s *Service) Fields(ctx context.Context) ([]Field, error) {
	fields := []Field{}
	err := s.db.Select(ctx, &fields, selectFields)
	return fields, err
}

func readVocabulary(ctx context.Context, reader postgres.Reader) (vocabulary, error) {
	var types []DocumentType
	var fields []Field
	words := vocabulary{types: map[string]DocumentType{}, fields: map[string]Field{}}
	if err := reader.Select(ctx, &types, selectTypes); err != nil {
		return words, err
	}
	if err := reader.Select(ctx, &fields, selectFields); err != nil {
		return words, err
	}
	for _, t := range types {
		words.types[t.Code] = t
	}
	for _, f := range fields {
		words.fields[f.Code] = f
	}
	return words, nil
}

// Facts are what was told, by the codes of fields: texts, yes or no, whole numbers.
type Facts map[string]any

// check applies the rules of the fields of a subject, and leaves out what is empty.
func (f Facts) check(words vocabulary, subject string) (Facts, error) {
	var complaints fault.Collector
	checked := Facts{}
	for _, code := range slices.Sorted(maps.Keys(f)) {
		pointer := "facts." + code
		field, known := words.fields[code]
		if !known || field.Subject != subject {
			complaints.Add(pointer, fault.ErrUnknownValue, "value", code, "allowed", "/v1/shelf/fields")
			continue
		}
		switch value := f[code].(type) {
		case nil:
		case string:
			value = strings.TrimSpace(value)
			switch {
			case field.Type != FieldText:
				complaints.Add(pointer, ErrFactType, "type", string(field.Type))
			case utf8.RuneCountInString(value) > field.Most:
				complaints.Add(pointer, fault.ErrTooLong, "max", field.Most)
			case value != "":
				checked[code] = value
			}
		case bool:
			if field.Type != FieldYes {
				complaints.Add(pointer, ErrFactType, "type", string(field.Type))
			}
			checked[code] = value
		case float64:
			switch {
			case field.Type != FieldWhole || value != float64(int(value)):
				complaints.Add(pointer, ErrFactType, "type", string(field.Type))
			case value < 0 || int(value) > field.Most:
				complaints.Add(pointer, fault.ErrOutOfRange, "min", 0, "max", field.Most)
			}
			checked[code] = value
		default:
			complaints.Add(pointer, ErrFactType, "type", string(field.Type))
		}
	}
	return checked, complaints.Err()
}

// place points at an entry of a list.
func place(list string, at int) string { return list + "[" + strconv.Itoa(at) + "]" }
