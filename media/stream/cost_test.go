package stream

import (
	"syscall"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
)

// BenchmarkPlaying is what a second of the playing stream costs: processor time
// of this process with the test's own, of the encoder, and how often they wake.
func BenchmarkPlaying(b *testing.B) {
	s := newStation(b, track{name: "A", hz: 441, length: 600 * time.Second})
	s.enqueue(1)
	s.impatient = true
	s.start(StartPlay, func(o *Options) { o.Pace = 1 })
	s.until("A", func(now State) bool { return now.Seconds > 5 })
	encoder, _ := s.stream.Children()
	before := usage(b)
	child, _ := ffmpegtest.Spent(b, encoder)
	for b.Loop() {
		s.wait("heartbeat", func(e Event) bool { return e.Kind == TimeChanged })
	}
	after := usage(b)
	spent, _ := ffmpegtest.Spent(b, encoder)
	n := float64(b.N)
	b.ReportMetric(float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano())/1e6/n, "daemon-ms/s")
	b.ReportMetric(float64(after.Nvcsw-before.Nvcsw)/n, "wakes/s")
	b.ReportMetric(float64((spent.Sum()-child.Sum()).Milliseconds())/n, "encoder-ms/s")
}

func usage(b *testing.B) (u syscall.Rusage) {
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return u
}
