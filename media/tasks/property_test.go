package tasks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/tasks"
)

// Any sequence of requests and results of steps moves tasks only along the table, and
// at rest the files are what the memory holds.
func TestRandomSequences(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		if round++; round > 25 && !*soak {
			return // each writes some fifty files to the disk
		}
		w := &walk{t: t, dir: filepath.Join(root, fmt.Sprint(round)), states: map[string]tasks.State{}}
		w.start()
		t.Repeat(map[string]func(*rapid.T){
			"scan":   func(*rapid.T) { w.do(w.m.Scan()) },
			"import": func(t *rapid.T) { w.do(w.m.ImportMusic(tasks.Album, rapid.SampledFrom(walkPaths).Draw(t, "path"))) },
			"offer": func(t *rapid.T) {
				plan := rapid.Int64Range(1, 3).Draw(t, "plan")
				id, _, err := w.m.Offer(tasks.Offered{ContentType: tasks.Album, Path: rapid.SampledFrom(walkPaths).Draw(t, "path"), Plan: plan, Annotations: map[string]any{"title": "x"}})
				w.do(id, err)
			},
			"upload": func(t *rapid.T) {
				id := rapid.SampledFrom([]string{"U1", "U2"}).Draw(t, "id")
				w.do(id, w.m.Upload(tasks.Announcement{ID: id, ContentType: tasks.AlbumFile, Size: 3, Checksum: "a9993e364706816aba3e25717850c26c9cd0d89d", FileName: "a.mp3"}))
			},
			"chunk": func(t *rapid.T) {
				w.refusable(w.m.Chunk(w.ctx, w.some(t), []byte(rapid.SampledFrom([]string{"", "a", "abc", "abcd"}).Draw(t, "bytes")), tasks.Anywhere))
			},
			"integrate": func(t *rapid.T) { w.refusable(w.m.Integrate(w.some(t), "A/2000 - B/01 C.mp3")) },
			"consent":   func(t *rapid.T) { w.refusable(w.m.Consent(w.some(t))) },
			"applied":   func(t *rapid.T) { w.m.PlanApplied(rapid.Int64Range(1, 3).Draw(t, "plan")) },
			"withdraw":  func(t *rapid.T) { w.m.Withdraw(rapid.SampledFrom(walkPaths).Draw(t, "path")) },
			"cancel":    func(t *rapid.T) { w.refusable(w.m.Cancel(w.some(t))) },
			"annotate": func(t *rapid.T) {
				w.refusable(w.m.Annotate(w.some(t), map[string]json.RawMessage{"n": json.RawMessage(fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "n")))}))
			},
			"delete": func(t *rapid.T) {
				if err := os.Remove(filepath.Join(w.dir, "tasks", w.some(t)+".json")); err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatal(err)
				}
				w.m.LookAtAll()
			},
			"verdict": func(t *rapid.T) {
				w.mu.Lock()
				w.verdict = rapid.SampledFrom([]string{"done", "failed", "unsupported", "panic", "annotated", "slow"}).Draw(t, "verdict")
				w.mu.Unlock()
			},
			"restart": func(*rapid.T) { w.rest(); w.start() },
		})
		w.rest()
	})
}

var walkPaths = []string{"A/2000 - B", "A/2001 - C", "D/1999 - E"}

// walk is one sequence.
type walk struct {
	t    *rapid.T
	dir  string
	m    *tasks.Manager
	ctx  context.Context //nolint:containedctx // of one start
	stop func()

	mu      sync.Mutex
	verdict string
	states  map[string]tasks.State
	ids     []string
	wrong   []string
}

func (w *walk) start() {
	m, err := tasks.Open(tasks.Options{Dir: w.dir, Uploads: []tasks.ContentType{tasks.AlbumFile}, Workers: 2})
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	for _, task := range m.All() { // what a start may move is told to nobody
		w.states[task.ID] = task.State
	}
	w.mu.Unlock()
	m.Subscribe(w.hear)
	for _, s := range []tasks.State{tasks.Preprocessing, tasks.Integrating, tasks.ImportingMusic, tasks.ImportingArtwork, tasks.ScanningFS} {
		m.SetStep(s, w.step)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	w.m, w.ctx = m, ctx
	w.stop = func() {
		cancel()
		if err := errors.Join(<-ended, m.Close()); err != nil {
			w.t.Error(err)
		}
	}
}

func (w *walk) step(ctx context.Context, work *tasks.Work) error {
	w.mu.Lock()
	verdict := w.verdict
	w.mu.Unlock()
	switch verdict {
	case "failed":
		return tasks.Fail("No", errors.New("why"), "do it")
	case "unsupported":
		return &tasks.Failure{Unsupported: true}
	case "panic":
		panic("why")
	case "annotated":
		work.Progress(tasks.Advance{Done: 1, Total: 2})
		return work.Annotate(map[string]any{"found": 1})
	case "slow":
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// hear follows each task from state to state.
func (w *walk) hear(n tasks.Notification) {
	if n.Task == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	to := n.Task.State
	from, known := w.states[n.Task.ID]
	if !known || from == tasks.Remove || to == tasks.WaitForChunk && n.Kind == tasks.ChunkRequest && from != to {
		from = tasks.New // or a task that replaces another one
	}
	if w.states[n.Task.ID] = to; from != to && !isEdge(from, to) {
		w.wrong = append(w.wrong, fmt.Sprintf("%s: from %v to %v", n.Task.ID, from, to))
	}
}

func isEdge(from, to tasks.State) bool {
	for _, row := range tasks.Definition.Rows() {
		if row.From == from && row.To == to {
			return true
		}
	}
	return false
}

func (w *walk) do(id string, err error) {
	if err != nil {
		w.t.Fatal(err)
	}
	w.ids = append(w.ids, id)
}

// refusable is a request that the table may refuse.
func (w *walk) refusable(err error) {
	var state *tasks.StateError
	if err != nil && !errors.Is(err, tasks.ErrNoTask) && !errors.As(err, &state) && !errors.Is(err, context.Canceled) {
		w.t.Fatal(err)
	}
}

// some is the id of a task of now or of before.
func (w *walk) some(t *rapid.T) string {
	return rapid.SampledFrom(append([]string{"none"}, w.ids...)).Draw(t, "id")
}

// rest ends the workers and compares files and memory.
func (w *walk) rest() {
	w.stop()
	for _, wrong := range w.wrong {
		w.t.Error(wrong)
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "tasks", "*"))
	if err != nil || len(files) != len(w.m.All()) {
		w.t.Errorf("%d files %q of %d tasks, %v", len(files), files, len(w.m.All()), err)
	}
	for _, task := range w.m.All() {
		data, err := os.ReadFile(filepath.Join(w.dir, "tasks", task.ID+".json"))
		var stored tasks.Task
		if err == nil {
			err = json.Unmarshal(data, &stored)
		}
		held, _ := json.Marshal(task.AtRest())
		again, _ := json.Marshal(stored)
		if err != nil || string(held) != string(again) {
			w.t.Errorf("file and memory differ (%v):\n%s\n%s", err, again, held)
		}
		if task.State == tasks.Remove || tasks.IsRunning(task.State) {
			w.t.Errorf("at rest in the state %v", task.State)
		}
	}
	uploads, err := filepath.Glob(filepath.Join(w.dir, "uploads", "*"))
	if err != nil || len(uploads) > len(files) {
		w.t.Errorf("%d uploads of %d tasks, %v", len(uploads), len(files), err)
	}
	if f := w.m.Source().Figures(); f.Unfinished != 0 {
		w.t.Errorf("%d tasks were dropped before their end", f.Unfinished)
	}
}
