package identity_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/ocop-market/ocop/services/identity"
)

// BenchmarkKnownAndUnknownLogins measures, at the real cost of hashing, by how much an answer's
// time tells a known login from an unknown one: the ratio of medians must lie within 5 % of 1.
// Orders alternate, so that neither side always comes first.
func BenchmarkKnownAndUnknownLogins(b *testing.B) {
	for name, ask := range map[string]func(testing.TB, *bench, string){
		"sign-in": func(tb testing.TB, s *bench, login string) { tb.Helper(); s.try(tb, login, "wrong password") },
		"registration": func(tb testing.TB, s *bench, login string) {
			tb.Helper()
			s.send(tb, http.MethodPost, "/v1/registrations", "", s.producer(login))
		},
		"reset": func(tb testing.TB, s *bench, login string) {
			tb.Helper()
			s.send(tb, http.MethodPost, "/v1/password-resets", "", map[string]any{"login": login})
		},
	} {
		b.Run(name, func(b *testing.B) {
			s := setup(b, func(o *identity.Options) { o.Hashing, o.Failures, o.Registrations = identity.Hashing{}, -1, -1 })
			s.join(b, s.producer("known@test.example"), true)
			times := map[bool][]time.Duration{}
			run := 0
			for b.Loop() {
				run++
				for _, known := range []bool{run%2 == 0, run%2 != 0} {
					login := fmt.Sprintf("unknown%d@test.example", run)
					if known {
						login = "known@test.example"
					}
					started := time.Now()
					ask(b, s, login)
					times[known] = append(times[known], time.Since(started))
				}
			}
			b.ReportMetric(float64(median(times[true]))/float64(median(times[false])), "known/unknown")
		})
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
