// Package artwork owns the artwork cache: one directory with the source cover
// of every album, its scaled copies in one directory per scale, and the
// placeholder default.jpg. It finds the pictures that could become a cover, and
// proposes the colours that go with one.
//
// Every picture in the cache is a JPEG file, whatever was handed in. A picture
// is trusted with nothing: its format is read from its first bytes, its size
// from its header before a single pixel is decoded, and one picture is decoded
// at a time, so that a hundred uploads need the memory of one.
//
// The package refuses to leave its directory (every access goes through
// os.Root), to write in place (a file appears complete or not at all), to
// enlarge a picture and to change an existing default.jpg. It only reads the music
// directory, through package files. It knows no database: which cover belongs to which album is the name it returns, kept by
// the caller.
//
// All methods of a Store may be called from any goroutine.
//
// Start reading at Store.SetCover in cover.go; names are made in name.go,
// pictures checked in picture.go, opened in format.go and webp.go and scaled in
// scale.go. Where a cover comes from is in candidate.go, colours are in palette.go.
package artwork
