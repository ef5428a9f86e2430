// Package library owns the databases of the music library: the music database
// music.db (schema version 5), the tracker tracker.db (version 4), both in the
// format that MusicDB 8 writes and reads, and musicdb.db, a third one of our
// own for what the old format has no place for. It is the only package that
// talks to SQLite.
//
// All rows that lists are made of live in memory. [Library.Catalogue] returns
// an immutable snapshot of them; every write makes a new one that shares all
// but the changed pages with its predecessor, and swaps it in after the commit.
// Reading therefore takes no lock, touches no file and needs no index, and the
// old files stay as the old server made them: no index, trigger or persistent
// pragma is ever written into them.
//
// What was acknowledged is on disk: each writing method, and each [Library.Edit]
// of any number of changes, is one transaction and returns after its commit. Writes are serialised; a write that has begun is
// finished even if its context ends meanwhile.
//
// Files of version 4 (music) and of versions 2 and 3 (tracker) are upgraded when
// they are opened, each after a backup beside it. The package refuses to open a
// file of any other version, a damaged file, a directory it cannot write to, and a data directory that another
// process has open. Each refusal is a typed error whose text names the file,
// the cause and the remedy. It knows no music file, no queue and no client.
//
// Every method of [Library] and of [Catalogue] may be called by any goroutine.
//
// Start reading at [Open], then [Catalogue], then [Edit] and its methods in
// artist.go, album.go, song.go, video.go, edittag.go, assign.go and lyrics.go.
// How a snapshot shares its pages is in table.go.
package library
