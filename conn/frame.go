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
	body []byte // a large payload, referred to
}

func (f frame) size() int { return len(f.head) + len(f.body) }

// encodeFrame makes one unfragmented, unmasked frame (RFC 6455 5.2) of a payload.
// A payload larger than shareAbove must not be changed afterwards.
func encodeFrame(op ws.OpCode, payload []byte) frame {
	room := ws.MaxHeaderSize
	if len(payload) <= shareAbove {
		room += len(payload)
	}
	head := append(make([]byte, 0, room), 0x80|byte(op))
	switch n := len(payload); {
	case n < 126:
		head = append(head, byte(n))
	case n <= 0xFFFF:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(n))
	}
	if len(payload) <= shareAbove {
		return frame{head: append(head, payload...)}
	}
	return frame{head: head, body: payload}
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
