package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

// storm is many attackers that do the same at once.
type storm struct {
	name        string
	crowd, full int  // attackers, in every test and in the long version
	again       bool // who has done it connects anew and does it again
	ends        bool // the server must end every connection by itself
	http        bool // the HTTP port is attacked
	attack      func(context.Context, *attacker) error
}

// websocketStorms are those on the websocket port.
var websocketStorms = []storm{
	{name: "handshakes begun and left", crowd: 200, full: 10_000, ends: true, attack: func(_ context.Context, a *attacker) error {
		if err := a.send([]byte(upgradeRequest[:a.n%len(upgradeRequest)])); err != nil {
			return err
		}
		return a.hold()
	}},
	{name: "a byte of a handshake every second", crowd: 50, full: 2_000, ends: true, attack: func(ctx context.Context, a *attacker) error {
		return a.drip(ctx, time.Second, []byte(upgradeRequest))
	}},
	{name: "garbage instead of a handshake", crowd: 40, full: 2_000, ends: true, attack: garbage},
	{name: "half-closed connections", crowd: 60, full: 3_000, ends: true, attack: halfClose},
	{name: "asks much, reads nothing", crowd: 20, full: 1_000, attack: func(_ context.Context, a *attacker) error {
		if err := errors.Join(a.SetReadBuffer(2048), a.open()); err != nil {
			return err
		}
		for message := framed(fin|opText, bounce(a.key, strings.Repeat("x", 1<<16))); ; {
			if err := a.send(message); err != nil {
				return err
			}
		}
	}},
	{name: "reads a byte a second", crowd: 20, full: 1_000, attack: func(ctx context.Context, a *attacker) error {
		if err := errors.Join(a.SetReadBuffer(2048), a.open()); err != nil {
			return err
		}
		message := framed(fin|opText, bounce(a.key, strings.Repeat("x", 1<<18)))
		if err := a.send(message, message); err != nil {
			return err
		}
		for tick := time.NewTicker(time.Second); ; {
			if _, err := a.in.ReadByte(); err != nil {
				return err
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return nil
			}
		}
	}},
	{name: "valid messages a byte at a time", crowd: 10, full: 300, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		for n := 0; ; n++ {
			for _, b := range framed(fin|opText, bounce(a.key, n)) {
				if err := a.send([]byte{b}); err != nil {
					return err
				}
			}
			if err := a.answered(fmt.Sprintf(`"arguments":%d,`, n)); err != nil {
				return err
			}
		}
	}},
	{name: "pings, pongs not read", crowd: 10, full: 300, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		for pings := many(64, framed(fin|opPing, strings.Repeat("p", 125))); ; {
			if err := a.send(pings); err != nil {
				return err
			}
		}
	}},
	{name: "pings, pongs read", crowd: 4, full: 50, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		for pings := many(64, framed(fin|opPing, "")); ; {
			if err := a.send(pings); err != nil {
				return err
			}
			if _, err := a.in.Discard(64 * 2); err != nil {
				return err
			}
		}
	}},
	{name: "fragments of nothing", crowd: 4, full: 20, attack: fragments("", 1_000_000)},
	{name: "fragments of a byte", crowd: 4, full: 20, attack: fragments(" ", 900_000)},
	{name: "lengths up to 2^63", crowd: 40, full: 4_000, ends: true, attack: lengths},
	{name: "messages announced, not sent", crowd: 100, full: 5_000, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		if err := a.send(header(fin|opText, 1<<20)); err != nil {
			return err
		}
		return a.hold()
	}},
	{name: "messages sent but for a byte", crowd: 20, full: 400, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		most := strings.Repeat(" ", 1<<20-1)
		if err := a.send(header(fin|opText, 1<<20), []byte(most)); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, a.in) // perhaps a close frame: all together are too much
		return err
	}},
	{name: "connections that come and go", crowd: 20, full: 200, again: true, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		if err := a.send(framed(fin|opClose, "\x03\xe8")); err != nil {
			return err
		}
		return a.closedWith(1000)
	}},
	{name: "connections that are reset", crowd: 20, full: 200, again: true, attack: func(_ context.Context, a *attacker) error {
		if a.n%3 > 0 {
			if err := a.open(); err != nil {
				return err
			}
		}
		if a.n%3 > 1 {
			if err := a.send(framed(fin|opText, bounce(a.key, 1)), header(opText, 1<<20)); err != nil {
				return err
			}
		}
		return a.reset()
	}},
	{name: "wrong keys", crowd: 20, full: 1_000, again: true, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		guesses := 1
		if *soak {
			guesses = 100
		}
		for message := framed(fin|opText, bounce("guess", 1)); guesses > 0; guesses-- {
			if err := a.send(message); err != nil {
				return err
			}
		}
		return a.closedWith(1008, 1013)
	}},
}

func many(n int, p []byte) []byte {
	all := make([]byte, 0, n*len(p))
	for range n {
		all = append(all, p...)
	}
	return all
}

// garbage sends what is no request, and takes whatever comes.
func garbage(_ context.Context, a *attacker) error {
	random := rand.NewChaCha8([32]byte{byte(a.n), byte(a.n >> 8)})
	noise := make([]byte, 4<<10)
	_, _ = random.Read(noise) // it always succeeds
	var err error
	switch a.n % 4 {
	case 0:
		err = a.send(noise)
	case 1:
		err = a.send([]byte{0x16, 3, 1}, noise)
	case 2:
		err = a.send([]byte("GET / HTTP/1.1\r\n"), many(4096, []byte("Header: long\r\n")))
	default:
		err = a.send([]byte(strings.Repeat("\r\n", 1<<14)))
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, a.in)
	return err
}

// halfClose ends the sending direction, at the beginning, behind the handshake, or in a
// message, and takes whatever comes.
func halfClose(_ context.Context, a *attacker) error {
	if a.n%3 > 0 {
		if err := a.open(); err != nil {
			return err
		}
	}
	if a.n%3 > 1 {
		if err := a.send(header(fin|opText, 100), []byte("x")); err != nil {
			return err
		}
	}
	if err := a.CloseWrite(); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, a.in)
	return err
}

// fragments sends a message in very many fragments, which is valid and must be answered,
// or be closed for its rate.
func fragments(each string, most int) func(context.Context, *attacker) error {
	return func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		const batch, few = 1000, 40_000
		n := most
		if !*soak {
			n = few
		}
		if err := a.send(framed(opText, "")); err != nil {
			return err
		}
		for range n / batch {
			if err := a.send(many(batch, framed(opContinue, each))); err != nil {
				return err
			}
		}
		if err := a.send(framed(fin|opContinue, bounce(a.key, a.n))); err != nil {
			return err
		}
		return a.answered(fmt.Sprintf(`"arguments":%d,`, a.n), 1008)
	}
}

// lengths announces lengths that are wrong or too large: those of a stranger, and of one
// who has shown the key.
func lengths(_ context.Context, a *attacker) error {
	if err := a.open(); err != nil {
		return err
	}
	known := a.n%2 == 0
	if known {
		if err := a.send(framed(fin|opText, bounce(a.key, 1))); err != nil {
			return err
		}
		if err := a.answered(`"arguments":1,`); err != nil {
			return err
		}
	}
	switch a.n / 2 % 4 {
	case 0:
		return errors.Join(a.send(header(fin|opText, 1<<63-1)), a.closedWith(1009))
	case 1:
		return errors.Join(a.send(header(fin|opText, 1<<63)), a.closedWith(1002))
	case 2:
		return errors.Join(a.send(header(fin|opPing, 126)), a.closedWith(1002))
	}
	if known {
		return errors.Join(a.send(header(opText, 16<<20+1)), a.closedWith(1009))
	}
	return errors.Join(a.send(header(opText, 1<<20+1)), a.closedWith(1009))
}

// timedOut tells whether an attack has ended because its time was over.
func timedOut(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}
