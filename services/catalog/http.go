package catalog

import (
	"context"
	"net/http"
	"strings"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// Tags of the document.
const (
	catalogueTag = "catalogue"
	supplyTag    = "supply"
)

// Mount registers the endpoints of the catalogue.
func Mount(api *web.API, service *Service) {
	mountReads(api, service)
	mountProducts(api, service)
	mountCertificates(api, service)
	mountScans(api, service)
	mountPhotos(api, service)
	mountOffers(api, service)
	mountIdentification(api, service)
	mountSeries(api, service)
	mountLots(api, service)
	mountCeiling(api, service)
	mountGreenTicks(api, service)
	mountAvailability(api, service)
	mountSupply(api, service)
}

// Who may call what.
func producers() web.Access {
	return web.Access{Groups: []string{string(identity.Producer)}, Scope: supplyArea}
}

func deciders() web.Access {
	return web.Access{Groups: []string{"official", "administrator"}, Scope: supplyArea}
}

func supplySide() web.Access {
	return web.Access{Groups: []string{string(identity.Producer), "official", "administrator"}, Scope: supplyArea}
}

// made is the answer of a POST that makes a thing.
type made[T any] struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     T
}

// whole is the answer that holds one thing.
type whole[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// editable reads If-Match of a change that needs it. A tag of the catalogue is a version, and
// behind a dash, in answers that also show what others move, a sum of the bytes: only the version
// is compared.
func editable(header string) Match {
	header = versionsOnly(header)
	return func(version int64) error { return web.CheckIfMatch(header, version) }
}

// ifSent is editable for changes that may come without If-Match.
func ifSent(header string) Match {
	if strings.TrimSpace(header) == "" {
		return nil
	}
	return editable(header)
}

// versionsOnly takes the sums off the tags of an If-Match header.
func versionsOnly(header string) string {
	parts := strings.Split(header, `"`)
	for i := 1; i < len(parts); i += 2 {
		parts[i], _, _ = strings.Cut(parts[i], "-")
	}
	return strings.Join(parts, `"`)
}

// act registers an operation that does one thing to one thing, named in the path.
func act[I, T any](api *web.API, op web.Operation, do func(ctx context.Context, who identity.Principal, in *I) (T, int64, error)) {
	op.Method = http.MethodPost
	web.Register(api, op, func(ctx context.Context, in *I) (*whole[T], error) {
		thing, version, err := do(ctx, identity.FromContext(ctx), in)
		if err != nil {
			return nil, err
		}
		return &whole[T]{ETag: web.ETag(version), Body: thing}, nil
	})
}
