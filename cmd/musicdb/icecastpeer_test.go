//go:build linux

package main

import (
	"bufio"
	"encoding/base64"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/media/icecast/icecasttest"
)

// feedTone is a source of an Icecast until the test ends: it sends a tone as MP3 of 320
// kbit/s, in real time and in pieces of a tenth of a second.
func feedTone(t testing.TB, addr string) {
	t.Helper()
	tone, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100", "-t", "20", "-ac", "2",
		"-b:a", "320k", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1").Output()
	if err != nil {
		t.Fatal(err)
	}
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	login := base64.StdEncoding.EncodeToString([]byte("source:" + icecasttest.Password))
	_, _ = io.WriteString(nc, "SOURCE /stream HTTP/1.0\r\nAuthorization: Basic "+login+"\r\nContent-Type: audio/mpeg\r\nIce-Public: 0\r\n\r\n")
	if status, err := bufio.NewReader(nc).ReadString('\n'); err != nil || !strings.Contains(status, " 200 ") {
		t.Fatalf("icecast answers the source %q, %v", status, err)
	}
	stop := make(chan struct{})
	var fed sync.WaitGroup
	fed.Go(func() {
		defer nc.Close()
		tick := time.NewTicker(104 * time.Millisecond)
		defer tick.Stop()
		began := time.Now()
		for sent := 0; ; {
			// Two seconds ahead, so that there is something to begin with.
			for due := int((time.Since(began) + 2*time.Second).Seconds() * 40_000); sent < due; {
				at := sent % len(tone)
				n, err := nc.Write(tone[at:min(len(tone), at+due-sent)])
				if err != nil {
					return
				}
				sent += n
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	})
	t.Cleanup(func() { close(stop); fed.Wait() })
}
