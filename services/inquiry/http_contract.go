package inquiry

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type contractInput struct {
	ID       uuid.UUID `path:"id"`
	Language string    `query:"language" enum:"vi,en" doc:"By Accept-Language when left out. Labels stand in both."`
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
	mountContractCheck(api, service)
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
