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
	_, err = m.Cancel(ctx, buyer, asked.ID, "")
	require.NoError(t, err)
	_, err = service.Attach(ctx, buyer, asked.ID, "", strings.NewReader(paper))
	require.ErrorIs(t, err, inquiry.ErrNotOpen)
}
