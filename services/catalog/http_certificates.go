package catalog

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
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
	ExpiringWithin sentDays  `query:"expiring_within" minimum:"0" maximum:"3650" doc:"Days: valid now, and not after them."`
	Producer       uuid.UUID `query:"producer"        doc:"For officials."`
}

// sentDays is a number of days that may be left out: none is another thing than 0.
type sentDays struct {
	Days int
	sent bool
}

// Schema implements huma.SchemaProvider.
func (sentDays) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeInteger} }

// Receiver implements huma.ParamWrapper.
func (d *sentDays) Receiver() reflect.Value { return reflect.ValueOf(&d.Days).Elem() }

// OnParamSet implements huma.ParamReactor.
func (d *sentDays) OnParamSet(sent bool, _ any) { d.sent = sent }

type certificatesOutput struct {
	Body web.List[Certificate]
}

func decisionFaults() []*fault.Definition {
	return []*fault.Definition{ErrCertificateState, ErrIssuer, identity.ErrReadOnly, identity.ErrScopeMissing}
}

func mountCertificates(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "submit-certificate", Method: http.MethodPost, Path: "/v1/certificates", Tag: supplyTag, Summary: "Submit a certificate",
		Description: "As JSON, and the scan may follow: PUT /v1/certificates/{id}/scan. Or as a form with the scan in it: the certificate as one part of JSON " +
			"or its members as parts of their own (scope as JSON). Without its scan, when that is refused, there is no certificate either.",
		Access: producers(), Status: http.StatusCreated, MaxBody: MaxScanBytes + formOverhead,
		Form: &web.Form{Object: "certificate", File: scanPart, Types: []string{"application/pdf", "image/jpeg", "image/png"}},
		Faults: []*fault.Definition{
			ErrCertificateExists, ErrStars, ErrStarsOfOther, ErrIssuerKind, ErrIssuer, ErrNotOCOPSubject, ErrValidity, ErrIssuedInFuture,
			ErrScopeKind, ErrScopeProducts, ErrForeignProduct, ErrScopeLines, ErrTooMany, fault.ErrDateOrder, fault.ErrUnknownValue, fault.ErrOutOfRange,
			ErrScanType, ErrScanSize, ErrScanPixels, ErrNoScanStore,
			identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing,
		},
	}, s.postCertificate)
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
		Access:      supplySide(), Faults: []*fault.Definition{fault.ErrUnknownValue, fault.ErrOutOfRange},
	}, s.listCertificates)
	mountDecisions(api, s)
}

func (s *Service) postCertificate(ctx context.Context, in *submitCertificateInput) (*made[Certificate], error) {
	c, err := s.submitWithFile(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &made[Certificate]{ETag: web.ETag(c.Version), Location: "/v1/certificates/" + c.ID.String(), Body: c}, nil
}

// submitWithFile submits a certificate with the scan of its form, if there is one.
func (s *Service) submitWithFile(ctx context.Context, certificate NewCertificate) (Certificate, error) {
	who := identity.FromContext(ctx)
	header, sent := web.File(ctx, scanPart)
	if !sent {
		return s.SubmitCertificate(ctx, who, certificate)
	}
	scan, err := header.Open()
	if err != nil {
		return Certificate{}, fmt.Errorf("opening a scan that was sent: %w", err)
	}
	defer func() { _ = scan.Close() }() // only read from
	return s.SubmitScanned(ctx, who, certificate, scan)
}

func (s *Service) listCertificates(ctx context.Context, in *certificatesInput) (*certificatesOutput, error) {
	filter := CertificateFilter{
		State: CertificateState(in.State), Scheme: in.Scheme, Producer: in.Producer, Limit: in.Limit + 1,
	}
	if in.ExpiringWithin.sent {
		filter.ExpiringWithin = &in.ExpiringWithin.Days
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
