// Package trade keeps what is agreed and declared beside the deals of the platform: trade events,
// the memoranda signed at them and what became of those, programmes of several organisations, and
// what is declared as sold off the platform.
//
// It posts nothing to the ledger. What was signed is an expectation: never demand, never volume. What
// followed from it is read from the ledger's postings each time it is asked for.
//
// It promises:
//
//   - Expected, awarded, confirmed and declared stand side by side and are never added up. Confirmed
//     is what the ledger says was delivered, nothing else.
//   - An award follows from one memorandum at most: the one its inquiry is linked to, else the
//     earliest signed one between the same two parties of the same goods within whose term it was
//     made. It is counted under one line of it.
//   - What a memorandum says is amended by whole versions, each of which is kept. A confirmed one
//     says what both parties agreed on last; what came of it is told beside that.
//   - Lines are never totalled together, nor fresh goods with dried ones, nor kilograms with pieces.
//   - Values and free text of a memorandum are for its parties. An authority reads the name of the
//     side it oversees, volumes once both sides agree that there is such a memorandum, and values
//     only as sums of a year and line behind which at least three producers and three buyers stand
//     whose memoranda it did not enter itself.
//   - What is declared is never rewritten: a correction replaces it, and the old one stays.
//   - Members of a programme read their own part of it; an authority no total behind which fewer than
//     three organisations of the other side stand, and no two of which some deals are in both and others
//     in one.
//   - Nobody is in two meetings of an event at once, whatever runs in parallel; a constraint decides.
package trade
