package stream

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// silences are the pauses of a recording between its first and its last sound.
func silences(notes []note) (all []time.Duration) {
	for i, n := range notes {
		if n.hz == 0 && i > 0 && i < len(notes)-1 {
			all = append(all, n.length)
		}
	}
	return all
}

// What happens to the file of a song while it plays ends the song at the worst: the
// next one follows without a pause.
func TestFilesChangeWhileTheyPlay(t *testing.T) {
	t.Parallel()
	s := newStation(t,
		track{name: "cut off", hz: 400, length: 20 * time.Second, format: "mp3"},
		track{name: "overwritten", hz: 800, length: 20 * time.Second},
		track{name: "deleted", hz: 1200, length: 8 * time.Second},
		track{name: "replaced", hz: 1600, length: 8 * time.Second},
		track{name: "end", hz: 2000, length: 60 * time.Second},
	)
	file := func(song int64) string {
		row, _ := s.library.Catalogue().Song(song)
		return filepath.Join(s.music.Dir(), row.Path)
	}
	ids := s.enqueue(1, 2, 3, 4, 5)
	s.start(StartPlay, nil)
	heard := s.listen()
	inSong := func(i int) {
		t.Helper()
		s.until("a second of the song, with the next one prepared", func(now State) bool {
			_, next := s.stream.pump.onDeck()
			return now.Entry.ID == ids[i] && now.Seconds > 1 && (next != nil || i == 4)
		})
	}
	inSong(0)
	must(t, os.Truncate(file(1), 100_000))
	inSong(1)
	junk, err := os.OpenFile(file(2), os.O_WRONLY, 0)
	must(t, err)
	info, err := junk.Stat()
	must(t, err)
	_, err = junk.Write(bytes.Repeat([]byte("overwritten"), int(info.Size())/11))
	must(t, err)
	must(t, junk.Close())
	inSong(2)
	must(t, os.Remove(file(3)))
	inSong(3)
	other := file(4) + ".new"
	must(t, os.WriteFile(other, []byte("no music"), 0o600))
	must(t, os.Rename(other, file(4)))
	inSong(4)

	notes := spell(decode(t, heard()).score(400, 800, 1200, 1600, 2000))
	total := map[float64]time.Duration{}
	for _, n := range notes {
		total[n.hz] += n.length
	}
	for _, d := range silences(notes) {
		if d > 100*time.Millisecond {
			t.Errorf("a silence of %v: %v", d, notes)
		}
	}
	for _, hz := range []float64{1200, 1600} {
		if d := total[hz] - 8*time.Second; d.Abs() > 50*time.Millisecond {
			t.Errorf("the song at %v Hz is heard %v longer than it is", hz, d)
		}
	}
	if total[400] < 2*time.Second || total[800] < time.Second {
		t.Errorf("of the first two songs %v and %v are heard", total[400], total[800])
	}
	for song, counts := range map[int64]bool{1: false, 3: true, 4: true} {
		if row, _ := s.library.Catalogue().Song(song); (row.LastPlayed != 0) != counts {
			t.Errorf("song %d was played at %d, want it counted: %v", song, row.LastPlayed, counts)
		}
	}
}

// The music directory is unplugged while a song plays: what is open already is heard
// to its end, nothing is skipped, and as soon as the directory is back, be it as
// another one, the queue goes on.
func TestMusicDirectoryIsUnplugged(t *testing.T) {
	t.Parallel()
	s := newStation(t,
		track{name: "A", hz: 400, length: 5 * time.Second},
		track{name: "B", hz: 800, length: 5 * time.Second},
		track{name: "C", hz: 1200, length: 60 * time.Second},
	)
	s.waitForNext = false
	ids := s.enqueue(1, 2, 3)
	s.start(StartPlay, func(o *Options) { o.Pace = 2 })
	heard := s.listen()
	s.until("A, with B prepared", func(now State) bool {
		_, next := s.stream.pump.onDeck()
		return now.Entry.ID == ids[0] && now.Seconds > 1 && next != nil
	})
	dir, hidden := s.music.Dir(), filepath.Join(s.dir, "unplugged")
	must(t, os.CopyFS(filepath.Join(s.dir, "again"), os.DirFS(dir)))
	must(t, os.Rename(dir, hidden))
	must(t, os.RemoveAll(hidden)) // what is open stays readable
	must(t, os.Mkdir(dir, 0o755)) // what it was mounted on
	for range 7 {                 // the next attempt would be due after three seconds
		e := s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
		if e.Entry.ID != ids[2] {
			t.Errorf("reported %+v, want C and always C", e)
		}
	}
	must(t, os.Remove(dir))
	must(t, os.Rename(filepath.Join(s.dir, "again"), dir))
	back := time.Now()
	s.until("C", func(now State) bool { return now.Entry.ID == ids[2] && now.Audio == Playing })
	if waited := time.Since(back); waited > 2*time.Second {
		t.Errorf("C is heard %v after the directory is back", waited)
	}
	s.until("more of C", func(now State) bool { return now.Seconds > 1 })
	notes := spell(decode(t, heard()).score(400, 800, 1200))
	var order []float64
	for _, n := range notes {
		if n.hz > 0 && n.length > time.Second {
			order = append(order, n.hz)
		}
		if n.hz == 800 && n.length < 4900*time.Millisecond {
			t.Errorf("of B, which was open already, %v are heard", n.length)
		}
	}
	if len(order) != 3 || order[0] != 400 || order[1] != 800 || order[2] != 1200 {
		t.Errorf("heard %v, want all three songs once", notes)
	}
}
