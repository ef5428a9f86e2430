package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
)

// BenchmarkFirstSound starts the binary on an empty data directory, with ffmpeg
// installed, and measures the time from the start of the process until a listener
// has received something to hear.
func BenchmarkFirstSound(b *testing.B) {
	var total time.Duration
	for b.Loop() {
		c, from, in := sounding(b)
		total += time.Since(from)
		in.Close()
		stop(b, c)
	}
	b.ReportMetric(total.Seconds()/float64(b.N), "s/first-sound")
}

// BenchmarkMinuteOfPlaying lets the demo library play to one listener for a
// minute and reports what the daemon and its children then hold in memory and
// what they have used of one processor.
func BenchmarkMinuteOfPlaying(b *testing.B) {
	for b.Loop() {
		c, _, in := sounding(b)
		daemon := c.cmd.Process.Pid
		before, _ := used(b, daemon)
		began := time.Now()
		minute := time.AfterFunc(time.Minute, func() { in.Close() })
		heard, _ := io.Copy(io.Discard, in)
		minute.Stop()
		passed := time.Since(began)
		if want := int64(passed.Seconds() * 320_000 / 8); heard < want*95/100 {
			b.Errorf("%d bytes in %v, want %d", heard, passed, want)
		}
		after, resident := used(b, daemon)
		b.ReportMetric(float64(resident)/1024, "MB-daemon")
		b.ReportMetric((after-before).Seconds()/passed.Seconds()*100, "%cpu-daemon")
		children := 0
		for _, child := range childrenOf(b, daemon) {
			_, resident := used(b, child)
			children += resident
		}
		b.ReportMetric(float64(children)/1024, "MB-children")
		stop(b, c)
	}
}

// sounding starts the server on an empty data directory and returns it, the time
// of its start, and a stream in which there was sound.
func sounding(b *testing.B, settings ...string) (*child, time.Time, io.ReadCloser) {
	b.Helper()
	if _, err := binary(); err != nil { // is compiled once, outside the time that is measured
		b.Fatal(err)
	}
	from := time.Now()
	c := start(b, environment(b.TempDir(), append(settings, "MUSICDB_STREAM_START=play")...), "serve").waitReady()
	r, err := http.NewRequestWithContext(context.WithoutCancel(b.Context()), http.MethodGet, c.page()+"stream", nil)
	if err != nil {
		b.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	for {
		piece := make([]byte, 8000) // 0.2 s
		if _, err := io.ReadFull(response.Body, piece); err != nil {
			b.Fatalf("%v\n%s", err, c.text())
		}
		if loudest(decode(b, "pipe:0", bytes.NewReader(piece))) > 0.02 {
			return c, from, response.Body
		}
	}
}

func stop(b *testing.B, c *child) {
	b.Helper()
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	if code := c.end(); code != 0 {
		b.Errorf("exit code %d\n%s", code, c.text())
	}
}

// used returns the processor time of a process and its resident memory in KB.
func used(b testing.TB, pid int) (cpu time.Duration, resident int) {
	b.Helper()
	self, _ := ffmpegtest.Spent(b, pid)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rss, found := strings.Cut(string(status), "VmRSS:")
	if _, err := fmt.Sscan(rss, &resident); !found || err != nil {
		b.Fatalf("no resident memory in %q: %v", status, err)
	}
	return self.Sum(), resident
}

// childrenOf lists the processes that a process has started, on all its threads.
func childrenOf(b *testing.B, pid int) (children []int) {
	b.Helper()
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, thread := range threads {
		list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		if err != nil {
			continue // the thread has ended
		}
		for field := range strings.FieldsSeq(string(list)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				b.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return children
}
