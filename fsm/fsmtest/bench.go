package fsmtest

import (
	"reflect"

	"musicdb/fsm"
)

// failer is the part of *testing.T and *rapid.T that the checks need.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// bench is one of each runner for a definition, and what the table says that they must have counted. One bench serves many
// lives, each under an id of its own.
type bench[S, E ~uint8] struct {
	def      *fsm.Definition[S, E]
	observer *fsm.Observer[S, E]
	ledger   *fsm.Ledger[S, E]
	shared   *fsm.SharedLedger[S, E]
	lastID   uint32

	want    fsm.Figures // without RefusedBy
	refused map[refusal]uint64
	stateAt map[S]int
	edgeAt  map[edge[S, E]]int
}

type refusal struct{ state, event string }

type edge[S, E ~uint8] struct {
	from S
	on   E
}

func newBench[S, E ~uint8](d *fsm.Definition[S, E]) *bench[S, E] {
	b := &bench[S, E]{
		def: d, observer: fsm.NewObserver(d, 0), ledger: fsm.NewLedger(d), shared: fsm.NewSharedLedger(d),
		refused: make(map[refusal]uint64), stateAt: make(map[S]int), edgeAt: make(map[edge[S, E]]int),
	}
	for i, s := range d.States() {
		b.stateAt[s.State] = i
	}
	for i, r := range d.Rows() {
		b.edgeAt[edge[S, E]{r.From, r.On}] = i
	}
	b.want = fsm.Figures{Machine: d.Name(), Occupancy: make([]int64, len(b.stateAt)), Edges: make([]uint64, len(b.edgeAt))}
	return b
}

// count says what the runners must count for a step.
func (b *bench[S, E]) count(s fsm.Step[S, E]) {
	if s.Refused {
		b.want.Refused++
		b.refused[refusal{b.def.StateName(s.From), b.def.EventName(s.On)}]++
		return
	}
	b.want.Edges[b.edgeAt[edge[S, E]{s.From, s.On}]]++
	b.want.Occupancy[b.stateAt[s.From]]--
	b.want.Occupancy[b.stateAt[s.To]]++
}

// counters compares the figures of all three with what the table says, times aside, because no two of them read the clock at
// the same moment.
func (b *bench[S, E]) counters(t failer) {
	t.Helper()
	b.ledger.Publish()
	for name, source := range map[string]fsm.Source{"Runner": b.observer, "Ledger": b.ledger, "SharedLedger": b.shared} {
		f := source.Figures()
		refused := make(map[refusal]uint64)
		for _, r := range f.RefusedBy {
			refused[refusal{r.State, r.Event}] = r.Count
		}
		f.TimeIn, f.RefusedBy = nil, nil
		if !reflect.DeepEqual(f, b.want) || !reflect.DeepEqual(refused, b.refused) {
			t.Fatalf("%s: the %s has counted %+v and refused %v; the table says %+v and %v", b.def.Name(), name, f, refused, b.want, b.refused)
		}
	}
}
