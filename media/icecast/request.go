package icecast

import (
	"encoding/base64"
	"fmt"
	"net"
	"strconv"
	"strings"
	"unicode/utf8"
)

// method is how a source introduces itself.
type method uint8

const (
	put method = iota
	source10
)

func (m method) String() string { return [...]string{"PUT", "SOURCE"}[m] }

// other is the method to try when a server does not know this one.
func (m method) other() method { return 1 - m }

// sourceHead is the request by which a source begins.
//
// The length of the sound is not known and it is not sent in chunks either: Icecast
// 2.4 takes what follows the head as it is, until the connection ends.
func (o *Options) sourceHead(m method, mount Mount) []byte {
	var b strings.Builder
	version := "HTTP/1.1"
	if m == source10 {
		version = "HTTP/1.0"
	}
	fmt.Fprintf(&b, "%v %s %s\r\n", m, mount.Path, version)
	o.common(&b)
	field(&b, "Content-Type", mount.contentType())
	if m == put {
		field(&b, "Expect", "100-continue")
	}
	public := "0"
	if o.Public {
		public = "1"
	}
	field(&b, "ice-public", public)
	field(&b, "ice-name", o.Name)
	field(&b, "ice-description", o.Description)
	field(&b, "ice-genre", o.Genre)
	field(&b, "ice-url", o.URL)
	field(&b, "ice-audio-info", mount.AudioInfo)
	b.WriteString("\r\n")
	return []byte(b.String())
}

// titleHead is the request that names what a mount plays.
//
// Between artist and song stands the separator that players of ICY titles look for,
// which Latin-1 has, too: an Icecast that was not told to use UTF-8 writes
// characters that Latin-1 does not have as numbers.
func (o *Options) titleHead(mount, title string) []byte {
	var b strings.Builder
	title = strings.ReplaceAll(title, " – ", " - ")
	fmt.Fprintf(&b, "GET /admin/metadata?mode=updinfo&mount=%s&charset=UTF-8&song=%s HTTP/1.0\r\n", escape(mount, len(mount)*3), escape(title, titleLimit))
	o.common(&b)
	b.WriteString("\r\n")
	return []byte(b.String())
}

func (o *Options) common(b *strings.Builder) {
	field(b, "Host", o.address())
	field(b, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(o.User+":"+o.Password)))
	field(b, "User-Agent", o.Agent)
	field(b, "Connection", "close")
}

func (o *Options) address() string { return net.JoinHostPort(o.Host, strconv.Itoa(int(o.Port))) }

// field writes a header field, and none without a value.
func field(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "%s: %s\r\n", name, value)
	}
}

// titleLimit is how long an escaped title may be, in bytes. Icecast refuses heads
// of more than 4096 bytes.
const titleLimit = 2048

// escape writes a text as part of a query (RFC 3986, 2.1): all but the unreserved
// characters as %XX, because Icecast takes + for itself. A character that does not
// fit into limit bytes ends it; control characters become blanks.
func escape(text string, limit int) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range strings.ToValidUTF8(text, "\uFFFD") {
		var buffer [3 * utf8.UTFMax]byte
		escaped := buffer[:0]
		if isControl(c) || c >= 0x80 && c < 0xA0 {
			c = ' '
		}
		if c < 0x80 && (c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.ContainsRune("-._~", c)) {
			escaped = append(escaped, byte(c))
		} else {
			for _, one := range []byte(string(c)) {
				escaped = append(escaped, '%', hex[one>>4], hex[one&15])
			}
		}
		if b.Len()+len(escaped) > limit {
			break
		}
		b.Write(escaped)
	}
	return b.String()
}
