package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"musicdb/conn"
	"musicdb/conn/bench/load"
	"musicdb/fsm"
)

// events is the work of a mode that has no server: the machine of a connection takes
// the events of message after message, counters and trace on.
const events load.Kind = "events"

// opening leads a connection to where messages are taken; each message is one lap.
var (
	opening = []conn.Event{conn.Accept, conn.CreateSession, conn.SessionReturned, conn.AwaitHandshake,
		conn.Upgrade, conn.Greet, conn.GreetReturned, conn.Establish}
	lap = []conn.Event{conn.Message, conn.Decoded, conn.RespondOne, conn.Sent}
)

// share measures an event of the machine, on a ledger of one owner, as a shard has it.
func share(o load.Options) (load.Result, error) {
	ledger := fsm.NewLedger(conn.Lifecycle)
	instances := make([]fsm.Instance[conn.State], o.Conns)
	now := fsm.Now()
	fire := func(i int, list []conn.Event) error {
		for _, on := range list {
			if _, err := ledger.Fire(&instances[i], uint32(i), on, now); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range instances {
		ledger.Start(&instances[i], uint32(i), now)
		if err := fire(i, opening); err != nil {
			return load.Result{}, err
		}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var r load.Result
	begun, err := processorTime()
	if err != nil {
		return r, err
	}
	for start := time.Now(); time.Since(start) < o.Time; {
		for i := range instances {
			if err := fire(i, lap); err != nil {
				return load.Result{}, err
			}
		}
		r.Units += uint64(len(instances) * len(lap))
	}
	done, err := processorTime()
	if err != nil {
		return r, err
	}
	took := done - begun
	r.CPU = float64(took.Nanoseconds()) / 1000 / float64(r.Units)
	r.Rate = float64(r.Units) / took.Seconds()
	ledger.Publish()
	var moves uint64
	for _, n := range ledger.Figures().Edges {
		moves += n
	}
	if want := r.Units + uint64(len(instances)*len(opening)); moves != want {
		return r, fmt.Errorf("%d events were counted of %d", moves, want)
	}
	return r, nil
}

// processorTime is what this thread has used, whatever else ran meanwhile.
func processorTime() (time.Duration, error) {
	var t unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
	return time.Duration(t.Nano()), err
}

// shareRole is the child that does it.
func shareRole(in io.Reader, out io.Writer) error {
	var o load.Options
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return err
	}
	return deliver(out, func() (load.Result, error) { return share(o) })
}
