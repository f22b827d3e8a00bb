package identity

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

const tag = "identity"

// organisationHeader names the organisation that a person acts for.
const organisationHeader = "Ocop-Organisation"

// Groups of callers, as Principal.Groups names them.
const (
	officials      = "official"
	administrators = "administrator"
)

// Mount registers the endpoints of this service.
func Mount(api *web.API, service *Service) {
	mountRegistration(api, service)
	mountSessions(api, service)
	mountMe(api, service)
	mountMembers(api, service)
	mountKeys(api, service)
	mountOrganisations(api, service)
	mountDecisions(api, service)
	mountAudit(api, service)
}

// Authenticate finds out who calls, for web.Options. An Authorization header goes before the cookie of a
// session; with neither the caller is anonymous. A token in the header that is not good any more is refused
// even where anybody may call; one in a cookie makes the caller anonymous, so that a page can ask to sign in.
// With the cookie of a session, unsafe requests of other sites are refused with web.ErrCrossOrigin.
func (s *Service) Authenticate(ctx context.Context, r *http.Request) (context.Context, web.Caller, error) {
	ctx = WithOrigin(ctx, Origin{Address: network(r.RemoteAddr), Trace: web.TraceID(ctx)})
	token, carried, err := s.presented(r)
	if token == "" || err != nil {
		return ctx, web.Caller{}, err
	}
	organisation := uuid.Nil
	if named := r.Header.Get(organisationHeader); named != "" {
		if organisation, err = uuid.Parse(named); err != nil || organisation == uuid.Nil {
			return ctx, web.Caller{}, ErrNotAMember.With()
		}
	}
	who, err := s.Principal(ctx, token, organisation)
	switch {
	case carried && forgiven(err):
		return ctx, web.Caller{}, nil
	case err != nil:
		return ctx, web.Caller{}, err
	}
	return WithPrincipal(ctx, who), CallerOf(who), nil
}

// presented is the token that the request shows, and whether a browser carries it in a cookie.
func (s *Service) presented(r *http.Request) (token string, carried bool, err error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		token, err = s.cookieToken(r)
		return token, true, err
	}
	kind, token, _ := strings.Cut(header, " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(kind, "Bearer") || token == "" {
		return "", false, fault.ErrUnauthenticated.With()
	}
	return token, false, nil
}

// CallerOf is what the edge may know of a principal. The organisation belongs to the scope, so
// that an idempotency key used for one organisation is not answered with another's.
func CallerOf(who Principal) web.Caller {
	scope := "user:" + who.UserID.String()
	if who.KeyID != uuid.Nil {
		scope = "key:" + who.KeyID.String()
	}
	if who.OrganisationID != uuid.Nil {
		scope += ":" + who.OrganisationID.String()
	}
	return web.Caller{Scope: scope, Groups: who.Groups(), Areas: who.Areas()}
}

// none is the input of an operation without parameters, or the output of one without a body.
type none struct{}

// listInput is the input of a list without filters.
type listInput struct {
	web.Page
}

// named is the input of an operation on one thing.
type named struct {
	ID uuid.UUID `path:"id"`
}

// pageKeys reads a list's cursor: the lists here are in the order of time and id.
func pageKeys(ctx context.Context, page web.Page) (Position, error) {
	var after Position
	if page.Cursor == "" {
		return after, nil
	}
	err := web.DecodeCursor(page.Cursor, web.CursorScope(ctx), &after.At, &after.ID)
	return after, err
}

// paged cuts a list that was read with one item too many and says where it goes on.
func paged[T any](ctx context.Context, items []T, limit int, position func(T) Position) web.List[T] {
	list := web.List[T]{Items: items}
	if len(items) > limit {
		list.Items = items[:limit]
		last := position(items[limit-1])
		list.NextCursor = web.EncodeCursor(web.CursorScope(ctx), last.At, last.ID)
	}
	return list
}

// onePage answers a page of a list: it reads one item too many, says where the list goes on, and
// counts when asked to.
func onePage[T any](
	ctx context.Context, page web.Page, position func(T) Position,
	list func(after Position, limit int) ([]T, error), count func() (int, error),
) (web.List[T], error) {
	after, err := pageKeys(ctx, page)
	if err != nil {
		return web.List[T]{}, err
	}
	items, err := list(after, page.Limit+1)
	if err != nil {
		return web.List[T]{}, err
	}
	answer := paged(ctx, items, page.Limit, position)
	if page.Count {
		total, err := count()
		if err != nil {
			return web.List[T]{}, err
		}
		answer.Total = &total
	}
	return answer, nil
}
