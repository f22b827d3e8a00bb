package identity

import (
	"log/slog"
	"runtime"
	"time"

	"github.com/ocop-market/ocop/pkg/hashchain"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/reference"
)

// Options adjusts the service. The zero value is right for production.
type Options struct {
	// Log receives what workers have to say; nil means slog.Default.
	Log *slog.Logger
	// MailFolder is where messages are written as .eml files; empty means that mail waits.
	MailFolder string
	// PublicURL begins the links in mail; empty means http://127.0.0.1:8080.
	PublicURL string
	// MailFrom is the sender; empty means no-reply@ocop.example.
	MailFrom string
	// Hashing is what a password hash costs; zero fields mean OWASP's argon2id minimum.
	Hashing Hashing
	// HashWait is how long a request waits for its turn to hash a password; 0 means 5 s.
	HashWait time.Duration
	// Failures is which failed sign-in of an account, and which request for a new password for a
	// login, within a quarter of an hour is answered 429; from an address, which many share, ten
	// times as many. 0 means 10, negative no limit.
	Failures int
	// Registrations is how many applications an hour an address may send; 0 means 20, negative
	// no limit.
	Registrations int
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.PublicURL == "" {
		o.PublicURL = "http://127.0.0.1:8080"
	}
	if o.MailFrom == "" {
		o.MailFrom = "no-reply@ocop.example"
	}
	if o.HashWait == 0 {
		o.HashWait = 5 * time.Second
	}
	if o.Failures == 0 {
		o.Failures = 10
	}
	if o.Registrations == 0 {
		o.Registrations = 20
	}
	return o
}

// Service is what people do with organisations, members, sessions and keys. It is safe for
// concurrent use.
type Service struct {
	db      *postgres.DB
	book    *reference.Book
	options Options
	hasher  *hasher
	seen    *seen
}

// NewService builds the service. It starts nothing: Seal, DeliverMail and Touch are called by
// the process's workers.
func NewService(db *postgres.DB, book *reference.Book, options Options) *Service {
	options = options.withDefaults()
	return &Service{
		db: db, book: book, options: options,
		hasher: newHasher(options.Hashing, 2*runtime.GOMAXPROCS(0), options.HashWait),
		seen:   newSeen(),
	}
}

// AuditChain is the hash chain over the audit trail; `ocop doctor` verifies it.
func AuditChain() hashchain.Chain {
	return hashchain.Chain{
		Name: "audit", Table: "identity.audit_events", Seals: "identity.audit_seals",
		Canonical: `jsonb_build_array((EXTRACT(EPOCH FROM t.at) * 1000000)::bigint, t.actor_id, t.organisation_id, t.key_id,
			t.action, t.subject_kind, t.subject_id, t.detail, t.trace_id)::text`,
	}
}
