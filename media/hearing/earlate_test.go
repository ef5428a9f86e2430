package hearing

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"musicdb/fsm"
	"musicdb/media/sound"
)

// A decoder that was late once is heard in full afterwards: what it owes must not stand in
// the way of what it decodes later.
func TestLateSoundIsMadeUpFor(t *testing.T) {
	e := newEar(nil, sound.MP3, slog.New(slog.DiscardHandler), fsm.NewObserver(earDefinition, 16))
	defer e.close()
	out, decoder, err := os.Pipe()
	must(t, err)
	defer out.Close()
	e.out, e.fed = out, time.Second
	heard, err := e.take()
	if must(t, err); heard.Values != 0 {
		t.Fatalf("%d samples of nothing", heard.Values)
	}
	const sent = 3 * time.Second / 2
	written := make(chan error, 1)
	go func() {
		_, err := decoder.Write(make([]byte, sent*earRate/time.Second*4))
		written <- err
	}()
	e.fed += sent - time.Second
	for range 200 { // on a busy machine the decoder writes a little at a time
		level, err := e.take()
		must(t, err)
		if heard = heard.add(level); heard.Values/2 >= int64((sent-2*earLag)*earRate/time.Second) {
			break
		}
	}
	if length := time.Duration(heard.Values/2) * time.Second / earRate; length < sent-2*earLag {
		t.Errorf("%v were heard of %v", length, sent)
	}
	out.Close() // the decoder must not wait for us
	<-written
	must(t, decoder.Close())
}
