package server_test

import (
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// What clients do moves the figures of the engine, and never adds one: the number of
// time series is that of the first look.
func TestMetricsOfTheEngineAreBounded(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	_, before := d.get("/metrics")

	talker := d.dial()
	fence(t, talker)
	for _, code := range []ws.StatusCode{1000, 1001, 1007, 3000, 3999, 4000, 4711, 4999} {
		c := d.dial()
		if err := c.SendFrame(ws.MaskFrameInPlace(ws.NewCloseFrame(ws.NewCloseFrameBody(code, "so long")))); err != nil {
			t.Fatal(err)
		}
		_, err := c.Receive(t.Context())
		if err == nil {
			t.Errorf("a packet came after the close frame with %d", code)
		}
	}
	for _, request := range []string{
		"GET /page HTTP/1.1\r\nHost: h\r\n\r\n", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
	} {
		c := must(net.Dial("tcp", d.WebSocketAddr().String()))(t)
		defer c.Close()
		must(c.Write([]byte(request)))(t)
		must(c.Read(make([]byte, 12)))(t)
	}
	_, after := d.get("/metrics")
	for _, line := range []string{
		`musicdb_websocket_handshakes_total{status="101"} 9`, `musicdb_websocket_handshakes_total{status="200"} 1`,
		`musicdb_websocket_handshakes_total{status="400"} 2`, `musicdb_websocket_handshakes_total{status="405"} 1`,
		`musicdb_websocket_messages_total{direction="received"} 1`,
		`musicdb_websocket_closes_total{code="1000",direction="received"} 1`, `musicdb_websocket_closes_total{code="1007",direction="received"} 1`,
		`musicdb_websocket_closes_total{code="3000-3999",direction="received"} 2`, `musicdb_websocket_closes_total{code="4000-4999",direction="received"} 3`,
		`musicdb_websocket_closes_total{code="1001",direction="sent"} 1`, `musicdb_limit_reached_total{limit="outbox",listener="websocket"} 0`, `musicdb_websocket_outbox_bytes 0`,
	} {
		if !strings.Contains(after, "\n"+line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	series := regexp.MustCompile(`(?m)^musicdb_[^ ]+`)
	was, is := series.FindAllString(before, -1), series.FindAllString(after, -1)
	if len(was) != len(is) || len(was) > 1000 {
		t.Errorf("there were %d time series, now there are %d", len(was), len(is))
	}
}
