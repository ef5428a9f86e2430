package plans

import (
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

// What was heard of songs that enter is kept with what their files are then, wherever
// the plan has moved them and whatever it has written into them.
func TestWhatWasHeardOfNewSongsIsKept(t *testing.T) {
	h := settle(t, furnish(t))
	p := h.everything(t)
	a, b, c := strings.Repeat("0a", 32), strings.Repeat("0b", 32), ""
	p.Operations[7].EnterAlbum.Songs[0].Content = a // its tags are written
	p.Operations[8].EnterSongs.Songs[0].Content = b
	p.Operations[7].EnterAlbum.Songs[1].Content = c
	p, err := h.Propose(t.Context(), p)
	if err == nil {
		_, err = h.Apply(t.Context(), p.ID, "a test", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for rel, want := range map[string]string{"Three/1998 - Newer/01 a.mp3": a, "Three/1998 - Newer/03 c.m4a": b} {
		song, _ := h.library.Catalogue().SongByPath(rel)
		at := h.fileAt(t, rel)
		is := library.KnownFile{Path: rel, SongID: song.ID, Size: at.Size, Modified: time.Unix(0, at.Modified), Content: want}
		known, err := h.library.KnownFilesOf(t.Context(), want)
		if err != nil || len(known) != 1 || known[0] != is || song.ID == 0 {
			t.Errorf("%+v, %v; want %+v", known, err, is)
		}
	}
	if known, exists, err := h.library.KnownFile(t.Context(), "Three/1998 - Newer/02 b.flac"); exists || err != nil {
		t.Errorf("%+v, %v", known, err)
	}
}
