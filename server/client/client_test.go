package client

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"go.uber.org/goleak"

	"musicdb/server/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve answers one connection with the packets that answer returns for each
// request; the listener's end ends it.
func serve(t *testing.T, answer func(r wire.Request) []wire.Packet) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := ws.Upgrade(c); err != nil {
			return
		}
		for {
			message, err := wsutil.ReadClientText(c)
			if err != nil {
				return
			}
			r, err := wire.Decode(message, wire.NewKey("key"))
			if err != nil {
				_ = wsutil.WriteServerMessage(c, ws.OpClose, ws.NewCloseFrameBody(ws.StatusPolicyViolation, err.Error()))
				return
			}
			for _, p := range answer(r) {
				_ = ws.WriteFrame(c, ws.NewPingFrame(nil)) // a client must live with these
				_ = wsutil.WriteServerText(c, p.Encode())
			}
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return "ws://" + l.Addr().String() + "/"
}

func TestRequestFindsItsAnswer(t *testing.T) {
	url := serve(t, func(r wire.Request) []wire.Packet {
		return []wire.Packet{
			wire.Notification("MusicDB:SongQueue", "onSongQueueChanged", nil),
			{Method: wire.MethodResponse, Function: r.Function, Signature: json.RawMessage(`"another's"`)},
			{Method: wire.MethodBroadcast, Function: "Renamed", Signature: r.Signature, Arguments: r.Arguments},
		}
	})
	others := 0
	c, err := Dial(t.Context(), Options{URL: url, Key: "key", Others: func(wire.Packet) { others++ }})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for n := range 3 {
		got, err := c.Request(t.Context(), "Bounce", n)
		if want, _ := json.Marshal(n); err != nil || string(got) != string(want) {
			t.Errorf("request %d: %s (%v)", n, got, err)
		}
	}
	if others != 6 {
		t.Errorf("%d other packets, want 6", others)
	}
}

func TestSilenceEndsWithTheDeadline(t *testing.T) {
	c, err := Dial(t.Context(), Options{URL: serve(t, func(wire.Request) []wire.Packet { return nil }), Key: "key"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Request(ctx, "NoSuchFunction", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestTheServersFarewellIsSeen(t *testing.T) {
	c, err := Dial(t.Context(), Options{URL: serve(t, nil), Key: "wrong"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var closed wsutil.ClosedError
	if _, err := c.Request(t.Context(), "Bounce", nil); !errors.As(err, &closed) || closed.Code != ws.StatusPolicyViolation {
		t.Errorf("got %v", err)
	}
	if _, err := Dial(t.Context(), Options{URL: "ws://127.0.0.1:1/"}); err == nil {
		t.Error("connected to nobody")
	}
}
