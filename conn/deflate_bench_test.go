package conn

import (
	"fmt"
	"io"
	"sync"
	"testing"
	"time"
)

// BenchmarkCompressedBroadcast is a broadcast to clients of two windows, and to the same
// without compression.
func BenchmarkCompressedBroadcast(b *testing.B) {
	for _, clients := range []int{10, 1000} {
		for _, deflate := range []bool{false, true} {
			b.Run(fmt.Sprintf("bytes=4096;clients=%d;deflate=%v", clients, deflate), func(b *testing.B) {
				e, addr := plainWith(b, Options{Handler: funcs{}, Deflate: Deflate{Enabled: deflate}})
				payload := []byte(jsonOf(4096))
				all, sizes := make([]*client, clients), make([]int, clients)
				for i := range all {
					if deflate {
						all[i] = openDeflate(b, addr, uint8(12+3*(i%2)))
					} else {
						all[i] = open(b, addr)
					}
					all[i].SetDeadline(time.Time{})
				}
				f := e.deflater.encode(Parts{Head: payload})
				for i := range sizes {
					if sizes[i] = f.size(); deflate {
						sizes[i] = f.to(extension{uint8(12 + 3*(i%2))}).size()
					}
				}
				received := make(chan error)
				var readers sync.WaitGroup
				for i, c := range all {
					readers.Go(func() {
						frame := make([]byte, sizes[i])
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
				b.ReportMetric(float64(sizes[0]), "B/delivery")
				for _, c := range all {
					c.Close()
				}
				readers.Wait()
			})
		}
	}
}

// BenchmarkCompressedEcho is BenchmarkEcho with a client that compresses, too.
func BenchmarkCompressedEcho(b *testing.B) {
	for _, size := range []int{512, 4096} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			_, addr := plainWith(b, Options{Handler: funcs{}, Deflate: Deflate{Enabled: true}})
			c := openDeflate(b, addr, 15)
			defer c.Close()
			c.SetDeadline(time.Time{})
			request := raw(0xC1, packed(jsonOf(size)))
			c.send(request)
			if got, compressed := c.inflated(15); got != jsonOf(size) || !compressed {
				b.Fatalf("echo is %.40q", got)
			}
			d := newDeflater(Deflate{Enabled: true, Level: DefaultDeflateLevel})
			reply := make([]byte, d.pack(Parts{Head: []byte(jsonOf(size))}, 15).size())
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				c.send(request)
				if _, err := io.ReadFull(c.r, reply); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
