// Package files is the music directory: what its names mean, what its files
// contain, and the way to reach them without ever leaving it.
//
// It owns five things. [Analyse] reads the naming conventions of MusicDB
// (artist, "YYYY - album", "NN name.ext", "D-NN name.ext", "YYYY - video.ext").
// [Music] is the directory itself, opened once as an [os.Root]: no path given by
// a client, and no symbolic link, leads outside. [Music.ReadTags] and
// [Music.ReadCover] tell what a file says about itself. [Music.Scan] walks the
// directory in path order and delivers whole albums. [Music.Rename],
// [Music.MakeArtist], [Music.MakeDirectory] and [Music.Add] are the only ways in
// which the directory is changed, and [Music.Swap] the only one in which a file is:
// by another version of itself, which was made beside it with other tags and compared
// with it, and can be made the former one again, byte by byte.
//
// It refuses to overwrite or remove a file, or to change what is heard in one. It also
// refuses to give up: every problem met while scanning is a [Finding] with a path,
// a cause and a remedy, and the scan goes on. Only a music directory that cannot
// be listed at all ends a scan.
//
// Audio properties (duration, bit rate) are read by parsers of this package,
// because the database keeps exact bits per second and the tag library rounds to
// thousands. Texts and pictures come from TagLib, which runs as WebAssembly:
// damaged files cannot hurt the process, and its memory is returned after use. It
// keeps compiled code below $TMPDIR; point TMPDIR at a private directory before
// the first tag is read.
//
// All functions and all methods of [Music] may be called from any goroutine.
//
// Start reading at naming.go for the conventions, at music.go for the
// confinement, at scan.go for the walk, at rename.go and change.go for the changes, at
// actual.go for the forms in which one name may be written, at writetags.go for tags.
package files
