package maintenance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"musicdb/media/files"
	"musicdb/media/library"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashVariable); dir != "" {
		os.Exit(crash(dir))
	}
	if order := os.Getenv(changingVariable); order != "" {
		os.Exit(changeUntilKilled(order))
	}
	// In memory, where there is such a directory: the tests would mostly wait for the
	// disk otherwise.
	memory := "/dev/shm"
	if info, err := os.Stat(memory); err != nil || !info.IsDir() {
		memory = ""
	}
	dir, err := os.MkdirTemp(memory, "musicdb-maintenance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("TMPDIR", dir) // for TagLib's compiled code
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// The music of the tests: recorded files under names of our own.
const (
	mp3  = "../files/testdata/music/ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/04 Velvet Slow.mp3"
	flac = "../files/testdata/music/ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/02 Winter Meadow.flac"
)

var collection = map[string]string{
	"Ann/2000 - One/01 First.mp3":       mp3,
	"Ann/2000 - One/02 Second.flac":     flac,
	"Ann/2000 - One/00 notes.txt":       "",
	"Ann/2001 - Two. v1.5/1-01 A.mp3":   mp3,
	"Ann/2001 - Two. v1.5/2-01 B.flac":  flac,
	"Ann/1999 - Clip.mp4":               "",
	"Bob/2000 - Three/01 Alone.mp3":     mp3,
	"Bob/2000 - Three/02 Not known.mp3": mp3,
	"Bob/2005 - New/Loose.mp3":          mp3,
	"stray.mp3":                         mp3,
}

// home is a data directory and a music directory with a library of what is in it.
type home struct {
	t     testing.TB
	dir   string // "data" and "music" are in it
	lib   *library.Library
	music *files.Music
	*Keeper
}

// settle makes the collection and its library; the album Two is hidden, and the
// user has said something about everything.
func settle(t testing.TB, dir string) {
	t.Helper()
	for rel, from := range collection {
		content := []byte(rel)
		if from != "" {
			data, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			content = append(data, rel...) // every file is another one
		}
		name := filepath.Join(dir, "music", rel)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	h := moveIn(t, dir)
	for _, n := range []library.NewAlbum{
		{ArtistName: "Ann", ArtistPath: "Ann", Name: "One", Path: "Ann/2000 - One", Origin: "flea market", Release: 2000, ArtworkPath: "Ann - One.jpg",
			BgColor: "#111111", FgColor: "#222222", HlColor: "#333333",
			Songs: []library.NewSong{
				{Name: "First", Path: "Ann/2000 - One/01 First.mp3", Number: 1, CD: 1, Playtime: 1, Bitrate: 2, Checksum: "old", Lyrics: "la la"},
				{Name: "Second", Path: "Ann/2000 - One/02 Second.flac", Number: 2, CD: 1}}},
		{ArtistName: "Ann", ArtistPath: "Ann", Name: "Two. v1.5", Path: "Ann/2001 - Two. v1.5", Release: 2001, Hidden: true,
			Songs: []library.NewSong{{Name: "A", Path: "Ann/2001 - Two. v1.5/1-01 A.mp3", Number: 1, CD: 1}, {Name: "B", Path: "Ann/2001 - Two. v1.5/2-01 B.flac", Number: 1, CD: 2}}},
		{ArtistName: "Bob", ArtistPath: "Bob", Name: "Three", Path: "Bob/2000 - Three", Release: 2000,
			Songs: []library.NewSong{{Name: "Alone", Path: "Bob/2000 - Three/01 Alone.mp3", Number: 1, CD: 1}}},
	} {
		if _, err := h.lib.AddAlbum(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	err := h.lib.Edit(t.Context(), func(e *library.Edit) error {
		video, err := e.AddVideo(library.NewVideo{ArtistID: 1, Name: "Clip", Path: "Ann/1999 - Clip.mp4", Release: 1999, Origin: "flea market", Playtime: 100})
		if err != nil {
			return err
		}
		begin, end := int64(10), int64(20)
		video.VBegin, video.VEnd = &begin, &end
		if err := e.PutVideo(video); err != nil {
			return err
		}
		song, _ := e.Catalogue().SongByPath("Ann/2000 - One/01 First.mp3")
		song.Likes, song.Favorite, song.LastPlayed = 5, 1, 12345
		if err := e.PutSong(song); err != nil {
			return err
		}
		return errors.Join(e.Assign(library.SongTarget, 1, 1, 1, 1), e.Assign(library.AlbumTarget, 2, 1, 1, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	h.leave()
}

// moveIn opens what settle has made.
func moveIn(t testing.TB, dir string) *home {
	t.Helper()
	h, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	h.t = t
	return h
}

func open(dir string) (h *home, err error) {
	ctx := context.Background()
	h = &home{dir: dir}
	if h.lib, err = library.Open(ctx, library.Options{Dir: filepath.Join(dir, "data")}); err != nil {
		return nil, err
	}
	if h.music, err = files.OpenMusic(filepath.Join(dir, "music")); err != nil {
		return nil, err
	}
	h.Keeper, err = Open(ctx, Options{Library: h.lib, Music: h.music, Dir: filepath.Join(dir, "data")})
	return h, err
}

func (h *home) leave() {
	if err := errors.Join(h.Close(), h.music.Close(), h.lib.Close()); err != nil {
		h.t.Error(err)
	}
}

// newHome settles in a directory of the test and leaves at its end.
func newHome(t testing.TB) *home {
	t.Helper()
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	t.Cleanup(h.leave)
	return h
}

// tree is the content of every file, by path.
func (h *home) tree() map[string]string {
	h.t.Helper()
	content := map[string]string{}
	err := filepath.WalkDir(filepath.Join(h.dir, "music"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(filepath.Join(h.dir, "music"), name)
		if err != nil || entry.IsDir() {
			content[rel+"/"] = ""
			return err
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(name)
			content[rel+" -> "+target] = ""
			return err
		}
		data, err := os.ReadFile(name)
		content[rel] = string(data)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return content
}

// contents are the contents of all files, sorted.
func contents(tree map[string]string) []string {
	return slices.Sorted(maps.Values(maps.Collect(func(yield func(string, string) bool) {
		for rel, content := range tree {
			if content != "" && !yield(rel, content) {
				return
			}
		}
	})))
}

// rows is everything that the library says, as text.
func (h *home) rows() string {
	c := h.lib.Catalogue()
	text := ""
	for _, a := range c.Artists() {
		text += fmt.Sprintf("%+v\n", a)
	}
	for _, a := range c.Albums() {
		text += fmt.Sprintf("%d %d %q %q %v %v %v %v %s %d %d %v\n", a.ID, a.ArtistID, a.Name, a.Path, value(a.NumOfSongs), value(a.NumOfCDs),
			value(a.Origin), value(a.Release), a.ArtworkPath, a.Added, a.Hidden, tagsOf(c.AlbumTags(a.ID)))
	}
	for s := range c.Songs() {
		text += fmt.Sprintf("%+v %v\n", s, tagsOf(c.SongTags(s.ID)))
	}
	for _, v := range c.Videos() {
		text += fmt.Sprintf("%d %d %q %q %v %v %v %v %d\n", v.ID, v.ArtistID, v.Name, v.Path, value(v.Origin), value(v.Release), value(v.VBegin), value(v.VEnd), v.Added)
	}
	return text
}

func tagsOf(tags []library.TargetTag) (text string) {
	for _, t := range tags {
		text += fmt.Sprintf("%d:%d %d %v ", t.EntryID, t.TagID, t.Approval, t.Confidence)
	}
	return text
}

func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// consistent checks that every row has its file and that rows agree.
func (h *home) consistent() {
	h.t.Helper()
	c := h.lib.Catalogue()
	there := func(kind string, id int64, rel string) {
		h.t.Helper()
		if _, err := h.music.Stat(rel); err != nil {
			h.t.Errorf("%s %d: %v", kind, id, err)
		}
	}
	for _, a := range c.Artists() {
		there("artist", a.ID, a.Path)
		if a.Name != a.Path {
			h.t.Errorf("artist %d is %q at %q", a.ID, a.Name, a.Path)
		}
	}
	for _, a := range c.Albums() {
		there("album", a.ID, a.Path)
		artist, _ := c.Artist(a.ArtistID)
		at, err := files.Analyse(a.Path, files.KindAlbum)
		if path.Dir(a.Path) != artist.Path || err != nil || a.Name != at.Album || value(a.Release) != int64(at.Release) {
			h.t.Errorf("album %d is %q, %v at %q of %q (%v)", a.ID, a.Name, value(a.Release), a.Path, artist.Path, err)
		}
		cds := int64(0)
		for _, s := range c.SongsOf(a.ID) {
			cds = max(cds, s.CD)
			there("song", s.ID, s.Path)
			at, err := files.Analyse(s.Path, files.KindSong)
			if path.Dir(s.Path) != a.Path || s.ArtistID != a.ArtistID || err != nil || s.Name != at.Name || s.Number != int64(at.Number) || s.CD != int64(at.CD) {
				h.t.Errorf("song %+v in %q of artist %d (%v)", s, a.Path, a.ArtistID, err)
			}
		}
		if n := int64(len(c.SongsOf(a.ID))); value(a.NumOfSongs) != n || value(a.NumOfCDs) != cds {
			h.t.Errorf("album %d counts %v songs on %v CDs, has %d on %d", a.ID, value(a.NumOfSongs), value(a.NumOfCDs), n, cds)
		}
	}
	for _, v := range c.Videos() {
		there("video", v.ID, v.Path)
		if artist, _ := c.Artist(v.ArtistID); path.Dir(v.Path) != artist.Path {
			h.t.Errorf("video %d at %q of %q", v.ID, v.Path, artist.Path)
		}
	}
	if _, err := os.Stat(filepath.Join(h.dir, "data", noteFile)); !errors.Is(err, fs.ErrNotExist) {
		h.t.Errorf("the note is still there (%v)", err)
	}
}

// operations are the changes that move something, each with a name.
var operations = map[string]func(*Keeper, context.Context) error{
	"artist": func(k *Keeper, ctx context.Context) error { return k.RenameArtistDirectory(ctx, "Ann", "Änn. 2") },
	"album": func(k *Keeper, ctx context.Context) error {
		return k.RenameAlbumDirectory(ctx, "Ann/2000 - One", "Ann/2010 - Ten. 0")
	},
	"song": func(k *Keeper, ctx context.Context) error {
		return k.RenameMusicFile(ctx, "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/3-07 Seventh.mp3")
	},
	"video": func(k *Keeper, ctx context.Context) error {
		return k.RenameMusicFile(ctx, "Ann/1999 - Clip.mp4", "Ann/1998 - Clap - live.mp4")
	},
	"create": func(k *Keeper, ctx context.Context) error { _, err := k.CreateArtist(ctx, "Cid"); return err },
	"change": func(k *Keeper, ctx context.Context) error {
		return k.ChangeArtistDirectory(ctx, "Ann/2001 - Two. v1.5", "Bob")
	},
	"change to a new artist": func(k *Keeper, ctx context.Context) error {
		return k.ChangeArtistDirectory(ctx, "Ann/2000 - One", "Cid")
	},
}

// put makes a file that holds its path.
func (h *home) put(rel string) {
	h.t.Helper()
	name := filepath.Join(h.dir, "music", rel)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(rel), 0o644)); err != nil {
		h.t.Fatal(err)
	}
}
