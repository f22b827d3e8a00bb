package catalog

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
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

	CertificatesWanted

	State string `query:"state" enum:"submitted,rejected,revoked,not_yet_valid,valid,expiring,expired" doc:"Today, or on the day asked for."`
	Sort  string `query:"sort"  enum:"newest,oldest,ending" doc:"Left out: the oldest first for what waits for a decision, else the newest."`
}

// CertificatesWanted is what lists and counts of certificates are narrowed by. It is exported because
// huma does not see fields of embedded types that are not.
type CertificatesWanted struct {
	Scheme         string     `query:"scheme"`
	ExpiringWithin sentDays   `query:"expiring_within" minimum:"0" maximum:"3650" doc:"Days: valid on the day, and not after them."`
	Producer       uuid.UUID  `query:"producer"        doc:"For officials."`
	Commune        []string   `query:"commune"         maxItems:"100" doc:"Codes of the holder's commune, separated by commas."`
	On             civil.Date `query:"on"              doc:"The day that states are for; today when left out."`
}

func (in CertificatesWanted) filter() CertificateFilter {
	filter := CertificateFilter{Scheme: in.Scheme, Producer: in.Producer, Communes: in.Commune, On: in.On}
	if in.ExpiringWithin.sent {
		filter.ExpiringWithin = &in.ExpiringWithin.Days
	}
	return filter
}

// oneCertificate names a certificate and a day.
type oneCertificateInput struct {
	ID uuid.UUID  `path:"id"`
	On civil.Date `query:"on" doc:"The day that the state is for; today when left out."`
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
	return []*fault.Definition{
		ErrCertificateState, ErrIssuer, ErrEffectiveInFuture, fault.ErrUnknownValue, fault.ErrRequired, fault.ErrStale,
		identity.ErrReadOnly, identity.ErrScopeMissing,
	}
}

func mountCertificates(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "submit-certificate", Method: http.MethodPost, Path: "/v1/certificates", Tag: supplyTag, Summary: "Submit a certificate",
		Description: "As JSON, and the scan may follow: PUT /v1/certificates/{id}/scan. Or as a form with the scan in it: the certificate as one part of JSON " +
			"or its members as parts of their own (scope as JSON). Without its scan, when that is refused, there is no certificate either.",
		Access: producers(), Status: http.StatusCreated, MaxBody: MaxScanBytes + web.FormOverhead,
		Form: &web.Form{Object: "certificate", File: scanPart, Types: []string{"application/pdf", "image/jpeg", "image/png"}},
		Faults: []*fault.Definition{
			ErrCertificateExists, ErrStars, ErrStarsOfOther, ErrIssuerKind, ErrIssuer, ErrNotOCOPSubject, ErrValidity, ErrIssuedInFuture,
			ErrScopeKind, ErrScopeProducts, ErrForeignProduct, ErrScopeLines, ErrScopeSystem, ErrMemberTwice, ErrMemberUnknown, ErrPoints, ErrRenewalOf, ErrRenewed,
			fault.ErrNotAllowedHere, ErrTooMany, fault.ErrDateOrder, fault.ErrUnknownValue, fault.ErrOutOfRange,
			ErrScanType, ErrScanSize, ErrScanPixels, ErrNoScanStore,
			identity.ErrReadOnly, identity.ErrSuspended, identity.ErrNotApproved, identity.ErrScopeMissing,
		},
	}, s.postCertificate)
	web.Register(api, web.Operation{
		ID: "get-certificate", Method: http.MethodGet, Path: "/v1/certificates/{id}", Tag: supplyTag, Summary: "Read a certificate",
		Description: "Its holder and the officials of Cà Mau read it; on tells what it was worth on a day, as decided until then.",
		Access:      supplySide(),
	}, func(ctx context.Context, in *oneCertificateInput) (*whole[Certificate], error) {
		c, err := s.CertificateOn(ctx, identity.FromContext(ctx), in.ID, in.On)
		if err != nil {
			return nil, err
		}
		return &whole[Certificate]{ETag: web.ETag(c.Version), Body: c}, nil
	})
	web.Register(api, web.Operation{
		ID: "list-certificates", Method: http.MethodGet, Path: "/v1/certificates", Tag: supplyTag,
		Summary: "List certificates",
		Description: "A producer's own; all for the officials of Cà Mau and administrators, who are told of the same number elsewhere. " +
			"The queue of what waits for a decision: state=submitted, the oldest first.",
		Access: supplySide(), Faults: []*fault.Definition{fault.ErrUnknownValue, fault.ErrOutOfRange},
	}, s.listCertificates)
	web.Register(api, web.Operation{
		ID: "count-certificates", Method: http.MethodGet, Path: "/v1/certificates/counts", Tag: supplyTag,
		Summary:     "Count certificates by state",
		Description: "Of those that the list holds, narrowed as the list is. States without a certificate are missing.",
		Access:      supplySide(), Faults: []*fault.Definition{fault.ErrUnknownValue, fault.ErrOutOfRange},
	}, func(ctx context.Context, in *CertificatesWanted) (*struct{ Body web.List[StateCount] }, error) {
		counts, err := s.CertificateCounts(ctx, identity.FromContext(ctx), in.filter())
		return &struct{ Body web.List[StateCount] }{web.List[StateCount]{Items: counts}}, err
	})
	mountCertificateHistory(api, s)
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
	filter := in.filter()
	filter.State, filter.Sort, filter.Limit = CertificateState(in.State), in.Sort, in.Limit+1
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
