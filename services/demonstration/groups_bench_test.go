package demonstration_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/ledger"
	"github.com/ocop-market/ocop/services/reference"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

// BenchmarkGroup asks for a year of a programme of twenty producers, of one of all communes of Cà Mau, and of all
// deals: at 0.1 and 1 million postings, with OCOP_BENCH_LARGE at 10 million.
func BenchmarkGroup(b *testing.B) {
	overPostings(b, demonstration.Sizes{Products: 5000}, func(database *referencetest.Database, size int) {
		for followed := 1; followed > 0; {
			var err error
			followed, err = ledger.Follow(b.Context(), database.App)
			require.NoError(b, err)
		}
		_, err := database.Owner.Exec(b.Context(), `ANALYZE ledger.postings, ledger.daily, ledger.goods, ledger.demands`)
		require.NoError(b, err)
		for name, group := range groups(b, database) {
			b.Run(fmt.Sprintf("postings=%d/%s", size, name), func(b *testing.B) {
				for b.Loop() {
					volumes, err := ledger.GroupVolumes(context.Background(), database.App, group)
					require.NoError(b, err)
					require.NotEmpty(b, volumes)
				}
			})
		}
	})
}

func groups(b *testing.B, database *referencetest.Database) map[string]ledger.Group {
	b.Helper()
	today := civil.Of(time.Now().UTC(), time.UTC)
	year := ledger.Group{From: today.AddDays(-364), To: today}
	few, wide := year, year
	var producers []uuid.UUID
	require.NoError(b, database.App.Select(b.Context(), &producers, `SELECT DISTINCT producer_id FROM ledger.goods WHERE commune <> '' ORDER BY producer_id LIMIT 20`))
	for _, id := range producers {
		few.Producers = append(few.Producers, ledger.Membership{OrganisationID: id, From: year.From.AddDays(30), To: year.To})
	}
	for _, commune := range database.Book.Communes() {
		if commune.Province == reference.CaMau {
			wide.Producers = append(wide.Producers, ledger.Membership{Commune: commune.Code, From: year.From})
		}
	}
	return map[string]ledger.Group{"producers": few, "communes": wide, "everybody": year}
}
