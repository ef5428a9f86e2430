package files

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// otherDirectory is a directory on another file system for the tests below, for
// example of a stick with exFAT, which tells neither case nor hard links apart.
var otherDirectory = flag.String("directory", "", "directory on another file system, where the tests of names run, too")

// everywhere runs a test in an empty directory of each file system.
func everywhere(t *testing.T, test func(t *testing.T, dir string)) {
	t.Run("temporary", func(t *testing.T) { test(t, t.TempDir()) })
	if *otherDirectory == "" {
		return
	}
	t.Run("other", func(t *testing.T) {
		dir, err := os.MkdirTemp(*otherDirectory, "names")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		test(t, dir)
	})
}

// ignoresCase finds out what kind of file system a directory is on.
func ignoresCase(t testing.TB, dir string) bool {
	t.Helper()
	write(t, dir, "Probe", nil)
	defer os.Remove(filepath.Join(dir, "Probe"))
	_, err := os.Stat(filepath.Join(dir, "pROBE"))
	return err == nil
}

// Names in the two Unicode forms that file systems use, written so that no editor
// turns one into the other.
const (
	composed   = "Bj\u00f6rk"
	decomposed = "Bjo\u0308rk"
)

// The name of a file may get another case or Unicode form: on file systems where
// both are one name, and on those where they are two.
func TestANameGetsAnotherSpelling(t *testing.T) {
	everywhere(t, func(t *testing.T, dir string) {
		m := musicIn(t, dir)
		for _, c := range [][2]string{{"abba", "ABBA"}, {"ABBA", "Abba"}, {composed, decomposed}, {decomposed, composed}, {composed, "BJ\u00d6RK"}} {
			for _, inside := range []string{"", "/01 x.mp3"} {
				from, to := c[0]+inside, c[1]+inside
				if inside == "" {
					write(t, dir, from+"/01 x.mp3", []byte("x"))
				} else {
					from, to = c[1]+"/01 x.mp3", c[1]+"/01 X.mp3"
				}
				if err := m.Rename(from, to); err != nil {
					t.Errorf("%+q to %+q: %v", from, to, err)
				}
				if named, err := m.HasName(to); !named || err != nil {
					t.Errorf("%+q is not %+q afterwards: %v %v", from, to, named, err)
				}
			}
			if got := tree(t, filepath.Join(dir, c[1])); got["01 X.mp3"] != "x" || len(got) != 2 {
				t.Errorf("%+q holds %q", c[1], got)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Fatalf("there are %v (%v)", entries, err)
			}
			if err := os.RemoveAll(filepath.Join(dir, c[1])); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Somebody else's name is in the way even if it is only spelled differently, where
// that is another name; nobody could tell the two apart.
func TestALookAlikeIsInTheWay(t *testing.T) {
	everywhere(t, func(t *testing.T, dir string) {
		m := musicIn(t, dir)
		write(t, dir, composed+"/01 a.mp3", []byte("a"))
		write(t, dir, "Other/01 b.mp3", []byte("b"))
		before := tree(t, dir)
		for _, to := range []string{composed, decomposed} {
			err := m.Rename("Other", to)
			if !errors.Is(err, ErrOccupied) || !errors.Is(m.CanRename("Other", to), ErrOccupied) {
				t.Errorf("Other to %+q: %v", to, err)
			}
		}
		if after := tree(t, dir); !maps.Equal(before, after) {
			t.Errorf("got %q, want %q", after, before)
		}
		upper := m.Rename("Other", "BJ\u00d6RK")
		if ignoring := ignoresCase(t, dir); errors.Is(upper, ErrOccupied) != ignoring || upper != nil != ignoring {
			t.Errorf("upper case: %v", upper)
		}
	})
}

// A change of the spelling that was killed halfway is brought to an end by asking
// again, or taken back by asking for the opposite.
func TestAnotherSpellingIsGoneOnWith(t *testing.T) {
	for _, c := range []struct{ from, to, ends string }{{"A/abc", "A/ABC", "A/ABC"}, {"A/ABC", "A/abc", "A/abc"}} {
		dir := t.TempDir()
		m := musicIn(t, dir)
		write(t, dir, Between(c.from)+"/01 a.mp3", []byte("a"))
		if err := m.Rename(c.from, "A/else"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("another name was given to it: %v", err)
		}
		if err := m.Rename(c.from, c.to); err != nil {
			t.Error(err)
		}
		want := map[string]string{".": "directory", "A": "directory", c.ends: "directory", c.ends + "/01 a.mp3": "a"}
		if got := tree(t, dir); !maps.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What is between two spellings is no music.
func TestWhatIsBetweenTwoSpellingsIsNotFound(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	for _, rel := range []string{Between("A") + "/2000 - a/01 a.mp3", Between("B/2000 - b") + "/01 a.mp3", Between("C/2000 - c/01 c.mp3")} {
		write(t, dir, rel, sample(t, sampleMP3))
	}
	found, err := m.FindNew(t.Context(), FindOptions{})
	if err != nil || len(found.Albums)+len(found.Videos) != 0 {
		t.Errorf("found %+v (%v)", found, err)
	}
	for album, err := range m.Scan(t.Context(), ScanOptions{}) {
		if album.Path != "" {
			t.Errorf("the scan found %q (%v)", album.Path, err)
		}
	}
}

// File systems on which a file has one name only can rename it all the same.
func TestRenameWithoutLinks(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	m.exclusive = func(*os.File, string, *os.File, string) error { return errors.ErrUnsupported }
	m.link = func(string, string) error { return &os.LinkError{Op: "link", Err: syscall.EPERM} }
	write(t, dir, "A/one", []byte("1"))
	write(t, dir, "A/two", []byte("2"))
	if err := m.Rename("A/one", "A/two"); !errors.Is(err, ErrOccupied) {
		t.Error(err)
	}
	if err := m.Rename("A/one", "A/three"); err != nil {
		t.Error(err)
	}
	want := map[string]string{".": "directory", "A": "directory", "A/three": "1", "A/two": "2"}
	if got := tree(t, dir); !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// Killed after the new name was taken.
	write(t, dir, "A/four", nil)
	if dropped, err := m.DropSecondName("A/three", "A/four"); !dropped || err != nil {
		t.Errorf("%v %v", dropped, err)
	}
	if got := tree(t, dir); !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A path is found in the form in which it is there, and not guessed where there
// are two.
func TestActual(t *testing.T) {
	everywhere(t, func(t *testing.T, dir string) {
		m := musicIn(t, dir)
		write(t, dir, decomposed+"/2000 - "+composed+"/01 a.mp3", nil)
		for given, want := range map[string]string{
			composed + "/2000 - " + decomposed + "/01 a.mp3": decomposed + "/2000 - " + composed + "/01 a.mp3",
			decomposed + "/2000 - " + composed:               decomposed + "/2000 - " + composed,
			composed + "/2000 - new/" + decomposed:           decomposed + "/2000 - new/" + decomposed,
			"nobody/" + composed:                             "nobody/" + composed,
			strings.Repeat("n", 300) + "/" + composed:        strings.Repeat("n", 300) + "/" + composed,
		} {
			if got, err := m.Actual(given); got != want || err != nil {
				t.Errorf("%+q: got %+q (%v), want %+q", given, got, err, want)
			}
		}
		if got, err := m.Actual("../x"); !errors.Is(err, ErrPath) {
			t.Errorf("%q %v", got, err)
		}
		want := decomposed + "/2000 - bj\u00f6rk"
		if ignoresCase(t, dir) {
			want = decomposed + "/2000 - " + composed
		}
		if got, err := m.Actual(decomposed + "/2000 - bj\u00f6rk"); got != want || err != nil {
			t.Errorf("lower case: got %+q (%v), want %+q", got, err, want)
		}
	})
}

func TestTwoNamesThatLookTheSame(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	// The same letter in three forms, which file systems of Linux keep apart.
	angstrom := []string{"\u212b", "\u00c5", "A\u030a"}
	write(t, dir, angstrom[1]+"/01 a.mp3", []byte("composed"))
	write(t, dir, angstrom[2]+"/01 a.mp3", []byte("decomposed"))
	for _, exact := range angstrom[1:] {
		if got, err := m.Actual(exact + "/01 a.mp3"); got != exact+"/01 a.mp3" || err != nil {
			t.Errorf("%+q: %+q %v", exact, got, err)
		}
	}
	_, err := m.Actual(angstrom[0] + "/01 a.mp3")
	if !errors.Is(err, ErrAmbiguous) || !strings.Contains(err.Error(), `"\u00c5"`) || !strings.Contains(err.Error(), "rename") {
		t.Errorf("neither of the two: %v", err)
	}
	before := tree(t, dir)
	if err := m.Rename(angstrom[1], angstrom[2]); !errors.Is(err, ErrOccupied) {
		t.Error(err)
	}
	if err := m.Rename(angstrom[1], angstrom[0]); !errors.Is(err, ErrOccupied) {
		t.Error(err)
	}
	if after := tree(t, dir); !maps.Equal(before, after) {
		t.Errorf("got %q, want %q", after, before)
	}
}

func TestCheckNewName(t *testing.T) {
	for name, allowed := range map[string]bool{
		"R.E.M.": true, " blanks ": true, "W.A.S.P. ...": true, "~x": true, "עברית": true, "日本語": true, decomposed: true, "a\u200db": true,
		"": false, "a\nb": false, "a\x7fb": false, "a\u009fb": false, "a\u202eb": false, "a\u2066b": false, "a\u2028b": false, "..": false, ".musicdb-x": false,
		"x/y\tz": false, "x\ty/z": true, // only the last element is new
	} {
		if err := CheckNewName(name); (err == nil) != allowed || err != nil && !errors.Is(err, ErrPath) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Whatever entries there are: an exact name is found as it is, one that is there in
// another form once is found in that, and no answer names what is not there.
func TestActualFindsEveryForm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "forms")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		m := musicIn(t, dir)
		letter := rapid.SampledFrom([]string{"\u00e9", "e\u0301", "e", "\u00c5", "\u212b", "A\u030a", "\ufb01", "fi", "\uac00", "\u1100\u1161"})
		text := rapid.Custom(func(rt *rapid.T) string {
			return strings.Join(rapid.SliceOfN(letter, 1, 3).Draw(rt, "letters"), "")
		})
		names := rapid.SliceOfNDistinct(text, 0, 6, rapid.ID).Draw(rt, "names")
		for _, name := range names {
			write(t, dir, name, nil)
		}
		asked := text.Draw(rt, "asked")
		var same []string
		for _, name := range names {
			if norm.NFD.String(name) == norm.NFD.String(asked) {
				same = append(same, name)
			}
		}
		got, err := m.Actual(asked)
		switch {
		case slices.Contains(names, asked) || len(same) == 0:
			if got != asked || err != nil {
				rt.Fatalf("%+q among %+q: %+q %v", asked, names, got, err)
			}
		case len(same) == 1:
			if got != same[0] || err != nil {
				rt.Fatalf("%+q among %+q: %+q %v", asked, names, got, err)
			}
		default:
			var alike *LookAlikeError
			if !errors.As(err, &alike) || fmt.Sprint(slices.Sorted(slices.Values(alike.Names))) != fmt.Sprint(slices.Sorted(slices.Values(same))) {
				rt.Fatalf("%+q among %+q: %+q %v", asked, names, got, err)
			}
		}
	})
}
