//go:build linux

package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"musicdb/media/icecast/icecasttest"
	"musicdb/media/sound"
)

var (
	listenersFlag = flag.Int("listeners", 0, "how many listeners TestListenersBesideIcecast has; 0: 40, and 5,000 with -soak")
	roundsFlag    = flag.Int("rounds", 0, "how often it measures each server; 0: once, and 3 times with -soak")
)

// round is what one server did for its listeners.
type round struct {
	cpu, without float64 // processor time per second, with and without listeners
	share        float64 // of the sound that was heard in time; below 1 where the server, or the machine, was too slow
	memory       int     // bytes of resident memory per listener
	lost, late   int
	margin       time.Duration
}

// cost is the processor time that it takes to send each listener a second of sound.
func (r round) cost(n int) float64 { return (r.cpu - r.without) / (r.share * float64(n)) }

// A stream's listeners, in any number, hear it without a gap, and cost no more than those
// of an Icecast that sends the same. With -soak the figures are kept:
//
//	go test -count=1 -timeout 20m -run ListenersBesideIcecast -v ./cmd/musicdb -soak
func TestListenersBesideIcecast(t *testing.T) {
	n, rounds, settle, span := 40, 1, 500*time.Millisecond, 1500*time.Millisecond
	if *soak {
		n, rounds, settle, span = 5_000, 3, 10*time.Second, 20*time.Second
	}
	n, rounds = cmp.Or(*listenersFlag, n), cmp.Or(*roundsFlag, rounds)
	var text strings.Builder
	fmt.Fprintf(&text, "%d listeners of an MP3 stream of 320 kbit/s, %d rounds of %v, the servers in turn. Processor time is that of the\n"+
		"server's process, user and system; for musicdb without its ffmpeg, for icecast without its source. A player begins\n"+
		"with the first byte: late is who had less than it has played, once; margin is the least that anyone had beyond.\n"+
		"Heard is how much of the sound has arrived: below 100 %% the machine had no more time for the server.\n\n", n, rounds, span)
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&text, "Load of the machine before: %s\n", load)
	fmt.Fprintf(&text, "%-8s %10s %14s %8s %16s %12s %6s %6s %8s\n", "server", "cpu", "without", "heard", "per listener", "memory each", "lost", "late", "margin")
	seen := map[string][]round{}
	for range rounds {
		for _, server := range []struct {
			name string
			run  func(*testing.T, int, time.Duration, time.Duration) round
		}{{"musicdb", listenToMusicdb}, {"icecast", listenToIcecast}} {
			t.Run(server.name, func(t *testing.T) {
				r := server.run(t, n, settle, span)
				seen[server.name] = append(seen[server.name], r)
				line := fmt.Sprintf("%-8s %8.2f %% %12.2f %% %6.1f %% %14.5f %% %10d B %6d %6d %7.2fs\n", server.name,
					100*r.cpu, 100*r.without, 100*r.share, 100*r.cost(n), r.memory, r.lost, r.late, r.margin.Seconds())
				t.Log(line)
				text.WriteString(line)
				if server.name == "musicdb" && (r.lost > 0 || *soak && r.late > 0) { // late is also who listens on a machine that stood still
					t.Errorf("of %d listeners %d were lost and %d had a gap", n, r.lost, r.late)
				}
			})
		}
	}
	ours, theirs := cheapest(seen["musicdb"]), cheapest(seen["icecast"])
	memory := slices.MinFunc(seen["musicdb"], byMemory).memory
	ratio := ours.cpu / ours.share / (theirs.cpu / theirs.share)
	fmt.Fprintf(&text, "\nThe best rounds: %.3f of icecast's processor time for the same sound; each listener %.5f %% of a processor (at most 0.02), %d bytes (at most 4,096)\n",
		ratio, 100*ours.cost(n), memory)
	report(t, "listeners", text.String())
	if !*soak { // a few listeners for a moment tell that everything is measured, no more
		return
	}
	if ratio > 1 {
		t.Errorf("musicdb takes %.2f times the processor time of icecast", ratio)
	}
	if each := 100 * ours.cost(n); each > 0.02 {
		t.Errorf("each listener costs %.5f %% of a processor", each)
	}
	if memory > 4096 {
		t.Errorf("each listener costs %d bytes", memory)
	}
}

// cheapest is the round in which the sound took the least processor time.
func cheapest(rounds []round) round {
	return slices.MinFunc(rounds, func(a, b round) int { return cmp.Compare(a.cpu/a.share, b.cpu/b.share) })
}

func byMemory(a, b round) int { return cmp.Compare(a.memory, b.memory) }

func listenToMusicdb(t *testing.T, n int, settle, span time.Duration) round {
	c := start(t, environment(t.TempDir(), "MUSICDB_STREAM_START=play", "MUSICDB_HTTP_TLS=off", "MUSICDB_STREAM_LOUDNESS=off", "MUSICDB_LIMITS_CONNECTIONS=1000"), "serve").waitReady()
	at, err := url.Parse(c.page())
	if err != nil {
		t.Fatal(err)
	}
	return attend(t, c.cmd.Process.Pid, at.Host, n, settle, span, func() {
		if counted := metric(t, c, "musicdb_stream_listeners"); counted != float64(n) {
			t.Errorf("the metrics count %v listeners, there are %d", counted, n)
		}
		hearUnbroken(t, "http://"+at.Host+"/stream", 120_000)
	})
}

// hearUnbroken reads some of an MP3 stream, which must be frame behind frame.
func hearUnbroken(t *testing.T, stream string, bytes int) {
	t.Helper()
	answer, err := (&http.Client{Timeout: patience}).Get(stream)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	heard := make([]byte, bytes)
	if n, err := io.ReadFull(answer.Body, heard); err != nil {
		t.Fatalf("%v after %d bytes", err, n)
	}
	var split sound.Splitter
	whole := 0
	split.Write(heard, func(_ sound.Header, frame []byte) { whole += len(frame) })
	if split.Skipped() > 0 || whole+split.Pending() != bytes || split.Pending() > 2000 {
		t.Errorf("of %d bytes %d are in whole frames, %d in none, %d wait", bytes, whole, split.Skipped(), split.Pending())
	}
}

func listenToIcecast(t *testing.T, n int, settle, span time.Duration) round {
	i := icecasttest.Start(t)
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(int(i.Port)))
	feedTone(t, addr)
	return attend(t, i.PID(), addr, n, settle, span, func() {})
}

// attend lets listeners come and measures what they cost the server. check is called
// while they are there.
func attend(t *testing.T, pid int, addr string, n int, settle, span time.Duration, check func()) (r round) {
	t.Helper()
	warm := joinStream(t, addr, "/stream", 1, 320_000) // what is made once is made
	<-time.After(settle)
	warm.close()
	r.without, _, _ = over(t, pid, span/2)
	_, before := used(t, pid)
	a := joinStream(t, addr, "/stream", n, 320_000)
	<-time.After(settle)
	first, _, _, _ := a.heardSoFar()
	var after int
	var passed time.Duration
	r.cpu, after, passed = over(t, pid, span)
	last, lost, late, margin := a.heardSoFar()
	for began := time.Now(); last == first && time.Since(began) < patience; passed += seatTime { // the machine stood still
		<-time.After(seatTime)
		last, lost, late, margin = a.heardSoFar()
	}
	r.memory = (after - before) * 1024 / n
	r.lost, r.late, r.margin = lost, late, margin
	if r.share = float64(last-first) / (float64(n) * 40_000 * passed.Seconds()); r.share <= 0 {
		t.Fatal("nothing was heard")
	}
	check()
	a.close()
	return r
}

// over is what a process uses of a processor in a span of time, and what it has of memory
// behind it.
func over(t *testing.T, pid int, span time.Duration) (cpu float64, resident int, passed time.Duration) {
	t.Helper()
	before, _ := used(t, pid)
	began := time.Now()
	<-time.After(span)
	after, resident := used(t, pid)
	passed = time.Since(began)
	return (after - before).Seconds() / passed.Seconds(), resident, passed
}
