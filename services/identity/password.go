package identity

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/ocop-market/ocop/pkg/fault"
)

const (
	minPassword = 10
	maxPassword = 200 // a bound on work, far above what anybody types
)

// Hashing is what one password hash costs. The zero value means the OWASP Password Storage Cheat
// Sheet's argon2id setting: 19 MiB, two passes, one lane.
type Hashing struct {
	MemoryKiB uint32
	Passes    uint32
}

func (h Hashing) params() *argon2id.Params {
	params := &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	if h.MemoryKiB != 0 {
		params.Memory = h.MemoryKiB
	}
	if h.Passes != 0 {
		params.Iterations = h.Passes
	}
	return params
}

// hasher bounds how many passwords are hashed at once, so that a flood of sign-ins takes neither
// all memory nor all processors.
type hasher struct {
	params *argon2id.Params
	slots  chan struct{}
	wait   time.Duration
	// dummy is verified where there is no hash to verify, so that an unknown login costs as much
	// as a known one. Nothing hashes to it.
	dummy string
}

func newHasher(hashing Hashing, slots int, wait time.Duration) *hasher {
	params := hashing.params()
	return &hasher{
		params: params, slots: make(chan struct{}, slots), wait: wait,
		dummy: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", params.Memory, params.Iterations, params.Parallelism,
			"AAAAAAAAAAAAAAAAAAAAAA", strings.Repeat("A", 43)),
	}
}

// turn runs work when there is room; fault.ErrUnavailable when there is none for too long.
func (h *hasher) turn(ctx context.Context, work func() error) error {
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return work()
	case <-timer.C:
		return fault.ErrUnavailable.With().After(h.wait)
	case <-ctx.Done():
		return fmt.Errorf("waiting to hash a password: %w", ctx.Err())
	}
}

// hash hashes a password.
func (h *hasher) hash(ctx context.Context, password string) (hash string, err error) {
	err = h.turn(ctx, func() error {
		var err error
		hash, err = argon2id.CreateHash(password, h.params)
		return err //nolint:wrapcheck // only the system's randomness can fail
	})
	return hash, err
}

// matches compares a password with a hash inside a turn that is already taken; with an empty
// hash it does the same work and says no.
func (h *hasher) matches(password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("comparing a password: %w", err)
	}
	return match && known, nil
}

// checkPassword refuses what is too short, too long, a login of the person, or on everybody's
// list. There are no rules about digits and signs (NIST SP 800-63B, 3.1.1.2).
func checkPassword(complaints *fault.Collector, pointer, password string, logins ...string) {
	length := utf8.RuneCountInString(password)
	folded := strings.ToLower(password)
	switch {
	case length < minPassword:
		complaints.Add(pointer, ErrPasswordShort, "min", minPassword)
		return
	case length > maxPassword:
		complaints.Add(pointer, fault.ErrTooLong, "max", maxPassword)
		return
	case isCommon(folded):
		complaints.Add(pointer, ErrPasswordCommon)
		return
	}
	for _, login := range logins {
		if login == "" {
			continue
		}
		own := strings.ToLower(strings.TrimSpace(login))
		phone, err := normalisePhone(password)
		if folded == own || (err == nil && phone == own) {
			complaints.Add(pointer, ErrPasswordIsLogin)
			return
		}
	}
}

// isCommon reports one of the worst passwords of at least ten characters, one character repeated,
// or a run such as 1234567890.
func isCommon(folded string) bool {
	if strings.Trim(folded, folded[:1]) == "" {
		return true
	}
	const runs = "01234567890123456789 98765432109876543210 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm"
	if strings.Contains(runs, folded) {
		return true
	}
	switch folded {
	case "password12", "password123", "password1234", "passw0rd123", "p@ssw0rd123", "1q2w3e4r5t", "1q2w3e4r5t6y",
		"qwerty12345", "qwerty123456", "qwertyuiop123", "iloveyou123", "123456789a", "a123456789", "12345678910",
		"1234567891", "matkhau123", "matkhau1234", "matkhau12345", "anhyeuem123", "anhyeuem12345", "emyeuanh123",
		"vietnam123", "vietnam1234", "vietnam12345", "camau12345", "saigon12345", "administrator", "changeme123",
		"letmein1234", "welcome1234", "1122334455", "0987654321", "0123456789", "1234554321", "9876543210", "112233445566",
		"123123123123", "1231231231", "qazwsxedcr", "qazwsxedc123", "zaq12wsxcde3", "abc1234567", "abcd123456", "abcd1234567":
		return true
	default:
		return false
	}
}
