package fsm

const (
	nameNone    = "(none)"    // the state of an instance that was not started or has ended
	nameUnknown = "(unknown)" // an event that the machine does not have
	maxStates   = 254         // a state is stored as its value plus one, in a byte whose 0 means "no instance"
	noState     = 255         // what State returns then
	noEvent     = 255         // no machine can have it
)

// A move packs what an event does in a state: the edge's number plus one above, the row (state value plus one) it leads to
// below. Zero: the table has no such row, the event is refused.
type move uint32

func newMove(edge int, to uint8) move { return move(edge+1)<<8 | move(to+1) }

func (m move) row() uint8 { return uint8(m) }
func (m move) edge() int  { return int(m>>8) - 1 }

// compiled is the table as the runners read it: moves[row*stride+column]. Row 0 is "no instance", the last column collects
// every value that is no event of the machine; both refuse everything, so that no index needs a branch.
type compiled struct {
	moves    []move
	stride   int
	refusals []RefusedError // by the same index; made once, so that refusing does not allocate
	terminal [256]bool      // by row
	first    uint8          // the initial state's row
	edges    []edgeEnds
}

// edgeEnds are the rows that an edge joins.
type edgeEnds struct{ from, to uint8 }

func (c *compiled) column(on uint8) int { return min(int(on), c.stride-1) }

// compile fills the table of a definition that has passed its checks.
func (d *Definition[S, E]) compile() {
	maxState, maxEvent := 0, 0
	for _, s := range d.states {
		maxState = max(maxState, int(s.State))
	}
	for _, e := range d.events {
		maxEvent = max(maxEvent, int(e.Event))
	}
	rows := maxState + 2
	d.stride = maxEvent + 2
	d.first = uint8(d.initial) + 1
	d.moves = make([]move, rows*d.stride)
	d.refusals = make([]RefusedError, rows*d.stride)
	for row := range rows {
		for col := range d.stride {
			event := nameUnknown
			if col < d.stride-1 {
				event = d.EventName(E(col))
			}
			d.refusals[row*d.stride+col] = RefusedError{Machine: d.name, State: d.StateName(S(row - 1)), Event: event}
		}
	}
	for _, s := range d.states {
		d.terminal[uint8(s.State)+1] = s.Terminal
	}
	d.edges = make([]edgeEnds, len(d.rows))
	for i, r := range d.rows {
		d.edges[i] = edgeEnds{uint8(r.From) + 1, uint8(r.To) + 1}
		d.moves[(int(r.From)+1)*d.stride+int(r.On)] = newMove(i, uint8(r.To))
	}
}
