package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/files"
	"github.com/ocop-market/ocop/pkg/jobs"
	"github.com/ocop-market/ocop/pkg/picture"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/services/identity"
)

// makeSizes is the job that makes the sizes of a photo.
type makeSizes struct {
	Photo uuid.UUID `json:"photo"`
}

// Kind implements jobs.Args.
func (makeSizes) Kind() string { return "photo.sizes" }

// within is what making the sizes of one photo may take, waiting for others included.
const within = 5 * time.Minute

// PhotoJobs makes the sizes of photos.
func (s *Service) PhotoJobs(workers *jobs.Workers) {
	jobs.AddWorker(workers, s.makeSizes, jobs.Within(within))
}

// makeSizes makes the sizes of a photo. Doing it twice makes the same. A photo that cannot be
// decoded has failed; whatever else goes wrong may be better later, until the last attempt.
func (s *Service) makeSizes(ctx context.Context, args makeSizes) error {
	sizes, err := s.sizesOf(ctx, args.Photo)
	switch {
	case errors.Is(err, fault.ErrNotFound):
		return nil // it was removed
	case errors.Is(err, picture.ErrUnreadable):
		return s.endPhoto(ctx, args.Photo, nil, photoDamaged)
	case err != nil && jobs.LastAttempt(ctx):
		// Its time may be up; that it failed must be written all the same.
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return errors.Join(err, s.endPhoto(ending, args.Photo, nil, photoNotMade))
	case err != nil:
		return err
	default:
		return s.endPhoto(ctx, args.Photo, sizes, "")
	}
}

// sizesOf makes and keeps the sizes of a photo.
func (s *Service) sizesOf(ctx context.Context, id uuid.UUID) (map[string]storedSize, error) {
	if s.files == nil {
		return nil, ErrNoScanStore.With()
	}
	const query = `SELECT upload, orientation FROM catalog.photos WHERE id = $1`
	var row struct {
		Upload      string `db:"upload"`
		Orientation int    `db:"orientation"`
	}
	err := s.db.Get(ctx, &row, query, id)
	if errors.Is(err, postgres.ErrNoRows) {
		return nil, fault.ErrNotFound.With()
	}
	if err != nil {
		return nil, err
	}
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for another photo: %w", context.Cause(ctx))
	}
	data, err := s.files.Read(ctx, row.Upload)
	if err != nil {
		return nil, err
	}
	names := make(map[int]string)
	var sides []int
	for _, size := range photoSizes() {
		names[size.side] = size.name
		sides = append(sides, size.side)
	}
	made, err := picture.Make(data, row.Orientation, sides...)
	if err != nil {
		return nil, err
	}
	sizes := make(map[string]storedSize, len(made))
	for _, each := range made {
		kept, err := s.files.Keep(ctx, picture.JPEG, each.Data)
		if err != nil {
			return nil, err
		}
		sizes[names[each.Side]] = storedSize{Key: kept.Key, Width: each.Width, Height: each.Height, Bytes: kept.Size}
	}
	return sizes, nil
}

// endPhoto writes how it ended, unless the photo was removed or another attempt was first.
func (s *Service) endPhoto(ctx context.Context, id uuid.UUID, sizes map[string]storedSize, reason string) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		row, err := lockPhoto(ctx, tx, uuid.Nil, id)
		if errors.Is(err, fault.ErrNotFound) || err == nil && row.State == PhotoReady {
			return nil
		}
		if err != nil {
			return err
		}
		for _, size := range sizes {
			if err := files.HoldTx(ctx, tx, size.Key, id); err != nil {
				return err
			}
		}
		if sizes == nil {
			sizes = map[string]storedSize{}
		}
		if err := endPhoto(ctx, tx, id, sizes, reason); err != nil {
			return err
		}
		action := "product.photo_ready"
		if reason != "" {
			action = "product.photo_failed"
		}
		return recordPhoto(ctx, tx, identity.SystemPrincipal(), row.ProductID, action, id)
	})
}
