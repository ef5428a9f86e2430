package server_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"musicdb/server"
)

// configured is a server with another WebUI.
func configured(t *testing.T, change ...func(*server.Options)) *daemon {
	t.Helper()
	ui := t.TempDir()
	for name, content := range map[string]string{
		"index.html": "<title>start</title>", "debug.html": "debug", "WebUI.css": "css", "WebUI.js": "js", "Icons.json": "{}", "img/icons/Play.svg": "<svg/>",
		"fonts/DejaVuSans.ttf": "ttf", "fonts/SourceSansPro-Regular.otf.woff": "woff", "other.xyz": "?", "webdata/config.js": "not this one",
	} {
		writeFile(t, filepath.Join(ui, name), []byte(content))
	}
	return startDaemon(t, daemonOptions{change: func(o *server.Options) {
		o.WebUI = ui
		for _, c := range change {
			c(o)
		}
	}})
}

func TestWebUIIsServed(t *testing.T) {
	t.Parallel()
	d := configured(t)
	if answer, _ := ask(t, d.HTTPAddr(), "/"); answer.StatusCode != http.StatusTemporaryRedirect || answer.Header.Get("Location") != "/musicdb/" {
		t.Errorf("/: %s to %q", answer.Status, answer.Header.Get("Location"))
	}
	if answer, _ := ask(t, d.HTTPAddr(), "/musicdb"); answer.Header.Get("Location") != "/musicdb/" {
		t.Errorf("/musicdb: %s", answer.Status)
	}
	if _, body := ask(t, d.HTTPAddr(), "/player/"); !strings.Contains(body, "/assets/player.js") {
		t.Error("our page is not at /player/")
	}
	for path, kind := range map[string]string{
		"": "text/html; charset=utf-8", "index.html": "text/html; charset=utf-8", "debug.html": "text/html; charset=utf-8", "WebUI.css": "text/css; charset=utf-8",
		"WebUI.js": "text/javascript; charset=utf-8", "Icons.json": "application/json", "img/icons/Play.svg": "image/svg+xml",
		"fonts/DejaVuSans.ttf": "font/ttf", "fonts/SourceSansPro-Regular.otf.woff": "font/woff", "other.xyz": "application/octet-stream",
	} {
		answer, _ := ask(t, d.HTTPAddr(), "/musicdb/"+path)
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != kind || answer.Header.Get("Last-Modified") == "" {
			t.Errorf("%s: %s, %s", path, answer.Status, answer.Header.Get("Content-Type"))
		}
		if again, _ := ask(t, d.HTTPAddr(), "/musicdb/"+path, "If-None-Match", answer.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %s although the browser has it", path, again.Status)
		}
		policy := answer.Header.Get("Content-Security-Policy")
		for _, needed := range []string{"script-src 'self' 'unsafe-inline'", "media-src *", "connect-src 'self' ws: wss:", "worker-src 'self' blob:", "object-src 'none'", "frame-ancestors 'self'"} {
			if !strings.Contains(policy, needed) {
				t.Errorf("%s: the policy lacks %q", path, needed)
			}
		}
	}
	if _, body := ask(t, d.HTTPAddr(), "/musicdb/webdata/config.js"); strings.Contains(body, "not this one") {
		t.Error("config.js comes from the directory of the WebUI, not from the data directory")
	}
}

func TestWithoutWebUIOursIsFirst(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	if _, body := ask(t, d.HTTPAddr(), "/"); !strings.Contains(body, "/assets/player.js") {
		t.Error("our page is not at /")
	}
	for _, path := range []string{"/musicdb/", "/musicdb"} {
		if answer, _ := ask(t, d.HTTPAddr(), path); answer.StatusCode != http.StatusTemporaryRedirect {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
	if _, err := os.Stat(filepath.Join(d.dir, "webdata", "config.js")); err == nil {
		t.Error("a file with the key was made although nobody has asked for it")
	}
}

func TestUnusableWebUIEndsTheStart(t *testing.T) {
	for name, dir := range map[string]string{"missing": filepath.Join(t.TempDir(), "nothing"), "empty": t.TempDir()} {
		_, err := server.New(server.Options{Key: func() (string, error) { return testKey, nil }, WebUI: dir,
			WebSocket: server.Address{TLS: server.TLSOff}, HTTP: server.Address{TLS: server.TLSOff}})
		if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "MUSICDB_HTTP_WEBUI") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// browserConfig reads the constants of a config.js as a browser on a page of the
// host would compute them.
func browserConfig(t testing.TB, script, scheme, host string) (url, key string) {
	t.Helper()
	constant := func(name string) string {
		m := regexp.MustCompile(`(?m)^const ` + name + `\s*= (.*);`).FindStringSubmatch(script)
		if m == nil {
			t.Fatalf("config.js has no %s:\n%s", name, script)
		}
		return m[1]
	}
	for name, want := range map[string]string{"CONFIG_VERSION": "3", "WATCHDOG_INTERVAL": "5000", "WATCHDOG_RUN": "true"} {
		if got := regexp.MustCompile(`(?m)^const ` + name + `\s*= ([^;]*);`).FindStringSubmatch(script); got == nil || got[1] != want {
			t.Errorf("%s is %v, want %s", name, got, want)
		}
	}
	parts := strings.Split(constant("WEBSOCKET_URL"), " + location.hostname + ")
	if len(parts) != 2 {
		t.Fatalf("WEBSOCKET_URL is computed from %q", parts)
	}
	begin := strings.Trim(parts[0], `"`)
	if strings.HasPrefix(begin, "(location.protocol") {
		begin = map[string]string{"https": "wss://", "http": "ws://"}[scheme]
	}
	return begin + host + strings.Trim(parts[1], `"`), strings.Trim(constant("WEBSOCKET_APIKEY"), `"`)
}

// config.js has the key in it. Who may have it, and who may not.
func TestConfigJSIsGivenToThoseWhoMayHaveIt(t *testing.T) {
	t.Parallel()
	machine := strings.ToLower(must(os.Hostname())(t))
	plain := startDaemon(t, daemonOptions{})
	local := configured(t, func(o *server.Options) { o.Origins = []string{"music.example"} })
	open := configured(t, func(o *server.Options) { o.HTTP.Bind, o.Origins = "0.0.0.0", []string{"music.example"} })
	locked := configured(t, func(o *server.Options) { o.HTTP.Bind = "0.0.0.0"; withPassword(o) })
	for _, c := range []struct {
		why     string
		daemon  *daemon
		headers []string
		given   bool
	}{
		{"loopback", plain, nil, true},
		{"loopback, its own page", local, []string{"Host", "localhost:9080", "Sec-Fetch-Site", "same-origin"}, true},
		{"loopback, loaded by a foreign page", local, []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"loopback, loaded by a page of another port", local, []string{"Sec-Fetch-Site", "same-site"}, false},
		{"loopback, a name that was rebound", local, []string{"Host", "evil.example"}, false},
		{"loopback, a proxy", local, []string{"X-Forwarded-For", "192.0.2.1"}, false},
		{"loopback, a proxy whose name is listed", local, []string{"X-Forwarded-For", "192.0.2.1", "Host", "music.example"}, true},
		{"the same without another WebUI", plain, []string{"X-Forwarded-For", "192.0.2.1", "Host", "music.example"}, false},
		{"open, by address", open, []string{"Host", "192.0.2.1:9080"}, true},
		{"open, by the name of the machine", open, []string{"Host", machine + ":9080"}, true},
		{"open, in the domain of a home", open, []string{"Host", machine + ".local"}, true},
		{"open, by a listed name", open, []string{"Host", "music.example"}, true},
		{"open, a name that was rebound", open, []string{"Host", machine + ".evil.example"}, false},
		{"open, loaded by a foreign page", open, []string{"Host", "192.0.2.1:9080", "Sec-Fetch-Site", "cross-site"}, false},
		{"open, another origin", open, []string{"Host", "192.0.2.1:9080", "Origin", "https://evil.example"}, false},
		{"open, a proxy", open, []string{"Host", "192.0.2.1:9080", "Via", "1.1 proxy"}, false},
		{"password", locked, []string{"Host", "any.example", "Authorization", basic}, true},
		{"no password", locked, []string{"Host", "192.0.2.1"}, false},
		{"a foreign page with the stored password", locked, []string{"Host", "any.example", "Authorization", basic, "Sec-Fetch-Site", "cross-site"}, false},
	} {
		answer, body := c.daemon.get("/musicdb/webdata/config.js", c.headers...)
		if (answer.StatusCode == http.StatusOK) != c.given || strings.Contains(body, testKey) != c.given {
			t.Errorf("%s: %s", c.why, answer.Status)
			continue
		}
		if cache, policy := answer.Header.Get("Cache-Control"), answer.Header.Get("Cross-Origin-Resource-Policy"); c.given && (cache != "no-store" || policy != "same-origin") {
			t.Errorf("%s: %q, %q", c.why, cache, policy)
		}
		if c.given {
			url, key := browserConfig(t, body, "http", "host")
			port := jsonNumber(c.daemon.WebSocketAddr().(*net.TCPAddr).Port)
			if url != "ws://host:"+port || key != testKey {
				t.Errorf("%s: %s, %s", c.why, url, key)
			}
		}
	}
}

// An owner who goes on with their own web server finds the key in the file that it
// delivers, also if the file was made anew from its template.
func TestConfigJSIsCompletedAtTheStart(t *testing.T) {
	t.Parallel()
	var file string
	d := startDaemon(t, daemonOptions{prepare: func(dir string) {
		file = filepath.Join(dir, "webdata", "config.js")
		writeFile(t, file, []byte("const WEBSOCKET_URL = \"wss://mine\";\nconst WEBSOCKET_APIKEY = WSAPIKEY;\n"))
	}})
	want := "const WEBSOCKET_URL = \"wss://mine\";\nconst WEBSOCKET_APIKEY = \"" + testKey + "\";\n"
	if got := string(must(os.ReadFile(file))(t)); got != want {
		t.Errorf("got %s", got)
	}
	if _, body := d.get("/musicdb/webdata/config.js"); body != want {
		t.Errorf("served is %s", body)
	}
}
