package fsm

import (
	"testing"
	"time"
)

type (
	lamp   uint8
	toggle uint8
)

func lamps() *Definition[lamp, toggle] {
	return MustDefine[lamp, toggle]("lamp", "A lamp.", 0,
		[]StateDoc[lamp]{{State: 0, Name: "Dark", Doc: "d"}, {State: 1, Name: "Lit", Doc: "d"}, {State: 2, Name: "Gone", Doc: "d", Terminal: true}},
		[]EventDoc[toggle]{{Event: 0, Name: "Press", Doc: "d", By: "b"}, {Event: 1, Name: "Break", Doc: "d", By: "b"}},
		[]Row[lamp, toggle]{{From: 0, On: 0, To: 1}, {From: 1, On: 0, To: 0}, {From: 1, On: 1, To: 2}})
}

// A writer that was interrupted between a cell's two words has counted nothing yet.
func TestHalfWrittenCellCountsAsNotWritten(t *testing.T) {
	var c atomicCell
	for n := range uint64(300) {
		if got := c.load(); got != (cell{n, int64(n) * 1000 << countBits}) {
			t.Fatalf("after %d: %+v", n, got)
		}
		c.n.Add(1)
		if got := c.load(); got != (cell{n, int64(n) * 1000 << countBits}) {
			t.Fatalf("in the middle of number %d: %+v", n+1, got)
		}
		c.at.Add(1000<<countBits + 1)
	}
}

// A process that runs for years outlives the range of a Tick; the time in a state does not notice.
func TestTimeInStateOutlivesTheTick(t *testing.T) {
	const step, steps = 1 << 30, 11 // 124 days, nearly four years in all
	own, shared := NewLedger(lamps()), NewSharedLedger(lamps())
	var inOwn, inShared Instance[lamp]
	now := Now()
	own.Start(&inOwn, 1, now)
	shared.Start(&inShared, 1, now)
	for range steps {
		now += step
		if _, err := own.Fire(&inOwn, 1, 0, now); err != nil {
			t.Fatal(err)
		}
		if _, err := shared.Fire(&inShared, 1, 0, now); err != nil {
			t.Fatal(err)
		}
		own.Publish()
	}
	now += step
	for name, f := range map[string]Figures{"Ledger": own.figuresAt(now), "SharedLedger": shared.figuresAt(now)} {
		if want := 6 * step * TickLength; f.TimeIn[0] != want || f.TimeIn[1] != want {
			t.Errorf("%s: %v, want %v each", name, f.TimeIn, want)
		}
	}
}

// A tick must be a whole number of shared units, or times would drift.
func TestUnitsDivideEvenly(t *testing.T) {
	if sharedUnit<<countBits != TickLength || sharedUnit != 78125*time.Nanosecond {
		t.Errorf("%v", sharedUnit)
	}
}
