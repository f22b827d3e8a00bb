package identity_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference/referencetest"
)

const password = "a phrase nobody guesses"

// bench is a service on a database of its own, with the edge before it.
type bench struct {
	*referencetest.Database

	service *identity.Service
	handler http.Handler
	mail    string
	ward    string // of TPHCM
	commune string // of Cà Mau
}

func setup(t testing.TB, change ...func(*identity.Options)) *bench {
	t.Helper()
	b := &bench{Database: referencetest.Lend(t), mail: t.TempDir()}
	options := identity.Options{
		MailFolder: b.mail, Hashing: identity.Hashing{MemoryKiB: 64, Passes: 1}, PublicURL: "https://market.example", Registrations: 1000,
	}
	for _, apply := range change {
		apply(&options)
	}
	b.service = identity.NewService(b.App, b.Book, options)
	api := web.New(web.Options{Title: "test", Version: "1", Authenticate: b.service.Authenticate, RequestsPerSecond: -1, Log: slog.New(slog.DiscardHandler)})
	identity.Mount(api, b.service)
	_, err := api.OpenAPI()
	require.NoError(t, err)
	b.handler = api.Handler()
	for _, commune := range b.Book.Communes() {
		switch commune.Province {
		case "96":
			b.commune = commune.Code
		case "79":
			b.ward = commune.Code
		}
	}
	return b
}

// answer is what the edge answered.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (a answer) code() string {
	code, _ := a.body["code"].(string)
	return code
}

// get digs into the body: "organisation.id".
func (a answer) get(path string) any {
	var value any = a.body
	for name := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}

func (a answer) items() []map[string]any {
	list, _ := a.body["items"].([]any)
	items := make([]map[string]any, len(list))
	for i := range list {
		items[i], _ = list[i].(map[string]any)
	}
	return items
}

// send sends a request; headers are names and values in turn.
func (b *bench) send(t testing.TB, method, target, token string, body any, headers ...string) answer {
	t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		reader = strings.NewReader(string(text))
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, reader)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "peer" {
			r.RemoteAddr = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	got := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
	if w.Body.Len() > 0 {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got.body), w.Body.String())
	}
	return got
}

func (b *bench) producer(email string) identity.Application {
	return identity.Application{
		Organisation: identity.NewOrganisation{Kind: identity.Producer, Name: "Hợp tác xã Thử nghiệm", LegalForm: identity.Cooperative, CommuneCode: b.commune},
		User:         identity.NewUser{Name: "Người dùng thử", Email: email, Password: password},
	}
}

func (b *bench) buyer(email string) identity.Application {
	return identity.Application{
		Organisation: identity.NewOrganisation{Kind: identity.Buyer, Name: "Bếp ăn Thử nghiệm", BuyerKind: "caterer", CommuneCode: b.ward},
		User:         identity.NewUser{Name: "Người mua thử", Email: email, Password: password},
	}
}

func (b *bench) authority(email, province string) identity.Application {
	return identity.Application{
		Organisation: identity.NewOrganisation{Kind: identity.Authority, Name: "Sở Công Thương Thử nghiệm", Province: province},
		User:         identity.NewUser{Name: "Cán bộ thử", Email: email, Password: password},
	}
}

// person is somebody signed in, with the organisation they registered.
type person struct {
	token        string
	who          identity.Principal
	organisation uuid.UUID
	user         uuid.UUID
}

// join registers an application, approves it when asked to, and signs its user in.
func (b *bench) join(t testing.TB, application identity.Application, approve bool) person {
	t.Helper()
	received, err := b.service.Register(t.Context(), identity.SystemPrincipal(), application)
	require.NoError(t, err)
	if approve {
		_, err = b.service.Approve(t.Context(), identity.SystemPrincipal(), received.Organisation.ID)
		require.NoError(t, err)
	}
	login := application.User.Email
	if login == "" {
		login = application.User.Phone
	}
	return b.signIn(t, login, received.Organisation.ID)
}

func (b *bench) signIn(t testing.TB, login string, organisation uuid.UUID) person {
	t.Helper()
	opened, err := b.service.SignIn(t.Context(), login, password)
	require.NoError(t, err)
	who, err := b.service.Principal(t.Context(), opened.Token, uuid.Nil)
	require.NoError(t, err)
	return person{token: opened.Token, who: who, organisation: organisation, user: opened.User.ID}
}

func (b *bench) administrator(t testing.TB) person {
	t.Helper()
	require.NoError(t, b.service.CreateAdministrator(t.Context(), identity.NewUser{Name: "Quản trị", Email: "admin@test.example", Password: password}))
	return b.signIn(t, "admin@test.example", uuid.Nil)
}

// count counts rows as the owner of the database.
func (b *bench) count(t testing.TB, query string, args ...any) int {
	t.Helper()
	n := 0
	require.NoError(t, b.Owner.Get(t.Context(), &n, query, args...))
	return n
}

func (b *bench) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	_, err := b.Owner.Exec(t.Context(), query, args...)
	require.NoError(t, err)
}

// letters delivers the mail that is due and returns the texts of all of it so far.
func (b *bench) letters(t testing.TB) []string {
	t.Helper()
	for {
		n, err := b.service.DeliverMail(context.WithoutCancel(t.Context()))
		require.NoError(t, err)
		if n == 0 {
			break
		}
	}
	files, err := filepath.Glob(filepath.Join(b.mail, "*.eml"))
	require.NoError(t, err)
	texts := make([]string, len(files))
	for i, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		texts[i] = string(content)
	}
	return texts
}

var linkToken = regexp.MustCompile(`reset-password\?token=(\S+)`)

// token takes the token out of a letter.
func token(t testing.TB, letter string) string {
	t.Helper()
	match := linkToken.FindStringSubmatch(letter)
	require.NotNil(t, match, letter)
	return match[1]
}
