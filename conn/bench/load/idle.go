package load

import (
	"errors"
	"time"
)

// collections is how often a Go process collects garbage until doing so makes it
// allocate nothing more for itself.
const collections = 8

// idle opens the connections and reads the server's memory at each stage of their life.
// What the first connections make a server allocate once, such as its buffers, is there
// before the first reading.
func (o Options) idle() (r Result, err error) {
	server := process{o.PID, o.Ctl}
	first := o
	first.Conns = min(o.Conns, 64)
	early, err := first.enter()
	if err == nil {
		err = early.exchangeAll()
	}
	if err != nil {
		return r, err
	}
	early.close()
	o.rest()
	var before memory
	for range collections {
		if before, err = server.ask("gc"); err != nil {
			return r, err
		}
	}
	base, err := server.private()
	if err != nil {
		return r, err
	}

	all, err := o.enter()
	if err != nil {
		return r, err
	}
	defer all.close()
	o.rest()
	fresh, err1 := server.private()
	err2 := all.exchangeAll()
	o.rest()
	touched, err3 := server.private()
	after, err4 := server.ask("gc")
	collected, err5 := server.private()
	o.Measuring()
	a, err6 := server.counters()
	o.rest()
	b, err7 := server.counters()

	n := float64(o.Conns)
	r = Result{
		Units:     uint64(o.Conns),
		Fresh:     (fresh - base) / n,
		Touched:   (touched - base) / n,
		Collected: (collected - base) / n,
		InUse:     (float64(after.HeapAlloc+after.StackInUse) - float64(before.HeapAlloc+before.StackInUse)) / n,
		Allocs:    float64(after.Mallocs-before.Mallocs) / n,
		IdleCPU:   float64((b.cpu - a.cpu).Microseconds()) / 1000 / b.at.Sub(a.at).Seconds(),
	}
	return r, errors.Join(err1, err2, err3, err4, err5, err6, err7)
}

// guests are connections that have entered and can be made to exchange a message.
type guests interface {
	exchangeAll() error
	close()
}

// enter opens all connections, over TLS or not.
func (o Options) enter() (guests, error) {
	if o.TLS {
		return o.enterSecurely()
	}
	c, err := newCrowd(o)
	if err != nil {
		return nil, err
	}
	c.script = exchanges(o, ' ')
	return c, c.open()
}

func (o Options) rest() { <-time.After(o.Settle) }
