package inquiry

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// Contract is the summary of an award as its paper states it. It is set down once, when one of the
// parties first asks for it, and does not change afterwards.
type Contract struct {
	AwardID     uuid.UUID       `json:"award_id"`
	AwardedAt   time.Time       `json:"awarded_at"`
	SetDownAt   time.Time       `json:"set_down_at"`
	InquiryID   uuid.UUID       `json:"inquiry_id"`
	Position    int             `json:"position"`
	QuoteID     uuid.UUID       `json:"quote_id"`
	Buyer       ContractParty   `json:"buyer"`
	Seller      ContractParty   `json:"seller"`
	ProductLine string          `json:"line"`
	Form        string          `json:"form"`
	ProductID   uuid.UUID       `json:"product_id"`
	ProductName string          `json:"product_name"`
	Grade       reference.Grade `json:"grade"`
	// Asked is the grade the inquiry's line asks for; Schemes the certificates it asks for.
	Asked      reference.Grade   `json:"asked"`
	Schemes    []string          `json:"schemes"`
	Quantity   quantity.Quantity `json:"quantity"`
	Unit       string            `json:"unit"`
	PriceVND   money.VND         `json:"price_vnd"`
	SizePrices []SizePrice       `json:"size_prices"`
	// Tie and PriceGross are as the award has them.
	Tie        quantity.Quantity `json:"tie,omitzero"`
	PriceGross bool              `json:"price_gross,omitempty"`
	ValueVND   money.VND         `json:"value_vnd"`
	// FreightVND is for each unit, beside the price and the value; nil where the quote says nothing.
	FreightVND *money.VND `json:"freight_vnd,omitempty"`
	// LandedVND is the value with the freight of the whole; nil where freight is not known.
	LandedVND *money.VND `json:"landed_vnd,omitempty"`
	Terms     Terms      `json:"terms"`
	DeliverTo Place      `json:"deliver_to"`
	DeliverOn civil.Date `json:"deliver_on"`
	// Schedule are the dates where there are several, DeliverOn the first.
	Schedule []Part          `json:"schedule,omitempty"`
	Claims   []ContractClaim `json:"claims"`
}

// ContractParty is an organisation as it was when the contract was set down.
type ContractParty struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"`
	NameEN      string    `json:"name_en"`
	TaxCode     string    `json:"tax_code"`
	CommuneCode string    `json:"commune_code"`
	Fictional   bool      `json:"fictional"`
}

// ContractClaim is a mark that the goods were sold with, or that was known to lapse, and the
// certificate behind it; without a number there was none any more when the contract was set down.
type ContractClaim struct {
	Scheme     string     `json:"scheme"`
	Number     string     `json:"number"`
	ValidUntil civil.Date `json:"valid_until,omitzero"`
	Lapses     bool       `json:"lapses"`
}

// ContractCheck is what whoever holds a contract's code learns: nothing that is not on the paper, and
// what became of the award.
type ContractCheck struct {
	Number      string            `json:"number" doc:"Short form of the award's id, as on the paper."`
	AwardedOn   civil.Date        `json:"awarded_on"`
	SetDownAt   time.Time         `json:"set_down_at"`
	Buyer       string            `json:"buyer"`
	Seller      string            `json:"seller"`
	ProductLine string            `json:"line"`
	ProductName string            `json:"product_name"`
	Quantity    quantity.Quantity `json:"quantity"`
	Unit        string            `json:"unit"`
	DeliverOn   civil.Date        `json:"deliver_on"`
	Schedule    []Part            `json:"schedule,omitempty" doc:"The delivery dates where there are several, together the quantity."`
	State       AwardState        `json:"state" enum:"committed,delivering,completed,cancelled" doc:"Where the award stands now."`
	Digest      string            `json:"digest" doc:"Of everything the paper states; it stands on the paper."`
	Matches     *bool             `json:"matches,omitempty" doc:"Whether the digest and the value sent are those of the paper; left out when none was sent."`
	Invented    bool              `json:"invented,omitempty" doc:"Demonstration data."`
}

// Reading is what somebody read off a paper and wants confirmed. Prices are never told by the check,
// only confirmed.
type Reading struct {
	// Digest may have blanks; empty: not asked.
	Digest string
	// ValueVND is not asked when it is 0.
	ValueVND money.VND
}

// contractRecord is a contract as its table holds it.
type contractRecord struct {
	AwardID   uuid.UUID `db:"award_id"`
	Code      string    `db:"code"`
	Facts     string    `db:"facts"`
	Digest    []byte    `db:"digest"`
	SetDownAt time.Time `db:"set_down_at"`
	Cancelled bool      `db:"cancelled"`
}

// digest is what of the sum of the facts stands on the paper: 128 bits.
func (r *contractRecord) digest() string { return hex.EncodeToString(r.Digest[:16]) }

func (r *contractRecord) contract() (Contract, error) {
	var contract Contract
	if err := json.Unmarshal([]byte(r.Facts), &contract); err != nil {
		return Contract{}, fmt.Errorf("reading a contract: %w", err)
	}
	return contract, nil
}

// newContractRecord sets a contract down under a code of its own.
func newContractRecord(contract Contract) (*contractRecord, error) {
	facts, err := json.Marshal(contract)
	if err != nil {
		return nil, fmt.Errorf("writing a contract: %w", err)
	}
	sum := sha256.Sum256(facts)
	made := &contractRecord{AwardID: contract.AwardID, Code: newCode(), Facts: string(facts), Digest: sum[:], SetDownAt: contract.SetDownAt}
	_, err = made.contract() // what cannot be read back must not be set down: it stays for ever
	return made, err
}

// newCode makes a code of 160 random bits: nobody guesses one, so only who holds the paper has it.
func newCode() string {
	var bits [20]byte
	_, _ = rand.Read(bits[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(bits[:]))
}

var codePattern = regexp.MustCompile(`^[a-z2-7]{32}$`)

// shortNumber is the random end of an award's id: its beginning is its time, which many share.
func shortNumber(id uuid.UUID) string { return strings.ToUpper(hex.EncodeToString(id[12:])) }

// check answers whoever holds the code.
func (r *contractRecord) check(contract Contract, state AwardState, read Reading) ContractCheck {
	check := ContractCheck{
		Number: shortNumber(contract.AwardID), AwardedOn: reference.Day(contract.AwardedAt), SetDownAt: contract.SetDownAt,
		Buyer: contract.Buyer.Name, Seller: contract.Seller.Name, ProductLine: contract.ProductLine, ProductName: contract.ProductName,
		Quantity: contract.Quantity, Unit: contract.Unit, DeliverOn: contract.DeliverOn, Schedule: contract.Schedule, State: state, Digest: r.digest(),
		Invented: contract.fictional(),
	}
	digest := strings.ToLower(strings.Join(strings.Fields(read.Digest), ""))
	if digest != "" || read.ValueVND != 0 {
		check.Matches = new((digest == "" || digest == check.Digest) && (read.ValueVND == 0 || read.ValueVND == contract.ValueVND))
	}
	return check
}

func (c *Contract) fictional() bool { return c.Buyer.Fictional || c.Seller.Fictional }

// newContract gathers the facts of an award as they stand.
func newContract(a *awardRecord, r *record, parties map[uuid.UUID]identity.Organisation, marks map[catalog.ProductDay][]catalog.Mark, now time.Time) (Contract, error) {
	line := r.line(a.LineID)
	asked, err := gradeWanted(line.Grade.V)
	if err != nil {
		return Contract{}, err
	}
	contract := Contract{
		AwardID: a.ID, AwardedAt: a.CreatedAt, SetDownAt: now, InquiryID: a.InquiryID, Position: line.Position, QuoteID: a.QuoteID,
		Buyer: contractParty(parties[a.BuyerID]), Seller: contractParty(parties[a.ProducerID]), ProductLine: a.deal.Line, Form: a.deal.Form,
		ProductID: a.ProductID, ProductName: a.deal.ProductName, Grade: a.deal.Grade, Asked: asked, Schemes: line.Schemes,
		Quantity: a.Quantity, Unit: a.Unit, PriceVND: a.PriceVND, SizePrices: a.SizePrices.V,
		Tie: a.Tie, PriceGross: a.PriceGross, ValueVND: money.Value(a.PriceVND, a.Quantity),
		FreightVND: a.FreightVND, LandedVND: a.landed(), Terms: r.Terms.V, DeliverTo: Place{CommuneCode: r.Ward, Note: r.DeliveryNote}, DeliverOn: a.DeliverOn,
		Schedule: a.Schedule.V,
	}
	then := marks[catalog.ProductDay{ProductID: a.ProductID, Day: a.lastDue()}] // what holds then holds throughout
	today := marks[catalog.ProductDay{ProductID: a.ProductID, Day: reference.Day(now)}]
	for _, scheme := range a.Claims {
		contract.Claims = append(contract.Claims, contractClaim(scheme, then, false))
	}
	for _, scheme := range a.Lapsing {
		contract.Claims = append(contract.Claims, contractClaim(scheme, today, true))
	}
	return contract, nil
}

func contractParty(o identity.Organisation) ContractParty {
	return ContractParty{ID: o.ID, Name: o.Name, NameEN: o.NameEN, TaxCode: o.TaxCode, CommuneCode: o.CommuneCode, Fictional: o.Fictional}
}

// contractClaim names the certificate behind a mark that lasts longest.
func contractClaim(scheme string, marks []catalog.Mark, lapses bool) ContractClaim {
	claim := ContractClaim{Scheme: scheme, Lapses: lapses}
	if at := slices.IndexFunc(marks, func(m catalog.Mark) bool { return m.Scheme == scheme }); at >= 0 {
		claim.Number, claim.ValidUntil = marks[at].Number, marks[at].ValidUntil
	}
	return claim
}
