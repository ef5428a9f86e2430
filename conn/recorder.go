package conn

import "strings"

// trail is the last eight events of a connection but for pushes, a byte each, the latest
// lowest. An event is stored plus one, so that 0 is none.
type trail uint64

func (t *trail) put(on Event) { *t = *t<<8 | trail(on+1) }

const trailSize = 8

// trace tells the way that led to a state.
func (t trail) trace(last State) string {
	var r recorder
	r.begin(t)
	return r.trace(last)
}

// recorder is the flight recorder of a connection that is busy or unusual: more of its
// last events than its trail has. It begins with what the trail remembers.
type recorder struct {
	events [recorderSize]Event
	n      uint32
	whole  bool // it began with the life of the connection
}

const recorderSize = 24

func (r *recorder) begin(t trail) {
	r.n, r.whole = 0, t>>(8*(trailSize-1)) == 0
	for shift := 8 * (trailSize - 1); shift >= 0; shift -= 8 {
		if on := byte(t >> shift); on != 0 {
			r.put(Event(on - 1))
		}
	}
}

func (r *recorder) put(on Event) {
	r.events[r.n%recorderSize] = on
	r.n++
}

// list returns the events, oldest first.
func (r *recorder) list() []Event {
	var all []Event
	for i := max(r.n, recorderSize) - recorderSize; i < r.n; i++ {
		all = append(all, r.events[i%recorderSize])
	}
	return all
}

// trace tells the way that led to a state.
func (r *recorder) trace(last State) string {
	return formatTrace(r.list(), r.whole && r.n <= recorderSize, last)
}

// formatTrace writes events with the states they led to, oldest first: "Accept>Created
// CreateSession>CreatingSession". A refused event stays where it is and says so. Of the
// states only the last is known, and the first if the trace is whole. Else hardly more
// than one way leads to the last: the one with the fewest refusals is told.
func formatTrace(events []Event, whole bool, last State) string {
	best, fewest := Listening, len(events)+1
	for first := range Ended + 1 {
		if whole {
			break
		}
		if at, refusals := retrace(events, first, nil); at == last && refusals < fewest {
			best, fewest = first, refusals
		}
	}
	var b strings.Builder
	retrace(events, best, func(on Event, to State, refused bool) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(Lifecycle.EventName(on) + ">" + Lifecycle.StateName(to))
		if refused {
			b.WriteString(refusedMark)
		}
	})
	return b.String()
}

// refusedMark follows the state in which an event was refused.
const refusedMark = "(refused)"

// retrace follows events through the table, and tells each unless tell is nil.
func retrace(events []Event, at State, tell func(on Event, to State, refused bool)) (last State, refusals int) {
	for _, on := range events {
		to, ok := Lifecycle.Next(at, on)
		if !ok {
			to = at
			refusals++
		}
		if at = to; tell != nil {
			tell(on, at, !ok)
		}
	}
	return at, refusals
}
