package fsm

// Description is a definition without its types: what drawings, pages and metrics are made from. States, events and edges keep
// the order of the definition, and the figures of the machine are indexed alike.
type Description struct {
	Name    string
	Doc     string
	Initial int // index in States
	States  []StateInfo
	Events  []EventInfo
	Edges   []EdgeInfo
}

// StateInfo is a StateDoc without its type.
type StateInfo struct {
	Name     string
	Doc      string
	Layer    Layer
	Rank     string
	Terminal bool
}

// EventInfo is an EventDoc without its type.
type EventInfo struct {
	Name  string
	Doc   string
	By    string
	Layer Layer
}

// EdgeInfo is a Row without its types: indices in States and Events.
type EdgeInfo struct {
	From, On, To int
	Guard, Why   string
}

// Describe returns the definition without its types.
func (d *Definition[S, E]) Describe() Description {
	out := Description{Name: d.name, Doc: d.doc, Initial: int(d.stateAt[d.initial])}
	for _, s := range d.states {
		out.States = append(out.States, StateInfo{s.Name, s.Doc, s.Layer, s.Rank, s.Terminal})
	}
	for _, e := range d.events {
		out.Events = append(out.Events, EventInfo{e.Name, e.Doc, e.By, e.Layer})
	}
	for _, r := range d.rows {
		out.Edges = append(out.Edges, EdgeInfo{int(d.stateAt[r.From]), int(d.eventAt[r.On]), int(d.stateAt[r.To]), r.Guard, r.Why})
	}
	return out
}
