#!/usr/bin/env bash
# Bundles what pages need in the browser into dist/, unless it is there and nothing is newer.
# Installs node and npm where they are missing and that is allowed, as deploy/install-servers.sh does; with --optional their absence, or that of the registry, is told and no failure:
# the program then answers pages with what is missing.
set -euo pipefail
cd "$(dirname "$0")"

missing() {
	echo "Pages are not bundled: $1 The API works without them; make pages tells more." >&2
	[[ ${optional:-} == yes ]] && exit 0
	exit 1
}
[[ ${1:-} == --optional ]] && optional=yes

current() {
	[[ -f dist/portal.js && -f dist/portal.css ]] || return 1
	[[ -z $(find . .. -maxdepth 1 \( -name '*.templ' -o -name '*.css' -o -name 'package-lock.json' -o -name bundle.sh \) -newer dist/portal.css -print -quit) ]] &&
		[[ -z $(find ts -newer dist/portal.css -print -quit) ]]
}
current && exit 0

has_node() { command -v node >/dev/null 2>&1; }
has_packages() { [[ -x node_modules/.bin/tailwindcss && ! package-lock.json -nt node_modules/.package-lock.json ]]; }
has_npm() { has_packages || command -v npm >/dev/null 2>&1; }

if ! has_node || ! has_npm; then
	as_root=()
	[[ $(id -u) -eq 0 ]] || as_root=(sudo -n)
	if command -v apt-get >/dev/null 2>&1 && "${as_root[@]}" true 2>/dev/null; then
		echo "Installing nodejs npm …" >&2
		"${as_root[@]}" apt-get update -qq >&2 || true
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >&2 || true
	fi
fi
has_node && has_npm || missing "node and npm are needed (Debian, Ubuntu: apt-get install nodejs npm)."
has_packages || {
	npm ci --omit=dev --ignore-scripts --no-progress --silent || missing "npm could not fetch the packages of package-lock.json."
	touch node_modules/.package-lock.json
}

find dist -mindepth 1 ! -name README -delete
# Chunks name each other: all live under one fingerprinted path.
go tool -modfile=../../../tools/esbuild/go.mod esbuild ts/main.ts --bundle --splitting --format=esm --target=es2022 \
	--minify --legal-comments=eof --entry-names=portal --chunk-names='[name]-[hash]' --outdir=dist --log-level=warning
node_modules/.bin/tailwindcss --input portal.css --output dist/portal.css --minify 2>/dev/null ||
	node_modules/.bin/tailwindcss --input portal.css --output dist/portal.css --minify
