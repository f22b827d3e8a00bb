package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Prefixes tell what a token is, to us and to scanners that look for leaked secrets.
const (
	sessionPrefix = "ocops_"
	keyPrefix     = "ocopk_"
	resetPrefix   = "ocopr_"
)

// NewToken makes a secret of 256 random bits behind a prefix. Only its hash is kept; at this
// length a fast hash is enough.
func NewToken(prefix string) (token string, hash []byte) {
	secret := make([]byte, 32)
	// crypto/rand never returns an error: it ends the program when the system has no randomness.
	_, _ = rand.Read(secret)
	token = prefix + base64.RawURLEncoding.EncodeToString(secret)
	return token, HashToken(token)
}

// HashToken is what is kept of a token.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// IsToken reports whether a text can be a token with the prefix, so that nonsense costs no query.
func IsToken(text, prefix string) bool {
	secret, ok := strings.CutPrefix(text, prefix)
	return ok && len(secret) == base64.RawURLEncoding.EncodedLen(32)
}
