package sound

// Splitter cuts a byte stream into whole MPEG Layer III frames. Bytes that
// belong to no frame (an ID3 tag, the rest of a frame whose beginning was lost)
// are left out and counted. The zero value is ready; one goroutine owns it.
type Splitter struct {
	rest    []byte
	skipped uint64
}

// Skipped is the number of bytes that belonged to no frame.
func (s *Splitter) Skipped() uint64 { return s.skipped }

// Pending is the number of bytes kept back because their frame is not complete.
func (s *Splitter) Pending() int { return len(s.rest) }

// Write takes the next bytes of the stream and calls frame for each frame they
// complete, in order. The slice given to frame is valid only until it returns.
func (s *Splitter) Write(p []byte, frame func(h Header, whole []byte)) {
	s.rest = append(s.rest, p...)
	at := 0
	for len(s.rest)-at >= HeaderSize {
		h, err := ParseHeader([HeaderSize]byte(s.rest[at:]))
		if err != nil {
			at++
			s.skipped++
			continue
		}
		size := h.Size()
		if len(s.rest)-at < size {
			break
		}
		frame(h, s.rest[at:at+size:at+size])
		at += size
	}
	s.rest = append(s.rest[:0], s.rest[at:]...)
}
