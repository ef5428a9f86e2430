//go:build linux && !race

package conn

import (
	"net/netip"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// steady is a flow that always has the same few pieces.
type steady struct {
	pieces [][]byte
	due    bool
}

func (s *steady) Next(pieces [][]byte) ([][]byte, error) {
	if s.due {
		s.due = false
		pieces = append(pieces, s.pieces...)
	}
	return pieces, nil
}

func (s *steady) Kept() bool { return true }

func (s *steady) Ended(Departure) {}

// steadyLane has followers on a loop that does not run: its turns are the test's.
func steadyLane(t testing.TB, n int) (l *lane, flows []*steady, drain func() int) {
	t.Helper()
	k, err := openEpoll()
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{Handler: funcs{}})
	if err != nil {
		t.Fatal(err)
	}
	c := &laneLoop{kernel: k, writev: rawWritev}
	c.lane = newLane(e.relay, c)
	l = c.lane
	var peers []int
	sound := make([]byte, 8<<10)
	for range n {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		f := &steady{pieces: [][]byte{sound[:5000], sound[:1], sound[:3000]}}
		e.relay.running.Add(1)
		l.mu.Lock()
		i := l.begin(e.lastID.Add(1), netip.AddrPort{}, int32(pair[0]), nil, f)
		c.attend(i, l.roster.follower(i), nil)
		l.unlock()
		flows, peers = append(flows, f), append(peers, pair[1])
	}
	t.Cleanup(func() {
		l.mu.Lock()
		l.roster.each(func(i uint32, _ *follower) { l.end(i, Dismiss, nil) })
		l.unlock()
		k.end()
		for _, fd := range peers {
			unix.Close(fd)
		}
	})
	buf := make([]byte, 64<<10)
	return l, flows, func() (total int) {
		for _, fd := range peers {
			n, _ := unix.Read(fd, buf)
			total += max(n, 0)
		}
		return total
	}
}

// everyTurn gives each follower one turn.
func (l *lane) everyTurn() {
	l.mu.Lock()
	for k := range l.turns.lists {
		for at := len(l.turns.lists[k]) - 1; at >= 0; at-- {
			l.turn(l.turns.lists[k][at])
		}
	}
	l.unlock()
}

// As long as a follower keeps up, it costs no allocation.
func TestTurnsDoNotAllocate(t *testing.T) {
	l, flows, drain := steadyLane(t, 100)
	got, rounds := 0, 0
	allocs := testing.AllocsPerRun(50, func() {
		for _, f := range flows {
			f.due = true
		}
		l.everyTurn()
		got += drain()
		rounds++
	})
	if allocs != 0 || got != rounds*100*8001 {
		t.Errorf("%v allocations for 100 writes, %d bytes in %d rounds", allocs, got, rounds)
	}
}

// Who is full for a moment costs what is used again.
func TestCatchingUpDoesNotAllocate(t *testing.T) {
	l, flows, drain := steadyLane(t, 1)
	c := l.carrier.(*laneLoop)
	half := false
	c.writev = func(fd int32, pieces [][]byte) (int, unix.Errno) {
		if half = !half; half {
			return rawWritev(fd, pieces[:1])
		}
		return rawWritev(fd, pieces)
	}
	allocs := testing.AllocsPerRun(50, func() {
		flows[0].due = true
		l.everyTurn()
		l.mu.Lock()
		l.deliver(0, nil)
		l.unlock()
		drain()
	})
	if allocs != 0 || l.bytes != 51*8001 || l.roster.follower(0).life.State() != Following {
		t.Errorf("%v allocations, %d bytes", allocs, l.bytes)
	}
}

// What a follower is while nothing happens: its record, its berth and its place in a
// turn. A limit that is reached here is one to be thought about.
func TestFollowerIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(follower{}) + unsafe.Sizeof(berth{}); size > 192 {
		t.Errorf("a follower takes %d bytes", size)
	}
	const n = 2000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l, flows, _ := steadyLane(t, n)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (int(after.HeapAlloc) - int(before.HeapAlloc)) / n; each > 500 || l.roster.live != n {
		t.Errorf("%d followers, with %d bytes each", l.roster.live, each)
	}
	runtime.KeepAlive(flows)
}

// BenchmarkTurn is what a turn of one follower costs, the kernel included: a write of
// 8 kB in three pieces.
func BenchmarkTurn(b *testing.B) {
	const n = 100
	l, flows, drain := steadyLane(b, n)
	b.ReportAllocs()
	got, rounds := 0, 0
	for b.Loop() {
		for _, f := range flows {
			f.due = true
		}
		l.everyTurn()
		b.StopTimer()
		got += drain()
		rounds++
		b.StartTimer()
	}
	if got != rounds*n*8001 {
		b.Errorf("%d bytes in %d rounds", got, rounds)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rounds*n), "ns/follower")
}
