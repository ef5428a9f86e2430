package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"musicdb/fsm"
)

// ErrNotFound says that neither an installed nor an embedded ffmpeg can be used.
var ErrNotFound = errors.New("no usable ffmpeg")

// ErrClosed is returned by a Tool after Close.
var ErrClosed = errors.New("ffmpeg: closed")

// Options say where ffmpeg may be found.
type Options struct {
	// Path is the ffmpeg to use; empty means to search the PATH. A Path that
	// cannot be used is not replaced by another installed one.
	Path string
	// Self is our own executable, which runs the embedded ffmpeg when its
	// first argument is "ffmpeg"; empty means that there is none.
	Self string
	// CacheDir keeps the compiled embedded ffmpeg (about 60 MB). It is created
	// for the user alone. Needed with Self.
	CacheDir string
	// Log tells about the search and the compilation; nil discards.
	Log *slog.Logger
}

// Tool is the ffmpeg of this process. Any goroutine may call its methods.
type Tool struct {
	self, cache string
	log         *slog.Logger
	keeper      *keeper
	retry       []time.Duration // pauses after failed compilations; the last one stays

	machine  *fsm.Runner[State, Event]
	observer *fsm.Observer[State, Event]
	ready    chan struct{} // closed in Ready
	closed   chan struct{}

	mu       sync.Mutex // guards below; never held while a child runs
	path     string     // executable to start
	native   bool
	version  string
	encoders map[string]bool // by name, of the one found or compiled last
	since    time.Time
	expected time.Duration
	err      error
	waiting  chan struct{} // non-nil while a Prepare is at work; closed at its end
}

// Status is what can be told about a Tool at one moment.
type Status struct {
	State    State
	Native   bool
	Version  string        // first line of ffmpeg's own description, empty until Ready
	Since    time.Time     // when State was entered
	Expected time.Duration // in Compiling: how long it will probably take in all
	Err      error         // in Failed: why, in a sentence
}

// Find looks for an ffmpeg that runs and can encode MP3. Without one it returns
// a Tool for the embedded ffmpeg, which Prepare makes ready; without Self that
// is an error matching ErrNotFound. It takes as long as starting ffmpeg once.
func Find(o Options) (*Tool, error) {
	t := &Tool{
		self: o.Self, cache: o.CacheDir, log: o.Log, keeper: newKeeper(),
		retry:    []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute},
		observer: fsm.NewObserver(definition, 64),
		ready:    make(chan struct{}), closed: make(chan struct{}),
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	t.machine = fsm.NewRunner(definition, t.observer, fsm.Effects[State, Event]{})
	t.since = time.Now()

	path, version, err := t.findNative(o.Path)
	if err == nil {
		t.path, t.native, t.version = path, true, version
		t.fire(NativeFound)
		close(t.ready)
		t.log.Info("using the installed ffmpeg", "path", path, "version", version)
		return t, nil
	}
	if o.Self == "" {
		return nil, errors.Join(fmt.Errorf("%w: %w; install ffmpeg with libmp3lame", ErrNotFound, err), t.Close())
	}
	if o.CacheDir == "" {
		return nil, errors.Join(fmt.Errorf("%w: %w, and the embedded one has no cache folder", ErrNotFound, err), t.Close())
	}
	t.path = o.Self
	t.fire(NativeMissing)
	t.log.Info("no usable ffmpeg is installed, using the embedded one", "reason", err)
	return t, nil
}

func (t *Tool) findNative(path string) (found, version string, err error) {
	if path == "" {
		path = "ffmpeg"
	}
	if found, err = exec.LookPath(path); err != nil {
		return "", "", err
	}
	if found, err = filepath.Abs(found); err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	version, err = t.check(ctx, found)
	return found, version, err
}

// Native reports whether an installed ffmpeg is used: its children start in a
// twentieth of a second and take 40 MB, those of the embedded one in one
// second and 160 MB.
func (t *Tool) Native() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.native
}

// Encodes reports whether an encoder of that name was built in ("libopus", "aac").
// It is false for all until Ready.
func (t *Tool) Encodes(encoder string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.encoders[encoder]
}

// Ready is closed once children can be started.
func (t *Tool) Ready() <-chan struct{} { return t.ready }

// Status tells what the Tool is doing.
func (t *Tool) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Status{
		State: t.stateLocked(), Native: t.native, Version: t.version,
		Since: t.since, Expected: t.expected, Err: t.err,
	}
}

// Sources are the machine's figures.
func (t *Tool) Sources() []fsm.Source { return []fsm.Source{t.observer} }

// Close kills all children that are still alive and refuses further ones.
// Closing twice is allowed.
func (t *Tool) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stateLocked() == Closed {
		return nil
	}
	t.fireLocked(Close)
	close(t.closed)
	t.keeper.close()
	return t.machine.Close()
}

// stateLocked is Closed also after the machine has left the figures.
func (t *Tool) stateLocked() State {
	select {
	case <-t.closed:
		return Closed
	default:
		return t.machine.State()
	}
}

func (t *Tool) fire(on Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fireLocked(on)
}

// fireLocked moves the machine. The only refusal that can happen is an event
// behind Close, from a compilation that Close has just ended.
func (t *Tool) fireLocked(on Event) {
	if err := t.machine.Fire(context.Background(), on, nil); err != nil {
		t.log.Debug("event without effect", "error", err)
		return
	}
	t.since = time.Now()
}
