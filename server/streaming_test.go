package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"musicdb/server"
)

// rawStream asks for the stream as a simple player does, and returns the head of the
// answer; what follows is sound.
func rawStream(t *testing.T, d *daemon, request string) (head string, in *bufio.Reader, nc net.Conn) {
	t.Helper()
	nc = must(net.Dial("tcp", d.HTTPAddr().String()))(t)
	t.Cleanup(func() { nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(nc, request)
	in = bufio.NewReader(nc)
	for !strings.HasSuffix(head, "\r\n\r\n") {
		head += must(in.ReadString('\n'))(t)
	}
	return head, in, nc
}

// The connections of listeners are the engine's, and are counted until they end.
func TestListenersAreTheEnginesAndCounted(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]server.TLSMode{"without TLS": server.TLSOff, "sniffed": server.TLSAuto} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := secured(t, mode, daemonOptions{streaming: true, change: func(o *server.Options) { o.Limits.HTTPConnections = 4 }})
			var listeners []net.Conn
			for range 3 {
				head, in, nc := rawStream(t, d, "GET /stream HTTP/1.0\r\nRange: bytes=0-\r\n\r\n")
				if !strings.HasPrefix(head, "HTTP/1.0 200 OK\r\n") || !strings.Contains(head, "\r\nConnection: close\r\n") ||
					!strings.Contains(head, "\r\nContent-Security-Policy: ") || !strings.Contains(head, "\r\nContent-Type: audio/mpeg\r\n") ||
					!strings.Contains(head, "\r\nicy-br: 320\r\n") || strings.Contains(head, "icy-metaint") {
					t.Errorf("the answer begins with %q", head)
				}
				if _, err := io.CopyN(io.Discard, in, 30_000); err != nil {
					t.Fatal(err)
				}
				listeners = append(listeners, nc)
			}
			_, metrics := d.get("/metrics")
			for _, line := range []string{`musicdb_stream_connections{transport="loop"} 3`, `musicdb_stream_connections{transport="goroutine"} 0`,
				"musicdb_stream_listeners 3", "musicdb_http_connections 4"} { // the one that asks is the fourth
				if !strings.Contains(metrics, line+"\n") {
					t.Errorf("the metrics lack %s", line)
				}
			}
			if _, seen := d.get("/lifecycle/connections?state=Following"); strings.Count(seen, `"state":"Following"`) != 3 || !strings.Contains(seen, listeners[0].LocalAddr().String()) {
				t.Errorf("the list says %s", seen)
			}
			for _, nc := range listeners {
				nc.Close()
			}
			deadline := time.Now().Add(patience)
			for {
				if _, metrics = d.get("/metrics"); strings.Contains(metrics, "musicdb_stream_listeners 0\n") && strings.Contains(metrics, "musicdb_http_connections 1\n") {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("those who have left are still counted")
				}
			}
		})
	}
}

// A question about the stream is answered without it, and the connection goes on.
func TestStreamIsDescribedWithoutSound(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true})
	head, in, nc := rawStream(t, d, "HEAD /stream HTTP/1.1\r\nHost: localhost\r\nIcy-MetaData: 1\r\n\r\n")
	if !strings.HasPrefix(head, "HTTP/1.1 200 OK\r\n") || !strings.Contains(head, "\r\nicy-metaint: 16000\r\n") {
		t.Errorf("HEAD is answered with %q", head)
	}
	_, _ = io.WriteString(nc, "GET /stream.mp3 HTTP/1.1\r\nHost: localhost\r\nIcy-MetaData: 1\r\n\r\n")
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !answer.Close || answer.Header.Get("icy-metaint") != "16000" || answer.ContentLength != -1 {
		t.Errorf("the next answer: %+v", answer)
	}
	if _, err := io.CopyN(io.Discard, answer.Body, 40_000); err != nil {
		t.Error(err)
	}
	if _, text := d.get("/metrics"); !strings.Contains(text, "musicdb_stream_listeners 1\n") {
		t.Error("there is not one listener")
	}
}

// Over TLS a listener hears the same.
func TestStreamOverTLS(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSAuto, daemonOptions{streaming: true})
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	defer client.CloseIdleConnections()
	r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+d.HTTPAddr().String()+"/stream", nil))(t)
	answer := must(client.Do(r))(t)
	if _, err := io.CopyN(io.Discard, answer.Body, 80_000); err != nil {
		t.Fatal(err)
	}
	if _, text := d.get("/metrics"); !strings.Contains(text, fmt.Sprintf("musicdb_stream_connections{transport=%q} 1\n", "goroutine")) {
		t.Error("there is not one listener over TLS")
	}
	answer.Body.Close()
	if code := d.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
