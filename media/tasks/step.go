package tasks

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Step is the work of a running state. It returns nil when the work is done, a
// *[Failure] when it cannot be done and the reason is known, or any other error. It
// ends soon after its context has. It may be called again for the same task after
// the daemon was killed at any instruction of it, and then completes what is half
// done or takes it back.
//
// A step is called by a worker; its Work belongs to that goroutine.
type Step func(ctx context.Context, w *Work) error

// steps are the steps by running state. Each lies in a file of its own.
var steps = map[State]Step{
	Preprocessing:    prepare,
	Integrating:      integrate,
	ImportingArtwork: importArtwork,
	ImportingMusic:   importMusic,
	ScanningFS:       scanFiles,
}

// Work is a task with the means to work on it.
type Work struct {
	m *Manager
	r *record

	began time.Time
	told  time.Time
}

// Advance says how far the work on a task is. Totals that are not known are 0.
type Advance struct {
	Done       int64   `json:"done"`            // files
	Total      int64   `json:"total,omitempty"` // files
	Bytes      int64   `json:"bytes,omitempty"` // of the files that are done
	TotalBytes int64   `json:"totalbytes,omitempty"`
	Percent    float64 `json:"percent"`             // 0–100
	Remaining  int64   `json:"remaining,omitempty"` // seconds, guessed from what was done so far
	Path       string  `json:"path,omitempty"`      // what is being worked on
}

// progressInterval is how often clients hear of progress.
const progressInterval = time.Second

// Task returns the task as it is now.
func (w *Work) Task() Task { return *w.r.shown.Load() }

// Progress tells clients how far the work is: once in a second, with a StateUpdate
// that has the same state. Percent and Remaining are computed here.
func (w *Work) Progress(p Advance) {
	now := w.m.o.Now()
	if now.Sub(w.told) < progressInterval {
		return
	}
	w.told = now
	switch {
	case p.TotalBytes > 0:
		p.Percent = 100 * float64(p.Bytes) / float64(p.TotalBytes)
	case p.Total > 0:
		p.Percent = 100 * float64(p.Done) / float64(p.Total)
	}
	if p.Percent > 0 {
		p.Remaining = int64(now.Sub(w.began).Seconds() * (100 - p.Percent) / p.Percent)
	}
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	if !isRunning(w.r.task.State) {
		return
	}
	w.r.task.Progress = &p
	w.r.show()
	w.m.tell(StateUpdate, w.r.shown.Load(), "")
}

// Annotate merges values into the annotations, saves the task, and tells everybody.
func (w *Work) Annotate(values map[string]any) error {
	raw, err := rawValues(values)
	if err != nil {
		return err
	}
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	w.r.annotate(raw)
	w.r.save(true)
	w.m.tell(StateUpdate, w.r.shown.Load(), "")
	return nil
}

// Set changes fields of the task; they are saved and shown with the next change of
// its state, and saved at once.
func (w *Work) Set(change func(*Task)) {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	t := w.r.task.clone()
	change(&t)
	// What moves a task, and what it is known by, is not for a step.
	t.ID, t.State = w.r.task.ID, w.r.task.State
	w.r.task = t
	w.r.save(true)
}

// Warn tells everybody about something that does not end the work, such as a song
// that was passed by (InternalError, with the running state).
func (w *Work) Warn(message string) {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	w.m.tell(InternalError, w.r.shown.Load(), message)
}

// Options are the parts of the daemon.
func (w *Work) Options() *Options { return &w.m.o }

func rawValues(values map[string]any) (map[string]json.RawMessage, error) {
	raw := make(map[string]json.RawMessage, len(values))
	for name, value := range values {
		data, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("tasks: the annotation %q cannot be written: %w", name, err)
		}
		raw[name] = data
	}
	return raw, nil
}
