//go:build !race

package conn

import (
	"strings"
	"testing"
	"unsafe"
)

// An idle connection is a record and a
// seat: 128 bytes at most.
func TestTheSizeOfAnIdleConnection(t *testing.T) {
	if n := unsafe.Sizeof(record{}) + unsafe.Sizeof(seat{}); n > 128 {
		t.Errorf("a record and a seat are %d bytes", n)
	}
}

// The core allocates nothing for what comes and goes.
func TestTheCoreAllocatesNothing(t *testing.T) {
	b := newBare(t, Options{Handler: promptly{}})
	i := b.connect(t)
	c := Conn{b.shard, i, b.table.record(i).gen}
	long := strings.Repeat("ä", 200)
	whole, half := cat(text("hello"), text(long)), text(long)
	fragments := cat(raw(0x01, "hel"), pingOf("?"), raw(0x80, "lo"))
	push := []byte(long)
	in := make([]byte, 4096)
	hear := func(p []byte) {
		n := copy(in, p) // unmasked where it lies
		b.lock()
		b.hear1(i, in[:n])
	}
	for name, do := range map[string]func(){
		"messages with answers":   func() { hear(whole) },
		"a message in two pieces": func() { hear(half[:100]); hear(half[100:]) },
		"fragments and a ping":    func() { hear(fragments) },
		"no answer":               func() { hear(whole[:0]); hear(binMsg0) },
		"pushes": func() {
			for range 3 {
				if err := c.Send(push); err != nil {
					t.Error(err)
				}
			}
			b.lock()
			b.flushAll(b.sc)
			b.mu.Unlock()
		},
	} {
		if got := testing.AllocsPerRun(1000, do); got != 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
	if st := b.table.record(i).life.State(); st != Active || b.table.seat(i).work != nil {
		t.Errorf("the connection is %s, and has a work: %v", Lifecycle.StateName(st), b.table.seat(i).work != nil)
	}
}

var binMsg0 = binMsg("no answer")

// A broadcast is encoded once, whatever the number of those who get it.
func TestABroadcastAllocatesItsFrameAlone(t *testing.T) {
	b := newBare(t, Options{Handler: promptly{}})
	for range 500 {
		b.connect(t)
	}
	payload := []byte(strings.Repeat("b", 300))
	got := testing.AllocsPerRun(200, func() {
		if n := b.engine.hub.Broadcast(payload); n != 500 {
			t.Fatalf("%d are reached", n)
		}
		b.lock()
		b.flushAll(b.sc)
		b.mu.Unlock()
	})
	if got > 1 {
		t.Errorf("%v allocations for 500 deliveries", got)
	}
}

// A life from the accepted socket to its end takes nothing but its session.
func TestALifeAllocatesItsSessionAlone(t *testing.T) {
	b := newBare(t, Options{Handler: promptly{}}) // its session has no size
	i := b.connect(t)
	b.lock()
	b.lost(i, b.table.record(i).gen, errEnd)
	b.mu.Unlock()
	got := testing.AllocsPerRun(1000, func() {
		i := b.connect(t)
		b.lock()
		b.lost(i, b.table.record(i).gen, errEnd)
		b.mu.Unlock()
	})
	if got > 0 {
		t.Errorf("%v allocations for a connection", got)
	}
	if n := b.engine.Len(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}
