package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// ErrUnreachable is in the error of [Start] and [Reachable] when the process is root and the user
// the servers run as cannot enter the folder.
var ErrUnreachable = errors.New("the data folder cannot be entered by the user the servers run as")

// An account is the user the servers run as. The zero value means the current user.
type account struct {
	name     string
	uid, gid uint32
	// other tells that it is another user than the current one: the process is root and steps down.
	other bool
}

// serverAccount decides as whom the servers run: the current user, or for root the owner of the
// existing data, else postgres, else nobody.
func serverAccount(data string) (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	if info, err := os.Stat(data); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
			return account{name: "uid " + strconv.Itoa(int(stat.Uid)), uid: stat.Uid, gid: stat.Gid, other: true}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return account{name: name, uid: uint32(uid), gid: uint32(gid), other: true}, nil
		}
	}
	return account{}, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody to run it as: create one (useradd --system postgres) or start as an ordinary user")
}

// attributes puts a child into its own session, so that a terminal's Ctrl-C does not reach it, and
// makes it run as the account.
func (a account) attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if a.other {
		attributes.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attributes
}

// folder makes a folder that belongs to the account, or hands over an existing one.
func (a account) folder(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return folderError(err)
	}
	return a.own(path)
}

// own hands a file or folder, without what is in it, to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	if err := os.Chown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("%s cannot be handed to the user the servers run as (%s): %w; start as an ordinary user instead", path, a.name, err)
	}
	return nil
}

// Reachable tells whether [Start] could use the folder dir as far as privileges go: for root, the
// user the servers run as must be able to pass through every folder above it, which is not so under
// a home of mode 0700 such as /root. The error is [ErrUnreachable] and says what to do. It checks
// mode bits, not access control lists; dir need not exist.
func Reachable(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("the folder %q cannot be resolved: %w", dir, err)
	}
	who, err := serverAccount(filepath.Join(abs, "postgres"))
	if err != nil {
		return err
	}
	return who.reaches(abs)
}

func (a account) reaches(dir string) error {
	if !a.other {
		return nil
	}
	// Links are followed so that the folders which really stand above dir are checked.
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	for path := dir; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err == nil && !a.enters(info) {
			return fmt.Errorf("%w: as root, PostgreSQL has to run as another user (%s), and %s has mode %s: choose a data folder outside of it, such as one under /var/lib, or start as an ordinary user, or open it with chmod o+x %s",
				ErrUnreachable, a.name, path, info.Mode(), path)
		}
		if path == filepath.Dir(path) {
			return nil
		}
	}
}

func (a account) enters(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case stat.Uid == a.uid:
		return info.Mode().Perm()&0o100 != 0
	case stat.Gid == a.gid:
		return info.Mode().Perm()&0o010 != 0
	}
	return info.Mode().Perm()&0o001 != 0
}
