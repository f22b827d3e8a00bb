package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNotInstalled is in the error of [Start] when the server programs of PostgreSQL are missing.
var ErrNotInstalled = errors.New("PostgreSQL is not installed")

const installPostgres = `install it with one of
  Debian, Ubuntu:  sudo apt-get install postgresql
  Fedora, RHEL:    sudo dnf install postgresql-server postgresql-contrib
  macOS:           brew install postgresql@17`

// InstallRedis is what to type to get a redis-server, for messages.
const InstallRedis = `install it with one of
  Debian, Ubuntu:  sudo apt-get install redis-server
  Fedora, RHEL:    sudo dnf install redis
  macOS:           brew install redis`

// programs says where server programs are looked for. Tests name other places.
type programs struct {
	// path is a list like PATH.
	path string
	// folders are patterns of the folders in which distributions keep PostgreSQL's server programs.
	folders []string
}

// usualPrograms are the places of the machine.
func usualPrograms() programs {
	return programs{
		path: os.Getenv("PATH"),
		folders: []string{
			"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
			"/usr/pgsql-*/bin",          // the PostgreSQL project's packages for Fedora, RHEL
			"/opt/homebrew/opt/postgresql*/bin",
			"/usr/local/opt/postgresql*/bin",
		},
	}
}

// look finds a program in path, as exec.LookPath does in PATH.
func (p programs) look(name string) (string, bool) {
	for _, dir := range filepath.SplitList(p.path) {
		if path := filepath.Join(dir, name); filepath.IsAbs(path) && isProgram(path) {
			return path, true
		}
	}
	return "", false
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// redis finds the server; distributions that moved to valkey may not have the old name.
func (p programs) redis() (string, bool) {
	if path, ok := p.look("redis-server"); ok {
		return path, true
	}
	return p.look("valkey-server")
}

// A postgresBin is a folder with the programs postgres and initdb of one version.
type postgresBin struct {
	dir string
	// version is as the program says it ("15.18"), major its first number.
	version string
	major   int
}

// postgres returns the server programs: of the wanted major version if there are several (0 = any),
// else those found first: in PATH, by pg_config, then in the folders of the distributions, newest first.
func (p programs) postgres(wanted int) (postgresBin, error) {
	var first postgresBin
	for _, dir := range p.postgresFolders() {
		if !isProgram(filepath.Join(dir, "initdb")) {
			continue
		}
		bin, err := inspect(dir)
		if err != nil {
			continue // not for this machine, or broken: another one may do
		}
		if wanted == 0 || bin.major == wanted {
			return bin, nil
		}
		if first.dir == "" {
			first = bin
		}
	}
	if first.dir == "" {
		return postgresBin{}, fmt.Errorf("%w: the programs postgres and initdb were found neither in PATH, nor with pg_config, nor in %s; %s",
			ErrNotInstalled, strings.Join(p.folders, ", "), installPostgres)
	}
	return first, nil
}

// postgresFolders lists the folders worth looking at, in the order of preference.
func (p programs) postgresFolders() []string {
	var dirs []string
	if path, ok := p.look("postgres"); ok {
		// What stands in PATH is often a link to one program; its neighbours are in the real folder.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	if path, ok := p.look("pg_config"); ok {
		if out, err := exec.Command(path, "--bindir").Output(); err == nil { //nolint:noctx // answers at once
			dirs = append(dirs, strings.TrimSpace(string(out)))
		}
	}
	var found []string
	for _, pattern := range p.folders {
		// The patterns are constants; a malformed one would find nothing.
		matches, _ := filepath.Glob(pattern)
		found = append(found, matches...)
	}
	slices.SortStableFunc(found, func(a, b string) int { return versionIn(b) - versionIn(a) })
	return append(dirs, found...)
}

var (
	numberPattern  = regexp.MustCompile(`\d+`)
	versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)
)

// versionIn reads the version out of a folder's path: 15 of /usr/lib/postgresql/15/bin.
func versionIn(path string) int {
	version, err := strconv.Atoi(numberPattern.FindString(path))
	if err != nil {
		return 0
	}
	return version
}

// inspect asks the programs in the folder for their version.
func inspect(dir string) (postgresBin, error) {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:noctx // answers at once
	if err != nil {
		return postgresBin{}, fmt.Errorf("%s: %w", dir, err)
	}
	match := versionPattern.FindStringSubmatch(string(out))
	if match == nil {
		return postgresBin{}, fmt.Errorf("%s: %q is no version of PostgreSQL", dir, out)
	}
	major, err := strconv.Atoi(match[2])
	if err != nil {
		return postgresBin{}, fmt.Errorf("%s: %w", dir, err)
	}
	return postgresBin{dir: dir, version: match[1], major: major}, nil
}
