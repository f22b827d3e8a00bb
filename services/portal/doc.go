// Package portal shows the marketplace to people, as pages in Vietnamese and English.
//
// It owns no facts and no rules: a page calls the methods that the API calls, with the same Principal, and shows
// what they answer or why they refuse. What anybody may read is decided there; a page only says who it is for.
//
// It promises:
//
//   - Every page works without JavaScript: forms that ask are GETs, forms that do something are POSTs, links are
//     addresses, tables are the truth. Scripts add charts from what the tables say, and take changes in without a reload.
//   - What a form does is done once however often it is sent, on the version of what its reader saw.
//   - A refusal is a sentence on the page in the reader's language, with its stable code.
//   - Nothing is loaded from elsewhere, nothing inline runs, and no other site can make a page do anything.
//   - What people wrote is shown as text, whatever it holds.
//
// What browsers need is bundled by `make pages` and embedded; a program that was built without answers pages with
// ErrNotBundled and the rest as ever.
package portal
