package maintenance

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"musicdb/media/files"
)

// FuzzNote reads anything as the note of an interrupted change. What is understood
// is a change of one name, or the creation of one artist, inside the music directory.
func FuzzNote(f *testing.F) {
	for _, seed := range []string{
		`{"old":"Ann","new":"Dan"}`, `{"old":"Ann/2000 - One","new":"Cid/2000 - One","newartist":true}`, `{"old":"","new":"Cid","newartist":true}`,
		`{"old":"A\u030a","new":"B","rows":"\u00c5"}`, `{"old":"Ann","new":"Dan","rows":"../x"}`, `{"old":"","new":"a/b","newartist":true}`, `{"old":"../x","new":"y"}`,
		`{"old":"Ann","new":"Dan"} {}`, `null`, ``, `[]`, `{"old":"a/b/c/d","new":"a/b/c/e"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseMove(data)
		if err != nil {
			return
		}
		if files.CheckPath(m.New) != nil || !m.creates() && files.CheckPath(m.Old) != nil || m.Rows != "" && files.CheckPath(m.Rows) != nil {
			t.Errorf("%q is understood as %+v", data, m)
		}
		if again, err := parseMove(data); err != nil || again != m {
			t.Errorf("%q is %+v and %+v (%v)", data, m, again, err)
		}
	})
}

// FuzzNames gives the album, a song and the artist any names, in any form. Files and
// rows stay together, nothing is lost, and what was done can be taken back.
func FuzzNames(f *testing.F) {
	for _, seed := range [][2]string{
		{"2010 - Ten", "05 Fifth.mp3"}, {"2000 - one", "01 first.mp3"}, {"2000 - O\u0308ne", "01 \u00d6ne.mp3"}, {"No year", "No number"}, {"2000 - ", "01 .mp3"},
		{"..", "."}, {"2000 - a/b", "01 a/b.mp3"}, {"2000 - \u202e", "01 a\n.mp3"}, {"2000 -  ", "01  . .MP3"}, {"２０００ - One", "٣ Three.mp3"}, {"2001 - Two. v1.5", "02 Second.flac"},
	} {
		f.Add(seed[0], seed[1])
	}
	settled := f.TempDir()
	settle(f, settled)
	at := filepath.Join(f.TempDir(), "home")
	f.Fuzz(func(t *testing.T, album, song string) {
		if err := os.RemoveAll(at); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(at, os.DirFS(settled)); err != nil {
			t.Fatal(err)
		}
		h := moveIn(t, at)
		defer h.leave()
		rows, want := h.everyRow(), h.tree()
		_ = h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/"+song) // whether it is refused is another test's
		_ = h.RenameAlbumDirectory(t.Context(), "Ann/2000 - One", "Ann/"+album)
		_ = h.RenameArtistDirectory(t.Context(), "Bob", album)
		_ = h.ChangeArtistDirectory(t.Context(), "Ann/"+album, song)
		h.consistent()
		if got := contents(h.tree()); !slices.Equal(got, contents(want)) {
			t.Error("the files are not the same")
		}
		for _, entry := range h.journal() {
			if err := h.takeBack(entry); err != nil {
				t.Fatalf("%s: %v", entry.Title, err)
			}
		}
		if got := h.everyRow(); got != rows || len(h.tree()) != len(want) {
			t.Errorf("got\n%s\nwant\n%s", got, rows)
		}
	})
}
