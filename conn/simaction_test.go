//go:build linux

package conn

import (
	"fmt"
	"strconv"
	"strings"

	"musicdb/fsm"
)

// action is one thing that happens in a world. An action that is not possible does
// nothing, so that a list of actions remains one when some are left out.
type action struct {
	what verb
	kind actorKind // of goOn
	who  int       // a person, or a shard
	how  int
}

type verb uint8

const (
	goOn      verb = iota // an actor goes on
	begin                 // a job begins
	connects              // a person comes; how: what the session does
	asks                  // how: wish, and how many bytes come first
	says                  // how: letter, and how many bytes come first
	finishes              // the rest of what was cut
	leaves                // the person ends its direction
	breaks                // a reset
	fills                 // the socket takes how more bytes
	empties               // the socket takes everything
	pushes                // the server sends to one
	publishes             // the server sends to all; how: topic
	closes                // the server closes one
	closesAll             //
	admits                // Hub.Add
	dismisses             // Hub.Remove
	shutsDown             // Shutdown
	runsLate              // its time is over
	ticksBy               // time passes
	sweeps                // the alarm of a shard rings
	pollsOnly             // at most how events in one poll
	isPrecise             // how: whether all points are points
	expires               // time passes until the alarm of a shard rings
	settles               // everything happens that can
)

var verbNames = [...]string{"go", "begin", "connect", "ask", "say", "finish", "leave", "break", "fill", "read", "push", "publish",
	"close", "closeAll", "add", "remove", "shutdown", "late", "tick", "sweep", "poll", "precise", "expire", "settle"}

func (a action) String() string {
	if a.what == goOn {
		return fmt.Sprintf("%s:%d", actorNames[a.kind], a.who)
	}
	if a.what == says {
		s := fmt.Sprintf("say:%d:%c", a.who, a.how&0xFF)
		if cut := a.how >> 8; cut > 0 {
			s += strconv.Itoa(cut)
		}
		return s
	}
	return fmt.Sprintf("%s:%d:%d", verbNames[a.what], a.who, a.how)
}

func format(list []action) string {
	words := make([]string, len(list))
	for k, a := range list {
		words[k] = a.String()
	}
	return strings.Join(words, " ")
}

// parse reads what format writes.
func parse(text string) (list []action) {
	for _, word := range strings.Fields(text) {
		part := strings.Split(word, ":")
		var a action
		a.who, _ = strconv.Atoi(part[1])
		found := false
		for k, name := range actorNames {
			if part[0] == name && len(part) == 2 {
				a.what, a.kind, found = goOn, actorKind(k), true
			}
		}
		for k, name := range verbNames {
			if part[0] == name && len(part) == 3 {
				a.what, found = verb(k), true
				if a.what == says {
					cut, _ := strconv.Atoi(part[2][1:])
					a.how = int(part[2][0]) | cut<<8
				} else {
					a.how, _ = strconv.Atoi(part[2])
				}
			}
		}
		if !found {
			panic("not an action: " + word)
		}
		list = append(list, a)
	}
	return list
}

// do lets an action happen, and reports whether it was possible.
func (w *world) do(a action) bool {
	switch a.what {
	case goOn:
		for _, other := range w.actors {
			if other.kind == a.kind && other.who == a.who && w.ready(other) {
				w.resume(other)
				return true
			}
		}
		return false
	case begin:
		for k, j := range w.jobs {
			if p := w.personAt(j); p != nil && p.n == a.who {
				w.jobs = append(w.jobs[:k:k], w.jobs[k+1:]...)
				w.resume(w.spawn(workerActor, p.n, func() { j.run(w.current.sc) }))
				return true
			}
		}
		return false
	case connects:
		w.connect(outcome(a.how&3), outcome(a.how>>2&3))
	case publishes:
		w.server(0, func() { w.broadcast(byte(a.how)) })
	case closesAll:
		w.server(0, func() { w.engine.Hub().CloseAll(CodeGoingAway, "all") })
	case shutsDown:
		if w.closed {
			return false
		}
		w.closed = true
		w.resume(w.spawn(shutdownActor, 0, w.shutdown))
	case runsLate:
		w.late = w.closed
	case ticksBy:
		w.now += fsm.Tick(a.how)
		for _, p := range w.people {
			p.swept = true
		}
	case sweeps:
		return w.sweep(a.who)
	case expires:
		if in := int32(w.shards[a.who].sweep.next - w.now); in > 0 {
			w.do(action{what: ticksBy, how: int(in)})
		}
		return w.sweep(a.who)
	case settles:
		w.settle()
		if w.failed == "" {
			w.checkQuiet()
		}
	case pollsOnly:
		w.batch = a.how
	case isPrecise:
		w.quick = a.how == 0
	default:
		if a.who >= len(w.people) {
			return false
		}
		return w.people[a.who].do(a)
	}
	return true
}

// server runs what some goroutine of the server does.
func (w *world) server(who int, task func()) { w.resume(w.spawn(serverActor, who, task)) }

func (w *world) personAt(j job) *person {
	for _, p := range w.people {
		if s := p.session; s != nil && s.c.s == j.s && s.c.slot == j.slot && p.record() != nil {
			return p
		}
	}
	return nil
}

// do lets an action of, or to, a person happen.
func (p *person) do(a action) bool {
	w, sock := p.w, p.sock
	switch a.what {
	case asks:
		p.ask(wish(a.how&3), a.how>>2)
	case says:
		p.say(byte(a.how), a.how>>8)
	case finishes:
		p.finish()
	case leaves:
		if sock.eof || sock.reset {
			return false
		}
		sock.eof = true
		sock.edge()
	case breaks:
		if sock.reset {
			return false
		}
		sock.reset, sock.in = true, nil
		sock.edge()
	case fills, empties:
		if a.what == empties {
			sock.room = endless
		} else {
			sock.room = a.how
		}
		if sock.room > 0 && sock.starved {
			sock.starved = false
			if sock.awaited {
				sock.edge()
			}
		}
	case pushes, closes, admits, dismisses:
		if p.session == nil {
			return false
		}
		c := p.session.c
		w.server(p.n, func() {
			switch a.what {
			case pushes:
				w.push(p)
			case closes:
				c.Close(CodeNormal, "closed")
			case admits:
				w.engine.Hub().Add(c)
			case dismisses:
				w.engine.Hub().Remove(c)
			default:
			}
		})
	default:
	}
	return true
}

// connect lets a person come.
func (w *world) connect(creates, greets outcome) {
	p := &person{w: w, n: len(w.people), creates: creates, greets: greets}
	p.sock = &socket{w: w, p: p, fd: noSocket, room: endless}
	w.people = append(w.people, p)
	if w.Streams > 0 && (w.Loops == 0 || p.n%2 == 1) {
		t := w.shards[w.Loops+p.n%w.Streams].carrier.(*simStreams)
		w.spawn(readerActor, p.n, func() { t.begin(p) })
		return
	}
	if !w.closing {
		w.door = append(w.door, p)
	}
}

// sweep lets the alarm of a shard ring when it is due.
func (w *world) sweep(k int) bool {
	s := w.shards[k]
	next := s.sweep.next
	if next == 0 || next == w.swept[k] || int32(w.now-next) < 0 {
		return false
	}
	w.swept[k] = next
	w.resume(w.spawn(sweepActor, k, func() { s.swept(); w.swept[k] = 0 }))
	return true
}

// settle lets everything happen that can happen by itself, a bounded number of times.
func (w *world) settle() {
	for range 10_000 {
		if w.failed != "" {
			return
		}
		if len(w.jobs) > 0 {
			if p := w.personAt(w.jobs[0]); p != nil {
				w.do(action{what: begin, who: p.n})
				continue
			}
			w.fail("a job waits for nobody")
		}
		moved := false
		for _, a := range w.actors {
			if w.ready(a) {
				w.resume(a)
				moved = true
				break
			}
		}
		if !moved {
			return
		}
		w.check()
	}
	w.fail("there is no end to it")
}

// wind brings a run to its end: everybody reads and goes away, and time passes. In every
// state that must be possible.
func (w *world) wind() {
	w.batch = 0
	w.settle()
	if w.failed == "" {
		w.checkQuiet()
	}
	for _, p := range w.people {
		p.do(action{what: empties})
	}
	w.settle()
	if w.failed == "" {
		w.checkQuiet()
	}
	w.do(action{what: shutsDown})
	w.settle()
	for _, p := range w.people {
		if (p.n+len(p.said))%2 == 0 { // the others are left to the time limits
			p.do(action{what: leaves})
		}
		w.settle()
	}
	for range 10 {
		w.do(action{what: ticksBy, how: 200})
		for k := range w.shards {
			w.sweep(k)
			w.settle()
		}
	}
	if w.failed == "" {
		w.checkOver()
	}
	if w.failed == "" && len(w.actors) > 0 {
		a := w.actors[0]
		w.fail("%s %d is left at %s", actorNames[a.kind], a.who, pointNames[a.at])
	}
}
