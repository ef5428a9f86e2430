package server

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"musicdb/server/wire"
)

// A function that fails or panics is an error with its name; nothing escapes.
func TestAFailingFunctionIsContained(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler)}
	fail := errors.New("no luck")
	for name, f := range map[string]func(*Server, context.Context, none) (nothing, error){
		"fails":  func(*Server, context.Context, none) (nothing, error) { return nothing{}, fail },
		"panics": func(*Server, context.Context, none) (nothing, error) { panic("no luck") },
		"crashes": func(s *Server, _ context.Context, _ none) (nothing, error) {
			return nothing{}, s.o.Library.Close() // there is no library
		},
	} {
		_, err := s.call(t.Context(), row("Test", areaGeneral, "", f), wire.Null)
		var failed *FailedError
		var panicked *PanicError
		if !errors.As(err, &failed) || failed.Function != "Test" {
			t.Errorf("%s: %v", name, err)
		}
		if isPanic := errors.As(err, &panicked); isPanic != (name != "fails") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The rows of the table: names and areas are there, getters of broadcasts exist,
// arguments are documented.
func TestDispatchTableIsComplete(t *testing.T) {
	for _, f := range Functions() {
		if f.Name == "" || f.Area == "" || f.Doc == "" || f.run == nil {
			t.Errorf("incomplete row %+v", f)
		}
		if f.BroadcastsAs != "" && byName[f.BroadcastsAs] == nil {
			t.Errorf("%s broadcasts as %s, which is no function", f.Name, f.BroadcastsAs)
		}
	}
	add := byName["AddAlbumToQueue"].Args
	raw, err := json.Marshal(add)
	want := `[{"name":"albumid","type":"int|decimal string","required":true},{"name":"position","type":"string|int","required":true},{"name":"cd","type":"int","required":false}]`
	if err != nil || string(raw) != want {
		t.Errorf("got %s, want %s", raw, want)
	}
}

func TestATableWithAMistakeIsRefused(t *testing.T) {
	good := func() *Function { return echoRow("A", areaGeneral, "", bounce) }
	for name, table := range map[string][]*Function{
		"twice":     {good(), good()},
		"no getter": {good().broadcastsAs("B")},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			indexFunctions(table)
		}()
	}
}

// A server that others can reach gives its key to no page, whatever it is called.
func TestOpenServerKeepsItsKey(t *testing.T) {
	for bind, given := range map[string]bool{"127.0.0.1": true, "::1": true, "localhost": true, "0.0.0.0": false, "::": false, "192.0.2.1": false} {
		s := &Server{o: Options{Key: func() (string, error) { return "secret", nil }, HTTP: Address{Bind: bind}}}
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "http://localhost/status/key", nil)
		s.serveKey(w, r)
		if strings.Contains(w.Body.String(), "secret") != given {
			t.Errorf("bound to %s: %d %s", bind, w.Code, w.Body)
		}
	}
}

// What is written while something is read goes through TLS all the same.
func TestSniffedConnectionNeverFallsBackToPlain(t *testing.T) {
	dir := t.TempDir()
	pair, err := OpenCertificates(filepath.Join(dir, "cert"), filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const bytes = 4000
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(func() {
		c, err := (&sniffingListener{l, pair.config()}).Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		var one [1]byte
		if _, err := io.ReadFull(c, one[:]); err != nil { // TLS or plain is decided
			t.Error(err)
			return
		}
		var reading sync.WaitGroup
		reading.Go(func() { _, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, one[:]) })
		for range bytes {
			if _, err := c.Write([]byte{'x'}); err != nil {
				t.Error(err)
				break
			}
		}
		reading.Wait()
	})
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the server is the test's
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	both.Go(func() {
		if _, err := c.Write(make([]byte, 1+200*bytes)); err != nil {
			t.Error(err)
		}
		_ = c.CloseWrite()
	})
	if n, err := io.Copy(io.Discard, io.LimitReader(c, bytes)); n != bytes || err != nil {
		t.Errorf("%d bytes arrived: %v", n, err)
	}
}
