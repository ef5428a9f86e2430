package conn

import (
	"fmt"
	"testing"

	"musicdb/fsm/fsmtest"
)

func TestRunnersAgree(t *testing.T) {
	fsmtest.Agree(t, Lifecycle)
	fsmtest.Agree(t, OutboxLifecycle)
}

// allowed is the documented graph with the added edges.
func allowed() map[[2]string]string {
	steps := make(map[[2]string]string)
	for _, e := range Documented().Edges {
		steps[[2]string{e.From, e.To}] = e.Label
	}
	for _, e := range AddedEdges() {
		steps[[2]string{e.From, e.To}] = e.Reason
	}
	return steps
}

// checkRun asserts that a run begins where the drawing begins, walks along its
// edges or the added ones, stutters aside, and ends once; and that onWSDisconnect
// ran exactly once if and only if onWSConnect did.
func checkRun(run []State) error {
	steps := allowed()
	if run[0] != Lifecycle.Initial() {
		return fmt.Errorf("begins in %s", Lifecycle.StateName(run[0]))
	}
	connects, disconnects := 0, 0
	for i, to := range run[1:] {
		from := run[i]
		a, b := Projection(from), Projection(to)
		if _, ok := steps[[2]string{a, b}]; !ok && a != b {
			return fmt.Errorf("%s to %s is a step from %s to %s, which is neither documented nor added",
				Lifecycle.StateName(from), Lifecycle.StateName(to), a, b)
		}
		switch to {
		case Greeting:
			connects++
		case Disconnecting:
			disconnects++
		}
		if (to == Ended) != (i == len(run)-2) {
			return fmt.Errorf("step %d is to %s: a run ends in Ended and only there", i+1, Lifecycle.StateName(to))
		}
	}
	if connects > 1 || disconnects != connects {
		return fmt.Errorf("onWSConnect ran %d times, onWSDisconnect %d times", connects, disconnects)
	}
	return nil
}
