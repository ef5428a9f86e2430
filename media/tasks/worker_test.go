package tasks_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"musicdb/media/tasks"
)

// Tasks of one album follow each other, in their order; those of others do not wait.
func TestTasksOfOneAlbumFollowEachOther(t *testing.T) {
	t.Parallel()
	b := newBench(t, t.TempDir(), func(o *tasks.Options) { o.Workers = 2 })
	order := make(chan string, 8)
	turn := map[string]chan struct{}{"A/1": make(chan struct{}), "a/1": make(chan struct{}), "B/1": make(chan struct{})}
	b.m.SetStep(tasks.ImportingMusic, func(ctx context.Context, w *tasks.Work) error {
		at := *w.Task().AlbumPath
		order <- at
		select {
		case <-turn[at]:
		case <-ctx.Done():
		}
		return nil
	})
	b.run()
	for _, at := range []string{"A/1", "a/1", "B/1"} { // the first two are one for a file system without cases
		if _, err := b.m.ImportMusic(tasks.Album, at); err != nil {
			t.Fatal(err)
		}
	}
	begun := []string{<-order, <-order}
	slices.Sort(begun)
	if !slices.Equal(begun, []string{"A/1", "B/1"}) {
		t.Errorf("begun: %q", begun)
	}
	close(turn["B/1"])
	select {
	case at := <-order:
		t.Errorf("%q was begun while the same album was worked on", at)
	default:
	}
	close(turn["A/1"])
	if at := <-order; at != "a/1" {
		t.Errorf("then %q", at)
	}
	close(turn["a/1"])
}

// Waiting tasks end after a day, those that are worked on and offers do not.
func TestAge(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	now.Store(time.Now().Unix())
	dir := t.TempDir()
	for id, state := range map[string]tasks.State{"ready": tasks.ReadyForIntegration, "failed": tasks.IntegrationFailed} {
		plant(t, filepath.Join(dir, "tasks", id+".json"), storedTask(id, state, ""), 0)
	}
	b := newBench(t, dir, func(o *tasks.Options) { o.Now = func() time.Time { return time.Unix(now.Load(), 0) } })
	working := make(chan struct{})
	b.m.SetStep(tasks.ScanningFS, func(ctx context.Context, _ *tasks.Work) error {
		close(working)
		<-ctx.Done()
		return ctx.Err()
	})
	b.run()
	if _, err := b.m.Scan(); err != nil {
		t.Fatal(err)
	}
	offer, _, err := b.m.Offer(tasks.Offered{ContentType: tasks.Album, Path: "A/2000 - B", Plan: 7})
	if err != nil {
		t.Fatal(err)
	}
	<-working
	now.Add(24 * 3600)
	b.m.LookAtAll()
	if n := len(b.m.All()); n != 4 {
		t.Fatalf("%d tasks after a day", n)
	}
	now.Add(2)
	b.m.LookAtAll()
	if all := b.m.All(); len(all) != 2 || all[0].State != tasks.ScanningFS || all[1].ID != offer {
		t.Errorf("%d tasks after a day and a second", len(all))
	}
	if task, found := b.m.OfferOf(7); !found || task.ID != offer {
		t.Errorf("the offer is not found: %+v", task)
	}
	b.m.PlanWithdrawn(7)
	if _, found := b.m.OfferOf(7); found {
		t.Error("the withdrawn offer is still there")
	}
}

// An offer ends when its plan was carried out.
func TestAppliedOffer(t *testing.T) {
	t.Parallel()
	b := newBench(t, t.TempDir(), nil)
	first, _, err := b.m.Offer(tasks.Offered{ContentType: tasks.Album, Path: "A/2000 - B", Plan: 2})
	if err != nil {
		t.Fatal(err)
	}
	// The album has changed: there is another plan for it.
	if id, replaced, err := b.m.Offer(tasks.Offered{ContentType: tasks.Album, Path: "A/2000 - B", Plan: 3}); err != nil || id != first || replaced != 2 {
		t.Fatalf("%q instead of %q, replaced %d, %v", id, first, replaced, err)
	}
	b.m.PlanApplied(2)
	b.m.PlanApplied(3)
	want := []string{"StateUpdate waitforconsent", "StateUpdate waitforconsent", "StateUpdate importcomplete", "Refresh", "StateUpdate remove"}
	if got := b.await("StateUpdate remove"); !slices.Equal(got, want) || len(b.files()) != 0 {
		t.Errorf("heard %q, want %q; files %q", got, want, b.files())
	}
}

// Deleting the file of a task removes the task, when it is touched or within a minute.
func TestVanishedFileRemovesTheTask(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, id := range []string{"X", "Y"} {
		plant(t, filepath.Join(dir, "tasks", id+".json"), storedTask(id, tasks.ReadyForIntegration, `,"uploadpath":"albumfile-`+id+`.mp3"`), 0)
		plant(t, filepath.Join(dir, "uploads", "albumfile-"+id+".mp3"), "x", 0)
	}
	b := newBench(t, dir, nil)
	for _, id := range []string{"X", "Y"} {
		if err := os.Remove(filepath.Join(dir, "tasks", id+".json")); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.m.Annotate("X", map[string]json.RawMessage{}); err == nil {
		t.Error("a task without file was annotated")
	}
	if all := b.m.All(); len(all) != 1 || all[0].ID != "Y" {
		t.Errorf("%d tasks when one was touched", len(all))
	}
	b.m.LookAtAll()
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(left) != 0 || len(b.m.All()) != 0 {
		t.Errorf("left %q (%v), %d tasks", left, err, len(b.m.All()))
	}
}

// A file that cannot be written: the task goes on, says so, and is written again.
func TestUnwritableFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "tasks", "X.json")
	plant(t, file, storedTask("X", tasks.ReadyForIntegration, ""), 0)
	b := newBench(t, dir, nil)
	// A directory in its place refuses the rename, whoever runs the test.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	plant(t, filepath.Join(file, "inner"), "x", 0)
	if err := b.m.Annotate("X", map[string]json.RawMessage{"a": json.RawMessage("1")}); err != nil {
		t.Fatal(err)
	}
	task, err := b.m.Task("X")
	if err != nil || string(task.Annotations["a"]) != "1" || !strings.Contains(task.Unsaved, "restart loses") {
		t.Fatalf("%+v, %v", task, err)
	}
	b.m.LookAtAll()
	if task, err := b.m.Task("X"); err != nil || task.Unsaved == "" {
		t.Errorf("saved where it cannot be: %+v, %v", task, err)
	}
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	// The file is gone because it could not be written, not because somebody deleted it.
	b.m.LookAtAll()
	data, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(data), `"a":1`) || strings.Contains(string(data), "unsaved") {
		t.Errorf("%s, %v", data, err)
	}
	if task, err := b.m.Task("X"); err != nil || task.Unsaved != "" {
		t.Errorf("still unsaved: %+v, %v", task, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "tasks", ".writing-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left %q, %v", left, err)
	}
}
