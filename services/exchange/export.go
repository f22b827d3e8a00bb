package exchange

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Wish says how an export is to be written.
type Wish struct {
	Format sheet.Format
	// Language is that of headings and names: "vi" or "en".
	Language string
	// Separator parts the cells of CSV; 0 means the one that spreadsheets of the language expect.
	Separator rune
}

func (w Wish) separator() rune {
	switch {
	case w.Separator != 0:
		return w.Separator
	case w.Language == reference.English:
		return ','
	default:
		return ';' // where decimals have a comma
	}
}

// demonstration marks invented data wherever it is shown (SOURCES.md).
const demonstration = "Dữ liệu minh hoạ / demonstration data"

// pageRows is how many things an export reads at a time.
const pageRows = 200

// list writes the rows of an export under headings in a language.
type list struct {
	columns []column
	out     sheet.Writer
	service *Service
	wish    Wish
}

// headed writes the headings of a list.
func (s *Service) headed(to io.Writer, name string, columns []column, wish Wish) (*list, error) {
	outline := sheet.Sheet{Name: name, Heads: 1}
	heads := make([]sheet.Cell, len(columns))
	for i, c := range columns {
		outline.Widths = append(outline.Widths, c.Width)
		heads[i] = sheet.T(c.Heading.In(wish.Language))
	}
	out, err := newWriter(to, wish.Format, wish.separator(), outline)
	if err != nil {
		return nil, err
	}
	return &list{columns: columns, out: out, service: s, wish: wish}, out.Write(heads)
}

// row writes a row of what is known by field; what is not stays blank.
func (l *list) row(cells map[string]sheet.Cell) error {
	row := make([]sheet.Cell, len(l.columns))
	for i, c := range l.columns {
		row[i] = cells[c.Field]
	}
	return l.out.Write(row)
}

func (l *list) say(what, code string) sheet.Cell {
	return sheet.T(l.service.wording.say(what, code, l.wish.Language))
}

// goods are the cells that say what is sold.
func (l *list) goods(cells map[string]sheet.Cell, line, form, unit string) {
	known, ok := l.service.book.Line(line)
	cells["line"], cells["form"], cells["unit"] = sheet.T(line), sheet.T(form), sheet.T(unit)
	if ok {
		cells["line"] = sheet.T(known.In(l.wish.Language))
		if f, ok := known.Form(form); ok {
			cells["form"] = sheet.T(f.In(l.wish.Language))
		}
	}
	if u, ok := l.service.book.Unit(unit); ok {
		cells["unit"] = sheet.T(u.In(l.wish.Language))
	}
}

// grade are the cells of a grade, one for each field.
func (l *list) grade(cells map[string]sheet.Cell, line string, grade reference.Grade) {
	known, ok := l.service.book.Line(line)
	if !ok {
		return
	}
	for _, field := range known.Fields {
		value, said := grade[field.Code]
		if !said {
			continue
		}
		cell := sheet.Cell{}
		switch field.Type {
		case reference.FieldInt, reference.FieldDecimal:
			if amount, ok := grade.Decimal(field.Code); ok {
				cell = sheet.N(amount.String())
			}
		case reference.FieldChoice:
			text, _ := value.(string)
			cell = sheet.T(text)
			for _, c := range field.Choices {
				if c.Code == text {
					cell = sheet.T(c.In(l.wish.Language))
				}
			}
		default:
			text, _ := value.(string)
			cell = sheet.T(text)
		}
		cells[gradePrefix+field.Code] = cell
	}
}

// place names a commune so that it is read back as the same: by its code where others have its name.
func (l *list) place(place *catalog.Place) sheet.Cell {
	if place == nil {
		return sheet.Cell{}
	}
	commune, ok := l.service.book.Commune(place.Code)
	if !ok {
		return sheet.T(place.Code)
	}
	name := commune.In(l.wish.Language)
	if code, err := l.service.lexicon.commune(name); err != nil || code != place.Code {
		return sheet.T(place.Code)
	}
	return sheet.T(name)
}

// marks names what a product may show today.
func marksOf(product catalog.Product) sheet.Cell {
	var marks []string
	for _, mark := range product.Certificates {
		if name := mark.Scheme; !slices.Contains(marks, name) {
			marks = append(marks, name)
		}
	}
	return sheet.T(strings.Join(marks, ", "))
}

func remark(invented bool) sheet.Cell {
	if invented {
		return sheet.T(demonstration)
	}
	return sheet.Cell{}
}

// gradeColumns are those of the given product lines, in the order of the facts.
func (s *Service) gradeColumns(lines []string) []column {
	var columns []column
	for _, c := range s.wording.grades {
		code := strings.TrimPrefix(c.Field, gradePrefix)
		if slices.ContainsFunc(lines, func(line string) bool {
			known, _ := s.book.Line(line)
			_, has := known.Field(code)
			return has
		}) {
			columns = append(columns, c)
		}
	}
	return columns
}

// admit lets a bounded number of exports run at once; the caller calls the function it returns
// when its export has ended.
func (s *Service) admit() (release func(), err error) {
	select {
	case s.exports <- struct{}{}:
		return func() { <-s.exports }, nil
	default:
		return nil, ErrTooManyExports.With().After(exportPatience)
	}
}

const exportPatience = 5 * time.Second

// ExportProducts writes a producer's own products, in every state, so that they can be imported
// again. Refused: whatever MayRead refuses, fault.ErrForbidden for who is no producer,
// ErrTooManyExports.
func (s *Service) ExportProducts(ctx context.Context, who identity.Principal, wish Wish) (Download, error) {
	shape, err := s.catalog.OwnShape(ctx, who)
	if err != nil {
		return Download{}, err
	}
	columns := slices.Concat(s.wording.list(Products, 0), s.gradeColumns(shape.Lines))
	return s.download("products", wish, func(to io.Writer) error {
		l, err := s.headed(to, name(wish, "Sản phẩm", "Products"), columns, wish)
		if err != nil {
			return err
		}
		var after uuid.UUID
		for more := true; more; {
			var products []catalog.Product
			if products, more, err = s.catalog.OwnProducts(ctx, who, after, pageRows); err != nil {
				return err
			}
			if err := l.products(ctx, who, products); err != nil {
				return err
			}
			if len(products) > 0 {
				after = products[len(products)-1].ID
			}
		}
		return l.out.Close()
	}), nil
}

func name(wish Wish, vietnamese, english string) string {
	return reference.Names{Name: vietnamese, NameEN: english}.In(wish.Language)
}

func (s *Service) download(stem string, wish Wish, write func(to io.Writer) error) Download {
	today := reference.Day(time.Now()).String()
	return Download{Name: stem + "-" + today + "." + string(wish.Format), Format: wish.Format, Write: func(to io.Writer) error {
		release, err := s.admit()
		if err != nil {
			return err
		}
		defer release()
		return write(to)
	}}
}

func (l *list) products(ctx context.Context, who identity.Principal, products []catalog.Product) error {
	ids := make([]uuid.UUID, len(products))
	for i, product := range products {
		ids[i] = product.ID
	}
	coded, err := ownCodes(ctx, l.service.db, who.OrganisationID, Products, nil, ids)
	if err != nil {
		return err
	}
	codes := codesBySubject(coded)
	for _, product := range products {
		if err := l.row(l.productCells(product, codes[product.ID])); err != nil {
			return err
		}
	}
	return nil
}

func (l *list) productCells(product catalog.Product, code string) map[string]sheet.Cell {
	cells := map[string]sheet.Cell{
		"reference": sheet.T(code), "name": sheet.T(product.Name), "name_en": sheet.T(product.NameEN), "gtin": sheet.T(product.GTIN),
		"description": sheet.T(product.Description), "state": l.say("state", string(product.State)), "marks": marksOf(product),
		"offers_open": sheet.N(strconv.Itoa(len(product.Offers))), "id": sheet.T(product.ID.String()), "invented": remark(product.Invented),
	}
	l.goods(cells, product.Line, product.Form, product.Unit)
	l.grade(cells, product.Line, product.Grade)
	if product.UnitWeightKg != nil {
		cells["unit_weight_kg"] = sheet.N(product.UnitWeightKg.String())
	}
	remaining, price, priced := supplyOf(product)
	cells["remaining"] = sheet.N(remaining.String())
	if priced {
		cells["price_from"] = sheet.N(strconv.FormatInt(int64(price), 10))
	}
	return cells
}
