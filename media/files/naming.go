package files

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"
)

// Kind says what a path in the music directory stands for.
type Kind uint8

// The kinds, with the form of their paths.
const (
	KindArtist Kind = iota + 1 // {artist}
	KindAlbum                  // {artist}/{YYYY} - {album}
	KindSong                   // {artist}/{YYYY} - {album}/[{cd}-]{number} {name}.{ext}
	KindVideo                  // {artist}/{YYYY} - {name}.{ext}
)

// kindNames carry their article, because they only appear in sentences.
var kindNames = [...]string{KindArtist: "an artist", KindAlbum: "an album", KindSong: "a song", KindVideo: "a video"}

func (k Kind) String() string {
	if k < KindArtist || k > KindVideo {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}

// form is the pattern shown to the user when a name does not fit.
func (k Kind) form() string {
	switch k {
	case KindArtist:
		return "Artist"
	case KindAlbum:
		return "Artist/YYYY - Album"
	case KindSong:
		return "Artist/YYYY - Album/NN Name.ext or Artist/YYYY - Album/D-NN Name.ext"
	case KindVideo:
		return "Artist/YYYY - Name.mp4 (or m4v, webm)"
	}
	return "a known kind"
}

// Location is what the naming conventions read from a path. Fields that the kind
// does not have are zero.
type Location struct {
	Kind      Kind
	Path      string // the whole path
	Artist    string // first element
	AlbumPath string // first two elements, for albums and songs
	Release   int    // year from the name of the album or video
	Album     string // may be empty
	CD        int    // 1 when the name has none
	Number    int
	Name      string // of the song or video, without number and extension
	Extension string // as written, without the dot; may be empty for songs
}

// ErrNaming is matched by every [NamingError].
var ErrNaming = errors.New("files: name outside the naming conventions")

// NamingError tells which part of a path does not fit the conventions.
type NamingError struct {
	Path string
	Kind Kind
	Why  string
}

func (e *NamingError) Error() string {
	return fmt.Sprintf("files: %q is not the name of %s: %s; %s", e.Path, e.Kind, e.Why, e.Remedy())
}

// Remedy tells the form that is expected.
func (e *NamingError) Remedy() string { return "rename it to the form " + e.Kind.form() }

// Is makes errors.Is(err, ErrNaming) true.
func (e *NamingError) Is(target error) bool { return target == ErrNaming }

// Analyse reads a path by the naming conventions. It does not ask the file
// system: [Music.Locate] finds out the kind first. Errors are *[PathError] and
// *[NamingError].
func Analyse(rel string, kind Kind) (Location, error) {
	if err := CheckPath(rel); err != nil {
		return Location{}, err
	}
	elements := strings.Split(rel, "/")
	at := Location{Kind: kind, Path: rel, Artist: elements[0]}
	want := map[Kind]int{KindArtist: 1, KindAlbum: 2, KindVideo: 2, KindSong: 3}[kind]
	if len(elements) != want {
		return Location{}, &NamingError{rel, kind, fmt.Sprintf("it has %d path elements", len(elements))}
	}
	var why string
	switch kind {
	case KindArtist:
		// Any directory name is an artist's.
	case KindAlbum, KindSong:
		at.AlbumPath = path.Join(elements[0], elements[1])
		at.Release, at.Album, why = splitRelease(elements[1])
		if why == "" && kind == KindSong {
			why = at.song(elements[2])
		}
	case KindVideo:
		why = at.video(elements[1])
	}
	if why != "" {
		return Location{}, &NamingError{rel, kind, why}
	}
	return at, nil
}

// splitRelease divides "YYYY - Name". Characters are code points: the year is
// the first four of them.
func splitRelease(name string) (year int, rest, why string) {
	runes := []rune(name)
	if len(runes) < 7 || string(runes[4:7]) != " - " {
		return 0, "", `" - " does not follow the first four characters`
	}
	year, ok := integer(string(runes[:4]))
	if !ok {
		return 0, "", "the first four characters are not a year"
	}
	return year, string(runes[7:]), ""
}

func (at *Location) song(name string) (why string) {
	numbers, rest, ok := strings.Cut(name, " ")
	if !ok {
		return "there is no blank after the song number"
	}
	cd, number := "1", numbers
	if parts := strings.Split(numbers, "-"); len(parts) == 2 {
		cd, number = parts[0], parts[1]
	}
	if at.CD, ok = integer(cd); !ok {
		return fmt.Sprintf("the CD number %q is not a number", cd)
	}
	if at.Number, ok = integer(number); !ok {
		return fmt.Sprintf("the song number %q is not a number", number)
	}
	at.Name, at.Extension = splitExtension(rest)
	return ""
}

func (at *Location) video(name string) (why string) {
	var rest string
	if at.Release, rest, why = splitRelease(name); why != "" {
		return why
	}
	at.Name, at.Extension = splitExtension(rest)
	if !IsVideo(name) {
		return fmt.Sprintf("%q is not an extension of a video", at.Extension)
	}
	return ""
}

// splitExtension cuts at the last dot. Unlike [path.Ext] it drops the dot, and a
// name without dot has no extension.
func splitExtension(name string) (stem, extension string) {
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		return name[:dot], name[dot+1:]
	}
	return name, ""
}

// integer reads a number as the reference server does, so that every library it
// accepted is accepted: blanks around it, one sign, decimal digits of any script,
// single underscores between digits. Numbers beyond nine digits are refused,
// nobody counts songs so far.
func integer(s string) (int, bool) {
	s = strings.TrimSpace(s)
	sign := 1
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	value, digits, underscore := 0, 0, true
	for _, r := range s {
		if r == '_' {
			if underscore {
				return 0, false
			}
			underscore = true
			continue
		}
		digit, ok := decimalDigit(r)
		if digits++; !ok || digits > 9 {
			return 0, false
		}
		value, underscore = value*10+digit, false
	}
	if digits == 0 || underscore {
		return 0, false
	}
	return sign * value, true
}

// decimalDigit gives the value of any Unicode decimal digit. The digits of a
// script are contiguous and start at a code point that has no digit before it.
func decimalDigit(r rune) (int, bool) {
	if r >= '0' && r <= '9' {
		return int(r - '0'), true
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, span := range unicode.Nd.R16 {
		if uint16(r) >= span.Lo && rune(span.Hi) >= r && r <= 0xFFFF {
			return int(r-rune(span.Lo)) % 10, true
		}
	}
	for _, span := range unicode.Nd.R32 {
		if uint32(r) >= span.Lo && uint32(r) <= span.Hi {
			return int(uint32(r)-span.Lo) % 10, true
		}
	}
	return 0, false
}
