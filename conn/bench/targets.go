package main

import (
	"fmt"
	"math"

	"musicdb/conn/bench/load"
)

// target is what the engine has to reach in one mode.
type target struct {
	mode  string
	what  string
	unit  string
	value func(load.Result) float64

	// Either a value, or a part of what the best other engine needs. Where the system
	// calls alone leave no room for that, floors times the floor is enough.
	atMost float64
	ofBest float64
	floors float64
}

func cpu(r load.Result) float64       { return r.CPU }
func allocs(r load.Result) float64    { return r.Allocs }
func switches(r load.Result) float64  { return r.Switches }
func collected(r load.Result) float64 { return r.Collected }

// none is what counts as nothing allocated: the runtime itself allocates a little.
const none = 0.005

const room = 1.10 // times the floor

var targets = []target{
	{"idle", "memory of an idle connection", "B", collected, 128, 0, 0},
	{"idlemax", "the same at as many as descriptors allow", "B", collected, 128, 0, 0},
	{"tls", "memory of an idle connection over TLS", "B", collected, 0, 0.5, 0},
	{"echo", "echo", "µs", cpu, 0, 0.75, room},
	{"echo8", "echo, 8 in flight", "µs", cpu, 0, 0.25, room},
	{"rate", "echo at 10,000 messages/s", "µs", cpu, 0, 0.7, room},
	{"rate", "context switches at 10,000 messages/s", "per message", switches, 1.1, 0, 0},
	{"bcast", "broadcast", "µs", cpu, 0, 0.95, room},
	{"bcastmax", "broadcast to as many as descriptors allow", "µs", cpu, 0, 0.95, room},
	{"burst", "broadcasts in bursts of 8", "µs", cpu, 0, 0.2, room},
	{"handshake", "handshake", "µs", cpu, 0, 0.9, room},
	{"echo", "allocations of an echo", "per message", allocs, none, 0, 0},
	{"echo8", "allocations of an echo, 8 in flight", "per message", allocs, none, 0, 0},
	{"bcast", "allocations of a broadcast", "per delivery", allocs, none, 0, 0},
	{"handshake", "allocations of a connection", "per handshake", allocs, 1 + none, 0, 0},
	{"machine", "an event of the machine, counters and trace on", "µs", cpu, 0.02, 0, 0},
}

// verdict is a target held against what was measured.
type verdict struct {
	target
	ours, best, floor, limit float64 // NaN where there is none
	bestName                 string
	reached                  bool
}

// judge returns nothing if the mode was not run, or not with everybody it takes.
func (t target) judge(all results) (v verdict, judged bool) {
	v = verdict{target: t, ours: math.NaN(), best: math.NaN(), floor: math.NaN(), limit: math.NaN()}
	c := all.chapter(t.mode)
	if c == nil {
		return v, false
	}
	for _, e := range c.entries {
		x := e.smallest(t.value)
		switch {
		case e.peer.Ours:
			v.ours = x
		case e.peer.Floor:
			v.floor = x
		case !e.peer.Variant && !math.IsNaN(x) && !(x >= v.best): // the first one as well
			v.best, v.bestName = x, e.peer.Name
		}
	}
	v.limit = t.atMost
	if t.ofBest > 0 {
		v.limit = t.ofBest * v.best
		if t.floors > 0 && t.floors*v.floor > v.limit {
			v.limit = t.floors * v.floor
		}
	}
	v.reached = v.ours <= v.limit
	return v, !math.IsNaN(v.ours) && !math.IsNaN(v.limit)
}

// rule is the target in words.
func (t target) rule() string {
	switch {
	case t.ofBest == 0 && t.atMost == none:
		return "0"
	case t.ofBest == 0:
		return fmt.Sprintf("≤ %.4g", math.Round(t.atMost*100)/100)
	case t.floors == 0:
		return fmt.Sprintf("≤ %v × best", t.ofBest)
	}
	return fmt.Sprintf("≤ %v × best or %.2f × floor", t.ofBest, t.floors)
}

// smallest of all runs: whatever else the machine does only adds.
func (e *entry) smallest(value func(load.Result) float64) float64 {
	least := math.NaN()
	for _, r := range e.runs {
		if x := value(r); !(x >= least) {
			least = x
		}
	}
	return least
}

func (all results) chapter(mode string) *chapter {
	for i := range all {
		if all[i].mode.name == mode {
			return &all[i]
		}
	}
	return nil
}
