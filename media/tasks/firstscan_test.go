package tasks_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/tasks"
)

// rows brings what a library holds into the shape of the reference, without ids.
func rows(c *library.Catalogue) (r reference) {
	artists, albums := map[int64]int64{}, map[int64]int64{}
	for i, a := range c.Artists() {
		artists[a.ID], a.ID = int64(i+1), 0
		r.Artists = append(r.Artists, a)
	}
	for i, a := range c.Albums() {
		albums[a.ID], a.ID, a.ArtistID = int64(i+1), 0, artists[a.ArtistID]
		r.Albums = append(r.Albums, a)
	}
	for s := range c.Songs() {
		s.ID, s.ArtistID, s.AlbumID = 0, artists[s.ArtistID], albums[s.AlbumID]
		r.Songs = append(r.Songs, s)
	}
	return r
}

// renumbered gives the reference the same shape: its ids are those of a larger
// library.
func (r reference) renumbered() reference {
	artists, albums := map[int64]int64{}, map[int64]int64{}
	for i := range r.Artists {
		artists[r.Artists[i].ID], r.Artists[i].ID = int64(i+1), 0
	}
	slices.SortFunc(r.Albums, func(a, b library.Album) int { return int(a.ID - b.ID) })
	for i := range r.Albums {
		a := &r.Albums[i]
		albums[a.ID], a.ID, a.ArtistID = int64(i+1), 0, artists[a.ArtistID]
	}
	for i := range r.Songs {
		s := &r.Songs[i]
		s.ID, s.ArtistID, s.AlbumID = 0, artists[s.ArtistID], albums[s.AlbumID]
	}
	return r
}

func wantRows(t *testing.T, c *library.Catalogue, want reference) {
	t.Helper()
	got := rows(c)
	if reflect.DeepEqual(got, want) {
		return
	}
	a, _ := json.MarshalIndent(got, "", " ")
	b, _ := json.MarshalIndent(want, "", " ")
	t.Errorf("got %s\nwant %s", a, b)
}

func TestFirstScanStoresWhatTheReferenceServerStored(t *testing.T) {
	h := newHouse(t)
	covers, err := artwork.Open(filepath.Join(h.dir, "artwork"), artwork.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer covers.Close()
	report, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) { o.Covers = covers })
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, h.lib.Catalogue(), readReference(t).renumbered())
	if report.Outcome != tasks.OutcomeFilled || report.Albums != 3 || report.Songs != 14 || report.Covers != 2 ||
		!reflect.DeepEqual(report.Findings, map[files.Problem]int{files.ProblemBroken: 1}) {
		t.Errorf("report %+v", report)
	}
	for _, album := range h.lib.Catalogue().Albums() {
		if _, err := os.Stat(filepath.Join(h.dir, "artwork", album.ArtworkPath)); err != nil {
			t.Error(err)
		}
	}
}

func TestFirstScanTellsProgress(t *testing.T) {
	h := newHouse(t)
	var told []tasks.Progress
	var found []*files.Finding
	_, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) {
		o.Files.Ahead = 1
		o.Progress = func(p tasks.Progress) { told = append(told, p) }
		o.Found = func(f *files.Finding) { found = append(found, f) }
	})
	if err != nil {
		t.Fatal(err)
	}
	type step struct {
		phase         tasks.MarkState
		albums, songs int
		path          string
	}
	var got []step
	for _, p := range told {
		got = append(got, step{p.Phase, p.Albums, p.Songs, p.Path})
		if p.Found.Albums < p.Albums || p.Found.Songs < p.Songs || p.SongsPerSecond <= 0 || p.Elapsed <= 0 {
			t.Errorf("impossible progress %+v", p)
		}
	}
	want := []step{
		{tasks.MarkSongs, 1, 7, "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static"},
		{tasks.MarkSongs, 2, 10, "juno 👩‍🚀/2014 - Harbor Ember"},
		{tasks.MarkSongs, 3, 14, "夢の中へ兄弟/1986 - 雪国 2"},
		{tasks.MarkFinished, 3, 14, ""},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if last := told[len(told)-1]; last.Found != (files.Found{Albums: 3, Songs: 15}) || last.Findings != 1 {
		t.Errorf("last %+v", last)
	}
	if len(found) != 1 || found[0].Path != "juno 👩‍🚀/2014 - Harbor Ember/04 Not really audio.mp3" {
		t.Errorf("findings %v", found)
	}
}

func TestSecondStartScansNothing(t *testing.T) {
	h := newHouse(t)
	if _, err := h.scan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	before := h.lib.Catalogue().Generation()
	if err := os.Rename(filepath.Join(h.dir, "music"), filepath.Join(h.dir, "moved")); err != nil {
		t.Fatal(err)
	}
	h.music.Close() // a scan would fail now
	report, err := h.scan(t.Context(), nil)
	if err != nil || report.Outcome != tasks.OutcomeNotNeeded || h.lib.Catalogue().Generation() != before {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestLibraryOfTheUserIsLeftAlone(t *testing.T) {
	h := newHouse(t)
	_, err := h.lib.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "X", ArtistPath: "X", Name: "Y", Path: "X/2000 - Y", Songs: []library.NewSong{{Name: "Z", Path: "X/2000 - Y/01 Z.mp3"}}})
	if err != nil {
		t.Fatal(err)
	}
	report, err := h.scan(t.Context(), nil)
	if _, albums, _ := h.lib.Catalogue().NumberOf(); err != nil || report.Outcome != tasks.OutcomeNotNeeded || albums != 1 {
		t.Errorf("%+v, %v, %d albums", report, err, albums)
	}
	if state, err := tasks.Mark(t.Context(), h.lib); state != tasks.MarkNone || err != nil {
		t.Errorf("mark %v, %v", state, err)
	}
}

func TestMusicThatComesAfterAnEmptyScanEnters(t *testing.T) {
	h := newHouse(t)
	full := h.music
	empty, err := files.OpenMusic(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	for _, music := range []*files.Music{empty, full} {
		h.music = music
		if report, err := h.scan(t.Context(), nil); err != nil || report.Outcome != tasks.OutcomeFilled {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	wantRows(t, h.lib.Catalogue(), withoutCovers(readReference(t).renumbered()))
}

func withoutCovers(r reference) reference {
	for i := range r.Albums {
		r.Albums[i].ArtworkPath = library.DefaultArtwork
	}
	return r
}

func TestKilledScanGoesOn(t *testing.T) {
	h := newHouse(t)
	if err := h.lib.Close(); err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), scanHere+"="+h.dir)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "two albums are in\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child was not killed")
	}

	h.openLibrary(t)
	if _, albums, songs := h.lib.Catalogue().NumberOf(); albums != 2 || songs != 10 {
		t.Fatalf("after the kill: %d albums, %d songs", albums, songs)
	}
	var paths []string
	report, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) {
		o.Progress = func(p tasks.Progress) { paths = append(paths, p.Path) }
	})
	if err != nil || report.Outcome != tasks.OutcomeResumed || report.Albums != 1 || report.Songs != 4 || len(report.Findings) != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if want := []string{"夢の中へ兄弟/1986 - 雪国 2", ""}; !slices.Equal(paths, want) {
		t.Errorf("entered %q, want %q", paths, want)
	}
	wantRows(t, h.lib.Catalogue(), withoutCovers(readReference(t).renumbered()))
}

// coverFunc is a store of covers that can fail.
type coverFunc func(artist, album string, picture []byte) (string, error)

func (f coverFunc) SetCover(_ context.Context, artist, album string, picture []byte) (string, error) {
	return f(artist, album, picture)
}

func TestInterruptedCoversGoOn(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stored []string
	store := coverFunc(func(artist, album string, picture []byte) (string, error) {
		stored = append(stored, album)
		return album + ".jpg", nil
	})
	_, err := h.scan(ctx, func(o *tasks.FirstScanOptions) {
		o.Covers = store
		o.Progress = func(p tasks.Progress) {
			if p.Phase == tasks.MarkCovers {
				cancel()
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if state, err := tasks.Mark(t.Context(), h.lib); state != tasks.MarkCovers || err != nil {
		t.Fatalf("mark %v, %v", state, err)
	}
	report, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) { o.Covers = store })
	if err != nil || report.Outcome != tasks.OutcomeResumed || report.Covers != 1 || report.Songs != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if want := []string{"Cloud Meadow Static", "Harbor Ember"}; !slices.Equal(stored, want) {
		t.Errorf("stored %q, want %q", stored, want)
	}
}

func TestCoverThatAClientSetMeanwhileStays(t *testing.T) {
	h := newHouse(t)
	report, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) {
		o.Covers = coverFunc(func(_, name string, _ []byte) (string, error) {
			for _, album := range h.lib.Catalogue().Albums() {
				if album.Name == name {
					return "scanned.jpg", h.lib.SetAlbumArtwork(t.Context(), album.ID, "chosen.jpg")
				}
			}
			return "", errors.New("no such album")
		})
	})
	if err != nil || report.Covers != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	chosen := 0
	for _, album := range h.lib.Catalogue().Albums() {
		if album.ArtworkPath == "chosen.jpg" {
			chosen++
		}
	}
	if chosen != 2 {
		t.Errorf("%d covers stayed, want 2", chosen)
	}
}

func TestUnusablePictureIsAFinding(t *testing.T) {
	h := newHouse(t)
	report, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) {
		o.Covers = coverFunc(func(string, string, []byte) (string, error) { return "", fmt.Errorf("cover: %w", artwork.ErrDamaged) })
	})
	if err != nil || report.Findings[files.ProblemPicture] != 2 || report.Covers != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	wantRows(t, h.lib.Catalogue(), withoutCovers(readReference(t).renumbered()))
}

// A full disk is no fault of the pictures: their covers come with the next start.
func TestCoversThatCannotBeStoredComeLater(t *testing.T) {
	h := newHouse(t)
	full := errors.New("no space left on device")
	tried := 0
	report, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) {
		o.Covers = coverFunc(func(_, album string, _ []byte) (string, error) {
			if tried++; tried == 1 {
				return "", full
			}
			return album + ".jpg", nil
		})
	})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "free space") || report.Findings[files.ProblemPicture] != 0 || report.Covers != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if state, err := tasks.Mark(t.Context(), h.lib); state != tasks.MarkCovers || err != nil {
		t.Errorf("mark %v, %v", state, err)
	}
	report, err = h.scan(t.Context(), func(o *tasks.FirstScanOptions) {
		o.Covers = coverFunc(func(_, album string, _ []byte) (string, error) { return album + ".jpg", nil })
	})
	if err != nil || report.Outcome != tasks.OutcomeResumed || report.Covers != 1 {
		t.Errorf("next start: %+v, %v", report, err)
	}
}

func TestCancelledScanGoesOn(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := h.scan(ctx, func(o *tasks.FirstScanOptions) { o.Progress = func(tasks.Progress) { cancel() } })
	if _, albums, _ := h.lib.Catalogue().NumberOf(); !errors.Is(err, context.Canceled) || albums != 1 {
		t.Fatalf("%v, %d albums", err, albums)
	}
	if report, err := h.scan(t.Context(), nil); err != nil || report.Albums != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestUnreadableMusicDirectoryIsNamed(t *testing.T) {
	h := newHouse(t)
	h.music.Close()
	_, err := h.scan(t.Context(), nil)
	var unreadable *files.RootError
	if !errors.As(err, &unreadable) {
		t.Errorf("got %v", err)
	}
	h.openMusic(t)
	if report, err := h.scan(t.Context(), nil); err != nil || report.Albums != 3 {
		t.Errorf("after the repair: %+v, %v", report, err)
	}
}

func TestDatabaseThatFailsEndsTheScan(t *testing.T) {
	h := newHouse(t)
	albums := 0
	_, err := h.scan(t.Context(), func(o *tasks.FirstScanOptions) {
		o.Progress = func(tasks.Progress) {
			if albums++; albums == 1 {
				h.lib.Close()
			}
		}
	})
	if err == nil || albums != 1 {
		t.Errorf("%v after %d albums", err, albums)
	}
	h.openLibrary(t)
	if state, err := tasks.Mark(t.Context(), h.lib); state != tasks.MarkSongs || err != nil {
		t.Errorf("mark %v, %v", state, err)
	}
}

func TestOutcomesAndStatesHaveNames(t *testing.T) {
	for got, want := range map[string]string{
		tasks.OutcomeFilled.String(): "filled", tasks.OutcomeNotNeeded.String(): "not needed", tasks.Outcome(9).String(): "outcome 9",
		tasks.MarkCovers.String(): "covers", tasks.MarkState(9).String(): "mark state 9",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
