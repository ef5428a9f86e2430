package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/media/sound"
	"musicdb/media/state"
)

// asServer, when set, makes this test binary play the directory it names, as the
// daemon does after a start, and write the stream to its standard output.
const asServer = "MUSICDB_TEST_STREAM"

// serve plays until it is killed.
func serve(dir string) error {
	ctx := context.Background()
	music, err := files.OpenMusic(filepath.Join(dir, "music"))
	if err != nil {
		return err
	}
	lib, err := openLibrary(ctx, filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	store, err := state.Open(state.Options{DataDir: filepath.Join(dir, "data")})
	if err != nil {
		return err
	}
	songs, err := queue.OpenSongs(queue.Options{Library: lib, State: store})
	if err != nil {
		return err
	}
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	if err != nil {
		return err
	}
	s, err := New(Options{Queue: songs, Library: lib, Music: music, Tool: tool, Start: Resume, Crossfade: 3 * time.Second,
		Tracker: mortal{queue.NewTracker(queue.SongHistory(lib), 30*time.Minute, false, false)}})
	if err != nil {
		return err
	}
	go func() {
		if err := s.Run(ctx); err != nil {
			panic(err)
		}
	}()
	for l := s.Join(); ; {
		frames, err := l.Next(ctx)
		if err == nil {
			_, err = os.Stdout.Write(frames)
		}
		if err != nil {
			return err
		}
	}
}

// openLibrary opens a library that somebody has just closed. A child that another
// test starts at that moment holds a copy of the lock until it becomes another
// program.
func openLibrary(ctx context.Context, dir string) (*library.Library, error) {
	for limit := time.Now().Add(10 * time.Second); ; {
		lib, err := library.Open(ctx, library.Options{Dir: dir})
		if !errors.Is(err, library.ErrLocked) || time.Now().After(limit) {
			return lib, err
		}
		runtime.Gosched()
	}
}

// The song of a killed server tells by its pitch where in it one is.
const (
	pitchLow  = 200.0 // Hz
	pitchRise = 30.0  // Hz/s
	songTime  = 30 * time.Second
)

func pitched(t *testing.T) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "song.flac")
	tone := fmt.Sprintf("0.5*sin(2*PI*(%g*t+%g*t*t))", pitchLow, pitchRise/2)
	ffmpegtest.Run(t, nil, "-f", "lavfi", "-i", fmt.Sprintf("aevalsrc=exprs=%s|%s:s=44100:d=%g", tone, tone, songTime.Seconds()), file)
	data, err := os.ReadFile(file)
	must(t, err)
	return data
}

// pitchAt is the frequency of the sound around a sample, 0 for silence.
func (s wave) pitchAt(i int) float64 {
	part := s[max(0, i-SampleRate/20):min(len(s), i+SampleRate/20)]
	if part.peak() < 0.2 {
		return 0
	}
	first, last, n := 0.0, 0.0, -1
	for i := 1; i < len(part); i++ {
		if part[i-1] < 0 && part[i] >= 0 {
			last = float64(i) - part[i]/(part[i]-part[i-1])
			if n++; n == 0 {
				first = last
			}
		}
	}
	if n < 1 {
		return 0
	}
	return float64(n) / (last - first) * SampleRate
}

// heardSpan is where a recording begins and ends, in seconds of the song.
func heardSpan(t *testing.T, mp3 []byte) (begin, end float64) {
	t.Helper()
	var whole []byte
	var split sound.Splitter
	split.Write(mp3, func(_ sound.Header, frame []byte) { whole = append(whole, frame...) })
	s := decode(t, whole)
	const step = SampleRate / 20
	for i := step; i+3*step < len(s); i += step {
		p := s.pitchAt(i)
		if p == 0 || math.Abs(s.pitchAt(i+2*step)-p-pitchRise/10) > 1 {
			continue // silence, or the beginning of the sound
		}
		at := (p-pitchLow)/pitchRise - float64(i)/SampleRate
		if end == 0 {
			begin = at + float64(i)/SampleRate
		}
		end = at + float64(len(s))/SampleRate
	}
	return begin, end
}

// grounds is a directory for servers that are killed, with two songs.
type grounds struct {
	t   *testing.T
	dir string
}

func newGrounds(t *testing.T) grounds {
	g := grounds{t, t.TempDir()}
	album := library.NewAlbum{ArtistName: "A", ArtistPath: "A", Name: "B", Path: "A/2001 - B"}
	must(t, os.MkdirAll(filepath.Join(g.dir, "music", album.Path), 0o755))
	song := pitched(t)
	for i := range 2 {
		path := fmt.Sprintf("%s/%02d Song.flac", album.Path, i+1)
		must(t, os.WriteFile(filepath.Join(g.dir, "music", path), song, 0o600))
		album.Songs = append(album.Songs, library.NewSong{Name: "Song", Path: path, Number: int64(i + 1), Playtime: int64(songTime / time.Second)})
	}
	g.open(func(lib *library.Library, _ *queue.Songs) {
		_, err := lib.AddAlbum(t.Context(), album)
		must(t, err)
	})
	return g
}

// open lends the library and the queue while no server runs.
func (g grounds) open(use func(*library.Library, *queue.Songs)) {
	g.t.Helper()
	data := filepath.Join(g.dir, "data")
	lib, err := openLibrary(g.t.Context(), data)
	must(g.t, err)
	store, err := state.Open(state.Options{DataDir: data})
	must(g.t, err)
	songs, err := queue.OpenSongs(queue.Options{Library: lib, State: store})
	must(g.t, err)
	use(lib, songs)
	must(g.t, lib.Close())
}

// A server that is killed at any moment goes on within a second of what was heard
// of it last.
func TestKilledServerResumesWhereItWas(t *testing.T) {
	t.Parallel()
	g := newGrounds(t)
	g.open(func(_ *library.Library, songs *queue.Songs) {
		_, err := songs.AddAlbum([]int64{1, 2}, queue.Last())
		must(t, err)
	})
	was := 0.0
	for round := range 4 {
		heard := g.serveAndKill(2500*time.Millisecond + time.Duration(rand.IntN(1000))*time.Millisecond)
		begin, end := heardSpan(t, heard)
		t.Logf("round %d: heard from %.2f s to %.2f s of the song", round, begin, end)
		if d := was - begin; round > 0 && (d > 1 || d < -0.3) {
			t.Errorf("went on at %.2f s, was heard until %.2f s", begin, was)
		}
		if end < begin+1 {
			t.Fatalf("heard nothing but %.2f s to %.2f s", begin, end)
		}
		was = end
	}
}

// In the midst of a crossfade the song that fades in is the one that goes on; the
// other one was counted, and neither is lost or doubled in the queue.
func TestKilledInACrossfade(t *testing.T) {
	t.Parallel()
	g := newGrounds(t)
	var ids []queue.EntryID
	g.open(func(lib *library.Library, songs *queue.Songs) {
		var err error
		ids, err = songs.AddAlbum([]int64{2, 1}, queue.Last())
		must(t, err)
		must(t, lib.SaveStreamPosition(t.Context(), library.StreamPosition{EntryID: string(ids[0]), Seconds: 26, Playing: true}))
	})
	for round, want := range []float64{1, 3} {
		g.serveAndKill(2600 * time.Millisecond) // the fade begins at 27 s, and takes three
		g.open(func(lib *library.Library, songs *queue.Songs) {
			entries := songs.Entries()
			if len(entries) < 1 || entries[0].ID != ids[1] {
				t.Errorf("round %d: the queue is %v, want entry %v first", round, entries, ids[1])
			}
			at, _, err := lib.StreamPosition(t.Context())
			must(t, err)
			if at.EntryID != string(ids[1]) || at.Seconds < want-1 || at.Seconds > want+1.5 {
				t.Errorf("round %d: the position is %+v, want about %v s of entry %v", round, at, want, ids[1])
			}
			faded, _ := lib.Catalogue().Song(2)
			current, _ := lib.Catalogue().Song(1)
			if faded.LastPlayed == 0 || current.LastPlayed != 0 {
				t.Errorf("round %d: the song that faded out was played at %d, the other at %d", round, faded.LastPlayed, current.LastPlayed)
			}
		})
	}
}

// serveAndKill runs a server until it has played for so long, and returns what was
// heard of it.
func (g grounds) serveAndKill(after time.Duration) []byte {
	t := g.t
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), asServer+"="+g.dir)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	var heard bytes.Buffer
	_, err = io.CopyN(&heard, out, int64(sound.Bitrate/8*after/time.Second))
	if err == nil {
		err = cmd.Process.Kill()
	}
	if err != nil {
		t.Errorf("%v: %s", err, &complaint)
	}
	_, err = io.Copy(&heard, out)
	must(t, err)
	_ = cmd.Wait() // it was killed, which is what this would say
	return heard.Bytes()
}
