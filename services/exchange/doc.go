// Package exchange takes lists in and gives lists out: products, offers and receipts as CSV and Excel
// files.
//
// An import promises a clerk that
//
//   - nothing is guessed: what can be read in two ways is refused, in the row's own words;
//   - a row that is refused refuses only itself, with every reason in Vietnamese and English, and
//     the whole file comes back with a column that says what became of each row;
//   - the same file twice changes nothing, and a process that dies in the middle loses nothing and
//     does nothing twice: rows go through in batches, and how far it got commits with each;
//   - a dry run finds what the import would find, and leaves nothing behind.
//
// What a product or an offer may be is catalog's to say; every row passes its rules and leaves
// the same audit events as a request of its own. Which of the producer's things a row means is
// decided here: by the market's id, the producer's own code, the GTIN, or by what the row says. What
// a buyer's receipt may be is inquiry's to say; which delivery a row means is decided here, too.
//
// An export promises that its reader sees what the catalogue would show, that a producer's own
// lists can be imported again and change nothing, that no cell is ever a formula, and that a few
// hundred rows at a time are held, however long the list.
//
// It is a service of its own, above the catalogue and the deal, because it owns other things (files,
// rows, the codes of producers' own books) and works at another pace: what is slow here must not slow
// down the catalogue, and may be moved to processes of its own.
package exchange
