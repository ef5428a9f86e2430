package stream

import (
	"context"
	"testing"
	"time"

	"musicdb/media/sound"
)

// BenchmarkSkip is the time from the command until the encoder has delivered the
// first frame in which the next song is heard: mean and longest. Listeners get
// it up to 78 ms later, because frames are published four at a time.
func BenchmarkSkip(b *testing.B) {
	s := newStation(b, track{name: "A", hz: 441, length: 60 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	s.impatient = true
	s.enqueue(1)
	s.start(StartPlay, func(o *Options) { o.Pace = 1 })
	ctx, stop := context.WithCancel(context.Background())
	var mp3 []byte
	var arrived []time.Time // of each frame
	done := make(chan struct{})
	now, cancel := context.WithCancel(ctx)
	cancel() // what is there is taken before it is published
	l := s.stream.Join()
	go func() {
		defer close(done)
		defer l.Close()
		look := time.NewTicker(time.Millisecond)
		defer look.Stop()
		var split sound.Splitter
		for ctx.Err() == nil {
			frames, err := l.Next(now)
			if err != nil {
				<-look.C
			}
			mp3 = append(mp3, frames...)
			split.Write(frames, func(sound.Header, []byte) { arrived = append(arrived, time.Now()) })
		}
	}()
	var skips []time.Time
	for b.Loop() {
		song := int64(len(skips)+1)%2 + 1
		s.enqueue(song)
		s.until("a song with the next one prepared", func(now State) bool {
			_, next := s.stream.pump.onDeck()
			return now.Entry.SongID != song && now.Seconds > 1.5 && next != nil
		})
		skips = append(skips, time.Now())
		s.stream.Skip()
	}
	last := int64(len(skips))%2 + 1
	s.until("the last song", func(now State) bool { return now.Entry.SongID == last && now.Seconds > 1 })
	stop()
	<-done

	notes := decode(b, mp3).score(441, 882)
	var sum, longest time.Duration
	at := 0
	for i, skip := range skips {
		for arrived[at*window/sound.SamplesPerFrame].Before(skip) {
			at++
		}
		want := []float64{882, 441}[i%2]
		for notes[at] != want {
			at++
		}
		took := arrived[at*window/sound.SamplesPerFrame].Sub(skip)
		sum, longest = sum+took, max(longest, took)
	}
	b.ReportMetric(float64(sum.Milliseconds())/float64(len(skips)), "mean-ms")
	b.ReportMetric(float64(longest.Milliseconds()), "longest-ms")
}
