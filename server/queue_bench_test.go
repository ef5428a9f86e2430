package server_test

import (
	"bytes"
	"testing"

	"musicdb/media/queue"
)

// BenchmarkGetSongQueue is the queue as a list of 10,000 entries, each with song, album
// and artist: the request, the answer and its reading, over loopback.
func BenchmarkGetSongQueue(b *testing.B) {
	d := startDaemon(b, daemonOptions{})
	songs := make([]int64, 10_000)
	for i := range songs {
		songs[i] = int64(i%100) + 1
	}
	must(d.queue.AddAlbum(songs, queue.Last()))(b)
	c := d.dial()
	b.ReportAllocs()
	for b.Loop() {
		list := must(c.Request(b.Context(), "GetSongQueue", nil))(b)
		if n := bytes.Count(list, []byte(`"entryid"`)); n != len(songs) {
			b.Fatalf("%d entries in %d bytes", n, len(list))
		}
		b.SetBytes(int64(len(list)))
	}
}
