package stream

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Broken files of all kinds between good ones: each is reported, skipped and not
// counted; the good ones follow each other as if they were not there.
func TestBrokenSongsAreSkipped(t *testing.T) {
	t.Parallel()
	full := tone(t, track{hz: 882, length: 20 * time.Second, format: "mp3"})
	s := newStation(t,
		track{name: "A", hz: 441, length: 3 * time.Second},
		track{name: "junk", data: []byte(strings.Repeat("this is no music\n", 500)), format: "mp3"},
		track{name: "empty", data: []byte{}, format: "flac"},
		track{name: "gone", hz: 1, length: time.Second},
		track{name: "B", hz: 1764, length: 60 * time.Second},
		track{name: "list", data: []byte("#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"), format: "mp3"},
		track{name: "half", data: full[:len(full)/2], format: "mp3", claim: 20 * time.Second},
	)
	gone, _ := s.library.Catalogue().Song(4)
	must(t, os.Remove(filepath.Join(s.music.Dir(), gone.Path)))
	ids := s.enqueue(1, 2, 3, 4, 5)
	s.start(StartPlay, nil)
	heard := s.listen()
	for _, song := range []int64{2, 3, 4} {
		e := s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
		if e.Entry.SongID != song || e.Err == nil {
			t.Errorf("reported %+v, want song %d", e, song)
		}
	}
	s.until("B", func(now State) bool { return now.Entry.ID == ids[4] && now.Seconds > 0 })
	about(t, spell(decode(t, heard()).score(441, 882, 1764)),
		note{0, 0}, note{441, 3 * time.Second}, note{1764, 0})
	if row, _ := s.library.Catalogue().Song(1); row.LastPlayed == 0 {
		t.Error("A was heard and does not count as played")
	}
	for song := int64(2); song <= 4; song++ {
		if row, _ := s.library.Catalogue().Song(song); row.LastPlayed != 0 {
			t.Errorf("song %q counts as played", row.Name)
		}
	}
	if f := s.stream.Status().Failed; f == nil || !errors.Is(f.Err, os.ErrNotExist) {
		t.Errorf("the last failure shown is %+v, want the missing file", f)
	}
}

// A file that ends before its song is heard as far as it goes and not counted.
func TestTruncatedSongDoesNotCount(t *testing.T) {
	t.Parallel()
	full := tone(t, track{hz: 882, length: 8 * time.Second, format: "mp3"})
	s := newStation(t,
		track{name: "half", data: full[:len(full)/2], format: "mp3", claim: 8 * time.Second},
		track{name: "B", hz: 1764, length: 60 * time.Second},
	)
	s.enqueue(1, 2)
	s.start(StartPlay, nil)
	heard := s.listen()
	e := s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
	if e.Entry.SongID != 1 || !errors.Is(e.Err, io.ErrUnexpectedEOF) {
		t.Errorf("reported %+v, want the end of song 1", e)
	}
	s.until("B", func(now State) bool { return now.Entry.SongID == 2 && now.Seconds > 0 })
	about(t, spell(decode(t, heard()).score(882, 1764)),
		note{0, 0}, note{882, 4 * time.Second}, note{1764, 0})
	if row, _ := s.library.Catalogue().Song(1); row.LastPlayed != 0 {
		t.Error("half a song counts as played")
	}
}

// When nothing can be played the attempts become rare, and the queue survives a
// music directory that has vanished.
func TestFailuresInARowDoNotSpin(t *testing.T) {
	t.Parallel()
	junk := []byte(strings.Repeat("no music\n", 500))
	var tracks []track
	for _, name := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		tracks = append(tracks, track{name: name, data: junk, format: "mp3"})
	}
	s := newStation(t, tracks...)
	s.enqueue(1, 2, 3, 4, 5, 6, 7, 8, 9)
	s.start(StartPlay, func(o *Options) { o.Pace = 1 })
	start := time.Now()
	for range 5 {
		s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
	}
	// Between five failures lie 0.1, 0.2, 0.4 and 0.8 s.
	if took := time.Since(start); took < 1500*time.Millisecond {
		t.Errorf("five failures within %v, want at least 1.5 s", took)
	}
	s.wait("heartbeat", func(e Event) bool { return e.Kind == TimeChanged })
	if now := s.stream.State(); !now.Playing || !now.Connected {
		t.Errorf("the wish to play is gone: %+v", now)
	}
}

// Nor are songs raced through that have a moment of sound each.
func TestStumpsInARowDoNotSpin(t *testing.T) {
	t.Parallel()
	full := tone(t, track{hz: 882, length: 8 * time.Second, format: "mp3"})
	var tracks []track
	for _, name := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		tracks = append(tracks, track{name: name, data: full[:len(full)/80], format: "mp3", claim: 8 * time.Second})
	}
	s := newStation(t, tracks...)
	s.impatient = true
	s.enqueue(1, 2, 3, 4, 5, 6, 7, 8, 9)
	s.start(StartPlay, func(o *Options) { o.Pace = 1 })
	start := time.Now()
	for range 7 {
		e := s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
		if !errors.Is(e.Err, io.ErrUnexpectedEOF) {
			t.Fatalf("reported %+v, want a song that was cut short", e)
		}
	}
	// Behind the fourth failure at the latest lie pauses of 0.8, 1.6 and 3.2 s.
	if took := time.Since(start); took < 5600*time.Millisecond {
		t.Errorf("seven failures within %v, want at least 5.6 s", took)
	}
}

// A file that ffmpeg hangs on is given up like a broken one, at its beginning as
// well as in its middle.
func TestHangingDecoderIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newStation(t,
		track{name: "hangs", data: []byte{}},
		track{name: "stops", hz: 441, length: 60 * time.Second},
		track{name: "B", hz: 1764, length: 60 * time.Second},
	)
	s.impatient = true
	first, _ := s.library.Catalogue().Song(1)
	fifo := filepath.Join(s.music.Dir(), first.Path)
	must(t, os.Remove(fifo))
	must(t, syscall.Mkfifo(fifo, 0o600)) // to open it is to wait for a writer
	s.enqueue(1, 2, 3)
	s.start(StartPlay, nil)
	e := s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
	if e.Entry.SongID != 1 || !errors.Is(e.Err, ErrStalled) {
		t.Errorf("reported %+v, want song 1 to hang", e)
	}
	s.until("the next song", func(now State) bool { return now.Entry.SongID == 2 && now.Seconds > 0 })
	_, decoder := s.stream.Children()
	must(t, syscall.Kill(decoder, syscall.SIGSTOP))
	e = s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
	if e.Entry.SongID != 2 || !errors.Is(e.Err, ErrStalled) {
		t.Errorf("reported %+v, want song 2 to hang", e)
	}
	s.until("B", func(now State) bool { return now.Entry.SongID == 3 && now.Seconds > 0 })
}

func TestVanishedMusicDirectoryKeepsTheQueue(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	ids := s.enqueue(1, 2)
	hidden := filepath.Join(s.dir, "hidden")
	root := filepath.Join(s.music.Dir(), "Ärtist")
	must(t, os.Rename(root, hidden))
	s.start(StartPlay, nil)
	for range 3 {
		e := s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
		if e.Entry.ID != ids[0] {
			t.Errorf("reported %+v, want always the first entry", e)
		}
	}
	must(t, os.Rename(hidden, root))
	s.until("A", func(now State) bool { return now.Entry.ID == ids[0] && now.Audio == Playing })
}

// The directory comes back at the worst moment: behind the attempt to open the
// song, and before anybody draws a conclusion from its failure.
func TestMusicThatComesBackMeanwhileIsNotSkipped(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	ids := s.enqueue(1, 2)
	hidden := filepath.Join(s.dir, "hidden")
	root := filepath.Join(s.music.Dir(), "Ärtist")
	must(t, os.Rename(root, hidden))
	var once sync.Once
	s.start(StartPlay, nil)
	s.stream.Subscribe(func(e Event) {
		if e.Kind == SongUnplayable {
			once.Do(func() { must(t, os.Rename(hidden, root)) })
		}
	})
	s.until("A", func(now State) bool { return now.Entry.ID == ids[0] && now.Audio == Playing })
}

// The encoder is killed, and another time stopped, in the middle of a song: the
// stream stays well-formed and paced, and the song goes on where it was.
func TestLostEncoderIsReplaced(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "stopped": syscall.SIGSTOP} {
		s := newStation(t, track{name: "A", hz: 441, length: 120 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
		s.impatient = true // a stopped child is the very thing to be noticed
		s.enqueue(1, 2)
		s.start(StartPlay, nil)
		recorded := s.listen()
		s.until("A", func(now State) bool { return now.Seconds > 1 })
		first := encoderPid(s)
		must(t, syscall.Kill(first, signal))
		s.wait(name+" encoder replaced", func(Event) bool {
			return s.stream.Status().Encoder == EncoderRunning && encoderPid(s) != first
		})
		was := s.stream.State().Seconds
		s.until("more of A", func(now State) bool { return now.Seconds > was+2 })
		if lost := s.stream.Status().Lost; lost == nil {
			t.Errorf("%s: the loss is not shown", name)
		}
		if s.stream.Status().Pump.SilentFrames == 0 {
			t.Errorf("%s: no silence of our own while there was no encoder", name)
		}
		heard := decode(t, recorded())
		tones := 0
		for _, n := range spell(heard.score(441)) {
			if n.hz == 441 && n.length > 500*time.Millisecond {
				tones++
			}
		}
		if tones != 2 {
			t.Errorf("%s: heard %v, want the tone before and behind the gap", name, spell(heard.score(441)))
		}
		s.end()
	}
}

func encoderPid(s *station) int {
	encoder, _ := s.stream.Children()
	return encoder
}

// The decoder is killed in the middle of a song: the same song goes on, and
// counts as played at its end.
func TestLostDecoderIsReplaced(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 20 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	ids := s.enqueue(1, 2)
	s.start(StartPlay, nil)
	heard := s.listen()
	s.until("A", func(now State) bool { return now.Seconds > 2 })
	_, decoder := s.stream.Children()
	must(t, syscall.Kill(decoder, syscall.SIGKILL))
	s.until("B", func(now State) bool { return now.Entry.ID == ids[1] && now.Seconds > 0 })
	if row, _ := s.library.Catalogue().Song(1); row.LastPlayed == 0 {
		t.Error("the song was heard to its end and does not count as played")
	}
	var a time.Duration
	notes := spell(decode(t, heard()).score(441, 882))
	for _, n := range notes {
		if n.hz == 441 {
			a += n.length
		}
	}
	if (a - 20*time.Second).Abs() > 100*time.Millisecond {
		t.Errorf("%v of A were heard, want 20s: %v", a, notes)
	}
}
