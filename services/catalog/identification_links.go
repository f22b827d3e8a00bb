package catalog

import (
	"strings"

	"github.com/ocop-market/ocop/pkg/gs1"
)

// The types of links that a product's address leads to (GS1 Web Vocabulary, subproperties of
// gs1:linkType).
const (
	linkDefault      = "defaultLink"
	linkPage         = "pip"
	linkMasterData   = "masterData"
	linkTraceability = "traceability"
	// linkAll asks for all of them at once; linkset is its newer name (GS1-Conformant resolver 1.0).
	linkAll = "all"
	linkSet = "linkset"
)

// vocabulary is where GS1 defines its link types.
const gs1Vocabulary = "https://ref.gs1.org/voc/"

// linkTypeOf takes off the prefix or address of GS1's vocabulary from what was asked for.
func linkTypeOf(asked string) string {
	for _, prefix := range []string{"gs1:", gs1Vocabulary, "https://gs1.org/voc/", "https://www.gs1.org/voc/"} {
		if name, ok := strings.CutPrefix(asked, prefix); ok {
			return name
		}
	}
	return asked
}

// target is one link of a set (RFC 9264, 4.2).
type target struct {
	Address   string   `json:"href"`
	Title     string   `json:"title"`
	Type      string   `json:"type,omitempty"`
	Languages []string `json:"hreflang,omitempty"`
}

// linkSetDocument is everything that an address leads to (RFC 9264).
type linkSetDocument struct {
	Sets []map[string]any `json:"linkset" doc:"One context: its anchor, and for each type of link its targets."`
}

// targets are the links of a product's address by their type.
func (p publicPlaces) targets(product Product, lot *Lot, link gs1.Link) map[string][]target {
	page := target{Address: p.productPage(product.ID, link.Lot), Title: product.Name, Languages: []string{"vi"}}
	if p.page != "" {
		page.Type = "text/html"
	}
	return map[string][]target{
		linkDefault:      {page},
		linkPage:         {page},
		linkMasterData:   {{Address: p.link(link), Title: product.Name, Type: "application/ld+json"}},
		linkTraceability: {{Address: p.trace(product, lot), Title: product.Producer.Name, Type: "application/json"}},
	}
}

// linkSetOf is the whole set as a document.
func (p publicPlaces) linkSetOf(product Product, lot *Lot, link gs1.Link) linkSetDocument {
	set := map[string]any{"anchor": p.link(link), "itemDescription": product.Name}
	for kind, targets := range p.targets(product, lot, link) {
		set[gs1Vocabulary+kind] = targets
	}
	return linkSetDocument{Sets: []map[string]any{set}}
}

// redirection is where a request for one type of link is sent; false where there is none.
func (p publicPlaces) redirection(product Product, lot *Lot, link gs1.Link, kind string) (string, bool) {
	targets := p.targets(product, lot, link)[kind]
	if len(targets) == 0 {
		return "", false
	}
	return targets[0].Address, true
}

// linkTypes lists what may be asked for.
func linkTypes() string {
	return "gs1:" + strings.Join([]string{linkDefault, linkMasterData, linkPage, linkTraceability}, ", gs1:") + ", " + linkSet
}
