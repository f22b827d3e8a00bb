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

// newToken makes a secret of 256 random bits behind a prefix. Only its hash is kept; at this
// length a fast hash is enough.
func newToken(prefix string) (token string, hash []byte) {
	secret := make([]byte, 32)
	// crypto/rand never returns an error: it ends the program when the system has no randomness.
	_, _ = rand.Read(secret)
	token = prefix + base64.RawURLEncoding.EncodeToString(secret)
	return token, hashToken(token)
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// isToken reports whether a text can be a token with the prefix, so that nonsense costs no query.
func isToken(text, prefix string) bool {
	secret, ok := strings.CutPrefix(text, prefix)
	return ok && len(secret) == base64.RawURLEncoding.EncodedLen(32)
}
