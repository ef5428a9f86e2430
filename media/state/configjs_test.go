package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	aKey = "q83v+/8BIzRWeJq83v7/AAECAwQFBgcICQoLDA0ODxA="
	aURL = `"wss://" + location.hostname + ":9000"`
)

func TestConfigJS(t *testing.T) {
	const custom = "// mine\r\nconst CONFIG_VERSION = 3;\r\nconst WATCHDOG_RUN = false;\r\n" +
		"const WEBSOCKET_URL = \"wss://music.example/socket\";\r\n"
	for name, c := range map[string]struct {
		file  string // "" if there is none
		want  string
		stale bool
	}{
		"the template of MusicDB": {custom + "const WEBSOCKET_APIKEY = WSAPIKEY;\r\n", custom + "const WEBSOCKET_APIKEY = \"" + aKey + "\";\r\n", false},
		"other spaces":            {"  let\tWEBSOCKET_APIKEY=WSAPIKEY", "  let\tWEBSOCKET_APIKEY=\"" + aKey + `"`, false},
		"a quoted placeholder":    {"WEBSOCKET_APIKEY = 'WSAPIKEY'; // here", `WEBSOCKET_APIKEY = "` + aKey + `"; // here`, false},
		"has the key":             {custom + "const WEBSOCKET_APIKEY = \"" + aKey + "\";", custom + "const WEBSOCKET_APIKEY = \"" + aKey + "\";", false},
		"has another key":         {"const WEBSOCKET_APIKEY = 'old';", "const WEBSOCKET_APIKEY = 'old';", true},
		"computes the key":        {"const WEBSOCKET_APIKEY = localStorage.key;", "const WEBSOCKET_APIKEY = localStorage.key;", false},
		"a longer name":           {"const WEBSOCKET_APIKEY = WSAPIKEYS;", "const WEBSOCKET_APIKEY = WSAPIKEYS;", false},
		"only in a comment":       {"// WEBSOCKET_APIKEY = WSAPIKEY", "// WEBSOCKET_APIKEY = WSAPIKEY", false},
		"something else":          {"alert(1)", "alert(1)", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store := mustOpen(t, dir)
			path := filepath.Join(dir, "webdata", "config.js")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.file), 0o640); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time there is nothing to do
				script, stale, err := store.ConfigJS(BrowserConfig{Key: aKey, URL: aURL})
				if err != nil || string(script) != c.want || stale != c.stale {
					t.Errorf("got %q, stale %v, %v; want %q", script, stale, err, c.want)
				}
				if onDisk := content(t, path); onDisk != c.want {
					t.Errorf("on disk is %q", onDisk)
				}
			}
			want := os.FileMode(0o640)
			if c.file != c.want {
				want = 0o664
			}
			if got := mode(t, path); got != want {
				t.Errorf("mode %v, want %v", got, want)
			}
		})
	}
}

func TestConfigJSIsCreated(t *testing.T) {
	dir := t.TempDir()
	store := mustOpen(t, dir)
	if store.HasConfigJS() {
		t.Error("there is one before anybody has asked for it")
	}
	script, stale, err := store.ConfigJS(BrowserConfig{Key: aKey, URL: aURL})
	if err != nil || stale {
		t.Fatal(stale, err)
	}
	for _, line := range []string{"const CONFIG_VERSION    = 3;", "const WATCHDOG_RUN      = true;", "const WATCHDOG_INTERVAL = 5000;",
		"const WEBSOCKET_URL     = " + aURL + ";", `const WEBSOCKET_APIKEY  = "` + aKey + `";`} {
		if !strings.Contains(string(script), "\n"+line) {
			t.Errorf("the script lacks %q:\n%s", line, script)
		}
	}
	path := filepath.Join(dir, "webdata", "config.js")
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o664 || !store.HasConfigJS() {
		t.Errorf("%v, %v", info, err)
	}
	again, _, err := store.ConfigJS(BrowserConfig{Key: aKey, URL: "elsewhere"})
	if err != nil || string(again) != string(script) {
		t.Errorf("an existing file was changed: %s, %v", again, err)
	}
}

// A link belongs to somebody who knows why: what it shows is served as it would be,
// and neither it nor its target is written.
func TestConfigJSBehindALinkIsNotWritten(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "mine.js")
	store := mustOpen(t, dir)
	if err := os.WriteFile(elsewhere, []byte("const WEBSOCKET_APIKEY = WSAPIKEY;"), 0o444); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "webdata", "config.js")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, path); err != nil {
		t.Fatal(err)
	}
	script, _, err := store.ConfigJS(BrowserConfig{Key: aKey, URL: aURL})
	if err != nil || !strings.Contains(string(script), aKey) {
		t.Errorf("%s, %v", script, err)
	}
	if left := content(t, elsewhere); left != "const WEBSOCKET_APIKEY = WSAPIKEY;" {
		t.Errorf("the target is %q now", left)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
}

// A key may hold anything; the line stays one string.
func FuzzConfigJSKey(f *testing.F) {
	f.Add(aKey)
	f.Add("\"; alert(1); \"")
	f.Add("</script>\n\u2028\\")
	f.Add("$1${2}")
	f.Fuzz(func(t *testing.T, key string) {
		quoted := quoteKey(key)
		script := string(insertKey([]byte("a\nconst WEBSOCKET_APIKEY = WSAPIKEY;\nb"), quoted))
		if lines := strings.Split(script, "\n"); len(lines) != 3 || lines[1] != "const WEBSOCKET_APIKEY = "+string(quoted)+";" {
			t.Fatalf("got %q", script)
		}
	})
}
