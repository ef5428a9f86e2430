package files

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// songsOfAllFormats are files of every format whose tags can be written.
func songsOfAllFormats(t *testing.T, dir string) []string {
	t.Helper()
	made := []string{"a.mp3", "a.flac", "a.m4a", "a.ogg", "a.opus"}
	args := []string{"-f", "lavfi", "-i", "sine=frequency=440:duration=3"}
	for _, name := range made {
		args = append(args, "-metadata", "title=Before", "-metadata", "artist=Somebody", "-metadata", "comment=stays", filepath.Join(dir, name))
	}
	ffmpeg(t, args...)
	write(t, dir, "b.mp3", sample(t, "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/01 Thunder Iron.mp3"))
	write(t, dir, "b.flac", sample(t, "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/02 Winter Meadow.flac"))
	write(t, dir, "b.m4a", sample(t, "夢の中へ兄弟/1986 - 雪国 2/01 山の声0.m4a"))
	return append(made, "b.mp3", "b.flac", "b.m4a")
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func TestTagsAreWrittenAndComeBackAsTheyWere(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	all := songsOfAllFormats(t, dir)
	m := musicIn(t, dir)
	listed := names(t, dir)
	for _, name := range all {
		for what, tags := range map[string]map[string][]string{
			"other":   {"TITLE": {"After, nach, 夢"}},
			"several": {"ARTIST": {"One", "Two"}, "DATE": {"1999"}},
			"long":    {"TITLE": {strings.Repeat("a long title ", 400)}},
			"removed": {"TITLE": {}},
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				file := filepath.Join(dir, name)
				if err := os.Chmod(file, 0o640); err != nil {
					t.Fatal(err)
				}
				was, err := os.ReadFile(file)
				old, statErr := os.Stat(file)
				before, tagErr := m.RawTags(ctx, name)
				sound, soundErr := m.ContentChecksum(ctx, name)
				if err := errors.Join(err, statErr, tagErr, soundErr); err != nil {
					t.Fatal(err)
				}
				v, err := m.PrepareTags(ctx, name, "plan-1-0", tags)
				if err != nil {
					t.Fatal(err)
				}
				if is, _ := os.ReadFile(file); !bytes.Equal(is, was) {
					t.Fatal("the file was touched before its turn")
				}
				if err := errors.Join(m.Swap(name, "plan-1-0"), m.DropSpares(name, "plan-1-0")); err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(file)
				if err != nil || info.Size() != v.Size || !info.ModTime().Equal(v.Modified) || info.Mode() != old.Mode() ||
					info.Sys().(*syscall.Stat_t).Uid != old.Sys().(*syscall.Stat_t).Uid {
					t.Fatalf("%v, %v, announced %+v", info, err, v)
				}
				want := maps.Clone(before)
				maps.Copy(want, tags)
				maps.DeleteFunc(want, func(_ string, values []string) bool { return len(values) == 0 })
				got, err := m.RawTags(ctx, name)
				same := func(a, b []string) bool { return slices.Equal(once(a), once(b)) }
				if err != nil || !maps.EqualFunc(got, want, same) {
					t.Fatalf("tags %q, %v; want %q", got, err, want)
				}
				if after, err := m.ContentChecksum(ctx, name); after != sound || err != nil {
					t.Fatalf("the sound is %s, was %s, %v", after, sound, err)
				}
				if len(v.Patch) > 40_000 {
					t.Errorf("%d bytes are kept of a file of %d", len(v.Patch), len(was))
				}

				back, err := m.PrepareFormer(ctx, name, "plan-1-0", v.Patch, old.ModTime())
				if err == nil {
					err = errors.Join(m.Swap(name, "plan-1-0"), m.DropSpares(name, "plan-1-0"))
				}
				is, readErr := os.ReadFile(file)
				info, statErr = os.Stat(file)
				if err := errors.Join(err, readErr, statErr); err != nil || !bytes.Equal(is, was) || !info.ModTime().Equal(old.ModTime()) ||
					!back.Modified.Equal(old.ModTime()) || info.Mode() != old.Mode() {
					t.Fatalf("%v: %d bytes of %v, were %d of %v", err, len(is), info, len(was), old)
				}
				if now := names(t, dir); now != listed {
					t.Fatalf("left behind: %s", now)
				}
			})
		}
	}
}

func TestWritingTagsRefuses(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	song := sample(t, "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/01 Thunder Iron.mp3")
	write(t, dir, "one.mp3", song)
	write(t, dir, "text.mp3", []byte("this is no music at all, but a text that is long enough to be looked at"))
	if err := errors.Join(os.Link(filepath.Join(dir, "one.mp3"), filepath.Join(dir, "two.mp3")), os.Symlink("text.mp3", filepath.Join(dir, "link.mp3")),
		syscall.Mkfifo(filepath.Join(dir, "pipe.mp3"), 0o600)); err != nil {
		t.Fatal(err)
	}
	m := musicIn(t, dir)
	listed := names(t, dir)
	for rel, want := range map[string]error{
		"one.mp3": ErrLinked, "two.mp3": ErrLinked, "link.mp3": ErrLinked, "pipe.mp3": ErrNotRegular,
		"none.mp3": fs.ErrNotExist, "../x.mp3": ErrPath, "text.mp3": nil,
	} {
		_, err := m.PrepareTags(ctx, rel, "k", map[string][]string{"TITLE": {"x"}})
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", rel, err, want)
		}
	}
	if _, err := m.PrepareTags(ctx, "text.mp3", "../k", nil); !errors.Is(err, ErrPath) {
		t.Errorf("a key that leads elsewhere: %v", err)
	}
	if now := names(t, dir); now != listed {
		t.Errorf("left behind: %s", now)
	}
}

func TestASwapIsUndoneWhereverItWasInterrupted(t *testing.T) {
	ctx := context.Background()
	song := sample(t, "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/01 Thunder Iron.mp3")
	for what, interrupt := range map[string]func(m *Music, root *os.Root) error{
		"prepared": func(*Music, *os.Root) error { return nil },
		"linked":   func(_ *Music, root *os.Root) error { return root.Link("a.mp3", spare("a.mp3", "k", "old")) },
		"moved":    func(_ *Music, root *os.Root) error { return root.Rename("a.mp3", spare("a.mp3", "k", "old")) },
		"swapped":  func(m *Music, _ *os.Root) error { return m.Swap("a.mp3", "k") },
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "a.mp3", song)
			before, err := os.Stat(filepath.Join(dir, "a.mp3"))
			if err != nil {
				t.Fatal(err)
			}
			m := musicIn(t, dir)
			if _, err := m.PrepareTags(ctx, "a.mp3", "k", map[string][]string{"TITLE": {"x"}}); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(interrupt(m, m.root), m.SwapBack("a.mp3", "k"), m.SwapBack("a.mp3", "k")); err != nil {
				t.Fatal(err)
			}
			after, err := os.Stat(filepath.Join(dir, "a.mp3"))
			if err != nil || !os.SameFile(before, after) || names(t, dir) != "a.mp3" {
				t.Fatalf("%v, %s", err, names(t, dir))
			}
		})
	}
}

func TestAFormerFileIsMadeOfItsOwnOnly(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	write(t, dir, "a.mp3", sample(t, "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/01 Thunder Iron.mp3"))
	m := musicIn(t, dir)
	v, err := m.PrepareTags(ctx, "a.mp3", "k", map[string][]string{"TITLE": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.PrepareFormer(ctx, "a.mp3", "k", v.Patch, time.Now()); !errors.Is(err, ErrPatch) {
		t.Errorf("the patch of another file: %v", err)
	}
	if _, err := m.PrepareFormer(ctx, "a.mp3", "k", []byte("nonsense"), time.Now()); !errors.Is(err, ErrPatch) {
		t.Errorf("no patch: %v", err)
	}
	if names(t, dir) != "a.mp3" {
		t.Errorf("left behind: %s", names(t, dir))
	}
}
