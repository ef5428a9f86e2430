package server_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Notifications of tasks come from the background. They are compared per task: the
// same states in the same order, apart from those that a fast worker has already
// left when the packet is made, and the last packet of each state, without the
// list of all tasks.

// passing are the states that may be missing.
var passing = []string{"uploadcomplete", "preprocessing"}

// requested are states that a request leads to. The reference server enters them in
// silence; ours tells all clients, who see that the request was heard while the task
// waits for a worker.
var requested = []string{"startintegration", "startmusicimport", "startartworkimport", "startfsscan"}

// ownFields are those of a task that clients of the reference server pass by.
var ownFields = []string{"plan", "failure", "progress", "unsaved"}

// taskNotes are the notifications of one client.
type taskNotes struct {
	order map[string][]string          // states by task, with what else tells two events apart
	last  map[[2]string]map[string]any // by task and state
}

func (n *notes) tasks(key string, names *normaliser) taskNotes {
	t := taskNotes{map[string][]string{}, map[[2]string]map[string]any{}}
	for _, packet := range n.packets[key] {
		arguments, _ := names.value("arguments", packet["arguments"]).(map[string]any)
		if slices.Contains(requested, fmt.Sprint(arguments["state"])) {
			continue
		}
		task, state := fmt.Sprint(arguments["taskid"]), fmt.Sprint(arguments["state"], " ", packet["fncsig"])
		if packet["fncsig"] == "ChunkRequest" {
			state += fmt.Sprint(" ", arguments["offset"])
		}
		if t.last[[2]string{task, state}] == nil && !slices.Contains(passing, fmt.Sprint(arguments["state"])) {
			t.order[task] = append(t.order[task], state)
		}
		t.last[[2]string{task, state}] = cloneWithout(arguments, "tasklist")
		if shown, ok := arguments["task"].(map[string]any); ok {
			t.last[[2]string{task, state}]["task"] = cloneWithout(shown, ownFields...)
		}
	}
	return t
}

// has says whether everything was heard that the recorder's client has heard, but for
// the passing states and what is listed as another order.
func (t taskNotes) has(recorded taskNotes) bool {
	for at := range recorded.last {
		state, _, _ := strings.Cut(at[1], " ")
		if t.last[at] == nil && !slices.Contains(passing, state) {
			return false
		}
	}
	return true
}

func (p *player) compareTasks(key string) {
	theirs, ours := p.notified.theirs.tasks(key, p.names.theirs), p.notified.ours.tasks(key, p.names.ours)
	for _, task := range slices.Sorted(maps.Keys(merge(theirs.order, ours.order))) {
		p.compared += len(theirs.order[task])
		if other := p.otherTask(task, ""); other != nil && slices.Equal(ours.order[task], other.order) && !slices.Equal(ours.order[task], theirs.order[task]) {
			other.seen = true
			p.differed++
		} else if !slices.Equal(theirs.order[task], ours.order[task]) {
			p.t.Errorf("%s, notifications of %s, task %s:\ngot  %q\nwant %q", p.name, key, task, ours.order[task], theirs.order[task])
			continue
		}
		for _, state := range theirs.order[task] {
			at := [2]string{task, state}
			if ours.last[at] == nil {
				continue // the order of the states was other on purpose
			}
			want, got := show(p.t, theirs.last[at]), show(p.t, ours.last[at])
			other := p.otherTask(task, state)
			switch {
			case want == got:
				p.equal++
			case other != nil && other.check(ours.last[at], theirs.last[at]):
				other.seen = true
				p.differed++
			default:
				p.t.Errorf("%s, notifications of %s, task %s:%s", p.name, key, task, contrast([]string{got}, []string{want}))
			}
		}
	}
}

// otherTask is a listed difference in the notifications of tasks.
type otherTask struct {
	scenario string
	task     string // as it is normalised, such as <T1>; "": every task
	state    string // with the event, such as "remove StateUpdate"; "": the order of the states
	order    []string
	check    func(got, want map[string]any) bool
	why      string

	seen bool
}

func (p *player) otherTask(task, state string) *otherTask {
	for _, a := range areas {
		for _, o := range a.tasks {
			if o.scenario == p.name && (o.task == task || o.task == "") && o.state == state {
				return o
			}
		}
	}
	return nil
}

func TestTasksAreComparedByTheirStates(t *testing.T) {
	note := func(task, state, event string, offset any) map[string]any {
		return map[string]any{"fncsig": event, "arguments": map[string]any{"taskid": task, "state": state, "offset": offset, "tasklist": 1}}
	}
	var n notes
	for _, packet := range []map[string]any{
		note("x", "waitforchunk", "ChunkRequest", 0), note("y", "scanningfs", "StateUpdate", nil),
		note("x", "waitforchunk", "ChunkRequest", 5), note("x", "preprocessing", "StateUpdate", nil), note("y", "scanningfs", "StateUpdate", 1),
	} {
		packet["fncname"] = taskSource
		n.add("a", packet)
	}
	got := n.tasks("a "+taskSource, newNormaliser(0, 0))
	want := map[string][]string{"x": {"waitforchunk ChunkRequest 0", "waitforchunk ChunkRequest 5"}, "y": {"scanningfs StateUpdate"}}
	if fmt.Sprint(got.order) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got.order, want)
	}
	if last := show(t, got.last[[2]string{"y", "scanningfs StateUpdate"}]); last != `{"offset":1,"state":"scanningfs","taskid":"y"}` {
		t.Errorf("last packet %s", last)
	}
}
