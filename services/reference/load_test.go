package reference_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func TestEveryFileIsLoadedAndEveryColumnIsUsed(t *testing.T) {
	t.Parallel()
	facts, err := reference.Facts()
	require.NoError(t, err)
	names, err := reference.FileNames()
	require.NoError(t, err)
	upserts := reference.Upserts()
	for _, name := range names {
		table, ok := strings.CutSuffix(name, ".csv")
		require.True(t, ok, name)
		require.NotEmpty(t, facts[table], "%s has no table", name)
		for column := range facts[table][0] {
			if column == "position" {
				continue // only where people see an order
			}
			require.Regexp(t, `\b`+column+` (text|integer|bigint|boolean|date)`, upserts[table],
				"%s: column %s is not read", name, column)
		}
	}
	require.Len(t, upserts, len(names))
}

func TestFactsAreNormalisedText(t *testing.T) {
	t.Parallel()
	facts, err := reference.Facts()
	require.NoError(t, err)
	for table, rows := range facts {
		for _, row := range rows {
			for column, text := range row {
				require.True(t, norm.NFC.IsNormalString(text), "%s.%s %q", table, column, text)
				require.Equal(t, strings.TrimSpace(text), text, "%s.%s", table, column)
				require.NotContains(t, text, "Ð", "%s.%s: U+00D0 is not the Vietnamese letter", table, column)
				require.NotContains(t, text, "(unverified)", "%s.%s: the mark is a column", table, column)
			}
		}
	}
}

func TestEveryRowIsLoaded(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	facts, err := reference.Facts()
	require.NoError(t, err)
	for table, rows := range facts {
		var count int
		require.NoError(t, database.App.Get(t.Context(), &count, "SELECT count(*) FROM reference."+table))
		require.Len(t, rows, count, table)
	}
}

func TestLoadingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	before := versions(t, database.Owner)
	require.NoError(t, reference.Load(t.Context(), database.Owner))
	require.Equal(t, before, versions(t, database.Owner))
}

func TestLoadingRepairsWhatDiffers(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	for _, damage := range []string{
		"UPDATE reference.communes SET name_vi = 'sai' WHERE code = '32065'",
		"DELETE FROM reference.line_synonyms WHERE line = 'black_tiger_shrimp'",
		"INSERT INTO reference.line_synonyms (line, synonym, position) VALUES ('rice', 'stale', 9)",
		"INSERT INTO reference.grade_choices (line, field, choice, name_vi, name_en, position) VALUES ('mud_crab', 'tie', 'stale', 'x', 'x', 9)",
		"UPDATE reference.line_grade_fields SET form_state = NULL WHERE line = 'mud_crab' AND field = 'tie'",
		"DELETE FROM reference.seasons WHERE line = 'rice'",
		"UPDATE reference.ocop_issuers SET decided_to = NULL WHERE code = 'district-3'",
	} {
		n, err := database.Owner.Exec(t.Context(), damage)
		require.NoError(t, err, damage)
		require.NotZero(t, n, damage)
	}
	require.NoError(t, reference.Load(t.Context(), database.Owner))
	mended, err := reference.Open(t.Context(), database.App)
	require.NoError(t, err)
	require.Equal(t, database.Book, mended)
}

func TestTheServiceOnlyReads(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	_, err := database.App.Exec(t.Context(), "UPDATE reference.units SET name_en = 'x'")
	require.Equal(t, "42501", postgres.Code(err), "insufficient privilege")
}

func TestOpenRefusesEmptyTables(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	_, err := database.Owner.Exec(t.Context(), "TRUNCATE reference.provinces, reference.product_lines CASCADE")
	require.NoError(t, err)
	_, err = reference.Open(t.Context(), database.App)
	require.ErrorIs(t, err, reference.ErrEmpty)
}

func TestEveryStatementPrepares(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	for i, statement := range reference.Statements() {
		require.NoError(t, database.Owner.InTx(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf("PREPARE statement_%d AS %s", i, statement))
			return err
		}), statement)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	first, err := reference.Fingerprint()
	require.NoError(t, err)
	require.Regexp(t, `^[0-9a-f]{12}$`, first)
}

// versions returns the transaction that last wrote each row of each table.
func versions(t *testing.T, owner *postgres.DB) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for table := range reference.Upserts() {
		var rows string
		require.NoError(t, owner.Get(t.Context(), &rows,
			"SELECT count(*) || ' ' || string_agg(xmin::text || ' ' || ctid::text, ',' ORDER BY ctid) FROM reference."+table))
		found[table] = rows
	}
	return found
}
