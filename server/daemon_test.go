package server_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/media/artwork"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/frames"
	"musicdb/media/library"
	"musicdb/media/maintenance"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/queue"
	"musicdb/media/search"
	"musicdb/media/state"
	"musicdb/media/stream"
	"musicdb/media/tasks"
	"musicdb/server"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// tool is the ffmpeg of all tests: looking for it takes longer than most of them.
var tool = sync.OnceValues(func() (*ffmpeg.Tool, error) { return ffmpeg.Find(ffmpeg.Options{}) })

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) != "" {
		serveForBenchmark()
		return
	}
	code := m.Run()
	if t, err := tool(); err == nil {
		_ = t.Close()
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

const testKey = "a2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMgbG9uZyE="

// patience bounds every wait of a test; it is reached only by a failure.
const patience = 10 * time.Second

// daemon is a running server on an installation of the reference server: 6 artists,
// 15 albums, 102 songs. Their files are there only if a test asks for them.
type daemon struct {
	*server.Server
	t       testing.TB
	dir     string // data directory
	music   string // music directory
	library *library.Library
	queue   *queue.Songs
	videos  *queue.Videos
	tasks   *tasks.Manager
	signals chan os.Signal
	refresh chan os.Signal
	term    sync.Once // a second signal would not wait for the shutdown
	ended   chan int  // exit code

	streaming bool
}

type daemonOptions struct {
	uploads   []tasks.ContentType // that are allowed; nil: artwork and albumfile
	now       func() time.Time    // of the song queue and the stream; nil: time.Now
	installed bool                // the music directory, artwork and configurations of the installation are there, too
	videos    bool                // default: videos are switched off, as most exchanges were recorded
	covers    bool                // every album has its cover; default: its file is missing
	streaming bool                // default: the stream is switched off, as the exchanges were recorded
	hearing   bool                // the stream hears itself
	tracked   bool                // default: what is played is not tracked. Tracked songs pass four times as fast
	log       *slog.Logger
	prepare   func(dir string) // changes the data directory before it is opened
	change    func(*server.Options)
}

// startDaemon runs a server on a copy of the installation until the test ends.
func startDaemon(t testing.TB, o daemonOptions) *daemon {
	t.Helper()
	d := &daemon{t: t, dir: t.TempDir(), signals: make(chan os.Signal, 4), refresh: make(chan os.Signal, 1), ended: make(chan int, 1), streaming: o.streaming}
	d.music = t.TempDir()
	install(t, d.dir, d.music, o.installed)

	if o.prepare != nil {
		o.prepare(d.dir)
	}
	d.library = must(library.Open(t.Context(), library.Options{Dir: d.dir}))(t)
	store := must(state.Open(state.Options{DataDir: d.dir}))(t)
	music := must(files.OpenMusic(d.music))(t)
	keeper := must(maintenance.Open(t.Context(), maintenance.Options{Library: d.library, Music: music, Dir: d.dir, Log: o.log}))(t)
	plantPlaceholder(t, filepath.Join(d.dir, "webdata", "artwork"), coverScales(o.installed))
	covers := must(artwork.Open(filepath.Join(d.dir, "webdata", "artwork"), artwork.Options{Scales: coverScales(o.installed)}))(t)
	if o.covers {
		paint(t, d.library, covers)
	}
	tool := must(tool())(t)
	history := must(queue.OpenJournal(t.Context(), queue.JournalOptions{Library: d.library, Days: 1, Rows: 10_000, Log: o.log}))(t)
	d.queue = must(queue.OpenSongs(queue.Options{Library: d.library, State: store, Journal: history, Now: o.now}))(t)
	sounds := stream.Options{Queue: d.queue, Library: d.library, Music: music, Tool: tool, Start: stream.StartPaused,
		Disabled: !o.streaming, SelfHearing: o.hearing, Now: o.now}
	if o.tracked {
		tracker := queue.NewTracker(queue.SongHistory(d.library), time.Hour, false, false)
		t.Cleanup(func() {
			if err := tracker.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		sounds.Tracker, sounds.Pace = tracker, 4
	}
	sound := must(stream.New(sounds))(t)
	begun := make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	sound.Subscribe(func(e stream.Event) {
		if e.Kind == stream.StatusChanged {
			begin()
		}
	})
	if o.uploads == nil {
		o.uploads = []tasks.ContentType{tasks.Artwork, tasks.AlbumFile}
	}
	kept := must(plans.Open(t.Context(), plans.Options{Library: d.library, Music: music, Maintenance: keeper, Artwork: covers, Log: o.log}))(t)
	planner := intake.New(intake.Options{Library: d.library, Music: music, Artwork: covers})
	d.tasks = must(tasks.Open(tasks.Options{Dir: d.dir, Library: d.library, Music: music, Covers: covers, Uploads: o.uploads, Plans: kept, Planner: planner, Log: o.log}))(t)
	options := server.Options{
		Tasks: d.tasks, Plans: kept, Planner: planner,
		Library: d.library, State: store, Queue: d.queue, History: history, Stream: sound, Search: search.NewEngine(nil),
		Artwork: covers, Tool: tool,
		Music: music, Maintenance: keeper, Key: func() (string, error) { return testKey, nil }, Log: o.log, Version: "test",
		WebSocket: server.Address{Bind: "127.0.0.1", TLS: server.TLSOff},
		HTTP:      server.Address{Bind: "127.0.0.1", TLS: server.TLSOff},
	}
	frames := addVideos(t, &options, filepath.Join(d.dir, "webdata", "artwork"), !o.videos)
	d.videos = options.Videos
	if o.change != nil {
		o.change(&options)
	}
	d.Server = must(server.New(options))(t)
	driver := &server.Driver{Program: d.Server, Signals: d.signals, Refresh: d.refresh, Log: o.log, Observe: d.Observer()}
	go func() {
		code, _ := driver.Drive(context.Background())
		d.ended <- code
	}()
	t.Cleanup(func() {
		if code := d.stop(); code != 0 {
			t.Errorf("the server ended with exit code %d", code)
		}
		if err := errors.Join(d.tasks.Close(), frames.Close(), covers.Close(), keeper.Close(), music.Close(), history.Close(), d.library.Close()); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	// A stream that begins late would tell clients of it that have heard nothing yet.
	for _, started := range []<-chan struct{}{d.Ready(), begun} {
		select {
		case <-started:
		case <-time.After(patience):
			t.Fatal("the server is not ready")
		}
	}
	return d
}

// addVideos opens what a server needs for videos.
func addVideos(t testing.TB, o *server.Options, artwork string, disabled bool) *frames.Store {
	t.Helper()
	o.Videos = must(queue.OpenVideos(queue.Options{Library: o.Library, State: o.State, Journal: o.History}))(t)
	tracker := queue.NewTracker(queue.VideoHistory(o.Library), time.Hour, false, false)
	t.Cleanup(func() {
		if err := tracker.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	o.VideoStream = must(stream.NewVideo(stream.VideoOptions{Queue: o.Videos, Library: o.Library, Tracker: tracker, Disabled: disabled}))(t)
	o.Frames = must(frames.Open(artwork, frames.Options{Music: o.Music, Tool: o.Tool, Library: o.Library}))(t)
	return o.Frames
}

// paint gives every album a cover.
func paint(t testing.TB, from *library.Library, to *artwork.Store) {
	t.Helper()
	file := must(to.File(t.Context(), artwork.DefaultName))(t)
	defer file.Close()
	picture := must(io.ReadAll(file))(t)
	for _, album := range from.Catalogue().Albums() {
		if album.ArtworkPath == artwork.DefaultName {
			continue
		}
		if err := to.SetNamed(t.Context(), album.ArtworkPath, picture); err != nil {
			t.Fatal(err)
		}
	}
}

// stop ends the server with TERM and returns its exit code.
func (d *daemon) stop() int {
	d.term.Do(func() { d.signals <- syscall.SIGTERM })
	select {
	case code := <-d.ended:
		d.ended <- code // for whoever asks again
		return code
	case <-time.After(patience):
		d.t.Error("the server did not end")
		return -1
	}
}

func (d *daemon) dial() *client.Client {
	d.t.Helper()
	return d.dialWith(client.Options{})
}

func (d *daemon) dialWith(o client.Options) *client.Client {
	d.t.Helper()
	o.URL, o.Key = "ws://"+d.WebSocketAddr().String()+"/", testKey
	c := must(client.Dial(d.t.Context(), o))(d.t)
	d.t.Cleanup(func() { _ = c.Close() })
	return c
}

func (d *daemon) get(path string, headers ...string) (*http.Response, string) {
	d.t.Helper()
	r := must(http.NewRequestWithContext(d.t.Context(), http.MethodGet, "http://"+d.HTTPAddr().String()+path, nil))(d.t)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	answer := must(http.DefaultClient.Do(r))(d.t)
	defer answer.Body.Close()
	return answer, string(must(io.ReadAll(answer.Body))(d.t))
}

// fence waits until everything the server had to say before is here: it answers
// the requests of a connection in order.
func fence(t testing.TB, c *client.Client) (before []wire.Packet) {
	t.Helper()
	const mark = `"fence"`
	if err := c.Send(wire.Request{Method: wire.Ask, Function: "Bounce", Signature: json.RawMessage(mark)}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		p, err := c.Receive(ctx)
		if err != nil {
			t.Fatalf("waiting for the fence: %v", err)
		}
		if string(p.Signature) == mark {
			return before
		}
		if p.Function != "MusicDB:AudioStream" { // comes by itself, not from a request
			before = append(before, p)
		}
	}
}

// must unwraps a result that cannot fail unless the test is broken.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func readGzip(t testing.TB, name string) []byte {
	t.Helper()
	return must(gunzip(name))(t)
}

func gunzip(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(content)
}

func writeFile(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, content, 0o644)); err != nil {
		t.Fatal(err)
	}
}
