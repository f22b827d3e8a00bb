// Package notify tells organisations what they must know and did not ask for: in their list of
// notices, and by mail to their owners, in Vietnamese and English.
//
// It follows the sealed audit trail ([Service.Follow]): a certificate that nears its end, has
// lapsed or was revoked is told to its holder; and where a mark is gone, or will be gone on the
// delivery day, both parties of each open deal that was made with it are told, with what they can
// do. The place in the trail moves in the same transaction as the notices are written, and what a
// notice is about can be told to an organisation once only, so nothing is lost and nothing is told
// twice, whatever crashes or runs in parallel. A quote or an award that is made while its
// certificate ends is caught by its own event: the trail's order is final.
//
// Of an award each side is told what the other did to end it or to call goods off, and both when a
// framework's period is over. Of a payment each side is told what the other recorded or decided, and both
// when one falls due and when it is overdue.
//
// Of a trade event its participants are told that they are invited, of other days or another place, of their
// meetings, and that it was cancelled; of a draft nobody is told.
//
// Of a memorandum its parties are told what another did with it, and proposes or decides about what it says.
//
// It promises: a notice tells a party of its own deal and of the other party, and of nobody else;
// the buyer hears nothing of a sealed quote before the deadline; notices come within seconds
// (the seal of the trail follows every half second, this service every second).
//
// What is told, to whom and in which words is data: the table notify.kinds. A notice holds ids,
// dates and codes; names are looked up when it is read.
package notify
