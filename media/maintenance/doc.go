// Package maintenance changes files and rows that belong together: a directory
// that is renamed takes the rows of everything below it along, and a row that is
// brought up to date gets what its file says.
//
// It owns the order in which that is done, so that file and row change together
// or not at all, even if the process is killed in between. A [Keeper] first looks
// at everything that could fail, then notes what it is about to do in the data
// directory, then writes the rows and renames the file inside one transaction of
// the library, and forgets the note when that is committed. What a crash leaves
// is healed by the next [Open]: the files decide, and the rows follow them. While
// the music is not there, nothing is decided; a note that is not understood is set
// aside.
//
// It refuses to overwrite a file, to leave the music directory, to give two rows
// one path, and to touch what the user has said about his music: tags,
// statistics, history, covers, colours, the origin and the time of adding stay.
//
// All methods of [Keeper] may be called from any goroutine; one change runs at a
// time. A change that has begun is finished even if its context ends.
//
// Start reading at keeper.go for the order, at follow.go for the rows, at heal.go
// for what happens after a crash.
package maintenance
