package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ocop-market/ocop/pkg/fault"
)

// S3 keeps files as objects of a bucket.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
}

// s3Form is how the address of a bucket is written.
const s3Form = "s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=…&tls=off]"

// tries bounds how often the bucket is asked before a person is told to come again.
const tries = 3

// away is when to try again while the bucket cannot be reached.
const away = 5 * time.Second

// NewS3 returns a store in a bucket, which must exist. The connection is encrypted unless the
// address says tls=off. Nothing is asked of the server yet.
func NewS3(address string) (*S3, error) {
	parsed, err := url.Parse(address)
	wrong := errors.New("the address of the files cannot be read: it must look like " + s3Form) // without the address, which holds a secret
	if err != nil || parsed.Scheme != "s3" || parsed.Host == "" {
		return nil, wrong
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(parsed.Path, "/"), "/")
	secret, ok := parsed.User.Password()
	if bucket == "" || !ok {
		return nil, wrong
	}
	query := parsed.Query()
	client, err := minio.New(parsed.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(parsed.User.Username(), secret, ""),
		Secure: query.Get("tls") != "off", Region: query.Get("region"), BucketLookup: minio.BucketLookupAuto, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", wrong, err)
	}
	if prefix != "" {
		prefix += "/"
	}
	return &S3{client: client, bucket: bucket, prefix: prefix}, nil
}

// Put implements Store. An object is there when all of it is.
func (s *S3) Put(ctx context.Context, key, mediaType string, content io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if found, err := s.client.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{}); err == nil && found.Size == size {
		return nil
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, content, size, minio.PutObjectOptions{ContentType: mediaType})
	if err != nil {
		return unreachable("keeping a file", err)
	}
	return nil
}

// Open implements Store.
func (s *S3) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, unreachable("opening a file", err)
	}
	if _, err := object.Stat(); err != nil { // the first time that the server is asked
		_ = object.Close() // nothing was read
		if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
			return nil, ErrNotFound
		}
		return nil, unreachable("opening a file", err)
	}
	return object, nil
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
	if err != nil && minio.ToErrorResponse(err).StatusCode != http.StatusNotFound {
		return unreachable("removing a file", err)
	}
	return nil
}

// unreachable tells the client to come again: what a bucket refuses is for the operator to mend.
func unreachable(doing string, err error) error {
	return fault.ErrUnavailable.With().Because(fmt.Errorf("%s: %w", doing, err)).After(away)
}

// Open returns the store of an address: a bucket of S3, or the folder when there is none.
func Open(address, folder string) (Store, error) { //nolint:ireturn // which one is the operator's choice
	if address == "" {
		return NewFolder(folder), nil
	}
	return NewS3(address)
}
