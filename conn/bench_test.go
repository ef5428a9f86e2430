package conn

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// plain serves without the observer, which would be measured as well.
func plain(b *testing.B, h Handler) (*Engine, string) {
	b.Helper()
	return plainWith(b, Options{Handler: h})
}

func plainWith(b *testing.B, o Options) (*Engine, string) {
	b.Helper()
	e, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	l := listen(b)
	served := make(chan error, 1)
	go func() { served <- e.Serve(l) }()
	b.Cleanup(func() {
		e.Shutdown(b.Context(), "")
		if err := <-served; err != nil {
			b.Error(err)
		}
	})
	return e, l.Addr().String()
}

func BenchmarkEcho(b *testing.B) {
	for _, size := range []int{32, 512, 16 << 10} {
		for _, flight := range []int{1, 8} {
			b.Run(fmt.Sprintf("bytes=%d;inflight=%d", size, flight), func(b *testing.B) {
				_, addr := plain(b, funcs{})
				c := open(b, addr)
				defer c.Close()
				c.SetDeadline(time.Time{})
				payload := strings.Repeat("e", size)
				request := []byte(strings.Repeat(string(text(payload)), flight))
				reply := make([]byte, flight*encodeFrame(ws.OpText, []byte(payload)).size())
				b.SetBytes(int64(size * flight))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.Write(request); err != nil {
						b.Fatal(err)
					}
					if _, err := io.ReadFull(c.r, reply); err != nil {
						b.Fatal(err)
					}
				}
				if !strings.HasSuffix(string(reply), payload) {
					b.Fatalf("echo is %.40q", reply)
				}
			})
		}
	}
}

func BenchmarkBroadcast(b *testing.B) {
	for _, clients := range []int{10, 1000} {
		b.Run(fmt.Sprintf("bytes=512;clients=%d", clients), func(b *testing.B) {
			e, addr := plain(b, funcs{})
			all := make([]*client, clients)
			for i := range all {
				all[i] = open(b, addr)
				all[i].SetDeadline(time.Time{})
				defer all[i].Close()
			}
			for e.Hub().Len() < clients {
				runtime.Gosched()
			}
			payload := []byte(strings.Repeat("b", 512))
			size := encodeFrame(ws.OpText, payload).size()
			received := make(chan error)
			var readers sync.WaitGroup
			for _, c := range all {
				readers.Go(func() {
					frame := make([]byte, size)
					for {
						if _, err := io.ReadFull(c.r, frame); err != nil {
							return
						}
						received <- nil
					}
				})
			}
			b.ReportAllocs()
			for b.Loop() {
				if n := e.Hub().Broadcast(payload); n != clients {
					b.Fatalf("%d of %d reached", n, clients)
				}
				for range clients {
					<-received
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*clients), "ns/delivery")
			for _, c := range all {
				c.Close()
			}
			readers.Wait()
		})
	}
}

func BenchmarkHandshake(b *testing.B) {
	_, addr := plain(b, funcs{})
	b.ReportAllocs()
	for b.Loop() {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		c.Write([]byte(openingRequest))
		head := make([]byte, 12)
		if _, err := io.ReadFull(c, head); err != nil || string(head) != "HTTP/1.1 101" {
			b.Fatalf("%q, %v", head, err)
		}
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// BenchmarkIdle reports what an idle connection costs in the memory of the server:
// the clients are connected and have sent their handshakes before it begins.
func BenchmarkIdle(b *testing.B) {
	const clients = 2000
	for b.Loop() {
		b.StopTimer()
		l := listen(b)
		conns := make([]net.Conn, clients)
		for i := range conns {
			nc, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			nc.Write([]byte(openingRequest))
			conns[i] = nc
		}
		e, err := New(Options{Handler: funcs{}})
		if err != nil {
			b.Fatal(err)
		}
		before := inUse()
		b.StartTimer()
		served := make(chan error, 1)
		go func() { served <- e.Serve(l) }()
		for _, nc := range conns {
			if _, err := io.ReadFull(nc, make([]byte, 12)); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		b.ReportMetric(float64(inUse()-before)/clients, "B/conn")
		if n := e.Hub().Len(); n != clients {
			b.Fatalf("%d connections", n)
		}
		for _, nc := range conns {
			nc.Close()
		}
		if err := e.Shutdown(b.Context(), ""); err != nil {
			b.Fatal(err)
		}
		if err := <-served; err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// inUse is the memory of heap objects and stacks, in bytes.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
