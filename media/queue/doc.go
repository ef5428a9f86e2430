// Package queue holds what is going to be played: the song queue and the video
// queue that all clients share, the random selection that keeps them from running
// dry, and the tracker that notes what was played after what. What is said here
// of songs holds for videos, too.
//
// The first entry of the queue is the current song. It stays until it was played
// or skipped; only Next replaces it. An entry has an id of its own, which
// survives restarts, so that one song may be queued several times.
//
// Every change is written to disk before anybody hears of it: first the file,
// then memory, then the events, [SongChanged] before [SongQueueChanged] and each
// once per change. What a call has acknowledged is there again after kill -9.
// Changes that a client asked for are refused when they cannot be written; the
// ones that playing needs go on in memory, because the show goes on.
//
// Who changes a queue is said by [Songs.By]; a [Journal] keeps every change, of one
// entry each, with who made it, so that the history always explains the queue. It
// never keeps a queue from changing.
//
// The random selection never plays against the user's wishes (disabled, hated,
// bad or live recordings, length, genres, hidden albums). What it only wants by
// itself, not to repeat artists, albums and songs, it gives up in this order
// before it leaves the queue empty; for a client that asks for a random song it
// does not. All songs that are left have equal chances. Settings and genres are
// read again for each choice. MaxTries is kept, and has no effect: nothing is
// tried in vain. Each choice can be explained ([Songs.PickOf]), so can the absence
// of one ([Songs.Outlook], [Songs.Explain]), and choices to come be previewed
// ([Songs.Preview]).
//
// The package plays nothing and knows no client: which request means "skip" when
// the current song shall be removed is decided in front of it, by [ErrIsCurrent].
//
// All methods of [Songs] and [Videos] may be called from any goroutine. Reading the
// entries never waits.
// Changes wait for each other, with the disk and the subscribers of the change
// before. A subscriber is called by the goroutine that makes the change, while no
// other change can happen: it sees all events in the one order in which things
// happened, must be quick, and must neither change the queue itself nor ask what the
// random selection would do: that waits for changes, too.
// A [Tracker] belongs to one goroutine.
//
// Start reading at [Songs]; line.go is the part that both queues share, step.go what
// happens to one entry, journal.go where that is kept, randy.go
// the random selection of songs, randyvideos.go that of videos, selector.go what
// these have in common. The index of the songs that the wishes allow is a pool
// (pool.go, segment.go), which follows the library (follow.go); what it offers by
// what was heard lately is in offer.go.
package queue
