package server

import (
	"context"
	"errors"
	"testing"

	"musicdb/conn"
	"musicdb/media/library"
	"musicdb/server/wire"
)

// Only a list that is the same to every client, asked for in the same way, makes an
// older one superfluous.
func TestOnlyTheSameListIsReplaced(t *testing.T) {
	f := &Function{Name: "GetAlbums"}
	topic := func(r wire.Request) string {
		a, err := answerWith(f, wire.Broadcast, r, shared[[]albumEntry]{[]byte("[]")})
		if err != nil || a.Topic == "" {
			t.Fatalf("no topic (%v)", err)
		}
		return a.Topic
	}
	ofOne := wire.Request{Signature: []byte(`"a"`), Arguments: []byte(`{"artistid":1}`), Pass: []byte("1")}
	if again := ofOne; topic(again) != topic(ofOne) {
		t.Error("equal requests have topics of their own")
	}
	for what, change := range map[string]func(*wire.Request){
		"fncsig":    func(r *wire.Request) { r.Signature = []byte(`"b"`) },
		"pass":      func(r *wire.Request) { r.Pass = []byte("2") },
		"arguments": func(r *wire.Request) { r.Arguments = []byte(`{"artistid":2}`) },
	} {
		other := ofOne
		if change(&other); topic(other) == topic(ofOne) {
			t.Errorf("lists with different %s replace each other", what)
		}
	}
}

// panics is a result that cannot be written.
type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic("no luck") }

// A result that cannot be written is a failure of its function, and keeps nobody from
// telling the others of a change.
func TestAResultThatCannotBeWrittenIsContained(t *testing.T) {
	var s Server
	f := row("Test", areaGeneral, "", func(*Server, context.Context, none) (panics, error) { return panics{}, nil })
	for who, answer := range map[string]func() (conn.Answer, error){
		"answer":    func() (conn.Answer, error) { return answerWith(f, wire.Ask, wire.Request{}, panics{}) },
		"broadcast": func() (conn.Answer, error) { return s.tell(t.Context(), f, wire.Request{}) },
	} {
		_, err := answer()
		if _, panicked := errors.AsType[*PanicError](err); !panicked {
			t.Errorf("%s: %v", who, err)
		}
		if !s.telling.TryLock() {
			t.Fatalf("%s: nobody can tell anything any more", who)
		}
		s.telling.Unlock()
	}
}

// A list that a client lets everybody have waits for its turn as the state after a
// change does: it would otherwise replace a newer one where that still waits.
func TestListsForEverybodyComeInTheirOrder(t *testing.T) {
	l, err := library.Open(t.Context(), library.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := Server{o: Options{Library: l}}
	const name = "GetArtistsWithAlbums"
	answer, err := s.execute(t.Context(), wire.Request{Method: wire.Broadcast, Function: name})
	if err != nil || answer.Sent == nil || string(answer.Body) != "[]" {
		t.Fatalf("got %q (%v); is there nothing to be heard of its sending? %v", answer.Body, err, answer.Sent == nil)
	}
	if s.telling.TryLock() {
		t.Error("another may look before the list is sent")
	}
	if answer.Sent(); !s.telling.TryLock() {
		t.Error("nobody may look after the list was sent")
	}
	s.telling.Unlock()
	if answer, err := s.execute(t.Context(), wire.Request{Method: wire.Ask, Function: name}); err != nil || answer.Sent != nil {
		t.Errorf("an answer to one is waited for by all (%v)", err)
	}
}
