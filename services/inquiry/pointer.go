package inquiry

import "fmt"

// index writes a pointer to an element: "lines[2]".
func index(list string, at int) string { return fmt.Sprintf("%s[%d]", list, at) }
