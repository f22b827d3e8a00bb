package inquiry

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

type performanceInput struct {
	ID   uuid.UUID  `path:"id"`
	From civil.Date `query:"from" doc:"First business day in Vietnam; a year before the last when left out."`
	To   civil.Date `query:"to"   doc:"Last business day, included; today when left out."`
}

type performanceOutput struct {
	Body PerformanceRecord
}

func mountPerformance(api *web.API, service *Service) {
	web.Register(api, web.Operation{
		ID: "get-performance", Method: http.MethodGet, Path: "/v1/organisations/{id}/performance", Tag: tag,
		Access:  web.Access{Groups: []string{string(identity.Buyer), string(identity.Producer), "official", "administrator"}, Scope: area},
		Summary: "How an organisation kept its word",
		Description: "Each measure with the number of cases behind it; below five cases no share is shown. What was owed is an award or, of a framework, a " +
			"confirmed call-off. On time: something came, and nothing after the agreed day, as receipts say. In full: what was accepted, over included, is within " +
			"the tolerance of its line of what was due. Shortfalls announced before dispatch stand apart from what neither came nor was announced. Rejected goods " +
			"are shares by quantity within a product line and unit, as receipts say or the settlement that replaced them. A dispute is lost by the side to whose " +
			"disadvantage it was settled, or that raised it and changed nothing. Times are medians. Nothing but a settled dispute corrects a record. " +
			"Organisations read their own, buyers those of approved producers, producers those of buyers whose inquiries reach them, officials those of the " +
			"kind they decide about; to anybody else a record does not exist.",
		Faults: []*fault.Definition{fault.ErrNotFound, fault.ErrDateOrder, fault.ErrOutOfRange},
	}, func(ctx context.Context, in *performanceInput) (*performanceOutput, error) {
		record, err := service.PerformanceOf(ctx, identity.FromContext(ctx), in.ID, Window{From: in.From, To: in.To}, web.Language(ctx))
		return &performanceOutput{Body: record}, err
	})
}
