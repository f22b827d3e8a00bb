package trade

import (
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/pkg/web"
)

// Attendance is whether a participant comes.
type Attendance string

// What is known of a participant's coming.
const (
	Invited    Attendance = "invited"
	Registered Attendance = "registered"
	Attended   Attendance = "attended"
	Declined   Attendance = "declined"
)

// Participant is who takes part in a trade event.
type Participant struct {
	ID             uuid.UUID          `db:"id"              json:"id"`
	OrganisationID *uuid.UUID         `db:"organisation_id" json:"organisation_id,omitempty" doc:"On the platform; else it has a name alone."`
	Name           string             `db:"name"            json:"name"`
	Attendance     Attendance         `db:"attendance"      json:"attendance"                enum:"invited,registered,attended,declined"`
	Booth          string             `db:"booth"           json:"booth,omitempty"           doc:"Number of its booth; once at an event."`
	BoothArea      *quantity.Quantity `db:"booth_area"      json:"booth_area_m2,omitempty"`
	Version        int64              `db:"version"         json:"version"`
}

// NewParticipant is one to be added to a trade event.
type NewParticipant struct {
	OrganisationID uuid.UUID          `json:"organisation_id,omitzero" doc:"A producer or buyer on the platform."`
	Name           string             `json:"name,omitempty"           maxLength:"200" doc:"Of one that is not on the platform."`
	Attendance     Attendance         `json:"attendance,omitempty"     enum:"invited,registered" default:"invited"`
	Booth          string             `json:"booth,omitempty"          maxLength:"20"`
	BoothArea      *quantity.Quantity `json:"booth_area_m2,omitempty"`
}

// largestBooth bounds a booth, in square metres.
const largestBooth = 10_000

func (n *NewParticipant) check() error {
	var found fault.Collector
	trimmed(&n.Name, &n.Booth)
	if (n.OrganisationID == uuid.Nil) == (n.Name == "") {
		found.Add("name", ErrParty)
	}
	if n.Attendance == "" {
		n.Attendance = Invited
	}
	checkBooth(&found, n.Booth, n.BoothArea)
	return found.Err()
}

func checkBooth(found *fault.Collector, booth string, area *quantity.Quantity) {
	switch {
	case area == nil:
	case booth == "":
		found.Add("booth", fault.ErrRequired)
	case *area <= 0 || *area > quantity.Of(largestBooth):
		found.Add("booth_area_m2", fault.ErrOutOfRange, "min", quantity.Quantity(1), "max", quantity.Of(largestBooth))
	}
}

// ParticipantChange changes a participant; what is left out stays.
type ParticipantChange struct {
	Attendance *Attendance                     `json:"attendance,omitempty"   enum:"invited,registered,attended,declined"`
	Booth      web.Optional[string]            `json:"booth,omitzero"         maxLength:"20" doc:"null frees it, with its area."`
	BoothArea  web.Optional[quantity.Quantity] `json:"booth_area_m2,omitzero"`
}

func (c ParticipantChange) apply(p Participant) (Participant, error) {
	var found fault.Collector
	set(&p.Attendance, c.Attendance)
	if c.Booth.Set {
		p.Booth = c.Booth.Value
		trimmed(&p.Booth)
		if c.Booth.Null {
			p.BoothArea = nil
		}
	}
	if c.BoothArea.Set {
		p.BoothArea = &c.BoothArea.Value
		if c.BoothArea.Null {
			p.BoothArea = nil
		}
	}
	checkBooth(&found, p.Booth, p.BoothArea)
	return p, found.Err()
}

// Meeting is two participants who meet at an event.
type Meeting struct {
	ID           uuid.UUID    `json:"id"`
	Participants [2]uuid.UUID `json:"participants"`
	From         time.Time    `json:"from"`
	To           time.Time    `json:"to"`
	CancelledAt  *time.Time   `json:"cancelled_at,omitempty"`
}

// NewMeeting is one to be arranged.
type NewMeeting struct {
	Participants []uuid.UUID `json:"participants" minItems:"2" maxItems:"2" doc:"Two participants of the event."`
	From         time.Time   `json:"from"`
	To           time.Time   `json:"to"`
}
