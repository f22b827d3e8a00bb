package trade

import (
	"context"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// maxTotal caps what is counted on request: a list longer than this says so many.
const maxTotal = 10_000

// CountEvents counts what Events would list, up to a cap.
func (s *Service) CountEvents(ctx context.Context, who identity.Principal, filter EventFilter) (int, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM trade.events e` + listedEvents + ` LIMIT $6) listed`
	var total int
	err := s.db.Get(ctx, &total, query, watches(who), filter.Kind, string(filter.State), filter.From, filter.To, maxTotal)
	return total, err
}

// CountParticipants counts what Participants would list, up to a cap.
func (s *Service) CountParticipants(ctx context.Context, who identity.Principal, event uuid.UUID) (int, error) {
	const query = `SELECT count(*) FROM (SELECT FROM trade.participants p` + listedParticipants + ` LIMIT $4) listed`
	return s.countOf(ctx, who, event, query)
}

// CountMeetings counts what Meetings would list, up to a cap.
func (s *Service) CountMeetings(ctx context.Context, who identity.Principal, event uuid.UUID) (int, error) {
	const query = `SELECT count(*) FROM (SELECT FROM trade.meetings m` + listedMeetings + ` LIMIT $4) listed`
	return s.countOf(ctx, who, event, query)
}

// countOf counts what belongs to an event that the principal may see.
func (s *Service) countOf(ctx context.Context, who identity.Principal, event uuid.UUID, query string) (int, error) {
	if _, err := s.Event(ctx, who, event); err != nil {
		return 0, err
	}
	var total int
	err := s.db.Get(ctx, &total, query, event, watches(who), who.OrganisationID, maxTotal)
	return total, err
}

// CountMemoranda counts what Memoranda would list, up to a cap.
func (s *Service) CountMemoranda(ctx context.Context, who identity.Principal, filter MemorandumFilter) (int, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM trade.memoranda m` + listedMemoranda + ` LIMIT $4) listed`
	var total int
	err := s.db.Get(ctx, &total, query, concernedBy(who), string(filter.State), postgres.NullID(filter.EventID), maxTotal)
	return total, err
}

// CountProgrammes counts what Programmes would list, up to a cap.
func (s *Service) CountProgrammes(ctx context.Context, who identity.Principal) (int, error) {
	if err := who.MayRead(areaOf(who)); err != nil {
		return 0, err
	}
	const query = `SELECT count(*) FROM (SELECT FROM trade.programmes p` + listedProgrammes + ` LIMIT $4) listed`
	commune, err := communeOf(ctx, s.db, who)
	if err != nil {
		return 0, err
	}
	var total int
	err = s.db.Get(ctx, &total, query, watches(who), who.OrganisationID, commune, maxTotal)
	return total, err
}

// CountDeclarations counts what Declarations would list, up to a cap.
func (s *Service) CountDeclarations(ctx context.Context, who identity.Principal, f DeclarationFilter) (int, error) {
	if err := mayReadDeclared(who); err != nil {
		return 0, err
	}
	const query = `
		SELECT count(*) FROM (
			SELECT FROM trade.declarations d
			  JOIN identity.organisations o ON o.id = d.organisation_id
			  LEFT JOIN trade.declarations c ON c.replaces = d.id` + listedDeclarations + ` LIMIT $11) listed`
	var total int
	err := s.db.Get(ctx, &total, query, append(f.conditions(who), maxTotal)...)
	return total, err
}
