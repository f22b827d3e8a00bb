package catalog

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type submitCertificateInput struct {
	Body NewCertificate
}

type certificateInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
}

type certificatesInput struct {
	web.Page

	State          string    `query:"state"           enum:"submitted,rejected,revoked,not_yet_valid,valid,expiring,expired" doc:"Today."`
	Scheme         string    `query:"scheme"`
	ExpiringWithin int       `query:"expiring_within" minimum:"-1" maximum:"3650" default:"-1" doc:"Days: valid now, and not after them; -1 asks for nothing."`
	Producer       uuid.UUID `query:"producer"        doc:"For officials."`
}

type certificatesOutput struct {
	Body web.List[Certificate]
}

func decisionFaults() []*fault.Definition {
	return []*fault.Definition{ErrCertificateState, ErrIssuer, identity.ErrReadOnly, identity.ErrScopeMissing}
}

func mountCertificates(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "submit-certificate", Method: http.MethodPost, Path: "/v1/certificates", Tag: supplyTag, Summary: "Submit a certificate",
		Description: "The scan may follow: PUT /v1/certificates/{id}/scan.",
		Access:      producers(), Status: http.StatusCreated,
		Faults: []*fault.Definition{
			ErrCertificateExists, ErrStars, ErrStarsOfOther, ErrIssuerKind, ErrIssuer, ErrNotOCOPSubject, ErrValidity, ErrIssuedInFuture,
			ErrScopeKind, ErrScopeProducts, ErrForeignProduct, ErrScopeLines, ErrTooMany, fault.ErrDateOrder, fault.ErrUnknownValue,
			identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing,
		},
	}, func(ctx context.Context, in *submitCertificateInput) (*made[Certificate], error) {
		c, err := s.SubmitCertificate(ctx, identity.FromContext(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		return &made[Certificate]{ETag: web.ETag(c.Version), Location: "/v1/certificates/" + c.ID.String(), Body: c}, nil
	})
	web.Register(api, web.Operation{
		ID: "get-certificate", Method: http.MethodGet, Path: "/v1/certificates/{id}", Tag: supplyTag, Summary: "Read a certificate",
		Access: supplySide(),
	}, func(ctx context.Context, in *struct {
		ID uuid.UUID `path:"id"`
	}) (*whole[Certificate], error) {
		c, err := s.Certificate(ctx, identity.FromContext(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &whole[Certificate]{ETag: web.ETag(c.Version), Body: c}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-certificates", Method: http.MethodGet, Path: "/v1/certificates", Tag: supplyTag,
		Summary:     "List certificates",
		Description: "A producer's own; all for the officials of Cà Mau and administrators. Newest first.",
		Access:      supplySide(),
	}, s.listCertificates)
	mountDecisions(api, s)
}

func (s *Service) listCertificates(ctx context.Context, in *certificatesInput) (*certificatesOutput, error) {
	filter := CertificateFilter{
		State: CertificateState(in.State), Scheme: in.Scheme, Producer: in.Producer, Limit: in.Limit + 1,
	}
	if in.ExpiringWithin >= 0 {
		filter.ExpiringWithin = &in.ExpiringWithin
	}
	if in.Cursor != "" {
		if err := web.DecodeCursor(in.Cursor, web.CursorScope(ctx), &filter.After); err != nil {
			return nil, err
		}
	}
	who := identity.FromContext(ctx)
	certificates, err := s.Certificates(ctx, who, filter)
	if err != nil {
		return nil, err
	}
	var out certificatesOutput
	out.Body.Items = certificates
	if len(certificates) > in.Limit {
		out.Body.Items = certificates[:in.Limit]
		out.Body.NextCursor = web.EncodeCursor(web.CursorScope(ctx), certificates[in.Limit-1].ID)
	}
	if in.Count {
		total, err := s.CountCertificates(ctx, who, filter)
		if err != nil {
			return nil, err
		}
		out.Body.Total = &total
	}
	return &out, nil
}

func mountDecisions(api *web.API, s *Service) {
	act(api, web.Operation{
		ID: "verify-certificate", Path: "/v1/certificates/{id}/verify", Tag: supplyTag, Summary: "Verify a submitted certificate",
		Access: deciders(), Faults: decisionFaults(),
	}, func(ctx context.Context, who identity.Principal, in *certificateInput) (Certificate, int64, error) {
		c, err := s.Verify(ctx, who, in.ID, ifSent(in.IfMatch))
		return c, c.Version, err
	})
	type decision = func(context.Context, identity.Principal, uuid.UUID, Match, string) (Certificate, error)
	for _, d := range []struct {
		verb, summary string
		do            decision
	}{
		{"reject", "Reject a submitted certificate", s.Reject},
		{"revoke", "Revoke a verified certificate; its marks are gone at once", s.Revoke},
	} {
		act(api, web.Operation{
			ID: d.verb + "-certificate", Path: "/v1/certificates/{id}/" + d.verb, Tag: supplyTag, Summary: d.summary,
			Access: deciders(), Faults: decisionFaults(),
		}, func(ctx context.Context, who identity.Principal, in *reasonInput) (Certificate, int64, error) {
			c, err := d.do(ctx, who, in.ID, ifSent(in.IfMatch), in.Body.Reason)
			return c, c.Version, err
		})
	}
}
