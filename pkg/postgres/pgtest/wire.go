package pgtest

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Wire is a way to a server that a test can cut and mend, and that can lose answers: what happens on
// a network, made to happen at a chosen moment.
type Wire struct {
	listener net.Listener
	target   string

	mutex sync.Mutex
	cut   bool
	loses func(sent []byte) bool
	ends  map[net.Conn]struct{}
}

// LayWire lays a wire to the server of an address for the length of the test.
func LayWire(t testing.TB, address string) *Wire {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &Wire{listener: listener, target: parsed.Host, ends: make(map[net.Conn]struct{})}
	t.Cleanup(func() { _ = listener.Close(); w.Cut() })
	go w.accept()
	return w
}

// Through is the address that leads through the wire.
func (w *Wire) Through(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	parsed.Host = w.listener.Addr().String()
	return parsed.String()
}

// Cut ends every connection; until Mend none is made.
func (w *Wire) Cut() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.cut = true
	for end := range w.ends {
		_ = end.Close()
	}
	clear(w.ends)
}

// Mend lets connections be made again.
func (w *Wire) Mend() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.cut = false
}

// Lose has loses look at everything that a client sends. Where it says so, the server gets it and
// does it, and its answer is lost together with the connection. Nil loses nothing.
func (w *Wire) Lose(loses func(sent []byte) bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.loses = loses
}

func (w *Wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.carry(near)
	}
}

// joined notes both ends of a connection, unless the wire is cut.
func (w *Wire) joined(ends ...net.Conn) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, end := range ends {
		w.ends[end] = struct{}{}
	}
	return !w.cut
}

func (w *Wire) left(ends ...net.Conn) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, end := range ends {
		_ = end.Close()
		delete(w.ends, end)
	}
}

// loss asks whether the answer to what was sent is to be lost.
func (w *Wire) loss(sent []byte) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.loses != nil && w.loses(sent)
}

// carry moves bytes both ways until an end closes or an answer is lost.
func (w *Wire) carry(near net.Conn) {
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.target)
	if err != nil {
		_ = near.Close()
		return
	}
	defer w.left(near, far)
	if !w.joined(near, far) {
		return
	}
	answers := &answers{near: near}
	go func() {
		defer w.left(near, far)
		buffer := make([]byte, 64<<10)
		for {
			n, err := near.Read(buffer)
			if err != nil {
				return
			}
			if w.loss(buffer[:n]) {
				answers.lose()
			}
			if _, err := far.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	_, _ = io.Copy(answers, far)
}

// answers writes what the server says to the client, until it is to be lost.
type answers struct {
	near net.Conn

	mutex sync.Mutex
	lost  bool
}

func (a *answers) lose() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.lost = true
}

// Write implements io.Writer; a lost answer ends the connection.
func (a *answers) Write(answer []byte) (int, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.lost {
		return 0, net.ErrClosed
	}
	return a.near.Write(answer)
}
