package library_test

import (
	"errors"
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
