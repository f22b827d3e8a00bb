// Package searchindex is a search engine in the memory of one process: documents with fields of
// text and keywords, found by words, phrases, beginnings of words and words that are nearly right,
// counted by keyword, and ordered by relevance or by any comparison.
//
// Documents are numbered so that the newest has the smallest number; every word of every field,
// every pair of neighbouring words and every keyword has the set of its documents' numbers, a
// compressed bitmap. A question is answered by combining sets, so most of its work grows with the
// number of sets it names, not with the number of documents:
//
//   - the newest of a set are its first numbers;
//   - the best of a set are found by splitting it, best part first, until a page is full
//     ([Reader.Rank]);
//   - the least of a set by a comparison are found by walking along an order that is kept for all
//     documents, or, when the set is small, by looking at each of them ([Reader.Top]);
//   - those whose price, quantity or day lies in a range are the difference of two sets that are
//     kept, and of the rest only what lies where the range begins and ends is looked at
//     ([Reader.Between]);
//   - counts are cardinalities of intersections ([Reader.Count]).
//
// Every word is kept in two forms, without marks and with them, so that "duong" finds both "đường"
// and "dương", and whoever types "đường" finds "đường" first.
//
// An Index is safe for concurrent use: [Index.Read] sees one state, [Index.Write] changes it as a
// whole. Sets that a Reader hands out are shared and must not be changed or kept.
package searchindex
