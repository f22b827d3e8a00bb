package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

type adminCommand struct {
	Create adminCreateCommand `cmd:"" help:"Create an administrator of the platform. The password is read from stdin."`
}

type adminCreateCommand struct {
	Settings settings `embed:""`
	Email    string   `help:"The administrator's e-mail address, with which to sign in." placeholder:"ADDRESS" required:""`
	Name     string   `help:"The administrator's name." placeholder:"NAME" required:""`
	Password string   `env:"OCOP_ADMIN_PASSWORD" help:"Only through the environment: command lines are seen by everybody." hidden:""`
}

// Run creates the administrator.
func (c *adminCreateCommand) Run(t terminal) error {
	password := c.Password
	if password == "" {
		var err error
		if password, err = readPassword(t); err != nil {
			return err
		}
	}
	return withDatabase(t, c.Settings, func(ctx context.Context, db *postgres.DB) error {
		book, err := reference.Open(ctx, db)
		if err != nil {
			return err
		}
		service := identity.NewService(db, book, identity.Options{Log: c.Settings.logger(t.err)})
		person := identity.NewUser{Name: c.Name, Email: c.Email, Password: password}
		if err := service.CreateAdministrator(ctx, person); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s may now sign in as an administrator.\n", c.Email)
		return nil
	})
}

// readPassword reads one line, unseen when it is typed.
func readPassword(t terminal) (string, error) {
	if file, ok := t.in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		fmt.Fprint(t.err, "Password (at least 10 characters): ")
		typed, err := term.ReadPassword(int(file.Fd()))
		fmt.Fprintln(t.err)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		return string(typed), nil
	}
	line, err := bufio.NewReader(t.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
