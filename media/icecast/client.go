package icecast

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/sound"
)

// Protocol is how a source introduces itself.
type Protocol uint8

// The protocols.
const (
	Auto   Protocol = iota // PUT, and SOURCE where the server does not know that
	PUT                    // HTTP/1.1 PUT with Expect: 100-continue (RFC 9110, 10.1.1)
	SOURCE                 // the HTTP/1.0 method of Icecast before 2.4
)

// Security says how a connection is protected.
type Security uint8

// The kinds of security.
const (
	Plain      Security = iota // not at all
	Verified                   // TLS, and the certificate must be right
	Unverified                 // TLS with any certificate
)

// Options are what a client works with. Mounts are needed.
type Options struct {
	Host     string // a name or an address, without a port (CheckHost); empty: localhost
	Port     uint16 // 0: 8000
	User     string // empty: source
	Password string
	Protocol Protocol
	Security Security
	CAFile   string // certificates (PEM) that servers are verified with; empty: those of the system

	Name        string // of the stream, as directories show it
	Description string
	Genre       string
	URL         string
	Public      bool // wants to be listed in directories
	Agent       string

	Mounts []Mount
	Log    *slog.Logger // nil discards
}

// Mount is one stream on the server.
type Mount struct {
	Path      string       // begins with a slash
	Sound     *sound.Mount // what is sent
	AudioInfo string       // for the header ice-audio-info, such as bitrate=320;samplerate=44100
}

// contentType is what Icecast knows the format by: it takes types with parameters
// for none of its own, and would not repeat the first pages of Ogg to listeners.
func (m Mount) contentType() string {
	kind, _, _ := strings.Cut(m.Sound.Format().ContentType(), ";")
	return kind
}

// Client is a source client for all mounts of one server. Any goroutine may call
// its methods.
type Client struct {
	sources  []*source
	observer *fsm.Observer[State, Event]
	once     sync.Once
}

// ErrRunning is returned by Run when it was called before.
var ErrRunning = errors.New("icecast: was run already")

// New makes a client that does nothing until Run. Its errors say which option
// cannot be sent to a server.
func New(o Options) (*Client, error) {
	if o.Host == "" {
		o.Host = "localhost"
	}
	if o.Port == 0 {
		o.Port = 8000
	}
	if o.User == "" {
		o.User = "source"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	o.Host, _ = bareHost(o.Host)
	security, err := o.tls()
	if err != nil {
		return nil, err
	}
	c := &Client{observer: fsm.NewObserver(machine, 64)}
	for _, m := range o.Mounts {
		c.sources = append(c.sources, newSource(&o, m, security, c.observer))
	}
	return c, nil
}

// Run sends until ctx ends. Whatever fails is logged and tried again; only a
// second call returns an error.
func (c *Client) Run(ctx context.Context) error {
	err := ErrRunning
	c.once.Do(func() {
		err = nil
		var workers sync.WaitGroup
		for _, s := range c.sources {
			workers.Go(func() { s.run(ctx) })
		}
		workers.Wait()
	})
	return err
}

// Source is the figures of all mounts' machines.
func (c *Client) Source() fsm.Source { return c.observer }

// Status is how one mount is.
type Status struct {
	Mount       string
	State       State
	Err         error     // why there is no connection or no sound, or why the last one ended; nil if none was lost
	Again       time.Time // when the next attempt is made, in Backoff and Refused
	Bytes       uint64    // of sound that were sent
	Connections uint64    // that were accepted
	Title       string    // that the server was told last
}

// Status tells how each mount is, in the order of the options.
func (c *Client) Status() []Status {
	list := make([]Status, len(c.sources))
	for i, s := range c.sources {
		list[i] = s.read()
	}
	return list
}

// limits are the times of a source; only tests have others.
type limits struct {
	connect time.Duration // to connect, TLS included
	answer  time.Duration // for the head of an answer
	blocked time.Duration // after which a piece of sound is said to be stuck
	stalled time.Duration // after which it is given up
	lived   time.Duration // after which a connection is replaced at once
	first   time.Duration // least pause
	most    time.Duration // longest pause
	refused time.Duration // first pause when the server has refused
}

var usual = limits{
	connect: 10 * time.Second, answer: 10 * time.Second,
	blocked: time.Second, stalled: 10 * time.Second, lived: 10 * time.Second,
	first: time.Second, most: time.Minute, refused: 10 * time.Second,
}

// dialer connects; tests have others.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// secure is nil where a connection is plain.
type secure = *tls.Config
