package conn

import (
	"bytes"
	"runtime"
	"sync/atomic"

	"github.com/gobwas/ws"
	"github.com/klauspost/compress/flate"
)

// deflater compresses messages for the clients of one engine that have negotiated
// permessage-deflate. Any goroutine may use it, but with no mutex held: to compress
// takes microseconds per kilobyte.
//
// Memory. A compressor has 0.8 to 1.4 MB, depending on the level. No connection has one:
// there are as many as cores for the usual window of 32 KiB, made when they are first
// needed, and one for each smaller window that a client has asked for. Who finds none
// free waits for one.
type deflater struct {
	level   int
	minSize int
	idle    [maxWindow + 1]chan *compressor // by window; a nil is one that is not made yet
	clients [maxWindow + 1]atomic.Int32     // that have agreed upon a window
	bodies  sharedBodies
}

// newDeflater is nil when nothing is to be compressed.
func newDeflater(o Deflate) *deflater {
	if !o.Enabled {
		return nil
	}
	d := &deflater{level: o.Level, minSize: o.MinSize}
	for window := range d.idle {
		n := 1
		if window == maxWindow {
			n = runtime.GOMAXPROCS(0)
		}
		d.idle[window] = make(chan *compressor, n)
		for range n {
			d.idle[window] <- nil
		}
	}
	return d
}

// join and leave count the clients of a window, so that no broadcast is compressed
// for nobody.
func (d *deflater) join(x extension) {
	if x.compresses() {
		d.clients[x.window].Add(1)
	}
}

func (d *deflater) leave(x extension) {
	if x.compresses() {
		d.clients[x.window].Add(-1)
	}
}

// compressor writes raw DEFLATE behind out.
type compressor struct {
	z   *flate.Writer
	out []byte
}

func (c *compressor) Write(p []byte) (int, error) {
	c.out = append(c.out, p...)
	return len(p), nil
}

// newCompressor makes a compressor whose distances stay within the window. The library
// has levels for the largest window only, and one way for all others.
func newCompressor(level int, window uint8) *compressor {
	c := new(compressor)
	var err error
	if window == maxWindow {
		c.z, err = flate.NewWriter(c, level)
	} else {
		c.z, err = flate.NewWriterWindow(c, 1<<window)
	}
	if err != nil {
		panic(err) // both are within what the library documents
	}
	return c
}

// appendPacked appends one stream of DEFLATE that pieces make together. It ends with the
// tail, at a whole byte, so that another may follow.
func (d *deflater) appendPacked(dst []byte, window uint8, pieces ...[]byte) []byte {
	c := <-d.idle[window]
	defer func() { d.idle[window] <- c }()
	if c == nil {
		c = newCompressor(d.level, window)
	}
	c.out = dst
	c.z.Reset(c)
	for _, p := range pieces {
		_, _ = c.z.Write(p) // neither fails unless Write of c does
	}
	_ = c.z.Flush()
	dst, c.out = c.out, nil
	return dst
}

// variant is a message compressed for one window.
type variant struct {
	window uint8
	frame
}

// parcel is what compressing has made of a message.
type parcel struct {
	frame
	packed bool    // false: it is not worth it, and the message is to be sent as it is
	lent   *buffer // what the frame lies in, nil if it has memory of its own; to be released when it was copied
}

// pack compresses a message. A large body is compressed once for all messages that
// have it. It leaves the topic of what it lends to others.
func (d *deflater) pack(p Parts, window uint8) parcel {
	size := len(p.Head) + len(p.Body) + len(p.Tail)
	switch {
	case size < d.minSize:
		return parcel{}
	case len(p.Body) > 0 && size > shareAbove:
		return d.packAround(p, size, window)
	}
	lent := newBuffer()
	if size > shareAbove {
		lent.reserve(size / 4) // which mostly is enough
	}
	lent.b = d.appendPacked(lent.b[:headerRoom], window, p.Head, p.Body, p.Tail)
	b := bytes.TrimSuffix(lent.b, tail)
	n := len(b) - headerRoom
	if n >= size {
		lent.release()
		return parcel{}
	}
	return parcel{frame: frame{head: withHeader(b, p.opCode(), n)}, packed: true, lent: lent}
}

// packAround compresses what is around a large body of a message of size bytes.
func (d *deflater) packAround(p Parts, size int, window uint8) parcel {
	body := d.bodies.packed(p.Body, window, d)
	head, end := make([]byte, headerRoom, headerRoom+len(p.Head)), []byte(nil)
	if len(p.Head) > 0 {
		head = d.appendPacked(head, window, p.Head)
	}
	if len(p.Tail) > 0 {
		end = bytes.TrimSuffix(d.appendPacked(nil, window, p.Tail), tail)
	} else {
		body = bytes.TrimSuffix(body, tail)
	}
	n := len(head) - headerRoom + len(body) + len(end)
	if n >= size {
		return parcel{}
	}
	head = withHeader(head, p.opCode(), n)
	return parcel{frame: frame{head: head, rest: &rest{body: body, tail: end, shared: true, topic: p.Topic}}, packed: true}
}

// headerRoom is what the largest header of a server's frame takes, which has no mask.
const headerRoom = ws.MaxHeaderSize - 4

// withHeader puts the header of a compressed message of size bytes (RFC 7692 6) into the
// room for it at the begin of b, and returns b from there.
func withHeader(b []byte, op ws.OpCode, size int) []byte {
	const rsv1 = 0x40
	begin := headerRoom - ws.HeaderSize(ws.Header{Length: int64(size)})
	appendHeader(b[:begin], op|rsv1, size)
	return b[begin:]
}

// encode makes the frame of a message that is for many, with one for each window that is
// in use. d may be nil.
func (d *deflater) encode(p Parts) frame {
	f := p.frame()
	if d == nil {
		return f
	}
	for window := range d.clients {
		if d.clients[window].Load() == 0 {
			continue
		}
		small := d.pack(p, uint8(window))
		if !small.packed {
			continue
		}
		if small.lent != nil {
			small.frame = frame{head: bytes.Clone(small.head)}.on(p.Topic)
			small.lent.release()
		}
		if f.rest == nil {
			f.rest = new(rest)
		}
		f.variants = append(f.variants, variant{uint8(window), small.frame})
	}
	return f
}

// to is the frame as a client gets it. A client whose window was not in use yet when
// the frame was made gets it as it is.
func (f frame) to(x extension) frame {
	if f.rest == nil || !x.compresses() {
		return f
	}
	for _, one := range f.variants {
		if one.window == x.window {
			return one.frame
		}
	}
	return f
}
