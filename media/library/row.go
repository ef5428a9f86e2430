package library

// Artist is a row of the table artists. The JSON keys of this type and of the
// other rows are those of the MusicDB protocol, section "Shared types".
type Artist struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Path string `json:"path"` // directory inside the music directory
}

// Album is a row of the table albums. A nil pointer is an SQL NULL, as broken
// imports of old versions have left behind.
type Album struct {
	ID          int64   `json:"id"`
	ArtistID    int64   `json:"artistid"`
	Name        string  `json:"name"`
	Path        string  `json:"path"` // "Artist/YYYY - Name", relative to the music directory
	NumOfSongs  *int64  `json:"numofsongs"`
	NumOfCDs    *int64  `json:"numofcds"`
	Origin      *string `json:"origin"`
	Release     *int64  `json:"release"`     // year
	ArtworkPath string  `json:"artworkpath"` // relative to the artwork directory
	BgColor     string  `json:"bgcolor"`     // "#RRGGBB"
	FgColor     string  `json:"fgcolor"`
	HlColor     string  `json:"hlcolor"`
	Added       int64   `json:"added"`  // Unix time in seconds
	Hidden      int64   `json:"hidden"` // 0 or 1
}

// Song is a row of the table songs. Flags are 0 or 1; rows written by the old
// server may hold -1 in a flag that was set with the modifier "dec".
type Song struct {
	ID            int64  `json:"id"`
	AlbumID       int64  `json:"albumid"`
	ArtistID      int64  `json:"artistid"`
	Name          string `json:"name"`
	Path          string `json:"path"` // relative to the music directory
	Number        int64  `json:"number"`
	CD            int64  `json:"cd"` // counted from 1
	Disabled      int64  `json:"disabled"`
	Playtime      int64  `json:"playtime"` // seconds
	Bitrate       int64  `json:"bitrate"`  // bit/s
	Likes         int64  `json:"likes"`
	Dislikes      int64  `json:"dislikes"`
	Favorite      int64  `json:"favorite"`    // -1 hated, 0 neutral, 1 loved
	LyricsState   int64  `json:"lyricsstate"` // see the Lyrics constants
	Checksum      string `json:"checksum"`    // SHA-256 of the file in hex, or empty
	LastPlayed    int64  `json:"lastplayed"`  // Unix time in seconds, 0 never
	LiveRecording int64  `json:"liverecording"`
	BadAudio      int64  `json:"badaudio"`
}

// Video is a row of the table videos. A nil pointer is an SQL NULL.
type Video struct {
	ID              int64   `json:"id"`
	SongID          *int64  `json:"songid"`  // a song it belongs to, rarely known
	AlbumID         *int64  `json:"albumid"` // an album it belongs to, rarely known
	ArtistID        int64   `json:"artistid"`
	Name            string  `json:"name"`
	Path            string  `json:"path"` // "Artist/YYYY - Name.ext", relative to the music directory
	Disabled        int64   `json:"disabled"`
	Playtime        int64   `json:"playtime"` // seconds
	Origin          *string `json:"origin"`
	Release         *int64  `json:"release"` // year
	Added           int64   `json:"added"`   // Unix time in seconds
	Codec           *string `json:"codec"`
	XResolution     *int64  `json:"xresolution"` // pixels, as shown
	YResolution     *int64  `json:"yresolution"`
	FramesDirectory string  `json:"framesdirectory"` // "Artist/Video", relative to the artwork directory
	ThumbnailFile   string  `json:"thumbnailfile"`   // inside FramesDirectory
	PreviewFile     string  `json:"previewfile"`     // inside FramesDirectory
	Likes           int64   `json:"likes"`
	Dislikes        int64   `json:"dislikes"`
	Favorite        int64   `json:"favorite"` // -1 hated, 0 neutral, 1 loved
	LiveRecording   int64   `json:"liverecording"`
	BadAudio        int64   `json:"badaudio"`
	Checksum        string  `json:"checksum"`   // SHA-256 of the file in hex, or empty
	LastPlayed      int64   `json:"lastplayed"` // Unix time in seconds, 0 never
	LyricsVideo     int64   `json:"lyricsvideo"`
	BgColor         string  `json:"bgcolor"` // "#RRGGBB"
	FgColor         string  `json:"fgcolor"`
	HlColor         string  `json:"hlcolor"`
	VBegin          *int64  `json:"vbegin"` // first second to play
	VEnd            *int64  `json:"vend"`   // last second to play
}

// States of a song's lyrics, column songs.lyricsstate.
const (
	LyricsNone         int64 = 0 // nothing known
	LyricsFromFile     int64 = 1 // taken from the metadata of the file
	LyricsFromNet      int64 = 2 // taken from the internet by an old version
	LyricsFromUser     int64 = 3 // written or reviewed by the user
	LyricsInstrumental int64 = 4 // the song has none
)

// Classes of tags, column tags.class.
const (
	ClassGenre    int64 = 1
	ClassSubgenre int64 = 2
	ClassMood     int64 = 3
)

// Approvals of a tag's assignment to a song, album or video.
const (
	ApprovalGuessed   int64 = 0 // suggested by a program; confidence tells how sure it is
	ApprovalConfirmed int64 = 1 // set or confirmed by the user
	ApprovalTraining  int64 = 2 // confirmed, and a good example to learn from
)

// Types of a tag's icon, column tags.icontype.
const (
	IconUnicode int64 = 1 // one or a few characters
	IconHTML    int64 = 2 // a fragment of HTML
)

// Tag is a row of the table tags.
type Tag struct {
	ID       int64   `json:"id"`
	Name     string  `json:"name"`
	Class    int64   `json:"class"`
	ParentID *int64  `json:"parentid"` // the genre of a sub genre, else nil
	IconType *int64  `json:"icontype"` // see the Icon constants
	Icon     *string `json:"icon"`
	Color    *string `json:"color"`
	PosX     *int64  `json:"posx"`
	PosY     *int64  `json:"posy"`
}

// TargetTag is a tag together with its assignment to one song, album or video.
// Exactly one of SongID, AlbumID and VideoID is set.
type TargetTag struct {
	EntryID    int64   `json:"entryid"`
	SongID     int64   `json:"songid,omitempty"`
	AlbumID    int64   `json:"albumid,omitempty"`
	VideoID    int64   `json:"videoid,omitempty"`
	TagID      int64   `json:"tagid"`
	Confidence float64 `json:"confidence"` // 0.0 to 1.0
	Approval   int64   `json:"approval"`
	Tag
}
