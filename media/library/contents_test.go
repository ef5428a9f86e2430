package library_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

func knownFiles(t *testing.T, l *library.Library) []library.KnownFile {
	t.Helper()
	var known []library.KnownFile
	err := l.EachKnownFile(t.Context(), func(k library.KnownFile) { known = append(known, k) })
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(known, func(a, b library.KnownFile) int { return strings.Compare(a.Path, b.Path) })
	return known
}

// What is known of files is the same after a restart, down to the nanosecond and the
// highest inode; a path has one row.
func TestWhatIsKnownOfFilesIsKept(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	song := library.KnownFile{Path: "A/2001 - B/01 C.mp3", SongID: 7, Size: 1 << 40, Modified: time.Unix(1700000000, 123456789),
		Inode: 1<<64 - 1, Device: 1<<63 + 5, Content: strings.Repeat("0f", 32)}
	video := library.KnownFile{Path: "A/2001 - ä.mp4", VideoID: 9, Modified: time.Unix(0, 0)}
	moved := song
	moved.Path = "A/2001 - B/02 C.mp3"
	if err := l.SaveKnownFiles(t.Context(), []library.KnownFile{song, video}, nil); err != nil {
		t.Fatal(err)
	}
	if err := l.SaveKnownFiles(t.Context(), []library.KnownFile{moved}, []string{song.Path, "never there"}); err != nil {
		t.Fatal(err)
	}
	moved.Size = 5
	if err := l.SaveKnownFiles(t.Context(), []library.KnownFile{moved}, []string{moved.Path}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := knownFiles(t, open(t, dir)), []library.KnownFile{moved, video}; !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

func TestAWrongChecksumOfAFileIsRefused(t *testing.T) {
	l := open(t, t.TempDir())
	for _, sum := range []string{"abc", "zz", strings.Repeat("0f", 31)} {
		err := l.SaveKnownFiles(t.Context(), []library.KnownFile{{Path: "fine"}, {Path: "A", Content: sum}}, nil)
		if !errors.Is(err, library.ErrInvalid) {
			t.Errorf("%q: %v", sum, err)
		}
	}
	if known := knownFiles(t, l); len(known) != 0 {
		t.Errorf("%+v", known)
	}
}

// Files are found by their sound and by their path, by an index that databases of the
// version before get, too.
func TestFilesAreFoundByTheirSound(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	one, other := strings.Repeat("0f", 32), strings.Repeat("f0", 32)
	at := func(path, content string) library.KnownFile {
		return library.KnownFile{Path: path, SongID: 7, Size: 5, Modified: time.Unix(3, 4), Inode: 6, Device: 8, Content: content}
	}
	first, second := at("A/2001 - B/01 C.mp3", one), at("B/2001 - B/01 C.mp3", one)
	if err := l.SaveKnownFiles(t.Context(), []library.KnownFile{second, at("C/2001 - C/01 C.mp3", other), at("D", ""), first}, nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "musicdb.db")
	for _, former := range []bool{false, true} {
		if former {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			run(t, file, "DROP INDEX contentsbychecksum", "UPDATE meta SET value = 7")
			l = open(t, dir)
		}
		if known, err := l.KnownFilesOf(t.Context(), one); err != nil || !slices.Equal(known, []library.KnownFile{first, second}) {
			t.Errorf("%+v, %v", known, err)
		}
		if known, exists, err := l.KnownFile(t.Context(), second.Path); err != nil || !exists || known != second {
			t.Errorf("%+v, %v, %v", known, exists, err)
		}
		if got := query(t, file, "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'contents' AND sql NOT NULL"); got != "contentsbychecksum" {
			t.Errorf("contents has the index %q", got)
		}
	}
	if known, err := l.KnownFilesOf(t.Context(), strings.Repeat("00", 32)); err != nil || len(known) != 0 {
		t.Errorf("%+v, %v", known, err)
	}
	if _, exists, err := l.KnownFile(t.Context(), "no"); err != nil || exists {
		t.Errorf("%v, %v", exists, err)
	}
	if _, err := l.KnownFilesOf(t.Context(), "abc"); !errors.Is(err, library.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
