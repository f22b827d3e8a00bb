// Package shelf says what stands between a product and the shelf of a retail system: what the
// system demands, what of it the product meets, and the Green Tick it has there.
//
// It owns the requirements, which are data: rows of profiles with a day from which they hold. What
// the law demands of everybody is one profile; a system adds its own, for all its goods or for one
// line, and only its own buyers write them. Nothing is invented for a system that has told nothing.
// It owns as well what a producer shows: documents that are sent once and serve every system, the
// facts of a product's label, and the terms the producer accepts.
//
// It promises:
//
//   - Readiness is worked out when it is asked for, from dates and decisions, and says of every
//     requirement whether it is met, why, and what to do next. What cannot be known is unknown,
//     never met.
//   - What a reader may not see of an offer does not show through a requirement either: volumes are
//     judged by what the catalogue shows that reader.
//   - A Green Tick is per product and system. The system that finds a breach stops it at once; the
//     others are touched only when the producer has not answered within 24 hours of the database's
//     clock, or the breach is confirmed. What was done is appended, never changed. Each move is noted
//     in the catalogue in the same transaction, which shows it and keeps deals from what is stopped.
//
// A certificate of the scheme GREEN_TICK is the programme's paper, which an authority verified and
// the catalogue shows as a mark of a system; whether the product is sold under it there at this
// moment is the Green Tick of this package.
package shelf
