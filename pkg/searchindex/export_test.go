package searchindex

// Split ranks by splitting, whatever the size of the set.
func Split(set *Set, slots []Slot, after *Ranked, most int) []Ranked {
	found, _ := split(set, slots, after, most)
	return found
}
