package fsm_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"
	"unsafe"

	"musicdb/fsm"
)

// book is what Ledger and SharedLedger have in common.
type book interface {
	fsm.Source
	Start(in *fsm.Instance[state], id uint32, now fsm.Tick)
	Fire(in *fsm.Instance[state], id uint32, on event, now fsm.Tick) (state, error)
	End(in *fsm.Instance[state], id uint32) error
	Trace(id uint32) []fsm.Step[state, event]
}

// eachBook runs a test on both ledgers; publish makes the figures current.
func eachBook(t *testing.T, test func(t *testing.T, b book, publish func())) {
	t.Run("Ledger", func(t *testing.T) {
		l := fsm.NewLedger(player())
		test(t, l, l.Publish)
	})
	t.Run("SharedLedger", func(t *testing.T) {
		test(t, fsm.NewSharedLedger(player()), func() {})
	})
}

func TestInstanceIsFiveBytes(t *testing.T) {
	if n := unsafe.Sizeof(fsm.Instance[state]{}); n != 5 {
		t.Errorf("an instance takes %d bytes", n)
	}
}

func TestLedgersDoNotAllocate(t *testing.T) {
	eachBook(t, func(t *testing.T, b book, _ func()) {
		var in fsm.Instance[state]
		var err error
		now := fsm.Now()
		n := testing.AllocsPerRun(100, func() {
			b.Start(&in, 1, now)
			_, _ = b.Fire(&in, 1, play, now)
			_, _ = b.Fire(&in, 1, next, now)
			_, err = b.Fire(&in, 1, play, now)
			_, _ = b.Fire(&in, 1, 99, now)
			_, _ = b.Fire(&in, 1, shut, now)
			_ = b.End(&in, 1)
		})
		if n != 0 || !errors.Is(err, fsm.ErrRefused) {
			t.Errorf("%v allocations per life, refused with %v", n, err)
		}
	})
}

func TestLedgerRefusesWhatIsNotLive(t *testing.T) {
	eachBook(t, func(t *testing.T, b book, publish func()) {
		var in fsm.Instance[state]
		var refused *fsm.RefusedError
		if to, err := b.Fire(&in, 1, play, fsm.Now()); !errors.As(err, &refused) || to != 255 || in.Live() || refused.State != "(none)" {
			t.Errorf("before Start: %v, %v", to, err)
		}
		b.Start(&in, 1, fsm.Now())
		if !in.Live() || in.State() != idle {
			t.Errorf("started in %v", in.State())
		}
		_, _ = b.Fire(&in, 1, shut, fsm.Now())
		if err := b.End(&in, 1); err != nil || in.Live() {
			t.Errorf("End: %v", err)
		}
		if err := b.End(&in, 1); err != nil {
			t.Errorf("second End: %v", err)
		}
		if _, err := b.Fire(&in, 1, play, fsm.Now()); !errors.Is(err, fsm.ErrRefused) {
			t.Errorf("after End: %v", err)
		}
		publish()
		f := b.Figures()
		want := []fsm.Refusals{{State: "(none)", Event: "Play", Count: 2}}
		if f.Started != 1 || f.Ended != 1 || f.Unfinished != 0 || f.Refused != 2 || !reflect.DeepEqual(f.RefusedBy, want) {
			t.Errorf("got %+v", f)
		}
	})
}

func TestEndOutsideATerminalStateIsReported(t *testing.T) {
	eachBook(t, func(t *testing.T, b book, publish func()) {
		var in fsm.Instance[state]
		b.Start(&in, 1, fsm.Now())
		_, _ = b.Fire(&in, 1, play, fsm.Now())
		if err := b.End(&in, 1); !errors.Is(err, fsm.ErrUnfinished) || in.Live() {
			t.Errorf("End: %v", err)
		}
		publish()
		if f := b.Figures(); f.Ended != 1 || f.Unfinished != 1 || f.Occupancy[playing] != 0 {
			t.Errorf("got %+v", f)
		}
	})
}

func TestLedgerTellsTheTimeInEachState(t *testing.T) {
	eachBook(t, func(t *testing.T, b book, publish func()) {
		begin := fsm.Now() - 10_000 // 100 s ago
		var in, other fsm.Instance[state]
		b.Start(&in, 1, begin)
		b.Start(&other, 2, begin+1000)
		_, _ = b.Fire(&in, 1, play, begin+300)
		if in.Entered() != begin+300 || other.Entered().Since(begin) != 10*time.Second {
			t.Errorf("entered at %d and %d", in.Entered()-begin, other.Entered()-begin)
		}
		_, _ = b.Fire(&in, 1, next, begin+700)
		_, _ = b.Fire(&in, 1, pause, begin+900)
		_, _ = b.Fire(&in, 1, shut, begin+2000)
		publish()
		f := b.Figures()
		// The other instance is idle since the 10th second, until now.
		if f.TimeIn[idle] < 93*time.Second || f.TimeIn[idle] > 120*time.Second || f.TimeIn[playing] != 6*time.Second || f.TimeIn[paused] != 11*time.Second {
			t.Errorf("got %v", f.TimeIn)
		}
	})
}

func TestTicksWrap(t *testing.T) {
	if d := fsm.Tick(5).Since(fsm.Tick(0xffffffff)); d != 6*fsm.TickLength {
		t.Errorf("across the end of the range: %v", d)
	}
}

func TestLedgerTraceIsBoundedAndByInstance(t *testing.T) {
	eachBook(t, func(t *testing.T, b book, _ func()) {
		var in, other fsm.Instance[state]
		b.Start(&in, 1, fsm.Now())
		b.Start(&other, 2, fsm.Now())
		_, _ = b.Fire(&other, 2, shut, fsm.Now())
		for range 5000 {
			_, _ = b.Fire(&in, 1, play, fsm.Now())
			_, _ = b.Fire(&in, 1, stop, fsm.Now())
		}
		_, _ = b.Fire(&in, 1, stop, fsm.Now())
		trace := b.Trace(1)
		if len(trace) < 32 || len(trace) > 1024 {
			t.Fatalf("%d steps", len(trace))
		}
		last := trace[len(trace)-1]
		if last.From != idle || last.On != stop || !last.Refused || last.To != idle {
			t.Errorf("the last step is %+v", last)
		}
		for i, s := range trace[1:] {
			if s.From != trace[i].To {
				t.Fatalf("step %d does not follow its predecessor", i+1)
			}
		}
		for _, s := range b.Trace(2) {
			if s.On != shut {
				t.Errorf("a step of another instance: %+v", s)
			}
		}
	})
}

func TestLedgerFiguresAreThoseOfTheLastPublish(t *testing.T) {
	l := fsm.NewLedger(player())
	var in fsm.Instance[state]
	l.Start(&in, 1, fsm.Now())
	if f := l.Figures(); f.Started != 0 {
		t.Errorf("visible before Publish: %+v", f)
	}
	l.Publish()
	_, _ = l.Fire(&in, 1, play, fsm.Now())
	if f := l.Figures(); f.Started != 1 || f.Occupancy[idle] != 1 || f.Edges[0] != 0 {
		t.Errorf("got %+v", f)
	}
}

// Readers run while owners and sharers fire; whatever they see, nobody is in two states or in none.
func TestFiguresAreConsistentWhileInstancesMove(t *testing.T) {
	const sharers, laps = 4, 2000
	d := player()
	shared, owned := fsm.NewSharedLedger(d), fsm.NewLedger(d)
	stopped := make(chan struct{})
	var readers, movers sync.WaitGroup
	// A shard that never rests is read while its instance moves, so a shared ledger may be off by one per mover.
	check := func(name string, f fsm.Figures, off int64) {
		var sum int64
		for i, n := range f.Occupancy {
			sum += n
			if n < 0 || n > sharers || f.TimeIn[i] < 0 || f.TimeIn[i] > 2*time.Hour {
				t.Errorf("%s: %d instances and %v in state %d", name, n, f.TimeIn[i], i)
			}
		}
		if live := int64(f.Started - f.Ended); sum < live-off || sum > live+off {
			t.Errorf("%s: %d instances in all, %d started, %d ended", name, sum, f.Started, f.Ended)
		}
	}
	readers.Go(func() {
		for {
			select {
			case <-stopped:
				return
			default:
				check("shared", shared.Figures(), sharers)
				check("owned", owned.Figures(), 0)
				shared.Trace(1)
			}
		}
	})
	for id := range uint32(sharers) {
		movers.Go(func() {
			for range laps {
				var in fsm.Instance[state]
				shared.Start(&in, id, fsm.Now())
				for _, on := range []event{play, next, pause, play, 99, shut} {
					_, _ = shared.Fire(&in, id, on, fsm.Now())
				}
				if err := shared.End(&in, id); err != nil {
					t.Error(err)
				}
			}
		})
	}
	movers.Go(func() {
		for range laps {
			var in fsm.Instance[state]
			owned.Start(&in, 1, fsm.Now())
			_, _ = owned.Fire(&in, 1, play, fsm.Now())
			_, _ = owned.Fire(&in, 1, shut, fsm.Now())
			_ = owned.End(&in, 1)
			owned.Publish()
		}
	})
	movers.Wait()
	close(stopped)
	readers.Wait()
	if f := shared.Figures(); f.Started != sharers*laps || f.Ended != sharers*laps || f.Edges[3] != sharers*laps || f.Refused != sharers*laps {
		t.Errorf("got %+v", f)
	}
}

func TestJoinSumsFigures(t *testing.T) {
	a, b := fsm.NewLedger(player()), fsm.NewLedger(player())
	for n, l := range []*fsm.Ledger[state, event]{a, b} {
		for id := range uint32(n + 1) {
			var in fsm.Instance[state]
			l.Start(&in, id, fsm.Now())
			_, _ = l.Fire(&in, id, play, fsm.Now())
			_, _ = l.Fire(&in, id, stop, fsm.Now())
			_, _ = l.Fire(&in, id, next, fsm.Now())
		}
		l.Publish()
	}
	both, err := fsm.Join(a, b)
	if err != nil {
		t.Fatal(err)
	}
	f := both.Figures()
	if f.Started != 3 || f.Occupancy[idle] != 3 || f.Edges[0] != 3 || f.Refused != 3 || len(f.RefusedBy) != 1 || f.RefusedBy[0].Count != 3 {
		t.Errorf("got %+v", f)
	}
	if both.Describe().Name != "player" {
		t.Errorf("describes %q", both.Describe().Name)
	}
	if _, err := fsm.Join(a, fsm.NewLedger(other())); !errors.Is(err, fsm.ErrOtherMachine) {
		t.Errorf("joined two machines: %v", err)
	}
}

func other() *fsm.Definition[state, event] {
	return fsm.MustDefine("other", "Another player.", idle, playerStates(), playerEvents(), playerRows())
}
