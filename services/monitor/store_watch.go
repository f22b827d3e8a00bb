package monitor

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

const selectWatches = `
	SELECT w.id, w.organisation_id, o.name AS organisation, w.state, w.reason, w.text, w.review_on, w.facts, w.invented, w.version, w.created_at, w.updated_at
	  FROM monitor.watches w JOIN identity.organisations o ON o.id = w.organisation_id`

// watchRow is a watch as the database has it.
type watchRow struct {
	Watch

	Facts postgres.JSON[[]WatchFact] `db:"facts"`
}

func (r watchRow) watch() Watch {
	r.Watch.Facts = r.Facts.V
	if r.State == WatchOver {
		r.ReviewOn = civil.Date{} // history says what it was
	}
	return r.Watch
}

// readWatch reads one, with its history where that is asked for; fault.ErrNotFound when there is none.
func readWatch(ctx context.Context, tx *postgres.Tx, id uuid.UUID, whole bool) (Watch, error) {
	const query = selectWatches + ` WHERE w.id = $1`
	var row watchRow
	err := tx.Get(ctx, &row, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return Watch{}, fault.ErrNotFound.With()
	}
	w := row.watch()
	if err != nil || !whole {
		return w, err
	}
	const steps = `SELECT at, move, from_state, to_state, word, review_on FROM monitor.watch_steps WHERE watch_id = $1 ORDER BY n`
	w.History = []WatchPast{}
	err = tx.Select(ctx, &w.History, steps, id)
	return w, err
}

// WatchPage is one page of watches, newest first.
type WatchPage struct {
	// Before is the last id of the page before; zero begins.
	Before         uuid.UUID
	Limit          int
	State          WatchState
	OrganisationID uuid.UUID
}

// Watches lists those a principal may know of: an authority's of the organisations of its side, an
// organisation's own that were decided on. It refuses as Watch does.
func (s *Service) Watches(ctx context.Context, who identity.Principal, page WatchPage) ([]Watch, error) {
	if err := mayReadWatches(who); err != nil {
		return nil, err
	}
	const query = selectWatches + `
		 WHERE (o.kind = ANY (CAST($1 AS text[])) OR w.organisation_id = $2 AND w.state IN ('watched', 'ended'))
		   AND ($3 = '' OR w.state = $3) AND (CAST($4 AS uuid) IS NULL OR w.organisation_id = $4)
		   AND (CAST($5 AS uuid) IS NULL OR w.id < $5)
		 ORDER BY w.id DESC LIMIT $6`
	var rows []watchRow
	err := s.db.Select(ctx, &rows, query, postgres.Array(overseenKinds(who)), who.OrganisationID, string(page.State),
		postgres.NullID(page.OrganisationID), postgres.NullID(page.Before), page.Limit)
	watches := make([]Watch, len(rows))
	for at, row := range rows {
		watches[at] = row.watch()
	}
	return watches, err
}

// overseenKinds are the kinds of organisations that a principal decides about.
func overseenKinds(who identity.Principal) []string {
	kinds := []string{}
	for _, kind := range []identity.OrganisationKind{identity.Producer, identity.Buyer, identity.Authority} {
		if who.Oversees(kind) {
			kinds = append(kinds, string(kind))
		}
	}
	return kinds
}

// WatchTerms are the reasons for a watch, and from which facts one is proposed.
type WatchTerms struct {
	Reasons []WatchReason `json:"reasons"`
	Rules   []WatchRule   `json:"rules"`
}

// WatchTerms reads them, in the order people see them.
func (s *Service) WatchTerms(ctx context.Context) (WatchTerms, error) {
	reasons, err := WatchReasonsIn(ctx, s.db)
	if err != nil {
		return WatchTerms{Reasons: reasons}, err
	}
	rules, err := watchRules(ctx, s.db)
	return WatchTerms{Reasons: reasons, Rules: rules}, err
}

// WatchReasonsIn reads why an organisation may be put under watch, in the order people see them.
func WatchReasonsIn(ctx context.Context, reader postgres.Reader) ([]WatchReason, error) {
	const query = `SELECT code, name_vi, name_en FROM monitor.watch_reasons ORDER BY position`
	reasons := []WatchReason{}
	err := reader.Select(ctx, &reasons, query)
	return reasons, err
}

func watchRules(ctx context.Context, reader postgres.Reader) ([]WatchRule, error) {
	const query = `SELECT code, kind, reason, cases, permille, quiet_days, unverified FROM monitor.watch_rules ORDER BY code`
	rules := []WatchRule{}
	err := reader.Select(ctx, &rules, query)
	return rules, err
}

// WatchTold is what an organisation is told of a watch.
type WatchTold struct {
	Watch

	// Word is what was said with the step.
	Word string `db:"word"`
}

// ReadWatchToldTx reads what is told of a step of a watch, for who tells it.
func ReadWatchToldTx(ctx context.Context, tx *postgres.Tx, id uuid.UUID, version int64) (WatchTold, error) {
	const query = `
		SELECT w.id, w.organisation_id, w.reason, p.review_on, p.word
		  FROM monitor.watches w JOIN monitor.watch_steps p ON p.watch_id = w.id AND p.n = $2 WHERE w.id = $1`
	var told WatchTold
	err := tx.Get(ctx, &told, query, id, version)
	return told, err
}

// quietSince reads, for organisations whose last proposal was dismissed or whose last watch ended, when, and
// those that have an open one.
func quietSince(ctx context.Context, tx *postgres.Tx) (closed map[uuid.UUID]time.Time, open map[uuid.UUID]bool, err error) {
	const query = `
		SELECT w.organisation_id, max(w.updated_at), bool_or(w.state IN ('proposed', 'watched')) FROM monitor.watches w GROUP BY w.organisation_id`
	closed, open = make(map[uuid.UUID]time.Time), make(map[uuid.UUID]bool)
	err = tx.Each(ctx, query, nil, func(scan func(dest ...any) error) error {
		var id uuid.UUID
		var at time.Time
		var stands bool
		if err := scan(&id, &at, &stands); err != nil {
			return err
		}
		closed[id], open[id] = at, stands
		return nil
	})
	return closed, open, err
}
