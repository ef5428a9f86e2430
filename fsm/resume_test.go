package fsm_test

import (
	"errors"
	"testing"

	"musicdb/fsm"
)

// A life that was stored goes on in its state and is counted there.
func TestResumedInstances(t *testing.T) {
	l := fsm.NewSharedLedger(player())
	var in fsm.Instance[state]
	if err := l.Resume(&in, 1, 99, fsm.Now()); !errors.Is(err, fsm.ErrUnknown) || in.Live() {
		t.Errorf("resumed in a state that does not exist: %v, %+v", err, in)
	}
	if err := l.Resume(&in, 1, paused, fsm.Now()); err != nil || in.State() != paused {
		t.Fatalf("%v, in %v", err, in.State())
	}
	if f := l.Figures(); f.Started != 1 || f.Occupancy[paused] != 1 || f.Occupancy[idle] != 0 {
		t.Errorf("%+v", f)
	}
	if _, err := l.Fire(&in, 1, shut, fsm.Now()); err != nil {
		t.Fatal(err)
	}
	if err := l.End(&in, 1); err != nil {
		t.Fatal(err)
	}
	if f := l.Figures(); f.Ended != 1 || f.Unfinished != 0 || f.Occupancy[paused] != 0 || f.Occupancy[closed] != 0 {
		t.Errorf("%+v", f)
	}
}
