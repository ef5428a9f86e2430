package conn

import (
	"net/netip"
	"testing"
)

// bare is a transport that moves nothing: what is written is counted and gone.
type bare struct {
	*shard
	sc      *scratch
	in      [256]byte
	onWrite func()
}

// newBare makes a shard of one engine on a bare transport.
func newBare(t testing.TB, o Options) *bare {
	t.Helper()
	o.Transport = Goroutine
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &bare{shard: newShard(e), sc: newScratch(2 * batchSize), onWrite: func() {}}
	b.submit = func(job) { t.Fatal("a prompt session needs no worker") }
	b.carrier = b
	b.owned = true
	e.streams, e.loops, e.shards = nil, nil, []*shard{b.shard}
	t.Cleanup(func() {
		b.lock()
		defer b.mu.Unlock()
		if b.sweep.timer != nil {
			b.sweep.timer.Stop()
		}
	})
	return b
}

// connect makes an active connection.
func (b *bare) connect(t testing.TB) uint32 {
	t.Helper()
	addr := netip.MustParseAddrPort("192.0.2.1:1")
	if err := b.engine.enter(addr); err != nil {
		t.Fatal(err)
	}
	b.lock()
	i, _ := b.born(b.engine.lastID.Add(1), addr, 1, nil, nil)
	b.hear1(i, append(b.in[:0], openingRequest...))
	if st := b.table.record(i).life.State(); st != Active {
		t.Fatalf("the connection is %s", Lifecycle.StateName(st))
	}
	return i
}

// hear1 is one read of a loop, and gives the mutex back.
func (b *bare) hear1(i uint32, p []byte) {
	r := b.table.record(i)
	r.marks.set(markDirty)
	b.input(i, p)
	b.shard.flush(i, r.gen, b.sc)
	b.mu.Unlock()
}

func (b *bare) flush(i uint32, _ *work)       { b.soil(i) }
func (b *bare) blocked(uint32, *record)       {}
func (b *bare) anyoneWrites() bool            { return true }
func (b *bare) closeWrite(int32, wire)        {}
func (b *bare) resume(uint32, *record, *work) {}
func (b *bare) hangUp(*record, *work)         {}
func (b *bare) release(*record, *work)        {}
func (b *bare) wake()                         {}
func (b *bare) write(_ int32, _ wire, _ bool, pieces [][]byte) (n int, err error) {
	b.onWrite()
	for _, p := range pieces {
		n += len(p)
	}
	return n, nil
}

// promptly is a prompt echo; binary messages get no answer.
type promptly struct{}

func (promptly) NewSession(Conn) (Session, error) { return promptly{}, nil }
func (promptly) Prompt([]byte) bool               { return true }
func (promptly) OnWSConnect() error               { return nil }
func (promptly) OnWSDisconnect(Reason)            {}
func (promptly) OnCall(m []byte) (Answer, error)  { return Answer{To: Response, Payload: m}, nil }
func (promptly) OnBinary([]byte) (Answer, error)  { return Answer{}, nil }

// Who broadcasts without a pause, or pushes to one client, does not keep a loop from
// everything else.
func TestAFloodOfPushesEndsATurn(t *testing.T) {
	b := newBare(t, Options{Handler: promptly{}})
	i := b.connect(t)
	c := Conn{b.shard, i, b.table.record(i).gen}
	for name, push := range map[string]func(){
		"broadcasts": func() { b.engine.hub.Broadcast([]byte("again")) },
		"pushes": func() {
			if err := c.Send([]byte("again")); err != nil {
				t.Error(err)
			}
		},
	} {
		writes := 0
		b.onWrite = func() {
			if writes++; writes < 1000 {
				push()
			}
		}
		push()
		b.lock()
		b.flushAll(b.sc)
		b.mu.Unlock()
		// One pass may meet a connection twice: by the log, and by the list.
		if writes > 100 {
			t.Errorf("%s: %d writes in one turn", name, writes)
		}
	}
}

// Of many broadcasts about one topic a log keeps one, wherever the others have got to.
func TestALogKeepsTheNewestOfATopic(t *testing.T) {
	b := newBare(t, Options{Handler: promptly{}})
	i := b.connect(t)
	var got []byte
	b.lock()
	b.mu.Unlock()
	for _, p := range []Parts{
		{Head: []byte("a1"), Topic: "a"}, {Head: []byte("b1"), Topic: "b"}, {Head: []byte("-")}, {Head: []byte("a2"), Topic: "a"},
		{Head: []byte("c1"), Topic: "c"}, {Head: []byte("b2"), Topic: "b"}, {Head: []byte("a3"), Topic: "a"},
	} {
		if n := b.engine.hub.Publish(p); n != 1 {
			t.Fatalf("%d are reached", n)
		}
	}
	b.lock()
	if n, want := b.news.bytes, 7*bookkeeping+3*4+3; n != want {
		t.Errorf("the log has %d bytes, want %d", n, want)
	}
	b.catchUp(i)
	for _, e := range b.table.seat(i).work.box.queue {
		got = e.appendTo(got)
	}
	b.mu.Unlock()
	if want := "\x81\x01-\x81\x02c1\x81\x02b2\x81\x02a3"; string(got) != want {
		t.Errorf("%q is sent, want %q", got, want)
	}
}
