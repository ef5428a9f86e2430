package fsm

import "slices"

// Layer groups states and events that belong to the same part of the program. A drawing puts a layer's nodes into one colour.
type Layer struct {
	Name  string // shown in the legend, e.g. "transport"
	Color string // a Graphviz colour, e.g. "black" or "#0000ff"
}

// StateDoc introduces a state: its constant and what a reader of the drawing has to know about it.
type StateDoc[S ~uint8] struct {
	State    S
	Name     string // a noun or participle, unique in the machine
	Doc      string // why an instance is here
	Layer    Layer
	Rank     string // states with the same non-empty Rank are drawn side by side
	Terminal bool   // the instance's life ends here: no row may leave it
}

// EventDoc introduces an event.
type EventDoc[E ~uint8] struct {
	Event E
	Name  string // an imperative or a fact, unique in the machine
	Doc   string // what has happened, or what is wanted
	By    string // who raises it
	Layer Layer
}

// Row is one edge of the machine: in From, On leads to To. Guard names the condition the caller has decided before it fires
// (the event already carries the answer); Why explains a row that surprises. Both are for readers only.
type Row[S, E ~uint8] struct {
	From  S
	On    E
	To    S
	Guard string
	Why   string
}

// Definition is a checked machine. It never changes after Define, so any goroutine may use it.
type Definition[S, E ~uint8] struct {
	name, doc string
	initial   S
	states    []StateDoc[S]
	events    []EventDoc[E]
	rows      []Row[S, E]

	stateAt [256]int16 // index in states by value, -1: no such state
	eventAt [256]int16
	compiled
}

// Define checks a machine and compiles its table. Every fault is found in one pass and reported in a *DefinitionError.
func Define[S, E ~uint8](name, doc string, initial S, states []StateDoc[S], events []EventDoc[E], rows []Row[S, E]) (*Definition[S, E], error) {
	d := &Definition[S, E]{
		name: name, doc: doc, initial: initial,
		states: slices.Clone(states), events: slices.Clone(events), rows: slices.Clone(rows),
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	d.compile()
	return d, nil
}

// MustDefine is Define for package-level variables: a faulty machine is a fault of the program, so it panics.
func MustDefine[S, E ~uint8](name, doc string, initial S, states []StateDoc[S], events []EventDoc[E], rows []Row[S, E]) *Definition[S, E] {
	d, err := Define(name, doc, initial, states, events, rows)
	if err != nil {
		panic(err)
	}
	return d
}

// Name is the machine's name.
func (d *Definition[S, E]) Name() string { return d.name }

// Doc says whose life the machine describes.
func (d *Definition[S, E]) Doc() string { return d.doc }

// Initial is the state every instance starts in.
func (d *Definition[S, E]) Initial() S { return d.initial }

// States returns the states in the order of the definition.
func (d *Definition[S, E]) States() []StateDoc[S] { return slices.Clone(d.states) }

// Events returns the events in the order of the definition.
func (d *Definition[S, E]) Events() []EventDoc[E] { return slices.Clone(d.events) }

// Rows returns the table in the order of the definition.
func (d *Definition[S, E]) Rows() []Row[S, E] { return slices.Clone(d.rows) }

// Next says where the event leads from a state; ok is false where the table has no such row.
func (d *Definition[S, E]) Next(from S, on E) (to S, ok bool) {
	if d.stateAt[from] < 0 {
		return from, false
	}
	m := d.moves[int(from+1)*d.stride+d.column(uint8(on))]
	if m == 0 {
		return from, false
	}
	return S(m.row() - 1), true
}

// Terminal reports whether an instance in this state is at its end.
func (d *Definition[S, E]) Terminal(s S) bool {
	at := d.stateAt[s]
	return at >= 0 && d.states[at].Terminal
}

// StateName is the state's name, or "(none)" for a value that is no state of this machine.
func (d *Definition[S, E]) StateName(s S) string {
	if at := d.stateAt[s]; at >= 0 {
		return d.states[at].Name
	}
	return nameNone
}

// EventName is the event's name, or "(unknown)" for a value that is no event of this machine.
func (d *Definition[S, E]) EventName(e E) string {
	if at := d.eventAt[e]; at >= 0 {
		return d.events[at].Name
	}
	return nameUnknown
}
