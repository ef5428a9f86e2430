package tasks_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"musicdb/media/tasks"
)

// Whatever the end of the daemon does to a step, such as to the programs that it
// runs, the task is not to blame: it begins again.
func TestEndOfTheDaemonIsNoFailure(t *testing.T) {
	for name, err := range map[string]error{
		"killed program": errors.New("signal: killed"),
		"verdict":        &tasks.Failure{Cause: "not a video that can be read: signal: killed", Remedy: "upload it again"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			b := newBench(t, dir, nil)
			begun := make(chan struct{})
			b.m.SetStep(tasks.Preprocessing, func(ctx context.Context, _ *tasks.Work) error {
				close(begun)
				<-ctx.Done()
				return err
			})
			stop := b.run()
			data := noise(42, 1000)
			b.upload(announce("a", data), data)
			<-begun
			stop()
			again := newBench(t, dir, nil)
			task, err := again.m.Task("a")
			if err != nil || task.State != tasks.UploadComplete || task.Attempts != 0 || task.Failure != nil {
				t.Fatalf("%+v, %v", task, err)
			}
			if kept := again.kept(); kept[*task.UploadPath] != string(data) {
				t.Errorf("%d files are kept", len(kept))
			}
		})
	}
}

// An import that was done when it was cancelled has changed the lists of everybody.
func TestImportThatIsCancelledTooLate(t *testing.T) {
	for name, end := range map[string]error{"done": nil, "not done": errors.New("no")} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, t.TempDir(), nil)
			begun := make(chan struct{})
			b.m.SetStep(tasks.ImportingMusic, func(ctx context.Context, _ *tasks.Work) error {
				close(begun)
				<-ctx.Done()
				return end
			})
			stop := b.run()
			id, err := b.m.ImportMusic(tasks.Album, "A/2000 - B")
			if err != nil {
				t.Fatal(err)
			}
			<-begun
			if err := b.m.Cancel(id); err != nil {
				t.Fatal(err)
			}
			stop()
			want := []string{"StateUpdate startmusicimport", "StateUpdate importingmusic", "StateUpdate remove"}
			if end == nil {
				want = append(want, "Refresh")
			}
			if got := b.lines(); !slices.Equal(got, want) || len(b.m.All()) != 0 {
				t.Errorf("heard %q, want %q", got, want)
			}
		})
	}
}
