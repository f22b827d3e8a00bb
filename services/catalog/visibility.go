package catalog

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/services/identity"
)

// Areas of the API that a key's scopes name: reading the catalogue, what a producer has to supply
// (with the decisions about it), and trade, which needs to see both.
const (
	readArea   = "catalogue"
	supplyArea = "supply"
	tradeArea  = "trade"
)

// Visibility says who sees the price and the remaining volume of an offer.
type Visibility string

// The visibilities of an offer.
const (
	Public    Visibility = "public"
	Buyers    Visibility = "buyers"
	OnRequest Visibility = "on_request"
)

func (v Visibility) known() bool { return v == Public || v == Buyers || v == OnRequest }

// class is what a reader counts as when the same answer serves many: cached pages are kept apart
// by it.
type class string

const (
	anybody  class = "anybody"
	buyer    class = "buyer"
	official class = "official"
)

// viewer is a reader of the catalogue.
type viewer struct {
	class class
	// own is the producer whose things the reader sees whole; zero for all others.
	own uuid.UUID
	// cached says that an answer up to a second old will do: the reader changes nothing here.
	cached bool
}

// viewerOf says what a principal may see. An API key that is not for the catalogue, and an
// organisation that is not approved, see what anybody sees.
//
// Whoever changed something a moment ago reads past the cache: an award that a buyer made moves
// what remains of an offer.
func viewerOf(who identity.Principal) viewer {
	v := classOf(who)
	v.cached = v.cached && !who.ChangedLately
	return v
}

func classOf(who identity.Principal) viewer {
	if !who.SignedIn() {
		return viewer{class: anybody, cached: true}
	}
	entitled := who.MayRead(readArea) == nil || who.MayRead(supplyArea) == nil || who.MayRead(tradeArea) == nil
	switch {
	case !entitled && who.Is(identity.Producer):
		return viewer{class: anybody}
	case !entitled:
		return viewer{class: anybody, cached: true}
	case who.Administrator, who.Official():
		return viewer{class: official}
	case who.Is(identity.Producer):
		return viewer{class: anybody, own: who.OrganisationID}
	case who.Is(identity.Buyer) && who.Approved:
		return viewer{class: buyer, cached: true}
	default:
		return viewer{class: anybody, cached: true}
	}
}

// owns reports whether the thing is the reader's own.
func (v viewer) owns(producer uuid.UUID) bool { return v.own != uuid.Nil && v.own == producer }

// seesPrice reports whether the reader sees the price of an offer. Officials do not: prices are
// for them aggregates of at least three organisations. The SQL of seesPrice in search.go agrees.
func (v viewer) seesPrice(producer uuid.UUID, visibility Visibility) bool {
	return v.owns(producer) || visibility == Public || (visibility == Buyers && v.class == buyer)
}

// seesRemaining reports whether the reader sees the volumes of an offer; officials see all.
func (v viewer) seesRemaining(producer uuid.UUID, visibility Visibility) bool {
	return v.seesPrice(producer, visibility) || v.class == official
}

// seesProduct reports whether the reader may know of a product at all. What is not published, and
// what belongs to a producer who is not approved, is for its owner and for officials.
func (v viewer) seesProduct(producer uuid.UUID, state ProductState, approved bool) bool {
	return v.owns(producer) || v.class == official || (state == Published && approved)
}

// trim leaves out of an offer what the reader may not see.
func (v viewer) trim(offer Offer, producer uuid.UUID) Offer {
	if !v.owns(producer) && v.class != official {
		offer.Quantity, offer.Committed = nil, nil
	}
	if !v.owns(producer) {
		// When a price that is kept from the reader changed is nobody else's business either.
		offer.Version, offer.UpdatedAt, offer.SeriesID = 0, time.Time{}, uuid.Nil
	}
	if !v.seesPrice(producer, offer.Visibility) {
		offer.PriceTiers, offer.PriceOnTheDay = nil, false
	}
	if !v.seesRemaining(producer, offer.Visibility) {
		offer.Remaining = nil
	}
	return offer
}
