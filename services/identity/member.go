package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// Membership is a person in an organisation, as its members see it. While the invitation is
// open it shows what the inviter wrote and nothing of the person.
type Membership struct {
	UserID   uuid.UUID `db:"user_id"    json:"user_id"`
	Name     string    `db:"name"       json:"name"`
	Email    string    `db:"email"      json:"email,omitempty"`
	Phone    string    `db:"phone"      json:"phone,omitempty"`
	Role     Role      `db:"role"       enum:"owner,member,viewer" json:"role"`
	Accepted bool      `db:"accepted"   doc:"False while the invitation is open." json:"accepted"`
	Since    time.Time `db:"created_at" json:"since"`
}

// MyMembership is an organisation of a person, as that person sees it.
type MyMembership struct {
	ID       uuid.UUID         `db:"id"       json:"id"`
	Name     string            `db:"name"     json:"name"`
	Kind     OrganisationKind  `db:"kind"     enum:"producer,buyer,authority" json:"kind"`
	State    OrganisationState `db:"state"    enum:"applied,approved,rejected,suspended" json:"state"`
	Role     Role              `db:"role"     enum:"owner,member,viewer" json:"role"`
	Accepted bool              `db:"accepted" doc:"False for an open invitation." json:"accepted"`
}

// Me is who the caller is, for whom the caller acts and might act.
type Me struct {
	User User `json:"user"`
	// Organisation is the one acted for.
	Organisation  *MyMembership  `json:"organisation,omitempty"`
	Organisations []MyMembership `json:"organisations"`
	// Scopes confine an API key.
	Scopes []string `json:"scopes,omitempty"`
}

// Invitation is what an owner writes to add a person: at least one login.
type Invitation struct {
	Name  string `json:"name"            maxLength:"200" minLength:"1"`
	Email string `json:"email,omitempty" maxLength:"254"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	Role  Role   `enum:"owner,member,viewer" json:"role"`
}

// Me tells the caller who they are. Any signed-in caller may ask.
func (s *Service) Me(ctx context.Context, who Principal) (Me, error) {
	if !who.SignedIn() {
		return Me{}, fault.ErrUnauthenticated.With()
	}
	found, err := accountByID(ctx, s.db, who.UserID)
	if err != nil {
		return Me{}, err
	}
	organisations, err := membershipsOf(ctx, s.db, who.UserID)
	if err != nil {
		return Me{}, err
	}
	me := Me{User: found.User, Organisations: organisations}
	if who.KeyID != uuid.Nil {
		// A key speaks for its organisation only, not for all of those its maker belongs to.
		return s.meOfKey(ctx, who, found.User)
	}
	for i := range organisations {
		if organisations[i].ID == who.OrganisationID && organisations[i].Accepted {
			me.Organisation = &organisations[i]
		}
	}
	return me, nil
}

func (s *Service) meOfKey(ctx context.Context, who Principal, maker User) (Me, error) {
	found, err := organisation(ctx, s.db, who.OrganisationID)
	if err != nil {
		return Me{}, err
	}
	own := MyMembership{ID: found.ID, Name: found.Name, Kind: found.Kind, State: found.State, Role: who.Role, Accepted: true}
	return Me{User: User{ID: maker.ID, Name: maker.Name}, Organisation: &own, Organisations: []MyMembership{own}, Scopes: who.Scopes}, nil
}

func membershipsOf(ctx context.Context, reader postgres.Reader, user uuid.UUID) ([]MyMembership, error) {
	const query = `
		SELECT o.id, o.name, o.kind, o.state, m.role, m.accepted_at IS NOT NULL AS accepted
		  FROM identity.memberships m JOIN identity.organisations o ON o.id = m.organisation_id
		 WHERE m.user_id = $1 ORDER BY m.created_at, o.id LIMIT 100`
	organisations := []MyMembership{}
	err := reader.Select(ctx, &organisations, query, user)
	return organisations, err
}

const memberColumns = `
	m.user_id, CASE WHEN m.accepted_at IS NULL THEN m.invited_name ELSE u.name END AS name,
	CASE WHEN m.accepted_at IS NOT NULL THEN COALESCE(u.email, '') WHEN m.invited_login LIKE '%@%' THEN m.invited_login ELSE '' END AS email,
	CASE WHEN m.accepted_at IS NOT NULL THEN COALESCE(u.phone, '') WHEN m.invited_login LIKE '%@%' THEN '' ELSE m.invited_login END AS phone,
	m.role, m.accepted_at IS NOT NULL AS accepted, m.created_at`

// Members lists the people of the caller's organisation, oldest first, at most limit of them behind
// a position. Every member may look.
func (s *Service) Members(ctx context.Context, who Principal, after Position, limit int) ([]Membership, error) {
	if err := who.MayRead(area); err != nil {
		return nil, err
	}
	const query = `
		SELECT ` + memberColumns + `
		  FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
		 WHERE m.organisation_id = $1 AND ($2::timestamptz IS NULL OR (m.created_at, m.user_id) > ($2, $3::uuid))
		 ORDER BY m.created_at, m.user_id LIMIT $4`
	members := []Membership{}
	err := s.db.Select(ctx, &members, query, who.OrganisationID, after.at(), after.ID, limit)
	return members, err
}

// CountMembers counts what Members would list, up to 10 000.
func (s *Service) CountMembers(ctx context.Context, who Principal) (int, error) {
	if err := who.MayRead(area); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (SELECT 1 FROM identity.memberships WHERE organisation_id = $1 LIMIT $2) counted`
	total := 0
	err := s.db.Get(ctx, &total, query, who.OrganisationID, countCap)
	return total, err
}

// Invite adds a person to the caller's organisation. Somebody new gets a link to choose a
// password, which also accepts; somebody known is asked. Until then it gives no right.
// Refused: ErrSessionRequired, ErrOwnerOnly, what MayWrite refuses, ErrAlreadyMember, and every
// field that is wrong.
func (s *Service) Invite(ctx context.Context, who Principal, invitation Invitation) (Membership, error) {
	if err := mayManage(who); err != nil {
		return Membership{}, err
	}
	var complaints fault.Collector
	checkName(&complaints, "name", invitation.Name)
	checkRole(&complaints, invitation.Role)
	logins, err := readLogins(&complaints, invitation.Email, invitation.Phone)
	if err != nil {
		return Membership{}, err
	}
	if err := complaints.Err(); err != nil {
		return Membership{}, err
	}
	invitation.Name = strings.TrimSpace(invitation.Name)
	return idempotency.Do(ctx, s.db, func(ctx context.Context, tx *postgres.Tx) (Membership, error) {
		return invite(ctx, tx, who, invitation, logins)
	})
}

func checkRole(complaints *fault.Collector, role Role) {
	if role != Owner && role != Member && role != Viewer {
		complaints.Add("role", fault.ErrUnknownValue, "value", role, "allowed", "owner, member, viewer")
	}
}

func invite(ctx context.Context, tx *postgres.Tx, who Principal, invitation Invitation, logins login) (Membership, error) {
	id, err := insertUser(ctx, tx, invitation.Name, logins, "", false)
	if err != nil {
		return Membership{}, err
	}
	if id == uuid.Nil {
		known, err := accountByLogin(ctx, tx, logins)
		if err != nil {
			return Membership{}, err
		}
		id = known.ID
	}
	shown := logins.email
	if shown == "" {
		shown = logins.phone
	}
	const insert = `
		INSERT INTO identity.memberships (organisation_id, user_id, role, invited_name, invited_login, created_at)
		VALUES ($1, $2, $3, $4, $5, $6)`
	if _, err := tx.Exec(ctx, insert, who.OrganisationID, id, invitation.Role, invitation.Name, shown, tx.Now); err != nil {
		return Membership{}, mapConstraint(err)
	}
	if err := RecordTx(ctx, tx, who, "member.invited", Subject{Kind: "user", ID: id}, map[string]any{"role": invitation.Role}); err != nil {
		return Membership{}, err
	}
	if err := mailTx(ctx, tx, mailInvitation, id, who.OrganisationID, ""); err != nil {
		return Membership{}, err
	}
	return member(ctx, tx, who.OrganisationID, id)
}

// member reads one; fault.ErrNotFound when the person does not belong to the organisation.
func member(ctx context.Context, reader postgres.Reader, organisation, user uuid.UUID) (Membership, error) {
	const query = `
		SELECT ` + memberColumns + `
		  FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
		 WHERE m.organisation_id = $1 AND m.user_id = $2`
	var found Membership
	err := reader.Get(ctx, &found, query, organisation, user)
	if errors.Is(err, postgres.ErrNoRows) {
		return Membership{}, fault.ErrNotFound.With()
	}
	return found, err
}
