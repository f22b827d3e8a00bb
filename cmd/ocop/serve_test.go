package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestServeWithDemonstration(t *testing.T) {
	t.Parallel()
	s := demonstrated(t)
	require.Contains(t, s.out.String(), "http://"+s.address)
	require.Contains(t, s.out.String(), "producer@ocop.example")
	require.Contains(t, s.out.String(), "demonstration-only")

	token := s.signIn(t, "producer@ocop.example", "demonstration-only")
	var me struct {
		Organisation struct {
			Kind string `json:"kind"`
		} `json:"organisation"`
	}
	require.Equal(t, http.StatusOK, s.call(t, token, http.MethodGet, "/v1/me", nil, &me))
	require.Equal(t, "producer", me.Organisation.Kind)
	var products struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	require.Equal(t, http.StatusOK, s.call(t, "", http.MethodGet, "/v1/products?q=tom+su&limit=5", nil, &products))
	require.Len(t, products.Items, 5)

	doctor := ocop(t, s.settings(), "", "doctor")
	require.Equal(t, 0, doctor.code, doctor.out+doctor.errors)
	require.Contains(t, doctor.out, "All is well")

	again := ocop(t, s.settings(), "", "seed", "--demo")
	require.Equal(t, 0, again.code, again.errors)
	require.Contains(t, again.out, "nothing was loaded")
}

// TestLifeOfServers walks through what an operator does: start, join, stop, start again.
func TestLifeOfServers(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	first := serve(t, data, nil, "--embedded", "--no-demonstration")
	second := serve(t, data, nil, "--embedded", "--no-demonstration") // together with the first
	require.NoError(t, first.ready())
	require.NoError(t, second.ready())
	require.NotContains(t, first.out.String(), "producer@ocop.example", "nobody to sign in as")

	created := ocop(t, first.settings(), "a phrase for the test\n", "admin", "create", "--email", "root@ocop.example", "--name", "Root")
	require.Equal(t, 0, created.code, created.errors)
	token := first.signIn(t, "root@ocop.example", "a phrase for the test")
	require.Equal(t, http.StatusOK, second.call(t, token, http.MethodGet, "/v1/me", nil, nil), "both see one database")
	repeated := ocop(t, first.settings(), "a phrase for the test\n", "admin", "create", "--email", "root@ocop.example", "--name", "Root")
	require.Equal(t, 1, repeated.code, "the login is taken")
	weak := ocop(t, first.settings(), "short\n", "admin", "create", "--email", "root2@ocop.example", "--name", "Root")
	require.Equal(t, 1, weak.code)

	ports := portsOf(t, data)
	require.NoError(t, first.stop())
	require.Equal(t, http.StatusOK, second.call(t, token, http.MethodGet, "/v1/me", nil, nil), "the other goes on")
	require.NoError(t, second.stop())
	for _, address := range append(ports, first.address, second.address, first.admin, second.admin) {
		_, err := net.DialTimeout("tcp", address, time.Second)
		require.Error(t, err, "somebody still listens on %s", address)
	}

	third := serve(t, data, nil, "--no-demonstration") // private servers are the default
	require.NoError(t, third.ready())
	require.Equal(t, http.StatusOK, third.call(t, token, http.MethodGet, "/v1/me", nil, nil), "data and sessions were kept")
	require.NoError(t, third.stop())
}

// portsOf are the addresses of the private servers.
func portsOf(t *testing.T, data string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "run", "servers.json"))
	require.NoError(t, err)
	var state struct {
		Postgres struct {
			Port json.Number `json:"port"`
		} `json:"postgres"`
		Redis struct {
			Port json.Number `json:"port"`
		} `json:"redis"`
	}
	require.NoError(t, json.Unmarshal(text, &state))
	return []string{"127.0.0.1:" + state.Postgres.Port.String(), "127.0.0.1:" + state.Redis.Port.String()}
}

func TestServeOnlySomeServices(t *testing.T) {
	t.Parallel()
	whole := demonstrated(t)
	part := serve(t, whole.data, nil, "catalog")
	require.NoError(t, part.ready())
	require.Equal(t, http.StatusOK, part.call(t, "", http.MethodGet, "/v1/products?limit=1", nil, nil))
	require.Equal(t, http.StatusNotFound, part.call(t, "", http.MethodGet, "/v1/reference/lines", nil, nil))
	require.NoError(t, part.stop())
	require.NoError(t, whole.ready())
}

func TestServeStopsWhileStarting(t *testing.T) {
	t.Parallel()
	s := serve(t, dataFolder(t), nil, "--embedded")
	answered := func() bool {
		answer, err := http.Get("http://" + s.address + "/healthz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}
	require.Eventually(t, answered, time.Minute, 20*time.Millisecond, "alive before it is ready")
	var refusal struct {
		Code string `json:"code"`
	}
	require.Equal(t, http.StatusServiceUnavailable, s.call(t, "", http.MethodPost, "/v1/sessions", map[string]string{}, &refusal))
	require.NotEmpty(t, refusal.Code)
	require.NoError(t, s.stop(), "interrupted is not failed")
}

func TestServeRefusesATakenPort(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	for _, setting := range []string{"OCOP_LISTEN", "OCOP_ADMIN_LISTEN"} {
		s := serve(t, dataFolder(t), []string{setting + "=" + taken.Addr().String()})
		<-s.ended
		require.Equal(t, 1, s.cmd.ProcessState.ExitCode())
		require.Contains(t, s.errors.String(), taken.Addr().String()+" is in use")
		require.Contains(t, s.errors.String(), setting)
		require.NoDirExists(t, filepath.Join(s.data, "run"), "nothing was started")
	}
}
