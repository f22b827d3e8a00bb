package idempotency

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// Several requests may be carried out in one transaction, each with a key of its own: what Do does
// for one, ClaimAllTx and KeepAllTx do for all of them.

// Pending returns the key that Do would claim, nil when there is none.
func Pending(ctx context.Context) *Request {
	request, _ := ctx.Value(contextKey{}).(*Request)
	if request == nil || request.used {
		return nil
	}
	return request
}

// Spend notes that a request was carried out without Do, which takes no notice of its key any more.
// A nil request has none.
func (r *Request) Spend() {
	if r != nil {
		r.used = true
	}
}

// name is what a key is known by.
type name struct{ scope, key string }

// ClaimAllTx claims the keys of requests in the order of the keys, so that nobody waits in a circle, and
// reports which it has got, or which need none because they are nil. A key that has outlived its life is free;
// one that another transaction has claimed is waited for. Of several requests with one
// key the first has it. What it has not got is for Do, in a transaction of its own: a repeated
// request is answered there, or refused. It is one statement, and none without keys. Call it first.
func ClaimAllTx(ctx context.Context, tx *postgres.Tx, requests []*Request) ([]bool, error) {
	const take = `SELECT scope, key FROM idempotency.claim(CAST($1 AS text[]), CAST($2 AS text[]), CAST($3 AS bytea[]))`
	holder := make(map[name]int, len(requests))
	var scopes, keys []string
	var fingerprints [][]byte
	got := make([]bool, len(requests))
	for at, request := range requests {
		if request == nil {
			got[at] = true
			continue
		}
		named := name{request.Scope, request.Key}
		if _, known := holder[named]; known {
			continue
		}
		holder[named] = at
		scopes, keys, fingerprints = append(scopes, request.Scope), append(keys, request.Key), append(fingerprints, request.Fingerprint)
	}
	if len(keys) == 0 {
		return got, nil
	}
	var taken []struct {
		Scope string `db:"scope"`
		Key   string `db:"key"`
	}
	if err := tx.Select(ctx, &taken, take, postgres.Array(scopes), postgres.Array(keys), postgres.Array(fingerprints)); err != nil {
		return nil, err
	}
	for _, one := range taken {
		got[holder[name{one.Scope, one.Key}]] = true
	}
	return got, nil
}

// KeepAllTx keeps the answers of requests that were claimed, at the end of the transaction. It is one call,
// and none without keys.
func KeepAllTx[T any](tx *postgres.Tx, requests []*Request, answers []T) error {
	var scopes, keys, texts []string
	for at, request := range requests {
		if request == nil {
			continue
		}
		text, err := json.Marshal(answers[at])
		if err != nil {
			return fmt.Errorf("writing an answer to be kept: %w", err)
		}
		scopes, keys, texts = append(scopes, request.Scope), append(keys, request.Key), append(texts, string(text))
	}
	if len(keys) > 0 {
		tx.AtEnd(postgres.Call{Function: "idempotency.keep", Args: []any{postgres.Array(scopes), postgres.Array(keys), postgres.Array(texts)}})
	}
	return nil
}

// ForgetAllTx gives back keys that were claimed in the same transaction, so that the requests may be
// tried again: a refusal is not kept. It is one statement, and none without keys.
func ForgetAllTx(ctx context.Context, tx *postgres.Tx, requests []*Request) error {
	const forget = `
		DELETE FROM idempotency.keys k
		 USING unnest(CAST($1 AS text[]), CAST($2 AS text[])) AS c(scope, key)
		 WHERE k.scope = c.scope AND k.key = c.key`
	var scopes, keys []string
	for _, request := range requests {
		if request != nil {
			scopes, keys = append(scopes, request.Scope), append(keys, request.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, forget, postgres.Array(scopes), postgres.Array(keys))
	return err
}
