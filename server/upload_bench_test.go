package server_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"musicdb/media/tasks"
	"musicdb/server/wire"
)

// uploader is a client that has its frames ready, so that what it does itself takes
// hardly any time: it uploads a file that consists of a few chunks again and again.
type uploader struct {
	tb     testing.TB
	conn   net.Conn
	id     string
	size   int
	sum    string
	frames [][]byte // of chunks, in the order of the file
	chunks [][]byte
	told   chan string // the state of the task, and of a ChunkRequest that
}

// maskedText is a text message of a client.
func maskedText(message []byte) []byte {
	return ws.MustCompileFrame(ws.MaskFrameInPlace(ws.NewTextFrame(bytes.Clone(message))))
}

func callOf(tb testing.TB, function string, arguments any) []byte {
	tb.Helper()
	raw, err := json.Marshal(arguments)
	if err != nil {
		tb.Fatal(err)
	}
	return maskedText(wire.Request{Method: wire.Call, Function: function, Arguments: raw}.Encode(testKey))
}

// newUploader makes a file of so many bytes out of distinct chunks.
func (d *daemon) newUploader(number, size, distinct int) *uploader {
	d.t.Helper()
	conn, reader, _, err := ws.Dialer{}.Dial(context.Background(), "ws://"+d.WebSocketAddr().String()+"/")
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	u := &uploader{tb: d.t, conn: conn, id: fmt.Sprint("upload", number), size: size, told: make(chan string, 64)}
	key := [32]byte{byte(number)}
	random, sum := rand.NewChaCha8(key), sha1.New()
	for i := range distinct {
		chunk := make([]byte, tasks.ChunkSize)
		random.Read(chunk)
		digits := hex.EncodeToString(chunk)
		if i%2 == 1 {
			digits = strings.ToUpper(digits)
		}
		u.chunks = append(u.chunks, chunk)
		u.frames = append(u.frames, callOf(d.t, "UploadChunk", map[string]string{"taskid": u.id, "chunkdata": digits}))
	}
	u.each(func(part []byte) { sum.Write(part) })
	u.sum = hex.EncodeToString(sum.Sum(nil))
	var from io.Reader = conn
	if reader != nil {
		from = reader
	}
	go u.listen(from)
	return u
}

// each visits the chunks of the file.
func (u *uploader) each(visit func([]byte)) {
	for at := 0; at < u.size; at += tasks.ChunkSize {
		chunk := u.chunks[at/tasks.ChunkSize%len(u.chunks)]
		visit(chunk[:min(len(chunk), u.size-at)])
	}
}

// listen picks what concerns the own task out of what everybody is told.
func (u *uploader) listen(from io.Reader) {
	defer close(u.told)
	mark := []byte(`"taskid":"` + u.id + `"`)
	for {
		header, err := ws.ReadHeader(from)
		if err != nil || header.Length > 1<<20 {
			return
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(from, payload); err != nil {
			return
		}
		if !bytes.Contains(payload, mark) {
			continue
		}
		for _, state := range []string{"waitforchunk", "uploadcomplete", "uploadfailed"} {
			if bytes.Contains(payload, []byte(`"chunksize":409600,"state":"`+state)) {
				u.told <- state
			}
		}
	}
}

func (u *uploader) write(frame []byte) {
	if _, err := u.conn.Write(frame); err != nil {
		u.tb.Fatal(err)
	}
}

// run uploads the file, each chunk when it is asked for.
func (u *uploader) run() {
	u.write(callOf(u.tb, "InitiateUpload", map[string]any{
		"taskid": u.id, "mimetype": "", "contenttype": "albumfile", "filesize": u.size, "checksum": u.sum, "filename": "x.bin",
	}))
	for at := 0; at < u.size; at += tasks.ChunkSize {
		u.expect("waitforchunk")
		if u.size-at < tasks.ChunkSize {
			part := u.chunks[at/tasks.ChunkSize%len(u.chunks)][:u.size-at]
			u.write(callOf(u.tb, "UploadChunk", map[string]string{"taskid": u.id, "chunkdata": hex.EncodeToString(part)}))
		} else {
			u.write(u.frames[at/tasks.ChunkSize%len(u.frames)])
		}
	}
	u.expect("uploadcomplete")
}

func (u *uploader) expect(state string) {
	select {
	case got := <-u.told:
		if got != state {
			u.tb.Errorf("%s is in the state %q, not %q", u.id, got, state)
		}
	case <-time.After(time.Minute):
		u.tb.Errorf("%s does not reach the state %q", u.id, state)
	}
}

// check compares the uploaded file byte by byte.
func (u *uploader) check(dir string) {
	f, err := os.Open(filepath.Join(dir, "uploads", "albumfile-"+u.sum+".bin"))
	if err != nil {
		u.tb.Error(err)
		return
	}
	defer f.Close()
	got := make([]byte, tasks.ChunkSize)
	u.each(func(want []byte) {
		if _, err := io.ReadFull(f, got[:len(want)]); err != nil || !bytes.Equal(got[:len(want)], want) {
			u.tb.Errorf("%s: other bytes were kept, %v", u.id, err)
		}
	})
	if info, err := f.Stat(); err != nil || info.Size() != int64(u.size) {
		u.tb.Errorf("%s: %d bytes were kept, not %d", u.id, info.Size(), u.size)
	}
}

// Each client of twenty gets its own bytes kept, although all send at the same time.
func TestTwentyClientsUploadAtOnce(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	var all sync.WaitGroup
	for i := range 20 {
		u := d.newUploader(i, 2*tasks.ChunkSize+1000*i+1, 2)
		all.Go(func() { u.run(); u.check(d.dir) })
	}
	all.Wait()
}

// BenchmarkUpload uploads files over loopback through the whole server, and reads them
// back. MB/s is content, not the twice as long text of it; what the clients allocate
// counts as well.
func BenchmarkUpload(b *testing.B) {
	for _, clients := range []int{1, 4, 20} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			d := startDaemon(b, daemonOptions{})
			size := 64 << 20 / clients
			var uploaders []*uploader
			for i := range clients {
				uploaders = append(uploaders, d.newUploader(i, size, 4))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			b.SetBytes(int64(size * clients))
			b.ResetTimer()
			spent := time.Duration(0)
			for b.Loop() {
				began := time.Now()
				var all sync.WaitGroup
				for _, u := range uploaders {
					all.Go(u.run)
				}
				all.Wait()
				spent += time.Since(began)
			}
			runtime.ReadMemStats(&after)
			for _, u := range uploaders {
				u.check(d.dir)
			}
			chunks := float64(b.N*clients) * float64((size+tasks.ChunkSize-1)/tasks.ChunkSize)
			b.ReportMetric(float64(size*clients*b.N)/spent.Seconds()/1e6, "content-MB/s")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/chunks, "allocs/chunk")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/chunks, "B/chunk")
			b.ReportMetric(float64(after.Sys-before.Sys)/(1<<20), "MiB-more")
		})
	}
}
