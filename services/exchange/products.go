package exchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/reference"
)

// productRow is a row that names a product: by the market's id, the producer's own code, the GTIN,
// or by name, line, form and grade.
type productRow struct {
	*rowReader

	id        uuid.UUID
	sku, gtin string
	// name in lower case, as it is compared.
	name string
	line string
}

// product reads what a row says of the identity of its product.
func (r *rowReader) product(idField string) productRow {
	p := productRow{rowReader: r, id: r.id(idField), gtin: r.gtin(), name: compared(r.text("name"))}
	if !r.cleared("reference") {
		p.sku = compared(r.text("reference"))
	}
	if r.has("line") {
		p.line = r.codeOf("line", "line", func(text string) (string, error) { return lookUp(text, r.rules.lines) })
	}
	return p
}

// compared is a code or name as it is compared: one line, single blanks, lower case.
func compared(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// key tells two rows of a file apart that mean the same product.
func (p productRow) key() string {
	switch {
	case p.id != uuid.Nil:
		return "id " + p.id.String()
	case p.sku != "":
		return "code " + p.sku
	case p.gtin != "":
		return "gtin " + p.gtin
	}
	return "name " + p.name + " " + p.line + " " + compared(p.text("form")) + " " + p.gradeKey()
}

// gradeKey writes the grade cells of a row in one way.
func (p productRow) gradeKey() string {
	var parts []string
	for field, cell := range p.said {
		if strings.HasPrefix(field, gradePrefix) {
			parts = append(parts, field+"="+compared(cell.Text))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// known are the products of a producer that the rows of a batch may mean.
type known struct {
	products []catalog.OwnProduct
	// codes are the producer's own, as they are compared.
	codes map[string]uuid.UUID
	// coded are the products that have one.
	coded map[uuid.UUID]string
}

func (k *known) byID(id uuid.UUID) *catalog.OwnProduct {
	at := slices.IndexFunc(k.products, func(p catalog.OwnProduct) bool { return p.ID == id })
	if at < 0 {
		return nil
	}
	return &k.products[at]
}

// match finds the product that a row means; nil for one that is not there yet. A product with a
// code of its own is not meant by a row with another code, even when all else is the same.
func (p productRow) match(k *known) (*catalog.OwnProduct, error) {
	if p.id != uuid.Nil {
		found := k.byID(p.id)
		if found == nil {
			return nil, fault.ErrNotFound.With()
		}
		if owner, taken := k.codes[p.sku]; p.sku != "" && taken && owner != p.id {
			return nil, at("reference", ErrCodeTaken.With("code", clip(p.text("reference"))))
		}
		return found, nil
	}
	if owner, ok := k.codes[p.sku]; ok && p.sku != "" {
		return k.byID(owner), nil
	}
	if p.gtin != "" {
		if at := slices.IndexFunc(k.products, func(o catalog.OwnProduct) bool { return o.GTIN == p.gtin }); at >= 0 {
			return &k.products[at], nil
		}
	}
	var found []*catalog.OwnProduct
	for i := range k.products {
		candidate := &k.products[i]
		if p.sku != "" && k.coded[candidate.ID] != "" || p.gtin != "" && candidate.GTIN != "" {
			continue // it has another code, or another bar code
		}
		if p.name != "" && p.fits(candidate) {
			found = append(found, candidate)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil //nolint:nilnil // there is none yet
	case 1:
		return found[0], nil
	default:
		return nil, at("name", ErrSeveralProducts.With("count", len(found), "name", clip(p.text("name"))))
	}
}

// fits reports whether everything that the row says of name, line, form and grade is true of a
// product.
func (p productRow) fits(candidate *catalog.OwnProduct) bool {
	if compared(candidate.Name) != p.name || p.line != "" && p.line != candidate.Line {
		return false
	}
	line, ok := p.rules.book.Line(candidate.Line)
	if !ok {
		return false
	}
	// What is wrong with the row's own cells is said when they are read for good.
	probe := &rowReader{rules: p.rules, said: p.said}
	if form := probe.form(line); p.has("form") && form != candidate.Form {
		return false
	}
	wanted, err := line.ValidateWantedGrade(candidate.Form, present(probe.grade(line)))
	if err != nil {
		return false
	}
	for field, value := range wanted {
		if candidate.Grade[field] != value {
			return false
		}
	}
	return true
}

// present leaves out what was removed by a dash.
func present(grade map[string]any) map[string]any {
	kept := maps.Clone(grade)
	maps.DeleteFunc(kept, func(_ string, value any) bool { return value == nil })
	return kept
}

// form reads the form for a line.
func (r *rowReader) form(line reference.Line) string {
	return r.codeOf("form", "form "+line.Code, func(text string) (string, error) { return lookUp(text, r.rules.forms[line.Code]) })
}

// put says what is to become of the product that a row means; nil is a new one. What a row leaves
// blank stays as it is. A grade stays too, but for what the row says, unless line or form change.
func (p productRow) put(existing *catalog.OwnProduct) catalog.ProductPut {
	var put catalog.ProductPut
	now := catalog.OwnProduct{Line: p.line}
	if existing != nil {
		now, put.ID = *existing, existing.ID
	}
	change := &put.Change
	if p.has("name") {
		change.Name = new(p.text("name"))
	}
	change.NameEN, change.Description = p.optional("name_en"), p.optional("description")
	if change.GTIN = p.optional("gtin"); change.GTIN.Set {
		change.GTIN.Value = p.gtin
	}
	put.State = catalog.ProductState(p.code("state", "state", "published", "withdrawn", "draft"))
	if p.has("line") {
		change.Line = new(p.line)
		now.Line = p.line
	}
	line, ok := p.rules.book.Line(now.Line)
	if !ok {
		if !p.has("line") {
			p.Add("line", fault.ErrRequired)
		}
		return put
	}
	p.putGoods(change, line, now, existing)
	return put
}

// putGoods reads what depends on the line: form, grade, unit and unit weight.
func (p productRow) putGoods(change *catalog.ProductChange, line reference.Line, now catalog.OwnProduct, existing *catalog.OwnProduct) {
	form := now.Form
	if p.has("form") {
		form = p.form(line)
		change.Form = new(form)
	} else if existing == nil {
		p.Add("form", fault.ErrRequired)
	}
	said := p.grade(line)
	if existing != nil && existing.Line == line.Code && existing.Form == form {
		if len(said) > 0 {
			merged := maps.Clone(map[string]any(existing.Grade))
			if merged == nil {
				merged = map[string]any{}
			}
			maps.Copy(merged, said)
			change.Grade = present(merged)
		}
	} else {
		change.Grade = present(said)
	}
	if p.has("unit") {
		change.Unit = new(p.codeOf("unit", "unit", p.rules.unitCode))
	}
	if weight := p.amount("unit_weight_kg", "kg", ""); weight != nil {
		change.UnitWeightKg = web.Some(*weight)
	}
}

// unitCode finds the unit that a product is sold in; what is only counted in it by a factor, such
// as tonnes in kilograms, is no unit to sell in.
func (r *rules) unitCode(text string) (string, error) {
	code, err := lookUp(text, r.units)
	if err == nil {
		return code, nil
	}
	if w, ok := r.heard("unit", text); ok && w.factor == int64(quantity.Unit) {
		return w.code, nil
	}
	return "", err
}
