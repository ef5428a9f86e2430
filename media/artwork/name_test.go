package artwork

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestName(t *testing.T) {
	long := strings.Repeat("ä", 200)
	for _, c := range []struct{ artist, album, want string }{
		{"Linde Aumont", "Slow Weather", "Linde Aumont - Slow Weather.jpg"},
		{"AC/DC", "Back/Front", "AC∕DC - Back∕Front.jpg"},
		{"Band", "One - Two", "Band - One - Two.jpg"},
		{"Band - One", "Two", "Band - One - Two~0.jpg"},
		{"..", "..", "\u2024. - ...jpg"},
		{"...And Others", "Dots", "\u2024..And Others - Dots.jpg"},
		{"a\x00b", "c\n", "a\uFFFDb - c\uFFFD~0.jpg"},
		{"\xff", "x", "\uFFFD - x~0.jpg"},
		{"", "", " - .jpg"},
		{long, "x", strings.Repeat("ä", 117) + "~0.jpg"},
	} {
		got := Name(c.artist, c.album)
		// The hash is only known to be there.
		if i := strings.LastIndexByte(c.want, '~'); i >= 0 {
			c.want = c.want[:i]
			if j := strings.LastIndexByte(got, '~'); j < 0 || len(got)-j != len("~0123456789abcdef.jpg") {
				t.Errorf("Name(%q, %q) = %q has no hash", c.artist, c.album, got)
			} else {
				got = got[:j]
			}
		}
		if got != c.want {
			t.Errorf("Name(%q, %q) = %q, want %q", c.artist, c.album, got, c.want)
		}
	}
}

// hostile draws names as they may come from tags and directories.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[a-c ]{0,6}`),
		rapid.StringMatching(`[./ \-~a]{0,6}`),
		rapid.Map(rapid.String(), func(s string) string { return "." + s }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.Map(rapid.IntRange(100, 400), func(n int) string { return strings.Repeat("é", n) }),
	)
}

func TestNameIsOneSafePathElement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := Name(hostile().Draw(t, "artist"), hostile().Draw(t, "album"))
		switch {
		case len(name) > maxNameBytes:
			t.Fatalf("%q has %d bytes", name, len(name))
		case !utf8.ValidString(name) || strings.ContainsAny(name, "/\x00\n"):
			t.Fatalf("%q is no good file name", name)
		case strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".jpg"):
			t.Fatalf("%q is hidden or no picture", name)
		case !fs.ValidPath(name) || !isElement(name) || name == DefaultName:
			t.Fatalf("%q is not a cover's name", name)
		}
	})
}

// TestNamesDiffer: albums that differ in more than the characters the file
// system can not have never share a file.
func TestNamesDiffer(t *testing.T) {
	fold := strings.NewReplacer("/", string(divisionSlash), ".", string(oneDotLeader))
	rapid.Check(t, func(t *rapid.T) {
		a := [2]string{hostile().Draw(t, "artist"), hostile().Draw(t, "album")}
		b := [2]string{hostile().Draw(t, "other artist"), hostile().Draw(t, "other album")}
		if rapid.Bool().Draw(t, "shift") { // the same text, divided elsewhere
			first, middle, last := a[0], b[0], b[1]
			a = [2]string{first + separator + middle, last}
			b = [2]string{first, middle + separator + last}
		}
		if fold.Replace(a[0]) == fold.Replace(b[0]) && fold.Replace(a[1]) == fold.Replace(b[1]) {
			return
		}
		if Name(a[0], a[1]) == Name(b[0], b[1]) {
			t.Fatalf("%q and %q share %q", a, b, Name(a[0], a[1]))
		}
	})
}

func TestPath(t *testing.T) {
	s := &Store{scales: []int{150, 500}}
	for _, c := range []struct {
		name  string
		scale int
		want  string
	}{
		{"A - B.jpg", 0, "A - B.jpg"},
		{"A - B.jpg", 150, "150x150/A - B.jpg"},
		{DefaultName, 500, "500x500/default.jpg"},
		{"...And - B.jpg", 500, "500x500/...And - B.jpg"}, // an old cache has such names
		{"A - B.jpg", 200, ""},
		{"A - B.jpg", -1, ""},
		{"..", 150, ""},
		{".", 0, ""},
		{"", 0, ""},
		{"a/b.jpg", 150, ""},
		{"/etc/passwd", 0, ""},
		{"a\x00.jpg", 0, ""},
		{".writing-ABC", 0, ""},
	} {
		got, err := s.Path(c.name, c.scale)
		if got != c.want || (err != nil) != (c.want == "") || (err != nil && !errors.Is(err, ErrBadName)) {
			t.Errorf("Path(%q, %d) = %q, %v; want %q", c.name, c.scale, got, err, c.want)
		}
	}
}
