// Package demonstration fills an empty marketplace: the real products and producers of Cà Mau,
// fictional organisations that say so in their names, and a year of invented trade between the
// fictional ones; or any amount of generated goods for measuring.
//
// It promises:
//
//   - What is invented is marked. Products and offers carry invented = true, numbers of
//     certificates and decisions begin with [Prefix], contacts lie under the reserved domain
//     .example, people are functions and not persons, and [Notice] is shown beside all of it.
//   - Real organisations get products and offers, nothing else: no user, no trade, no rejection, no
//     lapse and no incident. All trade is between fictional ones, in fictional retail systems.
//   - History is made by the services themselves, with a clock set back: what they would refuse
//     does not happen here either, and the ledger adds up.
//   - The same day and the same [Seed] make the same trade; only ids differ.
//   - A database that holds any organisation is left alone. A load that was interrupted is noticed:
//     it is cleared away and done again when nothing but the load has touched the database, and
//     reported as [ErrInterrupted] when something has.
//
// Only cmd imports this package.
package demonstration

const (
	// Notice stands on every page and export that shows invented facts.
	Notice = "Dữ liệu minh hoạ / demonstration data"
	// Prefix begins every invented number of a certificate or decision.
	Prefix = "DEMO-"
	// Password signs in every person of the demonstration. It is public: it opens fictional accounts only.
	Password = "demonstration-only"
	// Administrator is the login of the platform's administrator.
	Administrator = "admin@ocop.example"
	// Seed begins the random numbers that the trade is drawn from.
	Seed = 2026
)
