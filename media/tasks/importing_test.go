package tasks_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/library"
	"musicdb/media/maintenance"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
)

// importing is a Manager with all that imports need.
type importing struct {
	*house
	*bench
	plans   *plans.Keeper
	planner *intake.Planner
	keeper  *maintenance.Keeper
}

// enterArtist enters the artist of an album, as clients do before they import it.
func (i *importing) enterArtist(album string) {
	i.t.Helper()
	artist, _, _ := strings.Cut(album, "/")
	if _, known := i.lib.Catalogue().ArtistByPath(artist); known {
		return
	}
	if _, err := i.keeper.CreateArtist(i.t.Context(), artist); err != nil {
		i.t.Fatal(err)
	}
}

func newImporting(t testing.TB) *importing {
	t.Helper()
	h := newHouse(t)
	data := filepath.Join(h.dir, "data")
	covers, err := artwork.Open(filepath.Join(data, "artwork"), artwork.Options{Scales: []int{50}})
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := maintenance.Open(t.Context(), maintenance.Options{Library: h.lib, Music: h.music, Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	i := &importing{house: h, keeper: keeper}
	i.plans, err = plans.Open(t.Context(), plans.Options{Library: h.lib, Music: h.music, Maintenance: keeper, Artwork: covers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(keeper.Close(), covers.Close()); err != nil {
			t.Error(err)
		}
	})
	i.planner = intake.New(intake.Options{Library: h.lib, Music: h.music, Artwork: covers})
	i.bench = newBench(t, data, func(o *tasks.Options) {
		o.Library, o.Music, o.Planner, o.Plans = h.lib, h.music, i.planner, i.plans
	})
	return i
}

// tree writes the music directory down: path, mode, size, time and content.
func (i *importing) tree() (lines []string) {
	i.t.Helper()
	root := filepath.Join(i.house.dir, "music")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s %v", name, info.ModTime().UnixNano())
		if !d.IsDir() {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %d %x", len(data), data[:min(len(data), 4096)])
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		i.t.Fatal(err)
	}
	return lines
}

// The rows of an import are those of the reference server, and taking it back leaves
// none of them; neither touches a file.
func TestAnImportMakesTheRowsOfTheReferenceServer(t *testing.T) {
	i := newImporting(t)
	before := i.tree()
	i.run()
	want := readReference(t)
	var made []string
	for _, album := range want.Albums {
		i.enterArtist(album.Path)
		if _, err := i.m.ImportMusic(tasks.Album, album.Path); err != nil {
			t.Fatal(err)
		}
		i.await("StateUpdate remove")
		made = append(made, album.Path)
		i.forget()
	}
	c := i.lib.Catalogue()
	for _, album := range want.Albums {
		got, exists := c.AlbumByPath(album.Path)
		got.ID, got.ArtistID, album.ID, album.ArtistID = 0, 0, 0, 0
		album.ArtworkPath = library.DefaultArtwork
		if one, other := text(t, got), text(t, album); !exists || one != other {
			t.Errorf("got  %s\nwant %s", one, other)
		}
	}
	for _, song := range want.Songs {
		got, exists := c.SongByPath(song.Path)
		for _, s := range []*library.Song{&got, &song} {
			s.ID, s.AlbumID, s.ArtistID, s.LastPlayed = 0, 0, 0, 0
			s.Likes, s.Dislikes, s.Favorite, s.Disabled = 0, 0, 0, 0
		}
		if one, other := text(t, got), text(t, song); !exists || one != other {
			t.Errorf("got  %s\nwant %s", one, other)
		}
	}
	info, err := os.Stat(filepath.Join(i.house.dir, "music", want.Songs[0].Path))
	if err != nil || info.Mode().Perm() != 0o664 {
		t.Errorf("a song has the mode %v, %v", info.Mode(), err)
	}
	list, err := i.plans.List(t.Context())
	// The artists that were entered can be taken back as well.
	list = slices.DeleteFunc(list, func(p plans.Plan) bool { return !slices.Contains(made, p.Path) })
	if err != nil || len(list) != len(made) {
		t.Fatalf("%d plans, %v", len(list), err)
	}
	for _, p := range list {
		if p.State != plans.Applied {
			t.Errorf("plan %d is %v", p.ID, p.State)
		}
		if _, err := i.plans.Undo(t.Context(), p.ID, "test", false, nil); err != nil {
			t.Error(err)
		}
	}
	if artists, albums, songs := i.lib.Catalogue().NumberOf(); artists != len(want.Artists) || albums+songs != 0 {
		t.Errorf("%d artists, %d albums and %d songs are left", artists, albums, songs)
	}
	if after := i.tree(); !slices.Equal(before, after) {
		t.Error("the music directory has changed")
	}
}

func text(t *testing.T, row any) string {
	t.Helper()
	data, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// forget drops what was heard.
func (b *bench) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = nil
}

// What cannot be imported is a failure with a cause and a remedy, and changes nothing.
func TestImportsThatFail(t *testing.T) {
	i := newImporting(t)
	music := filepath.Join(i.house.dir, "music")
	for rel, content := range map[string]string{"X/2000 - Text/01 A.mp3": "text", "X/2001 - Zero/01 A.flac": "", "X/Unnamed/01 A.mp3": "x", "X/2002 - V.mp4": "no video"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(music, rel)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(music, rel), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := i.tree()
	i.run()
	for rel, content := range map[string]tasks.ContentType{
		"X/2000 - Text": tasks.Album, "X/2001 - Zero": tasks.Album, "X/Unnamed": tasks.Album, "X/2009 - Gone": tasks.Album,
		"X/2002 - V.mp4": tasks.Video, "X": tasks.Album,
	} {
		var failure *tasks.Failure
		cancel := i.m.Subscribe(func(n tasks.Notification) {
			if n.Task != nil && n.Task.State == tasks.ImportFailed {
				failure = n.Task.Failure
			}
		})
		if _, err := i.m.ImportMusic(content, rel); err != nil {
			t.Fatal(err)
		}
		heard := i.await("StateUpdate remove")
		cancel()
		i.forget()
		message := tasks.MessageAlbumImport
		if content == tasks.Video {
			message = tasks.MessageVideoImport
		}
		want := []string{"StateUpdate startmusicimport", "StateUpdate importingmusic", "InternalError importingmusic: " + message, "StateUpdate importfailed", "StateUpdate remove"}
		if !slices.Equal(heard, want) {
			t.Errorf("%s: heard %q, want %q", rel, heard, want)
		}
		if failure == nil || failure.Cause == "" || failure.Remedy == "" {
			t.Errorf("%s: %+v", rel, failure)
		}
	}
	if artists, albums, songs := i.lib.Catalogue().NumberOf(); artists+albums+songs != 0 {
		t.Errorf("%d artists, %d albums and %d songs were entered", artists, albums, songs)
	}
	if after := i.tree(); !slices.Equal(before, after) {
		t.Error("the music directory has changed")
	}
}

// A song that cannot enter is reported and passed by.
func TestSkippedSongsAreReported(t *testing.T) {
	i := newImporting(t)
	album := readReference(t).Albums[0].Path
	i.enterArtist(album)
	if err := os.WriteFile(filepath.Join(i.house.dir, "music", album, "99 Zip.mp3"), []byte("PK\x03\x04 and so on"), 0o644); err != nil {
		t.Fatal(err)
	}
	i.run()
	var last tasks.Task
	cancel := i.m.Subscribe(func(n tasks.Notification) {
		if n.Task != nil {
			last = *n.Task
		}
	})
	if _, err := i.m.ImportMusic(tasks.Album, album); err != nil {
		t.Fatal(err)
	}
	heard := strings.Join(i.await("StateUpdate remove"), "\n")
	cancel()
	if !strings.Contains(heard, "99 Zip.mp3") || !strings.Contains(string(last.Annotations["skipped"]), "99 Zip.mp3") || last.State != tasks.Remove {
		t.Errorf("heard\n%s\nannotations %s", heard, last.Annotations["skipped"])
	}
	if _, _, songs := i.lib.Catalogue().NumberOf(); songs == 0 {
		t.Error("no song entered")
	}
}

// Two imports of one album at once: one is made, the other is refused.
func TestTwoImportsOfOneAlbum(t *testing.T) {
	i := newImporting(t)
	album := readReference(t).Albums[0].Path
	i.enterArtist(album)
	ends := map[tasks.State]int{}
	all := make(chan struct{})
	i.m.Subscribe(func(n tasks.Notification) {
		if n.Kind != tasks.StateUpdate || n.Task.State != tasks.ImportComplete && n.Task.State != tasks.ImportFailed {
			return
		}
		if ends[n.Task.State]++; ends[tasks.ImportComplete]+ends[tasks.ImportFailed] == 2 {
			close(all)
		}
	})
	for range 2 {
		if _, err := i.m.ImportMusic(tasks.Album, album); err != nil {
			t.Fatal(err)
		}
	}
	i.run()
	<-all
	if ends[tasks.ImportComplete] != 1 || ends[tasks.ImportFailed] != 1 {
		t.Errorf("%v", ends)
	}
	if _, albums, _ := i.lib.Catalogue().NumberOf(); albums != 1 {
		t.Errorf("%d albums", albums)
	}
}

// An offer carries out its own plan when somebody agrees, and only then.
func TestAnOfferIsCarriedOutWithConsent(t *testing.T) {
	i := newImporting(t)
	album := readReference(t).Albums[0].Path
	i.enterArtist(album)
	p, err := i.planner.Plan(t.Context(), album, intake.Everything)
	if err == nil {
		p, err = i.plans.Propose(t.Context(), p)
	}
	if err != nil {
		t.Fatal(err)
	}
	i.run()
	id, _, err := i.m.Offer(tasks.Offered{ContentType: tasks.Album, Path: album, Plan: p.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, albums, _ := i.lib.Catalogue().NumberOf(); albums != 0 {
		t.Fatal("it was entered without consent")
	}
	if err := i.m.Consent(id); err != nil {
		t.Fatal(err)
	}
	i.await("StateUpdate remove")
	entered, exists := i.lib.Catalogue().AlbumByPath(album)
	if !exists || entered.ArtworkPath == library.DefaultArtwork {
		t.Errorf("%+v", entered)
	}
}
