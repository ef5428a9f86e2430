//go:build linux

package conn

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// An exploration goes through every composed state that one connection can come to with
// an alphabet of actions, breadth first, until no new one appears. What grows without
// changing anything is bounded: two messages in flight to the server, and as many frames
// to the peer as the outbox takes.
type exploration struct {
	name string
	setting
	prefix  string // how it begins
	letters string // what the peer may say
	events  string // what else may happen
	limit   int    // of the messages that wait; 2 unless said otherwise
}

// opened is a connection that is open, with everybody asleep.
const opened = "connect:0:0 ask:0:1 settle:0:0"

// explorations are small enough for every run of the tests.
var explorations = []exploration{
	{name: "opening handshake", setting: setting{Loops: 1}, events: "connect:0:0 ask:0:1 ask:0:2 ask:0:41 finish:0:0 leave:0:0 break:0:0 expire:0:0"},
	{name: "session that is not made", setting: setting{Loops: 1}, events: "connect:0:1 connect:0:2 connect:0:3 ask:0:1 leave:0:0 break:0:0 shutdown:0:0 expire:0:0"},
	{name: "greeting that fails", setting: setting{Loops: 1}, letters: "C", events: "connect:0:4 connect:0:8 ask:0:1 leave:0:0"},
	{name: "shutdown at the beginning", setting: setting{Loops: 1}, events: "connect:0:0 ask:0:1 shutdown:0:0 late:0:0"},
	{name: "answers", setting: setting{Loops: 1}, prefix: opened, letters: "o"},
	{name: "answers and close", setting: setting{Loops: 1}, prefix: opened, letters: "oC"},
	{name: "answers and a lost peer", setting: setting{Loops: 1}, prefix: opened, letters: "o", events: "leave:0:0"},
	{name: "pushes", setting: setting{Loops: 1, OutboxBytes: 100}, prefix: opened, events: "push:0:0 fill:0:0 read:0:0"},
	{name: "peer that stops reading", setting: setting{Loops: 1}, prefix: opened, letters: "o", events: "fill:0:0 read:0:0", limit: 1},
	{name: "ends from both sides", setting: setting{Loops: 1}, prefix: opened, letters: "CV", events: "close:0:0 leave:0:0 expire:0:0"},
	{name: "prompt session", setting: setting{Loops: 1, Prompt: true}, prefix: opened, letters: "nC", events: "leave:0:0"},
	{name: "goroutine", setting: setting{Streams: 1}, prefix: opened, letters: "oC", events: "close:0:0 leave:0:0 expire:0:0"},
}

// thorough are explorations that take minutes.
var thorough = []exploration{
	{name: "pongs and pushes", setting: setting{Loops: 1, OutboxBytes: 100}, prefix: opened, letters: "P", events: "push:0:0 fill:0:0 read:0:0"},
	{name: "broadcasts", setting: setting{Loops: 1, OutboxBytes: 100}, prefix: opened, events: "publish:0:0 push:0:0 fill:0:0 read:0:0"},
	{name: "failing and answering", setting: setting{Loops: 1}, prefix: opened, letters: "of"},
	{name: "prompt and others", setting: setting{Loops: 1, Prompt: true}, prefix: opened, letters: "ns"},
	{name: "shutdown", setting: setting{Loops: 1}, prefix: opened, letters: "o", events: "shutdown:0:0 leave:0:0 expire:0:0"},
	{name: "every end", setting: setting{Loops: 1}, prefix: opened, letters: "oCV", events: "close:0:0 leave:0:0 break:0:0 expire:0:0"},
	{name: "answers to all, and pushes", setting: setting{Loops: 1}, prefix: opened, letters: "aC", events: "push:0:0 publish:0:0"},
	{name: "a peer that hardly reads", setting: setting{Loops: 1}, prefix: opened, letters: "o", events: "fill:0:0 read:0:0"},
	{name: "goroutines", setting: setting{Streams: 1}, prefix: opened, letters: "oPC", events: "push:0:0 close:0:0 leave:0:0 break:0:0 expire:0:0"},
}

// node is a composed state: how it was come to first.
type node struct {
	from   int32
	depth  int32
	by     action
	places []uint64 // of the actors
}

// explorer is an exploration under way.
type explorer struct {
	exploration
	alphabet []action
	begin    []action
	workers  int

	mu          sync.Mutex
	nodes       []node
	seen        map[uint64]struct{}
	transitions int
	deepest     int
	quiet       int
	failed      string
}

func (x *explorer) run(until time.Time) (complete bool) {
	x.seen = make(map[uint64]struct{})
	x.begin, x.alphabet = parse(x.prefix), parse(x.events)
	for _, letter := range x.letters {
		x.alphabet = append(x.alphabet, action{what: says, how: int(letter)})
	}
	if x.limit == 0 {
		x.limit = 2
	}
	x.nodes = []node{{from: -1}}
	var wait sync.WaitGroup
	next, busy := 0, 0
	idle := sync.NewCond(&x.mu)
	complete = true
	for range x.workers {
		w := newWorld(x.setting)
		wait.Go(func() {
			defer w.dismiss()
			x.mu.Lock()
			defer x.mu.Unlock()
			for {
				for next == len(x.nodes) && busy > 0 && x.failed == "" {
					idle.Wait()
				}
				if next == len(x.nodes) || x.failed != "" || !complete {
					idle.Broadcast()
					return
				}
				if complete = time.Now().Before(until); !complete {
					continue
				}
				at := int32(next)
				next++
				busy++
				list, places := x.path(at), x.nodes[at].places
				x.mu.Unlock()
				found := x.expand(w, list, places)
				x.mu.Lock()
				busy--
				x.enter(at, found)
				idle.Broadcast()
			}
		})
	}
	wait.Wait()
	return complete
}

// path is how to come to a state.
func (x *explorer) path(at int32) []action {
	var list []action
	for ; x.nodes[at].from >= 0; at = x.nodes[at].from {
		list = append(list, x.nodes[at].by)
	}
	list = append(list, make([]action, len(x.begin))...)
	slices.Reverse(list)
	copy(list, x.begin)
	return list
}

// finding is what an action leads to.
type finding struct {
	by     action
	print  uint64
	quiet  bool // nothing more happens by itself
	places []uint64
}

// enter notes what was found from a state, with the mutex held.
func (x *explorer) enter(from int32, found []finding) {
	for _, f := range found {
		x.transitions++
		if _, known := x.seen[f.print]; known {
			continue
		}
		x.seen[f.print] = struct{}{}
		if f.quiet {
			x.quiet++
		}
		depth := x.nodes[from].depth + 1
		x.nodes = append(x.nodes, node{from, depth, f.by, f.places})
		x.deepest = max(x.deepest, int(depth))
	}
}

// expand does everything that can be done in a state, and examines what comes of it.
func (x *explorer) expand(w *world, list []action, places []uint64) (found []finding) {
	x.come(w, list, places)
	choices := x.choices(w)
	for k, a := range choices {
		if k > 0 {
			x.come(w, list, places)
		}
		w.exact = true
		possible := w.do(a)
		w.exact = false
		if !possible {
			continue
		}
		w.check()
		quiet := w.quiet()
		f := finding{by: a, print: w.fingerprint(), quiet: quiet}
		if quiet && w.failed == "" {
			w.checkQuiet()
		}
		x.mu.Lock()
		_, known := x.seen[f.print]
		x.mu.Unlock()
		if !known {
			for _, a := range w.actors {
				f.places = append(f.places, a.place)
			}
			if (quiet || f.print%8 == 0) && w.failed == "" {
				w.wind() // from every state there is a way to the end
			}
		}
		if w.failed != "" {
			x.mu.Lock()
			x.failed = fmt.Sprintf("%s: {%+v, %q}", w.failed, x.setting, format(append(list, a)))
			x.mu.Unlock()
			return nil
		}
		found = append(found, f)
	}
	return found
}

// come replays the way to a state.
func (x *explorer) come(w *world, list []action, places []uint64) {
	w.reset()
	for _, a := range list {
		w.do(a)
	}
	for k, place := range places {
		w.actors[k].place = place
	}
}

// choices lists what can be done in a state.
func (x *explorer) choices(w *world) []action {
	var all []action
	for _, a := range w.actors {
		next := action{what: goOn, kind: a.kind, who: a.who}
		if w.ready(a) && !slices.Contains(all, next) {
			all = append(all, next)
		}
	}
	for _, j := range w.jobs {
		if p := w.personAt(j); p != nil {
			all = append(all, action{what: begin, who: p.n})
		}
	}
	for _, a := range x.alphabet {
		if x.within(w, a) {
			all = append(all, a)
		}
	}
	return all
}

// within reports whether an action is possible and within the bounds.
func (x *explorer) within(w *world, a action) bool {
	switch a.what {
	case connects:
		return len(w.people) == 0
	case shutsDown:
		return !w.closed
	case runsLate:
		return w.closed && !w.late
	case expires:
		return w.shards[0].sweep.next != 0
	default:
	}
	if len(w.people) == 0 {
		return false
	}
	p := w.people[0]
	gone := p.sock.eof || p.sock.reset || p.sock.closed
	waiting, alive := 0, false
	if p.session != nil {
		if r := p.record(); r != nil {
			alive = true
			if wk := p.session.c.s.table.seat(p.session.c.slot).work; wk != nil {
				waiting = len(wk.box.queue)
			}
			waiting += len(p.session.c.s.news.items)
		}
	}
	switch a.what {
	case says:
		unheard := 0
		if p.session != nil {
			unheard = len(p.calls) - p.session.executed
		}
		return !gone && p.asked == wantsWebSocket && !p.closes && !p.spoiled && len(p.tail) == 0 &&
			unheard < x.limit && len(p.sock.in) <= 13*(x.limit-1) && (a.how != 'P' || len(p.pings)-p.ponged < x.limit)
	case asks:
		return !gone && p.asked == wantsNothing
	case finishes:
		return !gone && len(p.tail) > 0
	case leaves:
		return !gone
	case breaks:
		return !p.sock.reset && !p.sock.closed
	case fills:
		return !gone && p.sock.room == endless
	case empties:
		return !gone && p.sock.room < endless
	case pushes, publishes:
		return alive && waiting < x.limit+1 && !w.has(serverActor)
	case closes:
		return alive && p.record().accepts() && !w.has(serverActor)
	default:
	}
	return true
}

func (w *world) has(kind actorKind) bool {
	return slices.ContainsFunc(w.actors, func(a *actor) bool { return a.kind == kind })
}

// explored has a line for each exploration, for the report.
var explored []string

func TestExploration(t *testing.T) {
	if underTest == Goroutine {
		return // it has transports of its own, and has run
	}
	list, limit := explorations, 10*patience
	if raceEnabled {
		list = list[:4] // one goroutine at a time makes no race
	}
	if *simulateFor > 0 {
		list, limit = append(list, thorough...), time.Hour
	}
	for _, e := range list {
		t.Run(e.name, func(t *testing.T) {
			begun := time.Now()
			x := &explorer{exploration: e, workers: runtime.GOMAXPROCS(0)}
			complete := x.run(begun.Add(limit))
			if x.failed != "" {
				t.Fatal(x.failed)
			}
			line := fmt.Sprintf("%-28s %8d states %9d transitions  depth %3d  %6d quiet  %v\n", e.name,
				len(x.nodes), x.transitions, x.deepest, x.quiet, time.Since(begun).Round(time.Second))
			t.Log(line)
			explored = append(explored, line)
			if !complete {
				t.Error("there is no end to it")
			}
		})
	}
}
