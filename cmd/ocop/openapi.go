package main

import (
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ocop-market/ocop/pkg/web"
	"github.com/ocop-market/ocop/services/reference"
)

type openAPICommand struct {
	YAML bool `help:"As YAML instead of JSON."`
}

// Run prints the document of all services. Nothing needs to run for it.
func (c *openAPICommand) Run(t terminal) error {
	write := contractAPI().OpenAPI
	if c.YAML {
		write = contractAPI().OpenAPIYAML
	}
	document, err := write()
	if err != nil {
		return err
	}
	if _, err := t.out.Write(document); err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	return nil
}

// contractAPI has every endpoint and no database behind it: it describes, it cannot answer.
func contractAPI() *web.API {
	h := newHouse(grounds{book: &reference.Book{}, log: slog.New(slog.DiscardHandler), registry: prometheus.NewRegistry()})
	api := newAPI(h, services(), web.Options{})
	api.Health((&readiness{}).check)
	return api
}
