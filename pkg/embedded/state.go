package embedded

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
)

// A state is what servers.json keeps: all a process needs to join the servers, and the ports to ask
// for again when they are started the next time.
type state struct {
	Database string        `json:"database"`
	Owner    login         `json:"owner"`
	App      login         `json:"app"`
	Postgres postgresState `json:"postgres"`
	Redis    redisState    `json:"redis"`
	// Namespace is the process-id namespace of the process that started PostgreSQL.
	Namespace string `json:"namespace,omitempty"`
}

type login struct {
	Role     string `json:"role"`
	Password string `json:"password"`
}

type postgresState struct {
	Port int `json:"port"`
	PID  int `json:"pid"`
}

type redisState struct {
	Port     int    `json:"port"`
	PID      int    `json:"pid"`
	Password string `json:"password"`
	RunID    string `json:"run_id,omitempty"`
	// StandIn tells that it lives inside the process PID and dies with it.
	StandIn bool `json:"stand_in,omitempty"`
}

// newState makes up the passwords of servers nobody has used yet.
func newState(opts Options) state {
	return state{
		Database: opts.DatabaseName,
		Owner:    login{Role: opts.OwnerRole, Password: rand.Text()},
		App:      login{Role: opts.AppRole, Password: rand.Text()},
	}
}

// fits tells whether the state describes the database and roles that are asked for.
func (s state) fits(opts Options) bool {
	return s.Database == opts.DatabaseName &&
		s.Owner.Role == opts.OwnerRole && s.Owner.Password != "" &&
		s.App.Role == opts.AppRole && s.App.Password != ""
}

// readState reads servers.json. A file that is not there is fs.ErrNotExist.
func readState(path string) (state, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return state{}, folderError(err)
	}
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return state{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// write replaces servers.json in one step: a crash leaves the old one or the new one.
func (s state) write(path string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("servers.json: %w", err)
	}
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return folderError(err)
	}
	if err := os.WriteFile(fresh, append(text, '\n'), 0o600); err != nil {
		return folderError(err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return folderError(err)
	}
	return nil
}

func (s state) postgresURL(who login) string {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(who.Role, who.Password),
		Host: loopback(s.Postgres.Port), Path: "/" + s.Database,
		RawQuery: "connect_timeout=5&sslmode=disable",
	}
	return address.String()
}

func (s state) redisURL() string {
	address := url.URL{
		Scheme: "redis", User: url.UserPassword("", s.Redis.Password),
		Host: loopback(s.Redis.Port), Path: "/0",
	}
	return address.String()
}

// processNamespace names the set of process ids this process sees; empty where there is but one.
func processNamespace() string {
	name, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return name
}
