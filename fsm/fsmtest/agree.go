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
		b := newBench(d)
		for _, s := range d.States() {
			b.state(t, s.State)
		}
	})
	t.Run("random walks", func(t *testing.T) {
		var rested *bench[S, E] // of the last walk, nil after one that failed
		rapid.Check(t, func(t *rapid.T) {
			b := rested
			if rested = nil; b == nil {
				b = newBench(d)
			}
			b.walk(t)
			rested = b
		})
		if rested != nil {
			rested.counters(t)
		}
	})
}

// state fires every event in one state: those that the table refuses in one life, because they leave it where it is, and each
// other one in a life of its own.
func (b *bench[S, E]) state(t *testing.T, s S) {
	t.Helper()
	path := pathTo(b.def, s)
	come := func() *trio[S, E] {
		tr := b.begin()
		for _, on := range path {
			tr.fire(t, on)
		}
		return tr
	}
	staying := come()
	lives := []*trio[S, E]{staying}
	var leaving []E
	for _, on := range allEvents(b.def) {
		if _, ok := b.def.Next(s, on); ok {
			leaving = append(leaving, on)
			continue
		}
		staying.fire(t, on)
		staying.traces(t)
	}
	for _, on := range leaving {
		tr := come()
		tr.fire(t, on)
		tr.traces(t)
		lives = append(lives, tr)
	}
	b.counters(t)
	for _, tr := range lives {
		tr.end(t)
	}
	b.counters(t)
}

// Walk is one random walk of Agree, for a test that draws its definitions as well.
func Walk[S, E ~uint8](t *rapid.T, d *fsm.Definition[S, E]) {
	b := newBench(d)
	b.walk(t)
	b.counters(t)
}

// walk leaves it to the next walk on the bench, or to its owner, to compare the counters after the end.
func (b *bench[S, E]) walk(t *rapid.T) {
	tr := b.begin()
	for range rapid.IntRange(0, 80).Draw(t, "length") {
		tr.fire(t, draw(t, b.def, tr.want))
	}
	tr.traces(t)
	b.counters(t)
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
