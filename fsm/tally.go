package fsm

import "time"

// A cell counts how often something happened and sums up when. Occupancy and time in state follow from the cells of the edges
// alone: what came in, less what went out. The sums may wrap; the differences that are taken of them do not.
type cell struct {
	n  uint64
	at int64
}

func (c *cell) add(at int64) {
	c.n++
	c.at += at
}

func (c *cell) sum(d cell) {
	c.n += d.n
	c.at += d.at
}

// tally holds everything that is counted about the instances of one machine. It has no lock: each owner says how it is shared.
type tally struct {
	started    cell
	resumed    []cell // by row
	ended      []cell // by row: the state's value plus one
	edges      []cell
	refused    []uint64 // by index in compiled.moves
	unfinished uint64
}

func newTally(c *compiled) tally {
	return tally{
		resumed: make([]cell, len(c.moves)/c.stride),
		ended:   make([]cell, len(c.moves)/c.stride),
		edges:   make([]cell, len(c.edges)),
		refused: make([]uint64, len(c.moves)),
	}
}

// copyFrom makes t equal to from, which must be of the same machine, without allocating.
func (t *tally) copyFrom(from *tally) {
	t.started, t.unfinished = from.started, from.unfinished
	copy(t.resumed, from.resumed)
	copy(t.ended, from.ended)
	copy(t.edges, from.edges)
	copy(t.refused, from.refused)
}

// add sums two tallies of the same machine; more may come without refusals.
func (t *tally) add(more *tally) {
	t.started.sum(more.started)
	t.unfinished += more.unfinished
	for i := range t.resumed {
		t.resumed[i].sum(more.resumed[i])
	}
	for i := range t.ended {
		t.ended[i].sum(more.ended[i])
	}
	for i := range t.edges {
		t.edges[i].sum(more.edges[i])
	}
	for i := range more.refused {
		t.refused[i] += more.refused[i]
	}
}

// figures turns the counts into what the outside sees. now and the cells' times are in the given unit. Nothing is below zero,
// even where a shared ledger was read while an instance moved.
func (d *Definition[S, E]) figures(t *tally, now int64, unit time.Duration) Figures {
	occupancy := make([]int64, len(t.ended))
	spent := make([]int64, len(t.ended))
	came := func(row uint8, c cell) {
		occupancy[row] += int64(c.n)
		spent[row] -= c.at
	}
	went := func(row uint8, c cell) {
		occupancy[row] -= int64(c.n)
		spent[row] += c.at
	}
	f := Figures{Machine: d.name, Started: t.started.n, Unfinished: t.unfinished, Edges: make([]uint64, len(t.edges))}
	came(d.first, t.started)
	for row, c := range t.resumed {
		f.Started += c.n
		came(uint8(row), c)
	}
	for i, c := range t.edges {
		f.Edges[i] = c.n
		went(d.edges[i].from, c)
		came(d.edges[i].to, c)
	}
	for row, c := range t.ended {
		f.Ended += c.n
		went(uint8(row), c)
	}
	for _, s := range d.states {
		row := uint8(s.State) + 1
		f.Occupancy = append(f.Occupancy, max(0, occupancy[row]))
		f.TimeIn = append(f.TimeIn, max(0, time.Duration(spent[row]+occupancy[row]*now)*unit))
	}
	for i, n := range t.refused {
		if n > 0 {
			f.Refused += n
			r := Refusals{d.refusals[i].State, d.refusals[i].Event, n}
			if r.State == nameNone || r.Event == nameUnknown { // several values may be called so
				f.refuse(r)
			} else {
				f.RefusedBy = append(f.RefusedBy, r)
			}
		}
	}
	return f
}
