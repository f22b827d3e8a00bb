package reference

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/ocop-market/ocop/pkg/postgres"
)

//go:embed data/*.csv
var files embed.FS

// table is one file of facts and the statements that bring its table up to it. Both statements
// take the rows as one jsonb array of objects, named by the file's heading.
type table struct {
	// name is that of the file, without its ending, and of the table in the schema reference.
	name string
	// upsert writes new and changed rows and leaves unchanged ones alone.
	upsert string
	// prune removes rows that the file no longer has. Tables whose codes other services point
	// at have none: a code that was published stays.
	prune string
}

// tables lists all facts, parents before children.
func tables() []table {
	return slices.Concat(placesFacts(), goodsFacts(), schemesFacts(), tradeFacts(), supplyFacts())
}

// Load brings the tables of the schema reference up to the facts compiled into the program, in
// one transaction. It needs the owner's role. A second run changes no row. It fails when a file
// is malformed or the database refuses a row; then nothing has changed.
func Load(ctx context.Context, db *postgres.DB) error {
	facts := tables()
	rows := make([][]row, len(facts))
	for i, fact := range facts {
		var err error
		if rows[i], err = fact.rows(); err != nil {
			return err
		}
	}
	return db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		for i, fact := range slices.Backward(facts) {
			if err := apply(ctx, tx, fact.name, fact.prune, rows[i]); err != nil {
				return err
			}
		}
		for i, fact := range facts {
			if err := apply(ctx, tx, fact.name, fact.upsert, rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func apply(ctx context.Context, tx *postgres.Tx, name, statement string, rows []row) error {
	if statement == "" {
		return nil
	}
	if _, err := tx.Exec(ctx, statement, postgres.JSON[[]row]{V: rows}); err != nil {
		return fmt.Errorf("loading reference.%s: %w", name, err)
	}
	return nil
}

// Fingerprint names the facts compiled into the program in twelve characters: two programs with
// the same fingerprint load the same rows.
func Fingerprint() (string, error) {
	sum := sha256.New()
	for _, fact := range tables() {
		content, err := files.ReadFile(fact.path())
		if err != nil {
			return "", fmt.Errorf("facts %s: %w", fact.name, err)
		}
		sum.Write(fmt.Appendf(nil, "%s\n%d\n%s", fact.name, len(content), content))
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// row is one line of a file by its heading; "position" is its place in the file, from 1, which
// is the order in which people see it.
type row map[string]string

func (t table) path() string { return "data/" + t.name + ".csv" }

// rows reads the table's file.
func (t table) rows() ([]row, error) {
	file, err := files.Open(t.path())
	if err != nil {
		return nil, fmt.Errorf("facts %s: %w", t.name, err)
	}
	reader := csv.NewReader(file)
	reader.Comment = '#'
	records, err := reader.ReadAll()
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("facts %s: %w", t.name, err)
	}
	if len(records) < 2 {
		return nil, fmt.Errorf("facts %s: the file has no rows", t.name)
	}
	heading, lines := records[0], records[1:]
	rows := make([]row, len(lines))
	for i, line := range lines {
		rows[i] = row{"position": strconv.Itoa(i + 1)}
		for j, column := range heading {
			rows[i][column] = line[j]
		}
	}
	return rows, nil
}
