package stream

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/media/ffmpeg"
	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/media/sound"
	"musicdb/media/state"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(asServer); dir != "" {
		fmt.Fprintln(os.Stderr, serve(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pace is how much faster than real time the stations of these tests run. The
// parts are real, so it is bound by how fast two children and the race
// detector are.
const pace = 8

// track is a song of a station: a tone, or a file made by the test itself.
type track struct {
	name   string        // of the file, and of the song without a title
	title  string        // of the song
	hz     float64       // of a sine wave at half of full scale
	length time.Duration // of the tone
	claim  time.Duration // length in the library; zero: length
	format string        // extension; empty: "flac"
	rate   int           // Hz; zero: 44100
	data   []byte        // contents, instead of a tone
}

// station is a stream with everything it stands on, all real.
type station struct {
	t       testing.TB
	music   *files.Music
	library *library.Library
	queue   *queue.Songs
	tool    *ffmpeg.Tool
	stream  *Stream
	dir     string
	log     *lines

	waitForNext bool // the song behind the current one can be played
	crossfade   time.Duration
	impatient   bool // the clock never stands still

	ended  chan struct{}
	stop   context.CancelFunc
	events chan Event
}

func newStation(t testing.TB, tracks ...track) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir(), log: &lines{t: t}, waitForNext: true}
	musicDir := filepath.Join(s.dir, "music")
	album := library.NewAlbum{ArtistName: "Ärtist", ArtistPath: "Ärtist", Name: "Tones", Path: "Ärtist/2001 - Tones"}
	must(t, os.MkdirAll(filepath.Join(musicDir, album.Path), 0o755))
	for i, tr := range tracks {
		if tr.format == "" {
			tr.format = "flac"
		}
		if tr.claim == 0 {
			tr.claim = tr.length
		}
		path := fmt.Sprintf("%s/%02d %s.%s", album.Path, i+1, tr.name, tr.format)
		if tr.data != nil {
			must(t, os.WriteFile(filepath.Join(musicDir, path), tr.data, 0o644))
		} else {
			must(t, os.WriteFile(filepath.Join(musicDir, path), tone(t, tr), 0o644))
		}
		album.Songs = append(album.Songs, library.NewSong{
			Name: cmp.Or(tr.title, tr.name), Path: path, Number: int64(i + 1), Playtime: int64(tr.claim / time.Second),
		})
	}

	var err error
	s.music, err = files.OpenMusic(musicDir)
	must(t, err)
	t.Cleanup(func() { must(t, s.music.Close()) })
	data := filepath.Join(s.dir, "data")
	s.library, err = library.Open(context.Background(), library.Options{Dir: data})
	must(t, err)
	t.Cleanup(func() { must(t, s.library.Close()) })
	if len(tracks) > 0 {
		_, err = s.library.AddAlbum(context.Background(), album)
		must(t, err)
	}
	store, err := state.Open(state.Options{DataDir: data})
	must(t, err)
	s.queue, err = queue.OpenSongs(queue.Options{Library: s.library, State: store})
	must(t, err)
	s.tool, err = ffmpeg.Find(ffmpeg.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, s.tool.Close()) })
	return s
}

// enqueue fills the queue with songs by their position in newStation, from 1.
func (s *station) enqueue(songs ...int64) (ids []queue.EntryID) {
	s.t.Helper()
	for _, song := range songs {
		id, err := s.queue.Add(song, queue.Last())
		must(s.t, err)
		ids = append(ids, id)
	}
	return ids
}

// start runs the stream; options are changed by change (may be nil).
func (s *station) start(mode StartMode, change func(*Options)) {
	s.t.Helper()
	o := Options{
		Queue: s.queue, Library: s.library, Music: s.music, Tool: s.tool, Start: mode, Pace: pace,
		Tracker: queue.NewTracker(queue.SongHistory(s.library), 30*time.Minute, false, false),
		Log:     slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	if change != nil {
		change(&o)
	}
	var err error
	s.crossfade = o.Crossfade
	s.stream, err = New(o)
	must(s.t, err)
	if !s.impatient {
		s.stream.pump.clock.still = s.busy
		s.stream.conducts.patience *= pace // the heart beats on while the clock stands still
	}
	s.events = make(chan Event, 4096)
	s.stream.Subscribe(func(e Event) { s.events <- e })
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.ended = stop, make(chan struct{})
	go func() {
		defer close(s.ended)
		if err := s.stream.Run(ctx); err != nil {
			s.t.Error(err)
		}
	}()
	s.t.Cleanup(s.end)
}

// busy reports whether the machine is too slow for the pace at this moment: a
// child has not delivered what is due, or the next song is not ready although
// the present one is about to end. It is called by the pump's goroutine.
func (s *station) busy() bool {
	p := s.stream.pump
	switch p.outputs[0].encoder.machine.State() {
	case EncoderStarting:
		return p.count().Frames == 0 // only the first start is waited for
	case EncoderRunning:
		if p.outputs[0].fed < p.outputs[0].goal {
			return true
		}
	default:
		return false
	}
	current, next := p.onDeck()
	if current == nil || s.stream.mute.State() == Muted {
		return false
	}
	held, last := current.pcm.held()
	if current.pcm.span(int64(held)) >= time.Second+s.crossfade {
		return false
	}
	if !last {
		return true
	}
	entries := s.queue.Entries()
	return next == nil && len(entries) > 1 && s.waitForNext
}

// end stops the stream and waits for its end.
func (s *station) end() {
	s.stop()
	<-s.ended
}

// wait returns the next event for which is says yes.
func (s *station) wait(what string, is func(Event) bool) Event {
	s.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case e := <-s.events:
			if is(e) {
				return e
			}
		case <-limit:
			s.t.Fatalf("no %s; state %+v, status %+v\n%s", what, s.stream.State(), s.stream.Status(), s.log)
		}
	}
}

// until waits for a heartbeat at which the state is as wanted.
func (s *station) until(what string, is func(State) bool) State {
	s.t.Helper()
	if now := s.stream.State(); is(now) {
		return now
	}
	var now State
	s.wait(what, func(Event) bool { now = s.stream.State(); return is(now) })
	return now
}

// listen records from now on, until heard is called. heard waits for one more
// second of sound, so that all that was sent before has passed the encoder.
func (s *station) listen() (heard func() []byte) {
	s.t.Helper()
	var mp3 []byte
	var enough atomic.Bool
	done := make(chan error, 1)
	l := s.stream.Join()
	go func() {
		defer l.Close()
		left := sound.Bitrate / 8
		for left > 0 {
			frames, err := l.Next(context.Background())
			if err != nil {
				done <- err
				return
			}
			mp3 = append(mp3, frames...)
			if enough.Load() {
				left -= len(frames)
			}
		}
		done <- nil
	}()
	return func() []byte {
		s.t.Helper()
		enough.Store(true)
		if err := <-done; err != nil {
			s.t.Fatalf("after %d bytes: %v; status %+v\n%s", len(mp3), err, s.stream.Status(), s.log)
		}
		return mp3
	}
}

// lines is a log that can be read while it is written.
type lines struct {
	t  testing.TB
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// tone makes a file with a sine wave.
func tone(t testing.TB, tr track) []byte {
	t.Helper()
	rate := tr.rate
	if rate == 0 {
		rate = SampleRate
	}
	key := fmt.Sprint(tr.hz, tr.length, tr.format, rate)
	tones.Lock()
	defer tones.Unlock()
	if made, ok := tones.made[key]; ok {
		return made
	}
	file := filepath.Join(t.TempDir(), "tone."+tr.format)
	source := fmt.Sprintf("aevalsrc=exprs=0.5*sin(2*PI*%g*t)|0.5*sin(2*PI*%g*t):s=%d:d=%g", tr.hz, tr.hz, rate, tr.length.Seconds())
	ffmpegtest.Run(t, nil, "-f", "lavfi", "-i", source, file)
	data, err := os.ReadFile(file)
	must(t, err)
	tones.made[key] = data
	return data
}

// tones are the files made so far.
var tones = struct {
	sync.Mutex
	made map[string][]byte
}{made: map[string][]byte{}}

// copySongs gives a station the songs and files of another one.
func copySongs(to, from *station) error {
	if err := os.CopyFS(to.music.Dir(), os.DirFS(from.music.Dir())); err != nil {
		return err
	}
	for _, album := range from.library.Catalogue().Albums() {
		copied := library.NewAlbum{ArtistName: "Ärtist", ArtistPath: "Ärtist", Name: album.Name, Path: album.Path}
		for _, song := range from.library.Catalogue().SongsOf(album.ID) {
			copied.Songs = append(copied.Songs, library.NewSong{Name: song.Name, Path: song.Path, Playtime: song.Playtime})
		}
		if _, err := to.library.AddAlbum(context.Background(), copied); err != nil {
			return err
		}
	}
	return nil
}
