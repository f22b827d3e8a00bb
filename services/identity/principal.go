package identity

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/reference"
)

// OrganisationKind says which side of the market an organisation stands on.
type OrganisationKind string

// The kinds of organisations. Platform is no organisation's kind: it is what a principal acts as
// who administers the platform and belongs to no organisation.
const (
	Producer  OrganisationKind = "producer"
	Buyer     OrganisationKind = "buyer"
	Authority OrganisationKind = "authority"
	Platform  OrganisationKind = "platform"
)

// Role is what a member may do within the organisation.
type Role string

// The roles. An owner manages members and keys, a member does the work, a viewer reads.
const (
	Owner  Role = "owner"
	Member Role = "member"
	Viewer Role = "viewer"
)

// OrganisationState is where an organisation stands in its life:
// applied → approved ⇄ suspended, or applied → rejected.
type OrganisationState string

// The states of an organisation.
const (
	Applied   OrganisationState = "applied"
	Approved  OrganisationState = "approved"
	Rejected  OrganisationState = "rejected"
	Suspended OrganisationState = "suspended"
)

// Principal is who asks, and with what authority. The zero value is an anonymous visitor.
type Principal struct {
	// UserID is the person. For an API key it is the owner who made the key.
	UserID uuid.UUID
	// OrganisationID is the organisation acted for; zero for a person without one.
	OrganisationID uuid.UUID
	Kind           OrganisationKind
	Role           Role
	// Approved is true in the state approved only.
	Approved bool
	// Suspended organisations read and do not write.
	Suspended bool
	// Province is the organisation's: "96" Cà Mau, "79" TPHCM.
	Province string
	// Administrator runs the platform.
	Administrator bool
	// SessionID is set when a session token was presented.
	SessionID uuid.UUID
	// KeyID and Scopes are set when an API key was presented.
	KeyID  uuid.UUID
	Scopes []string
	// ChangedLately says that something was changed for the organisation within the last seconds:
	// a cache must not show it what was true before.
	ChangedLately bool
}

// systemUser stands for the platform itself in the audit trail; no user row has it.
//
//nolint:gochecknoglobals // a constant; Go has no constant arrays
var systemUser = uuid.MustParse("00000000-0000-7000-8000-000000000001")

// SystemPrincipal is the authority of what the platform does by itself: seeding, workers and the
// command line.
func SystemPrincipal() Principal {
	return Principal{UserID: systemUser, Kind: Platform, Role: Owner, Approved: true, Administrator: true}
}

// platform reports whether the platform itself acts: its people are not told of it by mail.
func (p Principal) platform() bool { return p.UserID == systemUser }

// SignedIn reports whether anybody is known to ask.
func (p Principal) SignedIn() bool { return p.UserID != uuid.Nil }

// Is reports whether the principal acts for an organisation of this kind. It says nothing about
// approval: MayRead and MayWrite do.
func (p Principal) Is(kind OrganisationKind) bool { return p.SignedIn() && p.Kind == kind }

// Official reports whether the principal acts for an approved authority.
func (p Principal) Official() bool { return p.Is(Authority) && p.Approved }

// Oversees reports whether the principal decides about organisations of this kind: Cà Mau's
// officials about producers, TPHCM's about buyers, the administrator about all.
func (p Principal) Oversees(kind OrganisationKind) bool {
	switch {
	case p.Administrator:
		return true
	case !p.Official():
		return false
	default:
		return (p.Province == reference.CaMau && kind == Producer) || (p.Province == reference.HoChiMinh && kind == Buyer)
	}
}

// Groups lists what the principal counts as where the edge decides who may call: "producer",
// "buyer", "official" (approved authorities only) and "administrator".
func (p Principal) Groups() []string {
	groups := make([]string, 0, 2)
	switch {
	case p.Is(Producer), p.Is(Buyer):
		groups = append(groups, string(p.Kind))
	case p.Official():
		groups = append(groups, "official")
	}
	if p.SignedIn() && p.Administrator {
		groups = append(groups, "administrator")
	}
	return groups
}

// MayRead reports whether the principal may read what its organisation has in an area, such as
// "trade". Refused: ErrUnauthenticated, ErrScopeMissing (an API key confined to other areas),
// ErrNotApproved. A suspended organisation reads on.
func (p Principal) MayRead(area string) error {
	if !p.SignedIn() {
		return fault.ErrUnauthenticated.With()
	}
	if !p.holds(area+":read") && !p.holds(area+":write") {
		return ErrScopeMissing.With("scope", area+":read")
	}
	if !p.Approved && !p.Suspended {
		return p.notApproved()
	}
	return nil
}

// MayWrite reports whether the principal may change what its organisation has in an area.
// Refused: ErrUnauthenticated, ErrScopeMissing, ErrReadOnly (a viewer), ErrSuspended,
// ErrNotApproved.
func (p Principal) MayWrite(area string) error {
	switch {
	case !p.SignedIn():
		return fault.ErrUnauthenticated.With()
	case !p.holds(area + ":write"):
		return ErrScopeMissing.With("scope", area+":write")
	case p.Role == Viewer:
		return ErrReadOnly.With()
	case p.Suspended:
		return ErrSuspended.With()
	case !p.Approved:
		return p.notApproved()
	default:
		return nil
	}
}

// notApproved tells a person who belongs nowhere from one whose organisation waits.
func (p Principal) notApproved() error {
	if p.OrganisationID == uuid.Nil {
		return ErrNoOrganisation.With()
	}
	return ErrNotApproved.With()
}

// holds reports whether the scope is granted; whoever has no key is not confined to scopes.
func (p Principal) holds(scope string) bool {
	return p.KeyID == uuid.Nil || slices.Contains(p.Scopes, scope)
}

// Areas lists the areas an API key is confined to; nil for a person.
func (p Principal) Areas() []string {
	if p.KeyID == uuid.Nil {
		return nil
	}
	areas := make([]string, 0, len(p.Scopes))
	for _, scope := range p.Scopes {
		area, _, _ := strings.Cut(scope, ":")
		if !slices.Contains(areas, area) {
			areas = append(areas, area)
		}
	}
	return areas
}
