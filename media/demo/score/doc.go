// Package score holds the music of the demo library as data: which notes are
// played when, how loud and by what, and nothing about how they sound.
//
// A Piece is a list of Voices, a Voice a list of Notes in beats. The pieces
// themselves are written in two small notations, one for lines and one for
// figures over chord symbols (line.go and figure.go), one file per album.
// Write prints all notes as text; that text is the reference against which a
// change of the music is noticed.
//
// Everything is built anew on each call and shared with nobody, so any
// goroutine may call it. A mistake in the notation is a mistake in this
// package's source and panics with the bar in which it stands; a test builds
// every piece.
//
// Start reading at the types in piece.go, then at any album, such as
// hedge_and_harbour.go.
package score
