package inquiry

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Comparison sets the quotes on an inquiry side by side, in the language of its reader.
type Comparison struct {
	InquiryID   uuid.UUID      `json:"inquiry_id"`
	State       State          `json:"state" enum:"draft,open,closed_for_quotes,awarded_in_part,awarded_in_full,completed,closed,cancelled"`
	QuotesDueAt time.Time      `json:"quotes_due_at"`
	ComparedAt  time.Time      `json:"compared_at"`
	DeliverTo   Place          `json:"deliver_to"`
	Terms       Terms          `json:"terms"`
	Lines       []ComparedLine `json:"lines"`
	// Answers tell silence from refusal, producer by producer.
	Answers  []ProducerAnswer `json:"answers" doc:"Every producer who was invited or said something: quoted, declined (nothing to offer), withdrawn, or silent."`
	Invented bool             `json:"invented,omitempty" doc:"Demonstration data: some of the parties are fictional."`
}

// ComparedLine is what a line asks for and what was quoted on it: what meets everything first, by
// rank, then the rest by landed price, and where that is unknown by price.
type ComparedLine struct {
	ID             uuid.UUID         `json:"id"`
	Position       int               `json:"position"`
	ProductLine    string            `json:"line"`
	LineName       string            `json:"line_name"`
	Form           string            `json:"form,omitempty"`
	Grade          string            `json:"grade,omitempty" doc:"In words."`
	Schemes        []string          `json:"schemes"`
	Quantity       quantity.Quantity `json:"quantity"`
	Unit           string            `json:"unit"`
	DeliverFrom    civil.Date        `json:"deliver_from"`
	DeliverTo      civil.Date        `json:"deliver_to"`
	TargetPriceVND money.VND         `json:"target_price_vnd,omitempty"`
	Quotes         []ComparedQuote   `json:"quotes"`
	Truncated      bool              `json:"truncated,omitempty" doc:"There are more quotes than these; the cheapest are shown."`
}

// ComparedQuote is a current quote beside what was asked.
type ComparedQuote struct {
	QuoteID     uuid.UUID  `json:"quote_id"`
	Version     int        `json:"version"`
	Alternative bool       `json:"alternative,omitempty"`
	State       QuoteState `json:"state" enum:"submitted,declined,awarded_in_part,awarded_in_full,expired"`
	Producer    Party      `json:"producer"`
	ProductID   uuid.UUID  `json:"product_id"`
	ProductName string     `json:"product_name"`
	Form        string     `json:"form,omitempty"`
	Grade       string     `json:"grade,omitempty" doc:"In words."`

	// Rank is by landed price among those that meet everything; equal prices share one.
	Rank  *int `json:"rank,omitempty" doc:"By landed price among the quotes that meet everything; equal prices share a rank. Left out where something is missed or the landed price is unknown."`
	Meets bool `json:"meets" doc:"Whether it meets everything the line asks for; deviations that are misses say why not."`

	Price          ComparedPrice     `json:"price"`
	FreightVND     *money.VND        `json:"freight_vnd,omitempty" doc:"Per unit, beside the price, as the quote says; left out where it says nothing."`
	LandedPriceVND *money.VND        `json:"landed_price_vnd" nullable:"true" doc:"Per unit, freight included; null where freight is not known: landed_unknown says why."`
	LandedUnknown  *Remark           `json:"landed_unknown,omitempty"`
	Quantity       quantity.Quantity `json:"quantity" doc:"Offered."`
	Asked          quantity.Quantity `json:"asked"`
	// Compared is what the value is of.
	Compared quantity.Quantity `json:"compared" doc:"The lesser of the two: what value_vnd is of."`
	Unit     string            `json:"unit"`
	ValueVND money.VND         `json:"value_vnd" doc:"Price × compared, rounded half up to the whole đồng."`

	DeliverOn       civil.Date `json:"deliver_on"`
	Split           []Part     `json:"split,omitempty" doc:"Where there are several delivery dates."`
	InWindow        bool       `json:"in_window" doc:"All of its delivery dates."`
	ValidUntil      time.Time  `json:"valid_until"`
	ValidForMinutes int64      `json:"valid_for_minutes" doc:"What is left of its validity; 0 when it has run out."`

	Claims  []ComparedMark `json:"claims"  doc:"Marks that will be valid on all its delivery dates, as the certificates stand now."`
	Lapsing []ComparedMark `json:"lapsing" doc:"Marks valid today that will have lapsed by then."`
	Missing []string       `json:"missing" doc:"Schemes the line asks for that the goods will not carry."`

	Deviations  []Deviation `json:"deviations"`
	Performance Performance `json:"performance"`
	Invented    bool        `json:"invented,omitempty"`
}

// ComparedPrice is what a quote asks per unit at the asked quantity, and why that.
type ComparedPrice struct {
	PriceVND    money.VND `json:"price_vnd" doc:"What an award of the compared quantity is committed at, per unit net of tie."`
	Applies     string    `json:"applies" enum:"quote,tier,scale" doc:"quote: this price for any quantity awarded. tier: the price of the compared quantity's tier. scale: the sizes found at the scale decide what is owed; price_vnd is what an award is committed at until then."`
	Explanation string    `json:"explanation"`
	// Tiers begin at nothing where there are any.
	Tiers      []catalog.PriceTier `json:"price_tiers,omitempty" doc:"What an award of another quantity is committed at, per unit net of tie, ascending from nothing."`
	QuotedVND  money.VND           `json:"quoted_vnd,omitempty" doc:"As the producer named it, where that is for a unit gross, with its tie."`
	Tie        quantity.Quantity   `json:"tie,omitempty" doc:"Units gross for each unit net."`
	SizePrices []SizePrice         `json:"size_prices,omitempty"`
	LowestVND  money.VND           `json:"lowest_vnd,omitempty"  doc:"Of the size prices."`
	HighestVND money.VND           `json:"highest_vnd,omitempty" doc:"Of the size prices."`
	// ListedVND is what the tiers of the offer behind it ask; shown only when buyers see them.
	ListedVND money.VND `json:"listed_vnd,omitempty" doc:"What the price tiers of the offer behind the quote ask at the asked quantity, where you may see them. The quote's own price holds."`
}

// ComparedMark is a mark with the certificate behind it.
type ComparedMark struct {
	Scheme     string     `json:"scheme"`
	Name       string     `json:"name"`
	Number     string     `json:"number"`
	ValidUntil civil.Date `json:"valid_until,omitzero"`
}

// Remark is a fact with its words.
type Remark struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Deviation is a respect in which a quote is not what was asked for.
type Deviation struct {
	Code  string `json:"code" enum:"delivery_before_window,delivery_after_window,less_than_asked,other_form,other_grade,grade_differs,claim_missing,claim_lapses,expired,below_offer_minimum,off_offer_multiple,sooner_than_lead_time,more_than_lot,above_target_price"`
	Text  string `json:"text"`
	Miss  bool   `json:"miss" doc:"It misses the requirement; else it is worth knowing."`
	About string `json:"about,omitempty" doc:"The scheme or grade field meant."`
}

// ProducerAnswer is what a producer said to an inquiry.
type ProducerAnswer struct {
	Producer   Party      `json:"producer"`
	Invited    bool       `json:"invited"`
	Answer     string     `json:"answer" enum:"quoted,declined,withdrawn,silent"`
	Quotes     int        `json:"quotes,omitempty" doc:"How many quotes are current."`
	DeclinedAt *time.Time `json:"declined_at,omitempty"`
	Note       string     `json:"note,omitempty"`
}

// comparer holds what quotes are compared by.
type comparer struct {
	wording

	now           time.Time
	terms         Terms
	marks         map[catalog.ProductDay][]catalog.Mark
	records       trackRecords
	organisations map[uuid.UUID]identity.Organisation
}

func (c *comparer) compare(line lineRecord, quotes []*quoteRecord) (ComparedLine, error) {
	wanted, err := gradeWanted(line.Grade.V)
	if err != nil {
		return ComparedLine{}, err
	}
	answered := line.answer()
	compared := ComparedLine{
		ID: line.ID, Position: line.Position, ProductLine: line.ProductLine, LineName: c.line(line.ProductLine),
		Form: line.Form, Grade: c.grade(line.ProductLine, wanted), Schemes: answered.Schemes, Quantity: line.Quantity,
		Unit: line.Unit, DeliverFrom: line.DeliverFrom, DeliverTo: line.DeliverTo, TargetPriceVND: line.TargetPriceVND,
		Quotes: make([]ComparedQuote, 0, len(quotes)), Truncated: len(quotes) > maxCompared,
	}
	for _, q := range quotes[:min(len(quotes), maxCompared)] {
		compared.Quotes = append(compared.Quotes, c.quote(line, wanted, q))
	}
	rank(compared.Quotes)
	return compared, nil
}

func (c *comparer) quote(line lineRecord, wanted reference.Grade, q *quoteRecord) ComparedQuote {
	producer := c.organisations[q.ProducerID]
	amount := min(q.Quantity, line.Quantity)
	today := c.marks[catalog.ProductDay{ProductID: q.ProductID, Day: reference.Day(c.now)}]
	claims := c.throughout(q)
	compared := ComparedQuote{
		QuoteID: q.ID, Version: q.Version, Alternative: q.Alternative, State: quoteState(q.Stage, q.Awarded, q.Quantity, q.ValidUntil, c.now),
		Producer: Party{ID: q.ProducerID, Name: producer.Name}, ProductID: q.ProductID, ProductName: q.deal.ProductName,
		Form: q.deal.Form, Grade: c.grade(q.deal.Line, q.deal.Grade), Price: c.price(line, q), Quantity: q.Quantity,
		Asked: line.Quantity, Compared: amount, Unit: q.Unit, ValueVND: money.Value(q.netPrice(amount), amount), DeliverOn: q.DeliverOn,
		InWindow: !q.DeliverOn.Before(line.DeliverFrom) && !last(q.DeliverOn, q.Split.V).After(line.DeliverTo), Split: q.Split.V,
		FreightVND: q.FreightVND,
		ValidUntil: q.ValidUntil, ValidForMinutes: max(int64(q.ValidUntil.Sub(c.now)/time.Minute), 0),
		Claims: claims, Lapsing: c.named(today, claims), Missing: []string{},
		Performance: c.performance(q.ProducerID, line), Invented: producer.Fictional,
	}
	for _, scheme := range line.Schemes {
		if !carries(claims, scheme) {
			compared.Missing = append(compared.Missing, scheme)
		}
	}
	compared.LandedPriceVND, compared.LandedUnknown = c.landed(compared.Price.PriceVND, q.FreightVND)
	compared.Deviations = c.deviations(line, wanted, q, compared)
	compared.Meets = !slices.ContainsFunc(compared.Deviations, func(d Deviation) bool { return d.Miss })
	return compared
}

// named lists marks, each scheme once with the certificate that lasts longest, without those held.
func (c *comparer) named(marks []catalog.Mark, held []ComparedMark) []ComparedMark {
	listed := []ComparedMark{}
	for _, mark := range marks {
		if carries(held, mark.Scheme) || carries(listed, mark.Scheme) {
			continue
		}
		listed = append(listed, ComparedMark{Scheme: mark.Scheme, Name: c.scheme(mark.Scheme), Number: mark.Number, ValidUntil: mark.ValidUntil})
	}
	return listed
}

func carries(marks []ComparedMark, scheme string) bool {
	return slices.ContainsFunc(marks, func(m ComparedMark) bool { return m.Scheme == scheme })
}

// throughout names the marks that the goods of a quote carry on all its delivery dates.
func (c *comparer) throughout(q *quoteRecord) []ComparedMark {
	on := days(q.DeliverOn, q.Split.V)
	marks := c.named(c.marks[catalog.ProductDay{ProductID: q.ProductID, Day: on[len(on)-1]}], nil)
	for _, day := range on[:len(on)-1] {
		then := c.named(c.marks[catalog.ProductDay{ProductID: q.ProductID, Day: day}], nil)
		marks = slices.DeleteFunc(marks, func(m ComparedMark) bool { return !carries(then, m.Scheme) })
	}
	return marks
}

// price says what applies at the asked quantity: the quote's own price or the tier of the quantity,
// net of tie. Where there are size prices, what is owed follows from the scale.
func (c *comparer) price(line lineRecord, q *quoteRecord) ComparedPrice {
	terms, amount := q.terms(), min(q.Quantity, line.Quantity)
	tier := terms.tierOf(amount, q.PriceVND)
	price := ComparedPrice{PriceVND: terms.net(tier.PriceVND), Applies: "quote", Explanation: c.say(priceQuoted), SizePrices: q.SizePrices.V, Tie: q.Tie}
	if len(terms.PriceTiers) > 0 {
		price.Applies, price.Explanation = "tier", c.say(priceOfTier, "from", c.amount(tier.FromQuantity, q.Unit))
		for _, one := range append([]catalog.PriceTier{{PriceVND: q.PriceVND}}, terms.PriceTiers...) {
			price.Tiers = append(price.Tiers, catalog.PriceTier{FromQuantity: one.FromQuantity, PriceVND: terms.net(one.PriceVND)})
		}
	}
	if sizes := q.SizePrices.V; len(sizes) > 0 {
		byPrice := func(a, b SizePrice) int { return cmp.Compare(a.PriceVND, b.PriceVND) }
		price.Applies, price.LowestVND, price.HighestVND = "scale", slices.MinFunc(sizes, byPrice).PriceVND, slices.MaxFunc(sizes, byPrice).PriceVND
		price.Explanation = c.say(priceByScale, "lowest", c.wording.price(price.LowestVND), "highest", c.wording.price(price.HighestVND))
	}
	if q.PriceGross {
		price.QuotedVND = tier.PriceVND
		price.Explanation += " " + c.say(priceGross, "quoted", c.wording.price(tier.PriceVND), "tie", c.number(q.Tie))
	}
	if shown := q.deal.Visibility; !q.OfferMade && (shown == catalog.Public || shown == catalog.Buyers) {
		price.ListedVND, _ = catalog.PriceAt(q.deal.PriceTiers, line.Quantity)
	}
	return price
}

// landed is the price with freight, or why that is not known.
func (c *comparer) landed(price money.VND, said *money.VND) (*money.VND, *Remark) {
	freight, known := freightBeside(said, c.terms.PriceBasis)
	switch {
	case known:
		return new(price + freight), nil
	case c.terms.PriceBasis == basisFarmGate:
		return nil, &Remark{Code: "freight_unknown", Text: c.say(freightUnknown)}
	default:
		return nil, &Remark{Code: "price_basis_unsaid", Text: c.say(priceBasisUnsaid)}
	}
}

// rank numbers the quotes that meet everything by landed price and puts all in order: by landed price,
// and after those where it is unknown by price.
func rank(quotes []ComparedQuote) {
	slices.SortStableFunc(quotes, func(a, b ComparedQuote) int {
		return cmp.Or(cmp.Compare(strconv.FormatBool(b.Meets), strconv.FormatBool(a.Meets)),
			cmp.Compare(strconv.FormatBool(b.LandedPriceVND != nil), strconv.FormatBool(a.LandedPriceVND != nil)),
			cmp.Compare(a.cost(), b.cost()), cmp.Compare(a.QuoteID.String(), b.QuoteID.String()))
	})
	for at := range quotes {
		if !quotes[at].Meets || quotes[at].LandedPriceVND == nil {
			break
		}
		place := at + 1
		if at > 0 && *quotes[at-1].LandedPriceVND == *quotes[at].LandedPriceVND {
			place = *quotes[at-1].Rank
		}
		quotes[at].Rank = &place
	}
}

// cost is the landed price where it is known, else the price.
func (q *ComparedQuote) cost() money.VND {
	if q.LandedPriceVND != nil {
		return *q.LandedPriceVND
	}
	return q.Price.PriceVND
}

// gradeWanted restores the grade of a line, whose whole numbers the column gives as it likes.
func gradeWanted(stored map[string]any) (reference.Grade, error) {
	if len(stored) == 0 {
		return nil, nil //nolint:nilnil // no grade is asked for
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return nil, fmt.Errorf("reading a grade: %w", err)
	}
	var grade reference.Grade
	err = grade.UnmarshalJSON(text)
	return grade, err
}
