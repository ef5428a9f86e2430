package icecast

import (
	"testing"

	"go.uber.org/goleak"

	"musicdb/fsm/fsmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBothRunnersAgree(t *testing.T) { fsmtest.Agree(t, machine) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Wherever a source is, the end of the daemon ends it, and from wherever there is no
// connection it comes back to Connecting by itself.
func TestTable(t *testing.T) {
	for _, state := range machine.States() {
		to, ok := machine.Next(state.State, Stop)
		if ok == state.Terminal || ok && to != Stopped {
			t.Errorf("Stop in %s leads to %v, %v", state.Name, to, ok)
		}
	}
	for _, from := range []State{Backoff, Refused} {
		if to, ok := machine.Next(from, Retry); !ok || to != Connecting {
			t.Errorf("Retry in %v leads to %v, %v", from, to, ok)
		}
	}
	for _, from := range []State{Sending, Stalled} {
		for on, want := range map[Event]State{Lost: Connecting, Dropped: Backoff, Rejected: Refused} {
			if to, ok := machine.Next(from, on); !ok || to != want {
				t.Errorf("%s in %v leads to %v, %v", machine.EventName(on), from, to, ok)
			}
		}
	}
}
