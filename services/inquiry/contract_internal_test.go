package inquiry

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// However many ask, a bounded number of papers is drawn at once; who waits gives up with the request.
func TestPapersAreDrawnAFewAtATime(t *testing.T) {
	t.Parallel()
	s := NewService(nil, nil)
	ctx, giveUp := context.WithCancel(context.Background())
	begun, end := make(chan struct{}), make(chan struct{})
	for range papersAtOnce {
		go func() {
			_, _ = s.At("x").On(nil).drawn(ctx, func() ([]byte, error) {
				begun <- struct{}{}
				<-end
				return nil, nil
			})
		}()
		<-begun
	}
	giveUp()
	_, err := s.drawn(ctx, func() ([]byte, error) {
		t.Error("one too many")
		return nil, nil
	})
	require.ErrorIs(t, err, context.Canceled)
	close(end)
	paper, err := s.drawn(context.Background(), func() ([]byte, error) { return []byte("drawn"), nil })
	require.NoError(t, err)
	require.Equal(t, "drawn", string(paper))
}
