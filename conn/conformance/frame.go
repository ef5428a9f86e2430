package conformance

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Opcodes of RFC 6455 11.8, and the bits beside them.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA

	fin  = 0x80
	rsv1 = 0x40
	rsv2 = 0x20
	rsv3 = 0x10
)

// frame is one frame: of the client, masked, or exactly the one that the server must
// send, unmasked and in the shortest form.
type frame struct {
	first   byte // FIN, reserved bits, opcode
	payload []byte

	// The rest is only for what a client says.
	form form
	bare bool // not masked
	cut  int  // bytes of the payload that are held back
}

// form is how the length is written.
type form uint8

const (
	shortest form = iota
	in16          // 16 bits although 7 would do
	in64          // 64 bits although fewer would do
)

func text(s string) frame { return frame{first: fin | opText, payload: []byte(s)} }
func bin(s string) frame  { return frame{first: fin | opBinary, payload: []byte(s)} }
func ping(s string) frame { return frame{first: fin | opPing, payload: []byte(s)} }
func pong(s string) frame { return frame{first: fin | opPong, payload: []byte(s)} }
func raw(first byte, s string) frame {
	return frame{first: first, payload: []byte(s)}
}

// more and last are further fragments of a message that begun or begunBinary begins.
func begun(s string) frame       { return raw(opText, s) }
func begunBinary(s string) frame { return raw(opBinary, s) }
func more(s string) frame        { return raw(opContinuation, s) }
func last(s string) frame        { return raw(fin|opContinuation, s) }

// shut is a close frame of the client.
func shut(code uint16, reason string) frame {
	return frame{first: fin | opClose, payload: append(binary.BigEndian.AppendUint16(nil, code), reason...)}
}

// without holds back the last n bytes of the payload, for good.
func (f frame) without(n int) frame {
	f.cut = n
	return f
}

// header writes everything in front of the payload but the mask.
func (f frame) header(dst []byte, masked byte) []byte {
	n := len(f.payload)
	dst = append(dst, f.first)
	switch {
	case f.form == in64 || n > 0xFFFF:
		return binary.BigEndian.AppendUint64(append(dst, masked|127), uint64(n))
	case f.form == in16 || n > 125:
		return binary.BigEndian.AppendUint16(append(dst, masked|126), uint16(n))
	}
	return append(dst, masked|byte(n))
}

func (f frame) appendTo(dst []byte, c *conversation) []byte {
	if f.bare {
		return append(f.header(dst, 0), f.payload[:len(f.payload)-f.cut]...)
	}
	mask := c.nextMask()
	dst = append(f.header(dst, 0x80), mask[:]...)
	from := len(dst)
	dst = append(dst, f.payload[:len(f.payload)-f.cut]...)
	apply(mask, dst[from:])
	return dst
}

// apply masks b (RFC 6455 5.3).
func apply(mask [4]byte, b []byte) {
	var room [1 << 10]byte
	pattern := room[:min(len(room), len(b))]
	for i := range pattern {
		pattern[i] = mask[i%4]
	}
	for len(b) > 0 {
		n := subtle.XORBytes(b, b, pattern)
		b = b[n:]
	}
}

// expect reads exactly this frame.
func (f frame) expect(c *conversation) error { return c.exactly(f) }

func (f frame) String() string {
	var b strings.Builder
	name, known := opNames[f.first&0xF]
	isFinal := f.first&fin != 0
	switch {
	case !known:
		fmt.Fprintf(&b, "opcode %d", f.first&0xF)
	case name == "continuation" && isFinal:
		b.WriteString("last fragment")
	case name == "continuation":
		b.WriteString("fragment")
	default:
		b.WriteString(name)
	}
	if !isFinal && f.first&0xF != opContinuation {
		b.WriteString(" without FIN")
	}
	for i, bit := range []byte{rsv1, rsv2, rsv3} {
		if f.first&bit != 0 {
			fmt.Fprintf(&b, " RSV%d", i+1)
		}
	}
	switch f.form {
	case shortest:
	case in16:
		b.WriteString(" (length in 16 bits)")
	case in64:
		b.WriteString(" (length in 64 bits)")
	}
	if f.bare {
		b.WriteString(" (no mask)")
	}
	body := f.payload
	if f.first&0xF == opClose && len(body) >= 2 {
		fmt.Fprintf(&b, " %d", binary.BigEndian.Uint16(body))
		body = body[2:]
	}
	b.WriteString(shown(body))
	if f.cut > 0 {
		fmt.Fprintf(&b, " but its last %d bytes", f.cut)
	}
	return b.String()
}

var opNames = map[byte]string{opContinuation: "continuation", opText: "text", opBinary: "binary", opClose: "close", opPing: "ping", opPong: "pong"}

// shown tells a payload in a few words.
func shown(b []byte) string {
	switch {
	case len(b) == 0:
		return ""
	case len(b) <= 24:
		return " " + strconv.QuoteToASCII(string(b))
	}
	return fmt.Sprintf(" %d bytes", len(b))
}

// verbatim are bytes as they are.
type verbatim struct {
	about string
	bytes []byte
}

func (v verbatim) appendTo(dst []byte, _ *conversation) []byte { return append(dst, v.bytes...) }
func (v verbatim) String() string                              { return v.about }

// closed is a close frame of the server.
type closed struct {
	code   int  // 0: without a body
	broken bool // because of a violation: the reason must say something
}

// echoed is the close frame that answers one of the client: its code, no reason.
func echoed(code int) closed { return closed{code: code} }

// fails is the close frame that answers a violation.
func fails(code int) closed { return closed{code: code, broken: true} }

// The close codes of RFC 6455 7.4.1 that answer a violation.
const (
	protocolError = 1002
	invalidData   = 1007
	tooBig        = 1009
)

func (x closed) String() string {
	if x.code == 0 {
		return "close without a code, end"
	}
	return fmt.Sprintf("close %d, end", x.code)
}
