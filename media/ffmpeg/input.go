package ffmpeg

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrPath is returned for a file that cannot be named to ffmpeg.
var ErrPath = errors.New("not an absolute path")

// formats are the demuxers that may look at a file: those of sound. ffmpeg
// guesses a file's format from its bytes, and some formats (HLS, concat, DASH)
// are lists of further addresses to open; none of them is here.
var formats = strings.Join([]string{
	"aac", "ac3", "aiff", "ape", "asf", "caf", "dsf", "dts", "eac3", "flac", "iff", "matroska", "webm",
	"mov", "mp4", "m4a", "mp3", "mpc", "mpc8", "ogg", "oma", "shn", "tak", "tta", "w64", "wav", "wv",
}, ",")

// Input returns the arguments that open a local file of sound at the given
// position. The file can be named in any way: it is never taken for an option,
// an address or a pattern, and what it contains cannot make ffmpeg open
// anything else. Put options for the output behind it.
func Input(path string, at time.Duration) ([]string, error) {
	if !filepath.IsAbs(path) || strings.ContainsRune(path, 0) {
		return nil, fmt.Errorf("%w: %q", ErrPath, path)
	}
	args := []string{"-hide_banner", "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", formats}
	if at > 0 {
		args = append(args, "-ss", strconv.FormatFloat(at.Seconds(), 'f', 3, 64))
	}
	return append(args, "-i", "file:"+path), nil
}
