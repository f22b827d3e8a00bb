// Package cache keeps copies of what is costly to make: [Local] in the process, bounded by bytes,
// and [Shared] in Redis, bounded by time.
//
// It promises that a cache is never in the way: Redis gets a small time budget, is left alone for
// a while after several failures in a row, and whatever goes wrong there is a miss. It does not
// promise that a copy is current: who asks judges that, with what the copy says of itself.
package cache
