package catalog

import (
	"encoding/binary"
	"hash/maphash"
	"time"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/postgres"
	"github.com/ocop-market/ocop/pkg/web"
)

// The lives of a copy. Changes end a copy at once, whatever its age; these are for what no change
// announces, and bound how long a mistake could last.
const (
	// softLife is after what time a copy is made again, behind the back of who is served the old one.
	softLife = 2 * time.Minute
	// hardLife is after what time it is not served any more.
	hardLife = 10 * time.Minute
	// staleLife is how old a copy may be that is served because PostgreSQL cannot be reached.
	staleLife = time.Hour
	// jitter is the share by which lives differ, so that what was made together does not end together.
	jitter = 0.2
)

// copyOf is a rendered product, with all that is needed to judge whether it may be sent.
type copyOf struct {
	*web.Rendition

	product, producer uuid.UUID
	// rendered is when its snapshot was taken, by this process' or another one's clock.
	rendered time.Time
	// seen is what the snapshot saw: the fence that no slow reader passes.
	seen postgres.Snapshot
	// day is the day whose marks it shows.
	day civil.Date
	// until is when a reservation runs out that it counts; zero: none does.
	until time.Time
}

// alive reports whether a copy shows this day and is younger than a life, which differs a little
// from copy to copy.
func (c *copyOf) alive(now time.Time, today civil.Date, life time.Duration) bool {
	return c.day == today && now.Sub(c.rendered) < c.stretched(life)
}

// stretched is a life with this copy's share of the jitter.
func (c *copyOf) stretched(life time.Duration) time.Duration {
	var hash maphash.Hash
	hash.SetSeed(seed)
	_, _ = hash.Write(c.product[:])                     // never fails
	share := float64(hash.Sum64()>>40) / float64(1<<24) // of [0, 1)
	return time.Duration(float64(life) * (1 - jitter*share))
}

//nolint:gochecknoglobals // chosen once; every process draws its own, so that processes differ too
var seed = maphash.MakeSeed()

// inTime reports whether nothing that time alone changes has changed since the copy was made.
func (c *copyOf) inTime(now time.Time, today civil.Date) bool {
	return c.alive(now, today, hardLife) && (c.until.IsZero() || now.Before(c.until))
}

// weight is about how many bytes it takes, with the compressed forms that it may come to have: one
// product shrinks to two thirds.
func (c *copyOf) weight() int { return len(c.Plain())*7/3 + 400 }

// encode writes a copy for Redis.
func (c *copyOf) encode() []byte {
	zipped := c.Zipped()
	data := make([]byte, 0, 128+len(c.Plain())+len(zipped))
	data = append(data, c.product[:]...)
	data = append(data, c.producer[:]...)
	data = binary.BigEndian.AppendUint64(data, uint64(c.rendered.UnixMilli()))
	data = binary.BigEndian.AppendUint64(data, uint64(c.until.UnixMilli()))
	for _, part := range [...][]byte{[]byte(c.day.String()), []byte(c.seen.String()), []byte(c.Tag()), c.Plain(), zipped} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part))) //nolint:gosec // a page is no 4 GB
		data = append(data, part...)
	}
	return data
}

// decodeCopy reads what encode wrote; false for anything else.
func decodeCopy(data []byte) (*copyOf, bool) {
	const fixed = 16 + 16 + 8 + 8
	if len(data) < fixed {
		return nil, false
	}
	c := &copyOf{product: uuid.UUID(data[:16]), producer: uuid.UUID(data[16:32])}
	c.rendered = time.UnixMilli(int64(binary.BigEndian.Uint64(data[32:])))                      //nolint:gosec // written by encode
	if until := int64(binary.BigEndian.Uint64(data[40:])); until != (time.Time{}).UnixMilli() { //nolint:gosec // as above
		c.until = time.UnixMilli(until)
	}
	data = data[fixed:]
	var parts [5][]byte
	for i := range parts {
		if len(data) < 4 {
			return nil, false
		}
		length := int(binary.BigEndian.Uint32(data))
		if data = data[4:]; len(data) < length {
			return nil, false
		}
		parts[i], data = data[:length:length], data[length:]
	}
	if len(parts[4]) == 0 {
		parts[4] = nil
	}
	var err error
	if err = c.day.UnmarshalText(parts[0]); err != nil {
		return nil, false
	}
	if c.seen, err = postgres.ParseSnapshot(string(parts[1])); err != nil {
		return nil, false
	}
	c.Rendition = web.Restore(jsonType, string(parts[2]), parts[3], parts[4])
	return c, len(data) == 0
}
