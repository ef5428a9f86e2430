package files

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnalyse(t *testing.T) {
	for _, tt := range []struct {
		rule string
		kind Kind
		path string
		want Location
	}{
		{"artist: any name", KindArtist, "The Distant Lasts", Location{}},
		{"artist: a tilde is no home directory", KindArtist, "~x", Location{}},
		{"artist: U+2215 stands for a slash and stays", KindArtist, "AC∕DC", Location{}},
		{"artist: dots are not cut", KindArtist, "R.E.M.", Location{}},
		{"album", KindAlbum, "A/1999 - B", Location{Release: 1999, Album: "B"}},
		{"album: year 0", KindAlbum, "A/0000 - B", Location{Release: 0, Album: "B"}},
		{"album: the name may contain the separator", KindAlbum, "A/1999 - B - C - D", Location{Release: 1999, Album: "B - C - D"}},
		{"album: the name may be empty", KindAlbum, "A/1999 - ", Location{Release: 1999}},
		{"album: dots are not cut", KindAlbum, "A/1999 - V. 2", Location{Release: 1999, Album: "V. 2"}},
		{"album: leading blanks of the name stay", KindAlbum, "A/1999 -   B", Location{Release: 1999, Album: "  B"}},
		{"album: a number with blanks is a number", KindAlbum, "A/ 99  - B", Location{Release: 99, Album: "B"}},
		{"album: a sign is part of a number", KindAlbum, "A/-999 - B", Location{Release: -999, Album: "B"}},
		{"album: digits of any script", KindAlbum, "A/１９９９ - B", Location{Release: 1999, Album: "B"}},
		{"song", KindSong, "A/1999 - B/01 C.mp3", Location{Release: 1999, Album: "B", CD: 1, Number: 1, Name: "C", Extension: "mp3"}},
		{"song: unpadded number", KindSong, "A/1999 - B/7 C.mp3", Location{Release: 1999, Album: "B", CD: 1, Number: 7, Name: "C", Extension: "mp3"}},
		{"song: CD and number", KindSong, "A/1999 - B/2-13 C.flac", Location{Release: 1999, Album: "B", CD: 2, Number: 13, Name: "C", Extension: "flac"}},
		{"song: the extension is behind the last dot", KindSong, "A/1999 - B/01 a.b.c... end..mp3", Location{Release: 1999, Album: "B", CD: 1, Number: 1, Name: "a.b.c... end.", Extension: "mp3"}},
		{"song: no extension", KindSong, "A/1999 - B/01 C", Location{Release: 1999, Album: "B", CD: 1, Number: 1, Name: "C"}},
		{"song: empty name", KindSong, "A/1999 - B/01 .mp3", Location{Release: 1999, Album: "B", CD: 1, Number: 1, Extension: "mp3"}},
		{"song: extension as written", KindSong, "A/1999 - B/01 C.MP3", Location{Release: 1999, Album: "B", CD: 1, Number: 1, Name: "C", Extension: "MP3"}},
		{"song: only the first blank separates", KindSong, "A/1999 - B/10   two leading", Location{Release: 1999, Album: "B", CD: 1, Number: 10, Name: "  two leading"}},
		{"song: a dash behind the blank is part of the name", KindSong, "A/1999 - B/11 -.mp3", Location{Release: 1999, Album: "B", CD: 1, Number: 11, Name: "-", Extension: "mp3"}},
		{"song: backslash is an ordinary character", KindSong, `A/1999 - B/01 back\slash.mp3`, Location{Release: 1999, Album: "B", CD: 1, Number: 1, Name: `back\slash`, Extension: "mp3"}},
		{"video", KindVideo, "A/1999 - B.mp4", Location{Release: 1999, Name: "B", Extension: "mp4"}},
		{"video: the name may contain the separator", KindVideo, "A/1999 - B - C.webm", Location{Release: 1999, Name: "B - C", Extension: "webm"}},
		{"video: extension in any case", KindVideo, "A/1999 - B.M4V", Location{Release: 1999, Name: "B", Extension: "M4V"}},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			elements := strings.Split(tt.path, "/")
			tt.want.Kind, tt.want.Path, tt.want.Artist = tt.kind, tt.path, elements[0]
			if tt.kind == KindAlbum || tt.kind == KindSong {
				tt.want.AlbumPath = elements[0] + "/" + elements[1]
			}
			got, err := Analyse(tt.path, tt.kind)
			if err != nil || got != tt.want {
				t.Errorf("Analyse(%q, %v)\n got %+v, %v\nwant %+v", tt.path, tt.kind, got, err, tt.want)
			}
		})
	}
}

func TestAnalyseRefuses(t *testing.T) {
	for _, tt := range []struct {
		rule string
		kind Kind
		path string
		want error
	}{
		{"empty", KindArtist, "", ErrPath},
		{"absolute", KindArtist, "/etc", ErrPath},
		{"parent", KindAlbum, "../1999 - B", ErrPath},
		{"parent inside", KindSong, "A/../01 C.mp3", ErrPath},
		{"current", KindArtist, ".", ErrPath},
		{"empty element", KindSong, "A//01 C.mp3", ErrPath},
		{"trailing slash", KindAlbum, "A/", ErrPath},
		{"NUL", KindArtist, "A\x00B", ErrPath},
		{"not UTF-8", KindArtist, "A\xFF", ErrPath},
		{"artist with two elements", KindArtist, "A/B", ErrNaming},
		{"album with one element", KindAlbum, "1999 - B", ErrNaming},
		{"song too deep", KindSong, "A/1999 - B/CD1/01 C.mp3", ErrNaming},
		{"no year", KindAlbum, "A/Demo tapes", ErrNaming},
		{"year of three digits", KindAlbum, "A/199 - B", ErrNaming},
		{"year of five digits", KindAlbum, "A/19999 - B", ErrNaming},
		{"year with a letter", KindAlbum, "A/199x - B", ErrNaming},
		{"separator without blanks", KindAlbum, "A/1999-B", ErrNaming},
		{"shorter than the separator", KindAlbum, "A/1999 -", ErrNaming},
		{"song in an album without year", KindSong, "A/Demo tapes/01 C.mp3", ErrNaming},
		{"song without blank", KindSong, "A/1999 - B/Loose.mp3", ErrNaming},
		{"song without number", KindSong, "A/1999 - B/Some song.mp3", ErrNaming},
		{"three numbers", KindSong, "A/1999 - B/3-1-02 X.mp3", ErrNaming},
		{"missing CD", KindSong, "A/1999 - B/-02 X.mp3", ErrNaming},
		{"missing number", KindSong, "A/1999 - B/2- X.mp3", ErrNaming},
		{"leading blank", KindSong, "A/1999 - B/ 01 X.mp3", ErrNaming},
		{"number beyond reason", KindSong, "A/1999 - B/1234567890 X.mp3", ErrNaming},
		{"video of another format", KindVideo, "A/1999 - B.avi", ErrNaming},
		{"video without year", KindVideo, "A/B.mp4", ErrNaming},
		{"kind that does not exist", Kind(99), "A", ErrNaming},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got, err := Analyse(tt.path, tt.kind)
			if !errors.Is(err, tt.want) || got != (Location{}) {
				t.Errorf("Analyse(%q, %v) = %+v, %v; want %v", tt.path, tt.kind, got, err, tt.want)
			}
		})
	}
}

func TestNamingErrorTellsTheForm(t *testing.T) {
	_, err := Analyse("A/Demo", KindAlbum)
	want := `files: "A/Demo" is not the name of an album: " - " does not follow the first four characters; rename it to the form Artist/YYYY - Album`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// The number of a year, CD or song is read as the reference server's int() does.
func TestInteger(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "007": 7, " 12 ": 12, "+5": 5, "-3": -3, "1_0": 10, "٣": 3, "𝟗": 9, "１９": 19, "999999999": 999999999} {
		if got, ok := integer(text); !ok || got != want {
			t.Errorf("integer(%q) = %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", " ", "+", "--1", "1_", "_1", "1__0", "1.0", "0x1", "x", "1 2", "²", "½", "1000000000"} {
		if got, ok := integer(text); ok {
			t.Errorf("integer(%q) = %d; want a refusal", text, got)
		}
	}
}

// element draws a path element without separator.
func element() *rapid.Generator[string] {
	return rapid.StringOf(rapid.RuneFrom([]rune("aZ 09-.~∕ ß夜🎸\\_\"'%"))).Filter(func(s string) bool {
		return s != "" && s != "." && s != ".."
	})
}

func TestAnalyseReadsWhatWasBuilt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		artist, album, name := element().Draw(t, "artist"), element().Draw(t, "album"), element().Draw(t, "name")
		year := rapid.IntRange(0, 9999).Draw(t, "year")
		cd, number := rapid.IntRange(1, 30).Draw(t, "cd"), rapid.IntRange(0, 999).Draw(t, "number")
		extension := rapid.SampledFrom([]string{"mp3", "MP3", "flac", "m4a", "aac", "ogg", "opus"}).Draw(t, "extension")
		numbers := fmt.Sprintf("%d-%02d", cd, number)
		if rapid.Bool().Draw(t, "single") {
			cd, numbers = 1, fmt.Sprintf("%02d", number)
		}
		want := Location{
			Kind: KindSong, Artist: artist, Release: year, Album: album, CD: cd, Number: number, Name: name, Extension: extension,
			AlbumPath: fmt.Sprintf("%s/%04d - %s", artist, year, album),
		}
		want.Path = fmt.Sprintf("%s/%s %s.%s", want.AlbumPath, numbers, name, extension)
		if got, err := Analyse(want.Path, KindSong); err != nil || got != want {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
		inAlbum, err := Analyse(want.AlbumPath, KindAlbum)
		if err != nil || inAlbum.Album != album || inAlbum.Release != year || inAlbum.Artist != artist {
			t.Fatalf("album: got %+v, %v", inAlbum, err)
		}
	})
}

// checkAnalysis holds for every text: no panic, an error of a known kind or a
// location whose parts make up the path again.
func checkAnalysis(t interface{ Fatalf(string, ...any) }, path string) {
	for kind := KindArtist; kind <= KindVideo; kind++ {
		at, err := Analyse(path, kind)
		if err != nil {
			if !errors.Is(err, ErrPath) && !errors.Is(err, ErrNaming) {
				t.Fatalf("Analyse(%q, %v): untyped error %v", path, kind, err)
			}
			continue
		}
		if at.Path != path || !strings.HasPrefix(path, at.Artist) || !strings.HasPrefix(path, at.AlbumPath) ||
			!strings.HasSuffix(at.AlbumPath, at.Album) || !strings.HasSuffix(path, at.Extension) || !strings.Contains(path, at.Name) {
			t.Fatalf("Analyse(%q, %v) = %+v does not fit the path", path, kind, at)
		}
	}
}

func TestAnalyseNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkAnalysis(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[a/. -]{0,6}[0-9]{4} - .{0,5}/[0-9-]{0,4} .{0,4}`)).Draw(t, "path"))
	})
}

func FuzzAnalyse(f *testing.F) {
	for _, seed := range []string{"A", "A/1999 - B", "A/1999 - B/01 C.mp3", "A/1999 - B/2-01 C.mp3", "A/1999 - B.mp4", "../x", "/x", "a\x00", "\xff/1999 - \xff", "A/１９９９ - B"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) { checkAnalysis(t, path) })
}
