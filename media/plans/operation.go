package plans

import (
	"encoding/json"

	"musicdb/media/library"
)

// Operation is one change. Exactly one of its fields is set.
//
// The operations of a plan are made in their order. Files whose tags are written, and
// the sources of covers, are named as they are before the plan, so they come before
// whatever moves them; everything else is named as the operations before have left it.
type Operation struct {
	MakeDirectory *MakeDirectory `json:"makedirectory,omitempty"`
	Move          *Move          `json:"move,omitempty"`
	WriteTags     *WriteTags     `json:"writetags,omitempty"`
	SetCover      *SetCover      `json:"setcover,omitempty"`
	EnterAlbum    *EnterAlbum    `json:"enteralbum,omitempty"`
	EnterSongs    *EnterSongs    `json:"entersongs,omitempty"`
	EnterVideo    *EnterVideo    `json:"entervideo,omitempty"`
	ChangeRow     *ChangeRow     `json:"changerow,omitempty"`
	RemoveRow     *RemoveRow     `json:"removerow,omitempty"`
	MakeFrames    *MakeFrames    `json:"makeframes,omitempty"`
}

// File is a file as a plan expects it. It is the same as long as size and time are;
// where only the time differs and the checksum is known, that decides.
type File struct {
	Path     string `json:"path"`               // inside the music directory
	Size     int64  `json:"size"`               // bytes
	Modified int64  `json:"modified"`           // Unix time in nanoseconds
	Checksum string `json:"checksum,omitempty"` // SHA-256 of the whole file in hex
}

// MakeDirectory makes a directory that is not there yet, in one that is. Undoing it
// removes it if it is empty.
type MakeDirectory struct {
	Path string `json:"path"`
}

// Move gives a file or directory a free path. The rows of it and of everything in it
// follow, as if it was renamed by package maintenance.
type Move struct {
	From string `json:"from"`
	To   string `json:"to"`
	// File is what is expected of a file, nil for a directory, of which the files
	// that matter are named by Holds.
	File  *File  `json:"file,omitempty"`
	Holds []File `json:"holds,omitempty"`
}

// WriteTags changes tags of an audio file and nothing else of it. Keys are the
// normalised ones of TagLib ("TITLE", "ALBUM", "ARTIST", "DATE", "TRACKNUMBER" …). The
// row of a song gets the checksum of the new file.
type WriteTags struct {
	File   File                `json:"file"`
	Before map[string][]string `json:"before"` // what is expected of the keys of After; a missing key: nothing
	After  map[string][]string `json:"after"`  // an empty list removes a key
}

// CoverSource is where a cover comes from. Exactly one field is set.
type CoverSource struct {
	Song    string `json:"song,omitempty"`    // embedded in this audio file
	File    string `json:"file,omitempty"`    // a picture in the music directory
	Picture string `json:"picture,omitempty"` // kept by [Keeper.KeepPicture]
}

// SetCover gives an album a cover, and colours if there are any. The album is in the
// library, or is entered by the same plan.
type SetCover struct {
	AlbumPath string      `json:"albumpath"`
	Source    CoverSource `json:"source"`
	Before    string      `json:"before"` // the expected file name of the cover; empty: of an album that is entered
	Colors    Colors      `json:"colors"` // the zero value leaves them
}

// Colors are those of an album, each "#RRGGBB", all or none.
type Colors struct {
	Background string `json:"bgcolor,omitempty"`
	Foreground string `json:"fgcolor,omitempty"`
	Highlight  string `json:"hlcolor,omitempty"`
}

// Song is a short name for a NewSong.
type Song = NewSong

// NewSong is a song to be entered into an album.
type NewSong struct {
	File          File   `json:"file"`
	Name          string `json:"name"`
	Number        int64  `json:"number"`
	CD            int64  `json:"cd"`       // counted from 1
	Playtime      int64  `json:"playtime"` // seconds
	Bitrate       int64  `json:"bitrate"`  // bit/s
	Lyrics        string `json:"lyrics,omitempty"`
	LiveRecording bool   `json:"liverecording,omitempty"`
	BadAudio      bool   `json:"badaudio,omitempty"`
	// Content is the SHA-256 of the sound alone in hex, if somebody has made it. It is
	// kept when the song is entered, so that nobody reads the file for it again.
	Content string `json:"content,omitempty"`
}

// EnterAlbum enters an album with its songs, and its artist if there is none of this
// path. The checksums of the files become those of the songs.
type EnterAlbum struct {
	ArtistName string `json:"artistname"`
	ArtistPath string `json:"artistpath"`
	Name       string `json:"name"`
	Path       string `json:"path"`
	Origin     string `json:"origin"`
	Release    int64  `json:"release"` // year
	Added      int64  `json:"added"`   // Unix time in seconds; 0: when it is entered
	Colors     Colors `json:"colors"`
	Songs      []Song `json:"songs"`
}

// EnterSongs enters songs into an album that is in the library.
type EnterSongs struct {
	AlbumPath string `json:"albumpath"`
	Songs     []Song `json:"songs"`
}

// EnterVideo enters a video, and its artist if there is none of this path.
type EnterVideo struct {
	ArtistName    string `json:"artistname"`
	ArtistPath    string `json:"artistpath"`
	File          File   `json:"file"`
	Name          string `json:"name"`
	Release       int64  `json:"release"` // year
	Added         int64  `json:"added"`   // Unix time in seconds; 0: when it is entered
	Playtime      int64  `json:"playtime"`
	Origin        string `json:"origin"`
	Codec         string `json:"codec"`
	XResolution   int64  `json:"xresolution"` // pixels, as shown
	YResolution   int64  `json:"yresolution"`
	LiveRecording bool   `json:"liverecording,omitempty"`
	BadAudio      bool   `json:"badaudio,omitempty"`
	LyricsVideo   bool   `json:"lyricsvideo,omitempty"`
}

// ChangeRow changes columns of a row of artists, albums, songs or videos, as their
// JSON forms in package library name them. Other columns may have changed meanwhile.
type ChangeRow struct {
	Table  string                     `json:"table"`
	ID     int64                      `json:"id"`
	Before map[string]json.RawMessage `json:"before"` // expected values of the columns of After
	After  map[string]json.RawMessage `json:"after"`
}

// RemoveRow removes an artist, album, song or video from the library with everything
// that belongs to it. Files stay. Undoing it brings all of that back.
type RemoveRow struct {
	Table string `json:"table"`
	ID    int64  `json:"id"`
	Path  string `json:"path"` // that the row is expected to have
}

// MakeFrames makes the pictures of a video that is in the library, or is entered by
// the same plan. That they cannot be made is only a warning.
type MakeFrames struct {
	VideoPath string `json:"videopath"`
}

// Made is what an operation on a file has left.
type Made struct {
	Operation int `json:"operation"`

	Directory string        `json:"directory,omitempty"` // made
	Move      *library.Move `json:"move,omitempty"`

	Left *File `json:"left,omitempty"` // the file as it was left: moved, or with new tags; nil for a directory
	Was  *File `json:"was,omitempty"`  // the file that had the former tags

	Cover string `json:"cover,omitempty"` // file name of a cover that was written
	Mode  *Mode  `json:"mode,omitempty"`  // permissions that were changed, for the whole plan: Operation is -1
	// Former says that something was kept of what was there before.
	Former bool `json:"former,omitempty"`
}
