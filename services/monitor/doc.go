// Package monitor shows the volumes of the market to those who watch it: what was offered, asked
// for, quoted, awarded, delivered and rejected, and where supply and demand do not meet.
//
// It owns no facts but what it published and what officials decided on watches. Every total is a sum over the volume ledger, to the gram, from its rollup in memory and
// what was posted since, at one instant; which deliveries are unconfirmed is read at the same instant; [Doctor] proves that the ledger is what it says it is.
//
// It promises:
//
//   - Lines are never totalled together, nor fresh goods with dried ones, nor kilograms with
//     pieces, whatever a query groups by. Rows that overlap say so.
//   - What left and was not confirmed in time stands in a column of its own, never in what was delivered.
//   - What was declared as sold off the platform stands in a column of its own, in none of the others.
//   - What waits for an authority is shown to it with its term; organisations under watch to it and to themselves.
//   - Only officials and administrators read here, but for an organisation what is said of itself. Single producers are shown to the authority
//     that oversees producers, single buyers to the one that oversees buyers.
//   - Officials see volumes, and prices as aggregates alone; the public sees some volumes. Both are
//     shown published figures, each of at least three producers and three buyers, and so made that
//     nothing about fewer follows from however many of them.
//   - A filter on what does not exist is refused, never answered with an empty table.
package monitor
