package conn

import (
	"bytes"
	"encoding/base64"
)

// request is what the opening handshake needs to know of an HTTP request head
// (RFC 6455 4.2.1). Path and query are read and ignored. Its slices lie in the head:
// they are valid as long as the buffer that the head was read into.
type request struct {
	method     []byte
	major      byte // version of HTTP, as digits
	minor      byte
	hosts      int    // number of Host fields
	host       []byte // the last of them
	origins    int
	origin     []byte
	upgrades   bool // Upgrade names websocket
	connection bool // Connection names upgrade
	keys       int  // of Sec-WebSocket-Key
	key        []byte
	versions   int // of Sec-WebSocket-Version
	version    []byte
	offer      offer // the first of Sec-WebSocket-Extensions that can be accepted
}

// parse reads a complete request head, the empty line included, strictly: lines end
// with CR LF, and folded lines, spaces before a colon and control characters are
// refused (RFC 9112 3, 5). It allocates nothing.
func (r *request) parse(head []byte) *refusal {
	line, rest, more := bytes.Cut(bytes.TrimSuffix(head, crlfcrlf), crlf)
	// RFC 9112 2.2: an empty line before the request line is ignored.
	if len(line) == 0 && more {
		line, rest, more = bytes.Cut(rest, crlf)
	}
	if !r.parseLine(line) {
		return refuseRequestLine
	}
	for more {
		line, rest, more = bytes.Cut(rest, crlf)
		colon := bytes.IndexByte(line, ':')
		if colon < 0 || !isToken(line[:colon]) {
			return refuseHeaderLine
		}
		value := trimSpace(line[colon+1:])
		if !isFieldValue(value) {
			return refuseHeaderLine
		}
		r.field(line[:colon], value)
	}
	return nil
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
	r.method, r.major, r.minor = method, digits[0], digits[2]
	return true
}

func (r *request) field(name, value []byte) {
	switch {
	case equalFold(name, "Host"):
		r.hosts++
		r.host = value
	case equalFold(name, "Origin"):
		r.origins++
		r.origin = value
	case equalFold(name, "Upgrade"):
		r.upgrades = r.upgrades || hasToken(value, "websocket")
	case equalFold(name, "Connection"):
		r.connection = r.connection || hasToken(value, "upgrade")
	case equalFold(name, "Sec-WebSocket-Key"):
		r.keys++
		r.key = value
	case equalFold(name, "Sec-WebSocket-Version"):
		r.versions++
		r.version = value
	case equalFold(name, "Sec-WebSocket-Extensions"):
		r.offer.choose(value)
	}
}

// wantsWebSocket reports whether the request is meant as an opening handshake,
// valid or not. Anything else is a browser looking for a page.
func (r *request) wantsWebSocket() bool { return r.upgrades || r.keys > 0 }

// check applies RFC 6455 4.2.1 to a request that wants a websocket.
func (r *request) check() *refusal {
	switch {
	case string(r.method) != "GET":
		return refuseNotGet
	case r.major != '1' || r.minor < '1':
		return refuseHTTPVersion
	case r.hosts != 1:
		return refuseHosts
	case !r.upgrades:
		return refuseUpgrade
	case !r.connection:
		return refuseConnection
	case r.versions != 1 || string(r.version) != "13" && string(r.version) != "8":
		return refuseVersion
	case r.keys != 1:
		return refuseKeys
	case !isNonce(r.key):
		return refuseNonce
	}
	return nil
}

// nonceSize is the length of a Sec-WebSocket-Key: 16 bytes in base64 (RFC 6455 4.1).
const nonceSize = 24

func isNonce(key []byte) bool {
	if len(key) != nonceSize {
		return false
	}
	var raw [nonceSize / 4 * 3]byte
	n, err := base64.StdEncoding.Decode(raw[:], key)
	return err == nil && n == 16
}

// hasToken looks for a word in a comma-separated list, ignoring case. A version
// behind a slash is ignored.
func hasToken(list []byte, token string) bool {
	for more := true; more; {
		var item []byte
		item, list, more = bytes.Cut(list, []byte(","))
		name, _, _ := bytes.Cut(trimSpace(item), []byte("/"))
		if equalFold(name, token) {
			return true
		}
	}
	return false
}

// equalFold compares without regard to the case of ASCII letters, and of no others:
// that is what HTTP means by it.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		if b[i] != s[i] && (b[i]|0x20 != s[i]|0x20 || b[i]|0x20 < 'a' || b[i]|0x20 > 'z') {
			return false
		}
	}
	return true
}

// trimSpace drops the optional space of RFC 9110 5.6.3.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// tokenChars are the characters of a token (RFC 9110 5.6.2).
var tokenChars = func() (is [256]bool) {
	for c := '!'; c < 0x7F; c++ {
		is[c] = bytes.IndexByte([]byte(`"(),/:;<=>?@[\]{}`), byte(c)) < 0
	}
	return is
}()

// isToken reports whether b is a token of RFC 9110 5.6.2.
func isToken(b []byte) bool {
	for _, c := range b {
		if !tokenChars[c] {
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
