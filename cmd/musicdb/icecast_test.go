package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"musicdb/media/icecast/icecasttest"
)

// sendsTo is what a server needs to send to an Icecast.
func sendsTo(s *icecasttest.Server, more ...string) []string {
	return append([]string{"MUSICDB_STREAM_START=play", fmt.Sprint("MUSICDB_ICECAST_PORT=", s.Port), "MUSICDB_ICECAST_PASSWORD=" + icecasttest.Password,
		"MUSICDB_LOG_LOGLEVEL=INFO"}, more...)
}

// readiness is what /readyz says.
func readiness(t testing.TB, c *child) (status int, text string) {
	t.Helper()
	response, err := http.Get(c.page() + "readyz") //nolint:noctx // a child of this test
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !is(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// Who has a password for Icecast in the configuration sends to it; whatever becomes of
// the Icecast, the stream of the server itself goes on and is ready.
func TestTheStreamIsSentToIcecast(t *testing.T) {
	t.Parallel()
	icecast := icecasttest.Start(t)
	c := start(t, environment(t.TempDir(), sendsTo(icecast)...), "serve").waitReady()
	icecast.Await("/stream", "")
	e := listen(t, c)
	began := time.Now()

	// Icecast's listeners get our frames, the first from where Icecast's memory begins.
	recording := icecasttest.Record(t, icecast.URL("/stream"), 80_000)
	_, whole, _ := bytes.Cut(recording, []byte{0xFF, 0xFB})
	in, frame := io.MultiReader(bytes.NewReader([]byte{0xFF, 0xFB}), bytes.NewReader(whole)), make([]byte, 1<<12)
	frames := 0
	for ; readFrame(in, frame) == nil; frames++ {
	}
	if frames < 70 {
		t.Errorf("%d frames are in %d bytes", frames, len(recording))
	}
	var title string
	eventually(t, "a song of the demo library is named", func() bool {
		title, _ = icecast.Title("/stream")
		return strings.Contains(title, " - ")
	})
	if n := metric(t, c, `musicdb_icecast_state{mount="/stream",state="Sending"}`); n != 1 {
		t.Errorf("the state is not shown: %v", n)
	}
	if n := metric(t, c, `musicdb_icecast_sent_bytes_total{mount="/stream"}`); n < 80_000 {
		t.Errorf("%v bytes were sent", n)
	}

	icecast.Kill()
	eventually(t, "the loss is shown", func() bool {
		status, text := readiness(t, c)
		if status != http.StatusOK {
			t.Fatalf("a lost Icecast makes the server unready: %s", text)
		}
		return strings.Contains(text, "Icecast /stream: Backoff\n")
	})
	icecast.Restart()
	eventually(t, "it sends again", func() bool {
		return metric(t, c, `musicdb_icecast_connections_total{mount="/stream"}`) == 2
	})
	eventually(t, "the title is told again", func() bool {
		again, _ := icecast.Title("/stream")
		return strings.Contains(again, " - ")
	})
	if _, text := readiness(t, c); !strings.Contains(text, "sound is going out\nIcecast /stream: Sending\n") {
		t.Errorf("%q", text)
	}
	heard, took := e.heard(t), time.Since(began)
	if heard.least < 0 || heard.sound < took {
		t.Errorf("in %v a listener of our own got %v of sound, and was late by %v", took, heard.sound, -heard.least)
	}
}

// An installation that has a password for Icecast sends as before, to localhost; a
// password that the server does not take is named, not shown.
func TestAnOldPasswordIsRefused(t *testing.T) {
	t.Parallel()
	icecast := icecasttest.Start(t)
	icecast.SetPassword("changed")
	file, data := moved(t, anyHTTPPort)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := strings.NewReplacer("disableicecast=True", "disableicecast=False", "port=23980", fmt.Sprintf("port=%d", icecast.Port)).Replace(string(text))
	if err := os.WriteFile(file, []byte(s), 0o644); err != nil {
		t.Fatal(err)
	}
	c := start(t, bare(), "serve", "--config", file).waitReady()
	c.waitLog("user name or password are wrong")
	if strings.Contains(c.text(), "hackme") {
		t.Error("the password is in the log")
	}
	if _, err := os.Stat(filepath.Join(data, "musicdb.db")); err != nil {
		t.Error(err)
	}
}

// What the settings say about Icecast that cannot be, and what is odd about it.
func TestIcecastSettings(t *testing.T) {
	clearSettings(t)
	s, err := load(configuration(t, "[Icecast]\npassword=x\nhost=radio.example\n"))
	if err != nil {
		t.Fatal(err)
	}
	odd := ""
	for _, w := range s.Warnings {
		odd += w.Error()
	}
	if !strings.Contains(odd, "can read the password") {
		t.Errorf("a password that travels in the clear is not warned about: %s", odd)
	}
	for _, harmless := range []string{"[Icecast]\npassword=x\n", "[Icecast]\npassword=x\nhost=127.0.0.1\n", "[Icecast]\nhost=radio.example\n", "[Icecast]\npassword=x\nhost=radio.example\ntls=on\n"} {
		s, err := load(configuration(t, harmless))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range s.Warnings {
			if strings.Contains(w.Error(), "[Icecast]") {
				t.Errorf("%q: %v", harmless, w)
			}
		}
	}
}
