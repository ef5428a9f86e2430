package maintenance

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
)

// by moves something in the music directory as a user does, behind our back.
func (h *home) by(from, to string) {
	h.t.Helper()
	music := filepath.Join(h.dir, "music")
	if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(music, to)), 0o755), os.Rename(filepath.Join(music, from), filepath.Join(music, to))); err != nil {
		h.t.Fatal(err)
	}
}

func TestUpdateSong(t *testing.T) {
	h := newHome(t)
	h.by("Ann/2000 - One/01 First.mp3", "Ann/2000 - One/2-09 Ninth.mp3")
	if err := h.UpdateSong(t.Context(), 1, "Ann/2000 - One/2-09 Ninth.mp3"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	s, _ := h.lib.Catalogue().Song(1)
	if s.Name != "Ninth" || s.Checksum == "old" || s.Playtime < 2 || s.Likes != 5 || s.LyricsState != 1 || s.LastPlayed != 12345 {
		t.Errorf("%+v", s)
	}
}

func TestUpdateAlbum(t *testing.T) {
	h := newHome(t)
	h.by("Ann/2000 - One/02 Second.flac", "Ann/2000 - One/03 Third.flac") // will not be found
	h.by("Ann/2000 - One", "Bob/1990 - Uno")
	if err := h.UpdateAlbum(t.Context(), 1, "Bob/1990 - Uno"); err != nil {
		t.Fatal(err)
	}
	c := h.lib.Catalogue()
	a, _ := c.Album(1)
	first, _ := c.Song(1)
	second, _ := c.Song(2)
	if a.Name != "Uno" || value(a.Release) != int64(1990) || a.ArtistID != 2 || value(a.Origin) != "flea market" || a.BgColor != "#111111" || value(a.NumOfSongs) != int64(2) {
		t.Errorf("%+v", a)
	}
	if first.Path != "Bob/1990 - Uno/01 First.mp3" || first.Checksum == "old" || first.ArtistID != 2 || first.Likes != 5 {
		t.Errorf("%+v", first)
	}
	if second.Path != "Ann/2000 - One/02 Second.flac" || second.ArtistID != 2 {
		t.Errorf("%+v", second)
	}
}

// An album without an origin gets that of its first song, whatever lies before it.
func TestUpdateAlbumFindsAnOrigin(t *testing.T) {
	h := newHome(t)
	if err := h.lib.Edit(t.Context(), func(e *library.Edit) error {
		a, _ := e.Catalogue().Album(1)
		a.Origin = nil
		return e.PutAlbum(a)
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.UpdateAlbum(t.Context(), 1, "Ann/2000 - One"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	if a, _ := h.lib.Catalogue().Album(1); value(a.Origin) != string(files.OriginInternet) {
		t.Errorf("origin %v", value(a.Origin))
	}
}

func TestUpdateArtist(t *testing.T) {
	h := newHome(t)
	h.by("Ann", "Zoë")
	if err := h.UpdateArtist(t.Context(), 1, "Zoë"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	if a, _ := h.lib.Catalogue().Album(2); a.Path != "Zoë/2001 - Two. v1.5" {
		t.Errorf("the hidden album: %+v", a)
	}
	if v, _ := h.lib.Catalogue().Video(1); v.Path != "Zoë/1999 - Clip.mp4" || value(v.VBegin) != int64(10) {
		t.Errorf("the video: %+v", v)
	}
	// Albums that are not there keep their path.
	if err := h.UpdateArtist(t.Context(), 1, "Nowhere"); err != nil {
		t.Fatal(err)
	}
	if a, _ := h.lib.Catalogue().Album(2); a.Path != "Zoë/2001 - Two. v1.5" {
		t.Errorf("%+v", a)
	}
	if a, _ := h.lib.Catalogue().Artist(1); a.Name != "Nowhere" || a.Path != "Nowhere" {
		t.Errorf("%+v", a)
	}
}

func TestUpdateVideo(t *testing.T) {
	h := newHome(t)
	h.by("Ann/1999 - Clip.mp4", "Bob/1998 - Clap.webm")
	if err := h.UpdateVideo(t.Context(), 1, "Bob/1998 - Clap.webm"); err != nil {
		t.Fatal(err)
	}
	h.consistent()
	if v, _ := h.lib.Catalogue().Video(1); v.ArtistID != 2 || v.Name != "Clap" || len(v.Checksum) != 64 || value(v.VBegin) != int64(10) || value(v.Origin) != "flea market" {
		t.Errorf("%+v", v)
	}
}

func TestCreate(t *testing.T) {
	h := newHome(t)
	song, err := h.CreateSong(t.Context(), "Bob/2000 - Three/02 Not known.mp3")
	if err != nil || song.Name != "Not known" || song.Number != 2 || song.AlbumID != 3 || song.ArtistID != 2 || song.Playtime < 2 || len(song.Checksum) != 64 {
		t.Errorf("%+v (%v)", song, err)
	}
	h.consistent() // the album is counted again
	for range 2 {
		artist, err := h.CreateArtist(t.Context(), "Eve ∕ Co.")
		if err != nil || artist.ID != 3 || artist.Name != "Eve ∕ Co." || artist.Path != artist.Name {
			t.Errorf("%+v (%v)", artist, err)
		}
	}
	if artist, err := h.CreateArtist(t.Context(), "Ann"); err != nil || artist.ID != 1 {
		t.Errorf("%+v (%v)", artist, err)
	}
	h.consistent()
}

func TestRefusedEntriesChangeNothing(t *testing.T) {
	h := newHome(t)
	if err := os.WriteFile(filepath.Join(h.dir, "music", "Bob/2000 - Three/03 Broken.mp3"), []byte("no music"), 0o644); err != nil {
		t.Fatal(err)
	}
	rows := h.rows()
	second := func(_ library.Song, err error) error { return err }
	artist := func(_ library.Artist, err error) error { return err }
	const here = "Ann/2000 - One/01 First.mp3"
	for name, c := range map[string]struct{ err, want error }{
		"song, unknown":            {h.UpdateSong(t.Context(), 99, here), library.ErrNotFound},
		"song, 0":                  {h.UpdateSong(t.Context(), 0, here), library.ErrNotFound},
		"song, of another":         {h.UpdateSong(t.Context(), 1, "Ann/2000 - One/02 Second.flac"), library.ErrExists},
		"song, not there":          {h.UpdateSong(t.Context(), 1, "Ann/2000 - One/05 No.mp3"), os.ErrNotExist},
		"song, broken":             {h.UpdateSong(t.Context(), 1, "Bob/2000 - Three/03 Broken.mp3"), files.ErrNotAudio},
		"song, odd name":           {h.UpdateSong(t.Context(), 1, "Bob/2005 - New/Loose.mp3"), files.ErrNaming},
		"song, no artist":          {h.UpdateSong(t.Context(), 1, "Nobody/2000 - x/01 y.mp3"), ErrRefused},
		"album, unknown":           {h.UpdateAlbum(t.Context(), -1, "Ann/2000 - One"), library.ErrNotFound},
		"album, of another":        {h.UpdateAlbum(t.Context(), 1, "Ann/2001 - Two. v1.5"), library.ErrExists},
		"album, not there":         {h.UpdateAlbum(t.Context(), 1, "Ann/2000 - No"), os.ErrNotExist},
		"album, no artist":         {h.UpdateAlbum(t.Context(), 1, "Nobody/2000 - No"), ErrRefused},
		"album, a video":           {h.UpdateAlbum(t.Context(), 1, "Ann/1999 - Clip.mp4"), nil},
		"artist, unknown":          {h.UpdateArtist(t.Context(), 99, "Ann"), library.ErrNotFound},
		"artist, of another":       {h.UpdateArtist(t.Context(), 1, "Bob"), library.ErrExists},
		"artist, deeper":           {h.UpdateArtist(t.Context(), 1, "a/b"), files.ErrNaming},
		"video, unknown":           {h.UpdateVideo(t.Context(), 9, "Ann/1999 - Clip.mp4"), library.ErrNotFound},
		"video, not there":         {h.UpdateVideo(t.Context(), 1, "Ann/1999 - No.mp4"), os.ErrNotExist},
		"new song, known":          {second(h.CreateSong(t.Context(), here)), library.ErrExists},
		"new song, no album":       {second(h.CreateSong(t.Context(), "Bob/2005 - New/01 x.mp3")), ErrRefused},
		"new song, broken":         {second(h.CreateSong(t.Context(), "Bob/2000 - Three/03 Broken.mp3")), files.ErrNotAudio},
		"new song, not there":      {second(h.CreateSong(t.Context(), "Bob/2000 - Three/04 No.mp3")), os.ErrNotExist},
		"new artist, a file":       {artist(h.CreateArtist(t.Context(), "stray.mp3")), files.ErrOccupied},
		"new artist, two elements": {artist(h.CreateArtist(t.Context(), "a/b")), files.ErrNaming},
	} {
		if c.err == nil || c.want != nil && !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if after := h.rows(); after != rows {
		t.Errorf("the rows have changed:\n%s\n%s", rows, after)
	}
}
