package conn

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// handCarrier is a transport whose connections take what a test lets them take.
type handCarrier struct {
	lane *lane
	draw func(most int) int // how much of a write is taken
	got  map[uint32]*heardBytes
	full []uint32
}

type heardBytes struct {
	r     *reader
	from  int // on the tape
	bytes []byte
	id    uint64
}

func (c *handCarrier) write(i uint32, _ *follower, _ *berth, pieces [][]byte) (int, error) {
	all := slices.Concat(pieces...)
	n := c.draw(len(all))
	c.got[i].bytes = append(c.got[i].bytes, all[:n]...)
	return n, nil
}

func (c *handCarrier) hold(i uint32, f *follower, _ *berth) {
	c.lane.full(f)
	if !slices.Contains(c.full, i) {
		c.full = append(c.full, i)
	}
}

func (c *handCarrier) release(i uint32, _ *follower, _ *berth, _ FollowEvent) bool {
	c.full = slices.DeleteFunc(c.full, func(k uint32) bool { return k == i })
	return true
}

func (c *handCarrier) rouse() {}

func newHandLane(t testing.TB, c laneCarrier) *lane {
	t.Helper()
	e, err := New(Options{Handler: funcs{}})
	if err != nil {
		t.Fatal(err)
	}
	return newLane(e.relay, c)
}

// Whatever a connection takes of each write, it gets exactly the bytes from where it
// joined, behind its head, until it ends; and everybody is where the machine says.
func TestEveryFollowerGetsExactlyItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tp := newTape(rapid.IntRange(1_000, 50_000).Draw(t, "keeps"), rapid.IntRange(1, 5_000).Draw(t, "piece"))
		c := &handCarrier{got: map[uint32]*heardBytes{}}
		e, err := New(Options{Handler: funcs{}})
		if err != nil {
			t.Fatal(err)
		}
		l := newLane(e.relay, c)
		c.lane = l
		c.draw = func(most int) int {
			return rapid.SampledFrom([]int{0, 1, most / 3, most - 1, most, most, most, most}).Draw(t, "takes")
		}
		var all []*heardBytes
		check := func() {
			for _, h := range all {
				head := fmt.Sprintf("head %d\n", h.id)
				got := h.bytes
				if want := head[:min(len(head), len(got))]; string(got[:len(want)]) != want {
					t.Fatalf("follower %d begins with %q", h.id, got[:len(want)])
				}
				if !isTape(got[min(len(head), len(got)):], h.from) {
					t.Fatalf("follower %d got other bytes than those from %d on", h.id, h.from)
				}
				select {
				case d := <-h.r.ended:
					if d.Sent != uint64(len(got)) || !FollowLifecycle.Terminal(d.State) {
						t.Fatalf("follower %d has ended as %+v after %d bytes", h.id, d, len(got))
					}
					if whole := len(head) + tp.end - h.from; d.State == Finished && (!tp.over || len(got) != whole) {
						t.Fatalf("follower %d is finished with %d bytes of %d", h.id, len(got), whole)
					}
					if d.State == Outrun && h.r.at >= tp.end-tp.keeps {
						t.Fatalf("follower %d at %d of %d was dropped for nothing", h.id, h.r.at, tp.end)
					}
				default:
				}
			}
			l.roster.each(func(i uint32, f *follower) {
				h, b := c.got[i], l.roster.berth(i)
				head := fmt.Sprintf("head %d\n", h.id)
				switch f.life.State() {
				case Behind:
					if b.rest == nil && !f.marks.has(markMore) || b.rest != nil && b.rest.size() == 0 {
						t.Fatalf("follower %d is behind, and nothing waits", f.id)
					}
				case Following:
					if b.rest != nil || len(h.bytes) != len(head)+h.r.at-h.from {
						t.Fatalf("follower %d follows, with %d bytes of %d", f.id, len(h.bytes), len(head)+h.r.at-h.from)
					}
				default:
				}
				if l.turns.lists[f.turn][f.place] != i {
					t.Fatalf("follower %d is not where its turn is", f.id)
				}
			})
		}
		everyTurn := func() {
			l.mu.Lock()
			for k := range l.turns.lists {
				for at := len(l.turns.lists[k]) - 1; at >= 0; at-- {
					l.turn(l.turns.lists[k][min(at, len(l.turns.lists[k])-1)])
				}
			}
			l.unlock()
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { check() },
			"join": func(t *rapid.T) {
				if tp.over || len(all) >= 40 {
					return
				}
				r := tp.join(rapid.IntRange(0, tp.keeps).Draw(t, "burst"))
				h := &heardBytes{r: r, from: r.at, id: uint64(len(all) + 1)}
				all = append(all, h)
				e.relay.running.Add(1)
				l.mu.Lock()
				i := l.begin(h.id, netip.AddrPort{}, noSocket, nil, r)
				c.got[i] = h
				l.deliver(i, fmt.Appendf(nil, "head %d\n", h.id))
				l.unlock()
			},
			"publish": func(t *rapid.T) {
				if !tp.over {
					tp.publish(rapid.IntRange(1, 20_000).Draw(t, "bytes"))
				}
			},
			"turn": func(t *rapid.T) {
				everyTurn()
				l.roster.each(func(i uint32, f *follower) {
					if b := l.roster.berth(i); b.rest != nil && !b.flow.Kept() {
						t.Fatalf("follower %d keeps %d bytes, and what follows them is gone", f.id, b.rest.size())
					}
				})
			},
			"room": func(t *rapid.T) {
				if len(c.full) == 0 {
					return
				}
				i := rapid.SampledFrom(c.full).Draw(t, "follower")
				c.full = slices.DeleteFunc(c.full, func(k uint32) bool { return k == i })
				l.mu.Lock()
				l.deliver(i, nil)
				l.unlock()
			},
			"hang up": func(t *rapid.T) {
				l.mu.Lock()
				defer l.unlock()
				if i := rapid.Uint32Range(0, 40).Draw(t, "slot"); i < l.roster.used && l.roster.follower(i).life.Live() {
					l.end(i, HangUp, nil)
				}
			},
			"finish": func(t *rapid.T) {
				if rapid.IntRange(0, 30).Draw(t, "now") == 0 {
					tp.finish()
				}
			},
		})
		// In the end everybody takes everything, and gets it.
		c.draw = func(most int) int { return most }
		tp.finish()
		for l.roster.live > 0 {
			before := l.bytes
			l.mu.Lock()
			for _, i := range slices.Clone(c.full) {
				l.deliver(i, nil)
			}
			l.unlock()
			everyTurn()
			if l.roster.live > 0 && l.bytes == before {
				t.Fatalf("%d followers get nothing any more", l.roster.live)
			}
		}
		check()
		if f := e.relay.ledger.Figures(); f.Unfinished != 0 || f.Refused != 0 {
			t.Fatalf("%d ended in the middle, %d events were refused", f.Unfinished, f.Refused)
		}
	})
}

func TestLeftoversKeepWhatIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 9), 1, followPieces).Draw(t, "pieces")
		want := slices.Concat(pieces...)
		var left leftover
		n := rapid.IntRange(0, len(want)).Draw(t, "taken")
		left.keep(pieces, n)
		for {
			want = want[n:]
			if got := slices.Concat(left.pieces()...); !bytes.Equal(got, want) || left.size() != len(want) {
				t.Fatalf("%d bytes are left: %x, want %x", left.size(), got, want)
			}
			if len(want) == 0 {
				return
			}
			n = rapid.IntRange(1, len(want)).Draw(t, "taken")
			left.drop(n)
		}
	})
}

func TestTurnsAreSpreadAndComeOnceEach(t *testing.T) {
	l := newHandLane(t, &handCarrier{})
	if _, never := l.turns.next(); !never {
		t.Error("nobody is there, and somebody has a turn")
	}
	for range 3 {
		l.turns.join(l.roster.take(), l.roster.follower(0))
	}
	if len(l.turns.lists[0]) != 3 {
		t.Errorf("three followers have %d turns in common", len(l.turns.lists[0]))
	}
	for range 2000 {
		i := l.roster.take()
		l.turns.join(i, l.roster.follower(i))
	}
	for k, list := range l.turns.lists {
		if n := len(list); n < 2003/turnLists || n > 2003/turnLists+1 {
			t.Errorf("%d of 2,003 followers have turn %d", n, k)
		}
	}
	// One period comes as one, and of a long sleep only the last.
	count := func(now time.Duration) (seen []int) {
		for {
			k, ok := l.turns.due(now)
			if !ok {
				return seen
			}
			seen = append(seen, k)
		}
	}
	if n := len(count(l.turns.every - 1)); n != turnLists {
		t.Errorf("%d turns in the first period", n)
	}
	if seen := count(l.turns.every); len(seen) != 1 || seen[0] != 0 {
		t.Errorf("the next are %v", seen)
	}
	long := count(100 * l.turns.every)
	slices.Sort(long)
	if len(long) != turnLists || len(slices.Compact(long)) != turnLists {
		t.Errorf("after a long sleep: %v", long)
	}
	if at, never := l.turns.next(); never || at <= 100*l.turns.every-l.turns.length() || at > 100*l.turns.every+l.turns.length() {
		t.Errorf("the next turn is at %v", at)
	}
	if n := len(count(math.MaxInt64 / 2)); n != turnLists {
		t.Errorf("%d turns after 150 years", n)
	}
}
