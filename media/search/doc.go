// Package search owns the micro search engine: it finds artists, albums and
// songs by a name that is typed in part or with mistakes.
//
// Names and search text are normalised ([Normalise]) and compared by their
// partial ratio: the best of all comparisons between the shorter of the two and
// the windows of the longer one that are not longer than the shorter, each
// rated 0 to 100 by the longest common subsequence. A name is found from 80 on.
// The measure is that of the MusicDB protocol, function Find.
//
// Among equal ratings the name that is exactly the text comes first, then names
// that begin with it, then the others, each in the order of their lower-case
// names. Without that, one or two letters would find the alphabet.
//
// All names are searched, also those of hidden albums and of disabled or hated
// songs: an album that somebody has hidden must be findable to be shown again,
// and clients of the protocol see it in the results. Whoever wants less filters
// the hits by the rows they lead to. A hit may lead to a row that was removed a
// moment ago; it is to be skipped.
//
// The package reads no database; it is given a snapshot of the library and
// keeps none of it but the names. Any goroutine may call any method of
// [Engine]; searching takes no lock.
//
// Start reading at [Engine], then list.go for how names are kept, rating.go for
// how they are compared.
package search
