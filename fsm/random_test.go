package fsm_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"musicdb/fsm"
	"musicdb/fsm/fsmtest"
)

func TestRunnersAgreeOnThePlayer(t *testing.T) { fsmtest.Agree(t, player()) }

func TestRunnersAgreeOnRandomMachines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { fsmtest.Walk(t, randomMachine(t)) })
}

// randomMachine draws a sound machine with gaps in its values: a chain from the first state to the last keeps everything
// reachable and ending, all other rows are chance.
func randomMachine(t *rapid.T) *fsm.Definition[state, event] {
	values := rapid.SliceOfNDistinct(rapid.Uint8Range(0, 24), 2, 10, rapid.ID).Draw(t, "states")
	triggers := rapid.SliceOfNDistinct(rapid.Uint8Range(0, 16), 1, 6, rapid.ID).Draw(t, "events")
	var s states
	for i, v := range values {
		s = append(s, fsm.StateDoc[state]{State: state(v), Name: fmt.Sprintf("S%d", i), Doc: "d", Terminal: i == len(values)-1})
	}
	var e events
	for i, v := range triggers {
		e = append(e, fsm.EventDoc[event]{Event: event(v), Name: fmt.Sprintf("E%d", i), Doc: "d", By: "b"})
	}
	type key struct{ from, on int }
	table := make(map[key]int)
	for from := range len(values) - 1 {
		for on := range triggers {
			if rapid.Bool().Draw(t, "row") {
				table[key{from, on}] = rapid.IntRange(0, len(values)-1).Draw(t, "to")
			}
		}
		table[key{from, from % len(triggers)}] = from + 1
	}
	used := make(map[int]bool)
	var r rows
	for from := range values {
		for on := range triggers {
			if to, ok := table[key{from, on}]; ok {
				used[on] = true
				r = append(r, fsm.Row[state, event]{From: state(values[from]), On: event(triggers[on]), To: state(values[to])})
			}
		}
	}
	kept := e[:0]
	for i := range e {
		if used[i] {
			kept = append(kept, e[i])
		}
	}
	d, err := fsm.Define("random", "A machine of chance.", state(values[0]), s, kept, r)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An arbitrary table is either refused, or every walk through it can be brought to an end.
func TestDefineAcceptsOnlyMachinesThatEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r rows
		for range rapid.IntRange(1, 12).Draw(t, "rows") {
			r = append(r, fsm.Row[state, event]{
				From: state(rapid.IntRange(0, 4).Draw(t, "from")), On: event(rapid.IntRange(0, 1).Draw(t, "on")), To: state(rapid.IntRange(0, 4).Draw(t, "to")),
			})
		}
		var s states
		for i := range 4 {
			s = append(s, fsm.StateDoc[state]{State: state(i), Name: fmt.Sprintf("S%d", i), Doc: "d", Terminal: i == 3})
		}
		e := events{{Event: 0, Name: "A", Doc: "d", By: "b"}, {Event: 1, Name: "B", Doc: "d", By: "b"}}
		d, err := fsm.Define("chance", "A table of chance.", 0, s, e, r)
		if err != nil {
			return
		}
		at := d.Initial()
		for range rapid.IntRange(0, 10).Draw(t, "steps") {
			at, _ = d.Next(at, event(rapid.IntRange(0, 1).Draw(t, "event")))
		}
		for range 100 { // a random walk over two events through four states ends long before
			if d.Terminal(at) {
				return
			}
			at = shortestStep(t, d, at)
		}
		t.Fatalf("no way from %s to an end", d.StateName(at))
	})
}

// shortestStep takes a row on a shortest way to the terminal state, found backwards and slowly.
func shortestStep(t *rapid.T, d *fsm.Definition[state, event], at state) state {
	distance := map[state]int{}
	for _, s := range d.States() {
		if s.Terminal {
			distance[s.State] = 0
		}
	}
	for range d.States() {
		for _, r := range d.Rows() {
			if n, known := distance[r.To]; known {
				if have, ok := distance[r.From]; !ok || n+1 < have {
					distance[r.From] = n + 1
				}
			}
		}
	}
	for _, r := range d.Rows() {
		if n, known := distance[r.To]; r.From == at && known && n < distance[at] {
			return r.To
		}
	}
	t.Fatalf("%s leads nowhere", d.StateName(at))
	return at
}

func TestRunnersAgreeOnTheLargestValues(t *testing.T) {
	fsmtest.Agree(t, fsm.MustDefine("large", "A machine at the end of its range.", 253,
		states{{State: 253, Name: "First", Doc: "d"}, {State: 0, Name: "Last", Doc: "d", Terminal: true}},
		events{{Event: 253, Name: "Finish", Doc: "d", By: "b"}},
		rows{{From: 253, On: 253, To: 0}}))
}
