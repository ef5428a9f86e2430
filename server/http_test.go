package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"musicdb/media/sound"
	"musicdb/server"
	"musicdb/server/client"
)

func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	for _, path := range []string{"/", "/player/", "/lifecycle", "/assets/player.js", "/assets/protocol.js", "/assets/lifecycle.js", "/assets/connections.js", "/assets/figures.js", "/assets/musicdb.css", "/assets/icon.svg", "/favicon.ico"} {
		answer, body := d.get(path)
		if answer.StatusCode != http.StatusOK || len(body) < 200 {
			t.Errorf("%s: %s, %d bytes", path, answer.Status, len(body))
		}
		if p := answer.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", path, p)
		}
		for _, address := range []string{"https://", "http://", "//cdn"} {
			rest := strings.ReplaceAll(body, "http://www.w3.org/", "")
			if strings.Contains(rest, address) {
				t.Errorf("%s names another host: %s", path, address)
			}
		}
		again, _ := d.get(path, "If-None-Match", answer.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: a browser that has it gets it again (%s)", path, again.Status)
		}
	}
	for _, path := range []string{"/nothing", "/assets/nothing.js", "/assets/..%2fhttp.go", "/lifecycle/drawings/..%2fdoc.go", "/lifecycle/drawings/nothing.svg"} {
		if answer, _ := d.get(path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

// The page gets the key only where nobody but this machine can ask for it.
func TestKeyIsGivenToLocalPagesOnly(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	port := d.HTTPAddr().(*net.TCPAddr).Port
	local := "127.0.0.1:" + jsonNumber(port)
	for name, c := range map[string]struct {
		headers []string
		given   bool
	}{
		"the page itself":               {[]string{"Sec-Fetch-Site", "same-origin"}, true},
		"localhost":                     {[]string{"Host", "localhost:1234"}, true},
		"IPv6":                          {[]string{"Host", "[::1]:9080"}, true},
		"no browser":                    {nil, true},
		"a page of the same host":       {[]string{"Origin", "http://" + local}, true},
		"a name that was rebound":       {[]string{"Host", "evil.example:9080"}, false},
		"a name that looks local":       {[]string{"Host", "127.0.0.1.evil.example"}, false},
		"a page of another site":        {[]string{"Sec-Fetch-Site", "cross-site"}, false},
		"another origin":                {[]string{"Origin", "https://evil.example"}, false},
		"an opaque origin":              {[]string{"Origin", "null"}, false},
		"a sibling on the same domain":  {[]string{"Sec-Fetch-Site", "same-site"}, false},
		"a proxy that tells the client": {[]string{"X-Forwarded-For", "192.0.2.1"}, false},
		"a proxy that tells the host":   {[]string{"X-Forwarded-Host", "music.example"}, false},
		"a proxy by the standard":       {[]string{"Forwarded", "for=192.0.2.1"}, false},
		"a proxy that names itself":     {[]string{"Via", "1.1 proxy"}, false},
		"a proxy as often configured":   {[]string{"X-Real-IP", "192.0.2.1"}, false},
	} {
		answer, body := d.get("/status/key", c.headers...)
		if strings.Contains(body, testKey) != c.given || (answer.StatusCode == http.StatusOK) != c.given {
			t.Errorf("%s: %s %s", name, answer.Status, body)
		}
	}
}

// A site that gives its own name the address of this machine reads nothing: neither
// titles nor music. Who listens to a name of their own lists it, or sets a password.
func TestRebindingReadsNothing(t *testing.T) {
	t.Parallel()
	var log logbook
	d := startDaemon(t, daemonOptions{log: slog.New(slog.NewTextHandler(&log, nil)), change: func(o *server.Options) {
		o.Origins = []string{"music.example"}
	}})
	for _, path := range []string{"/", "/status", "/stream", "/metrics", "/artwork/default.jpg", "/musicdb/music/x.mp3", "/lifecycle/figures", "/nothing"} {
		for _, proxy := range []string{"X-Forwarded-For", "X-Nothing"} { // a page can add the one as well as the other
			if answer, _ := d.get(path, "Host", "evil.example:9080", proxy, "192.0.2.1"); answer.StatusCode != http.StatusMisdirectedRequest {
				t.Errorf("%s: %s", path, answer.Status)
			}
		}
	}
	if text := log.String(); strings.Count(text, "evil.example") != 1 || !strings.Contains(text, "MUSICDB_HTTP_ORIGINS") {
		t.Errorf("log %s", text)
	}
	hostname := must(os.Hostname())(t)
	for _, host := range []string{"music.example:443", "localhost", "127.0.0.1:9080", "[::1]", hostname, strings.ToUpper(hostname) + ".local."} {
		if answer, _ := d.get("/status", "Host", host); answer.StatusCode != http.StatusOK {
			t.Errorf("host %s: %s", host, answer.Status)
		}
	}
	if answer, _ := d.get("/healthz", "Host", "evil.example"); answer.StatusCode != http.StatusOK {
		t.Errorf("health: %s", answer.Status)
	}
	for why, change := range map[string]func(o *server.Options){"a password": withPassword, "an open address": func(o *server.Options) { o.HTTP.Bind = "0.0.0.0" }} {
		d := startDaemon(t, daemonOptions{change: change})
		if answer, _ := d.get("/status", "Host", "any.example", "Authorization", basic); answer.StatusCode != http.StatusOK {
			t.Errorf("with %s: %s", why, answer.Status)
		}
	}
}

// nginx, told nothing else, passes requests on as HTTP/1.0 and with its own idea
// of the host.
func TestKeyIsNotGivenToOldProxies(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := must(net.Dial("tcp", d.HTTPAddr().String()))(t)
	defer c.Close()
	if _, err := fmt.Fprintf(c, "GET /status/key HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n", d.HTTPAddr()); err != nil {
		t.Fatal(err)
	}
	if answer := string(must(io.ReadAll(c))(t)); strings.Contains(answer, testKey) || !strings.Contains(answer, " 403 ") {
		t.Errorf("got %s", answer)
	}
}

func jsonNumber(n int) string { raw, _ := json.Marshal(n); return string(raw) }

func TestWebsocketOnTheHTTPPort(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := must(client.Dial(t.Context(), client.Options{URL: "ws://" + d.HTTPAddr().String() + "/ws", Key: testKey}))(t)
	defer c.Close()
	result, err := request(t, c, "GetSong", map[string]any{"songid": "7"})
	if err != nil || !strings.Contains(string(result), `"tags":{"songid":"7"`) {
		t.Errorf("%s, %v", result, err)
	}
	answer, _ := d.get("/ws", "Origin", "https://evil.example", "Upgrade", "websocket", "Connection", "Upgrade",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another host: %s", answer.Status)
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	open := func(headers ...string) *http.Response {
		r := must(http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.HTTPAddr().String()+"/stream", nil))(t)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return must(http.DefaultClient.Do(r))(t)
	}

	plain := open()
	defer plain.Body.Close()
	if kind, chunks := plain.Header.Get("Content-Type"), plain.TransferEncoding; kind != "audio/mpeg" || len(chunks) != 0 || plain.Header.Get("icy-metaint") != "" {
		t.Errorf("headers %v, transfer encoding %v", plain.Header, chunks)
	}
	var splitter sound.Splitter
	frames := 0
	buffer := make([]byte, 4096)
	for frames < 60 {
		n, err := plain.Body.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		splitter.Write(buffer[:n], func(h sound.Header, _ []byte) {
			frames++
			if h.Bitrate != 320_000 || h.SampleRate != 44_100 {
				t.Fatalf("frame %d: %+v", frames, h)
			}
		})
	}
	if splitter.Skipped() != 0 {
		t.Errorf("%d bytes are no MP3 frames", splitter.Skipped())
	}

	titled := open("Icy-MetaData", "1")
	defer titled.Body.Close()
	if titled.Header.Get("icy-metaint") != "16000" {
		t.Fatalf("headers %v", titled.Header)
	}
	in := bufio.NewReader(titled.Body)
	if _, err := io.CopyN(io.Discard, in, 16_000); err != nil {
		t.Fatal(err)
	}
	length := must(in.ReadByte())(t)
	block := make([]byte, int(length)*16)
	if _, err := io.ReadFull(in, block); err != nil || !strings.HasPrefix(string(block), "StreamTitle='") {
		t.Errorf("metadata %q (%v)", block, err)
	}
	for range 2 { // behind the block there is sound again
		if _, err := io.CopyN(io.Discard, in, 16_000); err != nil {
			t.Fatal(err)
		}
		if n := must(in.ReadByte())(t); n != 0 {
			t.Errorf("the same title is sent again, %d bytes", int(n)*16)
		}
	}
}

func TestArtworkStaysInItsDirectory(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	for _, path := range []string{"/artwork/default.jpg", "/musicdb/webdata/artwork/default.jpg", "/artwork/150x150/default.jpg"} {
		answer, body := d.get(path)
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(body, "\xff\xd8") {
			t.Fatalf("%s: %s", path, answer.Status)
		}
		if again, _ := d.get(path, "If-None-Match", answer.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %s although the browser has it", path, again.Status)
		}
	}
	for _, path := range []string{"/artwork/..%2f..%2fmusic.db", "/artwork/%2e%2e/%2e%2e/config/wsapikey.txt", "/artwork//etc/passwd", "/artwork/%2fetc%2fpasswd", "/artwork/", "/artwork/150x150", "/artwork/x%00.jpg"} {
		if answer, body := d.get(path); answer.StatusCode == http.StatusOK || strings.Contains(body, testKey) {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

func TestHealthSaysWhyThereIsSilence(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true})
	if answer, body := d.get("/healthz"); answer.StatusCode != http.StatusOK || body != "ok\n" {
		t.Errorf("%s %q", answer.Status, body)
	}
	if answer, body := d.get("/readyz"); answer.StatusCode != http.StatusServiceUnavailable || body != "The stream is paused.\n" {
		t.Errorf("%s %q", answer.Status, body)
	}
	_, body := d.get("/status")
	var status struct {
		Songs   int
		Silence struct{ Reason string }
	}
	if err := json.Unmarshal([]byte(body), &status); err != nil || status.Songs != 102 || status.Silence.Reason != "paused" {
		t.Errorf("%s (%v)", body, err)
	}
}

func TestFiguresAndMetricsAgreeWithTheConnections(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	for range 3 {
		fence(t, d.dial())
	}
	_, body := d.get("/lifecycle/figures")
	var live struct {
		Machines []struct {
			Name, File string
			States     []struct {
				ID, Name string
				Now      int
			}
			Edges []struct {
				ID, On string
				Count  int
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &live); err != nil {
		t.Fatal(err)
	}
	active, drawn := 0, 0
	for _, m := range live.Machines {
		answer, svg := d.get("/lifecycle/drawings/" + m.File + ".svg")
		svg = html.UnescapeString(svg)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s has no drawing: %s", m.Name, answer.Status)
			continue
		}
		for _, s := range m.States {
			if m.Name == "connection" && s.Name == "Active" {
				active = s.Now
			}
			if strings.Contains(svg, `id="`+s.ID+`"`) {
				drawn++
			} else {
				t.Errorf("%s: the drawing has no state %s (%s)", m.Name, s.Name, s.ID)
			}
		}
		for _, e := range m.Edges {
			if !strings.Contains(svg, `id="`+e.ID+`"`) {
				t.Errorf("%s: the drawing has no arrow %s (%s)", m.Name, e.On, e.ID)
			}
		}
	}
	if active != 3 || drawn == 0 {
		t.Errorf("%d connections are active, want 3; %d states drawn", active, drawn)
	}
	_, metrics := d.get("/metrics")
	for _, line := range []string{
		`musicdb_machine_instances{machine="connection",state="Active"} 3`,
		`musicdb_machine_instances{machine="process",state="Running"} 1`,
		`musicdb_websocket_clients 3`, `musicdb_library_rows{table="songs"} 102`, `musicdb_song_queue_entries 0`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
}

func TestHTTPLimits(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	answer, _ := d.get("/", "X-Long", strings.Repeat("x", 64<<10))
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a huge header: %s", answer.Status)
	}
	r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+d.HTTPAddr().String()+"/status", strings.NewReader("{}")))(t)
	refused := must(http.DefaultClient.Do(r))(t)
	refused.Body.Close()
	if refused.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", refused.Status)
	}
}

// A client that falls behind loses its own sound only, and a server that stops
// lets go of its listeners.
func TestShutdownEndsTheStreams(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true})
	answer := must(http.DefaultClient.Do(must(http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+d.HTTPAddr().String()+"/stream", nil))(t)))(t)
	defer answer.Body.Close()
	if _, err := io.CopyN(io.Discard, answer.Body, 8192); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if code := d.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(began); took > patience/2 {
		t.Errorf("stopping took %v", took)
	}
	_, _ = io.Copy(io.Discard, answer.Body) // must end
}
