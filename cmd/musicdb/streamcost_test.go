package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
)

// costWindow is how long the processor time is measured: more than a song of the
// demo library, so that opening one is part of it.
const costWindow = 30 * time.Second

// BenchmarkStreamCost is what one MP3 stream with one listener takes of one core:
// the daemon, the encoder, the decoders and what hears the stream, with everything
// that the kernel does for them. Loudness is not measured. What the listener got
// is decoded, and must be sound all the time.
func BenchmarkStreamCost(b *testing.B) {
	for b.Loop() {
		streamCost(b, "MUSICDB_STREAM_LOUDNESS=off")
	}
}

func streamCost(b *testing.B, settings ...string) {
	b.Helper()
	c, _, in := sounding(b, settings...)
	defer stop(b, c)
	defer in.Close()
	daemon := c.cmd.Process.Pid
	settle := time.NewTimer(5 * time.Second)
	defer settle.Stop()
	heard := func(until <-chan time.Time) []byte {
		var all bytes.Buffer
		for {
			if _, err := io.CopyN(&all, in, 4000); err != nil { // a tenth of a second
				b.Fatalf("%v\n%s", err, c.text())
			}
			select {
			case <-until:
				return all.Bytes()
			default:
			}
		}
	}
	heard(settle.C)

	before, began := family(b, daemon), time.Now()
	end := time.NewTimer(costWindow)
	defer end.Stop()
	recording := heard(end.C)
	after, passed := family(b, daemon), time.Since(began).Seconds()

	if want := passed * 320_000 / 8; float64(len(recording)) < want*0.97 || float64(len(recording)) > want*1.03 {
		b.Errorf("%d bytes in %.1f s, want %.0f", len(recording), passed, want)
	}
	const second = 44_100 * 2
	for pcm, i := decode(b, "pipe:0", bytes.NewReader(recording)), 0; len(pcm) >= second; pcm, i = pcm[second:], i+1 {
		if loudest(pcm[:second]) < 0.01 {
			b.Errorf("second %d is silent", i)
		}
	}
	core := func(of func(process) time.Duration) float64 {
		var sum time.Duration
		for _, p := range after {
			sum += of(p)
		}
		for _, p := range before {
			sum -= of(p)
		}
		return sum.Seconds() / passed * 100
	}
	b.ReportMetric(core(func(p process) time.Duration { return p.user + p.system }), "%core")
	b.ReportMetric(core(func(p process) time.Duration { return p.system }), "%core-kernel")
	for _, name := range []string{"daemon", "encoder", "ear", "decoder"} {
		rss := 0
		for _, p := range after {
			if p.name == name {
				rss += p.resident
			}
		}
		b.ReportMetric(core(func(p process) time.Duration {
			if p.name != name {
				return 0
			}
			return p.user + p.system
		}), "%core-"+name)
		b.ReportMetric(float64(rss)/1024, "MB-"+name)
	}
	wakes := 0
	for i, of := range [][]process{before, after} {
		for _, p := range of {
			wakes += (2*i - 1) * p.switches
		}
	}
	b.ReportMetric(float64(wakes)/passed, "wakes/s")
}

// process is what one process of the server has used. The daemon's time has that
// of the children which it has waited for, as decoders: no others end.
type process struct {
	name         string
	user, system time.Duration
	resident     int // KB
	switches     int // of their own accord, of all living threads
}

// family is the daemon and its children, as decoders the children that have ended.
func family(b *testing.B, daemon int) []process {
	b.Helper()
	_, ended := ffmpegtest.Spent(b, daemon)
	all := []process{reading(b, daemon, "daemon"), {name: "decoder", user: ended.User, system: ended.System}}
	for _, child := range childrenOf(b, daemon) {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child))
		if err != nil {
			continue // it has just ended
		}
		name := "decoder"
		switch {
		case bytes.Contains(line, []byte("libmp3lame")):
			name = "encoder"
		case bytes.Contains(line, []byte("pipe:0")):
			name = "ear"
		}
		all = append(all, reading(b, child, name))
	}
	return all
}

// reading reads what a process has used.
func reading(b *testing.B, pid int, name string) process {
	b.Helper()
	p := process{name: name}
	_, p.resident = used(b, pid)
	self, _ := ffmpegtest.Spent(b, pid)
	p.user, p.system = self.User, self.System
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, thread := range threads {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/status", pid, thread.Name()))
		if err != nil {
			continue // it has ended
		}
		_, text, _ := strings.Cut(string(status), "\nvoluntary_ctxt_switches:")
		n := 0
		if _, err := fmt.Sscan(text, &n); err != nil {
			b.Fatal(err)
		}
		p.switches += n
	}
	return p
}
