package server

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"musicdb/conn"
	"musicdb/fsm"
	"musicdb/server/wire"
)

// Server is the daemon's Program. Its methods beside those of Program may be
// called from any goroutine.
type Server struct {
	o        Options
	log      *slog.Logger
	engine   *conn.Engine
	http     *http.Server
	gate     *gate
	doors    atomic.Pointer[limitListener] // of HTTP; nil until listening
	key      sharedKey
	rates    rates
	webui    *webui // nil: none is configured
	origins  origins
	withheld sync.Once // that config.js was asked for in vain is worth one line
	// misdirected: so is that somebody asked by a name that is not the server's.
	misdirected sync.Once
	// visitors are the HTTP connections at the gate: net.Conn to *visitor.
	visitors sync.Map
	visits   sync.WaitGroup // of the visitors
	drawn    *fsm.Observer[ProcessState, ProcessEvent]

	large   chan struct{}   // holds one for each large message that is being decoded
	ctx     context.Context // of the workers, from New to Shutdown
	stop    context.CancelFunc
	workers sync.WaitGroup
	serving sync.WaitGroup // the listeners
	broken  chan error
	stale   chan struct{}
	ready   chan struct{} // closed when clients can connect

	listening struct { // guards the two addresses; nil until listening
		sync.Mutex
		websocket, http net.Addr
	}
	unsubscribe []func()
	importing   atomic.Pointer[importState]
	lists       lists
	glance      glance
	telling     sync.Mutex // held from a getter's look at the state to the broadcast of it
	started     time.Time
}

// New joins the parts. Nothing runs and nothing listens until Drive.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Limits = o.Limits.withDefaults()
	o.OpenTimeout = cmp.Or(o.OpenTimeout, 10*time.Second)
	o.CloseTimeout = cmp.Or(o.CloseTimeout, 5*time.Second)
	if o.Certificates == nil && (o.WebSocket.TLS != TLSOff || o.HTTP.TLS != TLSOff) {
		return nil, errors.New("a listener that speaks TLS needs a certificate")
	}
	s := &Server{
		o: o, log: o.Log,
		drawn:   fsm.NewObserver(Process, 0),
		gate:    newGate(),
		origins: newOrigins(o.Origins),
		broken:  make(chan error, 2), // one per listener
		stale:   make(chan struct{}, 1),
		ready:   make(chan struct{}),
		large:   make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		started: time.Now(),
	}
	s.rates.begin(s.started)
	if _, err := s.key.current(o.Key); err != nil {
		return nil, err
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	var err error
	s.engine, err = conn.New(o.Limits.lay(conn.Options{
		Handler: s, Log: o.Log,
		OpenTimeout: o.OpenTimeout, CloseTimeout: o.CloseTimeout,
		Deflate:   conn.Deflate{Enabled: o.Deflate},
		Admission: conn.BySession, CheckOrigin: s.origins.allow,
		Page: socketPage,
	}))
	if err != nil {
		return nil, err
	}
	if o.WebUI != "" {
		if s.webui, err = openWebUI(o.WebUI); err != nil {
			return nil, err
		}
	}
	s.http = s.newHTTPServer()
	return s, nil
}

// Observer counts the life of the process; the Driver fills it.
func (s *Server) Observer() *fsm.Observer[ProcessState, ProcessEvent] { return s.drawn }

// Sources are the figures of every machine that runs in the daemon.
func (s *Server) Sources() []fsm.Source {
	sources := []fsm.Source{s.drawn, s.gate.life}
	sources = append(sources, s.engine.Sources()...)
	sources = append(sources, s.o.Stream.Sources()...)
	if s.o.Icecast != nil {
		sources = append(sources, s.o.Icecast.Source())
	}
	sources = append(sources, s.o.VideoStream.Sources()...)
	sources = append(sources, s.o.Frames.Sources()...)
	sources = append(sources, s.o.Tool.Sources()...)
	sources = append(sources, s.o.Tasks.Source())
	if s.o.Doctor != nil {
		sources = append(sources, s.o.Doctor.Source())
	}
	if s.o.Watch != nil {
		sources = append(sources, s.o.Watch.Sources()...)
	}
	if s.o.Loudness != nil {
		sources = append(sources, s.o.Loudness.Sources()...)
	}
	return append(sources, s.o.Machines...)
}

// Initialize starts the workers and builds the search cache (Program).
func (s *Server) Initialize(ctx context.Context) error {
	s.subscribe()
	s.subscribeVideos()
	s.subscribeTasks()
	s.subscribeDoctor()
	s.subscribePlans()
	// The first search waits for it, the first answer need not.
	s.workers.Go(func() {
		if err := contain(func() error { s.rebuildSearch(); return nil }); err != nil {
			s.log.Error("the search cache was not built; the next search tries again", "err", err)
		}
	})
	s.work("stream", func() error { return s.o.Stream.Run(s.ctx) })
	if s.o.Icecast != nil {
		s.work("Icecast", func() error { return s.o.Icecast.Run(s.ctx) })
	}
	s.work("video stream", func() error { return s.o.VideoStream.Run(s.ctx) })
	s.work("frames", func() error { return s.o.Frames.Run(s.ctx) })
	s.work("tasks", func() error { return s.o.Tasks.Run(s.ctx) })
	if s.o.Watch != nil && s.o.Import == nil {
		s.startWatch()
	}
	if s.o.Loudness != nil {
		s.work("loudness", func() error { return s.o.Loudness.Run(s.ctx) })
	}
	return ctx.Err()
}

// work runs one worker until the server stops. A worker that ends before that is
// reported; the others go on.
func (s *Server) work(name string, run func() error) {
	s.workers.Go(func() {
		err := contain(run)
		if err != nil && s.ctx.Err() == nil {
			s.log.Error("a worker has ended", "worker", name, "err", err)
		}
	})
}

// Broken delivers the failure of a listener (Program).
func (s *Server) Broken() <-chan error { return s.broken }

// Ready is closed when clients can connect; WebSocketAddr and HTTPAddr tell where.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Stale delivers after an import (Program).
func (s *Server) Stale() <-chan struct{} { return s.stale }

// UpdateCaches rebuilds the search cache and tells all clients (Program).
func (s *Server) UpdateCaches(context.Context) error {
	s.rebuildSearch()
	s.o.Queue.Refresh()
	s.broadcast(wire.Packet{Method: wire.MethodBroadcast, Function: "sys:refresh", Signature: []byte(`"UpdateCaches"`)})
	s.log.Info("caches updated")
	return nil
}

// Reload reads the TLS files again and renews what the options say (Program). What
// cannot be used leaves what was there before, and the error says so.
func (s *Server) Reload(ctx context.Context) error {
	err := s.reloadCertificates()
	if s.o.Reload != nil {
		err = errors.Join(err, s.o.Reload(ctx))
	}
	if err == nil {
		s.log.Info("reloaded")
	}
	return err
}

// Shutdown tells the clients, stops the workers, and closes the listeners (Program).
func (s *Server) Shutdown(reason string) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.o.CloseTimeout+time.Second)
	defer cancel()
	s.gate.close()
	err := s.engine.Shutdown(ctx, reason)

	for _, cancel := range s.unsubscribe {
		cancel()
	}
	s.stop()
	if !endsWithin(shutdownLimit, &s.workers) {
		err = errors.Join(err, errors.New("a worker did not stop in time"))
	}

	// The listeners of the stream were dismissed by the engine.
	grace, cancelGrace := context.WithTimeout(context.Background(), time.Second)
	defer cancelGrace()
	if s.http.Shutdown(grace) != nil {
		_ = s.http.Close()
	}
	s.serving.Wait()
	if s.webui != nil {
		err = errors.Join(err, s.webui.root.Close())
	}
	if !endsWithin(time.Second, &s.visits) {
		err = errors.Join(err, errors.New("an HTTP request did not end in time"))
	}
	return err
}

// endsWithin waits for a group, but not longer than the limit.
func endsWithin(limit time.Duration, group *sync.WaitGroup) bool {
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	select {
	case <-ended:
		return true
	case <-time.After(limit):
		return false
	}
}

// shutdownLimit is how long the workers may take to stop. A worker reacts within
// a piece of music of some milliseconds, or kills its child process.
const shutdownLimit = 5 * time.Second
