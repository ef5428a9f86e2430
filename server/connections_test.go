package server_test

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"musicdb/conn"
)

// listedConnection is a connection in the answer of /lifecycle/connections.
type listedConnection struct {
	ID             uint64
	Remote         string
	State, Outbox  string
	Age, InState   float64
	Received, Sent uint64
	Waiting        int
	Trace          []struct{ On, To string }
}

func (d *daemon) connections(query string) []listedConnection {
	d.t.Helper()
	answer, body := d.get("/lifecycle/connections" + query)
	var list struct{ Connections []listedConnection }
	if err := json.Unmarshal([]byte(body), &list); err != nil || answer.StatusCode != http.StatusOK || list.Connections == nil {
		d.t.Fatalf("%s: %s %s", query, answer.Status, body)
	}
	return list.Connections
}

func TestConnectionsAreListedByState(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	half := must(net.Dial("tcp", d.WebSocketAddr().String()))(t)
	defer half.Close()
	for len(d.connections("?state=Handshaking")) == 0 { // it is accepted when it is accepted
	}
	active := d.dial()
	fence(t, active)
	fence(t, active)

	waiting := d.connections("?state=Handshaking")[0]
	if waiting.Remote != half.LocalAddr().String() || waiting.ID != 1 || waiting.Outbox != "Unopened" || waiting.Received+waiting.Sent != 0 {
		t.Errorf("the half-open handshake is listed as %+v", waiting)
	}
	talking := d.connections("?state=Active&limit=1")
	if len(talking) != 1 {
		t.Fatalf("%d connections are listed as active: %+v", len(talking), talking)
	}
	c := talking[0]
	if c.ID != 2 || c.Received != 2 || c.Sent != 2 || c.Waiting != 0 || c.Age < 0 || c.InState < 0 || c.InState > c.Age {
		t.Errorf("the active connection is listed as %+v", c)
	}
	var events []string
	for _, step := range c.Trace {
		events = append(events, step.On)
	}
	if way := "Message Decoded RespondOne Sent"; !strings.HasSuffix(strings.Join(events, " "), way) || c.Trace[len(c.Trace)-1].To != "Active" {
		t.Errorf("it came by %v, which does not end with %s", c.Trace, way)
	}
	for query, ids := range map[string][]uint64{
		"": {1, 2}, "?state=": {1, 2}, "?limit=1": {1}, "?id=2": {2}, "?id=3": {}, "?state=Unopened": {1}, "?state=Ended": {}, "?id=1&state=Active": {},
	} {
		got := []uint64{}
		for _, c := range d.connections(query) {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, ids) {
			t.Errorf("%s lists %v, want %v", query, got, ids)
		}
	}
}

func TestListOfConnectionsSaysWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	for query, want := range map[string]string{
		"?state=Nowhere": `there is no state "Nowhere"`, "?state=active": `there is no state "active"`,
		"?limit=0": "from 1 to 1000", "?limit=1001": "from 1 to 1000", "?limit=many": "from 1 to 1000",
		"?id=0": "number of a connection", "?id=-1": "number of a connection", "?id=x": "number of a connection",
	} {
		if answer, body := d.get("/lifecycle/connections" + query); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, want) {
			t.Errorf("%s: %s %s", query, answer.Status, body)
		}
	}
	for _, machine := range conn.Definitions() {
		for _, state := range machine.States {
			d.connections("?state=" + state.Name)
		}
	}
}
