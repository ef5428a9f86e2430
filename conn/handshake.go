package conn

import (
	"bytes"
	"crypto/sha1" // the digest of RFC 6455 1.3, which proves no secret
	"encoding/base64"
	"strconv"
)

var (
	crlf     = []byte("\r\n")
	crlfcrlf = []byte("\r\n\r\n")
)

// handshake answers requests. It is immutable; any goroutine may use it.
type handshake struct {
	server      string
	page        []byte
	checkOrigin func(origin, host string) bool // nil accepts all
	deflate     bool                           // permessage-deflate is accepted where it is offered
}

// reply decides over a complete request head. It appends to dst what is written first
// and says whether that is the 101 which opens a websocket, and with which extension.
// It keeps nothing of head, and opens a websocket without allocating anything but
// what dst lacks.
func (h *handshake) reply(dst, head []byte) (out []byte, upgraded bool, ext extension) {
	var r request
	if bad := r.parse(head); bad != nil {
		return h.appendRefusal(dst, bad), false, extension{}
	}
	if !r.wantsWebSocket() {
		if string(r.method) != "GET" {
			return h.appendRefusal(dst, refusePageNotGet), false, extension{}
		}
		return h.appendDocument(dst, 200, "text/html; charset=utf-8", "", h.page), false, extension{}
	}
	bad := r.check()
	if bad == nil {
		bad = h.checkPage(&r)
	}
	if bad != nil {
		return h.appendRefusal(dst, bad), false, extension{}
	}
	if !h.deflate {
		r.offer = offer{}
	}
	return h.appendUpgrade(dst, &r), true, r.offer.extension()
}

// checkPage refuses a valid request of a page that may not connect (RFC 6455 4.2.2,
// 10.2): otherwise any page that a browser has open could speak with a server that
// only this browser can reach.
func (h *handshake) checkPage(r *request) *refusal {
	switch {
	case r.origins == 0 || h.checkOrigin == nil:
		return nil
	case r.origins > 1:
		return refuseOrigins
	case !h.checkOrigin(string(r.origin), string(r.host)):
		return refuseOrigin
	}
	return nil
}

// appendUpgrade adds the 101 (RFC 6455 4.2.2), byte for byte as the websocket library
// writes it.
func (h *handshake) appendUpgrade(dst []byte, r *request) []byte {
	const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
	var proof [nonceSize + len(guid)]byte
	copy(proof[copy(proof[:], r.key):], guid)
	digest := sha1.Sum(proof[:])

	dst = append(dst, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	dst = base64.StdEncoding.AppendEncode(dst, digest[:])
	dst = append(dst, "\r\n"...)
	dst = r.offer.appendAnswer(dst)
	dst = append(dst, "Server: "...)
	dst = append(dst, h.server...)
	return append(dst, crlfcrlf...)
}

func (h *handshake) appendRefusal(dst []byte, r *refusal) []byte {
	return h.appendDocument(dst, r.status, "text/plain; charset=utf-8", r.header, []byte(r.text+"\n"))
}

// appendDocument adds an HTTP answer after which the connection is closed.
func (h *handshake) appendDocument(dst []byte, status int, kind, header string, body []byte) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	for _, s := range [...]string{" ", statusText[status], "\r\nServer: ", h.server, "\r\nContent-Type: ", kind, "\r\nContent-Length: "} {
		dst = append(dst, s...)
	}
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(append(dst, "\r\n"...), header...)
	dst = append(dst, "Connection: close\r\n\r\n"...)
	return append(dst, body...)
}

// requestReader collects the head of a request from pieces of any size.
type requestReader struct {
	limit int // bytes of the head
	data  []byte
}

// feed takes more bytes. When the head is complete it returns the head and what
// came behind it, which belongs to the websocket; a head that came in one piece is
// returned where it lies in p, and nothing is allocated. A request that cannot become
// valid is refused at once, however much of it is still to come.
func (r *requestReader) feed(p []byte) (head, rest []byte, bad *refusal) {
	from := max(0, len(r.data)-len(crlfcrlf)+1)
	data := p
	if len(r.data) > 0 {
		r.data = append(r.data, p...)
		data = r.data
	}
	if len(data) > 0 && data[0] != '\r' && data[0] != '\n' && isCTL(rune(data[0])) {
		return nil, nil, refuseNotHTTP
	}
	if end := bytes.Index(data[from:], crlfcrlf); end >= 0 {
		end += from + len(crlfcrlf)
		if end <= r.limit {
			return data[:end], data[end:], nil
		}
	}
	if len(data) >= r.limit {
		return nil, nil, refuseHeadTooLarge
	}
	if len(r.data) == 0 {
		r.data = append(r.data, p...)
	}
	return nil, nil, nil
}
