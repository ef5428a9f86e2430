package tasks_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/media/tasks"
)

// slowCovers take their time for a picture.
type slowCovers struct {
	tasks.Covers
	begun, goOn chan struct{}
}

func (c *slowCovers) JPEG(_ context.Context, picture []byte) ([]byte, error) {
	c.begun <- struct{}{}
	<-c.goOn
	return picture, nil
}

// untilStack waits until the goroutines that are in a function suit.
func untilStack(t *testing.T, function string, suits func(goroutines []string) bool) {
	t.Helper()
	buf := make([]byte, 4<<20)
	for t.Context().Err() == nil {
		all := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
		if suits(slices.DeleteFunc(all, func(g string) bool { return !strings.Contains(g, function) })) {
			return
		}
		runtime.Gosched()
	}
}

func blocked(goroutine string) bool {
	head, _, _ := strings.Cut(goroutine, "\n")
	return strings.Contains(head, "sync.Mutex.Lock") || strings.Contains(head, "chan receive")
}

// A picture that is uploaded again while it is prepared does not stop anything: neither
// waits for what the other one holds.
func TestPictureIsReplacedWhileItIsPrepared(t *testing.T) {
	covers := &slowCovers{begun: make(chan struct{}, 2), goOn: make(chan struct{})}
	b := newBench(t, t.TempDir(), func(o *tasks.Options) { o.Covers = covers })
	held, release := make(chan struct{}), make(chan struct{})
	b.m.Subscribe(func(n tasks.Notification) {
		if n.Kind == tasks.ChunkRequest && n.Task.ID == "other" {
			close(held)
			select {
			case <-release:
			case <-t.Context().Done():
			}
		}
	})
	b.run()
	data := noise(40, 1000)
	a := announce("picture", data)
	a.ContentType, a.FileName = tasks.Artwork, "a.png"
	b.upload(a, data)
	<-covers.begun

	uploaded := make(chan error, 2)
	other := announce("other", noise(41, 1000))
	go func() { uploaded <- b.m.Upload(other) }()
	<-held
	go func() { uploaded <- b.m.Upload(a) }()
	untilStack(t, "tasks.(*Manager).Upload(", func(g []string) bool { return slices.ContainsFunc(g, blocked) })
	close(covers.goOn)
	untilStack(t, ".prepareArtwork(", func(g []string) bool { return len(g) == 0 || slices.ContainsFunc(g, blocked) })
	close(release)
	for range 2 {
		select {
		case err := <-uploaded:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("an upload waits for a step that waits for the upload")
		}
	}
	if task := b.task("picture"); task.State != tasks.WaitForChunk || *task.Offset != 0 {
		t.Errorf("%+v", task)
	}
}
