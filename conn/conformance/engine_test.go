package conformance

import (
	"context"
	"crypto/tls"
	"flag"
	"net"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/conn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const reportFile = "TABLE.md"

var (
	writeReport = flag.Bool("report", false, "write "+reportFile+" instead of comparing with it")
	only        = flag.String("case", "", "run only the cases whose ID begins with this")
)

// echo answers every message with itself.
type echo struct{}

func (echo) NewSession(conn.Conn) (conn.Session, error) { return echo{}, nil }
func (echo) OnWSConnect() error                         { return nil }
func (echo) OnWSDisconnect(conn.Reason)                 {}
func (echo) OnCall(m []byte) (conn.Answer, error) {
	return conn.Answer{To: conn.Response, Payload: m}, nil
}

func (echo) OnBinary(m []byte) (conn.Answer, error) {
	return conn.Answer{To: conn.Response, Payload: m, Binary: true}, nil
}

// transports are the ways in which the engine can run its connections.
var transports = []struct {
	name    string
	options conn.Options
	secure  bool
}{
	{"loop", conn.Options{Transport: conn.Loop}, false},
	{"loop over TLS", conn.Options{Transport: conn.Loop}, true},
	{"goroutine", conn.Options{Transport: conn.Goroutine}, false},
}

// patience bounds one run of a case. It is far below the engine's own limits, so that
// nothing passes that only a time limit has ended.
const patience = 2 * time.Minute

func serve(t *testing.T, o conn.Options, secure bool) Peer {
	t.Helper()
	o.Handler = echo{}
	o.MaxMessage = 16 << 20
	o.Deflate.Enabled = true
	o.OpenTimeout, o.CloseTimeout = 5*time.Minute, 5*time.Minute
	e, err := conn.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	peer := Peer{Addr: l.Addr().String(), Patience: patience, End: patience}
	served := make(chan error, 1)
	if secure {
		peer.TLS = &tls.Config{InsecureSkipVerify: true}
		go func() { served <- e.ServeTLS(l, conn.TLS{Config: identity()}) }()
	} else {
		go func() { served <- e.Serve(l) }()
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Shutdown(ctx, "the test is over"); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return peer
}

// identity is a certificate with its key.
func identity() *tls.Config {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates}
}

// TestConformance runs the whole table on every transport of the engine.
func TestConformance(t *testing.T) {
	var tallies []*Tally
	for _, tr := range transports {
		y := &Tally{Name: tr.name}
		tallies = append(tallies, y)
		y.Run(serve(t, tr.options, tr.secure), *only, func(c Case, w Way, err error) {
			t.Errorf("%s, case %s (%s), %s: %v", tr.name, c.ID, c.About, w.Name, err)
		})
	}
	if t.Failed() || *only != "" {
		return
	}
	text := Report(tallies)
	if *writeReport {
		if err := os.WriteFile(reportFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have, err := os.ReadFile(reportFile); err != nil || string(have) != text {
		t.Errorf("%s is not what was just measured (%v); `make report` writes it", reportFile, err)
	}
}
