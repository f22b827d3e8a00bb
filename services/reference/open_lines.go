package reference

import (
	"context"
	"errors"

	"github.com/ocop-market/ocop/pkg/postgres"
)

const selectLines = `
SELECT code, name_vi, name_en, scientific, ocop_group, unit, coalesce(live_quote_hours, 0) AS live_quote_hours
FROM reference.product_lines
ORDER BY position`

const selectSynonyms = `SELECT line AS owner, synonym AS text FROM reference.line_synonyms ORDER BY line, position`

const selectForms = `
SELECT l.line AS owner, f.code, f.name_vi, f.name_en, f.state
FROM reference.line_forms l
JOIN reference.forms f ON f.code = l.form
ORDER BY l.line, l.position`

func (b *Book) readLines(ctx context.Context, from postgres.Reader) error {
	var forms []struct {
		Form

		Owner string `db:"owner"`
	}
	synonyms, err := readTexts(ctx, from, selectSynonyms)
	fields, otherErr := readFields(ctx, from)
	if err := errors.Join(err, otherErr,
		from.Select(ctx, &b.lines, selectLines),
		from.Select(ctx, &forms, selectForms),
	); err != nil {
		return err
	}
	formsOf := make(map[string][]Form)
	for _, f := range forms {
		formsOf[f.Owner] = append(formsOf[f.Owner], f.Form)
	}
	for i := range b.lines {
		line := &b.lines[i]
		line.Synonyms = orEmpty(synonyms[line.Code])
		line.Forms = orEmpty(formsOf[line.Code])
		line.Fields = orEmpty(fields[line.Code])
	}
	return nil
}

const selectFields = `
SELECT l.line AS owner, f.code, f.type, f.name_vi, f.name_en, f.prefix_vi, f.prefix_en, f.suffix_vi, f.suffix_en,
       f.least_thousandths, f.most_thousandths, coalesce(l.form_state, '') AS form_state, l.required, l.reported
FROM reference.line_grade_fields l
JOIN reference.grade_fields f ON f.code = l.field
ORDER BY l.line, l.position`

const selectChoices = `
SELECT line, field, choice, name_vi, name_en
FROM reference.grade_choices
ORDER BY line, field, position`

// readFields returns the grade fields of each line with their choices.
func readFields(ctx context.Context, from postgres.Reader) (map[string][]GradeField, error) {
	var fields []struct {
		GradeField

		Owner string `db:"owner"`
	}
	var choices []struct {
		Choice

		Line  string `db:"line"`
		Field string `db:"field"`
	}
	if err := errors.Join(
		from.Select(ctx, &fields, selectFields),
		from.Select(ctx, &choices, selectChoices),
	); err != nil {
		return nil, err
	}
	type place struct{ line, field string }
	choicesOf := make(map[place][]Choice)
	for _, c := range choices {
		at := place{c.Line, c.Field}
		choicesOf[at] = append(choicesOf[at], c.Choice)
	}
	found := make(map[string][]GradeField)
	for _, f := range fields {
		field := f.GradeField
		field.Choices = choicesOf[place{f.Owner, field.Code}]
		found[f.Owner] = append(found[f.Owner], field)
	}
	return found, nil
}
