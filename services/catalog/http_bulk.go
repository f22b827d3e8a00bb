package catalog

import "github.com/gin-gonic/gin"

// ReadQuery reads a search from the query of a request, as /v1/products does.
func ReadQuery(c *gin.Context) (Query, error) {
	r := readQuery(c)
	query, _ := r.search()
	return query, r.err()
}
