package fsmtest

import (
	"testing"

	"pgregory.net/rapid"

	"musicdb/fsm"
)

// Agree holds a Runner, a Ledger and a SharedLedger of one definition against its table: each event in each state once, then
// random walks. It fails when verdicts, states, traces or counters differ, and prints the trace that Replay reads.
func Agree[S, E ~uint8](t *testing.T, d *fsm.Definition[S, E]) {
	t.Helper()
	t.Run("every event in every state", func(t *testing.T) {
		for _, s := range d.States() {
			for _, on := range allEvents(d) {
				tr := newTrio(d)
				for _, step := range pathTo(d, s.State) {
					tr.fire(t, step)
				}
				tr.fire(t, on)
				tr.end(t)
			}
		}
	})
	t.Run("random walks", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { Walk(t, d) })
	})
}

// Walk is one random walk of Agree, for a test that draws its definitions as well.
func Walk[S, E ~uint8](t *rapid.T, d *fsm.Definition[S, E]) {
	tr := newTrio(d)
	for range rapid.IntRange(0, 80).Draw(t, "length") {
		tr.fire(t, draw(t, d, tr.runner.State()))
	}
	tr.end(t)
}

// draw prefers events that the state allows, so that walks get far, and sometimes takes any value at all.
func draw[S, E ~uint8](t *rapid.T, d *fsm.Definition[S, E], at S) E {
	var allowed []E
	for _, r := range d.Rows() {
		if r.From == at {
			allowed = append(allowed, r.On)
		}
	}
	if len(allowed) > 0 && rapid.IntRange(0, 9).Draw(t, "kind") < 7 {
		return rapid.SampledFrom(allowed).Draw(t, "allowed")
	}
	return rapid.SampledFrom(allEvents(d)).Draw(t, "any")
}

// allEvents are the machine's events and two values that are none: the one after the last, and the largest.
func allEvents[S, E ~uint8](d *fsm.Definition[S, E]) []E {
	var out []E
	last := E(0)
	for _, e := range d.Events() {
		out = append(out, e.Event)
		last = max(last, e.Event)
	}
	biggest := uint8(255)
	return append(out, last+1, E(biggest))
}

// pathTo is the shortest list of events that leads from the initial state to s. Define has made sure that there is one.
func pathTo[S, E ~uint8](d *fsm.Definition[S, E], s S) []E {
	paths := map[S][]E{d.Initial(): {}}
	for queue := []S{d.Initial()}; len(queue) > 0; queue = queue[1:] {
		for _, r := range d.Rows() {
			if _, seen := paths[r.To]; r.From == queue[0] && !seen {
				paths[r.To] = append(append([]E{}, paths[r.From]...), r.On)
				queue = append(queue, r.To)
			}
		}
	}
	return paths[s]
}
