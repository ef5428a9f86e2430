package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/server/client"
)

// BenchmarkBigLibrary starts the binary on a library of 100,000 songs and asks it for
// what clients ask for; the answers are checked. server-cpu-ms/op is the processor time
// of the daemon, its idle work included; median-ms is the time until the client has
// taken the answer apart.
func BenchmarkBigLibrary(b *testing.B) {
	data := b.TempDir()
	in := makeLibrary(b, data, 100_000, 1)
	stop(b, startOn(b, data)) // what only a first start does
	b.Run("start", func(b *testing.B) { benchmarkStart(b, data, in) })
	b.Run("requests", func(b *testing.B) { benchmarkRequests(b, data, in) })
	b.Run("sessions=1000", func(b *testing.B) { benchmarkSessions(b, data, in) })
}

func benchmarkRequests(b *testing.B, data string, in entered) {
	c := startOn(b, data)
	defer stop(b, c)
	user := c.connect(b.Context())
	pid := c.cmd.Process.Pid
	genre := func(on bool) {
		if err := user.Call("SetMDBState", map[string]any{"category": "GenreFilter", "name": in.genre, "value": on}); err != nil {
			b.Fatal(err)
		}
	}
	full := func(answer json.RawMessage) bool {
		return len(answer) > 6_000_000 && bytes.Count(answer, []byte(`{"album":{"id":`)) == in.albums
	}
	for _, request := range []struct {
		name, function string
		arguments      func(i int) any
		prepare        func(i int)
		right          func(json.RawMessage) bool
	}{
		{"Bounce", "Bounce", func(int) any { return "small" }, nil, func(a json.RawMessage) bool { return string(a) == `"small"` }},
		{"GetAlbum", "GetAlbum", func(i int) any { return map[string]int{"albumid": 1 + i*37%in.albums} }, nil,
			func(a json.RawMessage) bool { return bytes.Contains(a, []byte(`"cds":[[{"song":{"id":`)) }},
		{"Find;term=good", "Find", func(int) any { return map[string]any{"searchstring": in.term, "limit": 5} }, nil,
			func(a json.RawMessage) bool { return bytes.Contains(a, []byte(`"name":"`+in.term+`"`)) }},
		{"Find;term=two-errors", "Find", func(int) any { return map[string]any{"searchstring": in.typos, "limit": 5} }, nil,
			func(a json.RawMessage) bool { return bytes.Contains(a, []byte(`"songs":[{"artist":`)) }},
		{"GetFilteredArtistsWithAlbums;library=unchanged", "GetFilteredArtistsWithAlbums", nil, nil, full},
		{"GetFilteredArtistsWithAlbums;library=changed", "GetFilteredArtistsWithAlbums", nil, func(i int) {
			if err := user.Call("SetAlbumOrigin", map[string]any{"albumid": 1 + i*37%in.albums, "origin": fmt.Sprint("origin ", i)}); err != nil {
				b.Fatal(err)
			}
		}, full},
		{"GetFilteredArtistsWithAlbums;genres=1", "GetFilteredArtistsWithAlbums", nil, func(i int) {
			if i == 0 {
				genre(true)
			}
		}, func(a json.RawMessage) bool { return bytes.Contains(a, []byte(in.genre)) && len(a) < 3_000_000 }},
	} {
		b.Run(request.name, func(b *testing.B) {
			arguments := func(int) any { return nil }
			if request.arguments != nil {
				arguments = request.arguments
			}
			var times []time.Duration
			size := 0
			before, _ := used(b, pid)
			for i := 0; b.Loop(); i++ {
				if request.prepare != nil {
					request.prepare(i)
				}
				began := time.Now()
				answer, err := user.Request(b.Context(), request.function, arguments(i))
				times = append(times, time.Since(began))
				if err != nil || !request.right(answer) {
					b.Fatalf("%.200s, %v", answer, err)
				}
				size = len(answer)
			}
			after, resident := used(b, pid)
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds())/1e3, "median-ms")
			b.ReportMetric((after-before).Seconds()*1e3/float64(b.N), "server-cpu-ms/op")
			b.ReportMetric(float64(resident)/1024, "MB-resident")
			b.ReportMetric(float64(size), "B-answer")
		})
	}
	genre(false)
	b.Run("memory", func(b *testing.B) {
		for b.Loop() { // nothing is repeated: what matters is what is there now
		}
		_, resident := used(b, pid)
		b.ReportMetric(float64(resident)/1024, "MB-resident")
		b.ReportMetric(float64(peakMemory(b, pid))/1024, "MB-peak")
	})
}

// benchmarkStart measures the time from the start of the process to its first answer,
// and to that of a search.
func benchmarkStart(b *testing.B, data string, in entered) {
	var first, search time.Duration
	for b.Loop() {
		began := time.Now()
		c := startOn(b, data)
		user := c.connect(b.Context())
		if _, err := user.Request(b.Context(), "Bounce", nil); err != nil {
			b.Fatal(err)
		}
		first += time.Since(began)
		found, err := user.Request(b.Context(), "Find", map[string]any{"searchstring": in.term, "limit": 5})
		if err != nil || !bytes.Contains(found, []byte(in.term)) {
			b.Fatalf("%.200s, %v", found, err)
		}
		search += time.Since(began)
		b.StopTimer()
		_ = user.Close() // a server that stops would wait for its farewell
		stop(b, c)
		b.StartTimer()
	}
	b.ReportMetric(first.Seconds()/float64(b.N), "s/first-answer")
	b.ReportMetric(search.Seconds()/float64(b.N), "s/first-search")
}

// benchmarkSessions has 1,000 connections of which as many as there are processors
// ask at the same time for an album.
func benchmarkSessions(b *testing.B, data string, in entered) {
	const connections = 1000
	c := startOn(b, data)
	users := make(chan *client.Client, connections)
	for range connections {
		users <- c.connect(b.Context())
	}
	before, _ := used(b, c.cmd.Process.Pid)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			user := <-users
			answer, err := user.Request(b.Context(), "GetAlbum", map[string]int{"albumid": 1 + i%in.albums})
			if err != nil || !strings.Contains(string(answer), `"cds":[[`) {
				b.Errorf("%.200s, %v", answer, err)
				return
			}
			users <- user
		}
	})
	b.StopTimer()
	after, resident := used(b, c.cmd.Process.Pid)
	for range connections {
		_ = (<-users).Close()
	}
	stop(b, c)
	b.ReportMetric(float64((after-before).Microseconds())/float64(b.N), "server-cpu-µs/op")
	b.ReportMetric(float64(resident)/1024, "MB-resident")
	b.ReportMetric(float64(runtime.GOMAXPROCS(0)), "in-flight")
}

// startOn starts a server on a data directory whose music does not exist, in silence.
func startOn(b *testing.B, data string) *child {
	b.Helper()
	return start(b, environment(data, "MUSICDB_DIRECTORIES_MUSIC="+b.TempDir(), "MUSICDB_MUSIC_AUTOIMPORT=off", "MUSICDB_STREAM_START=paused"), "serve").waitReady()
}
