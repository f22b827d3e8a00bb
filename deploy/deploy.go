// Package deploy embeds what an installation needs beside the binary: the migrations, one linear
// and forward-only history, and the grants of the service's lesser role. It imports nothing of
// ours.
package deploy

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql grants.sql
var files embed.FS

// Migrations is the folder of goose migrations.
func Migrations() (fs.FS, error) {
	folder, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, fmt.Errorf("embedded migrations: %w", err)
	}
	return folder, nil
}

// Grants is the script that gives the service's role its rights; {role} stands for the role.
func Grants() (string, error) {
	script, err := fs.ReadFile(files, "grants.sql")
	if err != nil {
		return "", fmt.Errorf("embedded grants: %w", err)
	}
	return string(script), nil
}

// Fingerprint names the whole of the embedded schema: two binaries with the same fingerprint
// make the same database.
func Fingerprint() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		if err != nil {
			return fmt.Errorf("embedded %s: %w", path, err)
		}
		_, err = fmt.Fprintf(sum, "%s\n%d\n%s", path, len(content), content)
		return err //nolint:wrapcheck // a hash never fails to write
	})
	if err != nil {
		return "", fmt.Errorf("fingerprint of the schema: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}
