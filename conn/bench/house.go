package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"musicdb/conn/bench/load"
	"musicdb/conn/bench/peers"
)

// house runs every peer under every mode.
type house struct {
	plan
	progress io.Writer
	started  time.Time
	load     string // of the machine, before anything was run

	serverCPU, loadCPU int // -1: any
}

// entry is what one peer did in one mode, one result per run that went well.
type entry struct {
	peer peers.Peer
	runs []load.Result
	err  error

	// disturbed are runs at a fixed rate in which the rate was not kept: they stand
	// for the peer only if there is nothing else.
	disturbed []load.Result
}

// waiting is a median latency, in µs, at which messages wait together rather than come
// one by one: somebody was short of processor time.
const waiting = 1000

// keptUp reports whether a run at a fixed rate did the work that it should.
func (m mode) keptUp(r load.Result) bool {
	return m.work.Rate == 0 || r.Missed*100 <= r.Units && r.P50 <= waiting
}

// chapter is one mode with all its peers.
type chapter struct {
	mode    mode
	entries []*entry
}

type results []chapter

// pin chooses a processor for the server and another for the load generator. In quick
// runs nothing is pinned: nobody reads the figures.
func (h *house) pin() error {
	h.serverCPU, h.loadCPU = -1, -1
	if h.quick {
		return nil
	}
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return err
	}
	for cpu := range 1024 {
		if set.IsSet(cpu) {
			if h.loadCPU < 0 {
				h.loadCPU = cpu
			}
			h.serverCPU = cpu
		}
	}
	if h.serverCPU == h.loadCPU {
		return errors.New("two processors are needed, one for the server and one for the load generator; -quick needs one")
	}
	return nil
}

// measure lets the peers take turns, mode by mode.
func (h *house) measure() results {
	var all results
	for _, m := range h.modes {
		c := chapter{mode: m}
		for _, p := range h.peers {
			if m.suits(p) {
				c.entries = append(c.entries, &entry{peer: p})
			}
		}
		runs := h.runs
		if m.once || h.profile != "" {
			runs = 1
		}
		for run := range runs {
			for _, e := range c.entries {
				if e.err == nil {
					h.visit(m, e, run)
				}
			}
		}
		for _, e := range c.entries {
			if len(e.runs) == 0 {
				e.runs = e.disturbed
			}
		}
		all = append(all, c)
	}
	return all
}

// visit is one run of one peer.
func (h *house) visit(m mode, e *entry, run int) {
	r, err := h.once(m, e.peer)
	if err != nil {
		e.err = fmt.Errorf("%s under %s: %w", e.peer.Name, m.name, err)
		fmt.Fprintf(h.progress, "%s\n", e.err)
		return
	}
	if m.keptUp(r) {
		e.runs = append(e.runs, r)
	} else {
		e.disturbed = append(e.disturbed, r)
	}
	if m.work.Kind == load.Idle {
		fmt.Fprintf(h.progress, "%-9s %-10s %d  %8.0f B/connection\n", m.name, e.peer.Name, run+1, r.Collected)
		return
	}
	fmt.Fprintf(h.progress, "%-9s %-10s %d  %8.3f µs/%s, %.0f/s\n", m.name, e.peer.Name, run+1, r.CPU, m.unit, r.Rate)
}

func (h *house) once(m mode, p peers.Peer) (load.Result, error) {
	if m.work.Kind == events {
		return order(h.serverCPU, roleShare, m.work, func() {})
	}
	s, err := startServer(h.serverCPU, p, m)
	if err != nil {
		return load.Result{}, err
	}
	defer s.stop()
	work := m.work
	work.ZeroMask = p.ZeroMask
	if h.profile == "" {
		return s.drive(h.loadCPU, work, func() {})
	}
	question := fmt.Sprintf("cpu %d", profileSeconds)
	if m.work.Kind == load.Idle {
		question = "heap"
	}
	work.Time = (profileSeconds + 1) * time.Second
	profiled := make(chan error, 1)
	r, err := s.drive(h.loadCPU, work, func() {
		go func() { profiled <- s.profile(filepath.Join(h.profile, p.Name+"-"+m.name+".pprof"), question) }()
	})
	if err != nil {
		return r, err
	}
	return r, <-profiled
}

const profileSeconds = 5

// profile writes what the server answers to a question for a profile.
func (s *server) profile(file, question string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	c, err := net.Dial("tcp", s.ctl)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := fmt.Fprintln(c, question); err != nil {
		return err
	}
	content, err := io.ReadAll(c)
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}

// failures joins what went wrong.
func (all results) failures() error {
	var errs []error
	for _, c := range all {
		for _, e := range c.entries {
			errs = append(errs, e.err)
		}
	}
	return errors.Join(errs...)
}
