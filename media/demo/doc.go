// Package demo owns the demo library: twelve short pieces of music by three
// invented artists, composed and played by the code in this directory, so that
// a daemon without a music directory has something to play.
//
//	score    the music as notes
//	synth    the instruments that play it
//	cover    the pictures of the albums
//	compose  the program that makes the embedded files
//	library  the sounds, encoded once and committed
//
// The package embeds library and unpacks it into a directory that the daemon
// keeps for it below its data directory (Unpack). It never touches a file that
// is already there, and it decides nothing about playing: that the pieces are
// shorter than what is usually picked at random is told by MinSongLength.
//
// Unpack is for one goroutine at a time; the rest may be called from any.
//
// Start reading at Unpack in unpack.go.
package demo
