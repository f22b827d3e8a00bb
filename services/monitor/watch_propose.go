package monitor

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/shelf"
)

// The rules that facts are known for; a row of monitor.watch_rules by another name finds none.
const (
	ruleLapsed   = "lapsed_certificates"
	ruleBreaches = "green_tick_breaches"
)

// proposeWatches is the job that looks for facts that a watch may be proposed for.
type proposeWatches struct{}

// Kind implements jobs.Args.
func (proposeWatches) Kind() string { return "monitor.propose_watches" }

// proposeEvery is often enough for facts of twelve months.
const proposeEvery = 24 * time.Hour

func (s *Service) watchJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, func(ctx context.Context, _ proposeWatches) error {
		_, err := s.ProposeWatches(ctx)
		return err
	})
	jobs.Every(workers, proposeEvery, proposeWatches{})
}

// ProposeWatches proposes to put under watch whoever the rules say, by the facts of the last twelve months,
// and returns how many proposals it made. It puts nobody under watch. Nothing is proposed of an organisation
// that has an open proposal or watch, or lately had one.
func (s *Service) ProposeWatches(ctx context.Context) (int, error) {
	proposed := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		proposed = 0
		rules, err := watchRules(ctx, tx)
		if err != nil {
			return err
		}
		facts, err := watchFacts(ctx, tx)
		if err != nil {
			return err
		}
		kinds, err := tradingKinds(ctx, tx)
		if err != nil {
			return err
		}
		closed, open, err := quietSince(ctx, tx)
		if err != nil {
			return err
		}
		for _, w := range proposals(rules, facts, kinds, func(id uuid.UUID, days int) bool {
			at, was := closed[id]
			return open[id] || was && tx.Now.Before(at.AddDate(0, 0, days))
		}) {
			if _, err := beginWatch(ctx, tx, identity.SystemPrincipal(), w, MovePropose); err != nil {
				return err
			}
			proposed++
		}
		return nil
	})
	return proposed, err
}

// proposals are those that rules make of facts, each organisation's once, the first rule's reason first; quiet
// says of whom nothing is proposed by a rule that is silent for so many days. Of whom no kind is known nothing is
// proposed: it does not trade.
func proposals(
	rules []WatchRule, facts map[uuid.UUID][]WatchFact, kinds map[uuid.UUID]identity.OrganisationKind, quiet func(id uuid.UUID, days int) bool,
) []Watch {
	made := []Watch{}
	for id, known := range facts {
		w := Watch{OrganisationID: id, State: Proposed}
		for _, rule := range rules {
			for _, fact := range known {
				if fact.Rule == rule.Code && rule.Kind == kinds[id] && rule.broken(fact) && !quiet(id, rule.QuietDays) {
					w.Reason, w.Facts = cmp.Or(w.Reason, rule.Reason), append(w.Facts, fact)
				}
			}
		}
		if len(w.Facts) > 0 {
			made = append(made, w)
		}
	}
	slices.SortFunc(made, func(a, b Watch) int { return strings.Compare(a.OrganisationID.String(), b.OrganisationID.String()) })
	return made
}

// tradingKinds are the kinds of the organisations that trade: approved, not suspended since.
func tradingKinds(ctx context.Context, tx *postgres.Tx) (map[uuid.UUID]identity.OrganisationKind, error) {
	kinds := make(map[uuid.UUID]identity.OrganisationKind)
	for _, kind := range []identity.OrganisationKind{identity.Producer, identity.Buyer} {
		all, err := identity.ApprovedOrganisations(ctx, tx, kind)
		if err != nil {
			return nil, err
		}
		for _, each := range all {
			kinds[each.ID] = kind
		}
	}
	return kinds, nil
}

// watchFacts are the facts of the last twelve months, by organisation.
func watchFacts(ctx context.Context, tx *postgres.Tx) (map[uuid.UUID][]WatchFact, error) {
	facts := make(map[uuid.UUID][]WatchFact)
	measured, err := inquiry.MeasuredTx(ctx, tx, "rejected", "defaulted")
	if err != nil {
		return nil, err
	}
	for _, m := range measured {
		facts[m.OrganisationID] = append(facts[m.OrganisationID], WatchFact{Rule: m.Measure, Line: m.Line, Unit: m.Unit, Cases: m.Cases, Permille: m.Permille})
	}
	today := reference.Day(tx.Now)
	lapsed, err := catalog.LapsedTx(ctx, tx, today.AddMonths(-12), today)
	if err != nil {
		return nil, err
	}
	breaches, err := shelf.BreachesTx(ctx, tx, tx.Now.AddDate(-1, 0, 0))
	if err != nil {
		return nil, err
	}
	for rule, counts := range map[string]map[uuid.UUID]int{ruleLapsed: lapsed, ruleBreaches: breaches} {
		for id, cases := range counts {
			facts[id] = append(facts[id], WatchFact{Rule: rule, Cases: cases})
		}
	}
	return facts, nil
}
