package load

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// exchange is what is sent at once and what must come back, with variants so that an
// answer to an older request, or to another connection's, is noticed.
type exchange struct{ request, answer []byte }

const variants = 16

// exchanges pre-encodes depth messages of size bytes per variant. first is the first
// byte of each message.
func exchanges(o Options, first byte) []exchange {
	all := make([]exchange, variants)
	for v := range all {
		for d := range o.Depth {
			p := payload(first, o.Size, v*o.Depth+d)
			all[v].request = appendFrame(all[v].request, p, true, o.ZeroMask)
			all[v].answer = appendFrame(all[v].answer, p, false, false)
		}
	}
	return all
}

// payload looks like a notification of a music server: text that is different for
// each number and compresses as such text does.
func payload(first byte, size, number int) []byte {
	b := fmt.Appendf(nil, `%c{"method":"broadcast","fncname":"status","number":%d,"songs":[`, first, number)
	for i := number; len(b) < size; i++ {
		b = fmt.Appendf(b, `{"id":%d,"name":"Song %d of the album","seconds":%d},`, 1000+i*7919%9000, i, 60+i*31%400)
	}
	return b[:size]
}

// appendFrame encodes a whole text message (RFC 6455 5.2).
func appendFrame(b, payload []byte, masked, zero bool) []byte {
	bit := byte(0)
	if masked {
		bit = 0x80
	}
	b = append(b, 0x81)
	switch n := len(payload); {
	case n < 126:
		b = append(b, bit|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, bit|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, bit|127), uint64(n))
	}
	if !masked {
		return append(b, payload...)
	}
	key := [4]byte{0x8d, 0x31, 0xf6, 0x5a}
	if zero {
		key = [4]byte{}
	}
	b = append(b, key[:]...)
	for i, c := range payload {
		b = append(b, c^key[i%4])
	}
	return b
}

// message is a message as a server has sent it, perhaps in fragments.
type message struct {
	payload    []byte
	compressed bool
}

// parseMessage reads one unmasked text message from the beginning of b and says how
// long it is there, 0 if it is not complete.
func parseMessage(b []byte) (m message, length int, err error) {
	for at, first := 0, true; ; first = false {
		head := b[at:]
		if len(head) < 2 {
			return m, 0, nil
		}
		opcode, reserved, masked := head[0]&0x0f, head[0]&0x70, head[1]&0x80 != 0
		size, start := int(head[1]&0x7f), 2
		switch size {
		case 126:
			start = 4
		case 127:
			start = 10
		}
		if len(head) < start {
			return m, 0, nil
		}
		switch size {
		case 126:
			size = int(binary.BigEndian.Uint16(head[2:]))
		case 127:
			size = int(binary.BigEndian.Uint64(head[2:]))
		}
		switch {
		case masked, first && opcode != 1, !first && (opcode != 0 || reserved != 0), reserved&0x30 != 0:
			return m, 0, fmt.Errorf("a frame begins with % x, which is no part of a text message", head[:2])
		case size < 0 || len(head) < start+size:
			return m, 0, nil
		}
		m.compressed = m.compressed || reserved == 0x40
		m.payload = append(m.payload, head[start:start+size]...)
		at += start + size
		if head[0]&0x80 != 0 {
			return m, at, nil
		}
	}
}

// differs shows where an answer is wrong.
func differs(got, want []byte) error {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	return fmt.Errorf("the answer is wrong at byte %d of %d: %.40q instead of %.40q",
		at, len(want), got[at:], want[at:])
}

var endOfHead = []byte("\r\n\r\n")

// accepted checks the answer to an upgrade request, which must be complete and alone.
func accepted(head []byte, deflate bool) error {
	switch {
	case !bytes.HasPrefix(head, []byte("HTTP/1.1 101")):
		return fmt.Errorf("the handshake is answered with %.80q", head)
	case !bytes.HasSuffix(head, endOfHead):
		return fmt.Errorf("the answer to the handshake does not come at once, or not alone: %q", head)
	case !bytes.Contains(head, []byte(sampleAccept)):
		return fmt.Errorf("the accept key is wrong in %q", head)
	case deflate != bytes.Contains(bytes.ToLower(head), []byte("permessage-deflate")):
		return fmt.Errorf("permessage-deflate offered: %v, but answered %q", deflate, head)
	}
	return nil
}

// The nonce of RFC 6455 1.3 and what must be answered to it.
const (
	sampleKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

func upgradeRequest(o Options) []byte {
	offer := ""
	if o.Deflate {
		offer = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	}
	return []byte("GET /ws HTTP/1.1\r\nHost: " + o.Addr + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: " + sampleKey + "\r\nSec-WebSocket-Version: 13\r\n" + offer + "\r\n")
}
