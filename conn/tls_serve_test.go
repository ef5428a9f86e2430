package conn

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// serveTLS starts an engine on a port that speaks TLS.
func serveTLS(t *testing.T, o Options, with TLS) *server {
	t.Helper()
	s := unsupervised(t, o)
	l := listen(t)
	s.addr = l.Addr().String()
	go func() { s.served <- s.ServeTLS(l, with) }()
	t.Cleanup(func() { s.stop(t) })
	return s
}

// shake makes a TLS client of a connection.
func shake(t *testing.T, nc net.Conn, config *tls.Config) *client {
	t.Helper()
	config = config.Clone()
	config.InsecureSkipVerify = true
	c := newClient(t, tls.Client(nc, config))
	if err := c.Conn.(*tls.Conn).Handshake(); err != nil {
		t.Fatal(err)
	}
	return c
}

func connect(t *testing.T, addr string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return nc
}

// upgrade completes the opening handshake.
func (c *client) upgrade() *client {
	c.t.Helper()
	c.send([]byte(openingRequest))
	if head := c.head(); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		c.t.Fatalf("handshake answered with %q", head)
	}
	return c
}

func (c *client) state() tls.ConnectionState { return c.Conn.(*tls.Conn).ConnectionState() }

// However the two agree on TLS, the connection works, the large included, and ends.
func TestServeTLS(t *testing.T) {
	big := strings.Repeat("t", 16<<20-1)
	asking := selfSigned(t)
	asking.ClientAuth = tls.RequireAnyClientCert
	otherCurve := selfSigned(t)
	otherCurve.CurvePreferences = []tls.CurveID{tls.CurveP521} // the client has not guessed this one
	noTickets := selfSigned(t)
	noTickets.SessionTicketsDisabled = true
	chosen := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if hello.Conn.RemoteAddr() == nil || hello.Conn.LocalAddr() == nil {
			return nil, io.ErrUnexpectedEOF
		}
		return noTickets, nil
	}}
	for name, tc := range map[string]struct{ server, client *tls.Config }{
		"TLS 1.3":           {selfSigned(t), &tls.Config{}},
		"TLS 1.2":           {selfSigned(t), &tls.Config{MaxVersion: tls.VersionTLS12}},
		"blocks":            {selfSigned(t), &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}},
		"certificate asked": {asking, &tls.Config{Certificates: selfSigned(t).Certificates}},
		"another curve":     {otherCurve, &tls.Config{}},
		"no tickets":        {noTickets, &tls.Config{}},
		"config chosen":     {chosen, &tls.Config{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveTLS(t, Options{}, TLS{Config: tc.server})
			c := shake(t, connect(t, s.addr), tc.client).upgrade()
			c.send(text("over TLS"))
			c.expect(`text "over TLS"`)
			large := big
			if !strings.HasPrefix(name, "TLS") {
				large = big[:1<<20]
			}
			go c.Write(text(large))
			h, err := ws.ReadHeader(c.r)
			if err != nil || h.Length != int64(len(large)) {
				t.Fatalf("%+v came back, %v", h, err)
			}
			got := make([]byte, h.Length)
			if _, err := io.ReadFull(c.r, got); err != nil || string(got) != large {
				t.Errorf("what came back is another text, or none: %v", err)
			}
			c.send(closeOf(1000, ""))
			c.expect(`close 1000 ""`, "EOF")
			c.Close()
		})
	}
}

// A client may come back with the ticket it was given, which takes no signature; what
// was sent with the keys for data during the handshake is counted.
func TestTLSResumption(t *testing.T) {
	s := serveTLS(t, Options{}, TLS{Config: selfSigned(t)})
	with := &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	for round := range 3 {
		c := shake(t, connect(t, s.addr), with).upgrade()
		c.send(text("again"))
		c.expect(`text "again"`)
		if resumed := c.state().DidResume; resumed != (round > 0) {
			t.Errorf("round %d: resumed %v", round, resumed)
		}
		c.Close()
	}
}

// Whoever is debugging gets the secrets as from crypto/tls.
func TestTLSKeyLog(t *testing.T) {
	var log syncBuffer
	config := selfSigned(t)
	config.KeyLogWriter = &log
	s := serveTLS(t, Options{}, TLS{Config: config})
	shake(t, connect(t, s.addr), &tls.Config{}).upgrade().Close()
	for _, label := range []string{clientTraffic, serverTraffic, "CLIENT_HANDSHAKE_TRAFFIC_SECRET"} {
		if strings.Count(log.String(), label+" ") != 1 {
			t.Errorf("%s is not in %q", label, log.String())
		}
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// corked holds back what is written until it is let out, in pieces of some size.
type corked struct {
	net.Conn
	mu   sync.Mutex
	held []byte
	cork bool
	size int // 0: all at once
}

func (c *corked) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = append(c.held, p...)
	if c.cork {
		return len(p), nil
	}
	return len(p), c.flush()
}

func (c *corked) flush() error {
	for len(c.held) > 0 {
		n := len(c.held)
		if c.size > 0 {
			n = min(n, c.size)
		}
		if _, err := c.Conn.Write(c.held[:n]); err != nil {
			return err
		}
		c.held = c.held[n:]
	}
	return nil
}

func (c *corked) hold(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cork = on; !on {
		_ = c.SetWriteDeadline(time.Now().Add(patience)) // crypto/tls lets it pass with its farewell
		_ = c.flush()                                    // what is lost is seen
	}
}

// A client may send single bytes from its first to its last, and rest between any two.
func TestTLSByteByByte(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, sniff := range []bool{false, true} {
			s := serveTLS(t, Options{}, TLS{Config: selfSigned(t), Sniff: sniff})
			c := shake(t, &corked{Conn: connect(t, s.addr), size: 1}, &tls.Config{MaxVersion: version}).upgrade()
			c.send(cat(text("slowly"), text("indeed")))
			c.expect(`text "slowly"`, `text "indeed"`)
			c.send(closeOf(1000, ""))
			c.expect(`close 1000 ""`, "EOF")
			c.Close()
		}
	}
}

// What a client has said before it ended TLS is heard, as long as that takes, whether or
// not it comes at once with the end.
func TestTLSEndsBehindTheLastMessage(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		executed := make(chan string, 3)
		s := serveTLS(t, Options{Handler: funcs{call: func(_ Conn, m []byte) (Answer, error) {
			executed <- string(m)
			return Answer{}, nil
		}}}, TLS{Config: selfSigned(t)})
		cork := &corked{Conn: connect(t, s.addr)}
		c := shake(t, cork, &tls.Config{MaxVersion: version}).upgrade()
		cork.hold(true)
		c.send(cat(text("1"), text("2")))
		c.send(text("3"))
		if err := c.Conn.(*tls.Conn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		cork.hold(false)
		for _, want := range []string{"1", "2", "3"} {
			select {
			case got := <-executed:
				if got != want {
					t.Errorf("%s was executed, want %s", got, want)
				}
			case <-time.After(patience):
				t.Fatalf("%s was not executed: %s", want, formatRun(s.log.run(1)))
			}
		}
		s.log.await(t, 1, Ended)
		c.Close()
	}
}

// What is no TLS is dropped without a byte where it must be TLS, and so is who does not
// come to an end with the handshake, within the opening time.
func TestTLSHandshakesThatFail(t *testing.T) {
	for name, tc := range map[string]struct {
		send string
		want State
	}{
		"plain":             {openingRequest, Discarding},
		"silence":           {"", OpenTimedOut},
		"one byte":          {"\x16", OpenTimedOut},
		"half a hello":      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", OpenTimedOut},
		"SSL 2":             {"\x80\x2e\x01\x00\x02", Discarding},
		"a record of zeros": {"\x16\x03\x01\x00\x04\x00\x00\x00\x00", Discarding},
		"an endless hello":  {"\x16\x03\x01\x40\x00\x01\x00\xff\xff" + strings.Repeat("x", 1<<14), Discarding},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveTLS(t, Options{OpenTimeout: 100 * time.Millisecond}, TLS{Config: selfSigned(t)})
			c := newClient(t, connect(t, s.addr))
			_, _ = c.Write([]byte(tc.send)) // it may be refused already
			s.log.await(t, 1, Ended)
			if got := formatRun(s.log.run(1)); !strings.Contains(got, Lifecycle.StateName(tc.want)) {
				t.Errorf("the connection was %s", got)
			}
			if got, err := io.ReadAll(c.r); len(got) > 0 && got[0] != contentAlert || os.IsTimeout(err) {
				t.Errorf("%q was sent, %v", got, err)
			}
			c.Close()
		})
	}
}

// A record that was tampered with ends the connection, and the peer learns why.
func TestTLSBrokenRecords(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := serveTLS(t, Options{}, TLS{Config: selfSigned(t)})
		nc := connect(t, s.addr)
		c := shake(t, nc, &tls.Config{MaxVersion: version}).upgrade()
		s.log.await(t, 1, Active)
		if _, err := nc.Write([]byte("\x17\x03\x03\x00\x20" + strings.Repeat("x", 0x20))); err != nil {
			t.Fatal(err)
		}
		if _, err := c.r.ReadByte(); err == nil || !strings.Contains(err.Error(), "bad record MAC") {
			t.Errorf("%s: the client was told %v", tls.VersionName(version), err)
		}
		s.log.await(t, 1, Ended)
		c.Close()
	}
}

// An update of our keys that the peer has asked for reaches it with the next message.
func TestTLSKeyUpdate(t *testing.T) {
	s := serveTLS(t, Options{Transport: Loop, Loops: 1}, TLS{Config: selfSigned(t)})
	c := shake(t, connect(t, s.addr), &tls.Config{}).upgrade()
	for n := range 3 {
		s.each(func(s *shard, i uint32, _ *record) { s.secures[i].layer.(*tls13).asked.Store(true) })
		c.send(text(fmt.Sprint(n)))
		c.expect(fmt.Sprintf("text %q", fmt.Sprint(n)))
	}
	c.Close()
}

// Unfinished records count among what all connections may make the server keep.
func TestUnfinishedRecordsAreCounted(t *testing.T) {
	s := serveTLS(t, Options{Transport: Loop, Loops: 1, MaxBuffered: 20 << 10, CloseTimeout: shortClose}, TLS{Config: selfSigned(t)})
	var clients []*client
	begin := func() *client {
		cork := &corked{Conn: connect(t, s.addr)}
		c := shake(t, cork, &tls.Config{DynamicRecordSizingDisabled: true}).upgrade()
		cork.hold(true)
		c.send(text(strings.Repeat("x", 15<<10)))
		cork.held = cork.held[:15<<10] // the rest never comes
		cork.hold(false)
		clients = append(clients, c)
		return c
	}
	begin()
	awaitBuffered(t, s, 15<<10)
	begin().expect(`close 1013 "too much is being sent to the server at once"`)
	for n, c := range clients {
		c.Conn.(*tls.Conn).NetConn().Close()
		s.log.await(t, uint64(n+1), Ended)
	}
	if n := s.left(); n != 0 {
		t.Errorf("%d bytes are left", n)
	}
}

func TestServeTLSWithoutConfig(t *testing.T) {
	s := unsupervised(t, Options{})
	if err := s.ServeTLS(listen(t), TLS{}); err == nil {
		t.Error("served without a certificate")
	}
}
