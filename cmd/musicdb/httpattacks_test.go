package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// httpStorms are those on the HTTP port.
var httpStorms = []storm{
	{name: "requests begun and left", crowd: 200, full: 10_000, http: true, attack: func(_ context.Context, a *attacker) error {
		if err := a.send([]byte(healthRequest[:a.n%len(healthRequest)])); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, a.in)
		return err
	}},
	{name: "a byte of a request every second", crowd: 50, full: 2_000, http: true, attack: func(ctx context.Context, a *attacker) error {
		return a.drip(ctx, time.Second, []byte(healthRequest))
	}},
	{name: "a byte of a body every second", crowd: 50, full: 1_000, http: true, attack: func(ctx context.Context, a *attacker) error {
		if err := a.send([]byte("GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")); err != nil {
			return err
		}
		return a.drip(ctx, time.Second, []byte(strings.Repeat("x", 1000)))
	}},
	{name: "idle connections that are kept", crowd: 100, full: 3_000, http: true, attack: func(_ context.Context, a *attacker) error {
		if err := a.send([]byte(healthRequest)); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, a.in)
		return err
	}},
	{name: "requests, answers not read", crowd: 10, full: 300, http: true, attack: func(_ context.Context, a *attacker) error {
		for requests := many(100, []byte("GET /assets/player.js HTTP/1.1\r\nHost: localhost\r\n\r\n")); ; {
			if err := a.send(requests); err != nil {
				return err
			}
		}
	}},
	{name: "listeners that do not read", crowd: 50, full: 800, http: true, attack: func(ctx context.Context, a *attacker) error {
		if err := errors.Join(a.SetReadBuffer(2048), a.send([]byte("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"))); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}},
	{name: "garbage instead of a request", crowd: 40, full: 1_000, http: true, attack: garbage},
	{name: "HTTP connections that are reset", crowd: 20, full: 200, http: true, again: true, attack: func(_ context.Context, a *attacker) error {
		if a.n%2 > 0 {
			if err := a.send([]byte(healthRequest)); err != nil {
				return err
			}
			if line, err := a.in.ReadString('\n'); err != nil {
				return err
			} else if !strings.HasPrefix(line, "HTTP/1.1 200 ") {
				return fmt.Errorf("%w: %q", errUnexpected, line)
			}
		}
		return a.reset()
	}},
	{name: "websockets of the HTTP port that are reset", crowd: 20, full: 200, http: true, again: true, attack: func(_ context.Context, a *attacker) error {
		if err := a.open(); err != nil {
			return err
		}
		return a.reset()
	}},
}

const healthRequest = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
