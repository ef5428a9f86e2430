// Package tasks does the long work on the library that outlives a request.
//
// It owns the first scan: [FirstScan] fills an empty library from the music
// directory, album by album in path order, each album in one transaction, so
// that an interrupted scan leaves whole albums only. A [Mark] in our own database
// says that a scan has begun; the next start goes on with the albums that are
// missing. A library that has content and no such mark belongs to the user: it
// is left as it is.
//
// The package refuses to touch the music: files are read through package files
// and never written. It refuses to give up on a file: what cannot enter is
// reported and passed by. Only a music directory that cannot be listed, and a
// database or a mark that cannot be written, end a scan. Covers that cannot be
// stored are left to the next start.
//
// FirstScan runs in the caller's goroutine and calls the functions of its
// options there. One scan may run at a time in a library.
//
// Start reading at firstscan.go.
package tasks
