package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// sample is the state of the server's process at one time; all counters only grow.
type sample struct {
	at           time.Time
	cpu          time.Duration // on a processor, all threads
	user, system uint64        // the same, in ticks of 10 ms
	switches     uint64        // of context, voluntary or not
	allocs       uint64
}

// process is the server that is measured.
type process struct {
	pid int
	ctl string
}

// memory is what the server says of itself.
type memory struct {
	Mallocs    uint64 `json:"mallocs"`
	HeapAlloc  uint64 `json:"heap_alloc"`
	StackInUse uint64 `json:"stack_inuse"`
}

// ask puts one of probe's questions to the server.
func (p process) ask(question string) (m memory, err error) {
	c, err := net.Dial("tcp", p.ctl)
	if err != nil {
		return m, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintln(c, question); err != nil {
		return m, err
	}
	return m, json.NewDecoder(c).Decode(&m)
}

// begin samples before a measurement: what answering a question costs is not measured.
func (p process) begin() (sample, error) {
	m, err := p.ask("stat")
	if err != nil {
		return sample{}, err
	}
	s, err := p.counters()
	s.allocs = m.Mallocs
	return s, err
}

// end samples after a measurement.
func (p process) end() (sample, error) {
	s, err := p.counters()
	if err != nil {
		return s, err
	}
	m, err := p.ask("stat")
	s.allocs = m.Mallocs
	return s, err
}

// counters sums what the kernel has counted for the threads of the server (proc(5)).
// Time of threads that have ended is lost; a Go process keeps its threads.
func (p process) counters() (s sample, err error) {
	threads := fmt.Sprintf("/proc/%d/task", p.pid)
	entries, err := os.ReadDir(threads)
	if err != nil {
		return s, fmt.Errorf("the server is gone: %w", err)
	}
	for _, e := range entries {
		dir := threads + "/" + e.Name()
		text, err := os.ReadFile(dir + "/schedstat") // time on a processor in ns, time waiting, slices
		if err != nil {
			continue // the thread has ended since
		}
		s.cpu += time.Duration(number(strings.Fields(string(text))[0]))
		text, err = os.ReadFile(dir + "/status")
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if name, value, _ := strings.Cut(line, ":"); strings.HasSuffix(name, "ctxt_switches") {
				s.switches += number(value)
			}
		}
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return s, err
	}
	// Fields 14 and 15 of the line; the second is a name in brackets that may hold spaces.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	s.user, s.system = number(string(fields[11])), number(string(fields[12]))
	s.at = time.Now()
	return s, nil
}

// private is the memory in bytes that belongs to the process alone: what it has
// written to. Pages of its program file are not its connections' affair.
func (p process) private() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p.pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); name == "Anonymous" {
			return float64(number(strings.TrimSuffix(strings.TrimSpace(value), " kB"))) * 1024, nil
		}
	}
	return 0, fmt.Errorf("no memory is counted for process %d", p.pid)
}

// number reads a counter of the kernel; there are no others in these files.
func number(text string) uint64 {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("the kernel counts %q", text))
	}
	return n
}

// spread divides what has happened between two samples among the units of work.
func spread(a, b sample, units uint64) Result {
	r := Result{Units: units}
	if units == 0 {
		return r
	}
	n := float64(units)
	r.Rate = n / b.at.Sub(a.at).Seconds()
	r.CPU = float64((b.cpu - a.cpu).Nanoseconds()) / 1000 / n
	if ticks := float64(b.user + b.system - a.user - a.system); ticks > 0 {
		r.User = float64(b.user-a.user) / ticks
	}
	r.Switches = float64(b.switches-a.switches) / n
	r.Allocs = float64(b.allocs-a.allocs) / n
	return r
}
