package conn

import (
	"encoding/binary"
	"strings"

	"github.com/gobwas/ws"
)

// shareAbove is the size in bytes from which a payload is not copied behind its
// frame header but referred to. Below it, one allocation and one copy are cheaper
// than a second segment; and what is copied may be reused by the caller at once.
const shareAbove = 32 << 10

// frame is encoded outgoing data: a complete frame, or the 101, or an HTTP answer.
// It is immutable, so that one broadcast is shared by the outboxes of all clients.
type frame struct {
	head []byte // header and, for a small payload, the payload
	*rest
}

// rest is what most frames do not have; a nil one is empty.
type rest struct {
	body     []byte    // a large payload, or its largest part, referred to
	tail     []byte    // of the payload, behind body
	shared   bool      // body is that of Parts
	topic    string    // of a push
	variants []variant // the same for clients that have negotiated compression
}

func (f frame) size() int { return len(f.head) + f.bodySize() + f.tailSize() }

func (r *rest) bodySize() int {
	if r == nil {
		return 0
	}
	return len(r.body)
}

func (r *rest) tailSize() int {
	if r == nil {
		return 0
	}
	return len(r.tail)
}

// sharedSize is the size of a body that other connections hold as well.
func (r *rest) sharedSize() int {
	if r == nil || !r.shared {
		return 0
	}
	return len(r.body)
}

func (r *rest) about(topic string) bool { return r != nil && r.topic == topic }

// on gives a frame that is not shared yet its topic.
func (f frame) on(topic string) frame {
	switch {
	case topic == "":
	case f.rest == nil:
		f.rest = &rest{topic: topic}
	default:
		f.topic = topic
	}
	return f
}

// appendTo adds all bytes of the frame to dst.
func (f frame) appendTo(dst []byte) []byte {
	dst = append(dst, f.head...)
	if f.rest != nil {
		dst = append(append(dst, f.body...), f.tail...)
	}
	return dst
}

// encodeFrame makes one unfragmented, unmasked frame (RFC 6455 5.2) of a payload.
// A payload larger than shareAbove must not be changed afterwards.
func encodeFrame(op ws.OpCode, payload []byte) frame {
	room := ws.MaxHeaderSize
	if len(payload) <= shareAbove {
		room += len(payload)
	}
	head := appendHeader(make([]byte, 0, room), op, len(payload))
	if len(payload) <= shareAbove {
		return frame{head: append(head, payload...)}
	}
	return frame{head: head, rest: &rest{body: payload}}
}

// appendHeader adds the header of a final, unmasked frame with size bytes of payload.
func appendHeader(dst []byte, op ws.OpCode, size int) []byte {
	dst = append(dst, 0x80|byte(op))
	switch {
	case size < 126:
		return append(dst, byte(size))
	case size <= 0xFFFF:
		return binary.BigEndian.AppendUint16(append(dst, 126), uint16(size))
	default:
		return binary.BigEndian.AppendUint64(append(dst, 127), uint64(size))
	}
}

// maxCloseText is the room for a reason in a close frame: a control frame carries
// 125 bytes (RFC 6455 5.5), two of them are the code.
const maxCloseText = ws.MaxControlFramePayloadSize - 2

// encodeClose makes a close frame. Code 0 makes one without a body. The text must
// fit and be UTF-8, see cutText.
func encodeClose(code Code, text string) frame {
	if code == CodeNone {
		return encodeFrame(ws.OpClose, nil)
	}
	return encodeFrame(ws.OpClose, ws.NewCloseFrameBody(ws.StatusCode(code), text))
}

// cutText makes text fit for a close frame: UTF-8 (RFC 6455 5.5.1), and not longer
// than limit bytes, cut between characters.
func cutText(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	cut := 0
	for i := range text {
		if i > limit {
			break
		}
		cut = i
	}
	return text[:cut]
}
