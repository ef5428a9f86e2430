package maintenance

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
)

func TestRenameArtist(t *testing.T) {
	h := newHome(t)
	before := h.rows()
	names := h.lib.Catalogue().Names()
	if err := h.RenameArtistDirectory(t.Context(), "Ann", "Änn. 2"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	// Everything but names and paths is as it was, hidden album and video included.
	after := strings.NewReplacer("Name:Änn. 2", "Name:Ann", "Path:Änn. 2", "Path:Ann", `"Änn. 2/`, `"Ann/`).Replace(h.rows())
	if before != after {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if h.lib.Catalogue().Names() == names {
		t.Error("a search would not learn of the new name")
	}
}

func TestRenameAlbum(t *testing.T) {
	h := newHome(t)
	if err := h.RenameAlbumDirectory(t.Context(), "Ann/2000 - One", "Ann/1999 - Uno. 1"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	c := h.lib.Catalogue()
	a, _ := c.Album(1)
	if a.Name != "Uno. 1" || value(a.Release) != int64(1999) || value(a.Origin) != "flea market" || a.ArtworkPath != "Ann - One.jpg" || a.BgColor != "#111111" {
		t.Errorf("%+v", a)
	}
	s, _ := c.Song(1)
	if s.Path != "Ann/1999 - Uno. 1/01 First.mp3" || s.Likes != 5 || s.Favorite != 1 || s.LastPlayed != 12345 || s.LyricsState != 1 || len(c.SongTags(1)) != 1 {
		t.Errorf("%+v", s)
	}
	if s.Checksum == "old" || s.Playtime < 2 || s.Bitrate < 1000 {
		t.Errorf("what the file says was not read again: %+v", s)
	}
	if lyrics, err := h.lib.Lyrics(t.Context(), 1); err != nil || value(lyrics) != "la la" {
		t.Errorf("lyrics %v (%v)", value(lyrics), err)
	}
}

func TestRenameSongAndVideo(t *testing.T) {
	h := newHome(t)
	if err := h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/3-07 Sev.enth.MP3"); err != nil {
		t.Fatal(err)
	}
	if err := h.RenameMusicFile(t.Context(), "Ann/1999 - Clip.mp4", "Ann/1998 - Clap - live.M4V"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	s, _ := h.lib.Catalogue().Song(1)
	if s.Name != "Sev.enth" || s.Number != 7 || s.CD != 3 || s.Likes != 5 || s.LyricsState != 1 {
		t.Errorf("%+v", s)
	}
	v, _ := h.lib.Catalogue().Video(1)
	if v.Name != "Clap - live" || value(v.Release) != int64(1998) || value(v.Origin) != "flea market" || value(v.VBegin) != int64(10) || value(v.VEnd) != int64(20) {
		t.Errorf("%+v", v)
	}
}

// A song that cannot be read can be renamed; its row keeps what it says.
func TestRenameADamagedSong(t *testing.T) {
	h := newHome(t)
	if err := os.WriteFile(filepath.Join(h.dir, "music", "Ann/2000 - One/01 First.mp3"), []byte("no music"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/04 Fourth.mp3"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	if s, _ := h.lib.Catalogue().Song(1); s.Checksum != "old" || s.Playtime != 1 || s.Bitrate != 2 {
		t.Errorf("%+v", s)
	}
}

// What has no row may have any name.
func TestRenameWhatHasNoRow(t *testing.T) {
	h := newHome(t)
	rows := h.rows()
	if err := errors.Join(
		h.RenameMusicFile(t.Context(), "Bob/2005 - New/Loose.mp3", "Bob/2005 - New/No number.mp3"),
		h.RenameAlbumDirectory(t.Context(), "Bob/2005 - New", "Bob/No year"),
		h.ChangeArtistDirectory(t.Context(), "Bob/No year", "Dan"),
		h.RenameArtistDirectory(t.Context(), "Dan", "Dora"),
	); err != nil {
		t.Error(err)
	}
	h.consistent()
	if _, ok := h.tree()["Dora/No year/No number.mp3"]; !ok || rows != h.rows() {
		t.Errorf("files %v\nrows %s", slices.Sorted(maps.Keys(h.tree())), h.rows())
	}
}

func TestChangeArtist(t *testing.T) {
	h := newHome(t)
	if err := h.ChangeArtistDirectory(t.Context(), "Ann/2001 - Two. v1.5", "Bob"); err != nil {
		t.Fatal(err)
	}
	if err := h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "Cid ∕ Co."); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	c := h.lib.Catalogue()
	two, _ := c.Album(2)
	one, _ := c.Album(1)
	cid, _ := c.ArtistByPath("Cid ∕ Co.")
	if two.ArtistID != 2 || two.Hidden != 1 || len(c.AlbumTags(2)) != 1 || one.ArtistID != cid.ID || cid.ID == 0 || value(one.Origin) != "flea market" {
		t.Errorf("%+v %+v %+v", one, two, cid)
	}
	if _, known := c.Artist(1); !known {
		t.Error("the old artist is gone")
	}
}

// The user may have moved the directory already.
func TestChangeArtistAfterwards(t *testing.T) {
	h := newHome(t)
	music := filepath.Join(h.dir, "music")
	if err := errors.Join(os.Mkdir(filepath.Join(music, "Cid"), 0o755), os.Rename(filepath.Join(music, "Ann/2000 - One"), filepath.Join(music, "Cid/2000 - One"))); err != nil {
		t.Fatal(err)
	}
	if err := h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "Cid"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
}

func TestRefusalsChangeNothing(t *testing.T) {
	h := newHome(t)
	if err := h.lib.Edit(t.Context(), func(e *library.Edit) error {
		_, err := e.AddArtist("Lost", "Lost") // a row without directory
		return err
	}); err != nil {
		t.Fatal(err)
	}
	rows, tree := h.rows(), h.tree()
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"artist to artist":      {h.RenameArtistDirectory(t.Context(), "Ann", "Bob"), files.ErrOccupied},
		"artist to file":        {h.RenameArtistDirectory(t.Context(), "Ann", "stray.mp3"), files.ErrOccupied},
		"artist to a known row": {h.RenameArtistDirectory(t.Context(), "Ann", "Lost"), library.ErrExists},
		"artist, deeper":        {h.RenameArtistDirectory(t.Context(), "Ann", "Ann/x"), ErrRefused},
		"artist, a file":        {h.RenameArtistDirectory(t.Context(), "stray.mp3", "x"), ErrRefused},
		"artist, nobody":        {h.RenameArtistDirectory(t.Context(), "Nobody", "x"), os.ErrNotExist},
		"album to album":        {h.RenameAlbumDirectory(t.Context(), "Ann/2000 - One", "Ann/2001 - Two. v1.5"), files.ErrOccupied},
		"album, no year":        {h.RenameAlbumDirectory(t.Context(), "Ann/2000 - One", "Ann/One"), files.ErrNaming},
		"album, no name":        {h.RenameAlbumDirectory(t.Context(), "Ann/2000 - One", "Ann/2000 - "), files.ErrNaming},
		"album, other artist":   {h.RenameAlbumDirectory(t.Context(), "Ann/2000 - One", "Bob/2000 - One"), ErrRefused},
		"album, a video":        {h.RenameAlbumDirectory(t.Context(), "Ann/1999 - Clip.mp4", "Ann/1999 - Album"), ErrRefused},
		"song to song":          {h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/02 Second.flac"), files.ErrOccupied},
		"song, no number":       {h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/First.mp3"), files.ErrNaming},
		"song, no music":        {h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/01 First.txt"), ErrRefused},
		"song, other album":     {h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2001 - Two. v1.5/01 First.mp3"), ErrRefused},
		"song, too long":        {h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/01 "+strings.Repeat("x", 250)+".mp3"), nil},
		"video, no year":        {h.RenameMusicFile(t.Context(), "Ann/1999 - Clip.mp4", "Ann/Clip.mp4"), files.ErrNaming},
		"video to song":         {h.RenameMusicFile(t.Context(), "Ann/1999 - Clip.mp4", "Ann/1999 - Clip.mp3"), ErrRefused},
		"directory as file":     {h.RenameMusicFile(t.Context(), "Ann/2000 - One", "Ann/2000 - One.mp4"), ErrRefused},
		"change, the same":      {h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "Ann"), files.ErrOccupied},
		"change to a file":      {h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "stray.mp3"), files.ErrOccupied},
		"change, deeper":        {h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "a/b"), files.ErrNaming},
		"change, a video":       {h.ChangeArtistDirectory(t.Context(), "Ann/1999 - Clip.mp4", "Bob"), ErrRefused},
		"change, nothing":       {h.ChangeArtistDirectory(t.Context(), "Ann/1990 - No", "Bob"), os.ErrNotExist},
		"change of an artist":   {h.ChangeArtistDirectory(t.Context(), "Ann", "Bob"), ErrRefused},
	} {
		if c.err == nil || c.want != nil && !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if after := h.rows(); after != rows {
		t.Errorf("the rows have changed:\n%s\n%s", rows, after)
	}
	if after := h.tree(); !maps.Equal(tree, after) {
		t.Errorf("the files have changed:\n%v\n%v", slices.Sorted(maps.Keys(tree)), slices.Sorted(maps.Keys(after)))
	}
	if h.broken != nil {
		t.Error("a refused change is said to be unfinished")
	}
}

// When the library refuses in the end, the file has its old name.
func TestAFailedCommitGivesTheOldNameBack(t *testing.T) {
	h := newHome(t)
	rows, tree := h.rows(), h.tree()
	refused := errors.New("refused")
	h.reached = func(m moment) {
		if m == momentRenamed {
			panic(refused)
		}
	}
	func() {
		defer func() {
			if recover() != any(refused) {
				t.Error("the panic was swallowed")
			}
		}()
		_ = h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "Cid")
	}()
	h.reached = func(moment) {}
	h.consistent()
	if !maps.Equal(tree, h.tree()) || rows != h.rows() {
		t.Error("something has changed")
	}
	if err := h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "Cid"); err != nil {
		t.Error(err)
	}
}
