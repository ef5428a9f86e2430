// Package watch keeps the library in step with the music directory, which is right
// where the two differ.
//
// It owns the comparison: a look surveys names, sizes and times of all files and no
// content, and finds what is new, changed, moved and vanished against the rows and
// against what our own database knows of each file. A file that was moved or renamed is
// recognised by its identity in the file system, by the checksum of its sound, else by
// its name and length; its row follows through package maintenance and keeps its id and
// all that the user has said. The row of a changed file gets what the file says now. The
// row of a vanished file stays, and the file is called lost. A new album or video, and
// songs that have come into an album of the library, are offered when nothing has written
// to them for a moment. Where no more can be offered at once ([ErrLater]), the rest waits
// in the order of paths, is counted in [Status], and follows as offers are decided
// ([Watch.Next]).
//
// Events of the kernel say where to look; a sweep through everything finds what they
// miss, after each overflow, where no more directories can be watched, and on network
// mounts. When everything has vanished at once, when something else stands at the path of
// the music directory, and when it cannot be read, nothing is concluded: these are states
// with a name, and the watch looks again until they are over.
//
// The package refuses to write into the music directory, to remove a row, and to decide
// what enters the library: it tells whoever offers it to the user.
//
// [Watch.Run] is one goroutine that does all this and calls the functions of the options.
// All other methods may be called from any goroutine.
//
// Start reading at watch.go for the loop, at look.go for the comparison, at match.go for
// what was moved; the life of the watch is in machine.go.
package watch
