package library_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// walk applies the same random calls to a library and to the model.
type walk struct {
	t *rapid.T
	l *library.Library
	e *library.Edit // of the edit under way
	m *model
}

// Any sequence of edits, whole or given up, does what the rules say, and what is
// on the disk is what is in memory.
func TestEditsDoWhatTheRulesSay(t *testing.T) {
	top, n := t.TempDir(), 0
	open(t, filepath.Join(top, "new")).Close()
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(top, fmt.Sprint(n))
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(top, "new"))); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		l, err := library.Open(context.Background(), library.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := l.Unsynced(); err != nil {
			t.Fatal(err)
		}
		w := &walk{t: t, l: l, m: newModel()}
		w.begin()
		for range 1 + w.even(12, "edits") {
			w.edit()
			w.track()
		}
		w.checkDisk(dir)
		l.Close()
		again, err := library.Open(context.Background(), library.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		sameCatalogue(t, again.Catalogue(), l.Catalogue())
		w.m.compare(t, again.Catalogue())
	})
}

// begin enters something that calls can be about.
func (w *walk) begin() {
	err := w.l.Edit(context.Background(), func(e *library.Edit) error {
		w.e = e
		for i := range 3 {
			a, err := e.AddAlbum(album(fmt.Sprint("Artist ", i%2), 2000, fmt.Sprint("Album ", i), 2))
			if err != nil {
				return err
			}
			v, err := e.AddVideo(library.NewVideo{ArtistID: a.ArtistID, Name: "Video", Path: fmt.Sprint("Video ", i)})
			if err != nil {
				return err
			}
			genre, err := e.AddTag(library.Tag{Name: fmt.Sprint("Genre ", i), Class: library.ClassGenre})
			if err != nil {
				return err
			}
			sub, err := e.AddTag(library.Tag{Name: fmt.Sprint("Sub genre ", i), Class: library.ClassSubgenre, ParentID: &genre.ID})
			if err != nil {
				return err
			}
			for _, s := range e.Catalogue().SongsOf(a.ID) {
				w.m.songs[s.ID] = s
				w.gave("song", s.ID)
			}
			w.m.artists[a.ArtistID], _ = e.Catalogue().Artist(a.ArtistID)
			w.m.highest["artist"] = max(w.m.highest["artist"], a.ArtistID)
			w.m.albums[a.ID], w.m.videos[v.ID], w.m.tags[genre.ID], w.m.tags[sub.ID] = a, v, genre, sub
			w.gave("album", a.ID)
			w.gave("video", v.ID)
			w.gave("tag", genre.ID)
			w.gave("tag", sub.ID)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.m.compare(w.t, w.l.Catalogue())
}

func (w *walk) edit() {
	before, catalogue := w.m.copy(), w.l.Catalogue()
	givenUp := errors.New("given up")
	giveUp := w.even(6, "give up") == 0
	err := w.l.Edit(context.Background(), func(e *library.Edit) error {
		w.e = e
		for range 1 + w.even(20, "calls") {
			was := e.Catalogue()
			if refused := w.call(); refused && e.Catalogue() != was {
				w.t.Fatal("a refused call has changed something")
			}
		}
		w.m.compare(w.t, e.Catalogue())
		if w.l.Catalogue() != catalogue {
			w.t.Fatal("others see the edit before its end")
		}
		if giveUp {
			return givenUp
		}
		return nil
	})
	switch {
	case giveUp:
		w.m = before
		if !errors.Is(err, givenUp) || w.l.Catalogue() != catalogue {
			w.t.Fatalf("a given up edit: %v", err)
		}
	case err != nil:
		w.t.Fatal(err)
	}
	w.m.compare(w.t, w.l.Catalogue())
}

// call makes one random call, and says whether it was refused.
func (w *walk) call() (refused bool) {
	calls := []func() bool{w.addArtist, w.addAlbum, w.addSong, w.addSong, w.addVideo, w.addTag, w.addTag, w.putArtist, w.putAlbum,
		w.putSong, w.putVideo, w.putTag, w.recount, w.remove, w.setLyrics, w.assign, w.assign, w.assign, w.unassign, w.suggest}
	return calls[w.even(len(calls), "call")]()
}

// is demands that err has this reason, nil for none, and says whether it has one.
func (w *walk) is(err, reason error) bool {
	w.t.Helper()
	if (reason == nil && err != nil) || !errors.Is(err, reason) {
		w.t.Fatalf("%v, want %v", err, reason)
	}
	return reason != nil
}

// gave notes an id that was given; it must be higher than all before.
func (w *walk) gave(kind string, id int64) {
	w.t.Helper()
	if id <= w.m.highest[kind] {
		w.t.Fatalf("%s %d, although %d was given before", kind, id, w.m.highest[kind])
	}
	w.m.highest[kind] = id
	w.m.highest["any"] = max(w.m.highest["any"], id)
}

// even draws a number below n. rapid prefers low numbers, which is stirred here.
func (w *walk) even(n int, what string) int {
	return int(rapid.Uint32().Draw(w.t, what)*2654435761>>7) % n
}

func (w *walk) id(what string) int64 { return int64(w.even(10, what)) - 1 }

// pick draws an id, mostly of a row that exists.
func pick[R any](w *walk, rows map[int64]R, what string) int64 {
	if len(rows) == 0 || w.even(8, what+" may not exist") == 0 {
		return w.id(what)
	}
	return keys(rows)[w.even(len(rows), what)]
}

func (w *walk) name(what string) string {
	names := []string{"A", "a", "Ä", "B", "%_'\"", "月 🎵", "C", "D", "E", ""}
	return names[w.even(len(names), what)]
}

// reason is the first one whose condition holds.
func reason(conditions ...any) error {
	for i := 0; i < len(conditions); i += 2 {
		if conditions[i].(bool) {
			return conditions[i+1].(error)
		}
	}
	return nil
}

func (w *walk) track() {
	ctx := context.Background()
	on := rapid.SampledFrom([]library.Target{library.SongTarget, library.VideoTarget}).Draw(w.t, "tracked")
	play, relate, cut, list := w.l.AddPlay, w.l.AddSongRelation, w.l.CutSongRelation, w.l.SongRelations
	if on == library.VideoTarget {
		play, relate, cut, list = w.l.AddVideoPlay, w.l.AddVideoRelation, w.l.CutVideoRelation, w.l.VideoRelations
	}
	for range w.even(5, "plays") {
		a, b := w.id("a"), w.id("b")
		pair := [2]int64{min(a, b), max(a, b)}
		w.is(play(ctx, a, time.Unix(1, 0), false), nil)
		if w.m.exists(on, a) {
			w.m.plays[on][a]++
		}
		if w.even(5, "cut") == 0 {
			w.is(cut(ctx, a, b), nil)
			delete(w.m.weights[on], pair)
			continue
		}
		w.is(relate(ctx, a, b), nil)
		if a != b && w.m.exists(on, a) && w.m.exists(on, b) {
			w.m.weights[on][pair]++
		}
	}
	of := w.id("of")
	want := map[int64]int64{}
	for pair, weight := range w.m.weights[on] {
		switch of {
		case pair[0]:
			want[pair[1]] = weight
		case pair[1]:
			want[pair[0]] = weight
		}
	}
	got, err := list(ctx, of)
	w.is(err, nil)
	if len(got) != len(want) {
		w.t.Fatalf("relations of %s %d: %v, want %v", on, of, got, want)
	}
	for _, r := range got {
		if want[r.ID] != r.Weight {
			w.t.Fatalf("relations of %s %d: %v, want %v", on, of, got, want)
		}
	}
}

// checkDisk looks at the files with other eyes: no row without what it belongs
// to, and as many rows as the model has.
func (w *walk) checkDisk(dir string) {
	sums := map[string]int{
		"songs": len(w.m.songs), "albums": len(w.m.albums), "artists": len(w.m.artists), "videos": len(w.m.videos), "tags": len(w.m.tags),
		"lyrics": len(w.m.lyrics), "songtags": len(w.m.given[library.SongTarget]), "albumtags": len(w.m.given[library.AlbumTarget]),
		"videotags": len(w.m.given[library.VideoTarget]), "songrelations": len(w.m.weights[library.SongTarget]),
		"videorelations": len(w.m.weights[library.VideoTarget]),
	}
	for _, n := range w.m.plays[library.SongTarget] {
		sums["playedsongs"] += n
	}
	for _, n := range w.m.plays[library.VideoTarget] {
		sums["playedvideos"] += n
	}
	orphans := orphansIn(w.t, dir)
	if orphans != "" {
		w.t.Fatalf("rows without what they belong to:%s", orphans)
	}
	for table, want := range sums {
		file := "music.db"
		if strings.HasPrefix(table, "played") || strings.HasSuffix(table, "relations") {
			file = "tracker.db"
		}
		if got := query(w.t, filepath.Join(dir, file), "SELECT count(*) FROM "+table); got != fmt.Sprint(want) {
			w.t.Fatalf("%s: %s rows, want %d", table, got, want)
		}
	}
	for id := range w.m.highest["any"] + 1 {
		text, err := w.l.Lyrics(context.Background(), id)
		want, has := w.m.lyrics[id]
		if w.is(err, nil); has != (text != nil) || has && *text != want {
			w.t.Fatalf("lyrics of %d: %v, want %q", id, text, want)
		}
	}
}
