package reference

import "slices"

// Statements lists every SQL statement of the package.
func Statements() []string {
	statements := queries()
	for _, t := range tables() {
		statements = append(statements, t.upsert)
		if t.prune != "" {
			statements = append(statements, t.prune)
		}
	}
	return statements
}

// Facts returns the rows of every file, by table.
func Facts() (map[string][]map[string]string, error) {
	facts := make(map[string][]map[string]string)
	for _, t := range tables() {
		rows, err := t.rows()
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			facts[t.name] = append(facts[t.name], r)
		}
	}
	return facts, nil
}

// Upserts returns the statement that loads each table.
func Upserts() map[string]string {
	statements := make(map[string]string)
	for _, t := range tables() {
		statements[t.name] = t.upsert
	}
	return statements
}

// FileNames lists the embedded files.
func FileNames() ([]string, error) {
	entries, err := files.ReadDir("data")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return slices.Clip(names), nil
}
