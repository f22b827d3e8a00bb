package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/idempotency"
)

// What the tests of this package see of its inside.

func StrictJSON(data []byte) ([]byte, error) { return strictJSON(data, nil) }

func KeyOf(ctx context.Context) *idempotency.Request { return exchangeOf(ctx).request }

func Translate(message string, value any) *fault.Error {
	words := &translator{rules: translations()}
	return words.refusal(422, []error{&huma.ErrorDetail{Message: message, Location: "body.place", Value: value}})
}

func Worded(params map[string]any, language string) map[string]any { return worded(params, language) }

func Network(address string) string { return network(address) }
