package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"musicdb/server"
	"musicdb/server/client"
)

// The tests in this file move an installation of MusicDB 8 to the real binary.

// moved unpacks the recorded installation and writes its configuration file, with
// further lines at the end. The user of the file is the one who runs the tests.
func moved(t testing.TB, further string) (file, data string) {
	t.Helper()
	dir := t.TempDir()
	packed, err := os.Open(filepath.Join("..", "..", "server", "testdata", "installation", "installation.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(unpacked); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(dir, filepath.Clean("/"+h.Name))
		if h.FileInfo().IsDir() {
			err = os.MkdirAll(target, 0o755)
		} else {
			content, readErr := io.ReadAll(archive)
			err = errors.Join(readErr, os.WriteFile(target, content, h.FileInfo().Mode().Perm()))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	data = filepath.Join(dir, "data")
	text := installation(t, filepath.Join(dir, "music"), data, "0")
	text = strings.NewReplacer("username=musicdb", "username="+me.Username, "groupname=musicdb", "groupname="+groupName(os.Getegid()),
		"logfile="+data+"/musicdb.log", "logfile=stderr").Replace(text)
	file = filepath.Join(dir, "musicdb.ini")
	if err := os.WriteFile(file, []byte(text+further), 0o644); err != nil {
		t.Fatal(err)
	}
	return file, data
}

const anyHTTPPort = "[http]\nport = 0\n"

// bare is an environment without any setting.
func bare(settings ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent"}, settings...)
}

// socket is the address of the websocket listener.
func (c *child) socket() string {
	c.t.Helper()
	found := regexp.MustCompile(`websocket=(ws\S+)`).FindStringSubmatch(c.text())
	if found == nil {
		c.t.Fatalf("the log has no address:\n%s", c.text())
	}
	return found[1]
}

// shown is the certificate that a listener shows.
func shown(t testing.TB, url string) []byte {
	t.Helper()
	address := strings.TrimSuffix(strings.TrimPrefix(url, "wss://"), "/")
	c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the test compares it
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].Raw
}

// An installation is stopped, and musicdb serve --config started: the same library
// answers over TLS with the key it had.
func TestAnInstallationMovesIn(t *testing.T) {
	t.Parallel()
	file, data := moved(t, anyHTTPPort)
	c := start(t, bare(), "serve", "--config", file).waitReady()
	if !strings.HasPrefix(c.socket(), "wss://") || !strings.HasPrefix(c.page(), "https://") {
		t.Fatalf("not only TLS:\n%s", c.text())
	}
	only, err := onlyWith(filepath.Join(data, "websocket.cert"))
	if err != nil {
		t.Fatal(err)
	}
	key := strings.TrimSpace(content(t, filepath.Join(data, "config", "wsapikey.txt")))
	opened, err := client.Dial(t.Context(), client.Options{URL: c.socket(), Key: key, TLS: only})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	to := &caller{t, opened}
	if artists := to.ask("GetArtists", nil); strings.Count(artists, `"id":`) != 6 {
		t.Errorf("artists %s", artists)
	}
	if state := to.ask("GetAudioStreamState", nil); !strings.Contains(state, `"isconnected":false`) {
		t.Errorf("disableicecast has no effect: %s", state)
	}
	plain, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(c.socket(), "wss://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := io.WriteString(plain, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer, _ := io.ReadAll(plain); strings.HasPrefix(string(answer), "HTTP/1.1 200") {
		t.Error("a plain connection is served")
	}
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: only}}
	defer browser.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https"+strings.TrimPrefix(c.socket(), "wss"), nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	if page.StatusCode != http.StatusOK {
		t.Errorf("a browser sees %s", page.Status)
	}
	for _, warned := range []string{"disableai", "disableicecast", "disablevideos"} {
		if strings.Count(c.text(), "[debug] "+warned+" in ") != 1 {
			t.Errorf("%s is not warned about once", warned)
		}
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d\n%s", code, c.text())
	}
}

// HUP: new connections see the new certificate, old ones live on, and a pair that
// does not fit changes nothing. The debug file goes on after a rotation.
func TestHangUpReadsCertificatesAndLogsAnew(t *testing.T) {
	t.Parallel()
	file, data := moved(t, anyHTTPPort)
	debug := filepath.Join(data, "debug.log")
	text := strings.Replace(content(t, file), "debugfile=/dev/null", "debugfile="+debug, 1)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c := start(t, bare(), "serve", "--config", file).waitReady()
	before := shown(t, c.socket())
	key := strings.TrimSpace(content(t, filepath.Join(data, "config", "wsapikey.txt")))
	opened, err := client.Dial(context.Background(), client.Options{URL: c.socket(), Key: key, TLS: &tls.Config{InsecureSkipVerify: true}}) //nolint:gosec // see before
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()

	other := t.TempDir()
	cert, secret := filepath.Join(data, "websocket.cert"), filepath.Join(data, "websocket.key")
	if _, err := server.OpenCertificates(filepath.Join(other, "cert"), filepath.Join(other, "key")); err != nil {
		t.Fatal(err)
	}
	replace := func(from, to string) {
		t.Helper()
		if err := errors.Join(os.Remove(to), os.Rename(from, to)); err != nil {
			t.Fatal(err)
		}
	}
	replace(filepath.Join(other, "cert"), cert)
	_ = c.cmd.Process.Signal(syscall.SIGHUP)
	c.waitLog("not everything was reloaded")
	if !bytes.Equal(shown(t, c.socket()), before) {
		t.Error("half a pair is in use")
	}
	replace(filepath.Join(other, "key"), secret)
	if err := os.Rename(debug, debug+".1"); err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Process.Signal(syscall.SIGHUP)
	c.waitLog("msg=reloaded")
	if bytes.Equal(shown(t, c.socket()), before) {
		t.Error("the old certificate is still shown")
	}
	if !strings.Contains(content(t, debug), "msg=reloaded") {
		t.Error("the debug file was not opened again")
	}
	(&caller{t, opened}).ask("GetTags", nil)
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	_ = opened.Close()
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d\n%s", code, c.text())
	}
}

// What HTTP serves is the WebUI that the file names, behind the key that it asks for.
func TestTheWebUIOfTheFile(t *testing.T) {
	t.Parallel()
	webui := t.TempDir()
	if err := os.WriteFile(filepath.Join(webui, "index.html"), []byte("the old one"), 0o644); err != nil {
		t.Fatal(err)
	}
	file, data := moved(t, anyHTTPPort+"webui = "+webui+"\npassword = apikey\ntls = off\n")
	c := start(t, bare(), "serve", "--config", file).waitReady()
	key := strings.TrimSpace(content(t, filepath.Join(data, "config", "wsapikey.txt")))
	for password, want := range map[string]string{"": "401", key: "200 the old one", "apikey": "401"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.page()+"musicdb/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if password != "" {
			r.SetBasicAuth("anybody", password)
		}
		browser := &http.Client{Transport: &http.Transport{}}
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		browser.CloseIdleConnections()
		if got := fmt.Sprintf("%d %s", answer.StatusCode, page); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("with the password %q: %s (%v)", password, got, err)
		}
	}
}
