package files

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// bothWays runs a test with a file system that can rename without overwriting
// and with one that cannot.
func bothWays(t *testing.T, test func(t *testing.T, set func(*Music))) {
	t.Run("exclusive", func(t *testing.T) { test(t, func(*Music) {}) })
	t.Run("carefully", func(t *testing.T) {
		test(t, func(m *Music) {
			m.exclusive = func(*os.File, string, *os.File, string) error { return errors.ErrUnsupported }
		})
	})
}

// tree lists a directory: what each path is and holds.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	content := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			content[rel] = "directory"
		case entry.Type()&fs.ModeSymlink != 0:
			content[rel], err = os.Readlink(name)
		default:
			var data []byte
			data, err = os.ReadFile(name)
			content[rel] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestRename(t *testing.T) {
	bothWays(t, func(t *testing.T, set func(*Music)) {
		dir := t.TempDir()
		m := musicIn(t, dir)
		set(m)
		write(t, dir, "A/2000 - B/01 c.mp3", []byte("c"))
		write(t, dir, "A/2000 - B/02 d.mp3", []byte("d"))
		write(t, dir, "E/2001 - F. 2/01 g.mp3", []byte("g"))
		for _, step := range []struct {
			from, to string
			want     error
		}{
			{"A/2000 - B/01 c.mp3", "A/2000 - B/02 d.mp3", ErrOccupied},
			{"A/2000 - B/01 c.mp3", "A/2000 - B/01 c.mp3", ErrOccupied},
			{"A/2000 - B", "E/2001 - F. 2", ErrOccupied},
			{"A/2000 - B/01 c.mp3", "E/2001 - F. 2", ErrOccupied},
			{"A/2000 - B", "A/2000 - B/01 c.mp3", ErrOccupied},
			{"A/nothing", "A/something", fs.ErrNotExist},
			{"A/2000 - B/01 c.mp3", "A/nowhere/01 c.mp3", fs.ErrNotExist},
			{"A/2000 - B/01 c.mp3", "A/2000 - B/03 c.mp3", nil},
			{"A/2000 - B", "A/2000 - B v. 1.0", nil},
			{"E/2001 - F. 2", "A/2001 - F. 2", nil},
			{"A", "Z", nil},
		} {
			err := m.Rename(step.from, step.to)
			var change *ChangeError
			if !errors.Is(err, step.want) || err != nil && (!errors.As(err, &change) || !strings.Contains(err.Error(), "; ")) {
				t.Errorf("%q to %q: %v", step.from, step.to, err)
			}
		}
		want := map[string]string{".": "directory", "E": "directory", "Z": "directory", "Z/2000 - B v. 1.0": "directory",
			"Z/2000 - B v. 1.0/03 c.mp3": "c", "Z/2000 - B v. 1.0/02 d.mp3": "d", "Z/2001 - F. 2": "directory", "Z/2001 - F. 2/01 g.mp3": "g"}
		if got := tree(t, dir); !maps.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

// Hostile are paths that no change may follow. LINK is a link out of the music
// directory.
var hostile = []string{
	"", ".", "..", "/", "/etc/passwd", "../outside", "A/..", "A/../../outside", "a/../../b", "A/./B", "A//B", "A/",
	"A/LINK/file", "LINK/file", "LINK", "A/\x00", "A\x00/B", "\xff\xfe", "A/\xc3\x28.mp3",
	strings.Repeat("n", 256), "A/" + strings.Repeat("n", 256), strings.Repeat("d/", 3000) + "f", "dangling", "loop/x",
}

func TestNoHostilePathIsFollowed(t *testing.T) {
	bothWays(t, func(t *testing.T, set func(*Music)) {
		base := t.TempDir()
		dir := filepath.Join(base, "music")
		write(t, dir, "A/2000 - B/01 c.mp3", []byte("c"))
		write(t, base, "outside/file", []byte("not music"))
		for link, target := range map[string]string{"LINK": "../outside", "A/LINK": "../../outside", "dangling": "nowhere", "loop": "loop"} {
			if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
		m := musicIn(t, dir)
		set(m)
		before := tree(t, base)
		for _, bad := range hostile {
			// A new name may be that of nothing only; the links are names of something.
			for _, c := range [][2]string{{bad, "A/new"}, {"A/2000 - B/01 c.mp3", bad}, {bad, bad}} {
				if err := m.Rename(c[0], c[1]); err == nil {
					t.Errorf("rename %.40q to %.40q was made", c[0], c[1])
				}
			}
			if created, err := m.MakeArtist(bad); created || err == nil {
				t.Errorf("%.40q was made", bad)
			}
			if err := m.RemoveEmpty(bad); err == nil {
				t.Errorf("%.40q was removed", bad)
			}
			if after := tree(t, base); !maps.Equal(after, before) {
				t.Fatalf("after %.40q:\ngot  %q\nwant %q", bad, after, before)
			}
		}
	})
}

func TestMakeArtist(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	write(t, dir, "file.mp3", nil)
	for _, name := range []string{"An ∕ Artist", "~tilde", "..dots.", "new\nline"} {
		if created, err := m.MakeArtist(name); !created || err != nil {
			t.Errorf("%q: %v %v", name, created, err)
		}
		if created, err := m.MakeArtist(name); created || err != nil {
			t.Errorf("%q again: %v %v", name, created, err)
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != fs.ModeDir|0o775 {
			t.Errorf("%q: %v %v", name, info, err)
		}
	}
	if _, err := m.MakeArtist("file.mp3"); !errors.Is(err, ErrOccupied) {
		t.Errorf("a file in the way: %v", err)
	}
	var naming *NamingError
	if _, err := m.MakeArtist("a/b"); !errors.As(err, &naming) {
		t.Errorf("two elements: %v", err)
	}
	write(t, dir, "~tilde/2000 - a/01 b.mp3", []byte("b"))
	if err := m.RemoveEmpty("~tilde"); err == nil {
		t.Error("a directory with music was removed")
	}
	if err := m.RemoveEmpty("file.mp3"); err == nil {
		t.Error("a file was removed")
	}
	if err := m.RemoveEmpty("..dots."); err != nil {
		t.Error(err)
	}
}

// Whoever wants a name that others want at the same moment gets it alone.
func TestOneOfManyGetsTheName(t *testing.T) {
	bothWays(t, func(t *testing.T, set func(*Music)) {
		dir := t.TempDir()
		m := musicIn(t, dir)
		set(m)
		const files = 8
		for round := range 20 {
			for i := range files {
				write(t, dir, fmt.Sprintf("A/%d", i), fmt.Appendf(nil, "content %d", i))
			}
			var won sync.Map
			var racing sync.WaitGroup
			for i := range files {
				racing.Go(func() {
					if err := m.Rename(fmt.Sprintf("A/%d", i), "A/wanted"); err == nil {
						won.Store(i, true)
					} else if !errors.Is(err, ErrOccupied) {
						t.Error(err)
					}
				})
			}
			racing.Wait()
			winners := 0
			won.Range(func(any, any) bool { winners++; return true })
			entries, err := os.ReadDir(filepath.Join(dir, "A"))
			if winners != 1 || err != nil || len(entries) != files {
				t.Fatalf("round %d: %d have the name, %d files are left (%v)", round, winners, len(entries), err)
			}
			if err := os.RemoveAll(filepath.Join(dir, "A")); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Whatever is renamed to whatever: no content is lost and none appears twice.
func TestRenamingKeepsEveryContent(t *testing.T) {
	bothWays(t, func(t *testing.T, set func(*Music)) {
		rapid.Check(t, func(rt *rapid.T) {
			dir, err := os.MkdirTemp(t.TempDir(), "music")
			if err != nil {
				rt.Fatal(err)
			}
			m := musicIn(t, dir)
			set(m)
			name := rapid.SampledFrom([]string{"a", "b", "2000 - c", "2000 - C", "01 d.mp3", "e. f"})
			place := rapid.Custom(func(rt *rapid.T) string {
				return path.Join(rapid.SliceOfN(name, 1, 3).Draw(rt, "elements")...)
			})
			want := []string{}
			for i, p := range rapid.SliceOfN(place, 1, 8).Draw(rt, "files") {
				content := fmt.Sprint("content ", i)
				file := filepath.Join(dir, p)
				if os.MkdirAll(filepath.Dir(file), 0o755) != nil {
					continue // a file is in the way
				}
				if f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644); err == nil {
					_, err = f.WriteString(content)
					if err := errors.Join(err, f.Close()); err != nil {
						rt.Fatal(err)
					}
					want = append(want, content)
				}
			}
			for range 12 {
				from, to := place.Draw(rt, "from"), place.Draw(rt, "to")
				before := tree(t, dir)
				err := m.Rename(from, to)
				if after := tree(t, dir); err != nil && !maps.Equal(before, after) {
					rt.Fatalf("%q to %q failed (%v), but changed %q to %q", from, to, err, before, after)
				} else if err == nil && (after[from] != "" || after[to] != before[from]) {
					rt.Fatalf("%q to %q changed %q to %q", from, to, before, after)
				}
			}
			var got []string
			for _, content := range tree(t, dir) {
				if content != "directory" {
					got = append(got, content)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				rt.Fatalf("contents %q, want %q", got, want)
			}
		})
	})
}

func TestDropSecondName(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	write(t, dir, "A/one", []byte("same"))
	write(t, dir, "A/two", []byte("same"))
	if err := os.Link(filepath.Join(dir, "A/one"), filepath.Join(dir, "A/one again")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	for _, c := range [][2]string{{"A/one", "A/two"}, {"A/one", "A/one"}, {"A", "A"}, {"A/one", "A/../A/one"}, {"A/one", "nothing"}, {"nothing", "A/one"}} {
		if dropped, _ := m.DropSecondName(c[0], c[1]); dropped {
			t.Errorf("%q was removed for %q", c[1], c[0])
		}
	}
	if after := tree(t, dir); !maps.Equal(before, after) {
		t.Errorf("%q became %q", before, after)
	}
	if dropped, err := m.DropSecondName("A/one", "A/one again"); !dropped || err != nil {
		t.Errorf("the second name: %v %v", dropped, err)
	}
	delete(before, "A/one again")
	if after := tree(t, dir); !maps.Equal(before, after) {
		t.Errorf("got %q, want %q", after, before)
	}
}
