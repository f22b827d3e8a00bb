# Everything there is to do with the source. `make` lists it.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
PACKAGES ?= ./...
# vet is part of make lint; without debugging information test binaries are linked in half the time.
TESTFLAGS ?= -vet=off -ldflags=-w -shuffle=on -timeout=10m
LINT := go tool -modfile=tools/go.mod golangci-lint

# One set of flags for everything, so that building, testing and linting share one build cache.
# nomsgpack leaves out a codec of gin that nobody uses and that takes longest of all to compile.
# Version control is asked above; Go's own stamping fails where the clone belongs to another user.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath -buildvcs=false -tags=nomsgpack)

# encoding/json in its second edition: reading a request costs half. go.mod cannot ask for it; the
# code passes with and without.
export GOEXPERIMENT ?= jsonv2

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: servers pages-if-possible build ## Install what is missing, build, and serve with private servers under ./var.
	@exec bin/ocop serve --embedded

.PHONY: build
build: ## Build bin/ocop.
	go build -ldflags "-X main.version=$(VERSION)" -o bin/ocop ./cmd/ocop

.PHONY: test
test: servers-for-tests pages-if-possible build ## Run all tests on private, throw-away servers.
	bin/ocop private -- go test $(TESTFLAGS) $(PACKAGES)

# The server of S3 has its own module: nothing of it gets into the program or its list of modules.
S3_SERVER := go tool -modfile=tools/s3/go.mod
.PHONY: test-s3
test-s3: servers-for-tests build ## Test the store of files against a real server of S3 (built at the first time, for minutes).
	OCOP_TEST_S3_GATEWAY=$$($(S3_SERVER) -n versitygw | tail -n 1) bin/ocop private -- go test $(TESTFLAGS) -tags=nomsgpack,s3 ./pkg/files

.PHONY: race
race: servers-for-tests build ## Run all tests with the race detector (needs a C compiler, takes minutes).
	bin/ocop private -- env CGO_ENABLED=1 go test -race -shuffle=on -timeout=20m $(PACKAGES)

.PHONY: concurrency
concurrency: servers-for-tests build ## Take twenty random courses through each test of two processes (takes minutes).
	bin/ocop private -- env OCOP_TEST_SEEDS=20 go test $(TESTFLAGS) -timeout=30m -run='^(TestTwoProcessesNeverExceedAnOffer|TestNothingIsPromisedTwiceWhileEverythingMoves)$$' -v ./cmd/ocop

.PHONY: bench
bench: servers-for-tests build ## Run the benchmarks, on a database whose commits survive a power cut.
	bin/ocop private --durable -- go test -run='^$$' -bench=. -benchmem -timeout=30m $(PACKAGES)

.PHONY: bench-deals
bench-deals: servers-for-tests build ## Measure inquiries and awards beside pgbench.
	bin/ocop private --durable -- go test -run='^$$' -bench='^Benchmark(PlaceTenLines|AwardHot)' -benchtime=1x ./services/inquiry

.PHONY: bench-timing
bench-timing: servers-for-tests build ## Measure whether waiting tells of inquiries that are not for one.
	bin/ocop private -- go test -run='^$$' -bench='^BenchmarkWhatTimeTells$$' -benchtime=2000x ./services/inquiry

.PHONY: bench-search
bench-search: servers-for-tests build ## Measure search at 1 000 to 1 000 000 products (takes minutes and some GB).
	bin/ocop private -- env OCOP_BENCH_LARGE=1 go test -run='^$$' -bench='^BenchmarkSearch' -benchtime=1200x -timeout=60m ./services/catalog

.PHONY: bench-gaps
bench-gaps: servers-for-tests build ## Measure gaps, indicators and price bands over 0.1 and 1 million postings (takes minutes).
	bin/ocop private -- go test -run='^$$' -bench='^BenchmarkGaps$$' -benchtime=1x -timeout=60m ./services/demonstration

.PHONY: bench-volumes
bench-volumes: servers-for-tests build ## Measure volumes, of groups too, over 0.1 and 1 million postings (OCOP_BENCH_LARGE=1: 10 million, takes half an hour).
	bin/ocop private -- go test -run='^$$' -bench='^Benchmark(Volumes|Group)$$' -benchtime=1x -timeout=120m ./services/demonstration

.PHONY: bench-records
bench-records: servers-for-tests build ## Measure the records of all who traded over 0.1 million postings (OCOP_BENCH_LARGE=1: 1 million, takes minutes).
	bin/ocop private -- go test -run='^$$' -bench='^BenchmarkRecords$$' -benchtime=1x -timeout=60m ./services/demonstration

.PHONY: relevance
relevance: servers-for-tests build ## Measure how well search understands what people type.
	bin/ocop private -- go test -count=1 -run='^TestRelevance$$' -v ./services/catalog

.PHONY: lint
lint: ## Check the source with golangci-lint, and that modules are tidy.
	go mod tidy -diff
	services/portal/assets/templates-current.sh
	$(LINT) config verify
	$(LINT) run $(PACKAGES)

.PHONY: format
format: ## Format the source.
	$(LINT) fmt

.PHONY: templates
templates: ## Write the Go code of the pages' templates (*_templ.go; make lint compares it).
	go tool -modfile=tools/go.mod templ generate -include-version=false -path services/portal

.PHONY: pages pages-if-possible
pages: ## Bundle what pages need in the browser (needs node and npm); nothing is done when it is current.
	@services/portal/assets/bundle.sh
pages-if-possible:
	@services/portal/assets/bundle.sh --optional

.PHONY: test-pages
test-pages: servers-for-tests pages build ## Open every page in a real browser (chromium); what was seen is left in services/portal/assets/seen.
	cd services/portal/assets && { [ -d node_modules/playwright-core ] || npm ci --ignore-scripts --silent; } && node look/pages.mjs

.PHONY: openapi
openapi: build ## Write the API's document to deploy/openapi.yaml (a test compares it).
	bin/ocop openapi --yaml > deploy/openapi.yaml

.PHONY: schema
schema: servers-for-tests build ## Write the schema of the database to deploy/schema.sql (a test compares it).
	bin/ocop private -- env UPDATE_GOLDEN=1 go test -count=1 -run='^TestSchemaIsCurrent$$' ./cmd/ocop

.PHONY: clean
clean: ## Remove what was built. The data under ./var stays.
	rm -rf bin

.PHONY: servers servers-for-tests
servers:
	@deploy/install-servers.sh
servers-for-tests:
	@deploy/install-servers.sh --redis-required
