package conformance

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
	"unicode/utf8"
)

// conversation is one connection of the raw client. One goroutine reads and one
// writes.
type conversation struct {
	nc    net.Conn
	in    *bufio.Reader
	head  string        // of the request
	limit time.Duration // for the end of the TCP connection
	masks uint32
	piece []byte

	agreed agreement
	out    squeezer // compresses what the client says, nil without an agreement
	inner  inflater // inflates what the server says
}

// key is the Sec-WebSocket-Key of every request, 16 bytes in base64.
var key = base64.StdEncoding.EncodeToString([]byte("a conformance ca"))

// begin dials. The request is not sent yet.
func begin(p Peer, offer string) (*conversation, error) {
	nc, err := net.DialTimeout("tcp", p.Addr, p.Patience)
	if err != nil {
		return nil, err
	}
	nc.SetDeadline(time.Now().Add(p.Patience))
	if p.TLS != nil {
		nc = tls.Client(nc, p.TLS)
	}
	c := &conversation{nc: nc, in: bufio.NewReader(nc), limit: p.End, masks: 0x9E3779B9}
	c.head = "GET / HTTP/1.1\r\nHost: " + p.Addr + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\n"
	if offer != "" {
		c.head += "Sec-WebSocket-Extensions: " + offer + "\r\n"
	}
	c.head += "\r\n"
	return c, nil
}

// over ends the conversation on this side.
func (c *conversation) over() {
	c.nc.Close()
	if c.out != nil {
		c.out.release()
	}
}

// opened reads the answer to the request, strictly (RFC 6455 4.1), and returns the
// values of Sec-WebSocket-Extensions.
func (c *conversation) opened() (extensions []string, err error) {
	line, err := c.line()
	if err != nil {
		return nil, fmt.Errorf("no answer to the handshake: %w", err)
	}
	if !strings.HasPrefix(line, "HTTP/1.1 101 ") {
		return nil, fmt.Errorf("the handshake was answered with %q", line)
	}
	fields := map[string][]string{}
	for {
		line, err := c.line()
		if err != nil {
			return nil, fmt.Errorf("the head of the 101 ends early: %w", err)
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("header line %q", line)
		}
		name = strings.ToLower(name)
		fields[name] = append(fields[name], strings.Trim(value, " \t"))
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	for name, want := range map[string]string{
		"upgrade":              "websocket",
		"connection":           "upgrade",
		"sec-websocket-accept": base64.StdEncoding.EncodeToString(sum[:]),
	} {
		got := fields[name]
		if len(got) != 1 || got[0] != want && (name == "sec-websocket-accept" || !strings.EqualFold(got[0], want)) {
			return nil, fmt.Errorf("the 101 has %s: %q, want %q", name, got, want)
		}
	}
	if p := fields["sec-websocket-protocol"]; p != nil {
		return nil, fmt.Errorf("the 101 names a subprotocol, %q; none was asked for", p)
	}
	return fields["sec-websocket-extensions"], nil
}

// line reads a line that ends with CR LF.
func (c *conversation) line() (string, error) {
	s, err := c.in.ReadString('\n')
	if err != nil {
		return "", err
	}
	s, ok := strings.CutSuffix(s, "\r\n")
	if !ok {
		return "", fmt.Errorf("%q does not end with CR LF", s)
	}
	return s, nil
}

// nextMask gives every frame another mask, the same ones in every run.
func (c *conversation) nextMask() (mask [4]byte) {
	c.masks = c.masks*1664525 + 1013904223
	binary.BigEndian.PutUint32(mask[:], c.masks)
	return mask
}

// write sends b in pieces of so many bytes, 0: in one.
func (c *conversation) write(b []byte, chop int) error {
	if chop == 0 {
		chop = len(b)
	}
	for len(b) > 0 {
		n, err := c.nc.Write(b[:min(chop, len(b))])
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// errEnded is the end of the TCP connection where a frame was due.
var errEnded = errors.New("the server has ended the TCP connection")

// exactly reads one frame, which must have these bytes.
func (c *conversation) exactly(f frame) error {
	var room [10]byte
	want := f.header(room[:0], 0)
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c.in, got); err != nil {
		return fmt.Errorf("want %s: %w", f, c.ended(got[:n], err))
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("want %s, got %s", f, c.describe(got))
	}
	if n := min(len(f.payload), 16<<10); len(c.piece) < n {
		c.piece = make([]byte, n)
	}
	for done := 0; done < len(f.payload); {
		piece := c.piece[:min(len(c.piece), len(f.payload)-done)]
		if _, err := io.ReadFull(c.in, piece); err != nil {
			return fmt.Errorf("want %s, at byte %d of the payload: %w", f, done, c.ended(nil, err))
		}
		if !bytes.Equal(piece, f.payload[done:done+len(piece)]) {
			return fmt.Errorf("want %s, the payload differs behind byte %d", f, done)
		}
		done += len(piece)
	}
	return nil
}

// next reads any frame and holds it to the rules for all frames of a server.
func (c *conversation) next() (frame, error) {
	var start [2]byte
	if n, err := io.ReadFull(c.in, start[:]); err != nil {
		return frame{}, c.ended(start[:n], err)
	}
	length := uint64(start[1] & 0x7F)
	extended := 0
	switch length {
	case 126:
		extended = 2
	case 127:
		extended = 8
	}
	var room [8]byte
	if _, err := io.ReadFull(c.in, room[8-extended:]); err != nil {
		return frame{}, c.ended(start[:], err)
	}
	if extended > 0 {
		length = binary.BigEndian.Uint64(room[:])
	}
	switch {
	case start[1]&0x80 != 0:
		return frame{}, errors.New("a masked frame (RFC 6455 5.1)")
	case extended > 0 && length < 126, extended == 8 && length <= 0xFFFF:
		return frame{}, errors.New("a length that is not in its shortest form (RFC 6455 5.2)")
	case length > 64<<20:
		return frame{}, fmt.Errorf("a frame of %d bytes", length)
	}
	f := frame{first: start[0], payload: make([]byte, length)}
	if _, err := io.ReadFull(c.in, f.payload); err != nil {
		return frame{}, c.ended(start[:], err)
	}
	return f, nil
}

// describe tells what came instead of something else, from its first bytes on.
func (c *conversation) describe(begin []byte) string {
	c.in = bufio.NewReader(io.MultiReader(bytes.NewReader(begin), c.in))
	f, err := c.next()
	if err != nil {
		return err.Error()
	}
	return f.String()
}

// ended makes an error of the end of the stream.
func (c *conversation) ended(begin []byte, err error) error {
	switch {
	case len(begin) == 0 && errors.Is(err, io.EOF):
		return errEnded
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return fmt.Errorf("%w in the middle of a frame that begins with %x", errEnded, begin)
	}
	return err
}

// expect reads a close frame, and then the end of the TCP connection: it is the server
// that ends it (RFC 6455 7.1.1), and not by a reset.
func (x closed) expect(c *conversation) error {
	f, err := c.next()
	if err != nil {
		return fmt.Errorf("want %s: %w", x, err)
	}
	if f.first != fin|opClose {
		return fmt.Errorf("want %s, got %s", x, f)
	}
	code, reason := 0, ""
	if len(f.payload) == 1 {
		return errors.New("a close frame with a body of one byte")
	}
	if len(f.payload) >= 2 {
		code, reason = int(binary.BigEndian.Uint16(f.payload)), string(f.payload[2:])
	}
	switch {
	case code != x.code:
		return fmt.Errorf("want %s, got %s", x, f)
	case len(f.payload) > 125:
		return fmt.Errorf("a close frame of %d bytes", len(f.payload))
	case !utf8.ValidString(reason):
		return fmt.Errorf("the reason %q is not UTF-8", reason)
	case x.broken && reason == "":
		return fmt.Errorf("%s does not say which rule was broken", x)
	case !x.broken && reason != "":
		return fmt.Errorf("the answer to a close frame says %q", reason)
	}
	return nil
}

// end waits until the server has ended the TCP connection.
func (c *conversation) end() error {
	c.nc.SetReadDeadline(time.Now().Add(c.limit))
	if b, err := c.in.ReadByte(); err == nil {
		return fmt.Errorf("the server goes on behind its close frame: %s", c.describe([]byte{b}))
	} else if !errors.Is(err, io.EOF) {
		return fmt.Errorf("the server does not end the TCP connection properly: %w", err)
	}
	return nil
}
