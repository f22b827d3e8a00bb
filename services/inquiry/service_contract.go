package inquiry

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
)

// At returns the same service reached by people at an address, which the codes on its papers lead
// to. Without one they lead nowhere but name the path.
func (s *Service) At(url string) *Service {
	other := *s
	other.url = strings.TrimSuffix(url, "/")
	return &other
}

// papersAtOnce is how many papers are drawn at a time: each costs some 30 ms and 15 MB.
const papersAtOnce = 2

// drawn draws a paper when there is a place for it, or gives up with the request.
func (s *Service) drawn(ctx context.Context, draw func() ([]byte, error)) ([]byte, error) {
	select {
	case s.papers <- struct{}{}:
		defer func() { <-s.papers }()
		return draw()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to draw a paper: %w", ctx.Err())
	}
}

// ContractPaper returns the summary of an award as PDF, in a language ("vi" or "en"), to its buyer
// and its producer; to anybody else there is none. Its facts stay as they were set down, within a minute
// of the award or by the first of them to ask, so the same award in the same state has the same bytes.
func (s *Service) ContractPaper(ctx context.Context, who identity.Principal, awardID uuid.UUID, language string) ([]byte, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	a, err := loadAward(ctx, s.db, who, awardID)
	if err != nil {
		return nil, err
	}
	r, err := contractOf(ctx, s.db, awardID)
	if errors.Is(err, fault.ErrNotFound) {
		err = s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
			r, err = setDown(ctx, tx, s.book, who, a)
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	contract, err := r.contract()
	if err != nil {
		return nil, err
	}
	return s.drawn(ctx, contractPaper{wording{s.book, language}, contract, r, s.url, a.Cancelled}.pdf)
}

// setDown writes down the facts of an award as they stand now. Of two who do so at once the first
// is right.
func setDown(ctx context.Context, tx *postgres.Tx, book *reference.Book, who identity.Principal, a *awardRecord) (*contractRecord, error) {
	r, err := load(ctx, tx, a.InquiryID)
	if err != nil {
		return nil, err
	}
	deals, err := catalog.DealsTx(ctx, tx, []uuid.UUID{a.OfferID})
	if err != nil {
		return nil, err
	}
	a.deal = deals[a.OfferID]
	parties, err := identity.OrganisationsIn(ctx, tx, []uuid.UUID{a.BuyerID, a.ProducerID})
	if err != nil {
		return nil, err
	}
	marks, err := catalog.MarksOnDaysTx(ctx, tx, book, []catalog.ProductDay{
		{ProductID: a.ProductID, Day: a.lastDue()}, {ProductID: a.ProductID, Day: reference.Day(tx.Now)},
	})
	if err != nil {
		return nil, err
	}
	contract, err := newContract(a, r, parties, marks, tx.Now)
	if err != nil {
		return nil, err
	}
	made, err := newContractRecord(contract)
	if err != nil {
		return nil, err
	}
	first, err := insertContract(ctx, tx, made)
	switch {
	case err != nil:
		return nil, err
	case !first:
		return contractOf(ctx, tx, a.ID)
	}
	return made, identity.RecordTx(ctx, tx, who, "contract.set_down", subjectAward(a.ID), map[string]any{"sha256": hex.EncodeToString(made.Digest)})
}

// CheckContract tells whoever holds a paper whether it is one of the marketplace's, whether what
// they read off it is what was set down, and where the award stands now. It tells nothing that is
// not on the paper. ErrNotFound: no paper bears this code.
func (s *Service) CheckContract(ctx context.Context, code string, read Reading) (ContractCheck, error) {
	if !codePattern.MatchString(code) {
		return ContractCheck{}, fault.ErrNotFound.With()
	}
	r, err := contractByCode(ctx, s.db, code)
	if err != nil {
		return ContractCheck{}, err
	}
	contract, err := r.contract()
	if err != nil {
		return ContractCheck{}, err
	}
	balances, err := ledger.AwardBalances(ctx, s.db, []uuid.UUID{r.AwardID})
	if err != nil {
		return ContractCheck{}, err
	}
	return r.check(contract, awardState(r.Cancelled, balances[r.AwardID]), read), nil
}
