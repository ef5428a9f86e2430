package artwork

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"musicdb/media/durable"
)

// DefaultName is the file name of the placeholder cover.
const DefaultName = "default.jpg"

// ErrBadName means that a name or path can not belong to the artwork cache.
var ErrBadName = errors.New("not a name in the artwork cache")

const (
	// maxNameBytes is the longest file name that common file systems accept.
	maxNameBytes = 255

	extension = ".jpg"
	separator = " - "

	// divisionSlash replaces the slash in names, as everywhere in the music
	// directory.
	divisionSlash = '\u2215'

	// oneDotLeader replaces a leading dot, which would hide the file and which
	// web servers like to deny.
	oneDotLeader = '\u2024'
)

// Name returns the file name of the source cover of an album:
// "<Artist> - <Album>.jpg" with '/' written as U+2215.
//
// The name is always a single valid path element of at most 255 bytes. Where
// the plain form could not be read back (too long, control characters, broken
// UTF-8, or an artist that itself contains " - ") a short hash of both names is
// appended, so that two albums do not come to share one file.
func Name(artist, album string) string {
	whole := artist + separator + album
	clean := strings.Map(cleanRune, whole)
	plain := utf8.ValidString(whole) &&
		clean == strings.ReplaceAll(whole, "/", string(divisionSlash)) &&
		strings.Index(whole, separator) == len(artist)

	if strings.HasPrefix(clean, ".") {
		clean = string(oneDotLeader) + clean[1:]
	}
	if plain && len(clean)+len(extension) <= maxNameBytes {
		return clean + extension
	}
	sum := sha256.Sum256([]byte(artist + "\x00" + album))
	tail := "~" + hex.EncodeToString(sum[:8]) + extension
	return cut(clean, maxNameBytes-len(tail)) + tail
}

// Element returns a name of the music library as one path element of at most 255
// bytes: '/' is written as U+2215, and nothing in it is special to a file system
// or a web server. Where that loses a part of the name a short hash is appended.
func Element(name string) string {
	clean := strings.Map(cleanRune, name)
	plain := utf8.ValidString(name) && clean == strings.ReplaceAll(name, "/", string(divisionSlash))
	if strings.HasPrefix(clean, ".") {
		clean = string(oneDotLeader) + clean[1:]
	}
	if plain && clean != "" && len(clean) <= maxNameBytes {
		return clean
	}
	sum := sha256.Sum256([]byte(name))
	tail := "~" + hex.EncodeToString(sum[:8])
	return cut(clean, maxNameBytes-len(tail)) + tail
}

// cleanRune maps what must not appear in a file name. strings.Map has already
// turned broken UTF-8 into U+FFFD.
func cleanRune(r rune) rune {
	switch {
	case r == '/':
		return divisionSlash
	case unicode.IsControl(r):
		return utf8.RuneError
	}
	return r
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Path returns the slash-separated path, relative to the artwork directory, of
// the cover with the given name: "<n>x<n>/<name>" for a configured scale, the
// name itself for scale 0 (the source). It does not look at the disk.
//
// The error is ErrBadName for a name that is not a single path element and for
// a scale that is not configured.
func (s *Store) Path(name string, scale int) (string, error) {
	if !isElement(name) {
		return "", fmt.Errorf("artwork: cover name %q: %w", name, ErrBadName)
	}
	if scale == 0 {
		return name, nil
	}
	for _, n := range s.scales {
		if n == scale {
			return path.Join(scaleDir(n), name), nil
		}
	}
	return "", fmt.Errorf("artwork: scale %d is not one of %v: %w", scale, s.scales, ErrBadName)
}

// split is the reverse of Path: it tells the cover name and the scale (0 for
// anything that is not below a scale directory).
func (s *Store) split(p string) (name string, scale int) {
	for _, n := range s.scales {
		if rest, ok := strings.CutPrefix(p, scaleDir(n)+"/"); ok && isElement(rest) {
			return rest, n
		}
	}
	return p, 0
}

func scaleDir(n int) string { return fmt.Sprintf("%dx%d", n, n) }

// isElement reports whether name is one path element that may be served:
// neither empty nor special, without separator or NUL, and not one of our own
// unfinished files.
func isElement(name string) bool {
	return fs.ValidPath(name) && name != "." &&
		!strings.ContainsAny(name, "/\x00") && !durable.IsTemporary(name)
}
