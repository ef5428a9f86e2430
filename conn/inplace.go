package conn

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// whole is the short way of nearly every frame: one that is complete, valid, not
// fragmented and not compressed. When p begins with such a frame, it is unmasked where
// it lies and its payload, which is a part of p, is returned with the size of the
// frame. For anything else, good or bad, ok is false, p is as it was, and the decoder
// takes it. limit is the largest message in bytes; a close frame's body is up to
// checkClose.
//
// It may be asked whenever p begins with a frame and no message is unfinished; and so
// it never knows more than the decoder would: both give the same for the same bytes.
func whole(p []byte, limit int) (payload []byte, used int, what kind, ok bool) {
	const maskSize = 4
	if len(p) < ws.MinHeaderSize+maskSize || p[1]&0x80 == 0 {
		return nil, 0, nothing, false
	}
	control := false
	switch p[0] { // final, no reserved bit
	case 0x80 | byte(ws.OpText):
		what = textMessage
	case 0x80 | byte(ws.OpBinary):
		what = binaryMessage
	case 0x80 | byte(ws.OpPing):
		what, control = ping, true
	case 0x80 | byte(ws.OpPong):
		what, control = pong, true
	case 0x80 | byte(ws.OpClose):
		what, control = closing, true
	default:
		return nil, 0, nothing, false
	}
	length, body := uint64(p[1]&0x7F), ws.MinHeaderSize+maskSize
	switch {
	case length < 126:
		if control {
			limit = ws.MaxControlFramePayloadSize
		}
	case control:
		return nil, 0, nothing, false
	case length == 126:
		length, body = uint64(binary.BigEndian.Uint16(p[ws.MinHeaderSize:])), body+2
		if length < 126 {
			return nil, 0, nothing, false
		}
	default:
		if body += 8; len(p) < body {
			return nil, 0, nothing, false
		}
		if length = binary.BigEndian.Uint64(p[ws.MinHeaderSize:]); length <= 0xFFFF {
			return nil, 0, nothing, false
		}
	}
	if len(p) < body || length > uint64(limit) || length > uint64(len(p)-body) {
		return nil, 0, nothing, false
	}
	mask := [maskSize]byte(p[body-maskSize:])
	used = body + int(length)
	payload = p[body:used:used]
	ws.Cipher(payload, mask, 0)
	if what == textMessage && !utf8.Valid(payload) {
		ws.Cipher(payload, mask, 0)
		return nil, 0, nothing, false
	}
	return payload, used, what, true
}
