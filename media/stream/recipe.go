package stream

import (
	"strconv"

	"musicdb/media/sound"
)

// recipe is how one format is encoded.
type recipe struct {
	format  sound.Format
	encoder string // ffmpeg's name for it
	args    []string
}

// encoderInput makes a child take PCM as it comes.
var encoderInput = []string{
	"-hide_banner", "-nostdin", "-v", "error", "-protocol_whitelist", "pipe",
	"-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0",
	"-f", "s16le", "-ar", "44100", "-ac", "2", "-i", "pipe:0",
}

// recipeFor returns the recipe of a format with a bitrate in bit/s, which MP3 and
// FLAC do not heed.
//
// MP3 is encoded without a bit reservoir: every frame can be decoded by itself, so
// a listener may join, and silence may take over, at any frame.
//
// FLAC goes into Ogg, because one who joins in the middle needs a container that
// says where frames begin and that can begin anew when an encoder was lost: a bare
// FLAC stream is numbered from its beginning and cannot. All browsers that play
// Ogg and all players of internet radio know it.
//
// Pages of Ogg are short, because sound that waits for a page to be full is heard
// later; a page more costs 28 bytes. No titles are put into Ogg: they stand in the
// head of a logical stream, so a new title would begin a new one, and players
// begin their decoders anew there (a gap where songs follow without one) or, as
// some browsers do, stop.
func recipeFor(f sound.Format, bitrate int) recipe {
	r := recipe{format: f}
	var args []string
	switch f {
	case sound.MP3:
		r.encoder = "libmp3lame"
		args = []string{"-b:a", "320k", "-joint_stereo", "1", "-reservoir", "0",
			"-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0", "-f", "mp3"}
	case sound.Opus:
		r.encoder = "libopus"
		args = []string{"-b:a", strconv.Itoa(bitrate), "-ar", "48000", "-page_duration", "60000", "-f", "ogg"}
	case sound.AAC:
		r.encoder = "aac"
		args = []string{"-b:a", strconv.Itoa(bitrate), "-f", "adts"}
	case sound.FLAC:
		r.encoder = "flac"
		args = []string{"-frame_size", "2048", "-page_duration", "20000", "-f", "ogg"}
	}
	r.args = append(append(append(r.args, encoderInput...), "-c:a", r.encoder), args...)
	r.args = append(r.args, "-flush_packets", "1", "pipe:1")
	return r
}
