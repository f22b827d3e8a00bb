package identity

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

type organisationsInput struct {
	web.Page

	State OrganisationState `enum:"applied,approved,rejected,suspended" query:"state"`
	Kind  OrganisationKind  `enum:"producer,buyer,authority"            query:"kind"`
	Text  string            `doc:"Found in the name, with or without marks." maxLength:"200" query:"q"`
}

type organisationsOutput struct {
	Body web.List[Organisation]
}

type foundInput struct {
	Body NewOrganisation
}

type amendInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `doc:"The ETag you read, or *." header:"If-Match"`
	Body    OrganisationChange
}

type reasonInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Reason string `doc:"Its owners are told." json:"reason" maxLength:"1000" minLength:"1"`
	}
}

type organisationOutput struct {
	ETag string `header:"ETag"`
	Body Organisation
}

// foundOutput is an organisation that was not there before.
type foundOutput struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     Organisation
}

// organisationAt is where an organisation is read.
func organisationAt(id uuid.UUID) string { return "/v1/organisations/" + id.String() }

func tagged(organisation Organisation, err error) (*organisationOutput, error) {
	return &organisationOutput{ETag: web.ETag(organisation.Version), Body: organisation}, err
}

func mountOrganisations(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-organisations", Method: http.MethodGet, Path: "/v1/organisations", Tag: tag,
		Access:  web.Access{Groups: []string{officials, administrators}, Scope: area},
		Summary: "Organisations that I oversee", Description: "Producers for Cà Mau's officials, buyers for TPHCM's, all for the administrator; newest first.",
		Faults: []*fault.Definition{ErrScopeMissing, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *organisationsInput) (*organisationsOutput, error) {
		list, err := listOrganisations(ctx, service, in)
		return &organisationsOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "found-organisation", Method: http.MethodPost, Path: "/v1/organisations", Tag: tag, Status: http.StatusCreated,
		Summary: "Apply with a further organisation", Description: "For those who have an account; they become its owner.",
		Faults: []*fault.Definition{ErrSessionRequired, ErrTooManyAttempts, ErrTaxCode, ErrCommune, ErrBuyerSystem, ErrLegalForm},
	}, func(ctx context.Context, in *foundInput) (*foundOutput, error) {
		made, err := service.Found(ctx, FromContext(ctx), in.Body)
		return &foundOutput{ETag: web.ETag(made.Version), Location: organisationAt(made.ID), Body: made}, err
	})
	web.Register(api, web.Operation{
		ID: "get-organisation", Method: http.MethodGet, Path: "/v1/organisations/{id}", Tag: tag,
		Summary: "An organisation", Description: "One's own, or one that one oversees.",
		Faults: []*fault.Definition{fault.ErrNotFound, ErrScopeMissing},
	}, func(ctx context.Context, in *named) (*organisationOutput, error) {
		return tagged(service.Organisation(ctx, FromContext(ctx), in.ID))
	})
	web.Register(api, web.Operation{
		ID: "amend-organisation", Method: http.MethodPatch, Path: "/v1/organisations/{id}", Tag: tag,
		Summary: "Amend my organisation", Description: "For owners. A rejected application that is amended is put forward again.",
		Faults: []*fault.Definition{
			fault.ErrNotFound, fault.ErrStale, fault.ErrPreconditionRequired, ErrOwnerOnly, ErrSuspended, ErrSessionRequired, ErrTaxCode, ErrCommune, ErrLegalForm,
		},
	}, func(ctx context.Context, in *amendInput) (*organisationOutput, error) {
		current := func(version int64) error { return web.CheckIfMatch(in.IfMatch, version) }
		return tagged(service.Amend(ctx, FromContext(ctx), in.ID, current, in.Body))
	})
}

func listOrganisations(ctx context.Context, service *Service, in *organisationsInput) (web.List[Organisation], error) {
	who, filter := FromContext(ctx), OrganisationFilter{State: in.State, Kind: in.Kind, Text: in.Text}
	return onePage(ctx, in.Page,
		func(o Organisation) Position { return Position{At: o.CreatedAt, ID: o.ID} },
		func(after Position, limit int) ([]Organisation, error) {
			return service.Organisations(ctx, who, filter, after, limit)
		},
		func() (int, error) { return service.CountOrganisations(ctx, who, filter) })
}

func mountDecisions(api *web.API, service *Service) {
	operation := func(id, step, summary, description string) web.Operation {
		return web.Operation{
			ID: id, Method: http.MethodPost, Path: "/v1/organisations/{id}/" + step, Tag: tag, Summary: summary, Description: description,
			Access: web.Access{Groups: []string{officials, administrators}, Scope: area},
			Faults: []*fault.Definition{fault.ErrNotFound, ErrOrganisationState, ErrReadOnly, ErrScopeMissing},
		}
	}
	web.Register(api, operation("approve-organisation", "approve", "Approve an applicant", "From then on it may trade."),
		func(ctx context.Context, in *named) (*organisationOutput, error) {
			return tagged(service.Approve(ctx, FromContext(ctx), in.ID))
		})
	web.Register(api, operation("reject-organisation", "reject", "Refuse an applicant", "With a reason; it may amend its application."),
		func(ctx context.Context, in *reasonInput) (*organisationOutput, error) {
			return tagged(service.Reject(ctx, FromContext(ctx), in.ID, in.Body.Reason))
		})
	web.Register(api, operation("suspend-organisation", "suspend", "Suspend an organisation", "It reads on and changes nothing."),
		func(ctx context.Context, in *reasonInput) (*organisationOutput, error) {
			return tagged(service.Suspend(ctx, FromContext(ctx), in.ID, in.Body.Reason))
		})
	web.Register(api, operation("reinstate-organisation", "reinstate", "End a suspension", "It may trade again."),
		func(ctx context.Context, in *named) (*organisationOutput, error) {
			return tagged(service.Reinstate(ctx, FromContext(ctx), in.ID))
		})
}

type eventsInput struct {
	web.Page

	OrganisationID uuid.UUID `query:"organisation_id"`
	ActorID        uuid.UUID `query:"actor_id"`
	SubjectID      uuid.UUID `query:"subject_id"`
	Action         string    `maxLength:"100"         query:"action"`
	From           time.Time `doc:"Inclusive."        query:"from"`
	Until          time.Time `doc:"Exclusive."        query:"until"`
}

type eventsOutput struct {
	Body web.List[Event]
}

func mountAudit(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "list-audit-events", Method: http.MethodGet, Path: "/v1/audit-events", Tag: tag,
		Access:  web.Access{Scope: area},
		Summary: "Who did what", Description: "Owners see their organisation's events, officials those of the organisations they oversee (without " +
			"details), the administrator all; newest first.",
		Faults: []*fault.Definition{ErrScopeMissing, ErrNotApproved, ErrNoOrganisation, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
		who, filter := FromContext(ctx), EventFilter{
			OrganisationID: in.OrganisationID, ActorID: in.ActorID, SubjectID: in.SubjectID, Action: in.Action, From: in.From, Until: in.Until,
		}
		list, err := onePage(ctx, in.Page,
			func(e Event) Position { return Position{At: e.At, ID: e.ID} },
			func(after Position, limit int) ([]Event, error) {
				return service.Events(ctx, who, filter, after, limit)
			},
			func() (int, error) { return service.CountEvents(ctx, who, filter) })
		return &eventsOutput{Body: list}, err
	})
}
