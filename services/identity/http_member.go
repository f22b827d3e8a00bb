package identity

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

type membersOutput struct {
	Body web.List[Membership]
}

type inviteInput struct {
	Body Invitation
}

type memberOutput struct {
	Body Membership
}

// invitedOutput is a membership that was not there before.
type invitedOutput struct {
	Location string `header:"Location"`
	Body     Membership
}

type namedMember struct {
	UserID uuid.UUID `path:"user_id"`
}

type roleInput struct {
	UserID uuid.UUID `path:"user_id"`
	Body   struct {
		Role Role `enum:"owner,member,viewer" json:"role"`
	}
}

type keysOutput struct {
	Body web.List[APIKey]
}

type keyInput struct {
	Body KeyRequest
}

type keyOutput struct {
	Location string `header:"Location"`
	Body     NewAPIKey
}

func mountMembers(api *web.API, service *Service) {
	refusals := []*fault.Definition{
		ErrSessionRequired, ErrOwnerOnly, ErrReadOnly, ErrNotApproved, ErrSuspended, ErrNoOrganisation, ErrScopeMissing,
	}
	web.Register(api, web.Operation{
		ID: "list-members", Method: http.MethodGet, Path: "/v1/members", Tag: tag,
		Summary: "Members of my organisation", Description: "All of them, oldest first, open invitations too.",
		Faults: []*fault.Definition{ErrNotApproved, ErrNoOrganisation, ErrScopeMissing, web.ErrInvalidCursor},
	}, func(ctx context.Context, in *listInput) (*membersOutput, error) {
		who := FromContext(ctx)
		list, err := onePage(ctx, in.Page,
			func(m Membership) Position { return Position{At: m.Since, ID: m.UserID} },
			func(after Position, limit int) ([]Membership, error) { return service.Members(ctx, who, after, limit) },
			func() (int, error) { return service.CountMembers(ctx, who) })
		return &membersOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "invite-member", Method: http.MethodPost, Path: "/v1/members", Tag: tag, Status: http.StatusCreated,
		Summary: "Invite a person",
		Description: "Somebody new gets a link to choose a password, which accepts the invitation; somebody who has an account accepts it at " +
			"/v1/invitations. Until then it gives no right and shows nothing of the person.",
		Faults: append([]*fault.Definition{ErrAlreadyMember, ErrEmail, ErrPhone, ErrLoginMissing, fault.ErrUnknownValue}, refusals...),
	}, func(ctx context.Context, in *inviteInput) (*invitedOutput, error) {
		invited, err := service.Invite(ctx, FromContext(ctx), in.Body)
		return &invitedOutput{Location: "/v1/members/" + invited.UserID.String(), Body: invited}, err
	})
	web.Register(api, web.Operation{
		ID: "change-member", Method: http.MethodPatch, Path: "/v1/members/{user_id}", Tag: tag,
		Summary: "Give a member another role", Description: "An organisation keeps at least one owner.",
		Faults: append([]*fault.Definition{fault.ErrNotFound, ErrLastOwner, fault.ErrUnknownValue}, refusals...),
	}, func(ctx context.Context, in *roleInput) (*memberOutput, error) {
		changed, err := service.ChangeRole(ctx, FromContext(ctx), in.UserID, in.Body.Role)
		return &memberOutput{Body: changed}, err
	})
	web.Register(api, web.Operation{
		ID: "remove-member", Method: http.MethodDelete, Path: "/v1/members/{user_id}", Tag: tag, Status: http.StatusNoContent,
		Summary:     "Remove a member, or leave",
		Description: "Everybody may leave except the last owner. API keys that the person made for the organisation end too.",
		Faults:      append([]*fault.Definition{fault.ErrNotFound, ErrLastOwner}, refusals...),
	}, func(ctx context.Context, in *namedMember) (*none, error) {
		return nil, service.RemoveMember(ctx, FromContext(ctx), in.UserID)
	})
	mountInvitations(api, service)
}

func mountInvitations(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "accept-invitation", Method: http.MethodPost, Path: "/v1/invitations/{id}/accept", Tag: tag, Status: http.StatusNoContent,
		Summary: "Join an organisation that invited me", Description: "The id is the organisation's; /v1/me lists open invitations.",
		Faults: []*fault.Definition{ErrSessionRequired, fault.ErrNotFound},
	}, func(ctx context.Context, in *named) (*none, error) {
		return nil, service.AcceptInvitation(ctx, FromContext(ctx), in.ID)
	})
	web.Register(api, web.Operation{
		ID: "decline-invitation", Method: http.MethodDelete, Path: "/v1/invitations/{id}", Tag: tag, Status: http.StatusNoContent,
		Summary: "Decline an invitation", Description: "The id is the organisation's.",
		Faults: []*fault.Definition{ErrSessionRequired, fault.ErrNotFound},
	}, func(ctx context.Context, in *named) (*none, error) {
		return nil, service.DeclineInvitation(ctx, FromContext(ctx), in.ID)
	})
}

func mountKeys(api *web.API, service *Service) {
	refusals := []*fault.Definition{ErrSessionRequired, ErrOwnerOnly, ErrNotApproved, ErrNoOrganisation}
	web.Register(api, web.Operation{
		ID: "list-api-keys", Method: http.MethodGet, Path: "/v1/api-keys", Tag: tag,
		Summary: "API keys of my organisation", Description: "Revoked ones too, newest first; never their secrets.",
		Faults: append([]*fault.Definition{web.ErrInvalidCursor}, refusals...),
	}, func(ctx context.Context, in *listInput) (*keysOutput, error) {
		who := FromContext(ctx)
		list, err := onePage(ctx, in.Page,
			func(k APIKey) Position { return Position{At: k.CreatedAt, ID: k.ID} },
			func(after Position, limit int) ([]APIKey, error) { return service.Keys(ctx, who, after, limit) },
			func() (int, error) { return service.CountKeys(ctx, who) })
		return &keysOutput{Body: list}, err
	})
	web.Register(api, web.Operation{
		ID: "create-api-key", Method: http.MethodPost, Path: "/v1/api-keys", Tag: tag, Status: http.StatusCreated, Secret: true,
		Summary: "Make an API key", Description: "The key is shown once. It acts as a member of the organisation within its scopes.",
		Faults: append([]*fault.Definition{ErrTooManyKeys, ErrSuspended, fault.ErrUnknownValue, ErrInThePast}, refusals...),
	}, func(ctx context.Context, in *keyInput) (*keyOutput, error) {
		key, err := service.CreateKey(ctx, FromContext(ctx), in.Body)
		return &keyOutput{Location: "/v1/api-keys/" + key.ID.String(), Body: key}, err
	})
	web.Register(api, web.Operation{
		ID: "revoke-api-key", Method: http.MethodDelete, Path: "/v1/api-keys/{id}", Tag: tag, Status: http.StatusNoContent,
		Summary: "Revoke an API key", Description: "It is refused from the next request on.",
		Faults: append([]*fault.Definition{fault.ErrNotFound}, refusals...),
	}, func(ctx context.Context, in *named) (*none, error) {
		return nil, service.RevokeKey(ctx, FromContext(ctx), in.ID)
	})
}
