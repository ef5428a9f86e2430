package stream

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
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
	before, child := usage(b), spent(b, encoder)
	for b.Loop() {
		s.wait("heartbeat", func(e Event) bool { return e.Kind == TimeChanged })
	}
	after := usage(b)
	n := float64(b.N)
	b.ReportMetric(float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano())/1e6/n, "daemon-ms/s")
	b.ReportMetric(float64(after.Nvcsw-before.Nvcsw)/n, "wakes/s")
	b.ReportMetric(float64((spent(b, encoder)-child).Milliseconds())/n, "encoder-ms/s")
}

func usage(b *testing.B) (u syscall.Rusage) {
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return u
}

// spent is the processor time of a process.
func spent(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(b, err)
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11])
	must(b, err)
	system, err := strconv.Atoi(fields[12])
	must(b, err)
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 on all Linux
}
