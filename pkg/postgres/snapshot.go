package postgres

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Snapshot says which transactions a statement saw: pg_current_snapshot() as text. It orders what
// was read against what was changed without any clock: a change is in the answer exactly when the
// snapshot sees its transaction (PostgreSQL manual, 9.27.9, "Transaction ID and Snapshot
// Information Functions").
type Snapshot struct {
	min, max uint64
	running  []uint64 // ascending, of those from min up to max
}

// ParseSnapshot reads "xmin:xmax:xip,xip".
func ParseSnapshot(text string) (Snapshot, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return Snapshot{}, fmt.Errorf("%q is no snapshot", text)
	}
	var s Snapshot
	for i, bound := range []*uint64{&s.min, &s.max} {
		number, err := strconv.ParseUint(parts[i], 10, 64)
		if err != nil {
			return Snapshot{}, fmt.Errorf("reading a snapshot: %w", err)
		}
		*bound = number
	}
	if parts[2] == "" {
		return s, nil
	}
	for text := range strings.SplitSeq(parts[2], ",") {
		number, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return Snapshot{}, fmt.Errorf("reading a snapshot: %w", err)
		}
		s.running = append(s.running, number)
	}
	return s, nil
}

// Sees reports whether what the transaction did is visible.
func (s Snapshot) Sees(transaction uint64) bool {
	switch {
	case transaction < s.min:
		return true
	case transaction >= s.max:
		return false
	default:
		_, unfinished := slices.BinarySearch(s.running, transaction)
		return !unfinished
	}
}

// IsZero reports whether the snapshot was never taken. It sees nothing.
func (s Snapshot) IsZero() bool { return s.max == 0 }

// Includes reports whether s sees all that other sees: it was taken at the same time or later.
func (s Snapshot) Includes(other Snapshot) bool {
	if s.max < other.max {
		return false
	}
	for _, unfinished := range s.running {
		if unfinished >= other.max {
			break
		}
		if other.Sees(unfinished) {
			return false
		}
	}
	return true
}

// String writes what ParseSnapshot reads.
func (s Snapshot) String() string {
	text := strconv.AppendUint(nil, s.min, 10)
	text = append(text, ':')
	text = strconv.AppendUint(text, s.max, 10)
	text = append(text, ':')
	for i, number := range s.running {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendUint(text, number, 10)
	}
	return string(text)
}

// Value gives PostgreSQL the text; cast it to pg_snapshot.
func (s Snapshot) Value() (driver.Value, error) { return s.String(), nil }

// Scan reads a pg_snapshot that was cast to text.
func (s *Snapshot) Scan(value any) error {
	switch text := value.(type) {
	case string:
		read, err := ParseSnapshot(text)
		*s = read
		return err
	case []byte:
		return s.Scan(string(text))
	default:
		return fmt.Errorf("a snapshot cannot be read from %T", value)
	}
}
