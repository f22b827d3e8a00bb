package exchange

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/pkg/written"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
)

// receiptRow is a row that names a delivery: by its id, its short number or the number of a paper that
// came along, or by its award's short number and the day on which it left.
type receiptRow struct {
	*rowReader

	id    uuid.UUID
	named string
	award string
	left  *civil.Date
}

func (r *rowReader) receipt() receiptRow {
	row := receiptRow{rowReader: r, named: strings.TrimSpace(r.text("delivery")), left: r.date("dispatched_on")}
	row.award = strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(r.text("award")), "#"))
	if id, err := uuid.Parse(row.named); err == nil {
		row.id = id
	}
	return row
}

// key tells two rows of a file apart that mean the same delivery.
func (r receiptRow) key() string {
	switch {
	case r.id != uuid.Nil:
		return "id " + r.id.String()
	case r.named != "":
		return "number " + compared(r.named)
	case r.left != nil:
		return "award " + r.award + " " + r.left.String()
	default:
		return "award " + r.award
	}
}

// calls is what the row calls its delivery.
func (r receiptRow) calls() string {
	parts := make([]string, 0, 3)
	for _, field := range []string{"delivery", "award", "dispatched_on"} {
		if r.has(field) {
			parts = append(parts, r.text(field))
		}
	}
	return clip(strings.Join(parts, ", "))
}

// means reports whether a delivery is what the row says of it.
func (r receiptRow) means(d *inquiry.Incoming) bool {
	switch {
	case r.id != uuid.Nil && d.ID != r.id:
		return false
	case r.id == uuid.Nil && r.named != "" && !strings.EqualFold(r.named, d.Number()) && !slices.Contains(d.Documents, r.named):
		return false
	case r.award != "" && r.award != d.AwardNumber():
		return false
	default:
		return r.left == nil || *r.left == reference.Day(d.DispatchedAt)
	}
}

// match finds the delivery that the row means.
func (r receiptRow) match(incoming []*inquiry.Incoming) (*inquiry.Incoming, error) {
	field := "delivery"
	if r.named == "" {
		field = "award"
	}
	if r.named == "" && r.award == "" {
		return nil, at("delivery", fault.ErrRequired.With())
	}
	var found []*inquiry.Incoming
	var numbers []string
	for _, d := range incoming {
		if r.means(d) {
			found, numbers = append(found, d), append(numbers, d.Number())
		}
	}
	switch len(found) {
	case 0:
		return nil, at(field, ErrNoSuchDelivery.With("name", r.calls()))
	case 1:
		return found[0], nil
	default:
		if len(numbers) > maxNamed {
			numbers = append(numbers[:maxNamed], "…")
		}
		return nil, at(field, ErrSeveralDeliveries.With("name", r.calls(), "count", len(found), "allowed", strings.Join(numbers, ", ")))
	}
}

// put says what the buyer found of the delivery that the row means.
func (r receiptRow) put(d *inquiry.Incoming, reasons []entry) inquiry.ReceiptPut {
	put := inquiry.ReceiptPut{DeliveryID: d.ID}
	beside := ""
	if r.has("unit") {
		beside = r.text("unit")
		if _, ok := r.rules.convert(0, beside, d.Unit); !ok {
			r.Add("unit", catalog.ErrUnitMismatch, "unit", d.Unit)
			beside = ""
		}
	}
	put.Sizes = r.sizes(d, beside)
	for _, part := range []struct {
		field string
		into  *quantity.Quantity
	}{{"accepted", &put.Accepted}, {"rejected", &put.Rejected}, {"loss", &put.Loss}, {"over", &put.Over}} {
		if amount := r.amount(part.field, d.Unit, beside); amount != nil {
			*part.into = *amount
		}
	}
	switch {
	case r.has("accepted"):
	case len(put.Sizes) == 0:
		r.Add("accepted", fault.ErrRequired)
	default:
		for _, size := range put.Sizes {
			put.Accepted += size.Quantity
		}
	}
	put.Reasons = r.reasons(reasons)
	put.Tie = r.ratio("tie")
	put.PriceGross = r.code("price_basis", "price_basis", "net", "gross") == "gross"
	if r.has("note") && !r.cleared("note") {
		put.Note = r.text("note")
	}
	r.came(&put)
	return put
}

// sizes reads what was accepted by size and form.
func (r receiptRow) sizes(d *inquiry.Incoming, beside string) []inquiry.SizeAccepted {
	var sizes []inquiry.SizeAccepted
	for n := range catalog.MaxPriceTiers {
		number := strconv.Itoa(n + 1)
		grade, form, amount := "size_"+number, "form_"+number, "quantity_"+number
		if !r.has(grade) && !r.has(form) && !r.has(amount) {
			continue
		}
		size := inquiry.SizeAccepted{Grade: strings.TrimSpace(r.text(grade))}
		size.Form = r.codeOf(form, "form "+d.Line, func(text string) (string, error) { return lookUp(text, r.rules.forms[d.Line]) })
		if read := r.amount(amount, d.Unit, beside); read != nil {
			size.Quantity = *read
		} else if !r.has(amount) {
			r.Add(amount, fault.ErrRequired)
		}
		sizes = append(sizes, size)
	}
	return sizes
}

// reasons reads why goods were rejected: those on the list by code or name, others as they are written.
func (r receiptRow) reasons(known []entry) []string {
	var reasons []string
	for part := range strings.FieldsFuncSeq(r.text("reasons"), func(c rune) bool { return c == ';' || c == '|' || c == '\n' }) {
		if part = strings.TrimSpace(part); part == "" || part == "-" {
			continue
		}
		if code, err := lookUp(part, known); err == nil {
			part = code
		}
		reasons = append(reasons, part)
	}
	return reasons
}

// ratio is a number without a unit; 0 when nothing is said.
func (r *rowReader) ratio(field string) quantity.Quantity {
	if !r.has(field) || r.cleared(field) {
		return 0
	}
	cell := r.said[field]
	if cell.Kind == sheet.Number {
		amount, err := written.Stored(cell.Text)
		if err != nil {
			r.fail(field, err)
		}
		return amount
	}
	number, err := written.ReadNumber(cell.Text, false)
	if err == nil && vietnamese.Fold(number.Unit) != "" {
		err = ErrForeignUnit.With("text", clip(cell.Text), "unit", "kg/kg")
	}
	if err != nil {
		r.fail(field, err)
		return 0
	}
	return number.Amount
}

// came reads when the goods came, in Vietnam's time.
func (r receiptRow) came(put *inquiry.ReceiptPut) {
	if !r.has("received_at") {
		return
	}
	moment, err := written.ReadMoment(r.said["received_at"].Text)
	if err != nil {
		r.fail("received_at", err)
		return
	}
	put.At, put.OnDay = moment.Day.In(reference.Zone()).Add(moment.Clock), !moment.Timed
}

// putReceipts notes what rows say of deliveries.
func (s *Service) putReceipts(ctx context.Context, tx *postgres.Tx, who identity.Principal, r *run, rows []sheet.Row) ([]outcome, error) {
	read := make([]receiptRow, len(rows))
	for i, row := range rows {
		read[i] = r.rules.read(r.list.values(row)).receipt()
	}
	incoming, err := inquiry.IncomingTx(ctx, tx, who, keysOfDeliveries(read))
	if err != nil {
		return nil, err
	}
	reasons, err := rejections(ctx, tx)
	if err != nil {
		return nil, err
	}
	asks := make([]ask[inquiry.ReceiptPut], len(rows))
	for i, row := range read {
		asks[i] = ask[inquiry.ReceiptPut]{rowReader: row.rowReader, key: row.key(), say: func() (inquiry.ReceiptPut, uuid.UUID, error) {
			d, err := row.match(incoming)
			if err != nil {
				return inquiry.ReceiptPut{}, uuid.Nil, err
			}
			return row.put(d, reasons), d.ID, nil
		}}
	}
	return through(ctx, tx, r, rows, asks, func(puts []inquiry.ReceiptPut) ([]catalog.Put, error) {
		return s.inquiry.PutReceiptsTx(ctx, tx, who, puts)
	})
}

// keysOfDeliveries are all by which rows name deliveries.
func keysOfDeliveries(rows []receiptRow) inquiry.IncomingKeys {
	var keys inquiry.IncomingKeys
	for _, row := range rows {
		switch {
		case row.id != uuid.Nil:
			keys.IDs = append(keys.IDs, row.id)
		case row.named != "":
			keys.Numbers, keys.Documents = append(keys.Numbers, strings.ToUpper(row.named)), append(keys.Documents, row.named)
		case row.award != "":
			keys.Awards = append(keys.Awards, row.award)
		}
	}
	return keys
}

// rejections are the reasons of receipts, by what people call them.
func rejections(ctx context.Context, reader postgres.Reader) ([]entry, error) {
	list, err := inquiry.ReasonsIn(ctx, reader)
	var entries []entry
	for _, reason := range list {
		if reason.Applies == "receipt" {
			entries = append(entries, named(reason.Code, reference.Names{Name: reason.Name, NameEN: reason.NameEN}))
		}
	}
	return entries, err
}
