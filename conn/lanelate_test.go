package conn

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"musicdb/fsm"
)

// handLane is a lane with one follower of a tape, whose connection takes what draw says.
func handLane(t *testing.T, tp *tape, draw func(most int) int) (l *lane, i uint32, r *reader) {
	t.Helper()
	c := &handCarrier{got: map[uint32]*heardBytes{}, draw: draw}
	c.lane = newHandLane(t, c)
	l, r = c.lane, tp.join(0)
	l.relay.running.Add(1)
	l.mu.Lock()
	defer l.unlock()
	i = l.begin(1, netip.AddrPort{}, noSocket, nil, r)
	c.got[i] = &heardBytes{r: r}
	l.deliver(i, nil)
	return l, i, r
}

// Where there is never enough time, a walk ends all the same when everybody had a turn:
// otherwise nobody would be told any more that a connection takes bytes again.
func TestWalkEndsWhereTimeIsShort(t *testing.T) {
	tp := newTape(1000, 1000)
	l, _, r := handLane(t, tp, func(most int) int { return most })
	l.turns.every = turnLists // a turn a nanosecond
	tp.publish(10)
	walked := make(chan struct{})
	go func() { defer close(walked); l.walk() }()
	select {
	case <-walked:
	case <-time.After(patience):
		t.Fatal("the walk does not end")
	}
	if r.at != 10 {
		t.Errorf("its turn brought the follower to %d", r.at)
	}
}

// The time in which a connection must take a byte begins when it is full: until then there
// may have been nothing to take for long.
func TestStallBeginsWhenAConnectionIsFull(t *testing.T) {
	tp := newTape(1000, 1000)
	l, i, r := handLane(t, tp, func(int) int { return 0 })
	stall := fsm.Tick(l.relay.stall / fsm.TickLength)
	for _, c := range []struct {
		late fsm.Tick // since the last byte
		want FollowState
	}{{2 * stall, Behind}, {2 * stall, Stalled}} {
		l.mu.Lock()
		f := l.roster.follower(i)
		f.moved = fsm.Now() - c.late
		tp.publish(10)
		l.turn(i)
		if f.life.Live() {
			l.turn(i)
		}
		l.unlock()
		var seen string
		select {
		case d := <-r.ended:
			seen = FollowLifecycle.StateName(d.State)
		default:
			seen = FollowLifecycle.StateName(f.life.State())
		}
		if want := FollowLifecycle.StateName(c.want); seen != want {
			t.Fatalf("the follower is %s, want %s", seen, want)
		}
	}
}

// The first who comes when the engine has stopped begins nothing that nobody ends.
func TestNothingBeginsForOneWhoComesTooLate(t *testing.T) {
	s := serve(t, quick)
	if err := s.Shutdown(t.Context(), "Server shutdown"); err != nil {
		t.Fatal(err)
	}
	nc, _ := ends(t)
	r := newTape(10, 10).join(0)
	if err := s.Follow(nc, nil, r); !errors.Is(err, ErrShutdown) {
		t.Errorf("following what has stopped: %v", err)
	}
	r.expectEnd(t, Dismissed)
	if n := len(s.relay.lanes()); n != 0 {
		t.Errorf("%d lanes have begun", n)
	}
}
