package conn

// trail is the last eight events of a connection but for pushes, a byte each, the latest
// lowest. An event is stored plus one, so that 0 is none.
type trail uint64

func (t *trail) put(on Event) { *t = *t<<8 | trail(on+1) }

// recorder is the flight recorder of a connection that is busy or unusual: more of its
// last events than its trail has. It begins with what the trail remembers.
type recorder struct {
	events [recorderSize]Event
	n      uint32
}

const recorderSize = 24

func (r *recorder) begin(t trail) {
	r.n = 0
	for shift := 56; shift >= 0; shift -= 8 {
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

// formatTrace writes events with the states they led to, oldest first: "Accept>Created
// CreateSession>CreatingSession". Only the last state is known, but the table admits
// hardly more than one way to it.
func formatTrace(events []Event, last State) string {
	for first := range Ended + 1 {
		if b, ok := retrace(events, first, last); ok {
			return string(b)
		}
	}
	return "after " + Lifecycle.StateName(last)
}

// retrace follows events through the table. An event that the table refuses stays where
// it is.
func retrace(events []Event, at, last State) ([]byte, bool) {
	var b []byte
	refused := false
	for i, on := range events {
		to, ok := Lifecycle.Next(at, on)
		if !ok {
			if i < len(events)-1 || at != last {
				return nil, false
			}
			to, refused = at, true
		}
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, Lifecycle.EventName(on)...)
		b = append(b, '>')
		b = append(b, Lifecycle.StateName(to)...)
		at = to
	}
	if refused {
		b = append(b, " (refused)"...)
	}
	return b, at == last
}
