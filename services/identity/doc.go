// Package identity owns organisations, the people who belong to them, how they sign in and what
// was done by whom.
//
// It promises:
//
//   - Authority is a [Principal], handed down as an argument; only the edge takes it out of a
//     context. A session or a key that was revoked is refused by the very next request.
//   - Passwords are kept as argon2id hashes, tokens and keys as SHA-256 of 32 random bytes. None
//     of them is ever logged, and a key is shown once.
//   - Signing in, registering and asking for a new password answer a known name exactly as an
//     unknown one: same status, same body, same work. Failures are counted in PostgreSQL, per
//     account and per address of the connection; forwarding headers are not believed.
//   - Every change leaves an audit event in the transaction that made it. Events hold ids and
//     facts, never names or addresses, so that a person can be erased without breaking the hash
//     chain that seals them (see pkg/hashchain).
//   - What an organisation may do follows from its state: an applicant sees itself and nothing
//     else, a suspended one reads on but changes nothing.
//
// Mail is an outbox: a row in the transaction, delivered afterwards by [Service.DeliverMail].
package identity
