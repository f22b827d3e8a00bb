package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
)

const (
	// streamEvery is how often a listener is told; with sealing a change is heard within two seconds.
	streamEvery = time.Second
	// streamBeat keeps idle connections open through proxies.
	streamBeat = 15 * time.Second
	// streamLife ends a stream: whoever listens on comes back by itself, and is asked again who it is.
	streamLife = 5 * time.Minute
	// streamWrite bounds how long a client may take for what it is sent.
	streamWrite = 10 * time.Second

	streamType = "text/event-stream"
)

type streamInput struct {
	LastEventID string `header:"Last-Event-Id" doc:"The id of the last event that was heard; the stream goes on behind it."`
}

func mountStream(api *web.API, service *Service) {
	api.Raw(web.Operation{
		ID: "stream-changes", Method: http.MethodGet, Path: "/v1/stream", Tag: "monitoring", Access: watchers(), Input: streamInput{},
		Summary: "Changes as they happen",
		Description: "Server-sent events (WHATWG HTML, 9.2): `changes` names the lines and months in which volumes moved and the kinds of events that officials watch, " +
			"never whose they are; ask again for what is shown. `reset`: more happened than is told at once, load everything anew. The first event, `here`, says " +
			"where the stream begins. Resumable by Last-Event-ID, without gaps or repetition. A stream ends after five minutes; clients come back by themselves.",
		Faults: append(refusals(), ErrTooManyStreams), Produces: []string{streamType},
	}, nil, service.sendStream)
}

// sendStream tells changes until the client goes, the server stops or the stream's life is over.
func (s *Service) sendStream(c *gin.Context) {
	ctx := c.Request.Context()
	who := identity.FromContext(ctx)
	leave, err := s.listening.enter(who.UserID)
	if err != nil {
		web.Fail(c, err)
		return
	}
	defer leave()
	place, resumed := ParsePlace(c.GetHeader("Last-Event-ID"))
	here, err := s.Here(ctx)
	if err != nil {
		web.Fail(c, err)
		return
	}
	header := c.Writer.Header()
	header.Set("Content-Type", streamType)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // or nginx holds it back
	c.Writer.WriteHeader(http.StatusOK)
	stream := eventStream{to: c.Writer, control: http.NewResponseController(c.Writer)}
	switch {
	case !resumed && c.GetHeader("Last-Event-ID") == "":
		place = here
		stream.send("here", place, struct{}{})
	case !resumed || place.Posted > here.Posted || place.Recorded > here.Recorded:
		place = here
		stream.send("reset", place, struct{}{})
	}
	s.tell(c, who, place, &stream)
}

func (s *Service) tell(c *gin.Context, who identity.Principal, place Place, stream *eventStream) {
	ctx := c.Request.Context()
	look, beat, end := time.NewTicker(streamEvery), time.NewTicker(streamBeat), time.NewTimer(streamLife)
	defer look.Stop()
	defer beat.Stop()
	defer end.Stop()
	for stream.err == nil {
		changes, upTo, tooFar, err := s.ChangesAfter(ctx, who, place)
		switch {
		case err != nil:
			return // the client comes back, and hears then what is wrong
		case tooFar:
			if upTo, err = s.Here(ctx); err != nil {
				return
			}
			stream.send("reset", upTo, struct{}{})
		case len(changes.Volumes) > 0 || len(changes.Events) > 0:
			stream.send("changes", upTo, changes)
		}
		place = upTo
		select {
		case <-look.C:
		case <-beat.C:
			stream.write(": beat\n\n")
		case <-end.C:
			return
		case <-ctx.Done():
			return
		case <-web.Stopping(ctx):
			return
		}
	}
}

// eventStream writes server-sent events; the first failure ends it.
type eventStream struct {
	to      http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (e *eventStream) send(event string, id Place, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		e.err = fmt.Errorf("wording an event: %w", err)
		return
	}
	e.write(fmt.Sprintf("event: %s\nid: %s\nretry: 2000\ndata: %s\n\n", event, id, text))
}

func (e *eventStream) write(text string) {
	if e.err != nil {
		return
	}
	if e.err = e.control.SetWriteDeadline(time.Now().Add(streamWrite)); e.err != nil {
		return
	}
	if _, e.err = e.to.Write([]byte(text)); e.err == nil {
		e.err = e.control.Flush()
	}
}
