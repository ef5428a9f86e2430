package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"musicdb/conn"
	"musicdb/server"
)

// Whoever opens many HTTP connections meets the limit, those that are open go on, and a
// websocket on the HTTP port is counted by its engine instead.
func TestLimitOfHTTPConnections(t *testing.T) {
	t.Parallel()
	const most = 4
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) { o.Limits.HTTPConnections = most }})
	open := func() (net.Conn, *bufio.Reader) {
		c := must(net.Dial("tcp", d.HTTPAddr().String()))(t)
		t.Cleanup(func() { _ = c.Close() })
		return c, bufio.NewReader(c)
	}
	ask := func(c net.Conn, in *bufio.Reader, lines string) (*http.Response, string, error) {
		if _, err := c.Write([]byte("GET " + lines + "\r\n\r\n")); err != nil {
			return nil, "", err
		}
		answer, err := http.ReadResponse(in, nil)
		if err != nil || answer.StatusCode == http.StatusSwitchingProtocols {
			return answer, "", err
		}
		body, err := io.ReadAll(answer.Body)
		return answer, string(body), errors.Join(err, answer.Body.Close())
	}
	const health = "/healthz HTTP/1.1\r\nHost: localhost"
	const upgrade = "/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
	for range 3 * most {
		c, in := open()
		if answer, _, err := ask(c, in, upgrade); err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
			t.Fatal(answer, err)
		}
	}
	inside := make([]func(path string) string, most)
	for i := range inside {
		c, in := open()
		inside[i] = func(path string) string {
			answer, body, err := ask(c, in, path+" HTTP/1.1\r\nHost: localhost")
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Errorf("connection %d: %v, %v", i, answer, err)
			}
			return body
		}
		inside[i]("/healthz")
	}
	for range 2 {
		c, err := net.Dial("tcp", d.HTTPAddr().String())
		if err != nil {
			continue // reset already
		}
		if answer, _, err := ask(c, bufio.NewReader(c), health); err == nil {
			t.Errorf("one more than the limit: %s", answer.Status)
		}
		_ = c.Close()
	}
	for _, again := range inside {
		again("/healthz")
	}
	metrics := inside[0]("/metrics")
	for _, limit := range conn.Limits() {
		if !strings.Contains(metrics, fmt.Sprintf("musicdb_limit_reached_total{limit=%q,listener=\"websocket\"} 0\n", limit)) {
			t.Errorf("the metrics do not tell how often the limit %q was reached", limit)
		}
	}
	for _, line := range []string{"musicdb_http_connections 4\n", `musicdb_limit_reached_total{limit="connections",listener="http"} 2`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics have no %q", line)
		}
	}
}
