// Package doctor looks through a music collection and its databases and says what
// is ill: a [Verdict] per file, album or row, with the reason, how certain that is,
// and what can be done about it.
//
// It owns the list of illnesses and how each is recognised. A [Doctor] looks at
// everything by headers, names, tags, rows and a few samples of each file; on
// request it also listens: ffmpeg decodes each song with the lowest priority, and
// what comes out is searched for damage, silence and clipping. It tells each verdict
// when it has it and keeps a bounded number of them for those who ask later.
//
// It refuses to write: neither into the music directory, nor into the data directory,
// nor into a database, which it reads through connections of its own. Repairs are
// operations for package plans, which does nothing before somebody has agreed.
// It never removes a file, not even in a plan.
//
// All methods of a Doctor may be called from any goroutine; one examination runs at a
// time. Verdicts are told by the goroutine of the examination, songs and albums in
// path order.
//
// Start reading at illness.go, then doctor.go for the life of an examination, round.go
// for the way through the collection, and ear.go for what is heard.
package doctor
