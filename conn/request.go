package conn

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// request is what the opening handshake needs to know of an HTTP request head
// (RFC 6455 4.2.1). Path and query are read and ignored.
type request struct {
	method     string
	major      byte // version of HTTP, as digits
	minor      byte
	hosts      int      // number of Host fields
	host       string   // the last of them
	origins    []string // values of Origin
	upgrades   bool     // Upgrade names websocket
	connection bool     // Connection names upgrade
	keys       []string // values of Sec-WebSocket-Key
	versions   []string // values of Sec-WebSocket-Version
}

// parseRequest reads a complete request head, the empty line included, strictly:
// lines end with CR LF, and folded lines, spaces before a colon and control
// characters are refused (RFC 9112 3, 5).
func parseRequest(head []byte) (request, *refusal) {
	var r request
	lines := bytes.Split(bytes.TrimSuffix(head, crlfcrlf), crlf)
	// RFC 9112 2.2: an empty line before the request line is ignored.
	if len(lines) > 1 && len(lines[0]) == 0 {
		lines = lines[1:]
	}
	if !r.parseLine(lines[0]) {
		return r, refuse(400, "the request line is not one of HTTP/1.1")
	}
	for _, line := range lines[1:] {
		name, value, ok := bytes.Cut(line, []byte(":"))
		value = bytes.Trim(value, " \t")
		if !ok || !isToken(name) || !isFieldValue(value) {
			return r, refuse(400, "a header line is malformed")
		}
		r.field(string(name), string(value))
	}
	return r, nil
}

// parseLine reads "GET /path HTTP/1.1".
func (r *request) parseLine(line []byte) bool {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, version, _ := bytes.Cut(rest, []byte(" "))
	if !isToken(method) || len(target) == 0 || bytes.IndexFunc(target, isCTL) >= 0 {
		return false
	}
	digits, ok := bytes.CutPrefix(version, []byte("HTTP/"))
	if !ok || len(digits) != 3 || !isDigit(digits[0]) || digits[1] != '.' || !isDigit(digits[2]) {
		return false
	}
	r.method, r.major, r.minor = string(method), digits[0], digits[2]
	return true
}

func (r *request) field(name, value string) {
	switch {
	case strings.EqualFold(name, "Host"):
		r.hosts++
		r.host = value
	case strings.EqualFold(name, "Origin"):
		r.origins = append(r.origins, value)
	case strings.EqualFold(name, "Upgrade"):
		r.upgrades = r.upgrades || hasToken(value, "websocket")
	case strings.EqualFold(name, "Connection"):
		r.connection = r.connection || hasToken(value, "upgrade")
	case strings.EqualFold(name, "Sec-WebSocket-Key"):
		r.keys = append(r.keys, value)
	case strings.EqualFold(name, "Sec-WebSocket-Version"):
		r.versions = append(r.versions, value)
	}
}

// wantsWebSocket reports whether the request is meant as an opening handshake,
// valid or not. Anything else is a browser looking for a page.
func (r *request) wantsWebSocket() bool { return r.upgrades || len(r.keys) > 0 }

// check applies RFC 6455 4.2.1 to a request that wants a websocket.
func (r *request) check() *refusal {
	switch {
	case r.method != "GET":
		return refuse(405, "a websocket is opened with GET").with("Allow: GET\r\n")
	case r.major != '1' || r.minor < '1':
		return refuse(505, "a websocket needs HTTP/1.1")
	case r.hosts != 1:
		return refuse(400, "exactly one Host header is required")
	case !r.upgrades:
		return refuse(400, "the Upgrade header does not name websocket")
	case !r.connection:
		return refuse(400, "the Connection header does not name Upgrade")
	case len(r.versions) != 1 || r.versions[0] != "13" && r.versions[0] != "8":
		// RFC 6455 4.4: the answer names the versions that would have been fine.
		return refuse(400, "this server speaks the versions 13 and 8 of the protocol").with("Sec-WebSocket-Version: 13,8\r\n")
	case len(r.keys) != 1:
		return refuse(400, "exactly one Sec-WebSocket-Key header is required")
	case !isNonce(r.keys[0]):
		return refuse(400, "the Sec-WebSocket-Key is not 16 bytes in base64")
	}
	return nil
}

// isNonce checks a Sec-WebSocket-Key: 16 bytes in base64 (RFC 6455 4.1).
func isNonce(key string) bool {
	raw, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(raw) == 16 && len(key) == 24
}

// hasToken looks for a word in a comma-separated list, ignoring case. A version
// behind a slash is ignored.
func hasToken(list, token string) bool {
	for item := range strings.SplitSeq(list, ",") {
		name, _, _ := strings.Cut(strings.Trim(item, " \t"), "/")
		if strings.EqualFold(name, token) {
			return true
		}
	}
	return false
}

// isToken reports whether b is a token of RFC 9110 5.6.2.
func isToken(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7F || bytes.IndexByte([]byte(`"(),/:;<=>?@[\]{}`), c) >= 0 {
			return false
		}
	}
	return len(b) > 0
}

// isFieldValue reports whether b may be the value of a header field.
func isFieldValue(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return true
}

func isCTL(r rune) bool   { return r < ' ' || r == 0x7F }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
