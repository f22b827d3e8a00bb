package portal

// Paths are the addresses of all pages.
func Paths() []string {
	var paths []string
	for _, each := range pages() {
		paths = append(paths, each.path)
		if each.csv != nil {
			paths = append(paths, each.path+csvEnding)
		}
	}
	return paths
}
