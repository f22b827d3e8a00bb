package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// told is a posting as [View]s read it.
type told struct {
	goodsFacts
	demandFacts

	on            int32
	movement      uint8
	amount, value int64
	xact          string
	id            uuid.UUID
}

// toldColumns are the columns of ledger.told t, with its movement m, in the order of scanTold.
const toldColumns = `
	t.business_date - DATE '1970-01-01', m.code, t.amount, t.value_vnd, t.product_line, t.form, t.grade, t.stars,
	array_to_string(t.schemes, ','), t.unit, t.commune, t.producer_id, t.buyer_id, t.buyer_system, t.ward, CAST(t.xact AS text), t.id`

func scanTold(scan func(dest ...any) error, more ...any) (told, error) {
	var p told
	var value *int64
	into := append([]any{
		&p.on, &p.movement, &p.amount, &value, &p.line, &p.form, &p.grade, &p.stars, &p.schemes, &p.unit, &p.commune, &p.producer,
		&p.buyer, &p.system, &p.ward, &p.xact, &p.id,
	}, more...)
	if err := scan(into...); err != nil {
		return p, fmt.Errorf("reading a posting: %w", err)
	}
	if p.value = worthless; value != nil {
		p.value = *value
	}
	return p, nil
}

// Follow brings the image up to date: the first time it reads the rollup, later what was posted since,
// one batch at most; it reports whether there is more. Run it every second, and again at once while there
// is more.
func (i *Image) Follow(ctx context.Context) (more bool, err error) {
	i.beginning.Do(func() { close(i.begun) })
	i.following.Lock()
	defer i.following.Unlock()
	const query = `SELECT epoch, ` + knowledgeDigest + ` AS digest FROM ledger.rollup_place`
	var now struct {
		Epoch  int64  `db:"epoch"`
		Digest string `db:"digest"`
	}
	if err := i.db.Get(ctx, &now, query); err != nil {
		return false, err
	}
	v := i.current.Load()
	if v == nil || v.place.Epoch != now.Epoch {
		if v, err = i.load(ctx); err != nil {
			return false, fmt.Errorf("reading the rollup: %w", err)
		}
		i.current.Store(v)
	}
	posted, err := i.since(ctx, v.place)
	if err != nil {
		return false, fmt.Errorf("reading what was posted: %w", err)
	}
	if v.known.digest != now.Digest || !v.known.coverPosted(posted) { // a migration added to it
		next := *v
		if next.known, err = know(ctx, i.db); err != nil {
			return false, fmt.Errorf("reading what movements do: %w", err)
		}
		v = &next
	}
	i.current.Store(v.with(posted))
	more = len(posted) == FollowBatch
	if !more {
		i.beingRead.Do(func() { close(i.ready) })
	}
	return more, nil
}

// since reads what was posted behind a place by transactions before which all have ended.
func (i *Image) since(ctx context.Context, from place) ([]told, error) {
	const query = `
		SELECT ` + toldColumns + `
		  FROM ledger.told t JOIN ledger.movements m USING (movement)
		 WHERE (t.xact, t.id) > (CAST($1 AS xid8), $2) AND t.xact < pg_snapshot_xmin(pg_current_snapshot())
		 ORDER BY t.xact, t.id LIMIT $3`
	var posted []told
	err := i.db.Each(ctx, query, []any{from.Xact, from.ID, FollowBatch}, func(scan func(dest ...any) error) error {
		p, err := scanTold(scan)
		posted = append(posted, p)
		return err
	})
	return posted, err
}

// with returns the view with more postings.
func (v *View) with(posted []told) *View {
	if len(posted) == 0 {
		return v
	}
	next := *v
	next.place.Xact, next.place.ID = posted[len(posted)-1].xact, posted[len(posted)-1].id
	byMonth := make(map[int32][]cell)
	for _, p := range posted {
		first, day := monthOf(p.on)
		byMonth[first] = append(byMonth[first], cell{
			goods: next.codes.numberGoods(&next, p.goodsFacts), demand: next.codes.numberDemand(&next, p.demandFacts),
			movement: p.movement, day: day, amount: p.amount, value: p.value,
		})
	}
	next.months = slices.Clone(v.months)
	for first, cells := range byMonth {
		slices.SortFunc(cells, cell.compare)
		at, found := slices.BinarySearchFunc(next.months, first, func(m *monthCells, first int32) int { return int(m.first) - int(first) })
		if !found {
			next.months = slices.Insert(next.months, at, emptyMonth(first, 0))
		}
		next.months[at] = next.months[at].with(cells)
	}
	return &next
}

// knowledge is what questions know besides the postings. It changes with migrations, which run while processes
// of the release before do: a follower reads it again when its digest is another, and until then a question of what
// it does not cover is answered by the database.
type knowledge struct {
	// moves are the values of each expression of a measure, by the code of a movement.
	moves map[string][]int64
	// width is one more than the highest code.
	width int
	// digest is that of all that was read.
	digest string
	// dried says of each line and form whether goods count as dried.
	dried map[lineForm]bool
	// districts are the former districts of each commune.
	districts map[string][]string
}

// knowledgeDigest is the digest of all that know reads.
const knowledgeDigest = `
	md5(concat((SELECT string_agg(CAST(m AS text), ' ' ORDER BY m.code) FROM ledger.movements m),
	           (SELECT string_agg(l.code, ' ' ORDER BY l.code) FROM reference.product_lines l),
	           (SELECT string_agg(concat(f.code, f.state), ' ' ORDER BY f.code) FROM reference.forms f),
	           (SELECT string_agg(concat(x.line, '/', x.form), ' ' ORDER BY x.line, x.form) FROM reference.line_forms x),
	           (SELECT string_agg(concat(c.commune, '/', c.former_district), ' ' ORDER BY c.commune, c.former_district) FROM reference.commune_former_districts c)))`

// covers reports whether it knows what a movement of goods does.
func (k *knowledge) covers(movement uint8, goods goodsFacts) bool {
	_, known := k.dried[lineForm{goods.line, goods.form}]
	return int(movement) < k.width && known
}

func (k *knowledge) coverPosted(posted []told) bool {
	return !slices.ContainsFunc(posted, func(p told) bool { return !k.covers(p.movement, p.goodsFacts) })
}

func (k *knowledge) coverLate(l *late) bool {
	unknown := func(each lateCell) bool { return !k.covers(each.movement, l.goods[each.goods]) }
	return !slices.ContainsFunc(l.posted, unknown) && !slices.ContainsFunc(l.unconfirmed, unknown)
}

// know reads the knowledge.
func know(ctx context.Context, reader postgres.Reader) (*knowledge, error) {
	k := &knowledge{moves: make(map[string][]int64), dried: make(map[lineForm]bool), districts: make(map[string][]string)}
	const digest = `SELECT ` + knowledgeDigest
	if err := reader.Get(ctx, &k.digest, digest); err != nil {
		return nil, err
	}
	const widest = `SELECT max(code) + 1 FROM ledger.movements`
	if err := reader.Get(ctx, &k.width, widest); err != nil {
		return nil, err
	}
	for _, each := range volumeParts {
		if each.moves == "" || k.moves[each.moves] != nil {
			continue
		}
		times := make([]int64, k.width)
		err := reader.Each(ctx, `SELECT m.code, `+each.moves+` FROM ledger.movements m`, nil, func(scan func(dest ...any) error) error {
			var code int
			var n int64
			err := scan(&code, &n)
			times[code] = n
			return err
		})
		if err != nil {
			return nil, err
		}
		k.moves[each.moves] = times
	}
	return k, k.readReference(ctx, reader)
}

func (k *knowledge) readReference(ctx context.Context, reader postgres.Reader) error {
	const goods = `SELECT line, form, dried FROM reference.dried_goods`
	err := reader.Each(ctx, goods, nil, func(scan func(dest ...any) error) error {
		var of lineForm
		var dried bool
		err := scan(&of.line, &of.form, &dried)
		k.dried[of] = dried
		return err
	})
	if err != nil {
		return err
	}
	const districts = `SELECT commune, former_district FROM reference.commune_former_districts ORDER BY commune, former_district`
	return reader.Each(ctx, districts, nil, func(scan func(dest ...any) error) error {
		var commune, district string
		err := scan(&commune, &district)
		k.districts[commune] = append(k.districts[commune], district)
		return err
	})
}

// lineForm is a line and a form; "" where none was said.
type lineForm struct{ line, form string }
