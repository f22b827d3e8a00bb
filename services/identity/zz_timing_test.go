package identity_test

import (
	"fmt"
	"net/http"
	"sort"
	"testing"
	"time"

	"github.com/ocop-market/ocop/services/identity"
)

func TestZZTiming(t *testing.T) {
	b := setup(t, func(o *identity.Options) { o.Hashing = identity.Hashing{}; o.Failures = -1; o.Registrations = -1 })
	b.join(t, b.producer("known@test.example"), true)
	measure := func(name string, n int, f func(i int, known bool)) {
		var k, u []time.Duration
		for i := range n {
			s := time.Now(); f(i, true); k = append(k, time.Since(s))
			s = time.Now(); f(i, false); u = append(u, time.Since(s))
		}
		sort.Slice(k, func(i, j int) bool { return k[i] < k[j] }); sort.Slice(u, func(i, j int) bool { return u[i] < u[j] })
		fmt.Println(name, "known", k[n/2], "unknown", u[n/2], float64(k[n/2])/float64(u[n/2]))
	}
	email := func(i int, known bool) string { if known { return "known@test.example" }; return fmt.Sprintf("u%d@test.example", i) }
	measure("signin", 60, func(i int, known bool) { b.try(t, email(i, known), "wrong password xx") })
	measure("register", 60, func(i int, known bool) { b.send(t, http.MethodPost, "/v1/registrations", "", b.producer(email(i, known))) })
	measure("reset", 200, func(i int, known bool) { b.send(t, http.MethodPost, "/v1/password-resets", "", map[string]any{"login": email(i+1000, known)}) })
}
