// Package idempotency makes a repeated request happen once (draft-ietf-httpapi-idempotency-key).
//
// The key is claimed and the answer kept in the business transaction itself, so a crash leaves
// either both or neither. A second request with the same key waits for the first, then gets its
// answer; the same key with another body is refused; a refusal is not kept, so it may be tried
// again. Keys live for [Life].
package idempotency

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/postgres"
)

// Life is how long a key is remembered.
const Life = 24 * time.Hour

// The refusals of this package.
var (
	ErrKeyReused = fault.Define("idempotency_key_reused", http.StatusUnprocessableEntity,
		"Idempotency-Key này đã dùng cho một yêu cầu khác. Dùng khoá mới cho yêu cầu mới.",
		"This Idempotency-Key was used for a different request. Use a new key for a new request.")
	ErrAnswerNotKept = fault.Define("answer_not_kept", http.StatusConflict,
		"Yêu cầu này đã được thực hiện; câu trả lời chứa bí mật nên không được lưu lại.",
		"This request was carried out already; its answer held a secret and was not kept.")
)

// Faults lists the refusals of this package.
func Faults() []*fault.Definition { return []*fault.Definition{ErrKeyReused, ErrAnswerNotKept} }

// Request is what the edge knows of a request that carries a key. It serves one call of Do.
type Request struct {
	// Scope is whose key it is: keys of different callers never meet.
	Scope string
	Key   string
	// Fingerprint tells whether a second request is the same one.
	Fingerprint []byte
	// Secret answers are not kept; a repeated request gets ErrAnswerNotKept.
	Secret bool
	// Replayed is set when the answer is a kept one.
	Replayed bool

	used bool
}

type contextKey struct{}

// WithRequest hands the request's key to the transaction that will be opened below.
func WithRequest(ctx context.Context, request *Request) context.Context {
	return context.WithValue(ctx, contextKey{}, request)
}

// Do runs work in a transaction of its own, once per key. Without a key in ctx it is db.InTx
// with a result. T must survive a round trip through JSON, because a kept answer is read back
// from there.
func Do[T any](ctx context.Context, db *postgres.DB, work func(ctx context.Context, tx *postgres.Tx) (T, error)) (T, error) {
	request := Pending(ctx)
	request.Spend()
	var result T
	err := db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		if request == nil {
			var err error
			result, err = work(ctx, tx)
			return err
		}
		var err error
		result, err = once(ctx, tx, request, work)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return result, nil
}

func once[T any](ctx context.Context, tx *postgres.Tx, request *Request, work func(ctx context.Context, tx *postgres.Tx) (T, error)) (T, error) {
	var none T
	mine, err := ClaimAllTx(ctx, tx, []*Request{request})
	if err != nil {
		return none, err
	}
	if !mine[0] {
		return replay[T](ctx, tx, request)
	}
	result, err := work(ctx, tx)
	if err != nil {
		return none, err
	}
	if request.Secret {
		return result, nil
	}
	if err := KeepAllTx(tx, []*Request{request}, []T{result}); err != nil {
		return none, err
	}
	return result, nil
}

func replay[T any](ctx context.Context, tx *postgres.Tx, request *Request) (T, error) {
	// The answer is decoded only once the request is known to be the same: another operation's
	// answer has another shape.
	var kept struct {
		Same   bool                           `db:"same"`
		Kept   bool                           `db:"kept"`
		Answer postgres.JSON[json.RawMessage] `db:"answer"`
	}
	const read = `
		SELECT fingerprint = $3 AS same, answer IS NOT NULL AS kept, answer
		  FROM idempotency.keys WHERE scope = $1 AND key = $2`
	var none T
	err := tx.Get(ctx, &kept, read, request.Scope, request.Key, request.Fingerprint)
	switch {
	case errors.Is(err, postgres.ErrNoRows):
		return none, fault.ErrUnavailable.With().Because(err)
	case err != nil:
		return none, err
	case !kept.Same:
		return none, ErrKeyReused.With()
	case !kept.Kept:
		return none, ErrAnswerNotKept.With()
	}
	var answer T
	if err := json.Unmarshal(kept.Answer.V, &answer); err != nil {
		return none, fmt.Errorf("reading a kept answer: %w", err)
	}
	request.Replayed = true
	return answer, nil
}

// Purge forgets keys that have outlived their life, a bounded number at a time, and returns how
// many there were.
func Purge(ctx context.Context, db *postgres.DB) (int64, error) {
	const purge = `
		DELETE FROM idempotency.keys
		 WHERE (scope, key) IN (SELECT scope, key FROM idempotency.keys
		                         WHERE created_at < now() - interval '24 hours' LIMIT 10000)`
	return db.Exec(ctx, purge)
}
