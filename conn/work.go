package conn

import (
	"encoding/binary"
	"sync"

	"github.com/gobwas/ws"
)

// work is what a connection needs while something is under way for it: bytes that are
// not a whole message yet, frames that are not written yet, an end that is not
// complete. It is taken from a pool and given back, so that a thousand connections
// share the few that are busy. The mutex of the shard guards it.
type work struct {
	s    *shard
	slot uint32

	link   *stream // of the goroutine transport, for the whole life
	secure *secure // of a connection on a loop that speaks TLS
	pen    pen
	ending ending

	request requestReader
	decoder decoder
	held    *buffer // a complete message whose turn has not come
	heldAs  kind
	parked  *buffer // bytes behind it
	counted int     // bytes of all these that the engine's sum holds
	dropped int     // bytes that came when nothing was heard any more

	box    outbox
	ink    []byte  // frames that are encoded for this connection alone
	reason *Reason // nil until the end has begun, then why
	why    Reason
	last   *ViolationError // why the end is to come when the session has returned
	final  closeFrame      // of the peer, likewise
	flight recorder
}

// closeFrame is the close frame of a peer.
type closeFrame struct {
	code Code
	text string
}

// pen says who writes what is in the outbox.
type pen uint8

const (
	resting   pen = iota // nobody
	summoned             // a goroutine that is on its way
	writing              // somebody, without the mutex
	rewriting            // likewise, and the socket has become writable meanwhile
	blocked              // nobody until the socket is writable
	dry                  // nobody any more: the sending direction is ended
)

// busy reports whether somebody is writing.
func (p pen) busy() bool { return p == writing || p == rewriting }

// ending says which end waits until the session has returned.
type ending uint8

const (
	noEnding    ending = iota
	byViolation        // of the peer
	byCloseOf          // the peer
)

// workPool keeps what is not in use. A work that has grown is not kept.
var workPool = sync.Pool{New: func() any {
	w := new(work)
	w.decoder.admitted = w.admission
	return w
}}

// inkSize is how many bytes of frames are encoded into one piece of memory.
const inkSize = 4 << 10

// worked returns the work of a connection, which has one from here on.
func (s *shard) worked(i uint32) *work {
	seat := s.table.seat(i)
	if seat.work == nil {
		var w *work
		if n := len(s.spare); n > 0 {
			w = s.spare[n-1]
			s.spare = s.spare[:n-1]
		} else {
			w = workPool.Get().(*work)
		}
		w.s, w.slot = s, i
		if s.table.record(i).marks.has(markSecure) {
			w.secure = s.secures[i]
		}
		w.decoder.begin(s.engine.opts.MaxMessage, s.engine.opts.MaxStranger, s.table.record(i).ext)
		w.flight.begin(s.table.record(i).trail)
		seat.work = w
	}
	return seat.work
}

// maxSpare is how many works a shard keeps for itself.
const maxSpare = 64

// relax gives the work of a connection back when nothing is under way any more.
func (s *shard) relax(i uint32) {
	seat := s.table.seat(i)
	if w := seat.work; w != nil && w.idle() && s.table.record(i).hears == hearsFrames && !s.unusual(i) {
		seat.work = nil
		w.recycle()
		if len(s.spare) < maxSpare {
			s.spare = append(s.spare, w)
		} else {
			workPool.Put(w)
		}
	} else if w != nil && w.link != nil && w.pen == resting && !w.box.running() {
		w.dry()
	}
}

// dry gives the ink back, of which nothing is needed any more.
func (w *work) dry() {
	if cap(w.ink) == inkSize {
		inkPool.Put((*[inkSize]byte)(w.ink[:inkSize]))
	}
	w.ink = nil
}

var inkPool = sync.Pool{New: func() any { return new([inkSize]byte) }}

// idle reports whether nothing would be lost with the work.
func (w *work) idle() bool {
	return w.link == nil && w.pen == resting && w.reason == nil && w.ending == noEnding &&
		w.held == nil && w.parked == nil && !w.box.running() && w.decoder.idle()
}

// recycle makes the work ready for another connection. What it has in pools goes back
// to them.
func (w *work) recycle() {
	w.s.engine.buffered.Add(-int64(w.counted))
	w.counted = 0
	w.request = requestReader{}
	w.held.release()
	w.parked.release()
	w.decoder.release()
	w.held, w.parked, w.link, w.secure, w.reason, w.last = nil, nil, nil, nil, nil, nil
	w.dropped = 0
	w.pen, w.ending, w.final = resting, noEnding, closeFrame{}
	w.box.reset()
	if w.ink = w.ink[:0]; cap(w.ink) > inkSize {
		w.ink = nil
	}
}

// encode makes the frame of a message: the compressed one if there is one. What a parcel
// has lent is copied into the ink.
func (w *work) encode(p Parts, small parcel) frame {
	switch {
	case !small.packed:
		return w.encodeParts(p)
	case small.lent == nil:
		return small.frame
	}
	ink := w.inkFor(len(small.head))
	from := len(ink)
	w.ink = append(ink, small.head...)
	small.head = w.ink[from:len(w.ink):len(w.ink)]
	return small.frame
}

// encodeParts makes the frame of a message. A small one is encoded into the ink.
func (w *work) encodeParts(p Parts) frame {
	size := len(p.Head) + len(p.Body) + len(p.Tail)
	if size > shareAbove {
		return p.frame()
	}
	ink := w.inkFor(ws.MaxHeaderSize + size)
	from := len(ink)
	ink = appendHeader(ink, p.opCode(), size)
	ink = append(append(append(ink, p.Head...), p.Body...), p.Tail...)
	w.ink = ink
	return frame{head: ink[from:len(ink):len(ink)]}
}

// encodeControl makes a control frame in the ink.
func (w *work) encodeControl(op ws.OpCode, body []byte) frame {
	ink := w.inkFor(ws.MaxHeaderSize + len(body))
	from := len(ink)
	ink = append(appendHeader(ink, op, len(body)), body...)
	w.ink = ink
	return frame{head: ink[from:len(ink):len(ink)]}
}

// encodeClose makes a close frame in the ink. Code 0 makes one without a body. The text
// must fit and be UTF-8, see cutText.
func (w *work) encodeClose(code Code, text string) frame {
	if code == CodeNone {
		return w.encodeControl(ws.OpClose, nil)
	}
	var body [ws.MaxControlFramePayloadSize]byte
	b := append(binary.BigEndian.AppendUint16(body[:0], uint16(code)), text...)
	return w.encodeControl(ws.OpClose, b)
}

// inkFor returns the ink with room for size bytes more. When there is none left the
// frames so far keep their piece and a new one is begun.
func (w *work) inkFor(size int) []byte {
	if !w.box.running() {
		w.ink = w.ink[:0]
	}
	switch {
	case cap(w.ink)-len(w.ink) >= size:
	case size <= inkSize:
		w.ink = inkPool.Get().(*[inkSize]byte)[:0]
	default:
		w.ink = make([]byte, 0, size)
	}
	return w.ink
}
