package conn

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// kind is what a decoder has completed.
type kind uint8

const (
	nothing kind = iota // more bytes are needed
	textMessage
	binaryMessage
	ping
	pong
	closing
	undecided // see decoder.admitted
)

// verdict answers whether a connection is admitted.
type verdict uint8

const (
	no verdict = iota
	yes
	later // a message before this one, which is not executed yet, may admit it
)

// stage is where in a frame a decoder is.
type stage uint8

const (
	inHeader stage = iota
	inDoubt        // behind a header whose message is too large for a stranger
	inBody
)

// decoder turns the bytes of a client into messages and control frames, by the
// letter of RFC 6455. It neither reads nor writes and knows no connection: bytes
// go in as they arrive, in pieces of any size, and it fails as early as a byte
// proves a violation. After an error it must not be used again.
type decoder struct {
	limit int // of a message, in bytes
	small int // the limit unless admitted says otherwise
	ext   extension

	// admitted is asked about a message larger than small. While it says later, next
	// uses nothing more and returns undecided; the next call asks again, even without
	// a byte. nil: limit holds always. Of a compressed message the inflated size counts.
	admitted func() verdict

	head   [ws.MaxHeaderSize]byte // of the frame being read, as far as it is here
	headN  uint8
	stage  stage
	masked int // bytes of the payload that are unmasked already
	header ws.Header

	fragmented ws.OpCode // opcode of the message being assembled, 0 between messages
	cost       uint32    // frames whose headers were read, and what inflating took, in frames; it wraps
	text       utf8Checker
	message    *buffer    // payload of the message so far, nil before its first byte
	deflated   compressed // what is special to a compressed message

	control [ws.MaxControlFramePayloadSize]byte // payload of the control frame so far
}

// begin makes the decoder, which holds nothing, ready for a connection.
func (d *decoder) begin(limit, small int, ext extension) {
	d.limit, d.small, d.ext = limit, small, ext
	d.headN, d.stage, d.fragmented, d.text = 0, inHeader, 0, utf8Checker{}
}

// next consumes bytes of p, unmasking them in place, until a message or a control
// frame is complete or p is used up. It returns how many bytes it has used and what
// is complete. Call it again with the rest of p.
//
// A message's payload is taken with takeMessage, a control frame's is controlBody
// until the next call.
func (d *decoder) next(p []byte) (used int, what kind, err error) {
	for used < len(p) || d.stage == inDoubt {
		switch d.stage {
		case inHeader:
			n, err := d.readHeader(p[used:])
			used += n
			if err != nil {
				return used, nothing, err
			}
			if d.stage == inHeader {
				return used, nothing, nil
			}
		case inDoubt:
			switch d.admitted() {
			case later:
				return used, undecided, nil
			case no:
				return used, nothing, errMessageTooBig
			case yes:
				d.stage = inBody
				d.deflated.bound = d.limit
			}
		case inBody:
		}
		if d.stage == inBody {
			var n int
			n, what, err = d.readBody(p[used:])
			used += n
			if err != nil || what != nothing {
				return used, what, err
			}
		}
	}
	return used, nothing, nil
}

// readHeader collects and checks a frame header, and leaves the stage inHeader behind
// when it is complete.
func (d *decoder) readHeader(p []byte) (used int, err error) {
	for {
		need := d.headerSize()
		n := copy(d.head[d.headN:need], p[used:])
		used += n
		d.headN += uint8(n)
		if int(d.headN) < need {
			return used, nil
		}
		if need == ws.MinHeaderSize {
			if err := d.checkStart(); err != nil {
				return used, err
			}
			if d.headerSize() > need {
				continue
			}
		}
		return used, d.finishHeader()
	}
}

// headerSize is the size of the header as far as its bytes tell.
func (d *decoder) headerSize() int {
	if d.headN < ws.MinHeaderSize {
		return ws.MinHeaderSize
	}
	n := ws.MinHeaderSize + len(d.header.Mask)
	switch d.head[1] & 0x7F {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	return n
}

// checkStart checks what the first two bytes tell: everything but the length. A
// length that is still to come is larger than any control frame's.
func (d *decoder) checkStart() error {
	d.header = ws.Header{
		Fin:    d.head[0]&0x80 != 0,
		Rsv:    d.head[0] >> 4 & 0x7,
		OpCode: ws.OpCode(d.head[0] & 0xF),
		Masked: d.head[1]&0x80 != 0,
		Length: int64(d.head[1] & 0x7F),
	}
	state := ws.StateServerSide
	if d.fragmented != 0 {
		state |= ws.StateFragmented
	}
	if d.ext.compresses() {
		state |= ws.StateExtended
	}
	if err := ws.CheckHeader(d.header, state); err != nil {
		return &ViolationError{CodeProtocol, "RFC 6455 5: " + err.Error()}
	}
	return checkReserved(d.header)
}

// finishHeader reads length and mask of a complete header and checks the length.
func (d *decoder) finishHeader() error {
	rest := d.head[ws.MinHeaderSize:d.headN]
	length := uint64(d.header.Length)
	switch length {
	case 126:
		length, rest = uint64(binary.BigEndian.Uint16(rest)), rest[2:]
		if length < 126 {
			return errLengthNotMinimal
		}
	case 127:
		length, rest = binary.BigEndian.Uint64(rest), rest[8:]
		if length>>63 != 0 {
			return errLengthNegative
		}
		if length <= 0xFFFF {
			return errLengthNotMinimal
		}
	}
	d.header.Length = int64(length)
	copy(d.header.Mask[:], rest)
	d.cost++
	d.stage, d.masked = inBody, 0
	if d.header.OpCode.IsControl() {
		return nil
	}
	if d.header.OpCode != ws.OpContinuation {
		d.fragmented = d.header.OpCode
		if d.header.Rsv != 0 {
			d.beginInflating()
		}
	}
	if d.deflated.inflater != nil {
		return d.deflated.count(length, d.limit)
	}
	if d.exceeds(d.limit, length) {
		return errMessageTooBig
	}
	if d.admitted != nil && d.exceeds(d.small, length) {
		d.stage = inDoubt
	}
	return nil
}

// exceeds tells whether the message is over a limit with the frame that begins.
func (d *decoder) exceeds(limit int, length uint64) bool {
	return length > uint64(max(limit-d.message.len(), 0))
}

// readBody takes what p has of the payload. It leaves the rest as it is.
func (d *decoder) readBody(p []byte) (used int, what kind, err error) {
	p = p[:min(int64(len(p)), d.header.Length-int64(d.masked))]
	ws.Cipher(p, d.header.Mask, d.masked)
	used = len(p)
	switch {
	case d.header.OpCode.IsControl():
		copy(d.control[d.masked:], p)
	case d.deflated.inflater != nil:
		used, err = d.inflate(p)
		ws.Cipher(p[used:], d.header.Mask, d.masked+used)
	default:
		err = d.readData(p)
	}
	d.masked += used
	if err != nil || d.stage == inDoubt || int64(d.masked) < d.header.Length {
		return used, nothing, err
	}
	d.stage, d.headN = inHeader, 0
	switch op := d.header.OpCode; {
	case op == ws.OpPing:
		return used, ping, nil
	case op == ws.OpPong:
		return used, pong, nil
	case op == ws.OpClose:
		return used, closing, nil
	case !d.header.Fin:
		return used, nothing, nil
	}
	what, err = d.finishMessage()
	return used, what, err
}

func (d *decoder) finishMessage() (kind, error) {
	op := d.fragmented
	d.fragmented = 0
	if d.deflated.inflater != nil && !d.finishInflating() {
		return nothing, errBrokenDeflate
	}
	if op == ws.OpBinary {
		return binaryMessage, nil
	}
	if !d.text.complete() {
		return nothing, errTextNotUTF8
	}
	return textMessage, nil
}

func (d *decoder) readData(piece []byte) error {
	if d.fragmented == ws.OpText && !d.text.check(piece) {
		return errTextNotUTF8
	}
	if d.message == nil {
		d.message = newBuffer()
	}
	d.message.add(piece)
	return nil
}

// idle reports whether the decoder holds nothing: the next byte begins a frame, and
// no message is unfinished.
func (d *decoder) idle() bool { return d.headN == 0 && d.fragmented == 0 && d.message == nil }

// held is how many bytes the decoder holds for an unfinished message.
func (d *decoder) held() int {
	if d.deflated.inflater != nil {
		return d.message.len() + inflaterMemory
	}
	return d.message.len()
}

// takeMessage hands over the buffer of the message that next has completed. The
// caller releases it.
func (d *decoder) takeMessage() *buffer {
	m := d.message
	d.message = nil
	return m
}

// release gives back what the decoder still holds.
func (d *decoder) release() {
	if d.message != nil {
		d.takeMessage().release()
	}
	d.deflated.release()
}

// controlBody is the payload of the control frame that next has completed, valid
// until the next call of next.
func (d *decoder) controlBody() []byte { return d.control[:d.header.Length] }

// checkClose examines the body of a close frame (RFC 6455 5.5.1, 7.4).
func checkClose(body []byte) (Code, string, error) {
	switch {
	case len(body) == 0:
		return CodeNone, "", nil
	case len(body) == 1:
		return 0, "", errCloseLength
	}
	code, text := Code(binary.BigEndian.Uint16(body)), string(body[2:])
	switch {
	case !code.sendable():
		return 0, "", errCloseCode
	case !utf8.ValidString(text):
		return 0, "", errCloseText
	}
	return code, text, nil
}

var (
	errLengthNotMinimal = &ViolationError{CodeProtocol, "RFC 6455 5.2: the minimal number of bytes must be used to encode the length"}
	errLengthNegative   = &ViolationError{CodeProtocol, "RFC 6455 5.2: the most significant bit of the length must be 0"}
	errMessageTooBig    = &ViolationError{CodeTooBig, "RFC 6455 7.4.1: message larger than the limit"}
	errTooFast          = &ViolationError{CodePolicy, "more frames per second than the limit"}
	errNoMemory         = &ViolationError{CodeTryLater, "too much is being sent to the server at once"}
	errTextNotUTF8      = &ViolationError{CodeInvalidData, "RFC 6455 8.1: text that is not UTF-8"}
	errCloseLength      = &ViolationError{CodeProtocol, "RFC 6455 5.5.1: the body of a close frame begins with a code of 2 bytes"}
	errCloseCode        = &ViolationError{CodeProtocol, "RFC 6455 7.4: a close code that must not be sent"}
	errCloseText        = &ViolationError{CodeInvalidData, "RFC 6455 5.5.1: a close reason that is not UTF-8"}
)
