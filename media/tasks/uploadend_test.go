package tasks_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/media/tasks"
)

// Whoever sends the last chunk does not wait until the file is on the disk, so that
// others can send theirs; what comes for the same file meanwhile waits.
func TestLastChunkKeepsNobodyWaiting(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	reached, release := make(chan struct{}), make(chan struct{})
	b.m.Subscribe(func(n tasks.Notification) {
		if n.Task != nil && n.Task.State == tasks.UploadComplete && n.Kind == tasks.StateUpdate {
			select {
			case <-reached:
			default:
				close(reached)
				<-release
			}
		}
	})
	b.m.SetStep(tasks.ScanningFS, func(context.Context, *tasks.Work) error { return nil })
	stop := b.run()
	data := noise(43, 1000)
	b.warm()
	if err := b.m.Upload(announce("a", data)); err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	send := func() { sent <- b.m.Chunk(t.Context(), "a", slices.Clone(data), tasks.Anywhere) }
	await := func(what string) {
		select {
		case err := <-sent:
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("%s waits", what)
		}
	}
	go send()
	<-reached
	await("the last chunk")
	go send() // once more: the file has it already
	close(release)
	await("a chunk behind the end")
	b.reaches("a", tasks.ReadyForIntegration)
	stop()
	for _, line := range b.lines() {
		if strings.Contains(line, "failed") || strings.HasPrefix(line, "InternalError") {
			t.Errorf("heard %q", line)
		}
	}
	if kept := b.kept(); kept["albumfile-"+sha1Of(data)+".txt"] != string(data) {
		t.Errorf("%d files are kept", len(kept))
	}
}

// warm waits until workers work: before that whoever comes does everything himself.
func (b *bench) warm() {
	b.t.Helper()
	id, err := b.m.Scan()
	if err != nil {
		b.t.Fatal(err)
	}
	b.reaches(id, tasks.Remove)
	b.mu.Lock()
	b.heard = nil
	b.mu.Unlock()
}
