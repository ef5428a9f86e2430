package stream

// backlog is the PCM of the last seconds. The deck's sound is put into it once,
// and every encoder takes it from there at its own pace. The pump owns it.
// Places in it are counted in samples since the start.
type backlog struct {
	ring []byte
	end  int64 // behind the newest sample
}

func newBacklog(samples int64) *backlog { return &backlog{ring: make([]byte, samples*bytesPerSample)} }

// begin is the oldest sample that is kept.
func (b *backlog) begin() int64 { return max(0, b.end-int64(len(b.ring)/bytesPerSample)) }

// grow adds samples at the end and has fill write them.
func (b *backlog) grow(samples int64, fill func(block []byte)) {
	for samples > 0 {
		from := int(b.end % int64(len(b.ring)/bytesPerSample) * bytesPerSample)
		block := b.ring[from:min(len(b.ring), from+int(samples)*bytesPerSample)]
		fill(block)
		b.end += int64(len(block) / bytesPerSample)
		samples -= int64(len(block) / bytesPerSample)
	}
}

// from returns the samples behind a place, at most so many; fewer at the seam of
// the ring.
func (b *backlog) from(at, samples int64) []byte {
	samples = min(samples, b.end-at)
	from := int(at % int64(len(b.ring)/bytesPerSample) * bytesPerSample)
	return b.ring[from:min(len(b.ring), from+int(samples)*bytesPerSample)]
}
