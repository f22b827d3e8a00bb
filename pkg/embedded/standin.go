package embedded

import (
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// standInTick is how exactly keys expire in the stand-in.
const standInTick = 50 * time.Millisecond

// A standIn plays Redis inside this process where there is no redis-server. It is slower, keeps no
// memory limit and ends with the process.
type standIn struct {
	redis *miniredis.Miniredis
	stop  chan struct{}
	ended chan struct{}
}

// startStandIn starts one on a free port of the loopback.
func startStandIn() (*standIn, redisState, error) {
	s := &standIn{redis: miniredis.NewMiniRedis(), stop: make(chan struct{}), ended: make(chan struct{})}
	password := rand.Text()
	s.redis.RequireAuth(password)
	if err := s.redis.StartAddr(loopback(0)); err != nil {
		return nil, redisState{}, fmt.Errorf("the stand-in for redis-server did not start: %w", err)
	}
	go s.runClock()
	port := s.redis.Server().Addr().Port
	return s, redisState{Port: port, PID: os.Getpid(), Password: password, StandIn: true}, nil
}

// runClock lets keys expire: of itself the stand-in's time stands still.
func (s *standIn) runClock() {
	defer close(s.ended)
	ticker := time.NewTicker(standInTick)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-s.stop:
			return
		case now := <-ticker.C:
			s.redis.FastForward(now.Sub(last))
			last = now
		}
	}
}

func (s *standIn) close() {
	close(s.stop)
	<-s.ended
	s.redis.Close()
}
