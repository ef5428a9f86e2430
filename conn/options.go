package conn

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Defaults of Options.
const (
	DefaultOpenTimeout    = 10 * time.Second
	DefaultFollowTime     = 250 * time.Millisecond
	DefaultStallTimeout   = 20 * time.Second
	DefaultCloseTimeout   = 5 * time.Second
	DefaultMaxConnections = 100_000
	DefaultMaxHandshake   = 16 << 10
	DefaultMaxMessage     = 16 << 20
	DefaultMaxStranger    = 1 << 20
	DefaultOutboxBytes    = 1 << 20
	DefaultMaxBuffered    = 256 << 20
	DefaultServer         = "MusicDB"
)

// minFollowTime leaves a millisecond between two turns of followers.
const minFollowTime = turnLists * time.Millisecond

// MaxTimeout is the longest time that Options may name. A clock of ticks cannot tell what
// is far more than that from what is over.
const MaxTimeout = 100 * 24 * time.Hour

// Options configure an Engine. Zero means the default of a field.
type Options struct {
	Handler Handler      // required
	Log     *slog.Logger // nil discards

	// Transport chooses how bytes are moved; Loops is the number of event loops, 0 for
	// one per core that the process may use.
	Transport Transport
	Loops     int

	OpenTimeout  time.Duration // from accept to a complete opening handshake; then dropped without a byte
	CloseTimeout time.Duration // for the closing handshake, what is still queued included
	IdleTimeout  time.Duration // without a byte of the peer, after which it is closed with 1001; 0 for never
	FollowTime   time.Duration // between two writes to a follower, at least 32 ms: longer is cheaper
	StallTimeout time.Duration // without a byte that a full follower has taken; then dropped

	MaxConnections int // at once, websockets or not; more are dropped when accepted
	MaxPerAddress  int // connections from one address but loopback, 0 for any number; more are dropped when accepted
	MaxRate        int // frames per second of one connection, averaged over a second, 0 for any number; more are closed with 1008. Each 4 KiB that a compressed message has inflated count as one more, and so does each of its blocks with codes of its own
	MaxBuffered    int // bytes of unfinished messages of all connections; who exceeds it is closed with 1013
	MaxHandshake   int // bytes of a request's head; more get HTTP 431
	MaxMessage     int // bytes of a message, all fragments together; more are closed with 1009
	MaxStranger    int // as MaxMessage, while the connection has not been admitted; at most MaxMessage
	OutboxBytes    int // bytes of pushes waiting behind the message being written, 64 for each one's bookkeeping included, a sixteenth before the connection is admitted; more are closed with 1008

	// Admission says when a connection begins to take part in broadcasts.
	Admission Admission
	// CheckOrigin decides over a websocket request that names its origin: the page
	// it comes from. A refused one gets HTTP 403 and never is a websocket. origin and
	// host are the values of the two headers, as the peer sent them. It is called by
	// many goroutines at once. nil accepts all; a request without Origin, which comes
	// from no browser, is never asked about.
	CheckOrigin func(origin, host string) bool

	// Deflate is permessage-deflate; zero never negotiates it.
	Deflate Deflate

	Server string // the Server header of every HTTP answer
	Page   []byte // HTML for a GET that is no websocket request

	// observe sees every step of every connection, with its shard's mutex held. For tests.
	observe func(id uint64, from State, on Event, to State)
}

// Admission says when a connection begins to take part in broadcasts.
type Admission uint8

const (
	// OnOpen: as soon as it is a websocket, before its 101 leaves, so that a client
	// that has seen its 101 misses nothing.
	OnOpen Admission = iota
	// BySession: when somebody calls Hub().Add, usually its session once it knows
	// who is there. Until then it gets what is sent to it alone, and MaxStranger
	// bounds its messages.
	BySession
)

// ErrOptions is matched by every error about unusable Options.
var ErrOptions = errors.New("conn: unusable options")

const defaultPage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>WebSocket server</title></head>
<body><h1>This is a WebSocket server</h1>
<p>It works. There is nothing to see here for a browser; if you had to accept a certificate to get here, you may now close this page.</p>
</body></html>
`

// withDefaults checks the options and fills in what is missing.
func (o Options) withDefaults() (Options, error) {
	if o.Handler == nil {
		return o, fmt.Errorf("%w: Handler is nil, so no session can be created", ErrOptions)
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		zero  time.Duration
	}{
		{"OpenTimeout", &o.OpenTimeout, DefaultOpenTimeout},
		{"CloseTimeout", &o.CloseTimeout, DefaultCloseTimeout},
		{"IdleTimeout", &o.IdleTimeout, 0},
		{"FollowTime", &o.FollowTime, DefaultFollowTime},
		{"StallTimeout", &o.StallTimeout, DefaultStallTimeout},
	} {
		if *d.value < 0 {
			return o, fmt.Errorf("%w: %s is %v, it must not be negative", ErrOptions, d.name, *d.value)
		}
		if *d.value > MaxTimeout {
			return o, fmt.Errorf("%w: %s is %v, it must not be above %v", ErrOptions, d.name, *d.value, MaxTimeout)
		}
		if *d.value == 0 {
			*d.value = d.zero
		}
	}
	if o.FollowTime < minFollowTime {
		return o, fmt.Errorf("%w: FollowTime is %v, it must not be below %v", ErrOptions, o.FollowTime, minFollowTime)
	}
	for _, n := range []struct {
		name  string
		value *int
		zero  int
	}{
		{"MaxConnections", &o.MaxConnections, DefaultMaxConnections},
		{"MaxHandshake", &o.MaxHandshake, DefaultMaxHandshake},
		{"MaxMessage", &o.MaxMessage, DefaultMaxMessage},
		{"MaxStranger", &o.MaxStranger, DefaultMaxStranger},
		{"OutboxBytes", &o.OutboxBytes, DefaultOutboxBytes},
		{"MaxBuffered", &o.MaxBuffered, DefaultMaxBuffered},
		{"MaxPerAddress", &o.MaxPerAddress, 0},
		{"MaxRate", &o.MaxRate, 0},
		{"Loops", &o.Loops, 0},
	} {
		if *n.value < 0 {
			return o, fmt.Errorf("%w: %s is %d, it must not be negative", ErrOptions, n.name, *n.value)
		}
		if *n.value == 0 {
			*n.value = n.zero
		}
	}
	if o.MaxRate > maxRate {
		return o, fmt.Errorf("%w: MaxRate is %d, it must not be above %d", ErrOptions, o.MaxRate, maxRate)
	}
	o.MaxStranger = min(o.MaxStranger, o.MaxMessage)
	if o.Admission > BySession {
		return o, fmt.Errorf("%w: Admission is %d, which is neither OnOpen nor BySession", ErrOptions, o.Admission)
	}
	if o.Transport > Goroutine {
		return o, fmt.Errorf("%w: Transport is %d, which is none of Auto, Loop and Goroutine", ErrOptions, o.Transport)
	}
	var err error
	if o.Deflate, err = o.Deflate.withDefaults(); err != nil {
		return o, err
	}
	if o.Server == "" {
		o.Server = DefaultServer
	}
	if !isFieldValue([]byte(o.Server)) {
		return o, fmt.Errorf("%w: Server is %q, which cannot stand in an HTTP header", ErrOptions, o.Server)
	}
	if o.Page == nil {
		o.Page = []byte(defaultPage)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}
