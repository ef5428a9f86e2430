package conn

import "testing"

// BenchmarkStep is what the machine adds to a message: four steps, counted, with the
// trail and the flight recorder of a connection that is busy.
func BenchmarkStep(b *testing.B) {
	s := newBare(b, Options{Handler: promptly{}})
	i := s.connect(b)
	events := [...]Event{Message, Decoded, RespondOne, Sent}
	s.lock()
	defer s.mu.Unlock()
	s.worked(i)
	b.ReportAllocs()
	for b.Loop() {
		for _, on := range events {
			s.step(i, on)
		}
	}
	if st := s.table.record(i).life.State(); st != Active || s.table.seat(i).work.flight.n < uint32(len(events)) {
		b.Fatalf("the connection is %s", Lifecycle.StateName(st))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

// BenchmarkCore is a message from the read buffer to the write, without both.
func BenchmarkCore(b *testing.B) {
	s := newBare(b, Options{Handler: promptly{}})
	i := s.connect(b)
	frame := text("thirty-two bytes, as in a bench.")
	in := make([]byte, len(frame))
	writes := 0
	s.onWrite = func() { writes++ }
	b.ReportAllocs()
	for b.Loop() {
		copy(in, frame)
		s.lock()
		s.hear1(i, in)
	}
	if writes != b.N {
		b.Fatalf("%d writes for %d messages", writes, b.N)
	}
}
