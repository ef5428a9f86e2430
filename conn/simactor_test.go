//go:build linux

package conn

import (
	"encoding/binary"
	"hash/maphash"
	"iter"
	"runtime"
	"runtime/debug"
)

// actor is a coroutine that runs a part of the engine up to the next point.
type actor struct {
	w     *world
	kind  actorKind
	who   int // a person or a shard
	task  func()
	at    point
	sock  *socket
	yield func(struct{}) bool
	next  func() (struct{}, bool)
	stop  func()
	sc    *scratch
	place uint64 // stands for its stack, if the world is exact
	fresh bool   // has not come to a point yet
	holds int    // what a system call is about to return: bytes, or an error
	tells uint32 // the notice that this actor is sending, plus one
}

type actorKind uint8

const (
	loopActor actorKind = iota
	workerActor
	readerActor
	writerActor
	serverActor
	sweepActor
	shutdownActor
)

var actorNames = [...]string{"loop", "worker", "reader", "writer", "server", "sweep", "shutdown"}

// point is where an actor stands while others go on.
type point uint8

const (
	atClock   point = iota // before a mutex
	atKernel               // in a system call that does not wait
	atSession              // in a method of a session
	atSleep                // waits for events
	atTurn                 // a reader waits to read on
	atInput                // a reader waits for bytes
	atRoom                 // a writer waits for room
	atDrained              // a shutdown waits
	atEnd                  // has nothing to do any more
)

var pointNames = [...]string{"clock", "kernel", "session", "sleep", "turn", "input", "room", "drained", "end"}

// spawn lets somebody begin. It runs up to its first point when it is resumed.
func (w *world) spawn(kind actorKind, who int, task func()) *actor {
	var a *actor
	if n := len(w.idle); n > 0 {
		a = w.idle[n-1]
		w.idle = w.idle[:n-1]
	} else {
		a = &actor{w: w, sc: newScratch(batchSize)}
		a.next, a.stop = iter.Pull(func(yield func(struct{}) bool) {
			a.yield = yield
			for {
				a.task()
				a.at, a.task = atEnd, nil
				if !yield(struct{}{}) {
					return
				}
			}
		})
	}
	a.kind, a.who, a.task, a.at, a.sock, a.fresh, a.place, a.holds, a.tells = kind, who, task, atClock, nil, true, 0, 0, 0
	w.actors = append(w.actors, a)
	return a
}

// dismiss ends the coroutines of a world that is not used any more.
func (w *world) dismiss() {
	w.reset()
	w.abort = true
	for len(w.actors) > 0 {
		w.resume(w.actors[0])
	}
	for _, a := range w.idle {
		a.stop()
	}
	w.idle = nil
}

// pause is a point. No mutex is held there: that is what the core promises.
func (w *world) pause(at point, sock *socket) {
	a := w.current
	if w.abort || a == nil {
		return
	}
	if at == atClock && a.fresh {
		a.fresh = false // nothing has happened since it began
		return
	}
	a.fresh = false
	if w.quick && at == atClock && (a.at == atSession || a.at == atSleep) {
		a.at = atClock
		return // nothing that others see has happened since
	}
	for _, s := range w.shards {
		if !s.mu.TryLock() {
			w.fail("a mutex is held at %s of %s %d\n%s", pointNames[at], actorNames[a.kind], a.who, debug.Stack())
			return
		}
		s.mu.Unlock()
	}
	a.at, a.sock = at, sock
	if l, ok := w.shards[min(a.who, len(w.shards)-1)].carrier.(*loop); ok && a.kind == loopActor {
		l.kernel.(*simKernel).passed++
	}
	if w.exact {
		a.place = place()
	}
	a.yield(struct{}{})
}

// place stands for the stack of whoever calls pause.
func place() uint64 {
	var stack [12]uintptr
	var b []byte
	for _, pc := range stack[:runtime.Callers(3, stack[:])] {
		b = binary.LittleEndian.AppendUint64(b, uint64(pc))
	}
	return maphash.Bytes(printSeed, b)
}

// ready reports whether an actor can go on.
func (w *world) ready(a *actor) bool {
	switch a.at {
	case atSleep:
		return w.shards[a.who].carrier.(*loop).kernel.(*simKernel).awake()
	case atTurn:
		return a.sock.signalled
	case atInput:
		return a.sock.readable()
	case atRoom:
		return a.sock.room > 0 || a.sock.reset || a.sock.closed
	case atDrained:
		select {
		case <-w.engine.drained:
			return true
		default:
			return w.late
		}
	default:
	}
	return true
}

// resume lets an actor go on to its next point.
func (w *world) resume(a *actor) {
	w.current = a
	defer func() {
		w.current = nil
		if v := recover(); v != nil {
			w.fail("panic: %v\n%s", v, debug.Stack())
			a.at = atEnd
			w.drop(a)
			a.task = nil
			return
		}
		if a.at == atEnd {
			w.drop(a)
			w.idle = append(w.idle, a)
		}
	}()
	a.next()
}

func (w *world) drop(a *actor) {
	for k, other := range w.actors {
		if other == a {
			w.actors = append(w.actors[:k], w.actors[k+1:]...)
			return
		}
	}
}
