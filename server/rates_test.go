package server

import (
	"slices"
	"testing"
	"time"
)

// A rate is what happened between two readings that lie at least a second apart,
// however often and by however many it is asked for.
func TestRates(t *testing.T) {
	begin := time.Unix(1_700_000_000, 0)
	var r rates
	r.begin(begin)
	for _, step := range []struct {
		at    time.Duration
		count uint64
		over  time.Duration
		rate  float64
	}{
		{0, 0, 0, 0},
		{500 * time.Millisecond, 10, 500 * time.Millisecond, 20},
		{time.Second, 20, time.Second, 20},                         // becomes a reading
		{1500 * time.Millisecond, 21, 1500 * time.Millisecond, 14}, // still since the begin
		{2 * time.Second, 40, time.Second, 20},                     // since the first reading
		{2 * time.Second, 40, time.Second, 20},                     // somebody else asks as well
		{2250 * time.Millisecond, 45, 1250 * time.Millisecond, 20},
		{3 * time.Second, 40, time.Second, 0},       // nothing happened
		{13 * time.Second, 90, 10 * time.Second, 5}, // nobody looked for a while
		{14 * time.Second, 80, time.Second, 0},      // less than before: read while it moved
	} {
		list := []machineFigures{{Name: "other"}, {Name: "machine", Edges: []edgeFigures{{Count: 7 * step.count}, {Count: step.count}}}}
		over := r.fill(list, begin.Add(step.at))
		if over != step.over || list[1].Edges[1].Rate != step.rate {
			t.Errorf("at %v: %v per second over %v, want %v over %v", step.at, list[1].Edges[1].Rate, over, step.rate, step.over)
		}
	}
}

func TestMeanTimeInState(t *testing.T) {
	s := guarded(t, "")
	defer shut(t, s)
	var visitors [4]visitor
	for i := range visitors {
		s.gate.enter(&visitors[i])
	}
	if err := s.gate.fire(&visitors[0], Delay); err != nil {
		t.Fatal(err)
	}
	m := describe(Access.Describe())
	m.add(Access.Describe(), s.gate.life.Figures())
	m.average()
	stranger, slowed, gone := m.States[Stranger], m.States[Slowed], m.States[Gone]
	if stranger.Visits != 4 || stranger.Now != 3 || slowed.Visits != 1 || gone.Visits != 0 || gone.Mean != 0 {
		t.Errorf("visits: %+v %+v %+v", stranger, slowed, gone)
	}
	m.States[Stranger].Seconds = 6
	if m.average(); m.States[Stranger].Mean != 1.5 {
		t.Errorf("the mean of 6 s in 4 visits is %v", m.States[Stranger].Mean)
	}
	for i := range visitors {
		if err := s.gate.leave(&visitors[i]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStepsOfATrace(t *testing.T) {
	got := stepsOf("Accept>Created Push>Created(refused) CreateSession>CreatingSession")
	want := []traceStep{{"Accept", "Created", false}, {"Push", "Created", true}, {"CreateSession", "CreatingSession", false}}
	if !slices.Equal(got, want) || len(stepsOf("")) != 0 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
