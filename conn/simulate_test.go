//go:build linux

package conn

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"musicdb/fsm"
)

var (
	simulateSeed = flag.Uint64("seed", 0, "run only this seed in TestSimulation and print what happens")
	simulateFor  = flag.Duration("simulate", 0, "how long TestSimulation runs, on all processors; it writes "+simulationReport)
)

const simulationReport = "testdata/reports/simulation.txt"

// simulation runs seeds. Each fixes everything that happens in its run.
type simulation struct {
	rnd    *rand.Rand
	w      *world
	worlds map[int]*world
	trace  []action
	seen   map[uint64]struct{} // fingerprints, nil to take none
	steps  int
}

func newSimulation() *simulation { return &simulation{worlds: make(map[int]*world)} }

// settings are the worlds of the simulation; a seed says which.
var settings = []setting{
	{Loops: 1},
	{Loops: 2},
	{Loops: 1, Prompt: true},
	{Loops: 2, Prompt: true, BySession: true, OutboxBytes: 300},
	{Loops: 2, Streams: 1, OutboxBytes: 300},
	{Streams: 1},
	{Streams: 2, Prompt: true, OutboxBytes: 500},
	{Loops: 1, BySession: true, Idle: 2 * time.Second},
	{Loops: 2, Streams: 1, MaxConnections: 4, MaxPerAddress: 2},
	{Loops: 1, Rate: 20, Wrap: true},
	{Loops: 1, Streams: 1, Prompt: true, BySession: true, Wrap: true, Idle: time.Second},
	{Loops: 2, Prompt: true, OutboxBytes: 50},
}

// run runs a seed, and returns what is wrong.
func (m *simulation) run(seed uint64) string {
	m.rnd = rand.New(rand.NewPCG(seed, 1))
	w := m.world(int(seed % uint64(len(settings))))
	m.w, m.trace = w, m.trace[:0]
	w.exact = m.seen != nil
	length := 100 + m.rnd.IntN(900)
	mood := m.rnd.IntN(4) // some runs are calm, some are full of ends
	if m.rnd.IntN(2) == 0 {
		m.do(action{what: isPrecise, how: 1})
	}
	for range length {
		m.step(mood)
		m.steps++
		w.check()
		if m.seen != nil {
			m.seen[w.fingerprint()] = struct{}{}
		}
		if w.failed != "" {
			return w.failed
		}
	}
	w.wind()
	return w.failed
}

func (m *simulation) world(k int) *world {
	if m.worlds[k] == nil {
		m.worlds[k] = newWorld(settings[k])
	} else {
		m.worlds[k].reset()
	}
	return m.worlds[k]
}

func (m *simulation) dismiss() {
	for _, w := range m.worlds {
		w.dismiss()
	}
}

// proved adds up the edges that simulation and exploration have taken.
var proved = edgeCount{only: websockets, taken: make(map[string][]uint64)}

// count adds the edges that a world has taken.
func (w *world) count(c *edgeCount) {
	for _, s := range w.shards {
		s.lives.Publish()
		s.boxes.Publish()
		c.add(s.lives.Figures())
		c.add(s.boxes.Figures())
	}
}

func (m *simulation) do(a action) bool {
	m.trace = append(m.trace, a)
	return m.w.do(a)
}

// step lets one thing happen.
func (m *simulation) step(mood int) {
	w := m.w
	if m.rnd.IntN(100) < 70 {
		// Somebody of those who can goes on.
		first := m.rnd.IntN(len(w.actors) + len(w.jobs) + 1)
		for k := range len(w.actors) + len(w.jobs) {
			at := (first + k) % (len(w.actors) + len(w.jobs))
			if at < len(w.actors) {
				if a := w.actors[at]; w.ready(a) {
					m.do(action{what: goOn, kind: a.kind, who: a.who})
					return
				}
			} else if p := w.personAt(w.jobs[at-len(w.actors)]); p != nil {
				m.do(action{what: begin, who: p.n})
				return
			}
		}
	}
	m.do(m.event(mood))
}

// event is something that comes from outside.
func (m *simulation) event(mood int) action {
	w, r := m.w, m.rnd
	alive := len(w.people)
	for _, p := range w.people {
		if p.session != nil && p.session.left > 0 || p.sock.closed {
			alive--
		}
	}
	if alive < 2 || alive < 5 && r.IntN(12) == 0 {
		how := 0
		if r.IntN(10) == 0 {
			how = r.IntN(16)
		}
		return action{what: connects, how: how}
	}
	// The latest five are talked to.
	who := len(w.people) - 1 - r.IntN(min(len(w.people), 5))
	p := w.people[who]
	if p.asked == wantsNothing && r.IntN(3) > 0 {
		want := wantsWebSocket
		if r.IntN(10) == 0 {
			want = wish(1 + r.IntN(3))
		}
		return action{what: asks, who: who, how: int(want) | m.cut(100)<<2}
	}
	switch n := r.IntN(100); {
	case n < 42:
		letter := calls[r.IntN(len(calls))]
		if r.IntN(4) == 0 {
			letter = "PPPPQBBPPPCDV"[r.IntN(4+3*mood)]
		}
		if letter == 'p' && r.IntN(4) > 0 || letter == 'b' && r.IntN(3) > 0 || letter == 'c' && r.IntN(4) > 0 {
			letter = 'o'
		}
		return action{what: says, who: who, how: int(letter) | m.cut(13)<<8}
	case n < 50:
		return action{what: finishes, who: who}
	case n < 58:
		return action{what: pushes, who: who}
	case n < 66:
		return action{what: publishes, how: []int{0, 0, 'x', 'y'}[r.IntN(4)]}
	case n < 72:
		return action{what: fills, who: who, how: []int{0, 0, 1, 10, 30, 100}[r.IntN(6)]}
	case n < 83:
		return action{what: empties, who: who}
	case n < 87:
		return action{what: ticksBy, how: []int{1, 5, 10, 60, 110}[r.IntN(1+2*min(mood, 2))]}
	case n < 93:
		return action{what: sweeps, who: r.IntN(len(w.shards))}
	case n < 94:
		return action{what: []verb{pollsOnly, settles}[r.IntN(2)], how: r.IntN(3)}
	case n < 96:
		return action{what: []verb{admits, dismisses}[r.IntN(2)], who: who}
	case mood == 0:
		return action{what: empties, who: who}
	case n < 97:
		return action{what: leaves, who: who}
	case n < 98:
		return action{what: breaks, who: who}
	case n < 99:
		return action{what: closes, who: who}
	}
	switch r.IntN(60) {
	case 0, 1:
		return action{what: closesAll}
	case 2:
		return action{what: shutsDown}
	case 3:
		return action{what: runsLate}
	}
	return action{what: empties, who: who}
}

// cut is sometimes a number of bytes after which a frame is cut in two.
func (m *simulation) cut(size int) int {
	if m.rnd.IntN(4) > 0 {
		return 0
	}
	return 1 + m.rnd.IntN(size)
}

// replay lets a list of actions happen in a world and winds it up.
func (w *world) replay(list []action) string {
	w.reset()
	for _, a := range list {
		w.do(a)
		w.check()
		if w.failed != "" {
			return w.failed
		}
	}
	w.wind()
	return w.failed
}

// shrink leaves out of a list of actions what is not needed to fail.
func shrink(o setting, list []action) []action {
	w := newWorld(o)
	defer w.dismiss()
	for size := len(list) / 2; size > 0; {
		shorter := false
		for from := 0; from+size <= len(list); {
			rest := append(append([]action(nil), list[:from]...), list[from+size:]...)
			if w.replay(rest) != "" {
				list, shorter = rest, true
			} else {
				from += size
			}
		}
		if !shorter || size > 1 {
			size /= 2
		}
	}
	return list
}

// explain is what is printed of a run that has failed.
func (m *simulation) explain(seed uint64, failed string) string {
	k := int(seed % uint64(len(settings)))
	list := shrink(settings[k], m.trace)
	w := newWorld(settings[k])
	defer w.dismiss()
	return fmt.Sprintf("seed %d: %s\nas short as it gets: {setting %d, %q}: %s", seed, failed, k, format(list), w.replay(list))
}

func TestSimulation(t *testing.T) {
	if underTest == Goroutine {
		return // it has transports of its own, and has run
	}
	if *simulateSeed != 0 {
		m := newSimulation()
		defer m.dismiss()
		failed := m.run(*simulateSeed)
		t.Logf("%+v\n%s", settings[int(*simulateSeed%uint64(len(settings)))], strings.ReplaceAll(format(m.trace), " ", "\n"))
		if failed != "" {
			t.Fatal(m.explain(*simulateSeed, failed))
		}
		return
	}
	first, enough := rand.Uint64()>>1, 1_000_000
	if raceEnabled {
		enough = 50_000
	}
	soaking := *simulateFor > 0
	t.Logf("the first seed is %d", first)
	var steps, runs atomic.Int64
	var next atomic.Uint64
	next.Store(first)
	seen := make(map[uint64]struct{})
	var mu sync.Mutex // guards seen
	var wait sync.WaitGroup
	begun := time.Now()
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			m := newSimulation()
			defer m.dismiss()
			m.seen = make(map[uint64]struct{})
			for !t.Failed() && (steps.Load() < int64(enough) || time.Since(begun) < *simulateFor ||
				len(proved.missing()) > 0 && steps.Load() < 20*int64(enough)) {
				if m.seen != nil && (!soaking || len(m.seen) > sampled) {
					mu.Lock()
					maps.Copy(seen, m.seen)
					mu.Unlock()
					m.seen = nil
				}
				seed := next.Add(1)
				m.steps = 0
				watch := time.AfterFunc(patience, func() { panic(fmt.Sprintf("seed %d does not come to an end", seed)) })
				if failed := m.run(seed); failed != "" {
					t.Error(m.explain(seed, failed))
				}
				watch.Stop()
				m.w.count(&proved)
				steps.Add(int64(m.steps))
				runs.Add(1)
			}
		})
	}
	wait.Wait()
	for _, row := range proved.missing() {
		t.Error("no run takes the row", row)
	}
	took := time.Since(begun).Round(time.Second)
	t.Logf("%d runs with %d steps in %v", runs.Load(), steps.Load(), took)
	if soaking && !t.Failed() {
		writeSimulated(t, fmt.Sprintf("seeds from %d on: %d runs, each with an interleaving of its own, %d steps in %v, no failure\n"+
			"edges taken   %s\n"+
			"states        %d different composed states of up to five connections in the first steps that were compared\n",
			first, runs.Load(), steps.Load(), took, proved.String(), len(seen)))
	}
}

// websockets are the machines that are simulated.
var websockets = []fsm.Description{Lifecycle.Describe(), OutboxLifecycle.Describe()}

// sampled is how many composed states each processor of a long simulation tells apart.
const sampled = 500_000

// String says how many edges of each machine were taken.
func (c *edgeCount) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, d := range c.machines() {
		taken := 0
		for _, n := range c.taken[d.Name] {
			if n > 0 {
				taken++
			}
		}
		all = append(all, fmt.Sprintf("%s %d of %d", d.Name, taken, len(d.Edges)))
	}
	return strings.Join(all, ", ")
}

// writeSimulated writes the report of a long run.
func writeSimulated(t *testing.T, simulated string) {
	t.Helper()
	text := fmt.Sprintf("%s, %d processors, %s\n\nSimulation\n%s", time.Now().Format(time.DateOnly), runtime.GOMAXPROCS(0), runtime.Version(), simulated)
	if len(explored) > 0 {
		text += "\nExploration, of one connection from each composed state to all that follow, until there is no new one\n" + strings.Join(explored, "")
	}
	if err := os.MkdirAll(filepath.Dir(simulationReport), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(simulationReport, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
