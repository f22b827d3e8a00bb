// Package catalog owns what producers sell, what proves it and how much of it there is when:
// products, certificates, offers, the public search over them, and the cache before it.
//
// It promises:
//
//   - No product shows a mark that is not verified and valid today. One SQL function,
//     catalog.marks, decides it from dates and decisions at the moment of reading; the product
//     page, the search filter and [MarksTx] all ask it.
//   - The price and the remaining volume of an offer are public, for approved buyers, or for
//     whoever asks the producer. What a reader may not see is left out of answers, filters, sort
//     orders and cached pages alike.
//   - Nobody sees a state of the catalogue that is older than one second ([Staleness]), and whoever
//     can change the catalogue reads past the cache. Without Redis everything works, only slower.
//   - A calendar of supply and an answer to a question for supply are made of nothing but what the
//     reader may see of each offer; different goods are never added up.
//   - Who only collects declares where its lots come from, and inherits no certificate.
//   - The quantity of an offer stands in the ledger. It is never lowered below what is committed.
//
// A product that a reader may not know of is fault.ErrNotFound, never forbidden.
package catalog
