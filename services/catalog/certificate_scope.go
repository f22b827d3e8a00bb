package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/reference"
)

// Limits of a scope.
const (
	MaxScopes        = 20
	MaxScopeProducts = 200
	MaxMembers       = 1000
	MaxSite          = 200
)

// groupScope is the kind of scope that has members and a ceiling.
const groupScope = "group"

// productScope is the kind of scope that names products.
const productScope = "product"

// Scope is one part of what a certificate covers. It covers the products it names; one that names
// none covers the holder's products of its lines. A group covers those of its members as well.
type Scope struct {
	Kind       string            `json:"kind,omitempty"        enum:"organisation,facility,farm_area,group,product,chain_of_custody,brand_right" doc:"May be left out where the scheme has one kind."`
	Name       string            `json:"name,omitempty"        maxLength:"200"  doc:"Of the plant, farm or group, as the certificate names it."`
	Site       string            `json:"site,omitempty"        maxLength:"200"  doc:"Where it lies, as the certificate says."`
	Commune    string            `json:"commune,omitempty"     maxLength:"5"    doc:"Code of the commune where it lies."`
	System     string            `json:"system,omitempty"      maxLength:"100"  doc:"The retail system it is given for, where the scheme is one for each system."`
	ProductIDs []uuid.UUID       `json:"product_ids,omitempty" maxItems:"200"   doc:"The products it names; for one that names none, lines."`
	Lines      []string          `json:"lines,omitempty"       maxItems:"50"    doc:"The lines it covers when it names no product; those of the scheme when left out."`
	Note       string            `json:"note,omitempty"        maxLength:"1000" doc:"Whatever else the certificate says of it."`
	AreaHa     quantity.Quantity `json:"area_ha,omitzero"      doc:"Certified area, hectares."`
	CeilingKg  quantity.Quantity `json:"ceiling_kg,omitzero"   doc:"Groups: the most that may be sold under the claim of this scope in a calendar year, kg."`
	Members    []Member          `json:"members,omitempty"     maxItems:"1000"  doc:"Groups: the farms in it. A member that sells on this market shows the mark on its products too, unless it sells on what others grew."`
}

// Member is a farm of a group.
type Member struct {
	ProducerID uuid.UUID         `json:"producer_id,omitzero" doc:"When it sells on this market."`
	Name       string            `json:"name,omitempty"       maxLength:"200" doc:"As the certificate names it; the organisation's name when left out."`
	AreaHa     quantity.Quantity `json:"area_ha,omitzero"     doc:"Hectares."`
}

// checkScopes applies the rules of scopes and fills in what may be left out.
func (n *NewCertificate) checkScopes(complaints *fault.Collector, book *reference.Book, scheme reference.Scheme, today civil.Date) {
	single := len(n.Scopes) == 0
	if single {
		n.Scopes = []Scope{n.Scope}
	} else if !n.Scope.empty() {
		complaints.Add("scope", fault.ErrNotAllowedHere, "reason", "scopes")
	}
	n.Scope = Scope{}
	if len(n.Scopes) > MaxScopes {
		complaints.Add("scopes", ErrTooMany, "max", MaxScopes)
		return
	}
	n.Scopes = slices.Clone(n.Scopes)
	for i := range n.Scopes {
		pointer := "scope"
		if !single {
			pointer = fmt.Sprintf("scopes[%d]", i)
		}
		n.Scopes[i].check(complaints, pointer+".", book, scheme, today)
	}
}

func (c *Scope) empty() bool {
	return c.Kind == "" && c.Name == "" && c.Site == "" && c.Commune == "" && c.System == "" && len(c.ProductIDs) == 0 &&
		len(c.Lines) == 0 && c.Note == "" && c.AreaHa == 0 && c.CeilingKg == 0 && len(c.Members) == 0
}

func (c *Scope) check(complaints *fault.Collector, at string, book *reference.Book, scheme reference.Scheme, today civil.Date) {
	c.Name, c.Site, c.Note = oneLine(c.Name), oneLine(c.Site), strings.TrimSpace(c.Note)
	tooLong(complaints, at+"name", c.Name, MaxSite)
	tooLong(complaints, at+"site", c.Site, MaxSite)
	tooLong(complaints, at+"note", c.Note, MaxNote)
	if c.Kind == "" && len(scheme.Scopes) == 1 {
		c.Kind = scheme.Scopes[0]
	}
	if !scheme.Covers(c.Kind) {
		complaints.Add(at+"kind", ErrScopeKind, "scheme", scheme.Code, "allowed", strings.Join(scheme.Scopes, ", "))
	}
	if _, known := book.Commune(c.Commune); c.Commune != "" && !known {
		complaints.Add(at+"commune", fault.ErrUnknownValue, "value", c.Commune, "allowed", "/v1/reference/communes")
	}
	c.checkSystem(complaints, at, book, scheme)
	hectares(complaints, at+"area_ha", c.AreaHa)
	c.checkGroup(complaints, at)
	c.checkGoods(complaints, at, scheme, today)
}

// checkSystem: a mark that each retail system gives by itself says which one gave it.
func (c *Scope) checkSystem(complaints *fault.Collector, at string, book *reference.Book, scheme reference.Scheme) {
	switch _, known := book.BuyerSystem(c.System); {
	case scheme.PerSystem && c.System == "":
		complaints.Add(at+"system", ErrScopeSystem, "scheme", scheme.Code)
	case !scheme.PerSystem && c.System != "":
		complaints.Add(at+"system", fault.ErrNotAllowedHere, "reason", scheme.Code)
	case c.System != "" && !known:
		complaints.Add(at+"system", fault.ErrUnknownValue, "value", c.System, "allowed", "/v1/reference/buyer-systems")
	}
}

// checkGroup: members and a ceiling are a group's, each member is named once.
func (c *Scope) checkGroup(complaints *fault.Collector, at string) {
	if c.Kind != groupScope {
		if c.CeilingKg != 0 {
			complaints.Add(at+"ceiling_kg", fault.ErrNotAllowedHere, "reason", c.Kind)
		}
		if len(c.Members) > 0 {
			complaints.Add(at+"members", fault.ErrNotAllowedHere, "reason", c.Kind)
		}
		return
	}
	if c.CeilingKg < 0 || c.CeilingKg > quantity.Max {
		complaints.Add(at+"ceiling_kg", fault.ErrOutOfRange, "min", 0, "max", quantity.Max)
	}
	if len(c.Members) > MaxMembers {
		complaints.Add(at+"members", ErrTooMany, "max", MaxMembers)
		return
	}
	c.Members = slices.Clone(c.Members)
	seen := make(map[uuid.UUID]bool)
	for i := range c.Members {
		member, pointer := &c.Members[i], fmt.Sprintf("%smembers[%d].", at, i)
		member.Name = oneLine(member.Name)
		tooLong(complaints, pointer+"name", member.Name, MaxSite)
		hectares(complaints, pointer+"area_ha", member.AreaHa)
		switch {
		case member.ProducerID == uuid.Nil && member.Name == "":
			complaints.Add(pointer+"name", fault.ErrRequired)
		case member.ProducerID != uuid.Nil && seen[member.ProducerID]:
			complaints.Add(pointer+"producer_id", ErrMemberTwice)
		}
		seen[member.ProducerID] = true
	}
}

func hectares(complaints *fault.Collector, at string, area quantity.Quantity) {
	if area < 0 || area > quantity.Max {
		complaints.Add(at, fault.ErrOutOfRange, "min", 0, "max", quantity.Max)
	}
}

// checkGoods: a scope names products, or covers lines that the scheme fits.
func (c *Scope) checkGoods(complaints *fault.Collector, at string, scheme reference.Scheme, today civil.Date) {
	c.ProductIDs = slices.Clone(c.ProductIDs)
	slices.SortFunc(c.ProductIDs, func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	c.ProductIDs = slices.Compact(c.ProductIDs)
	if len(c.ProductIDs) > MaxScopeProducts {
		complaints.Add(at+"product_ids", ErrTooMany, "max", MaxScopeProducts)
	}
	if len(c.ProductIDs) > 0 {
		c.Lines = nil
		return
	}
	fits := scheme.LinesOn(today)
	if c.Kind == productScope || (len(fits) == 0 && len(c.Lines) == 0) {
		complaints.Add(at+"product_ids", ErrScopeProducts)
		return
	}
	if len(c.Lines) == 0 {
		c.Lines = fits
	}
	for i, line := range c.Lines {
		if !slices.Contains(fits, line) {
			complaints.Add(fmt.Sprintf("%slines[%d]", at, i), ErrScopeLines, "scheme", scheme.Code, "line", line)
		}
	}
	c.Lines = slices.Clone(c.Lines)
	slices.Sort(c.Lines)
	c.Lines = slices.Compact(c.Lines)
}
