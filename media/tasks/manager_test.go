package tasks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"musicdb/fsm/fsmtest"
	"musicdb/media/tasks"
)

func TestMachine(t *testing.T) { fsmtest.Agree(t, tasks.Definition) }

// bench is a Manager on a directory, with what it has told.
type bench struct {
	t   testing.TB
	dir string
	m   *tasks.Manager

	mu     sync.Mutex
	heard  []string
	failed map[string]*tasks.Failure             // by task
	seen   map[string]map[tasks.State]tasks.Task // by task: as it was told in each state
	more   chan struct{}                         // something was heard
}

// newBench opens a Manager; run lets its workers work.
func newBench(t testing.TB, dir string, change func(*tasks.Options)) *bench {
	t.Helper()
	b := &bench{t: t, dir: dir, more: make(chan struct{}, 1), failed: map[string]*tasks.Failure{}, seen: map[string]map[tasks.State]tasks.Task{}}
	o := tasks.Options{Dir: dir, Uploads: []tasks.ContentType{tasks.AlbumFile, tasks.Artwork}}
	if change != nil {
		change(&o)
	}
	var err error
	if b.m, err = tasks.Open(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.m.Close() })
	b.m.Subscribe(func(n tasks.Notification) {
		line := n.Kind.String()
		if n.Task != nil {
			line += " " + n.Task.State.String()
		}
		if n.Message != "" {
			line += ": " + n.Message
		}
		b.mu.Lock()
		if n.Task != nil && b.seen[n.Task.ID] == nil {
			b.seen[n.Task.ID] = map[tasks.State]tasks.Task{}
		}
		if n.Task != nil {
			b.seen[n.Task.ID][n.Task.State] = *n.Task
		}
		if n.Task != nil && n.Task.Failure != nil {
			b.failed[n.Task.ID] = n.Task.Failure
		}
		b.heard = append(b.heard, line)
		b.mu.Unlock()
		select {
		case b.more <- struct{}{}:
		default:
		}
	})
	return b
}

// run starts the workers; stop ends them.
func (b *bench) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.m.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Error(err)
		}
	})
	b.t.Cleanup(stop)
	return stop
}

// await waits until a line was heard, and returns all.
func (b *bench) await(line string) []string {
	b.t.Helper()
	for {
		b.mu.Lock()
		heard := slices.Clone(b.heard)
		b.mu.Unlock()
		if slices.Contains(heard, line) {
			return heard
		}
		select {
		case <-b.more:
		case <-b.t.Context().Done():
			b.t.Fatalf("%q was not heard, but %q", line, heard)
		}
	}
}

func (b *bench) files() []string {
	names, err := filepath.Glob(filepath.Join(b.dir, "tasks", "*"))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	return names
}

func TestStepsEndInTheirStates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step tasks.Step
		want []string
	}{
		"done": {func(context.Context, *tasks.Work) error { return nil },
			[]string{"StateUpdate startfsscan", "StateUpdate scanningfs", "StateUpdate fsscancomplete", "StateUpdate remove"}},
		"failure": {func(context.Context, *tasks.Work) error { return tasks.Fail("No", errors.New("why"), "do it") },
			[]string{"StateUpdate startfsscan", "StateUpdate scanningfs", "InternalError scanningfs: No", "StateUpdate fsscanfailed", "StateUpdate remove"}},
		"error": {func(context.Context, *tasks.Work) error { return errors.New("why") },
			[]string{"StateUpdate startfsscan", "StateUpdate scanningfs", "InternalError scanningfs: why", "StateUpdate fsscanfailed", "StateUpdate remove"}},
		"panic": {func(context.Context, *tasks.Work) error { panic("why") },
			[]string{"StateUpdate startfsscan", "StateUpdate scanningfs", "InternalError scanningfs: The server has made a mistake", "StateUpdate fsscanfailed", "StateUpdate remove"}},
		"no step": {nil,
			[]string{"StateUpdate startfsscan", "StateUpdate scanningfs", "InternalError fsscanfailed: Unsupported content type", "StateUpdate remove"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, t.TempDir(), nil)
			b.m.SetStep(tasks.ScanningFS, c.step)
			stop := b.run()
			id, err := b.m.Scan()
			if err != nil || id == "" {
				t.Fatalf("%q, %v", id, err)
			}
			got := b.await("StateUpdate remove")
			stop()
			if !slices.Equal(got, c.want) {
				t.Errorf("heard %q, want %q", got, c.want)
			}
			if left := b.files(); len(left) != 0 || len(b.m.Tasks().All()) != 0 {
				t.Errorf("left: %q, %d tasks", left, len(b.m.Tasks().All()))
			}
		})
	}
}

func TestCancelEndsTheStep(t *testing.T) {
	t.Parallel()
	b := newBench(t, t.TempDir(), nil)
	begun := make(chan struct{})
	b.m.SetStep(tasks.ScanningFS, func(ctx context.Context, _ *tasks.Work) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	stop := b.run()
	id, err := b.m.Scan()
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	if err := b.m.Cancel(id); err != nil {
		t.Fatal(err)
	}
	stop()
	want := []string{"StateUpdate startfsscan", "StateUpdate scanningfs", "StateUpdate remove"}
	if got := b.await("StateUpdate remove"); !slices.Equal(got, want) || len(b.files()) != 0 {
		t.Errorf("heard %q, files %q", got, b.files())
	}
	if err := b.m.Cancel(id); !errors.Is(err, tasks.ErrNoTask) {
		t.Errorf("cancelled again: %v", err)
	}
}

// The end of the daemon takes a step back; the next start begins it again.
func TestInterruptedWorkBeginsAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := newBench(t, dir, nil)
	begun := make(chan struct{})
	b.m.SetStep(tasks.ScanningFS, func(ctx context.Context, _ *tasks.Work) error {
		close(begun)
		<-ctx.Done()
		return fmt.Errorf("the scan ended: %w", ctx.Err())
	})
	stop := b.run()
	id, err := b.m.Scan()
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	stop()
	again := newBench(t, dir, nil)
	task, err := again.m.Task(id)
	if err != nil || task.State != tasks.StartFSScan || task.Attempts != 0 {
		t.Fatalf("%+v, %v", task, err)
	}
	again.m.SetStep(tasks.ScanningFS, func(context.Context, *tasks.Work) error { return nil })
	again.run()
	again.await("StateUpdate fsscancomplete")
	again.await("StateUpdate remove")
}

// Fields that this version does not know are kept.
func TestOldFilesKeepTheirFields(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "tasks", "X.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	old := fmt.Sprintf(`{"id":"X","state":"readyforintegration","contenttype":"albumfile","initializationtime":%d,"later":{"a":[1]}}`, 1<<40)
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, dir, nil)
	if err := b.m.Annotate("X", map[string]json.RawMessage{"x": json.RawMessage(`1`)}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(data), `"later":{"a":[1]}}`) || !strings.Contains(string(data), `"state":"readyforintegration"`) {
		t.Errorf("%s, %v", data, err)
	}
}
