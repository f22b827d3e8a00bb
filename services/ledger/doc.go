// Package ledger is the volume ledger (sổ sản lượng): the append-only record of every movement of
// volume, from which every balance and every total follows.
//
// A posting moves a quantity between accounts of up to three books at once: the offer's (free →
// reserved → committed → dispatched → accepted), the inquiry line's (open → awarded → delivered)
// and the award's. What each movement does to each account is data: the table ledger.movements.
// Balances are kept by a trigger in the database, under CHECKs, and the service's role has no
// right to change a posting or a balance: no path of code can make them differ, and
// [Audit] proves that they do not. What a group sells under its certificate's claim stands beside
// them, year by year, under the certificate's ceiling: see [Claim].
//
// It promises that the live commitments on an offer never exceed its quantity, whatever runs in
// parallel: the transaction that would break this fails with [ErrOfferExhausted]. Nor does what
// is sold under a claim exceed its ceiling: [ErrCeilingExceeded].
package ledger
