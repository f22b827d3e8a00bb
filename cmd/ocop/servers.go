package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/ocop-market/ocop/pkg/embedded"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// The names inside the private PostgreSQL.
const (
	databaseName = "ocop"
	ownerRole    = "ocop_owner"
	appRole      = "ocop_app"
)

// servers are the PostgreSQL and Redis that a command works with.
type servers struct {
	// ownerURL and appURL reach the same database; they are equal when only one role was given.
	ownerURL, appURL string
	// redisURL is empty when there is none: a database was given, but no Redis.
	redisURL string
	// private tells that PostgreSQL lives under OCOP_DATA.
	private bool
	// standIn tells that Redis is played inside a process.
	standIn bool

	embedded *embedded.Servers
}

// openServers takes the servers that the settings name and starts or joins the private ones of the
// folder for the rest. A database of one's own without a Redis has none: nothing private is then
// needed, and the service works without, only slower.
func openServers(ctx context.Context, s settings, log *slog.Logger) (*servers, error) {
	if s.DatabaseURL == "" && s.OwnerDatabaseURL != "" {
		return nil, errors.New("OCOP_OWNER_DATABASE_URL is set without OCOP_DATABASE_URL: set both, or none for a private PostgreSQL")
	}
	if s.DatabaseURL != "" {
		found := &servers{ownerURL: s.OwnerDatabaseURL, appURL: s.DatabaseURL, redisURL: s.RedisURL}
		if found.ownerURL == "" {
			found.ownerURL = s.DatabaseURL
		}
		return found, nil
	}
	folder, err := serversFolder(s.Data, log)
	if err != nil {
		return nil, err
	}
	started, err := embedded.Start(ctx, embedded.Options{
		Dir: folder, Log: log, Fsync: true,
		DatabaseName: databaseName, OwnerRole: ownerRole, AppRole: appRole,
	})
	if err != nil {
		return nil, fmt.Errorf("the private servers in %s: %w", s.Data, err)
	}
	found := &servers{
		ownerURL: started.OwnerURL, appURL: started.AppURL, redisURL: started.RedisURL,
		private: true, standIn: started.RedisStandIn, embedded: started,
	}
	if s.RedisURL != "" {
		found.redisURL, found.standIn = s.RedisURL, false
	}
	return found, nil
}

// serversFolder is where the private servers keep their data: the data folder itself, or, where the
// user that PostgreSQL runs as cannot enter it (root's own home), a folder of its own below
// /var/lib whose name follows from the data folder's, so that every command finds it again.
func serversFolder(data string, log *slog.Logger) (string, error) {
	reason := embedded.Reachable(data)
	if !errors.Is(reason, embedded.ErrUnreachable) {
		return data, nil // whatever else is wrong, starting says it better
	}
	abs, err := filepath.Abs(data)
	if err != nil {
		return "", fmt.Errorf("the folder %q cannot be resolved: %w", data, err)
	}
	sum := sha256.Sum256([]byte(abs))
	elsewhere := filepath.Join("/var/lib/ocop", hex.EncodeToString(sum[:6]))
	if embedded.Reachable(elsewhere) != nil {
		return "", fmt.Errorf("%w; set OCOP_DATA to a folder outside of it", reason)
	}
	log.Warn("PostgreSQL may not run as root and its user cannot enter the data folder: the private servers keep their data elsewhere",
		"data", abs, "servers", elsewhere)
	return elsewhere, nil
}

// hastyURL is for loading data: commits do not wait for the disk. What is lost when the machine
// fails are the last moments before the load's end is noted, and that note itself waits. Only on
// private servers: a pooler in between would refuse the setting.
func (s *servers) hastyURL() string {
	if !s.private {
		return s.appURL
	}
	return s.appURL + "&synchronous_commit=off"
}

// stop leaves the private servers; the last one to leave ends them.
func (s *servers) stop(ctx context.Context) error {
	if s.embedded == nil {
		return nil
	}
	if err := s.embedded.Stop(ctx); err != nil {
		return fmt.Errorf("stopping the private servers: %w", err)
	}
	return nil
}

// checkEncoding refuses a database that cannot hold Vietnamese.
func checkEncoding(ctx context.Context, db *postgres.DB) error {
	const query = `
		SELECT current_database() AS name, pg_encoding_to_char(encoding) AS encoding
		  FROM pg_database WHERE datname = current_database()`
	var found struct {
		Name     string `db:"name"`
		Encoding string `db:"encoding"`
	}
	if err := db.Get(ctx, &found, query); err != nil {
		return err
	}
	if found.Encoding != "UTF8" {
		return fmt.Errorf("the database %s has the encoding %s, which cannot hold Vietnamese text: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
			found.Name, found.Encoding)
	}
	return nil
}

// offlineStatement is what one statement of a command may take: an examination reads everything.
const offlineStatement = 30 * time.Minute

// mustExist refuses a data folder that holds no database yet: a mistyped OCOP_DATA would otherwise
// be given a new, empty one.
func (s settings) mustExist(log *slog.Logger) error {
	if s.DatabaseURL != "" {
		return nil
	}
	folder, err := serversFolder(s.Data, log)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(folder, "postgres")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database in %s: set OCOP_DATA or OCOP_DATABASE_URL to where it is, or start one with ocop serve --embedded", folder)
	}
	return nil
}

// withDatabase runs work on the database of the settings, as the service's role, and leaves.
func withDatabase(t terminal, s settings, work func(ctx context.Context, db *postgres.DB) error) error {
	if err := s.mustExist(slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	return withServers(t, s, func(ctx context.Context, found *servers, _ *slog.Logger) (err error) {
		db, err := postgres.Open(ctx, postgres.Config{URL: found.appURL, MaxConns: 4, StatementTimeout: offlineStatement})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		if err := errors.Join(checkEncoding(ctx, db), checkSchema(ctx, db)); err != nil {
			return err
		}
		return work(ctx, db)
	})
}

// withServers runs work on the servers of the settings and leaves them.
func withServers(t terminal, s settings, work func(ctx context.Context, found *servers, log *slog.Logger) error) (err error) {
	log := s.logger(t.err)
	found, err := openServers(t.ctx, s, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.stop(context.WithoutCancel(t.ctx))) }()
	return work(t.ctx, found, log)
}
