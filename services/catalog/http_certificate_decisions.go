package catalog

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

// rejectInput is a reason of the list, own words, or both.
type rejectInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    struct {
		ReasonCode string `json:"reason_code,omitempty" maxLength:"100"  doc:"Of /v1/reference/certificate-reasons."`
		Reason     string `json:"reason,omitempty"      maxLength:"1000" doc:"What the other side is told; may be left out beside reason_code."`
	}
}

type revokeInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    struct {
		ReasonCode  string    `json:"reason_code,omitempty" maxLength:"100"  doc:"Of /v1/reference/certificate-reasons."`
		Reason      string    `json:"reason,omitempty"      maxLength:"1000" doc:"What the other side is told; may be left out beside reason_code."`
		EffectiveAt time.Time `json:"effective_at,omitzero" doc:"From when it counts no more, now at the latest; now when left out."`
	}
}

type auditInput struct {
	ID      uuid.UUID `path:"id"`
	IfMatch string    `header:"If-Match" doc:"Optional: the ETag you read."`
	Body    Audit
}

type productClaimsInput struct {
	ID uuid.UUID  `path:"id"`
	On civil.Date `query:"on" doc:"The day asked about, such as a delivery's; today when left out."`
}

func mountDecisions(api *web.API, s *Service) {
	act(api, web.Operation{
		ID: "verify-certificate", Path: "/v1/certificates/{id}/verify", Tag: supplyTag, Summary: "Verify a submitted certificate",
		Access: deciders(), Faults: decisionFaults(),
	}, func(ctx context.Context, who identity.Principal, in *certificateInput) (Certificate, int64, error) {
		c, err := s.Verify(ctx, who, in.ID, ifSent(in.IfMatch))
		return c, c.Version, err
	})
	act(api, web.Operation{
		ID: "reject-certificate", Path: "/v1/certificates/{id}/reject", Tag: supplyTag, Summary: "Reject a submitted certificate",
		Access: deciders(), Faults: decisionFaults(),
	}, func(ctx context.Context, who identity.Principal, in *rejectInput) (Certificate, int64, error) {
		c, err := s.RejectFor(ctx, who, in.ID, ifSent(in.IfMatch), Ruling{ReasonCode: in.Body.ReasonCode, Reason: in.Body.Reason})
		return c, c.Version, err
	})
	act(api, web.Operation{
		ID: "revoke-certificate", Path: "/v1/certificates/{id}/revoke", Tag: supplyTag,
		Summary: "Revoke a verified certificate; its marks are gone at once", Access: deciders(), Faults: decisionFaults(),
		Description: "With effective_at before now it counts no more for the days since then either.",
	}, func(ctx context.Context, who identity.Principal, in *revokeInput) (Certificate, int64, error) {
		c, err := s.RevokeFor(ctx, who, in.ID, ifSent(in.IfMatch), Ruling{
			ReasonCode: in.Body.ReasonCode, Reason: in.Body.Reason, EffectiveAt: in.Body.EffectiveAt,
		})
		return c, c.Version, err
	})
	act(api, web.Operation{
		ID: "record-surveillance", Path: "/v1/certificates/{id}/surveillance", Tag: supplyTag, Summary: "Record a surveillance audit",
		Description: "Of a verified certificate. An audit that is overdue or was failed is remarked on and takes no mark away: that is for a revocation.",
		Access:      deciders(), Faults: append(decisionFaults(), ErrAuditExists, fault.ErrOutOfRange),
	}, func(ctx context.Context, who identity.Principal, in *auditInput) (Certificate, int64, error) {
		c, err := s.RecordAudit(ctx, who, in.ID, ifSent(in.IfMatch), in.Body)
		return c, c.Version, err
	})
}

func mountCertificateHistory(api *web.API, s *Service) {
	web.Register(api, web.Operation{
		ID: "get-certificate-history", Method: http.MethodGet, Path: "/v1/certificates/{id}/history", Tag: supplyTag,
		Summary:     "What was decided about a certificate",
		Description: "When, by which kind of organisation and why; from which day it was worth what, and its state on a day.",
		Access:      supplySide(),
	}, func(ctx context.Context, in *oneCertificateInput) (*struct{ Body History }, error) {
		history, err := s.CertificateHistory(ctx, identity.FromContext(ctx), in.ID, in.On)
		return &struct{ Body History }{history}, err
	})
	web.Register(api, web.Operation{
		ID: "list-product-marks", Method: http.MethodGet, Path: "/v1/products/{id}/marks", Tag: supplyTag,
		Summary: "What a product lacks to carry each mark",
		Description: "Every scheme that is for such goods: whether the product carries its mark on the day, by which certificates and until when, " +
			"or what is missing and what to do about it. For its producer and the officials of Cà Mau.",
		Access: supplySide(),
	}, func(ctx context.Context, in *productClaimsInput) (*struct{ Body web.List[Claim] }, error) {
		claims, err := s.Claims(ctx, identity.FromContext(ctx), in.ID, in.On)
		return &struct{ Body web.List[Claim] }{web.List[Claim]{Items: claims}}, err
	})
}
