package doctor

import (
	"maps"
	"time"
)

// Status is how far an examination has come, or how the last one ended.
type Status struct {
	State    State           `json:"state"`
	Path     string          `json:"path"` // that was asked for, empty: everything
	Thorough bool            `json:"thorough"`
	Began    time.Time       `json:"began"`
	Ended    time.Time       `json:"ended"`   // zero while it runs
	Albums   int             `json:"albums"`  // looked at
	Files    int             `json:"files"`   // looked at: songs and videos
	Current  string          `json:"current"` // path that is being worked on
	Listened Listened        `json:"listened"`
	Verdicts int             `json:"verdicts"` // found
	Kept     int             `json:"kept"`     // of these that can be asked for
	Counts   map[Illness]int `json:"counts"`
	Failure  string          `json:"failure,omitempty"` // why it has failed
}

// Listened is how far listening has come.
type Listened struct {
	Songs      int     `json:"songs"`
	OfSongs    int     `json:"ofsongs"`
	Seconds    float64 `json:"seconds"` // of sound
	OfSeconds  float64 `json:"ofseconds"`
	Remaining  float64 `json:"remaining"`  // estimated seconds until the end, 0: not known
	Throughput float64 `json:"throughput"` // seconds of sound per second
}

// Status tells how far the examination has come.
func (d *Doctor) Status() Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.statusLocked()
}

func (d *Doctor) statusLocked() Status {
	s := d.status
	s.State = d.machine.State()
	if d.closed && !s.State.Working() {
		s.State = Closed
	}
	s.Counts = maps.Clone(s.Counts)
	if s.Counts == nil {
		s.Counts = map[Illness]int{}
	}
	s.Kept = len(d.kept)
	return s
}

// keep counts a verdict, and keeps it while there is room.
func (d *Doctor) keep(v Verdict) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status.Verdicts++
	d.status.Counts[v.Illness]++
	if len(d.kept) < MaxKept {
		d.kept = append(d.kept, v)
	}
}

// note changes the status.
func (d *Doctor) note(change func(*Status)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.status)
}
