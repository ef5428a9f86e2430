package sound

import (
	"bytes"
	"time"
)

// Frame is a piece of an encoded stream at whose beginning a listener may join.
type Frame struct {
	Head   []byte // of the logical stream that begins with this frame, else nil
	Bytes  []byte
	Sounds time.Duration
}

// Framer cuts the output of an encoder into frames. One goroutine owns it.
type Framer interface {
	// Write takes the next bytes and calls frame for each frame they complete,
	// in order. What it is given is valid only until it returns.
	Write(p []byte, frame func(Frame))
	// Skipped is the number of bytes that belonged to no frame.
	Skipped() uint64
}

// NewFramer returns a framer for an encoder's output in the format.
func (f Format) NewFramer() Framer {
	switch f {
	case Opus:
		return &oggFramer{rate: 48_000} // whatever is encoded (RFC 7845, section 4)
	case FLAC:
		return &oggFramer{rate: SampleRate}
	case AAC:
		return &adtsFramer{}
	case MP3:
	}
	return &mp3Framer{}
}

type mp3Framer struct{ Splitter }

func (f *mp3Framer) Write(p []byte, frame func(Frame)) {
	f.Splitter.Write(p, func(h Header, whole []byte) { frame(Frame{Bytes: whole, Sounds: h.Duration()}) })
}

type adtsFramer struct{ ADTSSplitter }

func (f *adtsFramer) Write(p []byte, frame func(Frame)) {
	f.ADTSSplitter.Write(p, func(h ADTS, whole []byte) { frame(Frame{Bytes: whole, Sounds: h.Duration()}) })
}

// oggFramer makes a frame of each page, or of several where a packet goes beyond
// the end of its page. The pages of a logical stream's headers end at time zero
// (RFC 7845, section 3; the FLAC mapping, "granule position"); they become the
// head of the first frame behind them.
type oggFramer struct {
	PageSplitter
	rate  int
	last  int64 // granule at the end of the last frame
	head  []byte
	parts []byte // pages whose last packet goes on
}

// partsLimit bounds a packet that never ends; one of sound takes some KB.
const partsLimit = 4 * pageLargest

func (f *oggFramer) Write(p []byte, frame func(Frame)) {
	f.PageSplitter.Write(p, func(page Page) {
		if page.Begins {
			f.head, f.parts, f.last = nil, nil, 0
		}
		if f.parts == nil && page.Continued || len(f.parts) > partsLimit {
			f.parts = nil // its beginning is lost
			f.skipped += uint64(len(page.Whole))
			return
		}
		whole := page.Whole
		if !page.Complete || f.parts != nil {
			f.parts = append(f.parts, whole...)
			if !page.Complete {
				return
			}
			whole, f.parts = f.parts, nil
		}
		if page.Granule == 0 {
			f.head = append(f.head, whole...)
			return
		}
		// A page is 65,307 bytes at most; one that claims hours does not tell the truth.
		samples := min(max(0, page.Granule-f.last), 60*int64(f.rate))
		f.last = max(f.last, page.Granule)
		frame(Frame{Head: bytes.Clone(f.head), Bytes: whole, Sounds: time.Duration(samples) * time.Second / time.Duration(f.rate)})
		f.head = nil
	})
}
