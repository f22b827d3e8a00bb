package identity

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Organisation is a producer, buyer or authority, as the API answers it. A producer's id in the
// catalogue is its organisation's id.
type Organisation struct {
	ID     uuid.UUID         `db:"id"      doc:"The organisation; for a producer also the producer's id in the catalogue." json:"id"`
	Kind   OrganisationKind  `db:"kind"    enum:"producer,buyer,authority" json:"kind"`
	Name   string            `db:"name"    json:"name"`
	NameEN string            `db:"name_en" json:"name_en,omitempty"`
	State  OrganisationState `db:"state"   enum:"applied,approved,rejected,suspended" json:"state"`
	// LegalForm is a producer's; see LegalForms.
	LegalForm string `db:"legal_form" doc:"A producer's legal form; see /v1/legal-forms." json:"legal_form,omitempty"`
	// OCOPSubject follows from the legal form: a collector holds no OCOP recognition.
	OCOPSubject bool   `db:"ocop_subject" doc:"Whether the legal form can hold an OCOP recognition." json:"ocop_subject"`
	CommuneCode string `db:"commune_code" doc:"Commune or ward of the seat, five digits." json:"commune_code,omitempty"`
	Province    string `db:"province"     doc:"96 is Cà Mau, 79 is TPHCM." json:"province"`
	BuyerSystem string `db:"buyer_system" doc:"Retail system of a buyer; see /v1/reference/buyer-systems." json:"buyer_system,omitempty"`
	BuyerKind   string `db:"buyer_kind"   json:"buyer_kind,omitempty"`
	TaxCode     string `db:"tax_code"     json:"tax_code,omitempty"`
	Fictional   bool   `db:"fictional"    doc:"Invented for demonstration; its name says so too." json:"fictional"`
	// Reason is why it was rejected or suspended.
	Reason    string    `db:"reason"     doc:"Why it was rejected or suspended." json:"reason,omitempty"`
	Version   int64     `db:"version"    doc:"Also the ETag." json:"version"`
	CreatedAt time.Time `db:"created_at" json:"created_at"`
	UpdatedAt time.Time `db:"updated_at" json:"updated_at"`
}

// Legal forms of producers; the table identity.legal_forms holds their names.
const (
	Cooperative      = "cooperative"
	CooperativeGroup = "cooperative_group"
	Enterprise       = "enterprise"
	Household        = "household"
	// Collector (vựa) buys from farms and sells on; it is no OCOP subject.
	Collector = "collector"
)

// BuyerKinds are the kinds of buyers; a buyer without a retail system is one of the last.
func BuyerKinds() []string {
	return []string{
		"supermarket_chain", "hypermarket", "minimart_chain", "convenience_chain", "wholesale", "caterer", "independent",
	}
}

// decision is a step in an organisation's life, taken by whoever oversees it.
type decision string

const (
	approve   decision = "approve"
	reject    decision = "reject"
	suspend   decision = "suspend"
	reinstate decision = "reinstate"
)

// decisions is the whole life cycle (PRODUCT.md): what is not here is refused.
//
//nolint:gochecknoglobals // a constant table
var decisions = map[decision]struct{ from, to OrganisationState }{
	approve:   {Applied, Approved},
	reject:    {Applied, Rejected},
	suspend:   {Approved, Suspended},
	reinstate: {Suspended, Approved},
}

// next returns the state after a decision, or ErrOrganisationState.
func next(state OrganisationState, taken decision) (OrganisationState, error) {
	step, known := decisions[taken]
	if !known || step.from != state {
		return "", ErrOrganisationState.With("state", state, "action", string(taken))
	}
	return step.to, nil
}

// maySee reports whether the principal may know of the organisation: members of it and those who
// oversee its kind.
func maySee(who Principal, organisation Organisation) bool {
	return who.SignedIn() && (who.OrganisationID == organisation.ID || who.Oversees(organisation.Kind))
}

func isBuyerKind(kind string) bool { return slices.Contains(BuyerKinds(), kind) }
