package conn

import "github.com/gobwas/ws"

// compressed is what a decoder keeps of an unfinished compressed message.
type compressed struct {
	inflater *inflater // nil unless there is such a message
	bound    int       // of the inflated message, as far as it is decided
	size     uint64    // of its frames so far, compressed
}

func (c *compressed) release() {
	if c.inflater != nil {
		c.inflater.release()
		c.inflater = nil
	}
}

// count adds a frame of length bytes. A message that takes more compressed than it may
// take inflated is mostly made of empty blocks; twice as much is more than any
// compressor needs.
func (c *compressed) count(length uint64, limit int) error {
	c.size += min(length, 1<<62)
	if c.size > 2*uint64(limit)+1024 {
		return errMessageTooBig
	}
	return nil
}

// checkReserved examines the reserved bits of a header whose connection has an
// extension: RSV1 marks the first frame of a compressed message (RFC 7692 6), the others
// have no meaning.
func checkReserved(h ws.Header) error {
	const rsv1 = 4
	switch {
	case h.Rsv == 0:
		return nil
	case h.Rsv != rsv1:
		return errReservedBits
	case h.OpCode.IsControl() || h.OpCode == ws.OpContinuation:
		return errCompressedMark
	}
	return nil
}

// inflateStep is how many bytes are put out before they are checked to be text.
const inflateStep = 32 << 10

// inflatedPerFrame is how many bytes take as long to put out as a small frame takes in
// all. To make the tables of a block takes as long, too. So a client that sends a few
// bytes with much in them comes to the limit of the rate like one that sends many frames.
const inflatedPerFrame = 4 << 10

func (d *decoder) beginInflating() {
	d.deflated = compressed{inflater: newInflater(), bound: d.limit}
	if d.admitted != nil {
		d.deflated.bound = d.small
	}
	d.message = newBuffer()
}

// inflate takes the next piece of a compressed message. The message in memory never
// gets larger than its bound. When it would have to, the stage is inDoubt if the bound
// is that of a stranger; used may then be less than the piece.
func (d *decoder) inflate(piece []byte) (used int, err error) {
	c, m := &d.deflated, d.message
	for {
		before := len(m.b)
		tables := c.inflater.tables
		out, n, how := c.inflater.inflate(m.b, min(c.bound, before+inflateStep), piece[used:])
		m.b = out
		d.cost += c.inflater.tables - tables + uint32(len(out)/inflatedPerFrame-before/inflatedPerFrame)
		used += n
		switch {
		case d.fragmented == ws.OpText && !d.text.check(out[before:]):
			return used, errTextNotUTF8
		case how == broken:
			return used, errBrokenDeflate
		case how == starved:
			return used, nil
		case len(out) < c.bound:
			m.grow(c.bound)
		case c.bound < d.limit:
			d.stage = inDoubt
			return used, nil
		default:
			return used, errMessageTooBig
		}
	}
}

// finishInflating reports whether the message is complete with its last frame.
func (d *decoder) finishInflating() bool {
	defer d.deflated.release()
	return d.deflated.inflater.finish(d.message.b)
}

var (
	errReservedBits   = &ViolationError{CodeProtocol, "RFC 6455 5.2: a reserved bit that no extension has given a meaning"}
	errCompressedMark = &ViolationError{CodeProtocol, "RFC 7692 6.1: only the first frame of a message may be marked as compressed"}
	errBrokenDeflate  = &ViolationError{CodeInvalidData, "RFC 7692 6.2: compressed data that cannot be inflated"}
)
