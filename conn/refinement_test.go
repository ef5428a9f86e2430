package conn

import (
	"errors"
	"fmt"
	"testing"

	"musicdb/fsm"

	"musicdb/fsm/fsmtest"
)

// The table as a whole refines the drawing: every row is a stutter, a documented
// step or an added one, and nothing is added or documented that no row takes.
func TestTableRefinesTheDrawing(t *testing.T) {
	steps := allowed()
	taken := make(map[[2]string]bool)
	for _, r := range Lifecycle.Rows() {
		step := [2]string{Projection(r.From), Projection(r.To)}
		taken[step] = true
		if _, ok := steps[step]; !ok && step[0] != step[1] {
			t.Errorf("%s --%s--> %s is a step from %s to %s, which is neither documented nor added",
				Lifecycle.StateName(r.From), Lifecycle.EventName(r.On), Lifecycle.StateName(r.To), step[0], step[1])
		}
	}
	documented := make(map[[2]string]bool)
	for _, e := range Documented().Edges {
		documented[[2]string{e.From, e.To}] = true
	}
	for step, label := range steps {
		if !taken[step] {
			t.Errorf("no row takes %s to %s (%s)", step[0], step[1], label)
		}
	}
	for _, e := range AddedEdges() {
		if documented[[2]string{e.From, e.To}] {
			t.Errorf("%s to %s is added although it is documented", e.From, e.To)
		}
		if e.Reason == "" {
			t.Errorf("%s to %s is added without a reason", e.From, e.To)
		}
	}
}

// The projection is total, onto the documented states, all of them, and keeps the
// layers: what the transport does there it does here.
func TestProjectionIsTotal(t *testing.T) {
	nodes := make(map[string]Node)
	for _, n := range Documented().Nodes {
		nodes[n.Name] = n
	}
	for _, e := range Documented().Edges {
		for _, name := range []string{e.From, e.To} {
			if n, ok := nodes[name]; !ok || !n.Drawn {
				t.Errorf("the edge %q joins %q, which is not drawn", e.Label, name)
			}
		}
	}
	images := make(map[string]bool)
	for _, s := range Lifecycle.States() {
		n, ok := nodes[Projection(s.State)]
		if !ok {
			t.Errorf("%s has no image", s.Name)
		}
		if n.Layer != s.Layer {
			t.Errorf("%s is of the layer %s, its image %s of %s", s.Name, s.Layer.Name, n.Name, n.Layer.Name)
		}
		images[n.Name] = true
	}
	if len(images) != len(nodes) || len(projection) != len(Lifecycle.States()) {
		t.Errorf("%d states have %d images of %d nodes", len(projection), len(images), len(nodes))
	}
}

// Every state times every event: moves along its row, or is refused, counted, and
// leaves the state alone.
func TestEveryEventInEveryState(t *testing.T) {
	every(t, Lifecycle)
	every(t, OutboxLifecycle)
}

func every[S, E ~uint8](t *testing.T, d *fsm.Definition[S, E]) {
	type key struct {
		from S
		on   E
	}
	table := make(map[key]S)
	for _, r := range d.Rows() {
		table[key{r.From, r.On}] = r.To
	}
	paths := map[S][]E{d.Initial(): nil}
	for queue := []S{d.Initial()}; len(queue) > 0; queue = queue[1:] {
		for _, r := range d.Rows() {
			if _, seen := paths[r.To]; r.From == queue[0] && !seen {
				paths[r.To] = append(append([]E(nil), paths[r.From]...), r.On)
				queue = append(queue, r.To)
			}
		}
	}
	ledger := fsm.NewSharedLedger(d)
	refusals := uint64(0)
	for _, s := range d.States() {
		for _, e := range d.Events() {
			var in fsm.Instance[S]
			ledger.Start(&in, 1, 0)
			for _, on := range paths[s.State] {
				if _, err := ledger.Fire(&in, 1, on, 0); err != nil {
					t.Fatal(err)
				}
			}
			to, err := ledger.Fire(&in, 1, e.Event, 0)
			want, ok := table[key{s.State, e.Event}]
			switch {
			case ok && (err != nil || to != want):
				t.Errorf("%s in %s leads to %s, %v", e.Name, s.Name, d.StateName(to), err)
			case !ok && (!errors.Is(err, fsm.ErrRefused) || in.State() != s.State):
				t.Errorf("%s in %s is not refused: now %s, %v", e.Name, s.Name, d.StateName(in.State()), err)
			}
			if !ok {
				refusals++
			}
		}
	}
	if f := ledger.Figures(); f.Refused != refusals {
		t.Errorf("%d refusals are counted, %d happened", f.Refused, refusals)
	}
}

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
		if to == Greeting {
			connects++
		}
		if to == Disconnecting {
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
