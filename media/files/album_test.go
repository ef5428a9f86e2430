package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// One album read by itself is what the scan of the whole directory finds.
func TestAnAlbumIsReadAsTheScanReadsIt(t *testing.T) {
	_, m := junkyard(t)
	o := ScanOptions{Ignore: Ignore{Songs: DefaultIgnoreSongs}}
	findings := map[string][]string{}
	albums := map[string]Album{}
	for album, err := range m.Scan(t.Context(), o) {
		var f *Finding
		switch {
		case errors.As(err, &f):
			parts := strings.SplitN(f.Path, "/", 3)
			if len(parts) > 1 {
				dir := strings.Join(parts[:2], "/")
				findings[dir] = append(findings[dir], f.Error())
			}
		case err != nil:
			t.Fatal(err)
		default:
			album.Found = Found{}
			albums[album.Path] = album
		}
	}
	for _, rel := range []string{"a/2000 - Good", "a/2001 - Empty", "a/2003 - Only broken", "B/1999 - Upper case first"} {
		album, found, err := m.ReadAlbum(t.Context(), rel, o)
		if err != nil {
			t.Fatal(err)
		}
		album.Found = Found{}
		want, enters := albums[rel]
		if enters && !reflect.DeepEqual(album, want) {
			t.Errorf("%s: read\n%+v\nscanned\n%+v", rel, album, want)
		}
		if album.Path != rel || len(album.Songs) > 0 != enters || album.Added == 0 {
			t.Errorf("%s: read %+v, entered by the scan: %v", rel, album, enters)
		}
		var lines []string
		for _, f := range found {
			lines = append(lines, f.Error())
		}
		if !slices.Equal(lines, findings[rel]) {
			t.Errorf("%s: read %q, scanned %q", rel, lines, findings[rel])
		}
	}
}

func TestWhatIsNoAlbumIsNotRead(t *testing.T) {
	_, m := junkyard(t)
	for rel, want := range map[string]error{
		"a/2009 - Gone": fs.ErrNotExist, "a/Untitled": ErrNaming, "a/2004 - Video.mp4": ErrNoAlbum, "a": ErrNaming, "../elsewhere/2000 - X": ErrPath,
		"a/2005 - Out": nil, // the error of the system says that the link leads out
	} {
		_, _, err := m.ReadAlbum(t.Context(), rel, ScanOptions{})
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", rel, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := m.ReadAlbum(ctx, "a/2000 - Good", ScanOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

func TestPermissionsAreSetAndTold(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/2000 - B/01 C.mp3", nil)
	if err := os.Symlink("01 C.mp3", filepath.Join(dir, "a/2000 - B/02 Link.mp3")); err != nil {
		t.Fatal(err)
	}
	m := musicIn(t, dir)
	for rel, want := range map[string]fs.FileMode{"a/2000 - B": 0o775, "a/2000 - B/01 C.mp3": 0o664} {
		info, err := m.Stat(rel)
		if err != nil || ShareMode(info) != want {
			t.Fatalf("%s gets %v, %v", rel, ShareMode(info), err)
		}
		before, err := m.SetMode(rel, want)
		after, statErr := m.Stat(rel)
		if err != nil || statErr != nil || before != info.Mode().Perm() || after.Mode().Perm() != want {
			t.Errorf("%s: %v became %v: %v, %v", rel, before, after.Mode(), err, statErr)
		}
	}
	for _, rel := range []string{"a/2000 - B/02 Link.mp3", "a/none", "../x"} {
		if _, err := m.SetMode(rel, 0o600); err == nil {
			t.Errorf("the permissions of %s were set", rel)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	names := []string{"02 B", "1 A", "10 C", "2 B", "2 b", "x1y10", "x1y9", "x01y9", "100000000000000000000", "99999999999999999999", ""}
	slices.SortFunc(names, NaturalOrder)
	want := []string{"", "1 A", "02 B", "2 B", "2 b", "10 C", "99999999999999999999", "100000000000000000000", "x01y9", "x1y9", "x1y10"}
	if !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	text := rapid.StringMatching(`[0-9ab ]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
		if NaturalOrder(a, b) != -NaturalOrder(b, a) || (NaturalOrder(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q have no order", a, b)
		}
		if NaturalOrder(a, b) < 0 && NaturalOrder(b, c) < 0 && NaturalOrder(a, c) >= 0 {
			t.Fatalf("%q, %q, %q are a circle", a, b, c)
		}
	})
}
