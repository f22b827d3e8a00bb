package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"
)

// maxFolderPath leaves room below PostgreSQL's limit for a path (MAXPGPATH, 1024 bytes). The much
// smaller limit for Unix sockets (107 bytes) does not count: the servers have none.
const maxFolderPath = 900

// maxLogSize is when a log file is set aside at the next start, in bytes.
const maxLogSize = 10 << 20

// A folder is where the servers of one Dir keep everything. Paths are absolute and free of symbolic
// links, because the kernel reports working folders so.
type folder struct{ dir string }

func (f folder) run(name string) string { return filepath.Join(f.dir, "run", name) }
func (f folder) log(name string) string { return filepath.Join(f.dir, "log", name) }
func (f folder) postgres() string       { return filepath.Join(f.dir, "postgres") }
func (f folder) redis() string          { return filepath.Join(f.dir, "redis") }
func (f folder) startLock() string      { return f.run("start.lock") }
func (f folder) usersLock() string      { return f.run("users.lock") }
func (f folder) state() string          { return f.run("servers.json") }

// openFolder makes the folder ready, or says why it cannot be used.
func openFolder(dir string) (folder, error) {
	if dir == "" {
		return folder{}, errors.New("no folder was given for the servers' data")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, fmt.Errorf("the folder %q cannot be resolved: %w", dir, err)
	}
	if len(abs) > maxFolderPath {
		return folder{}, fmt.Errorf("the path of the data folder is too long for PostgreSQL (%d bytes, at most %d): choose a shorter one", len(abs), maxFolderPath)
	}
	// postmaster.pid and redis.conf are read line by line.
	if strings.ContainsFunc(abs, unicode.IsControl) {
		return folder{}, fmt.Errorf("the path of the data folder contains a control character: %q; choose another one", abs)
	}
	if err := makeFolder(abs); err != nil {
		return folder{}, err
	}
	target, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return folder{}, folderError(err)
	}
	f := folder{dir: target}
	for name, mode := range map[string]fs.FileMode{"run": 0o700, "log": 0o755} {
		if err := os.MkdirAll(filepath.Join(target, name), mode); err != nil {
			return folder{}, folderError(err)
		}
	}
	return f, nil
}

// makeFolder creates the folder if it is missing. Others may pass through it whatever the umask
// says: for root, the servers run as another user.
func makeFolder(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is a file, but the servers need a folder of that name: choose another folder or move the file away", path)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return folderError(err)
	}
	if parent := filepath.Dir(path); parent != path {
		if err := makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return folderError(err)
	}
	if err := os.Chmod(path, 0o755); err != nil {
		return folderError(err)
	}
	return nil
}

// folderError adds what a person can do to the usual troubles with files.
func folderError(err error) error {
	path := "the data folder"
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		path = pathError.Path
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: the current user (uid %d) may not use %s; was it made by another user, perhaps with sudo? Choose another folder, or take it over: sudo chown -R \"$(id -u):$(id -g)\" on it",
			err, os.Getuid(), path)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %s is on a read-only file system; choose another folder", err, path)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: the disk of %s is full; free some space (a fresh PostgreSQL needs 100 MB)", err, path)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%w: a part of the path of %s is a file; choose another folder", err, path)
	}
	return err
}

// openLog opens a log file for appending and sets it aside first when it has grown large.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLogSize {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, folderError(err)
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, folderError(err)
	}
	return file, nil
}
