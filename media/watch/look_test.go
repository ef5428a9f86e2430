package watch

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
)

// A changed file gets a new duration, bit rate and checksum, and nothing else of its row
// changes; while the watch runs, and when it starts.
func TestAChangedFileIsReadAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.rate()
	r.start()
	r.listened()
	const rel = "Anna/2001 - One/01 Song 0.mp3"
	before, _ := r.lib.Catalogue().SongByPath(rel)
	changed := func(data []byte) func() bool {
		return func() bool {
			s, _ := r.lib.Catalogue().SongByPath(rel)
			sum, err := r.w.o.Music.Checksum(t.Context(), rel)
			return err == nil && s.Checksum == sum && len(data) > 0
		}
	}
	r.write(rel, song(t, 8))
	r.await("the new checksum", changed(song(t, 8)))
	after, _ := r.lib.Catalogue().SongByPath(rel)
	if after.Playtime == before.Playtime || after.Checksum == before.Checksum {
		t.Errorf("%+v, before %+v", after, before)
	}
	r.rated()
	r.stop()
	r.write(rel, song(t, 10))
	r.open()
	r.start()
	if is := changed(song(t, 10)); !is() {
		r.await("the third checksum", is)
	}
	after.Checksum, after.Playtime, after.Bitrate = before.Checksum, before.Playtime, before.Bitrate
	if after != before {
		t.Errorf("%+v, before %+v", after, before)
	}
	// Content that is no music leaves the row alone, and does not stop the watch.
	was, _ := r.lib.Catalogue().SongByPath(rel)
	r.write(rel, []byte("no music"))
	r.write("Anna/2001 - One/02 Song 1.mp3", song(t, 9))
	two := func() bool {
		s, _ := r.lib.Catalogue().SongByPath("Anna/2001 - One/02 Song 1.mp3")
		sum, err := r.w.o.Music.Checksum(t.Context(), s.Path)
		return err == nil && s.Checksum == sum
	}
	r.await("the other change", two)
	if is, _ := r.lib.Catalogue().SongByPath(rel); is != was {
		t.Errorf("%+v, before %+v", is, was)
	}
}

// A vanished file is lost and keeps its row; when it is back it is not lost any more.
func TestAVanishedFileIsLostUntilItIsBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.start()
	r.listened()
	before := r.paths()
	const rel, album = "Anna/2001 - One/01 Song 0.mp3", "Berta/2002 - Two"
	lost := func(want ...string) func() bool {
		return func() bool { return slices.Equal(r.w.Status().Lost, want) }
	}
	r.remove(rel)
	r.await("one lost file", lost(rel))
	if err := os.Rename(filepath.Join(r.music, album), filepath.Join(r.data, "away")); err != nil {
		t.Fatal(err)
	}
	r.await("four lost files", lost(rel, album+"/01 Song 9.mp3", album+"/02 Song 10.mp3", album+"/03 Song 11.mp3"))
	if err := os.Rename(filepath.Join(r.data, "away"), filepath.Join(r.music, album)); err != nil {
		t.Fatal(err)
	}
	r.await("one lost file again", lost(rel))
	r.write(rel, song(t, 0))
	r.await("no lost file", lost())
	if !slices.Equal(r.paths(), before) {
		t.Errorf("the rows are %q", r.paths())
	}
}

// When all music is gone at once that is a fault with a name, told once: nothing is lost,
// no row changes. It is over when the music is back.
func TestWhenEverythingVanishesNothingIsConcluded(t *testing.T) {
	for name, ways := range map[string]struct{ take, give func(*room) }{
		"an empty directory in its place": {
			func(r *room) { r.aside(); r.make() },
			func(r *room) { r.back() },
		},
		"no directory": {
			func(r *room) { r.aside() },
			func(r *room) { r.back() },
		},
		"everything removed from it": {
			func(r *room) { r.out("Anna"); r.out("Berta") },
			func(r *room) { r.in("Anna"); r.in("Berta") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.start()
			r.listened()
			before := r.paths()
			generation := r.lib.Catalogue().Generation()
			ways.take(r)
			r.w.Sweep()
			r.await("the fault", func() bool { return r.w.machine.State() == Missing })
			if s := <-r.told; s.State != Missing || s.Fault == "" || len(s.Lost) > 1 {
				t.Errorf("told %+v", s)
			}
			r.w.Sweep()
			r.await("a second look", func() bool { return true })
			if len(r.told) > 0 {
				t.Errorf("told twice: %+v", <-r.told)
			}
			if !slices.Equal(r.paths(), before) || r.lib.Catalogue().Generation() != generation {
				t.Errorf("rows have changed: %q", r.paths())
			}
			ways.give(r)
			r.w.Sweep()
			r.await("the music", func() bool { return r.w.machine.State() == Watching && r.w.Status().Fault == "" })
			if s := <-r.told; s.Fault != "" || len(s.Lost) > 0 || s.Files != len(before) {
				t.Errorf("told %+v", s)
			}
			// It is watched again, whatever directory it is now.
			r.rename("Anna/2001 - One/01 Song 0.mp3", "Anna/2001 - One/11 Song.mp3")
			before[0] = "Anna/2001 - One/11 Song.mp3"
			r.awaitPaths(before)
		})
	}
}

func (r *room) do(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) aside() { r.do(os.Rename(r.music, r.music+" aside")) }
func (r *room) make()  { r.do(os.Mkdir(r.music, 0o755)) }
func (r *room) out(rel string) {
	r.do(os.Rename(filepath.Join(r.music, rel), filepath.Join(r.data, rel)))
}
func (r *room) in(rel string) {
	r.do(os.Rename(filepath.Join(r.data, rel), filepath.Join(r.music, rel)))
}
func (r *room) back() {
	if err := os.Remove(r.music); err != nil && !errors.Is(err, os.ErrNotExist) {
		r.t.Fatal(err)
	}
	r.do(os.Rename(r.music+" aside", r.music))
}

// What is known of files survives the end of the process, and is not read again.
func TestWhatIsKnownIsNotReadAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.start()
	r.listened()
	r.stop()
	r.open()
	known := map[string]library.KnownFile{}
	r.do(r.lib.EachKnownFile(t.Context(), func(k library.KnownFile) { known[k.Path] = k }))
	r.start()
	if len(r.w.unheard) != 0 || len(known) != 12 {
		t.Errorf("%d files are known, %d unheard", len(known), len(r.w.unheard))
	}
	sum, err := r.w.o.Music.ContentChecksum(t.Context(), "Anna/2001 - One/01 Song 0.mp3")
	if k := known["Anna/2001 - One/01 Song 0.mp3"]; err != nil || k.Content != sum || k.SongID != 1 {
		t.Errorf("%+v, %v", k, err)
	}
}

// What an import has heard of a file is not heard again, as long as the file is that one.
func TestWhatWasImportedIsNotReadAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.start()
	r.listened()
	const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" // that of no file
	imported := []string{"Carla/2003 - Three/01 Song 0.mp3", "Carla/2003 - Three/02 Song 1.mp3"}
	var known []library.KnownFile
	for i, rel := range imported {
		r.write(rel, song(t, i))
		info, err := os.Stat(filepath.Join(r.music, rel))
		r.do(err)
		known = append(known, library.KnownFile{Path: rel, Size: info.Size() + int64(i), Modified: info.ModTime(), Content: sum})
	}
	r.do(r.lib.SaveKnownFiles(t.Context(), known, nil))
	id, err := r.lib.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "Carla", ArtistPath: "Carla", Name: "Three", Path: "Carla/2003 - Three",
		Songs: []library.NewSong{{Name: "Song 0", Path: imported[0], Number: 1}, {Name: "Song 1", Path: imported[1], Number: 2}}})
	r.do(err)
	r.w.Sweep()
	at := func(i int) library.KnownFile {
		k, exists, err := r.lib.KnownFile(t.Context(), imported[i])
		if err != nil || !exists {
			t.Errorf("%s: %v", imported[i], err)
		}
		return k
	}
	other, err := r.w.o.Music.ContentChecksum(t.Context(), imported[1])
	r.do(err)
	r.await("the sound of the file that is another one", func() bool { return at(1).Content == other })
	for i, want := range []string{sum, other} {
		if k := at(i); k.Content != want || k.SongID == 0 || k.Inode == 0 {
			t.Errorf("%+v; want %s, of album %v", k, want, id)
		}
	}
}

// A directory that may not be read is no fault, and what is in it is not lost.
func TestADirectoryOfOthersIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	l := &look{w: r.w, rows: r.lib.Catalogue(), began: time.Now(), dirs: map[string]bool{}, number: 7}
	for _, a := range []files.SeenArtist{
		{SeenDir: files.SeenDir{Path: "Anna", Err: os.ErrPermission}},
		{SeenDir: files.SeenDir{Path: "Berta"}, Albums: []files.SeenDir{{Path: "Berta/2001 - One", Err: os.ErrPermission}, {Path: "Berta/2002 - Two"}}},
	} {
		l.visit(a)
	}
	r.remove("Anna")
	r.remove("Berta")
	l.vanish()
	if on, text := l.fault(nil); on != Looked || len(l.vanished) != 3 {
		t.Errorf("%d, %q, %d have vanished", on, text, len(l.vanished))
	}
	l.visit(files.SeenArtist{SeenDir: files.SeenDir{Path: "Anna", Err: errors.New("input/output error")}})
	if on, text := l.fault(nil); on != ReadFailed || text == "" {
		t.Errorf("%d, %q", on, text)
	}
}
