package searchindex

import (
	"sync"
)

// keptFilters is how many results of tests are kept; the one that was not asked for longest goes.
const keptFilters = 64

// filters keeps which documents pass a test, and keeps that right when a document changes.
type filters[P any] struct {
	mutex sync.Mutex
	kept  map[string]*filter[P]
	turn  uint64
}

type filter[P any] struct {
	once sync.Once
	test func(p *P) bool
	set  *Set
	used uint64
}

func (f *filters[P]) clear() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.kept = make(map[string]*filter[P])
}

// update is called by writers, who are alone.
func (f *filters[P]) update(number uint32, payload *P) {
	for _, kept := range f.kept {
		if kept.set == nil {
			continue
		}
		if kept.test(payload) {
			kept.set.Add(number)
		} else {
			kept.set.Remove(number)
		}
	}
}

func (f *filters[P]) remove(number uint32) {
	for _, kept := range f.kept {
		if kept.set != nil {
			kept.set.Remove(number)
		}
	}
}

// Where is every document that passes a test. The result is kept under the name and followed when
// documents change, so tests of one name must be the same, and may look at nothing but the payload.
func (r *Reader[P]) Where(name string, test func(p *P) bool) *Set {
	kept := r.filter(name, test)
	kept.once.Do(func() { kept.set = r.Collect(r.x.all, kept.test) })
	return kept.set
}

func (r *Reader[P]) filter(name string, test func(p *P) bool) *filter[P] {
	f := &r.x.filters
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.turn++
	kept, ok := f.kept[name]
	if !ok {
		if len(f.kept) >= keptFilters {
			f.forgetOldest()
		}
		kept = &filter[P]{test: test}
		f.kept[name] = kept
	}
	kept.used = f.turn
	return kept
}

func (f *filters[P]) forgetOldest() {
	oldest, least := "", f.turn+1
	for name, kept := range f.kept {
		if kept.used < least {
			oldest, least = name, kept.used
		}
	}
	delete(f.kept, oldest)
}

// Kept reports whether the result of a test is there already, so that asking costs nothing.
func (r *Reader[P]) Kept(name string) bool {
	f := &r.x.filters
	f.mutex.Lock()
	defer f.mutex.Unlock()
	_, ok := f.kept[name]
	return ok
}
