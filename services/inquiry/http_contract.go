package inquiry

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type contractInput struct {
	ID       uuid.UUID `path:"id"`
	Language string    `query:"language" enum:"vi,en" doc:"By Accept-Language when left out. Labels stand in both."`
}

type checkInput struct {
	Code   string    `path:"code" doc:"32 letters and digits; the QR code of the paper leads here."`
	Digest string    `query:"digest" maxLength:"100" doc:"As read off the paper, to be confirmed."`
	Value  money.VND `query:"value_vnd" minimum:"0" doc:"As read off the paper, to be confirmed. It is never told."`
}

type checkOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         ContractCheck
}

func mountContracts(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "get-award-contract", Method: http.MethodGet, Path: "/v1/awards/{id}/contract", Tag: tag, Access: traders,
		Summary: "The summary of an award, as PDF",
		Description: "For the buyer and the producer of the award. It is set down when one of them first asks for it; what it states stays as it was " +
			"then. Its QR code leads to /v1/contracts/{code}.",
		Produces: []string{"application/pdf"}, Input: contractInput{},
		Faults: []*fault.Definition{fault.ErrNotFound, fault.ErrUnknownValue, identity.ErrNotApproved, identity.ErrScopeMissing},
	}, nil, service.sendContract)
	web.Register(api, web.Operation{
		ID: "check-contract", Method: http.MethodGet, Path: "/v1/contracts/{code}", Tag: tag, Access: web.Access{Anonymous: true},
		Summary: "Check the summary of an award that you hold",
		Description: "Whoever has the code has the paper: it cannot be guessed. The answer tells what is on the paper, without its prices, and where the " +
			"award stands now. Send the digest and the value you read to have them confirmed.",
		Faults: []*fault.Definition{fault.ErrNotFound},
	}, func(ctx context.Context, in *checkInput) (*checkOutput, error) {
		check, err := service.CheckContract(ctx, in.Code, Reading{Digest: in.Digest, ValueVND: in.Value})
		return &checkOutput{CacheControl: "private, no-store", Body: check}, err
	})
}

// sendContract sends the paper as an attachment that no browser interprets.
func (s *Service) sendContract(c *gin.Context) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		web.Fail(c, fault.ErrNotFound)
		return
	}
	var complaints fault.Collector
	language := languageOf(c, &complaints)
	if err := complaints.Err(); err != nil {
		web.Fail(c, err)
		return
	}
	ctx := c.Request.Context()
	paper, err := s.ContractPaper(ctx, identity.FromContext(ctx), id, language)
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="award-`+shortNumber(id)+"-"+language+`.pdf"`)
	c.Header("Content-Security-Policy", web.SealedPolicy)
	c.Header("Cache-Control", "private, no-store")
	c.Header("Vary", "Accept-Language, Authorization")
	c.Data(http.StatusOK, "application/pdf", paper)
}
