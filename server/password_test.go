package server_test

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"musicdb/server"
)

func withPassword(o *server.Options) { o.Password = "open sesame" }

const (
	basic      = "Basic b3duZXI6b3BlbiBzZXNhbWU=" // owner:open sesame
	wrongBasic = "Basic b3duZXI6d3Jvbmc="         // owner:wrong
)

func TestPasswordOverHTTP(t *testing.T) {
	t.Parallel()
	var log logbook
	d := startDaemon(t, daemonOptions{change: withPassword, log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for path, status := range map[string]int{
		"/": 401, "/player/": 401, "/stream": 401, "/status": 401, "/status/key": 401, "/metrics": 401, "/lifecycle": 401, "/lifecycle/connections": 401, "/ws": 401,
		"/artwork/default.jpg": 401, "/musicdb/webdata/artwork/default.jpg": 401, "/assets/player.js": 401,
		"/healthz": 200, "/readyz": 503,
	} {
		if answer, body := d.get(path); answer.StatusCode != status || strings.Contains(body, testKey) {
			t.Errorf("%s: %s, want %d", path, answer.Status, status)
		}
	}
	for path, status := range map[string]int{"/player/": 200, "/status": 200, "/metrics": 200, "/artwork/default.jpg": 200, "/nothing": 404} {
		if answer, _ := d.get(path, "Authorization", basic); answer.StatusCode != status {
			t.Errorf("%s with the password: %s, want %d", path, answer.Status, status)
		}
	}
	// On a connection of its own: those of the requests before are trusted.
	stranger := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+d.HTTPAddr().String()+"/", nil))(t)
	r.SetBasicAuth("owner", "close sesame")
	answer := must(stranger.Do(r))(t)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("with a wrong password: %s", answer.Status)
	}
	if _, metrics := d.get("/metrics", "Authorization", basic); !strings.Contains(metrics, "\nmusicdb_penalised_addresses 1\n") ||
		!strings.Contains(metrics, `musicdb_machine_transitions_total{event="Refused",from="Stranger",machine="access",to="Stranger"} `) {
		t.Error("the metrics do not count a wrong password")
	}
	if text := log.String(); strings.Contains(text, "sesame") || !strings.Contains(text, "a wrong password was refused") {
		t.Errorf("the log tells a password, or not that one was wrong: %s", text)
	}
}

// A websocket on the HTTP port needs the password as everything there; the one of
// its own port has the key only.
func TestPasswordAndWebsockets(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{change: withPassword})
	if status := upgrade(t, d.HTTPAddr(), "127.0.0.1", ""); status != http.StatusUnauthorized {
		t.Errorf("without password: %d", status)
	}
	if status := upgrade(t, d.WebSocketAddr(), "127.0.0.1", ""); status != http.StatusSwitchingProtocols {
		t.Errorf("on the websocket port: %d", status)
	}
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Authorization": {basic}}}
	c, _, _, err := dialer.Dial(t.Context(), "ws://"+d.HTTPAddr().String()+"/ws")
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}

// Requests of one connection, as browsers send them: once the password was right
// the connection is trusted, and its end is counted.
func TestVisitsOfHTTPConnectionsEnd(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{change: withPassword})
	c := must(net.Dial("tcp", d.HTTPAddr().String()))(t)
	in := bufio.NewReader(c)
	for _, step := range []struct {
		authorization string
		status        int
	}{{"", 401}, {wrongBasic, 401}, {basic, 200}, {basic, 200}} {
		request := "GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		if step.authorization != "" {
			request += "Authorization: " + step.authorization + "\r\n"
		}
		if _, err := io.WriteString(c, request+"\r\n"); err != nil {
			t.Fatal(err)
		}
		answer := must(http.ReadResponse(in, nil))(t)
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != step.status {
			t.Errorf("%q: %s, want %d", step.authorization, answer.Status, step.status)
		}
	}
	_ = c.Close()
	if code := d.stop(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, source := range d.Sources() {
		if f := source.Figures(); f.Machine == "access" && (f.Started == 0 || f.Started != f.Ended || f.Refused != 0) {
			t.Errorf("%d visits began, %d ended, %d refused", f.Started, f.Ended, f.Refused)
		}
	}
}

// A proxy sends the requests of many on one connection: that one of them knew the
// password lets nobody else guess it faster, or fill the log.
func TestGuessesBehindSomebodyElsesPasswordAreCounted(t *testing.T) {
	t.Parallel()
	var log logbook
	d := startDaemon(t, daemonOptions{change: withPassword, log: slog.New(slog.NewTextHandler(&log, nil))})
	for range 4 {
		c := must(net.Dial("tcp", d.HTTPAddr().String()))(t)
		in := bufio.NewReader(c)
		for _, step := range []struct {
			authorization string
			status        int
			closes        bool
		}{{basic, 200, false}, {wrongBasic, 401, true}} {
			if _, err := io.WriteString(c, "GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: "+step.authorization+"\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			answer := must(http.ReadResponse(in, nil))(t)
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != step.status || answer.Close != step.closes {
				t.Errorf("%q: %s, closes: %v", step.authorization, answer.Status, answer.Close)
			}
		}
		_ = c.Close()
	}
	if text := log.String(); strings.Count(text, "a wrong password was refused") != 3 || !strings.Contains(text, "wrong passwords keep coming") {
		t.Errorf("the log does not count four guesses:\n%s", text)
	}
}

// Beyond loopback without a password: one line with the remedy.
func TestOpenMusicIsWarnedAbout(t *testing.T) {
	t.Parallel()
	for password, lines := range map[string]int{"": 1, "set": 0} {
		var log logbook
		startDaemon(t, daemonOptions{log: slog.New(slog.NewTextHandler(&log, nil)), change: func(o *server.Options) {
			o.HTTP.Bind, o.Password = "0.0.0.0", password
		}})
		if n := strings.Count(log.String(), "MUSICDB_HTTP_PASSWORD"); n != lines {
			t.Errorf("password %q: %d lines, want %d:\n%s", password, n, lines, log.String())
		}
	}
}
