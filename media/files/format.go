package files

import (
	"path"
	"strings"
)

// Format is the container of a music file, found from its content. The
// extension only decides whether a file is looked at: an MPEG-4 file called .aac
// is common.
type Format uint8

// The formats that are read.
const (
	FormatMPEG   Format = iota + 1 // MPEG audio, layer I to III
	FormatFLAC                     // native FLAC
	FormatMP4                      // MPEG-4 with AAC or ALAC
	FormatADTS                     // bare AAC frames
	FormatVorbis                   // Vorbis in Ogg
	FormatOpus                     // Opus in Ogg
)

var formatNames = [...]string{"unknown", "MP3", "FLAC", "MPEG-4", "AAC", "Vorbis", "Opus"}

func (f Format) String() string {
	if int(f) >= len(formatNames) {
		return formatNames[0]
	}
	return formatNames[f]
}

// IsSong reports whether the name ends in an extension of music, in any case:
// mp3, flac, m4a, aac, ogg, opus.
func IsSong(name string) bool {
	switch extension(name) {
	case "mp3", "flac", "m4a", "aac", "ogg", "opus":
		return true
	}
	return false
}

// IsVideo reports whether the name ends in an extension of a video, in any case:
// mp4, m4v, webm.
func IsVideo(name string) bool {
	switch extension(name) {
	case "mp4", "m4v", "webm":
		return true
	}
	return false
}

// isCompanion reports whether the name is that of a file which people, shops and
// ripping programs put beside songs.
func isCompanion(name string) bool {
	switch extension(name) {
	case "jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "pdf", "txt", "nfo", "log", "cue", "m3u", "m3u8", "pls", "sfv", "md5", "ffp", "lrc":
		return true
	}
	return false
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}
