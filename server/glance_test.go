package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"musicdb/media/queue"
)

// A probe is answered while the queue cannot be asked, as when its disk hangs.
func TestAProbeDoesNotWaitForTheQueue(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true, installed: true})
	c := d.dial()
	reply(t, c, "SetAudioStreamState", `{"state":"play"}`)
	hangs, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	cancel := d.queue.Subscribe(func(e queue.Event) {
		if e == queue.SongChanged && len(d.queue.Entries()) == 0 {
			once.Do(func() {
				close(hangs)
				<-goOn
			})
		}
	})
	defer cancel()
	must(d.queue.Add(1, queue.Last()))(t)
	var skipping sync.WaitGroup
	skipping.Go(func() { d.queue.Next() })
	defer skipping.Wait()
	<-hangs
	defer close(goOn)
	for _, address := range []string{"/readyz", "/readyz", "/status"} {
		answer, body := d.get(address)
		if !strings.Contains(body, "The queue is empty") || address == "/readyz" && answer.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", address, answer.StatusCode, body)
		}
	}
}
