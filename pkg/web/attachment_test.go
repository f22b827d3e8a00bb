package web_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/web"
)

// kept is stored content that notes when it is closed.
type kept struct {
	io.Reader

	closed *bool
}

func (k kept) Close() error         { *k.closed = true; return nil }
func (kept) Media() (string, int64) { return "application/pdf", 5 }

// What is stored goes out as an attachment that no browser interprets, named by the last of its ids, and is
// closed; what open refuses goes out as a refusal, and what is no id as nothing there.
func TestStoredContentIsSentAsAnAttachment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	known, inside, closed := uuid.New(), uuid.New(), false
	b.api.Raw(web.Operation{
		ID: "get-stored", Method: http.MethodGet, Path: "/v1/stored/{id}/parts/{part}", Access: web.Access{Anonymous: true},
	}, nil, web.SendStored(func(_ context.Context, ids []uuid.UUID) (kept, error) {
		if ids[0] != known || ids[1] != inside {
			return kept{}, fault.ErrNotFound.With()
		}
		return kept{Reader: strings.NewReader("%PDF-"), closed: &closed}, nil
	}, "id", "part"))
	got := b.send(t, http.MethodGet, "/v1/stored/"+known.String()+"/parts/"+inside.String(), "")
	require.Equal(t, http.StatusOK, got.Code)
	require.Equal(t, "%PDF-", got.Body.String())
	require.Equal(t, `attachment; filename="`+inside.String()+`.pdf"`, got.Header().Get("Content-Disposition"))
	require.Equal(t, []string{"application/pdf", web.SealedPolicy, "private, no-store", "5"}, []string{
		got.Header().Get("Content-Type"), got.Header().Get("Content-Security-Policy"), got.Header().Get("Cache-Control"), got.Header().Get("Content-Length"),
	})
	require.True(t, closed)
	for _, path := range []string{"x/parts/" + inside.String(), known.String() + "/parts/x", uuid.NewString() + "/parts/" + inside.String()} {
		b.send(t, http.MethodGet, "/v1/stored/"+path, "").requireRefused(t, http.StatusNotFound, "not_found", "")
	}
}
