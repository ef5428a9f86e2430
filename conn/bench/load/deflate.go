package load

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// learn asks for the compressed form of an answer, on the first connection, and checks
// that it means what the plain answer says. From then on the compressed bytes are what
// is expected: without a context taken over from message to message, a server
// compresses the same message to the same bytes.
func (c *crowd) learn(variant int) error {
	if err := c.send(&c.clients[0], variant, 0); err != nil {
		return err
	}
	it := &c.script[variant]
	wire, err := c.await(&c.clients[0], it.answer)
	if err != nil {
		return fmt.Errorf("compressed message %d: %w", variant, err)
	}
	it.answer = wire
	return nil
}

// learnBroadcasts is learn for messages that all others receive as well.
func (c *crowd) learnBroadcasts() error {
	for v := range c.script {
		if err := c.learn(v); err != nil {
			return err
		}
		if err := c.hear(v, 1); err != nil {
			return fmt.Errorf("compressed message %d on the other connections: %w", v, err)
		}
	}
	return nil
}

// await reads one message and returns it as it came, if it is a compressed form of
// the plain frame.
func (c *crowd) await(me *client, plain []byte) (wire []byte, err error) {
	want, _, err := parseMessage(plain)
	if err != nil {
		return nil, err
	}
	for {
		n, err := c.read(me)
		if err != nil {
			return nil, err
		}
		wire = append(wire, c.buffer[:n]...)
		m, length, err := parseMessage(wire)
		switch {
		case err != nil:
			return nil, err
		case length == 0:
			if err := readable(me.fd); err != nil {
				return nil, err
			}
		case length < len(wire):
			return nil, fmt.Errorf("%d bytes follow the message", len(wire)-length)
		case !m.compressed:
			return nil, errors.New("the message is not compressed")
		default:
			return wire, inflates(m.payload, want.payload)
		}
	}
}

// inflates checks the payload of a compressed message (RFC 7692 7.2.2).
func inflates(compressed, want []byte) error {
	tail := []byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff} // what was cut off, and an end
	got, err := io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(compressed), bytes.NewReader(tail))))
	if err != nil {
		return fmt.Errorf("the message cannot be inflated: %w", err)
	}
	if !bytes.Equal(got, want) {
		return differs(got, want)
	}
	return nil
}

// readable waits until there is something to read.
func readable(fd int32) error {
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: fd, Events: unix.POLLIN}}, int(patience.Milliseconds()))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return err
		case n == 0:
			return fmt.Errorf("nothing has come for %v", patience)
		default:
			return nil
		}
	}
}
