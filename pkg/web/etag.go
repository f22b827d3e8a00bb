package web

import (
	"strconv"
	"strings"

	"github.com/ocop-market/ocop/pkg/fault"
)

// ETag writes a version as a strong entity tag.
func ETag(version int64) string { return `"v` + strconv.FormatInt(version, 10) + `"` }

// CheckIfMatch holds a change's If-Match header against the version that would be changed.
// Without the header the answer is fault.ErrPreconditionRequired, when no tag of it matches
// fault.ErrStale. "*" matches every version. Comparison is strong: a weak tag never matches
// (RFC 9110, 13.1.1). Where the header is optional, ask only when it was sent.
func CheckIfMatch(header string, version int64) error {
	if strings.TrimSpace(header) == "" {
		return fault.ErrPreconditionRequired
	}
	if strings.TrimSpace(header) == "*" {
		return nil
	}
	for _, tag := range entityTags(header) {
		if tag == ETag(version) {
			return nil
		}
	}
	return fault.ErrStale
}

// NoneMatch reports whether an If-None-Match header lets the answer with this tag be sent whole.
// False means 304. Comparison is weak (RFC 9110, 13.1.2).
func NoneMatch(header, etag string) bool {
	if strings.TrimSpace(header) == "*" {
		return false
	}
	opaque := strings.TrimPrefix(etag, "W/")
	for _, tag := range entityTags(header) {
		if strings.TrimPrefix(tag, "W/") == opaque {
			return false
		}
	}
	return true
}

// entityTags splits a list of entity tags. A comma may stand inside the quotes (RFC 9110, 8.8.3).
func entityTags(header string) []string {
	var tags []string
	for rest := header; ; {
		rest = strings.TrimLeft(rest, " \t,")
		weak := strings.HasPrefix(rest, "W/")
		quoted := strings.TrimPrefix(rest, "W/")
		if !strings.HasPrefix(quoted, `"`) {
			return tags
		}
		end := strings.IndexByte(quoted[1:], '"')
		if end < 0 {
			return tags
		}
		tag := quoted[:end+2]
		rest = quoted[end+2:]
		if weak {
			tag = "W/" + tag
		}
		tags = append(tags, tag)
	}
}
