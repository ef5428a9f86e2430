package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"musicdb/server"
)

// serveInside runs a server of the settings in this process and makes the settings
// name its port.
func serveInside(t *testing.T) {
	t.Helper()
	config, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	p, err := build(t.Context(), config, &logs{log: log})
	if err != nil {
		t.Fatal(err)
	}
	signals, ended := make(chan os.Signal, 1), make(chan int, 1)
	driver := &server.Driver{Program: p.server, Signals: signals, Log: log, Observe: p.server.Observer()}
	go func() {
		code, _ := driver.Drive(context.Background())
		ended <- code
	}()
	t.Cleanup(func() {
		signals <- syscall.SIGTERM
		if code := <-ended; code != 0 {
			t.Errorf("the server ended with exit code %d", code)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-p.server.Ready():
	case <-time.After(30 * time.Second):
		t.Fatal("the server is not ready")
	}
	_, port, _ := strings.Cut(p.server.WebSocketAddr().String(), ":")
	t.Setenv("MUSICDB_WEBSOCKET_PORT", port)
}

func TestCall(t *testing.T) {
	clearSettings(t)
	t.Setenv("TMPDIR", t.TempDir())
	data := t.TempDir()
	for name, value := range map[string]string{
		"MUSICDB_DIRECTORIES_DATA": data, "MUSICDB_DIRECTORIES_MUSIC": t.TempDir(), "MUSICDB_WEBSOCKET_BIND": "127.0.0.1",
		"MUSICDB_WEBSOCKET_PORT": "0", "MUSICDB_WEBSOCKET_TLS": "on", "MUSICDB_HTTP_PORT": "0", "MUSICDB_HTTP_TLS": "off", "MUSICDB_DEBUG_DISABLEICECAST": "true",
	} {
		t.Setenv(name, value)
	}
	serveInside(t)
	for _, c := range []struct {
		args []string
		code int
		want string // of what is printed
	}{
		{[]string{"Bounce", `{"n": 1.50}`}, 0, "{\"n\":1.50}\n"},
		{[]string{"Bounce"}, 0, "null\n"},
		{[]string{"GetArtists"}, 0, "[]\n"},
		{[]string{"SetMDBState", `{"category":"MusicDB","name":"uimode","value":"video"}`}, 0, `"uimode":"video"`}, // comes as broadcast of GetMDBState
		{[]string{"getartists"}, 1, `no function "getartists"`},
		{[]string{"GetSong"}, 1, `GetSong: argument "songid" must be int or decimal string: it is missing`},
		{[]string{"GetSong", `{"songid":true}`}, 1, `argument "songid"`},
		{[]string{"GetSong", `[7]`}, 1, "not an object"},
		{[]string{"GetSong", `{songid:7}`}, 1, "no JSON"},
		{[]string{"GetSong", `{"songid":7}`, "--timeout=100ms"}, 1, "no answer to GetSong within 100ms"},
	} {
		var out, errs bytes.Buffer
		code := run(append([]string{"call"}, c.args...), &out, &errs)
		if printed := out.String() + errs.String(); code != c.code || !strings.Contains(printed, c.want) {
			t.Errorf("%v: exit code %d, printed %q", c.args, code, printed)
		}
		if c.code != 0 && (out.Len() > 0 || strings.Count(errs.String(), "\n") != 1) {
			t.Errorf("%v: printed %q and %q, want one sentence on stderr", c.args, out.String(), errs.String())
		}
	}

	var errs bytes.Buffer
	if err := os.WriteFile(data+"/websocket.cert", []byte(otherCertificate(t)), 0o644); err != nil {
		t.Fatal(err)
	}
	if code := run([]string{"call", "Bounce"}, &errs, &errs); code != 1 || !strings.Contains(errs.String(), "another certificate") {
		t.Errorf("a server with another certificate: exit code %d, %s", code, errs.String())
	}
}

// otherCertificate is a certificate that no server shows.
func otherCertificate(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := server.OpenCertificates(dir+"/c", dir+"/k"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(dir + "/c")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestResultsAreIndentedForPeopleOnly(t *testing.T) {
	var out bytes.Buffer
	if err := printJSON(&out, []byte(`{"a":[1]}`)); err != nil || out.String() != "{\"a\":[1]}\n" {
		t.Errorf("got %q (%v)", out.String(), err)
	}
	for name, want := range map[string]bool{os.DevNull: true, t.TempDir() + "/file": false} { // a character device, as terminals are
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if got := isTerminal(file); got != want {
			t.Errorf("%s: %s", name, strconv.FormatBool(got))
		}
		_ = file.Close()
	}
}

// Who may not read the key learns who may.
func TestCallByAStranger(t *testing.T) {
	t.Parallel()
	data, err := os.MkdirTemp("", "musicdb-open-") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(data)
	if err := errors.Join(os.Chmod(data, 0o755), os.Mkdir(data+"/config", 0o755), os.Chmod(data+"/config", 0o755), os.WriteFile(data+"/config/wsapikey.txt", nil, 0)); err != nil {
		t.Fatal(err)
	}
	p := startAs(t, data, environment(data), "call", "GetTags")
	if code := p.end(); code != 1 || !strings.Contains(p.text(), "call as the user of the server") {
		t.Errorf("exit code %d: %s", code, p.text())
	}
}
