package state

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestINIReading(t *testing.T) {
	const dialect = `# comment
; another
[One]
key = value
Key: Other
  continued

  # a comment does not interrupt
  twice
empty =
inline = a ; not a comment
url = http://a:1/b=c

[DEFAULT]
shared = from default
[Two]
percent = 100%% of %(shared)s
lonely = 5%, %(unknown)s, %
circle = %(circle)s
yes = YeS
off = oFf
number = 42
nonsense = maybe
[Indented]
  first = 1
  second = 2
     more
 third = 3
`
	for _, ends := range []string{"\n", "\r\n", "\r"} {
		f, damage := ParseINI([]byte(strings.ReplaceAll(dialect, "\n", ends)))
		if len(damage) > 0 {
			t.Fatalf("line end %q: damage %v", ends, damage)
		}
		for _, c := range []struct{ section, key, want string }{
			{"One", "key", "value"},
			{"One", "Key", "Other\ncontinued\n\ntwice"},
			{"One", "empty", ""},
			{"One", "inline", "a ; not a comment"},
			{"One", "url", "http://a:1/b=c"},
			{"One", "shared", "from default"},
			{"Two", "percent", "100% of from default"},
			{"Two", "lonely", "5%, %(unknown)s, %"},
			{"Two", "circle", "%(circle)s"},
			{"Indented", "first", "1"},
			{"Indented", "second", "2\nmore"},
			{"Indented", "third", "3"},
			{"two", "number", "missing"},
			{"Two", "Number", "missing"},
		} {
			if got := f.Text(c.section, c.key, "missing"); got != c.want {
				t.Errorf("line end %q: [%s] %s = %q, want %q", ends, c.section, c.key, got, c.want)
			}
		}
		for key, want := range map[string]string{"percent": "", "lonely": "unknown", "circle": "circle", "number": "", "none": ""} {
			if name, found := f.Dangling("Two", key); name != want || found != (want != "") {
				t.Errorf("%s refers to %q, %v; want %q", key, name, found, want)
			}
		}
		if !f.Bool("Two", "yes", false) || f.Bool("Two", "off", true) || !f.Bool("Two", "nonsense", true) || f.Bool("Two", "nonsense", false) {
			t.Error("truth values are read wrongly")
		}
		if f.Int("Two", "number", 1) != 42 || f.Int("Two", "nonsense", 7) != 7 || f.Int("Two", "none", 8) != 8 {
			t.Error("numbers are read wrongly")
		}
	}
}

func TestINIDamage(t *testing.T) {
	f, damage := ParseINI([]byte("before = 1\n[a]\nx = 1\nnonsense\n= 2\nx = 3\n[]\n[b]\ny = 1\n[a]\nz = 4\n"))
	var lines []int
	for _, d := range damage {
		lines = append(lines, d.Line)
	}
	if want := []int{1, 4, 5, 6, 7, 10}; !reflect.DeepEqual(lines, want) {
		t.Errorf("damaged lines %v, want %v", damage, want)
	}
	for line, says := range map[int]string{6: "first in line 3", 10: "first in line 2"} {
		if !slices.ContainsFunc(damage, func(d Damage) bool { return d.Line == line && strings.Contains(d.What, says) }) {
			t.Errorf("line %d: %q is not said in %v", line, says, damage)
		}
	}
	for at, want := range map[[2]string]int{{"a", ""}: 2, {"a", "x"}: 6, {"b", ""}: 8, {"b", "y"}: 9, {"a", "z"}: 11, {"c", ""}: 0, {"b", "z"}: 0} {
		if got := f.Line(at[0], at[1]); got != want {
			t.Errorf("%v is in line %d, want %d", at, got, want)
		}
	}
	if got, want := string(f.Bytes()), "[a]\nx = 3\nz = 4\n\n[b]\ny = 1\n\n"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
	if _, damage := ParseINI([]byte("[a]\nx = \xff\n")); len(damage) != 1 {
		t.Errorf("invalid UTF-8 is not reported: %v", damage)
	}
}

func TestINIWriting(t *testing.T) {
	var f INI
	must(t, f.Set("b", "text", " 50% & %(b)s "))
	must(t, f.SetBool("a", "on", true))
	must(t, f.SetBool("a", "off", false))
	must(t, f.SetInt("b", "n", -3))
	must(t, f.Set("b", "none", ""))
	const want = "[b]\ntext = 50%% & %%(b)s\nn = -3\nnone = \n\n[a]\non = True\noff = False\n\n"
	if got := string(f.Bytes()); got != want {
		t.Errorf("written %q, want %q", got, want)
	}
	if got := f.Text("b", "text", ""); got != "50% & %(b)s" {
		t.Errorf("read back %q", got)
	}
	for _, value := range []string{"a\nb", "a\rb", "\x00", "a\u0085b"} {
		if err := f.Set("a", "k", value); !errors.Is(err, ErrValue) {
			t.Errorf("value %q: %v, want ErrValue", value, err)
		}
	}
	for _, key := range []string{"", "a=b", "a:b", "#a", ";a", "[a", " a", "a ", "a\nb"} {
		if err := f.Set("a", key, "v"); !errors.Is(err, ErrName) {
			t.Errorf("key %q: %v, want ErrName", key, err)
		}
	}
	if err := f.Set("a\n[b]", "k", "v"); !errors.Is(err, ErrName) {
		t.Errorf("section with a line break: %v, want ErrName", err)
	}
}

// What Set accepts comes back, trimmed, and disturbs nothing else.
func TestINIRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f INI
		want := map[[2]string]string{}
		for range rapid.IntRange(0, 20).Draw(t, "entries") {
			section := rapid.String().Draw(t, "section")
			key := rapid.String().Draw(t, "key")
			value := rapid.String().Draw(t, "value")
			if f.Set(section, key, value) == nil && section != defaults {
				want[[2]string{section, key}] = strings.TrimSpace(value)
			}
		}
		f.RemoveSection(defaults)
		read, damage := ParseINI(f.Bytes())
		if len(damage) > 0 {
			t.Fatalf("%q is read as damaged: %v", f.Bytes(), damage)
		}
		for at, value := range want {
			if got, ok := read.Lookup(at[0], at[1]); !ok || got != value {
				t.Fatalf("[%s] %s = %q, %v, want %q", at[0], at[1], got, ok, value)
			}
		}
		if got := read.Bytes(); !bytes.Equal(got, f.Bytes()) {
			t.Fatalf("written %q, then %q", f.Bytes(), got)
		}
	})
}

// Any name a user can give a tag is a key of its own.
func TestNamesAreKeysOfTheirOwn(t *testing.T) {
	special := rapid.StringOf(rapid.SampledFrom([]rune("aA%=:#;[]_ 0123DF5\n\r\t\u00a0ä🎵")))
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.OneOf(special, rapid.String()).Draw(t, "a")
		b := rapid.OneOf(special, rapid.String()).Draw(t, "b")
		for what, encode := range map[string]func(string) string{"key": keyName, "section": sectionName} {
			if x, y := encode(a), encode(b); (a == b) != (x == y) {
				t.Fatalf("%s: %q is stored as %q, %q as %q", what, a, x, b, y)
			}
		}
	})
	for name, want := range map[string]string{
		"Rock": "Rock", "100%": "100%", "R&B; Soul": "R&B; Soul", "a=b": "a%3Db", "a:b": "a%3Ab",
		"#1": "%231", ";x": "%3Bx", "[x": "%5Bx", " x": "%20x", "%3D": "%253D", "%3d": "%3d", "": "%5F", "%5F": "%255F",
	} {
		if got := keyName(name); got != want {
			t.Errorf("%q is stored as %q, want %q", name, got, want)
		}
	}
}

func FuzzINI(f *testing.F) {
	f.Add([]byte("[meta]\nversion = 4\n\n[MusicDB]\nuimode = audio\n\n"))
	f.Add([]byte("[a]\nb: %(b)s %% %\n  c\n\n# d\n;\n[a]\nb=\n[]]\n=\nx"))
	f.Add([]byte("\xef\xbb\xbf[DEFAULT]\rx=\xff\r\n\ty"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, _ := ParseINI(data)
		written := file.Bytes()
		again, damage := ParseINI(written)
		for _, d := range damage {
			if d.Line != 0 {
				t.Fatalf("%q is written as %q, which is damaged: %v", data, written, damage)
			}
		}
		if got := again.Bytes(); !bytes.Equal(got, written) {
			t.Fatalf("%q is written as %q, then as %q", data, written, got)
		}
		for _, section := range file.Sections() {
			for _, key := range file.Keys(section) {
				a, _ := file.Lookup(section, key)
				b, ok := again.Lookup(section, key)
				if !ok || a != b {
					t.Fatalf("[%s] %s = %q, read back %q", section, key, a, b)
				}
				if strings.TrimRightFunc(a, unicode.IsSpace) == "" && a != "" && !strings.Contains(a, "%") {
					t.Fatalf("[%s] %s has a blank value %q", section, key, a)
				}
			}
		}
	})
}
