package server_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"musicdb/server"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// Who has not shown the key hears nothing, whatever others do and however long it
// lasts; who has shown it hears everything from that packet on.
func TestOnlyKeyedClientsHearBroadcasts(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	dial := func(key string) *client.Client {
		c := must(client.Dial(t.Context(), client.Options{URL: "ws://" + d.WebSocketAddr().String() + "/", Key: key}))(t)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	silent, wrong, right := dial(testKey), dial("no key of this server"), dial(testKey)
	send := func(c *client.Client, method wire.Method, function string) {
		t.Helper()
		if err := c.Send(wire.Request{Method: method, Function: function}); err != nil {
			t.Fatal(err)
		}
	}
	send(wrong, wire.Broadcast, "Bounce")
	// The first keyed packet is a broadcast itself: its own client hears it.
	send(right, wire.Broadcast, "Bounce")
	if got := nextButHeartbeat(t, right); got.Method != wire.MethodBroadcast || got.Function != "Bounce" {
		t.Errorf("got %s", got.Encode())
	}
	if _, body := d.get("/metrics"); !strings.Contains(body, "\nmusicdb_websocket_clients 1\n") {
		t.Error("not exactly one client hears broadcasts")
	}
	// A silent one joins with its first packet, and has missed what was before.
	if got := fence(t, silent); len(got) != 0 {
		t.Errorf("a client without key has heard %s", got[0].Encode())
	}
	send(right, wire.Broadcast, "Bounce")
	if got := nextButHeartbeat(t, silent); got.Method != wire.MethodBroadcast {
		t.Errorf("got %s", got.Encode())
	}
}

// The key counts, not what is asked for: a packet that fails behind the key admits.
func TestFailingPacketWithTheKeyAdmits(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	for _, packet := range []string{
		`{"method":"shout","fncname":"Bounce","fncsig":null,"arguments":null,"pass":null,"key":"` + testKey + `"}`,
		`{"method":"call","fncname":7,"fncsig":null,"arguments":null,"pass":null,"key":"` + testKey + `"}`,
		`{"method":"call","fncname":"NoSuchFunction","fncsig":null,"arguments":null,"pass":null,"key":"` + testKey + `"}`,
	} {
		c := d.dial()
		if err := c.SendText([]byte(packet)); err != nil {
			t.Fatal(err)
		}
		if got := next(t, c); string(got.Signature) != `"onTimeChanged"` && string(got.Signature) != `"onStatusChanged"` {
			t.Errorf("%s: got %s", packet, got.Encode())
		}
	}
}

func TestWebsocketsOfForeignPagesAreRefusedOnBothPorts(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) {
		o.Origins = []string{"Music.Example", "https://radio.example:8443", "2001:db8::1"}
	}})
	open := startDaemon(t, daemonOptions{change: func(o *server.Options) { o.Origins = []string{"null"} }})
	for _, c := range []struct {
		why, origin, host string
		daemon            *daemon
		refused           bool
	}{
		{"no browser", "", "127.0.0.1:9000", d, false},
		{"the same", "http://127.0.0.1:9000", "127.0.0.1:9000", d, false},
		{"another port and scheme", "https://box.lan", "box.lan:9000", d, false},
		{"case and the final dot do not matter", "https://BOX.lan.", "box.LAN:9000", d, false},
		{"IPv6", "http://[::1]:9080", "[::1]:9000", d, false},
		{"listed", "https://music.example", "box.lan:9000", d, false},
		{"listed as an origin", "http://radio.example", "box.lan:9000", d, false},
		{"listed IPv6", "http://[2001:db8::1]:80", "box.lan:9000", d, false},
		{"another name", "https://evil.example", "box.lan:9000", d, true},
		{"a name that begins alike", "https://box.lan.evil.example", "box.lan:9000", d, true},
		{"a name that ends alike", "https://evilbox.lan", "box.lan:9000", d, true},
		{"a sub domain", "https://sub.music.example", "box.lan:9000", d, true},
		{"another name for this machine", "http://localhost:9080", "127.0.0.1:9000", d, true},
		{"a sandboxed frame", "null", "box.lan:9000", d, true},
		{"a file", "file://", "box.lan:9000", d, true},
		{"no URL", "box.lan", "box.lan:9000", d, true},
		{"a user in the name", "https://box.lan@evil.example", "box.lan:9000", d, true},
		{"null was chosen", "null", "box.lan:9000", open, false},
		{"null does not stand for all", "https://evil.example", "box.lan:9000", open, true},
	} {
		for _, address := range []net.Addr{c.daemon.WebSocketAddr(), c.daemon.HTTPAddr()} {
			status := upgrade(t, address, c.host, c.origin)
			if want := map[bool]int{true: http.StatusForbidden, false: http.StatusSwitchingProtocols}[c.refused]; status != want {
				t.Errorf("%s: origin %q, host %q: %d, want %d", c.why, c.origin, c.host, status, want)
			}
		}
	}
}

// upgrade asks for a websocket at /ws and returns the status of the answer.
func upgrade(t *testing.T, at net.Addr, host, origin string) (status int) {
	t.Helper()
	c := must(net.Dial("tcp", at.String()))(t)
	defer c.Close()
	request := "GET /ws HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	if origin != "" {
		request += "Origin: " + origin + "\r\n"
	}
	if _, err := io.WriteString(c, request+"\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscanf(c, "HTTP/1.1 %d", &status); err != nil {
		t.Fatal(err)
	}
	return status
}

// next is the next packet of the server.
func next(t *testing.T, c *client.Client) wire.Packet {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return must(c.Receive(ctx))(t)
}

// nextButHeartbeat is the next packet that the stream does not send by itself.
func nextButHeartbeat(t *testing.T, c *client.Client) wire.Packet {
	t.Helper()
	for {
		if p := next(t, c); p.Function != "MusicDB:AudioStream" {
			return p
		}
	}
}
