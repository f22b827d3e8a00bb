package inquiry_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/inquiry"
)

// Papers are read by the buyer and all whom the inquiry reaches, and by nobody else; what they are
// follows from their bytes; ten are enough.
func TestPapersGoWithAnInquiry(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, invited, stranger := m.organisation(identity.Buyer), m.organisation(identity.Producer), m.organisation(identity.Producer)
	demand := m.demand(quantity.Of(100))
	demand.Visibility, demand.InvitedProducers = inquiry.Invited, []uuid.UUID{invited.OrganisationID}
	asked := m.placed(buyer, demand)
	const paper = "%PDF-1.4\n%%EOF\n"
	_, err := m.Attach(ctx, buyer, asked.ID, "Quy cách", strings.NewReader(paper))
	require.ErrorIs(t, err, catalog.ErrNoScanStore)
	service := m.WithFiles(files.NewKeeper(m.db, files.NewFolder(t.TempDir())))
	_, err = service.Attach(ctx, buyer, asked.ID, "Quy cách", strings.NewReader("<svg/>"))
	require.ErrorIs(t, err, catalog.ErrScanType)
	_, err = service.Attach(ctx, m.organisation(identity.Buyer), asked.ID, "Quy cách", strings.NewReader(paper))
	require.ErrorIs(t, err, fault.ErrNotFound)
	made, err := service.Attach(ctx, buyer, asked.ID, "Quy cách", strings.NewReader(paper))
	require.NoError(t, err)
	for _, who := range []identity.Principal{buyer, invited} {
		listed, err := service.Attachments(ctx, who, asked.ID)
		require.NoError(t, err)
		require.Len(t, listed, 1)
		require.Equal(t, "application/pdf", listed[0].Type)
		content, err := service.Paper(ctx, who, made.ID)
		require.NoError(t, err)
		read, err := io.ReadAll(content)
		require.NoError(t, err)
		require.NoError(t, content.Close())
		require.Equal(t, paper, string(read))
	}
	_, err = service.Attachments(ctx, stranger, asked.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = service.Paper(ctx, stranger, made.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	for range 9 {
		_, err = service.Attach(ctx, buyer, asked.ID, "", strings.NewReader(paper))
		require.NoError(t, err)
	}
	_, err = service.Attach(ctx, buyer, asked.ID, "", strings.NewReader(paper))
	require.ErrorIs(t, err, inquiry.ErrTooManyAttachments)
	require.NoError(t, service.Detach(ctx, buyer, made.ID))
	listed, err := service.Attachments(ctx, invited, asked.ID)
	require.NoError(t, err)
	require.Len(t, listed, 9)
	again, err := service.Attach(ctx, buyer, asked.ID, "", strings.NewReader(paper))
	require.NoError(t, err, "there is room for one")
	_, err = service.Attach(ctx, buyer, asked.ID, "", strings.NewReader(paper))
	require.ErrorIs(t, err, inquiry.ErrTooManyAttachments)
	listed, err = service.Attachments(ctx, buyer, asked.ID)
	require.NoError(t, err)
	require.Equal(t, again.ID, listed[9].ID, "in the order in which they were added")
	_, err = m.Cancel(ctx, buyer, asked.ID, "")
	require.NoError(t, err)
	_, err = service.Attach(ctx, buyer, asked.ID, "", strings.NewReader(paper))
	require.ErrorIs(t, err, inquiry.ErrNotOpen)
	require.ErrorIs(t, service.Detach(ctx, buyer, again.ID), inquiry.ErrNotOpen)
}

// A paper goes, with its content, while nobody relies on it: not once there is a quote, and while quotes
// are sealed not at all, or the answer would tell of them.
func TestPapersAreRemovedWhileNobodyHasQuoted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := newMarket(t)
	buyer, producer := m.organisation(identity.Buyer), m.organisation(identity.Producer)
	service := m.WithFiles(files.NewKeeper(m.db, files.NewFolder(t.TempDir())))
	attached := func(demand inquiry.Demand) (inquiry.Inquiry, uuid.UUID) {
		asked := m.placed(buyer, demand)
		made, err := service.Attach(ctx, buyer, asked.ID, "Quy cách", strings.NewReader("%PDF-1.4\n%%EOF\n"))
		require.NoError(t, err)
		return asked, made.ID
	}
	held := func(paper uuid.UUID) (holders int) {
		require.NoError(t, m.lent.Owner.Get(ctx, &holders, `SELECT count(*) FROM files.holds WHERE holder = $1`, paper))
		return holders
	}
	draft := m.demand(quantity.Of(100))
	draft.Draft = true
	for _, demand := range []inquiry.Demand{draft, m.demand(quantity.Of(100))} {
		asked, paper := attached(demand)
		require.ErrorIs(t, service.Detach(ctx, producer, paper), fault.ErrForbidden)
		require.ErrorIs(t, service.Detach(ctx, m.organisation(identity.Buyer), paper), fault.ErrNotFound)
		require.Equal(t, 1, held(paper))
		require.NoError(t, service.Detach(ctx, buyer, paper))
		require.Zero(t, held(paper))
		require.ErrorIs(t, service.Detach(ctx, buyer, paper), fault.ErrNotFound)
		_, err := service.Paper(ctx, buyer, paper)
		require.ErrorIs(t, err, fault.ErrNotFound)
		var events int
		require.NoError(t, m.db.Get(ctx, &events, `SELECT count(*) FROM identity.audit_events WHERE action = 'inquiry.detached' AND subject_id = $1`, asked.ID))
		require.Equal(t, 1, events)
	}

	asked, paper := attached(m.demand(quantity.Of(100)))
	quote := m.quote(producer, asked, m.offer(producer, m.shrimp(producer, "iced").ID, quantity.Of(1000)), quantity.Of(100), 250_000)
	require.ErrorIs(t, service.Detach(ctx, buyer, paper), inquiry.ErrAttachmentKept)
	_, err := m.Withdraw(ctx, producer, quote.ID)
	require.NoError(t, err)
	require.NoError(t, service.Detach(ctx, buyer, paper), "nobody relies on it any more")

	sealed := m.demand(quantity.Of(100))
	sealed.QuotesSealed = true
	_, paper = attached(sealed)
	require.ErrorIs(t, service.Detach(ctx, buyer, paper), inquiry.ErrAttachmentKept, "though nobody has quoted")
}
