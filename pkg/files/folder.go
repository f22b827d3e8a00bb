package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Folder keeps files in a folder, and leaves it by no path: see [os.Root]. A file named by its
// content lies in a sub-folder named by the last two digits; another lies in the folder itself.
type Folder struct{ path string }

// NewFolder returns a store in the folder of that path, which is made when something is put there.
func NewFolder(path string) *Folder { return &Folder{path: path} }

const (
	folderMode = 0o700
	fileMode   = 0o600
)

// place is where a key lies within the folder.
func place(key string) string {
	if strings.HasPrefix(key, contentPrefix) {
		return key[len(key)-2:] + "/" + key
	}
	return key
}

// Put implements Store: the file appears under its name when it is whole and on the disk.
func (f *Folder) Put(_ context.Context, key, _ string, content io.Reader, size int64) (err error) {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := os.MkdirAll(f.path, folderMode); err != nil {
		return fmt.Errorf("making the folder of files: %w", err)
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return fmt.Errorf("opening the folder of files: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	name := place(key)
	if found, err := root.Stat(name); err == nil && found.Size() == size {
		return nil
	}
	draft := ".draft-" + rand.Text()
	if err := write(root, draft, content, size); err != nil {
		return errors.Join(err, ignoreMissing(root.Remove(draft)))
	}
	if err := publish(root, draft, name); err != nil {
		return errors.Join(err, ignoreMissing(root.Remove(draft)))
	}
	return nil
}

func write(root *os.Root, name string, content io.Reader, size int64) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	written, err := io.Copy(file, content)
	if err == nil && written != size {
		err = fmt.Errorf("it has %d bytes instead of %d", written, size)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	return nil
}

// publish gives a draft its name, and sees to it that the name survives a crash as well.
func publish(root *os.Root, draft, name string) error {
	folder := path.Dir(name)
	if err := root.MkdirAll(folder, folderMode); err != nil {
		return fmt.Errorf("making the folder of a file: %w", err)
	}
	if err := root.Rename(draft, name); err != nil {
		return fmt.Errorf("naming a file: %w", err)
	}
	for _, each := range []string{folder, "."} {
		opened, err := root.Open(each)
		if err != nil {
			return fmt.Errorf("opening the folder of a file: %w", err)
		}
		if err := errors.Join(opened.Sync(), opened.Close()); err != nil {
			return fmt.Errorf("keeping the name of a file: %w", err)
		}
	}
	return nil
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, key string) (_ io.ReadCloser, err error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("opening the folder of files: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	file, err := root.Open(place(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("opening a file: %w", err)
	}
	return file, nil
}

// Delete implements Store.
func (f *Folder) Delete(_ context.Context, key string) (err error) {
	if err := checkKey(key); err != nil {
		return err
	}
	root, err := os.OpenRoot(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening the folder of files: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := ignoreMissing(root.Remove(place(key))); err != nil {
		return fmt.Errorf("removing a file: %w", err)
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
