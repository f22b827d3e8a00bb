// Package reference owns the facts the market stands on: the communes of Cà Mau and the wards of
// Ho Chi Minh City, product lines and the grades each is described by, certification schemes,
// OCOP groups, units, buyer systems, published prices and seasons.
//
// The facts are files compiled into the program (folder data, each with its source in its
// heading). [Load] writes them to the schema reference when the database is migrated, so that
// other schemas can point at them; [Open] reads them back once into a [Book], which never changes
// and answers every question from memory. Rules that hold from a day on are rows with dates.
//
// What a source marks as general knowledge is kept with an "unverified" flag: it is shown and
// never enforced.
package reference
