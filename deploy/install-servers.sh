#!/usr/bin/env bash
# Installs PostgreSQL and redis-server where they are missing and that is allowed (Debian, Ubuntu; as
# root or with a sudo that asks for no password); otherwise says exactly what to install.
# Without --redis-required a missing redis-server is only mentioned: a stand-in takes its place.
set -euo pipefail

has_postgres() {
	command -v postgres >/dev/null 2>&1 && command -v initdb >/dev/null 2>&1 && return
	local folders=(/usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin)
	command -v pg_config >/dev/null 2>&1 && folders+=("$(pg_config --bindir)")
	local folder
	for folder in "${folders[@]}"; do
		[[ -x $folder/postgres && -x $folder/initdb ]] && return
	done
	return 1
}

has_redis() { command -v redis-server >/dev/null 2>&1 || command -v valkey-server >/dev/null 2>&1; }

missing() {
	packages=()
	has_postgres || packages+=(postgresql)
	has_redis || packages+=(redis-server)
	((${#packages[@]} > 0))
}

missing || exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
	as_root=(sudo -n)
fi
if command -v apt-get >/dev/null 2>&1 && "${as_root[@]}" true 2>/dev/null; then
	echo "Installing ${packages[*]} …" >&2
	export DEBIAN_FRONTEND=noninteractive
	# The list of packages may be missing or too old; a source that does not answer is no reason to stop.
	"${as_root[@]}" apt-get update -qq >&2 || true
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2 || true
	missing || exit 0
fi

cat >&2 <<TEXT
Missing: ${packages[*]}. Install with one of
  Debian, Ubuntu:  sudo apt-get install ${packages[*]}
  Fedora, RHEL:    sudo dnf install postgresql-server postgresql-contrib redis
  macOS:           brew install postgresql redis
TEXT
if has_postgres && [[ ${1:-} != --redis-required ]]; then
	echo "Going on without redis-server: a slower stand-in takes its place." >&2
	exit 0
fi
exit 1
