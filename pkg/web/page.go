package web

// Page is embedded in the input of every operation that answers a list.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many items to answer."`
	Cursor string `query:"cursor" maxLength:"2048" doc:"Where to go on: next_cursor of the answer before."`
	Count  bool   `query:"count" doc:"Also count all items that match, up to a cap."`
}

// List is the answer of every operation that lists things. An answer whose Body is a List gets
// a Link header to the next page by itself.
type List[T any] struct {
	Items      []T    `json:"items" doc:"The things of this page, whole."`
	NextCursor string `json:"next_cursor,omitempty" doc:"Send it as cursor for the next page; absent on the last."`
	Total      *int   `json:"total,omitempty" doc:"How many match in all, only with count=true."`
}

func (l *List[T]) nextCursor() string { return l.NextCursor }
