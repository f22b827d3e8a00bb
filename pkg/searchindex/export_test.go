package searchindex

// Split ranks by splitting, whatever the size of the set.
func Split(set *Set, slots []Slot, after *Ranked, most int) []Ranked {
	found, _ := split(set, slots, after, most)
	return found
}

// Fine makes the buckets of measures so small that a few documents fill several.
func Fine[P any](options Options[P]) Options[P] {
	options.full, options.stride = 2, 2
	return options
}
