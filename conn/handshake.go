package conn

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/gobwas/ws"
)

var (
	crlf     = []byte("\r\n")
	crlfcrlf = []byte("\r\n\r\n")
)

// refusal is an HTTP answer to a request that does not become a websocket.
type refusal struct {
	status int
	text   string // a sentence for the body
	header string // further header lines, each with its CR LF
}

func refuse(status int, text string) *refusal { return &refusal{status: status, text: text} }

func (r *refusal) with(header string) *refusal {
	r.header += header
	return r
}

// statusText has the reason phrases of what the engine answers (RFC 9110 15).
var statusText = map[int]string{
	200: "OK",
	400: "Bad Request",
	403: "Forbidden",
	405: "Method Not Allowed",
	431: "Request Header Fields Too Large",
	505: "HTTP Version Not Supported",
}

// handshake answers requests. It is immutable.
type handshake struct {
	server      string
	page        []byte
	checkOrigin func(origin, host string) bool // nil accepts all
}

// answer decides over a complete request head. It returns what is written first,
// and whether that is the 101 which opens a websocket.
func (h handshake) answer(head []byte) (response []byte, upgraded bool) {
	r, bad := parseRequest(head)
	if bad != nil {
		return h.refused(bad), false
	}
	if !r.wantsWebSocket() {
		if r.method != "GET" {
			return h.refused(refuse(405, "only GET is answered here").with("Allow: GET\r\n")), false
		}
		return h.document(200, "text/html; charset=utf-8", h.page, ""), false
	}
	if bad := r.check(); bad != nil {
		return h.refused(bad), false
	}
	if bad := h.checkPage(r); bad != nil {
		return h.refused(bad), false
	}
	response, err := h.upgrade(r.keys[0])
	if err != nil {
		return h.refused(refuse(400, err.Error())), false
	}
	return response, true
}

// checkPage refuses a valid request of a page that may not connect (RFC 6455 4.2.2,
// 10.2): otherwise any page that a browser has open could speak with a server that
// only this browser can reach.
func (h handshake) checkPage(r request) *refusal {
	switch {
	case len(r.origins) == 0 || h.checkOrigin == nil:
		return nil
	case len(r.origins) > 1:
		return refuse(400, "more than one Origin header")
	case !h.checkOrigin(r.origins[0], r.host):
		return refuse(403, "a page of this origin may not connect")
	}
	return nil
}

// upgrade lets the websocket library write the 101. The library knows version 13
// only and one line per header, so the request, which was checked already, is told
// to it anew in its own words; version 8 opens with the same answer.
func (h handshake) upgrade(key string) ([]byte, error) {
	var out bytes.Buffer
	upgrader := ws.Upgrader{Header: ws.HandshakeHeaderString("Server: " + h.server + "\r\n")}
	_, err := upgrader.Upgrade(struct {
		io.Reader
		io.Writer
	}{strings.NewReader("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n"), &out})
	return out.Bytes(), err
}

func (h handshake) refused(r *refusal) []byte {
	return h.document(r.status, "text/plain; charset=utf-8", []byte(r.text+"\n"), r.header)
}

// document makes an HTTP answer after which the connection is closed.
func (h handshake) document(status int, kind string, body []byte, header string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\nServer: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n",
		status, statusText[status], h.server, kind, len(body), header)
	b.Write(body)
	return b.Bytes()
}

// requestReader collects the head of a request from pieces of any size.
type requestReader struct {
	limit int // bytes of the head
	data  []byte
}

// feed takes more bytes. When the head is complete it returns the head and what
// came behind it, which belongs to the websocket. A request that cannot become
// valid is refused at once, however much of it is still to come.
func (r *requestReader) feed(p []byte) (head, rest []byte, bad *refusal) {
	from := max(0, len(r.data)-len(crlfcrlf)+1)
	r.data = append(r.data, p...)
	if len(r.data) > 0 && isCTL(rune(r.data[0])) && !strings.ContainsRune(string(crlf), rune(r.data[0])) {
		return nil, nil, refuse(400, "this is not HTTP")
	}
	if end := bytes.Index(r.data[from:], crlfcrlf); end >= 0 {
		end += from + len(crlfcrlf)
		if end <= r.limit {
			return r.data[:end], r.data[end:], nil
		}
	}
	if len(r.data) >= r.limit {
		return nil, nil, refuse(431, "the request head is too large")
	}
	return nil, nil, nil
}
