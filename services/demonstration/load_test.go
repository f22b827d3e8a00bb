package demonstration_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/demonstration"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	database := referencetest.Lend(t)
	deps := demonstration.Deps{DB: database.App, Owner: database.Owner}
	var told strings.Builder
	began := time.Now()
	loaded, err := demonstration.Load(context.Background(), deps, &told)
	require.NoError(t, err)
	require.True(t, loaded)
	t.Log(time.Since(began), told.String())
	for k, v := range demonstration.TimesForProfile { t.Log(k, v, demonstration.CountsForProfile[k], v/time.Duration(demonstration.CountsForProfile[k])) }
}
