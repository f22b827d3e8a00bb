package reference

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/vietnamese"
	"github.com/ocop-market/ocop/pkg/web"
)

// Mount registers the endpoints that show the facts to everybody. Lists are whole: none is long
// enough to page.
func Mount(api *web.API, book *Book) {
	whole, err := newAnswer(book.Communes())
	web.Register(api, operation("communes", "Communes, wards and special zones",
		"The 64 of Cà Mau (province 96) and the 168 of Ho Chi Minh City (79) with the former districts they were made of. "+
			"A commune made of two former districts is found under both."),
		func(_ context.Context, in *communesInput) (*answer[Commune], error) {
			if err != nil {
				return nil, err
			}
			return in.find(book, whole)
		})
	mountList(api, operation("lines", "Product lines",
		"Product lines with their forms and the grade fields that describe their goods."), book.Lines())
	mountList(api, operation("schemes", "Certification schemes",
		"Schemes, what their certificates cover and how long they live. What is marked unverified is shown, never enforced."),
		book.Schemes())
	mountList(api, operation("scope-kinds", "Kinds of scopes", "What a certificate can cover."), book.ScopeKinds())
	mountList(api, operation("certificate-reasons", "Reasons of decisions",
		"Why certificates are rejected and revoked. Own words are allowed beside and instead of them."), book.DecisionReasons())
	mountList(api, operation("ocop-groups", "OCOP product groups", "The six groups of QĐ 148/QĐ-TTg (2023)."), book.Groups())
	mountList(api, operation("units", "Units", "Units in which goods are sold."), book.Units())
	mountList(api, operation("buyer-systems", "Retail systems",
		"Retail systems of Ho Chi Minh City with their brands."), book.BuyerSystems())
	mountList(api, operation("tides", "Spring tides",
		"The tides of the lunar month at which extensive ponds harvest (con nước rong). What is not verified is usual, not published."),
		book.Tides())
}

func operation(name, summary, description string) web.Operation {
	return web.Operation{
		ID: "list-reference-" + name, Method: http.MethodGet, Path: "/v1/reference/" + name,
		Summary: summary, Description: description, Tag: "reference", Access: web.Access{Anonymous: true},
	}
}

// Conditional is the part of a request that asks for changes only. It is exported because huma
// does not see fields of embedded types that are not.
type Conditional struct {
	IfNoneMatch string `header:"If-None-Match" maxLength:"2048" doc:"ETags already known; 304 when one is still right."`
}

// answer is a whole list with its validator.
type answer[T any] struct {
	Status       int
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         web.List[T]
}

// newAnswer tags a list with the hash of its content, so the tag holds across processes and
// restarts and changes with the facts or their JSON.
func newAnswer[T any](items []T) (*answer[T], error) {
	content, err := json.Marshal(items)
	if err != nil {
		return nil, fmt.Errorf("writing reference facts: %w", err)
	}
	return &answer[T]{
		ETag: tag(content), CacheControl: "no-cache", Body: web.List[T]{Items: orEmpty(items)},
	}, nil
}

func tag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// unless returns the answer, or its 304 when the client has it already.
func (a *answer[T]) unless(ifNoneMatch string) *answer[T] {
	if !knows(ifNoneMatch, a.ETag) {
		return a
	}
	return &answer[T]{Status: http.StatusNotModified, ETag: a.ETag, CacheControl: a.CacheControl}
}

// knows reports whether If-None-Match names the tag, compared weakly (RFC 9110, 13.1.2).
func knows(ifNoneMatch, tag string) bool {
	for candidate := range strings.SplitSeq(ifNoneMatch, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}

func mountList[T any](api *web.API, op web.Operation, items []T) {
	whole, err := newAnswer(items)
	web.Register(api, op, func(_ context.Context, in *Conditional) (*answer[T], error) {
		if err != nil {
			return nil, err
		}
		return whole.unless(in.IfNoneMatch), nil
	})
}

type communesInput struct {
	Conditional

	Province       string `query:"province"        maxLength:"2"   doc:"79 or 96." example:"96"`
	FormerDistrict string `query:"former_district" maxLength:"100" doc:"A former district by name, with or without marks and kind, or by code." example:"thoi binh"`
	Q              string `query:"q"               maxLength:"100" doc:"Part of the name, with or without marks." example:"dam doi"`
}

func (in *communesInput) find(book *Book, whole *answer[Commune]) (*answer[Commune], error) {
	if in.Province != "" && !book.hasProvince(in.Province) {
		return nil, fault.ErrUnknownValue.At("province", "value", in.Province, "allowed", HoChiMinh+", "+CaMau)
	}
	if in.Province == "" && in.FormerDistrict == "" && in.Q == "" {
		return whole.unless(in.IfNoneMatch), nil
	}
	found := &answer[Commune]{CacheControl: whole.CacheControl}
	// The whole list's tag stands for the content, the codes for the choice made of it.
	content := []byte(whole.ETag)
	for _, commune := range book.searchCommunes(in.Province, in.FormerDistrict, in.Q) {
		found.Body.Items = append(found.Body.Items, commune)
		content = append(content, commune.Code...)
	}
	found.Body.Items = orEmpty(found.Body.Items)
	found.ETag = tag(content)
	return found.unless(in.IfNoneMatch), nil
}

func (b *Book) hasProvince(code string) bool {
	for _, province := range b.provinces {
		if province.Code == code {
			return true
		}
	}
	return false
}

// searchCommunes lists the communes that meet every condition that is not empty, by code.
func (b *Book) searchCommunes(province, formerDistrict, q string) []Commune {
	of := make(map[string]bool)
	for _, commune := range b.communesByDistrict[vietnamese.Fold(formerDistrict)] {
		of[commune.Code] = true
	}
	folded := vietnamese.Fold(q)
	var found []Commune
	for i, commune := range b.communes {
		if (province == "" || commune.Province == province) &&
			(formerDistrict == "" || of[commune.Code]) &&
			strings.Contains(b.foldedCommune[i], folded) {
			found = append(found, commune)
		}
	}
	return found
}
