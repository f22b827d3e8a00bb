// Package inquiry is the deal itself: a buyer's inquiry, producers' quotes, awards, deliveries and
// receipts.
//
// The tables say who, when, at what price and what was decided; how much stands where is the
// ledger's to say, and what follows from the clock (a deadline, an expiry) is computed when it is
// asked for. So an inquiry's state has no column of its own: [Inquiry.State] is worked out from
// the decision taken, the database's clock and the line balances.
//
// It promises: an award commits all of its allocations or none; what is committed never exceeds
// an offer, a quote or what a line still needs; a superseded, withdrawn or expired quote cannot be
// awarded; sealed quotes are read by nobody but their authors before the deadline; and no
// producer learns of a rival through any field.
//
// An act of awarding above the buyer's limit waits as a proposal for a second person. A framework award
// is drawn down by call-offs, whose sum never exceeds what remains of it, by a constraint.
// The life of a delivery is the table deliverySteps; how long goods may be under way unconfirmed is
// data (inquiry.delivery_rules), as are the tolerance of what is over and the days of a dispute;
// late and short are computed when they are asked for.
// Payments of a deal are recorded, never held: one side records, the other confirms or contests, each a row
// of its own (table paymentSteps). What is owed, due and overdue is computed (view inquiry.accounts).
//
// Locking: whoever changes a quote or the balance of an inquiry line first locks the line's row
// (see lockLines); lines come before offers, each in the order of their ids.
package inquiry
