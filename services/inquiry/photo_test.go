package inquiry_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
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

func TestPhotosOfWhatCame(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSold(t, "iced", quantity.Of(100))
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 3, 2))))
	photo := func() io.Reader { return bytes.NewReader(picture.Bytes()) }
	sent, link := s.linked(quantity.Of(10))
	_, err := s.AddReceiptPhoto(ctx, s.buyer, sent.ID, photo())
	require.ErrorIs(t, err, catalog.ErrNoScanStore)
	s.Service = s.WithFiles(files.NewKeeper(s.db, files.NewFolder(t.TempDir())))

	_, err = s.AddReceiptPhoto(ctx, s.producer, sent.ID, photo())
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = s.AddReceiptPhoto(ctx, s.organisation(identity.Buyer), sent.ID, photo())
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = s.AddReceiptPhoto(ctx, s.buyer, sent.ID, strings.NewReader("no picture"))
	require.ErrorIs(t, err, catalog.ErrPhotoType)
	_, err = s.AddDockPhoto(ctx, "ocopd_"+strings.Repeat("A", 43), photo())
	require.ErrorIs(t, err, fault.ErrNotFound)
	first, err := s.AddReceiptPhoto(ctx, s.buyer, sent.ID, photo())
	require.NoError(t, err)
	second, err := s.AddDockPhoto(ctx, link.Code, photo())
	require.NoError(t, err)
	for _, reader := range []identity.Principal{s.buyer, s.producer} {
		listed, err := s.ReceiptPhotos(ctx, reader, sent.ID)
		require.NoError(t, err)
		require.Equal(t, []inquiry.ReceiptPhoto{first, second}, listed)
		content, err := s.ReceiptPhoto(ctx, reader, sent.ID, second.ID)
		require.NoError(t, err)
		got, err := io.ReadAll(content)
		require.NoError(t, err)
		require.NoError(t, content.Close())
		require.Equal(t, picture.Bytes(), got)
		require.Equal(t, "image/png", content.Type)
	}
	_, err = s.ReceiptPhoto(ctx, s.organisation(identity.Producer), sent.ID, first.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	other := s.sent(quantity.Of(1))
	_, err = s.ReceiptPhoto(ctx, s.buyer, other.ID, first.ID)
	require.ErrorIs(t, err, fault.ErrNotFound, "a photo of another delivery")
	_, err = s.ReceiptPhoto(ctx, s.buyer, sent.ID, uuid.New())
	require.ErrorIs(t, err, fault.ErrNotFound)
	for range 10 {
		_, err = s.AddReceiptPhoto(ctx, s.buyer, sent.ID, photo())
		require.NoError(t, err)
	}
	_, err = s.AddReceiptPhoto(ctx, s.buyer, sent.ID, photo())
	require.ErrorIs(t, err, inquiry.ErrTooManyReceiptPhotos)
	plan, err := s.Schedule(ctx, s.producer, s.award.ID, inquiry.Plan{Quantity: quantity.Of(1), Day: s.today})
	require.NoError(t, err)
	_, err = s.AddReceiptPhoto(ctx, s.buyer, plan.ID, photo())
	require.ErrorIs(t, err, inquiry.ErrDeliveryState)
}
