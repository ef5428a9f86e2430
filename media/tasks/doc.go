// Package tasks does the long work on the library that outlives a request.
//
// A [Task] is an upload, its integration, an import, a cover, a scan. Each is an
// instance of one machine (states.go, machine.go), a file in the directory tasks of
// the data directory (store.go), and what everybody sees in notifications. The
// [Manager] holds them all: a request of a client makes or moves one, a worker does
// the [Step] of its state, and where the process ends in between, the next start
// goes on. Only record.move changes a state.
//
// Workers are supervised: an error or a panic of a step is a failure of its task
// with a cause and a remedy, and of nothing else. A few steps run at once; those of
// one album follow each other. Cancelling ends the context of the step. Nothing
// polls; once a minute the tasks are looked at for their age and their files.
//
// The package also owns the first scan: [FirstScan] fills an empty library from the
// music directory, album by album in path order, each album in one transaction, so
// that an interrupted scan leaves whole albums only. A [Mark] in our own database
// says that a scan has begun; the next start goes on with the albums that are
// missing. A library that has content and no such mark belongs to the user: it
// is left as it is. FirstScan runs in the caller's goroutine and calls the functions
// of its options there. One scan may run at a time in a library.
//
// The package refuses to touch the music without a request, and ever to overwrite a
// file of it. It refuses paths that lead out of the music directory or out of the
// uploads. It refuses to give up on a file: what cannot enter is reported and passed
// by.
//
// All methods of [Manager] may be called from any goroutine. A subscriber is called
// on the goroutine that causes the notification and must not call back.
//
// Start reading at states.go and machine.go, then manager.go and worker.go;
// uploading.go and upload.go for uploads, preparing.go and integrating.go for their steps,
// firstscan.go for the first scan.
package tasks
