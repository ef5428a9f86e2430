package plans

import (
	"os"
	"path/filepath"
	"testing"
)

// What enters gets the permissions of music, and has its former ones when the plan is
// taken back, unless somebody has given it others or has written it since.
func TestPermissionsComeBack(t *testing.T) {
	h := settle(t, furnish(t))
	ctx := t.Context()
	at := func(rel string) string { return filepath.Join(h.dir, "music", rel) }
	has := func(rel string, want os.FileMode) {
		t.Helper()
		if info, err := os.Stat(at(rel)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has %v, %v; want %v", rel, info.Mode().Perm(), err, want)
		}
	}
	songs := []string{"Two/1999 - New/01 a.mp3", "Two/1999 - New/02 b.flac", "Two/1999 - New/03 c.m4a"}
	enter := &EnterAlbum{ArtistName: "Two", ArtistPath: "Two", Name: "New", Path: "Two/1999 - New", Release: 1999}
	for i, rel := range songs {
		enter.Songs = append(enter.Songs, Song{File: h.fileAt(t, rel), Name: "song", Number: int64(i + 1)})
	}
	if err := os.Chmod(at("Two/1999 - New"), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := h.Propose(ctx, Plan{Kind: ImportAlbum, Title: "an album", Path: "Two/1999 - New", By: "a test", Operations: []Operation{{EnterAlbum: enter}}})
	if err == nil {
		p, err = h.Apply(ctx, p.ID, "a test", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	has("Two/1999 - New", 0o775)
	for _, rel := range songs {
		has(rel, 0o664)
	}
	if err := os.Chmod(at(songs[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at(songs[2]), []byte("another song"), 0o664); err != nil {
		t.Fatal(err)
	}
	if p, err = h.Undo(ctx, p.ID, "a test", false, nil); err != nil || len(p.Outcome.Warnings) > 0 {
		t.Fatal(err, p.Outcome.Warnings)
	}
	has("Two/1999 - New", 0o700)
	has(songs[0], 0o640)
	has(songs[1], 0o600)
	has(songs[2], 0o664)
}
