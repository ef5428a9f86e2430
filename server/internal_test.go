package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
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
