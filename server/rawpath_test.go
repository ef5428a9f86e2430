package server_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"musicdb/media/files"
	"musicdb/server"
)

// ask sends a request line as it is, which no client library does, and returns the
// answer.
func ask(t testing.TB, at net.Addr, target string, headers ...string) (*http.Response, string) {
	t.Helper()
	c := must(net.Dial("tcp", at.String()))(t)
	defer c.Close()
	request := "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
	for i := 0; i < len(headers); i += 2 {
		request += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	if _, err := io.WriteString(c, request+"\r\n"); err != nil {
		t.Fatal(err)
	}
	answer := must(http.ReadResponse(bufio.NewReader(c), nil))(t)
	defer answer.Body.Close()
	return answer, string(must(io.ReadAll(answer.Body))(t))
}

const secret = "what nobody may read"

// strangeNames are names that are hard to ask for.
var strangeNames = []string{
	"plain", "100% Pure", "%41", "%2e%2e", "a+b", "a;b=c", "a&b", "What#", "What? Now!", `She said "no"`, "It's", "Ääöü ß", "夢の中へ", "👩‍🚀", "e\u0301", "a\u202eb",
	"<b>", "[x]{y}", "^`|", "...", "..a", " a", "~x", "tab\there", "AC∕DC", `back\slash`, "$HOME",
}

// fileDaemon serves files with strange names, and has secrets around.
func fileDaemon(t testing.TB) *daemon {
	t.Helper()
	dir := t.TempDir()
	music, ui := filepath.Join(dir, "music"), filepath.Join(dir, "ui")
	writeFile(t, filepath.Join(dir, "secret.mp3"), []byte(secret))
	writeFile(t, filepath.Join(dir, "secret.html"), []byte(secret))
	for _, name := range strangeNames {
		writeFile(t, filepath.Join(music, name, "2000 - "+name, "01 "+name+".mp3"), []byte("song of "+name))
		writeFile(t, filepath.Join(ui, name, name+".html"), []byte("page of "+name))
	}
	writeFile(t, filepath.Join(music, "Artist", "notes.txt"), []byte(secret))
	writeFile(t, filepath.Join(music, "Artist", "cover.jpg"), []byte(secret))
	writeFile(t, filepath.Join(music, "Artist", "mp3"), []byte(secret))
	writeFile(t, filepath.Join(music, "Artist", ".mp3"), []byte(secret))
	writeFile(t, filepath.Join(ui, "index.html"), []byte("start"))
	writeFile(t, filepath.Join(ui, ".git", "config"), []byte(secret))
	writeFile(t, filepath.Join(ui, ".htpasswd"), []byte(secret))
	for link, target := range map[string]string{
		filepath.Join(music, "out.mp3"): filepath.Join(dir, "secret.mp3"), filepath.Join(music, "up"): dir, filepath.Join(music, "rel.mp3"): "../secret.mp3",
		filepath.Join(music, "zero.mp3"): "/dev/zero", filepath.Join(music, "self.mp3"): "self.mp3", filepath.Join(music, "inside.mp3"): "plain/2000 - plain/01 plain.mp3",
		filepath.Join(ui, "out.html"): filepath.Join(dir, "secret.html"), filepath.Join(ui, "up"): dir, filepath.Join(ui, "zero.html"): "/dev/zero",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{music, ui} {
		if err := syscall.Mkfifo(filepath.Join(dir, "pipe.mp3"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, "directory.mp3"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	opened := must(files.OpenMusic(music))(t)
	t.Cleanup(func() { _ = opened.Close() })
	return startDaemon(t, daemonOptions{change: func(o *server.Options) { o.Music, o.WebUI = opened, ui }})
}

func TestNamesOfAnyKindAreServed(t *testing.T) {
	t.Parallel()
	d := fileDaemon(t)
	for _, name := range strangeNames {
		for target, want := range map[string]string{
			"/musicdb/music/" + strings.Join([]string{url.PathEscape(name), url.PathEscape("2000 - " + name), url.PathEscape("01 " + name + ".mp3")}, "/"): "song of " + name,
			"/musicdb/" + url.PathEscape(name) + "/" + url.PathEscape(name+".html"):                                                                        "page of " + name,
			// As the WebUI of MusicDB 8 escapes: directories as a URI, the file as a part of one.
			"/musicdb/music/" + encodeURI(name) + "/" + encodeURI("2000 - "+name) + "/" + strings.ReplaceAll(url.QueryEscape("01 "+name+".mp3"), "+", "%20"): "song of " + name,
		} {
			if strings.Contains(target, "#") || strings.HasPrefix(target, "/musicdb/.") {
				continue // the browser itself ends the address there; hidden files of a WebUI
			}
			if answer, body := ask(t, d.HTTPAddr(), target); answer.StatusCode != http.StatusOK || body != want {
				t.Errorf("%q: %s: %s, %.80q", name, target, answer.Status, body)
			}
		}
	}
	if answer, body := ask(t, d.HTTPAddr(), "/musicdb/music/inside.mp3"); body != "song of plain" {
		t.Errorf("a link that stays inside: %s", answer.Status)
	}
}

// encodeURI is the function of JavaScript.
func encodeURI(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c > ' ' && c < 0x7f && !strings.ContainsRune("\"%<>[\\]^`{|}", rune(c)) {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15])))
		}
	}
	return b.String()
}

func TestNoPathLeavesItsDirectory(t *testing.T) {
	t.Parallel()
	d := fileDaemon(t)
	for _, prefix := range []string{"/musicdb/music", "/musicdb", "/musicdb/webdata/artwork", "/musicdb/videoframes", "/artwork", "/assets", "/lifecycle/drawings"} {
		for _, path := range []string{
			"/../secret.mp3", "/../secret.html", "/../../../../../../etc/passwd", "/..", "/.", "/./secret.mp3", "//etc/passwd", "/%2fetc%2fpasswd", "/%2Fetc/passwd",
			"/..%2fsecret.mp3", "/..%2f..%2fmusic.db", "/%2e%2e/secret.mp3", "/%2e%2e%2fsecret.mp3", "/%2E%2E/secret.html", "/.%2e/secret.html",
			"/..%5csecret.mp3", "/..%5Csecret.html", "/plain%5c..%5c..%5csecret.mp3", "/%252e%252e/secret.mp3", "/%252e%252e%252fsecret.mp3", "/%25252e%25252e/secret.html",
			"/plain/../../secret.mp3", "/plain/%2e%2e/%2e%2e/secret.html", "/plain//../secret.mp3", "/%c0%ae%c0%ae/secret.mp3", "/%e0%80%ae%e0%80%ae/secret.mp3",
			"/%00", "/secret.mp3%00.jpg", "/../secret.mp3%00.html", "/plain%00/../secret.mp3",
			"/out.mp3", "/out.html", "/up/secret.mp3", "/up/secret.html", "/rel.mp3", "/zero.mp3", "/zero.html", "/self.mp3", "/pipe.mp3", "/directory.mp3", "/directory.mp3/",
			"/plain", "/plain/", "/plain/2000%20-%20plain/", "/Artist/notes.txt", "/Artist/cover.jpg", "/Artist/mp3", "/Artist/.mp3",
			"/.git/config", "/.htpasswd", "/nothing.html", "/?/../../secret.mp3", "/x?/../../secret.mp3", "/x?..%2f..%2fsecret.html", "/?%2e%2e/secret.mp3",
			"/" + strings.Repeat("x", 5000) + ".mp3", strings.Repeat("/x", 3000) + ".mp3",
		} {
			target := prefix + path
			answer, body := ask(t, d.HTTPAddr(), target)
			if strings.HasPrefix(path, "/?") && prefix == "/musicdb" {
				continue // the start page with a query
			}
			if answer.StatusCode != http.StatusNotFound || strings.Contains(body, secret) || strings.Contains(body, "root:") {
				t.Errorf("%.100s: %s, %.60q", target, answer.Status, body)
			}
		}
	}
	for _, target := range []string{"http://127.0.0.1/musicdb/music/../secret.mp3", "/..", "/../musicdb/index.html", "//musicdb/index.html", "/musicdb//index.html", "/musicdb/webdata/", "/musicdb/webdata/other.js"} {
		if answer, _ := ask(t, d.HTTPAddr(), target); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", target, answer.Status)
		}
	}
	for _, target := range []string{"/musicdb/music/%", "/musicdb/music/%zz.mp3", "musicdb/index.html"} {
		if answer, _ := ask(t, d.HTTPAddr(), target); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", target, answer.Status)
		}
	}
}

func TestMusicIsServedInParts(t *testing.T) {
	t.Parallel()
	d := fileDaemon(t)
	const song, content = "/musicdb/music/plain/2000%20-%20plain/01%20plain.mp3", "song of plain"
	whole, body := ask(t, d.HTTPAddr(), song)
	if body != content || whole.Header.Get("Content-Type") != "audio/mpeg" || whole.Header.Get("Accept-Ranges") != "bytes" ||
		whole.Header.Get("Last-Modified") == "" || whole.Header.Get("ETag") == "" {
		t.Fatalf("%s %v", body, whole.Header)
	}
	for value, want := range map[string]string{"bytes=0-3": "song", "bytes=8-": "plain", "bytes=-5": "plain", "bytes=5-6": "of"} {
		answer, body := ask(t, d.HTTPAddr(), song, "Range", value)
		if answer.StatusCode != http.StatusPartialContent || body != want || !strings.HasSuffix(answer.Header.Get("Content-Range"), "/13") {
			t.Errorf("%s: %s %q %s", value, answer.Status, body, answer.Header.Get("Content-Range"))
		}
	}
	if answer, _ := ask(t, d.HTTPAddr(), song, "Range", "bytes=13-"); answer.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("behind the end: %s", answer.Status)
	}
	if answer, body := ask(t, d.HTTPAddr(), song, "Range", "bytes=0-3", "If-Range", `"another"`); answer.StatusCode != http.StatusOK || body != content {
		t.Errorf("a part of another version: %s %q", answer.Status, body)
	}
	if answer, _ := ask(t, d.HTTPAddr(), song, "If-None-Match", whole.Header.Get("ETag")); answer.StatusCode != http.StatusNotModified {
		t.Errorf("a browser that has it: %s", answer.Status)
	}
}

// FuzzPaths asks for anything below every directory: nothing from outside comes
// back, nothing that is not music comes from the music directory, and the answer is
// one that the paths of files have.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"/../secret.mp3", "/%2e%2e/secret.html", "/x?/../../secret.mp3", "/up/secret.mp3", "/plain/2000 - plain/01 plain.mp3", "/out.mp3", "/index.html", "/%25", "/a;b", "/\x00", "/Artist/notes.txt"} {
		f.Add(uint8(0), seed)
		f.Add(uint8(1), seed)
	}
	d := fileDaemon(f)
	f.Fuzz(func(t *testing.T, where uint8, path string) {
		prefix := []string{"/musicdb/music", "/musicdb", "/artwork", "/musicdb/webdata/artwork", "/musicdb/videoframes"}[where%5]
		var target strings.Builder
		for _, c := range []byte(prefix + path) {
			if c <= ' ' || c == 0x7f {
				target.WriteString(url.PathEscape(string(rune(c)))) // a request line has none of these
			} else {
				target.WriteByte(c)
			}
		}
		if target.Len() > 10_000 {
			return // the head of a request has a limit
		}
		answer, body := ask(t, d.HTTPAddr(), target.String())
		if strings.Contains(body, secret) || strings.Contains(body, "root:") {
			t.Fatalf("%q: %q", target.String(), body)
		}
		switch answer.StatusCode {
		case http.StatusOK, http.StatusNotFound, http.StatusBadRequest, http.StatusTemporaryRedirect:
		default:
			t.Fatalf("%q: %s", target.String(), answer.Status)
		}
	})
}
