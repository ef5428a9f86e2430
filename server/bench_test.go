package server_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"musicdb/server/client"
)

// serveVariable makes the test binary a server, in a process of its own, so that
// its processor time can be told from the clients'.
const serveVariable = "SERVER_TEST_SERVE"

// serveForBenchmark runs a server until standard input ends. A benchmark lends it
// the testing.TB that its helpers want.
func serveForBenchmark() {
	testing.Init()
	testing.Benchmark(func(b *testing.B) {
		if b.N > 1 {
			return // one run is all that is wanted
		}
		d := startDaemon(b, daemonOptions{})
		fmt.Println(d.WebSocketAddr())
		buffer := make([]byte, 1)
		for {
			n, err := os.Stdin.Read(buffer)
			if n == 0 || err != nil {
				return
			}
			// Asked for the processor time that this process has used so far.
			var usage syscall.Rusage
			if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) == nil {
				fmt.Println(usage.Utime.Nano() + usage.Stime.Nano())
			}
		}
	})
}

// serverProcess starts a server in a process of its own. used is the processor time in
// nanoseconds that it has taken so far.
func serverProcess(b *testing.B) (url string, used func() int64) {
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), serveVariable+"=1")
	server.Stderr = os.Stderr
	in := must(server.StdinPipe())(b)
	out := bufio.NewReader(must(server.StdoutPipe())(b))
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = server.Wait()
	})
	address := strings.TrimSpace(must(out.ReadString('\n'))(b))
	return "ws://" + address + "/", func() (nanoseconds int64) {
		must(in.Write([]byte{'?'}))(b)
		must(fmt.Fscanln(out, &nanoseconds))(b)
		return nanoseconds
	}
}

// BenchmarkVisit is a connection that comes, shows nothing, and goes.
func BenchmarkVisit(b *testing.B) {
	url, used := serverProcess(b)
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	before := used()
	for b.Loop() {
		c, err := client.Dial(ctx, client.Options{URL: url})
		if err != nil {
			b.Fatal(err)
		}
		_ = c.Abort()
	}
	b.ReportMetric(float64(used()-before)/float64(b.N)/1e3, "server-µs/op")
}

// BenchmarkGetSong is a request and its response over loopback with 1,000 open
// connections, of which as many as there are processors ask at the same time.
// server-µs/op is the processor time of the server process, the heartbeat of all
// connections included.
func BenchmarkGetSong(b *testing.B) {
	const connections = 1000
	url, used := serverProcess(b)
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	clients := make([]*client.Client, connections)
	for i := range clients {
		clients[i] = must(client.Dial(ctx, client.Options{URL: url, Key: testKey}))(b)
		defer clients[i].Close()
	}
	workers := runtime.GOMAXPROCS(0)
	per := connections / workers
	var next, failed atomic.Int64
	before := used()
	b.ResetTimer()
	var all sync.WaitGroup
	for w := range workers {
		mine := clients[w*per : (w+1)*per]
		all.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				song := i%100 + 1
				result, err := mine[int(i)%per].Request(ctx, "GetSong", map[string]int64{"songid": song})
				if err != nil || !strings.HasPrefix(string(result), fmt.Sprintf(`{"song":{"id":%d,`, song)) {
					failed.Add(1)
					return
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	if failed.Load() > 0 {
		b.Fatalf("%d workers got a wrong answer", failed.Load())
	}
	b.ReportMetric(float64(used()-before)/float64(b.N)/1e3, "server-µs/op")
}
