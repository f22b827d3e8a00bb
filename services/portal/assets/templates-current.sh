#!/usr/bin/env bash
# Fails where the Go code of the pages' templates is not what templ makes of them now.
set -euo pipefail
cd "$(dirname "$0")/../../.."
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cp services/portal/*.templ "$made"
go tool -modfile=tools/go.mod templ generate -include-version=false -path "$made" >/dev/null 2>&1
for file in services/portal/*.templ; do
	code=${file%.templ}_templ.go
	# The name of the template stands in the code, for messages.
	if ! diff -q "$code" "$made/$(basename "$code")" >/dev/null; then
		echo "$code is not current: run make templates" >&2
		exit 1
	fi
done
