// Package intake looks at music that is new and says, as a plan, what would be done
// to bring it into the library.
//
// A [Planner] reads an album's directory or a video with everything in it, and
// proposes: the rows, the cover, names that follow the conventions, tags whose
// encoding was mistaken. What a person should look at before he agrees is a
// [Doubt]: recordings that are in the library already or twice in the album,
// years, artists, titles and numbers on which tags and path disagree, numbers that
// are missing or given twice, files that are damaged or no music.
//
// The package reads. It changes neither the music directory nor the library, and
// it keeps nothing: a plan is proposed, applied and taken back by package plans. The
// path decides and tags are hints: a doubt never keeps a song out, only what cannot
// be read or named does.
//
// All methods of a [Planner] may be called from any goroutine; several files of an
// album are read at once.
//
// Start reading at planner.go, then album.go and video.go; doubts are in doubt.go,
// consistent.go, numbers.go, encoding.go, naming.go and duplicate.go.
package intake
