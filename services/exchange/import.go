package exchange

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/sheet"
	"github.com/ocop-market/ocop/services/catalog"
)

// State is where an import stands: waiting → running → done; failed when nobody may carry it on;
// cancelled by its producer while it waits or runs.
type State string

// The states of an import.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Import is one file that was sent in, and how far it got.
type Import struct {
	ID       uuid.UUID    `json:"id"`
	Kind     Kind         `json:"kind"      enum:"products,offers,receipts"`
	DryRun   bool         `json:"dry_run"   doc:"Nothing was changed; the counts say what would be."`
	FileName string       `json:"file_name"`
	Format   sheet.Format `json:"format"    enum:"csv,xlsx"`
	State    State        `json:"state"     enum:"waiting,running,done,failed,cancelled"`
	Reason   *Complaint   `json:"reason,omitempty" doc:"Why it failed."`
	Progress Progress     `json:"progress"`
	Counts   Counts       `json:"counts"`
	// UnknownHeadings mean nothing here, IgnoredHeadings are columns of exports that cannot be
	// changed by a file.
	UnknownHeadings []string   `json:"unknown_headings" doc:"Columns that were not understood and not read."`
	IgnoredHeadings []string   `json:"ignored_headings" doc:"Columns that only exports fill, such as what remains."`
	Refusals        []Refusal  `json:"refusals"         doc:"The first refused rows; the result has them all."`
	CreatedAt       time.Time  `json:"created_at"`
	StartedAt       *time.Time `json:"started_at,omitempty"`
	FinishedAt      *time.Time `json:"finished_at,omitempty"`
	ResultUntil     *time.Time `json:"result_until,omitempty" doc:"The file and its result are removed then; what was counted stays."`
}

// Progress is how far an import got.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total" doc:"Rows below the headings that hold something."`
}

// Counts are what became of the rows that are through.
type Counts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Refused   int `json:"refused"`
}

// Refusal is a row that was refused, and why.
type Refusal struct {
	Row    int         `json:"row"    doc:"As the spreadsheet numbers it."`
	Errors []Complaint `json:"errors"`
}

// outcome is what became of one row.
type outcome struct {
	Row        int
	Verdict    catalog.Verdict
	Subject    uuid.UUID
	Complaints []Complaint
}

func (c *Counts) add(outcomes []outcome) {
	for _, o := range outcomes {
		switch o.Verdict {
		case catalog.Created:
			c.Created++
		case catalog.Updated:
			c.Updated++
		case catalog.Unchanged:
			c.Unchanged++
		case catalog.Refused:
			c.Refused++
		}
	}
}

// importRow is an import as it is stored.
type importRow struct {
	ID             uuid.UUID                 `db:"id"`
	OrganisationID uuid.UUID                 `db:"organisation_id"`
	UserID         uuid.UUID                 `db:"user_id"`
	KeyID          uuid.NullUUID             `db:"key_id"`
	Kind           Kind                      `db:"kind"`
	DryRun         bool                      `db:"dry_run"`
	FileName       string                    `db:"file_name"`
	Format         sheet.Format              `db:"format"`
	Unknown        postgres.Strings          `db:"unknown"`
	Ignored        postgres.Strings          `db:"ignored"`
	State          State                     `db:"state"`
	Reason         postgres.JSON[*Complaint] `db:"reason"`
	Rows           int                       `db:"rows"`
	Done           int                       `db:"done"`
	Created        int                       `db:"created"`
	Updated        int                       `db:"updated"`
	Unchanged      int                       `db:"unchanged"`
	Refused        int                       `db:"refused"`
	CreatedAt      time.Time                 `db:"created_at"`
	StartedAt      *time.Time                `db:"started_at"`
	FinishedAt     *time.Time                `db:"finished_at"`
	PurgedAt       *time.Time                `db:"purged_at"`
}

func (r importRow) whole(refusals []Refusal) Import {
	whole := Import{
		ID: r.ID, Kind: r.Kind, DryRun: r.DryRun, FileName: r.FileName, Format: r.Format, State: r.State, Reason: r.Reason.V,
		Progress:        Progress{Done: r.Done, Total: r.Rows},
		Counts:          Counts{Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Refused: r.Refused},
		UnknownHeadings: r.Unknown, IgnoredHeadings: r.Ignored, Refusals: refusals,
		CreatedAt: r.CreatedAt.UTC(), StartedAt: inUTC(r.StartedAt), FinishedAt: inUTC(r.FinishedAt),
	}
	if r.FinishedAt != nil && r.PurgedAt == nil {
		whole.ResultUntil = new(r.FinishedAt.UTC().Add(KeepFiles))
	}
	return whole
}

func inUTC(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	return new(at.UTC())
}
