package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"musicdb/conn"
)

// sighting is a connection in the list of the live page. Times are in seconds.
type sighting struct {
	ID       uint64      `json:"id"`
	Remote   string      `json:"remote"` // its address
	State    string      `json:"state"`  // of the connection's machine
	Outbox   string      `json:"outbox"` // state of the outbox' machine; "" for a follower: a listener of the stream
	Age      float64     `json:"age"`
	InState  float64     `json:"instate"`  // since it came into its state
	Received uint64      `json:"received"` // messages
	Sent     uint64      `json:"sent"`     // messages
	Waiting  int         `json:"waiting"`  // bytes in the outbox, or that a follower has not taken
	Bytes    uint64      `json:"bytes"`    // that a follower has taken
	Trace    []traceStep `json:"trace"`    // the last steps, oldest first
}

// traceStep is an event and the state that it led to.
type traceStep struct {
	On      string `json:"on"`
	To      string `json:"to"`
	Refused bool   `json:"refused,omitempty"` // it led nowhere: to is where it came
}

// serveConnections lists connections, the oldest first:
//
//	GET /lifecycle/connections?state=Active&limit=100
//	GET /lifecycle/connections?id=17
//
// state names a state of the machines connection, outbox or follower; without it, or with
// an empty one, all connections are listed. limit is 1 to 1,000, 100 without it. id is
// one connection, in whatever state it is; a connection that has ended is in no list.
func (s *Server) serveConnections(w http.ResponseWriter, r *http.Request) {
	query, err := parseQuery(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	seen := []sighting{}
	for _, c := range s.engine.Look(query) {
		seen = append(seen, sighting{
			ID: c.ID, Remote: c.Remote, State: c.State, Outbox: c.Outbox,
			Age: c.Age.Seconds(), InState: c.InState.Seconds(),
			Received: c.Received, Sent: c.Sent, Waiting: c.Waiting, Bytes: c.Bytes, Trace: stepsOf(c.Trace),
		})
	}
	serveJSON(w, http.StatusOK, struct {
		Connections []sighting `json:"connections"`
	}{seen})
}

func parseQuery(r *http.Request) (q conn.Query, err error) {
	values := r.URL.Query()
	q.State, q.Limit = values.Get("state"), conn.DefaultLook
	if q.State != "" && !isConnectionState(q.State) {
		return q, fmt.Errorf("there is no state %.64q; /lifecycle/figures names those of the machines connection, outbox and follower", q.State)
	}
	if text := values.Get("limit"); text != "" {
		if q.Limit, err = strconv.Atoi(text); err != nil || q.Limit < 1 || q.Limit > conn.MaxLook {
			return q, fmt.Errorf("the limit is %.64q, it must be a number from 1 to %d", text, conn.MaxLook)
		}
	}
	if text := values.Get("id"); text != "" {
		if q.ID, err = strconv.ParseUint(text, 10, 64); err != nil || q.ID == 0 {
			return q, fmt.Errorf("the id is %.64q, it must be the number of a connection", text)
		}
	}
	return q, nil
}

// connectionStates are the names of the states that a list may be asked for.
var connectionStates = func() (names []string) {
	for _, machine := range conn.Definitions() {
		for _, state := range machine.States {
			names = append(names, state.Name)
		}
	}
	return names
}()

func isConnectionState(name string) bool { return slices.Contains(connectionStates, name) }

// stepsOf reads the trace of a connection: "Accept>Created CreateSession>CreatingSession",
// with "(refused)" behind the state where an event was refused.
func stepsOf(trace string) []traceStep {
	steps := []traceStep{}
	for step := range strings.FieldsSeq(trace) {
		if on, to, ok := strings.Cut(step, ">"); ok {
			to, refused := strings.CutSuffix(to, "(refused)")
			steps = append(steps, traceStep{on, to, refused})
		}
	}
	return steps
}
