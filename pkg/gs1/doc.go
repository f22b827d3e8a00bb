// Package gs1 reads and writes what GS1 numbers things by: GTINs with their check digits, and
// GS1 Digital Link addresses, which say a GTIN, a lot and a few facts as a web address.
//
// It follows the GS1 General Specifications (release 24: 1.4 prefixes, 2.1 trade items, 3 the
// application identifiers, 7.9 check digits, 7.11 character sets, 7.12 dates) and the GS1 Digital
// Link standard, URI syntax 1.x (uncompressed; 4 the grammar, 5 the canonical form).
//
// Nothing here asks a register: a number that is well formed may still belong to nobody.
package gs1
