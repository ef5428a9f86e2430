package conn

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// One connection in each of some states, and what a look says about it.
func TestLook(t *testing.T) {
	var release chan struct{} // of the test's own time
	h := funcs{call: func(_ Conn, m []byte) (Answer, error) {
		if string(m) == "wait" {
			<-release
		}
		return Answer{To: Response, Payload: m}, nil
	}}
	synthetic(t, Options{Handler: h, OpenTimeout: time.Hour}, func(t *testing.T, s *server) {
		release = make(chan struct{})
		half := adopt(t, s, openingRequest[:20])
		<-time.After(time.Second)
		idle := adopt(t, s, openingRequest)
		idle.head()
		for _, m := range []string{"one", "two"} {
			idle.send(cat(pingOf("counts as nothing"), text(m)))
			idle.expect(`pong "counts as nothing"`, "text \""+m+"\"")
		}
		busy := adopt(t, s, openingRequest)
		busy.head()
		busy.send(text("wait"))
		synctest.Wait()
		s.Hub().Broadcast([]byte("to all"))
		idle.expect(`text "to all"`)
		<-time.After(2 * time.Second)
		synctest.Wait()

		seen := s.Look(Query{})
		if len(seen) != 3 {
			t.Fatalf("%d connections seen: %+v", len(seen), seen)
		}
		for i, want := range []Sighting{
			{ID: 1, State: "Handshaking", Outbox: "Unopened", Age: 3 * time.Second, InState: 3 * time.Second},
			{ID: 2, State: "Active", Outbox: "Empty", Age: 2 * time.Second, InState: 2 * time.Second, Received: 2, Sent: 3},
			{ID: 3, State: "Calling", Outbox: "Flowing", Age: 2 * time.Second, InState: 2 * time.Second, Received: 1, Sent: 1, Waiting: len("..to all")},
		} {
			got := seen[i]
			if got.Remote != "pipe" || !strings.HasSuffix(got.Trace, ">"+want.State) {
				t.Errorf("connection %d of %q came by %q", got.ID, got.Remote, got.Trace)
			}
			got.Remote, got.Trace = "", ""
			if got != want {
				t.Errorf("seen %+v\nwant %+v", got, want)
			}
		}
		for q, ids := range map[Query][]uint64{
			{State: "Handshaking"}: {1}, {State: "Active"}: {2}, {State: "Calling"}: {3}, {State: "Flowing"}: {3},
			{State: "Ended"}: nil, {State: "Nowhere"}: nil,
			{ID: 2}: {2}, {ID: 3, State: "Calling"}: {3}, {ID: 3, State: "Active"}: nil, {ID: 4}: nil,
		} {
			if got := idsOf(s.Look(q)); !slices.Equal(got, ids) {
				t.Errorf("%+v: %v, want %v", q, got, ids)
			}
		}
		close(release)
		busy.expect(`text "to all"`, `text "wait"`)
		for _, c := range []*client{half, idle, busy} {
			c.Close()
		}
		synctest.Wait()
		if left := s.Look(Query{}); len(left) != 0 {
			t.Errorf("seen after the end: %+v", left)
		}
	})
}

// However many there are, a look is bounded, and shows the oldest.
func TestLookIsBounded(t *testing.T) {
	synthetic(t, Options{}, func(t *testing.T, s *server) {
		var all []*client
		for range MaxLook + 5 {
			all = append(all, adopt(t, s, ""))
		}
		synctest.Wait()
		for limit, want := range map[int]int{-1: DefaultLook, 0: DefaultLook, 1: 1, DefaultLook + 1: DefaultLook + 1, MaxLook + 5: MaxLook} {
			ids := idsOf(s.Look(Query{State: "Handshaking", Limit: limit}))
			if len(ids) != want || ids[0] != 1 || ids[len(ids)-1] != uint64(want) || !slices.IsSorted(ids) {
				t.Errorf("limit %d: %d connections seen: %v", limit, len(ids), ids)
			}
		}
		for _, c := range all {
			c.Close()
		}
	})
}

// A query names a state of either machine, so no name may stand for two.
func TestStatesOfBothMachinesHaveNamesOfTheirOwn(t *testing.T) {
	known := make(map[string]string)
	for _, d := range Definitions() {
		for _, state := range d.States {
			if other, twice := known[state.Name]; twice {
				t.Errorf("%s is a state of %s and of %s", state.Name, other, d.Name)
			}
			known[state.Name] = d.Name
		}
	}
}

func idsOf(seen []Sighting) []uint64 {
	var ids []uint64
	for _, s := range seen {
		ids = append(ids, s.ID)
	}
	return ids
}

// Whatever the order of the table, the oldest are kept, in their order.
func TestCrowdKeepsTheOldest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.Uint64Range(1, 1000), 0, 200, rapid.ID).Draw(t, "ids")
		room := rapid.IntRange(1, 50).Draw(t, "room")
		kept := make(crowd, 0, room)
		for _, id := range ids {
			kept.add(id, Conn{})
		}
		slices.Sort(ids)
		var got []uint64
		for _, f := range kept {
			got = append(got, f.id)
		}
		if want := ids[:min(len(ids), room)]; !slices.Equal(got, want) && len(want) > 0 || len(kept) > room {
			t.Fatalf("kept %v, want %v", got, want)
		}
	})
}
