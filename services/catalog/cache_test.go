package catalog_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/services/catalog"
)

// commands counts what is asked of Redis.
type commands struct{ n atomic.Int64 }

func (c *commands) DialHook(next redis.DialHook) redis.DialHook { return next }
func (c *commands) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, command redis.Cmder) error {
		if command.Name() == "get" || command.Name() == "set" {
			c.n.Add(1)
		}
		return next(ctx, command)
	}
}

func (c *commands) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestWhatAReadCosts(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	m.offer(m.ann, supply(product))
	asked := &commands{}
	m.redis.AddHook(asked)
	server := m.edge(m.service)
	path := "/v1/products/" + product.ID.String()
	there := m.edge(m.another(m.redis))
	for _, process := range []http.Handler{server, there} {
		m.get(process, "", path) // the first read begins to follow the changes
	}
	cost := func(server http.Handler, path string) (statements, commands int) {
		require.NoError(t, m.service.Follow(t.Context()))
		m.statements.reset()
		before := asked.n.Load()
		m.get(server, "buyer", path)
		return m.statements.count(), int(asked.n.Load() - before)
	}
	statements, commands := cost(server, path)
	require.Equal(t, []int{1, 2}, []int{statements, commands}, "a miss asks Redis, reads and fills")
	statements, commands = cost(server, path)
	require.Equal(t, []int{0, 0}, []int{statements, commands}, "a hit costs nothing but the process")

	statements, commands = cost(there, path)
	require.Equal(t, []int{0, 1}, []int{statements, commands}, "another process finds it in Redis")
	statements, commands = cost(there, path)
	require.Equal(t, []int{0, 0}, []int{statements, commands}, "once")

	m.publish(m.ben, shrimp())
	later := m.edge(m.another(m.redis))
	m.get(later, "", path)
	statements, commands = cost(later, path)
	require.Equal(t, []int{1, 2}, []int{statements, commands}, "what was kept before a process began is not known to be true")

	for path, most := range map[string]int{
		"/v1/products?q=tom+su":                                 2,
		"/v1/products?q=tom+su&facets=true&count=true":          2,
		"/v1/products?q=tmo+su&facets=true&count=true":          2,
		"/v1/suggestions?q=tom":                                 1,
		"/v1/producers?line=black_tiger_shrimp":                 1,
		"/v1/producers/" + m.ann.OrganisationID.String():        1,
		"/v1/products?sort=price&price_max_vnd=1000000&limit=5": 2,
	} {
		statements, _ := cost(server, path)
		require.LessOrEqual(t, statements, most, "a miss of %s", path)
		statements, commands := cost(server, path)
		require.Equal(t, []int{0, 0}, []int{statements, commands}, "a hit of %s", path)
	}
}

// The owner sees a change at once; the world within a second, through another process too.
func TestNobodySeesAnOldState(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	here, there := m.edge(m.service), m.edge(m.another(m.redis))
	path := "/v1/products/" + product.ID.String()
	for i, name := range []string{"Tôm sú Demo một", "Tôm sú Demo hai", "Tôm sú Demo ba"} {
		m.get(here, "", path)
		m.get(there, "buyer", path)
		time.Sleep(time.Duration(i*200) * time.Millisecond)
		_, err := m.service.ChangeProduct(t.Context(), m.ann, product.ID, nil, catalog.ProductChange{Name: &name})
		changed := time.Now()
		require.NoError(t, err)
		for _, who := range []string{"ann", "ca-mau", "administrator"} {
			require.Equal(t, name, m.get(there, who, path)["name"], "%s sees it at once", who)
		}
		for _, who := range []string{"", "buyer"} {
			for {
				asked := time.Now()
				if m.get(there, who, path)["name"] == name {
					break
				}
				require.Less(t, asked.Sub(changed), catalog.Staleness, "%q still sees the old state", who)
				time.Sleep(5 * time.Millisecond)
			}
		}
	}
}

func TestARevokedMarkIsGoneWithinASecond(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.publish(m.ann, shrimp())
	farm := m.certify(m.ann, asc("ASC_FARM", "F"))
	server := m.edge(m.service)
	const path = "/v1/products?scheme=ASC_FARM"
	require.Len(t, m.list(server, "", path), 1)
	_, err := m.service.Revoke(t.Context(), m.caMau, farm.ID, nil, "Demo")
	require.NoError(t, err)
	require.Empty(t, m.list(server, "ca-mau", path))
	time.Sleep(catalog.Staleness)
	require.Empty(t, m.list(server, "", path))
}

// Redis gone: everything still answers.
func TestWithoutRedis(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	options, err := catalog.RedisOptions("redis://" + closed.Addr().String())
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	gone := redis.NewClient(options)
	t.Cleanup(func() { require.NoError(t, gone.Close()) })
	for _, client := range []*redis.Client{nil, gone} {
		server := m.edge(m.another(client))
		for range 10 {
			require.Equal(t, product.Name, m.get(server, "", "/v1/products/"+product.ID.String())["name"])
			require.Len(t, m.list(server, "buyer", "/v1/products?q=tom+su"), 1)
		}
	}
}

// A Redis that takes calls and never answers costs a few reads 50 ms each, then nothing.
func TestHungRedis(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	hung, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, hung.Close()) })
	options, err := catalog.RedisOptions("redis://" + hung.Addr().String())
	require.NoError(t, err)
	client := redis.NewClient(options)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	asked := &commands{}
	client.AddHook(asked)
	server := m.edge(m.another(client))
	for range 50 {
		m.get(server, "", "/v1/products/"+product.ID.String())
	}
	require.LessOrEqual(t, asked.n.Load(), int64(20), "the breaker leaves a hung Redis alone")
}

// Many who want the same page at once cost one rendering.
func TestSingleFlight(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	server := m.edge(m.service)
	require.NoError(t, m.service.Follow(t.Context()))
	m.statements.reset()
	var running sync.WaitGroup
	for range 40 {
		running.Go(func() {
			if code := m.send(server, "", http.MethodGet, "/v1/products/"+product.ID.String(), "").Code; code != http.StatusOK {
				t.Errorf("status %d", code)
			}
		})
	}
	running.Wait()
	require.LessOrEqual(t, m.statements.count(), 3, "one rendering, or a few when the machine is slow")
}

func TestIfNoneMatch(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	server := m.edge(m.service)
	path := "/v1/products/" + product.ID.String()
	for _, who := range []string{"", "buyer", "ann"} {
		first := m.send(server, who, http.MethodGet, path, "")
		tag := first.Header().Get("ETag")
		require.Regexp(t, `^"v2-[0-9a-f]{24}"$`, tag)
		require.Contains(t, first.Header().Get("Cache-Control"), "no-cache")
		again := m.send(server, who, http.MethodGet, path, "", "If-None-Match", tag)
		require.Equal(t, http.StatusNotModified, again.Code)
		require.Empty(t, again.Body.String())
		require.Equal(t, tag, again.Header().Get("ETag"))
	}
}

// Every answer of the catalogue, of whatever kind, is known by its tag, in each coding by another
// one, to those who are shown copies and to those who are not.
func TestEveryAnswerIsKnownByItsTag(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	m.offer(m.ann, supply(product))
	m.publish(m.ann, riceST25())
	server := m.edge(m.service)
	for path, large := range map[string]bool{
		"/v1/products/" + product.ID.String():                              true,
		"/v1/products?q=tom+su&facets=true":                                true,
		"/v1/suggestions?q=t":                                              false,
		"/v1/producers":                                                    false,
		"/v1/producers/" + m.ann.OrganisationID.String():                   false,
		"/v1/products/" + product.ID.String() + "/availability":            true,
		"/v1/producers/" + m.ann.OrganisationID.String() + "/availability": true,
		"/v1/supply?q=tom+su":                                              true,
	} {
		for _, who := range []string{"", "buyer", "ann"} {
			tags := map[string]bool{}
			for _, accepted := range []string{"identity", "gzip", "gzip, deflate, br, zstd"} {
				answer := m.send(server, who, http.MethodGet, path, "", "Accept-Encoding", accepted)
				require.Equal(t, http.StatusOK, answer.Code, path)
				tag := answer.Header().Get("ETag")
				require.Regexp(t, `^"(v[0-9]+-)?[0-9a-f]{24}(-gzip|-zstd)?"$`, tag)
				require.Contains(t, answer.Header().Get("Vary"), "Accept-Encoding", path)
				require.NotEmpty(t, answer.Header().Get("Cache-Status"), path)
				tags[tag] = true
				again := m.send(server, who, http.MethodGet, path, "", "Accept-Encoding", accepted, "If-None-Match", `"other", `+tag)
				require.Equal(t, http.StatusNotModified, again.Code, "%s by %q", path, who)
				require.Empty(t, again.Body.String())
				require.Equal(t, tag, again.Header().Get("ETag"))
				require.Equal(t, answer.Header().Get("Vary"), again.Header().Get("Vary"))
			}
			if large {
				require.Len(t, tags, 3, "%s by %q", path, who)
			}
		}
	}
}
