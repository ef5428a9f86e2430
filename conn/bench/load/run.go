package load

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// Run does the work that the options describe. Any byte that should not have come, a
// connection that is lost, and a time without progress are errors.
func Run(o Options) (Result, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // there is next to nothing to collect
	if o.Measuring == nil {
		o.Measuring = func() {}
	}
	o.Depth = max(o.Depth, 1)
	switch o.Kind {
	case Echo:
		return o.echo()
	case Broadcast:
		return o.broadcast()
	case Handshake:
		return o.handshakes()
	case Idle:
		return o.idle()
	}
	return Result{}, fmt.Errorf("there is no work of kind %q", o.Kind)
}

// meter measures from the end of the warming on.
type meter struct {
	o         Options
	server    process
	phase     phase
	turn      time.Time // when the next phase begins
	first     sample
	latencies histogram
	units     uint64
	missed    uint64
}

type phase uint8

const (
	warming phase = iota
	measuring
	over
)

func newMeter(o Options) *meter {
	return &meter{o: o, server: process{o.PID, o.Ctl}, turn: time.Now().Add(o.Warm)}
}

// advance moves on to the next phase when it is time. After over, result is there.
func (m *meter) advance() (phase, error) {
	if time.Now().Before(m.turn) {
		return m.phase, nil
	}
	m.phase++
	if m.phase == measuring {
		var err error
		if m.first, err = m.server.begin(); err != nil {
			return m.phase, err
		}
		m.o.Measuring() // behind begin: the server answers one question after the other
		m.latencies, m.units, m.missed = histogram{}, 0, 0
		m.turn = time.Now().Add(m.o.Time)
	}
	return m.phase, nil
}

func (m *meter) result() (Result, error) {
	last, err := m.server.end()
	if err != nil {
		return Result{}, err
	}
	r := spread(m.first, last, m.units)
	r.P50, r.P99 = m.latencies.quantile(.5), m.latencies.quantile(.99)
	r.Missed = m.missed
	if m.units == 0 {
		return r, fmt.Errorf("nothing was finished in %v", m.o.Time)
	}
	return r, nil
}
