package main

import (
	"bufio"
	"context"
	be "encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"musicdb/server/wire"
)

// attacker is one hostile connection. It sends exactly what its attack says. Its reads
// and writes end when its time is over.
type attacker struct {
	*net.TCPConn
	in  *bufio.Reader
	key string // the right one: there are hostile clients who know it
	n   int    // tells attackers apart
}

// errUnexpected is matched by what a server must not do to an attacker. That it closes
// the connection is no such thing.
var errUnexpected = errors.New("the server answered an attack wrongly")

// attackFrom connects the nth attacker, from one of fifty addresses.
func attackFrom(ctx context.Context, address, key string, n int) (*attacker, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+n%50))}}
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	// What an attacker elsewhere has not sent yet lies in the memory of his own machine.
	// Here he shares the kernel's memory for TCP with the server, which holds 500 MB of a
	// thousand such attackers and would lose packets of everybody for another 1.6 GB.
	if err := c.(*net.TCPConn).SetWriteBuffer(32 << 10); err != nil {
		return nil, err
	}
	a := &attacker{TCPConn: c.(*net.TCPConn), in: bufio.NewReader(c), key: key, n: n}
	context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	return a, nil
}

// send writes all of it.
func (a *attacker) send(p ...[]byte) error {
	_, err := a.Write(slices.Concat(p...))
	return err
}

// drip writes a byte at a time.
func (a *attacker) drip(ctx context.Context, pace time.Duration, p []byte) error {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for i := range p {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := a.send(p[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// hold keeps the connection, silently, until the server ends it or the time is over.
func (a *attacker) hold() error {
	n, err := io.Copy(io.Discard, a.in)
	if n > 0 {
		return fmt.Errorf("%w: %d bytes came", errUnexpected, n)
	}
	return err
}

const upgradeRequest = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// open performs the opening handshake.
func (a *attacker) open() error {
	if err := a.send([]byte(upgradeRequest)); err != nil {
		return err
	}
	status, err := a.in.ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 101 ") {
		return fmt.Errorf("%w: a handshake with %q", errUnexpected, status)
	}
	for line := ""; line != "\r\n"; {
		if line, err = a.in.ReadString('\n'); err != nil {
			return err
		}
	}
	return nil
}

// First bytes of frames.
const (
	opContinue byte = 0x0
	opText     byte = 0x1
	opClose    byte = 0x8
	opPing     byte = 0x9
	fin        byte = 0x80
)

// framed makes a frame, masked with zeros.
func framed(first byte, payload string) []byte {
	return append(header(first, uint64(len(payload))), payload...)
}

// header is that of a frame with a payload of any length, which need not come.
func header(first byte, length uint64) []byte {
	h := []byte{first, 0x80}
	switch {
	case length < 126:
		h[1] |= byte(length)
	case length <= 0xFFFF:
		h[1] |= 126
		h = be.BigEndian.AppendUint16(h, uint16(length))
	default:
		h[1] |= 127
		h = be.BigEndian.AppendUint64(h, length)
	}
	return append(h, 0, 0, 0, 0)
}

// bounce is a valid call that answers with what it is given.
func bounce(key string, arguments any) string {
	raw, _ := json.Marshal(arguments) // texts and numbers
	return string(wire.Request{Method: wire.Ask, Function: "Bounce", Signature: json.RawMessage(`"attack"`), Arguments: raw}.Encode(key))
}

// frame reads the next frame; a close frame is its code.
func (a *attacker) frame() (op byte, body []byte, err error) {
	first, err := a.in.Peek(1)
	if err != nil {
		return 0, nil, err
	}
	op = first[0] & 0xF
	if first[0] == fin|opText {
		size, err := frameSize(a.in)
		if err != nil {
			return op, nil, err
		}
		body = make([]byte, size)
		_, err = io.ReadFull(a.in, body)
		return op, body, err
	}
	var head [2]byte
	if _, err = io.ReadFull(a.in, head[:]); err == nil {
		body = make([]byte, head[1])
		_, err = io.ReadFull(a.in, body)
	}
	return op, body, err
}

// closedWith waits for a close frame and checks its code. A connection that is reset
// loses what was on the way, which is the attacker's business.
func (a *attacker) closedWith(codes ...uint16) error {
	for {
		op, body, err := a.frame()
		switch {
		case err != nil:
			return err
		case op != opClose:
			continue
		case len(body) < 2 || !slices.Contains(codes, be.BigEndian.Uint16(body)):
			return fmt.Errorf("%w: closed with % x, want one of %d", errUnexpected, body, codes)
		}
		return a.send(framed(fin|opClose, string(body[:2])))
	}
}

// answered waits for the answer to a bounce, or for a close frame with one of the codes.
func (a *attacker) answered(with string, codes ...uint16) error {
	for {
		op, body, err := a.frame()
		switch {
		case err != nil:
			return err
		case op == opClose && len(body) > 1 && slices.Contains(codes, be.BigEndian.Uint16(body)):
			return nil
		case op == opClose:
			return fmt.Errorf("%w: closed with % x instead of an answer", errUnexpected, body)
		case op == opText && strings.Contains(string(body), `"fncname":"Bounce"`):
			if !strings.Contains(string(body), with) {
				return fmt.Errorf("%w: answered with %.80q", errUnexpected, body)
			}
			return nil
		}
	}
}

// reset ends a connection with a reset.
func (a *attacker) reset() error {
	return errors.Join(a.SetLinger(0), a.Close())
}
