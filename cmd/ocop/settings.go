package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"

	"golang.org/x/term"
)

// settings are what every command that needs the servers is told.
type settings struct {
	Data             string `default:"./var" env:"OCOP_DATA" help:"Folder of the private servers and of files." placeholder:"FOLDER"`
	DatabaseURL      string `env:"OCOP_DATABASE_URL,DATABASE_URL" help:"PostgreSQL to use instead of a private one, as the service's role." name:"database-url" placeholder:"URL"`
	OwnerDatabaseURL string `env:"OCOP_OWNER_DATABASE_URL" help:"The same database as its owner, connected directly, for migrations." name:"owner-database-url" placeholder:"URL"`
	RedisURL         string `env:"OCOP_REDIS_URL,REDIS_URL" help:"Redis to use instead of a private one." name:"redis-url" placeholder:"URL"`
	LogLevel         string `default:"info" enum:"debug,info,warn,error" env:"OCOP_LOG_LEVEL" help:"Least of what is logged: ${enum}." placeholder:"LEVEL"`
}

// logger writes to stderr: lines for a person at a terminal, JSON for machines.
func (s settings) logger(stderr io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if file, ok := stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return slog.New(slog.NewTextHandler(stderr, options))
	}
	return slog.New(slog.NewJSONHandler(stderr, options))
}

// roleOf is the role that a database address signs in as.
func roleOf(address string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		// The parser's error repeats the address, which may hold a password.
		return "", errors.New("a database address cannot be read: it must look like postgres://user:password@host:5432/name")
	}
	role := parsed.User.Username()
	if role == "" {
		return "", fmt.Errorf("the database address for %s names no user: write postgres://user:password@host:5432/name", parsed.Host)
	}
	return role, nil
}
