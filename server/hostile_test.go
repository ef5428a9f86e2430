package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"musicdb/server/client"
	"musicdb/server/wire"
)

// logbook collects what is logged; any goroutine may write.
type logbook struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Messages that are no call, or none that may be executed: silence, and the
// connection goes on.
func TestWhatIsNoCallIsAnsweredWithSilence(t *testing.T) {
	t.Parallel()
	var log logbook
	d := startDaemon(t, daemonOptions{log: slog.New(slog.NewTextHandler(&log, nil))})
	c := d.dial()
	for _, message := range []string{
		``, `{`, `not json`, `null`, `[]`, `{}`, "{\"method\":\"request\"}", `{"method":"request","fncname":"GetArtists","fncsig":NaN}`,
		`{"method":"request","fncname":"NoSuchFunction","fncsig":"s","arguments":null,"pass":null,"key":"` + testKey + `"}`,
		`{"method":"request","fncname":"GetArtists","fncsig":"s","arguments":null,"pass":null,"key":"wrong"}`,
		`{"method":"request","fncname":"GetArtists","fncsig":"s","arguments":null,"pass":null,"key":"also wrong"}`,
		`{"method":"request","fncname":"GetArtists","fncsig":"s","arguments":null,"pass":null,"key":null}`,
		`{"method":"REQUEST","fncname":"GetArtists","fncsig":"s","arguments":null,"pass":null,"key":"` + testKey + `"}`,
		strings.Repeat("[", 200_000),
	} {
		if err := c.SendText([]byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.SendBinary([]byte("binary")); err != nil {
		t.Fatal(err)
	}
	if got := fence(t, c); len(got) != 0 {
		t.Errorf("answers: %+v", got)
	}
	text := log.String()
	if strings.Contains(text, testKey) || strings.Contains(text, "also wrong") {
		t.Errorf("the log tells a key:\n%s", text)
	}
	if n := strings.Count(text, "wrong API key"); n != 1 {
		t.Errorf("three wrong keys of one connection are %d lines in the log, one is enough:\n%s", n, text)
	}
}

// Frames that violate RFC 6455 or a limit end the connection with the code that
// says so, and no other connection notices.
func TestBrokenFramesEndOnlyTheirConnection(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	witness := d.dial()
	for name, c := range map[string]struct {
		send func(c *client.Client) error
		code ws.StatusCode
	}{
		"text that is not UTF-8": {func(c *client.Client) error { return c.SendText([]byte("{\"\xc3\x28")) }, ws.StatusInvalidFramePayloadData},
		"a reserved opcode":      {func(c *client.Client) error { return c.SendFrame(ws.MaskFrame(ws.NewFrame(3, true, nil))) }, ws.StatusProtocolError},
		"no mask":                {func(c *client.Client) error { return c.SendFrame(ws.NewTextFrame([]byte("{}"))) }, ws.StatusProtocolError},
		"an endless message": {func(c *client.Client) error {
			// The length alone is enough; the server does not wait for the rest.
			h := ws.Header{Fin: true, OpCode: ws.OpText, Masked: true, Length: 1 << 40}
			return ws.WriteHeader(c, h)
		}, ws.StatusMessageTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			victim := d.dial()
			if err := c.send(victim); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var closed wsutil.ClosedError
			for {
				_, err := victim.Receive(ctx)
				if err == nil {
					continue // a heartbeat
				}
				if !errors.As(err, &closed) || closed.Code != c.code {
					t.Errorf("got %v, want close code %d", err, c.code)
				}
				break
			}
		})
	}
	if _, err := request(t, witness, "GetArtists", nil); err != nil {
		t.Error(err)
	}
}

func request(t testing.TB, c *client.Client, function string, arguments any) (json.RawMessage, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return c.Request(ctx, function, arguments)
}

// A client that is told to refresh hears it on USR1; one that is there when the
// server ends gets a close frame.
func TestSignalsReachTheClients(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	fence(t, c)
	d.refresh <- syscall.SIGUSR1
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		p, err := c.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if p.Method == wire.MethodNotification {
			continue // the heartbeat
		}
		if got := string(p.Encode()); got != `{"method":"broadcast","fncname":"sys:refresh","fncsig":"UpdateCaches","arguments":null,"pass":null}` {
			t.Errorf("got %s", got)
		}
		break
	}
	go d.stop()
	var closed wsutil.ClosedError
	for {
		_, err := c.Receive(ctx)
		if err == nil {
			continue
		}
		if !errors.As(err, &closed) || closed.Code != ws.StatusNormalClosure || closed.Reason != "Server shutdown" {
			t.Errorf("got %v, want close code 1000 with the reason Server shutdown", err)
		}
		return
	}
}

// A heartbeat comes once a second in every state: clients take a silent server
// for a dead one after five.
func TestHeartbeatComesWhileTheStreamIsOff(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	fence(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for beats := 0; beats < 2; beats++ {
		p, err := c.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if string(p.Signature) == `"onStatusChanged"` {
			beats-- // the stream's start is told to an early client
			continue
		}
		if got := string(p.Encode()); got != `{"method":"notification","fncname":"MusicDB:AudioStream","fncsig":"onTimeChanged","arguments":0,"pass":null}` {
			t.Errorf("got %s", got)
		}
	}
}
