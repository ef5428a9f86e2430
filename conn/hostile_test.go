package conn

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The limits of the hostile tests are so short that they are met in every run.
const (
	shortOpen  = 20 * time.Millisecond
	shortClose = 15 * time.Millisecond
)

var hostileOptions = Options{
	OpenTimeout: shortOpen, CloseTimeout: shortClose,
	MaxHandshake: 500, MaxMessage: 600, OutboxBytes: 4 << 10,
}

// sharedBody is far more than the sockets of a loopback connection take at once.
var sharedBody = bytes.Repeat([]byte("0123456789abcdef"), 1<<19)

// mean is a handler whose sessions do what their messages say, and what was drawn
// for onWSConnect.
func mean(create, connect string) funcs {
	return funcs{
		create: func(Conn) error {
			switch create {
			case "fail":
				return errors.New("no session today")
			case "panic":
				panic("no session, loudly")
			}
			return nil
		},
		connect: func(c Conn) error {
			switch connect {
			case "fail":
				return errors.New("not welcome")
			case "panic":
				panic("not welcome, loudly")
			case "send":
				c.Send([]byte("welcome"))
			case "flood":
				for range 10 {
					c.Send(make([]byte, 1000))
				}
			}
			return nil
		},
		call: func(c Conn, m []byte) (Answer, error) {
			switch string(m) {
			case "none":
				return Answer{}, nil
			case "fail":
				return Answer{}, errors.New("asked to fail")
			case "panic":
				panic("asked to panic")
			case "all":
				return Answer{To: ResponseToAll, Payload: m}, nil
			case "push":
				c.Send([]byte("pushed"))
			case "flood":
				for range 100 {
					c.Send(make([]byte, 100_000))
				}
			case "close":
				c.Close(4000, "asked to close")
			case "shared":
				return Answer{To: Response, Payload: m, Body: sharedBody, Tail: m}, nil
			case "shared to all":
				return Answer{To: ResponseToAll, Payload: m, Body: sharedBody, Tail: m, Topic: "shared"}, nil
			case "big":
				return Answer{To: Response, Payload: make([]byte, 1<<20)}, nil
			}
			return Answer{To: Response, Payload: m}, nil
		},
		disconnect: func(Conn, Reason) {
			if connect == "panic" {
				panic("even now")
			}
		},
	}
}

// hostile is the socket of a hostile client.
type hostile interface {
	net.Conn
	CloseWrite() error
	SetLinger(seconds int) error
}

// hostileActs are what a hostile client may do with its socket at any time.
var hostileActs = map[string]func(nc hostile){
	"handshake":  func(nc hostile) { nc.Write([]byte(openingRequest)) },
	"half":       func(nc hostile) { nc.Write([]byte(openingRequest[:40])) },
	"page":       func(nc hostile) { nc.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")) },
	"oversize":   func(nc hostile) { nc.Write(make([]byte, 3000)) },
	"garbage":    func(nc hostile) { nc.Write([]byte("\xFF\x00garbage\r\n\r\n\x93\xFF")) },
	"text":       func(nc hostile) { nc.Write(text("hello")) },
	"none":       func(nc hostile) { nc.Write(text("none")) },
	"fail":       func(nc hostile) { nc.Write(text("fail")) },
	"panic":      func(nc hostile) { nc.Write(text("panic")) },
	"all":        func(nc hostile) { nc.Write(text("all")) },
	"push":       func(nc hostile) { nc.Write(text("push")) },
	"flood":      func(nc hostile) { nc.Write(text("flood")) },
	"big":        func(nc hostile) { nc.Write(text("big")) },
	"shared":     func(nc hostile) { nc.Write(text("shared")) },
	"shared all": func(nc hostile) { nc.Write(text("shared to all")) },
	"call close": func(nc hostile) { nc.Write(text("close")) },
	"binary":     func(nc hostile) { nc.Write(binMsg("\x00")) },
	"ping":       func(nc hostile) { nc.Write(pingOf("p")) },
	"fragment":   func(nc hostile) { nc.Write(raw(0x01, "begin ")) },
	"half frame": func(nc hostile) { nc.Write(text("hello")[:7]) },
	"too big":    func(nc hostile) { nc.Write(text(string(make([]byte, 700)))) },
	"not utf-8":  func(nc hostile) { nc.Write(text("\xFF")) },
	"close":      func(nc hostile) { nc.Write(closeOf(1000, "bye")) },
	"read":       func(nc hostile) { nc.Read(make([]byte, 300)) },
	"below TLS":  func(nc hostile) { socketOf(nc).Write([]byte("\x17\x03\x03\x00\x20")) },
	"end":        func(nc hostile) { nc.CloseWrite() },
	"reset":      func(nc hostile) { nc.SetLinger(0); nc.Close() },
	"leave":      func(nc hostile) { nc.Close() },
}

// Any client, doing anything, to any session: each run is a walk in the documented
// drawing plus the added edges, each session sees a proper life, each connection
// ends, once, and nothing is left.
func TestHostileClientsMeetADocumentedLife(t *testing.T) {
	warmUp(t)
	before := descriptors(t)
	acts := make([]string, 0, len(hostileActs))
	for name := range hostileActs {
		acts = append(acts, name)
	}
	slices.Sort(acts)
	// Most connections should get beyond their handshake.
	script := rapid.Custom(func(t *rapid.T) []string {
		s := rapid.SliceOfN(rapid.SampledFrom(acts), 0, 7).Draw(t, "acts")
		if rapid.IntRange(0, 4).Draw(t, "polite start") > 0 {
			s = append([]string{"handshake"}, s...)
		}
		return s
	})
	rapid.Check(t, func(rt *rapid.T) {
		o := hostileOptions
		if tlsUnderTest != nil {
			o.OpenTimeout += tlsOpen
		}
		o.MaxConnections = rapid.IntRange(1, 6).Draw(rt, "max connections")
		watch := &audit{t: t, Handler: mean(
			rapid.SampledFrom([]string{"", "", "", "", "", "fail", "panic"}).Draw(rt, "create"),
			rapid.SampledFrom([]string{"", "", "", "send", "flood", "fail", "panic"}).Draw(rt, "connect"),
		)}
		o.Handler = watch
		scripts := rapid.SliceOfN(script, 1, 4).Draw(rt, "scripts")
		broadcasts := rapid.IntRange(0, 20).Draw(rt, "broadcasts")
		patient := rapid.Bool().Draw(rt, "patient")

		s := unsupervised(t, o)
		s.begin(listen(t))
		var clients sync.WaitGroup
		for _, acts := range scripts {
			clients.Go(func() { perform(s.addr, acts) })
		}
		clients.Go(func() {
			for range broadcasts {
				s.Hub().Broadcast([]byte("news for everyone"))
			}
		})
		if patient {
			clients.Wait()
		}
		s.stop(t)
		clients.Wait()
		watch.check()
		if t.Failed() {
			rt.Fatalf("see above")
		}
	})
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// perform runs a script. Nothing in it waits for the server for long: a read gives
// up when the limits of the server have passed.
func perform(addr string, acts []string) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return // the server was faster with its shutdown
	}
	defer nc.Close()
	limit := shortOpen + shortClose
	client := hostile(nc.(*net.TCPConn))
	if tlsUnderTest != nil {
		limit += tlsOpen
		client = &hostileTLS{tls.Client(nc, trusting), client}
	}
	nc.SetDeadline(time.Now().Add(limit))
	for _, act := range acts {
		hostileActs[act](client)
	}
}

// Every state of every kind of life, and in each of them a reset, a half-close,
// garbage, or a shutdown of the server.
func TestTroubleInEveryState(t *testing.T) {
	warmUp(t)
	before := descriptors(t)
	troubles := map[string]func(s *server, nc hostile){
		"reset":      func(_ *server, nc hostile) { nc.SetLinger(0); nc.Close() },
		"half-close": func(_ *server, nc hostile) { nc.CloseWrite() },
		"garbage":    func(_ *server, nc hostile) { nc.Write([]byte("\xFF\xFF\xFF\xFF\r\n\r\n")) },
		"shutdown":   func(s *server, _ hostile) { s.Shutdown(context.Background(), "Server shutdown") },
		"abort":      func(s *server, _ hostile) { s.Shutdown(canceled(), "Server shutdown") },
	}
	lives := map[string][]string{
		"whole":          {"handshake", "text", "none", "all", "fail", "push", "binary", "close", "read on"},
		"page":           {"page", "read on"},
		"page unread":    {"page"},
		"silent":         {},
		"peer closes":    {"handshake", "close"},
		"server closes":  {"handshake", "call close"},
		"crash":          {"handshake", "panic", "read on"},
		"violation":      {"handshake", "not utf-8"},
		"lost in a call": {"handshake", "all", "reset"},
		"slow reader":    {"handshake", "flood"},
		"pushed to":      {"handshake", "wait", "pushed to", "close"},
	}
	var mu sync.Mutex // guards covered
	covered := make(map[State]bool)
	cover := func(run []State) {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range run {
			covered[s] = true
		}
	}
	t.Run("lives", func(t *testing.T) {
		for life, acts := range lives {
			t.Run(life, func(t *testing.T) {
				t.Parallel()
				// First undisturbed, to learn which states this life has.
				baseline := troubled(t, acts, nil)
				cover(baseline)
				slices.Sort(baseline)
				for _, state := range slices.Compact(baseline)[1:] { // no connection exists in Listening
					for name, make := range troubles {
						t.Run(name+" in "+Lifecycle.StateName(state), func(t *testing.T) {
							t.Parallel()
							cover(troubled(t, acts, &inState{state, make}))
						})
					}
				}
			})
		}
	})
	for _, s := range Lifecycle.States() {
		if !covered[s.State] {
			t.Errorf("no life came to %s", s.Name)
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

type inState struct {
	state State
	make  func(s *server, nc hostile)
}

// troubled plays a script against a server of its own, makes trouble when the
// connection first enters a state, and returns the run.
func troubled(t *testing.T, acts []string, trouble *inState) []State {
	t.Helper()
	o := hostileOptions
	watch := &audit{t: t, Handler: mean("", "send")}
	o.Handler = watch
	s := unsupervised(t, o)
	l := listen(t)
	// Connected before the server begins to accept, so that no state is missed.
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	tcp := hostile(nc.(*net.TCPConn))

	var once sync.Once
	var making sync.WaitGroup
	making.Add(1)
	if trouble != nil {
		s.log.entered = func(to State) {
			if to == trouble.state {
				once.Do(func() {
					go func() { // a step must not wait for what it causes
						defer making.Done()
						trouble.make(s, tcp)
					}()
				})
			}
		}
	}
	s.begin(l)
	for _, act := range acts {
		switch act {
		case "read on":
			io.Copy(io.Discard, tcp)
			tcp.Close()
		case "wait":
			s.log.await(t, 1, Active, Ended)
		case "pushed to":
			s.Hub().Broadcast([]byte("news"))
		default:
			hostileActs[act](tcp)
		}
	}
	s.log.await(t, 1, Ended)
	once.Do(making.Done) // another trouble, or luck, has kept the life out of the state
	making.Wait()
	s.stop(t)
	watch.check()
	return s.log.run(1)
}

// warmUp makes what the runtime opens once and keeps.
func warmUp(t *testing.T) {
	t.Helper()
	s := unsupervised(t, Options{})
	s.begin(listen(t))
	open(t, s.addr).Close()
	s.stop(t)
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
