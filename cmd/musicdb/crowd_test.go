package main

import (
	"bufio"
	"bytes"
	be "encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/media/demo"
	"musicdb/media/library"
	"musicdb/server/client"
	"musicdb/server/wire"
)

var (
	soak     = flag.Bool("soak", false, "run the long versions of the tests that have one, and write their reports")
	seedFlag = flag.Uint64("seed", 0, "seed of what is random in the tests; 0 chooses one")
)

// seed is the seed of a run, which its log tells.
func seed(t testing.TB) uint64 {
	t.Helper()
	s := *seedFlag
	if s == 0 {
		s = rand.Uint64() //nolint:gosec // not a secret
	}
	t.Logf("to repeat: -seed=%d", s)
	return s
}

// crowd is how many want how much how slowly.
type crowd struct {
	clients int
	songs   int
	rate    int // bytes per second and client
}

// Many clients fetch the list of a large library at once and read it slowly. All must
// get all of it, byte by byte, while the stream goes on without a gap, and the memory
// must return to its level.
func TestACrowdOfSlowReadersIsServed(t *testing.T) {
	size := crowd{clients: 60, songs: 8_000, rate: 200_000}
	if *soak {
		size = crowd{clients: 1_000, songs: 100_000, rate: 1_000_000}
	} else {
		t.Parallel()
	}
	c := playingLibrary(t, size.songs, seed(t))
	list := wholeList(t, c)
	listener := listen(t, c)
	starved, silent := metric(t, c, starvedMetric), metric(t, c, silentMetric)
	readers := make([]*slowReader, size.clients)
	for i := range readers {
		readers[i] = &slowReader{to: c.connect(t.Context()), rate: size.rate, list: list}
	}
	usedBefore, level := used(t, c.cmd.Process.Pid)

	var all sync.WaitGroup
	began := time.Now()
	for _, r := range readers {
		all.Go(r.run)
	}
	all.Wait()
	took := time.Since(began)

	heartbeats := 0
	for i, r := range readers {
		if r.failed != nil {
			t.Errorf("client %d: %v", i, r.failed)
		}
		heartbeats += r.others
	}
	if heartbeats < size.clients {
		t.Errorf("only %d notifications came", heartbeats)
	}
	heard := listener.heard(t)
	if heard.least < 0 || heard.sound < took {
		t.Errorf("in %v the stream brought %v of sound; at the worst moment, after %v, it was late by %v", took, heard.sound, heard.worst, -heard.least)
	}
	if n := metric(t, c, starvedMetric) - starved; n > 0 {
		t.Errorf("the stream had to do without its song for %v s", n)
	}
	if n := metric(t, c, silentMetric) - silent; n > 0 {
		t.Errorf("the stream sent %v frames of silence", n)
	}
	usedAfter, _ := used(t, c.cmd.Process.Pid)
	peak := peakMemory(t, c.cmd.Process.Pid)
	for _, r := range readers {
		_ = r.to.Close()
	}
	const tolerance = 24 << 10 // KB
	after, settled := settle(t, c.cmd.Process.Pid, level+tolerance)
	if after > level+tolerance {
		t.Errorf("resident memory was %d KB, and is %d KB %v after the last answer", level, after, settled)
	}
	report(t, "crowd", fmt.Sprintf(`%d clients fetched a list of %d bytes (%d songs) at once and read it at %d bytes/s each.
served        %d, every byte compared
took          %.1f s (at that rate a client alone needs %.1f s)
sent          %.0f MB/s
server CPU    %.2f s in all, %.1f ms per answer, stream and children not counted
stream        %.1f s of sound; ahead of the clock by at least %.2f s; starved 0 s; silent frames 0
resident      before %d MB, peak %d MB, %d MB %.0f s after the last answer
`, size.clients, len(list), size.songs, size.rate, size.clients, took.Seconds(), float64(len(list))/float64(size.rate),
		float64(size.clients*len(list))/took.Seconds()/1e6,
		(usedAfter-usedBefore).Seconds(), float64((usedAfter-usedBefore).Microseconds())/1e3/float64(size.clients),
		heard.sound.Seconds(), heard.least.Seconds(), level>>10, peak>>10, after>>10, settled.Seconds()))
}

const (
	starvedMetric = "musicdb_stream_starved_seconds_total"
	silentMetric  = `musicdb_stream_frames_total{kind="silence"}`
)

// slowReader asks for the list and reads it at a rate.
type slowReader struct {
	to     *client.Client
	rate   int
	list   []byte // that the answer must hold
	others int    // messages that were not the answer
	failed error
}

// run asks for the list and then for an echo: the connection must still live, and what
// was notified meanwhile must have come.
func (r *slowReader) run() {
	ask := func(function string) error {
		return r.to.Send(wire.Request{Method: wire.Ask, Function: function, Signature: json.RawMessage(`"please"`)})
	}
	if r.failed = ask("GetFilteredArtistsWithAlbums"); r.failed != nil {
		return
	}
	in := bufio.NewReaderSize(paced(r.to, r.rate), 1<<15)
	want := append(slices.Clip(r.list), `,"pass":null}`...)
	for lists := 0; ; {
		size, err := frameSize(in)
		switch {
		case err != nil:
			r.failed = err
			return
		case size >= len(want):
			lists++
			r.failed = errors.Join(compare(in, size, want), ask("Bounce"))
		default:
			var message []byte
			if message, r.failed = in.Peek(size); bytes.Contains(message, []byte(`"Bounce"`)) {
				if lists != 1 {
					r.failed = fmt.Errorf("%d lists came before the echo", lists)
				}
				return
			}
			r.others++
			_, err := in.Discard(size)
			r.failed = errors.Join(r.failed, err)
		}
		if r.failed != nil {
			return
		}
	}
}

// compare reads a message that must end with want, a piece at a time: a crowd has no
// memory for a list each.
func compare(in *bufio.Reader, size int, want []byte) error {
	if _, err := in.Discard(size - len(want)); err != nil {
		return err
	}
	for len(want) > 0 {
		piece, err := in.Peek(min(in.Size(), len(want)))
		if err != nil {
			return err
		}
		if !bytes.Equal(piece, want[:len(piece)]) {
			return fmt.Errorf("the list differs %d bytes before its end", len(want))
		}
		want = want[len(piece):]
		if _, err := in.Discard(len(piece)); err != nil {
			return err
		}
	}
	return nil
}

// frameSize reads the header of a server's frame.
func frameSize(in *bufio.Reader) (int, error) {
	header, err := in.Peek(2)
	if err != nil {
		return 0, err
	}
	if header[0] != 0x81 {
		return 0, fmt.Errorf("a frame begins with %x, no whole text", header[0])
	}
	size, used := int(header[1]), 2
	switch size {
	case 126:
		if header, err = in.Peek(4); err == nil {
			size, used = int(be.BigEndian.Uint16(header[2:])), 4
		}
	case 127:
		if header, err = in.Peek(10); err == nil {
			size, used = int(be.BigEndian.Uint64(header[2:])), 10
		}
	}
	if err == nil {
		_, err = in.Discard(used)
	}
	return size, err
}

// pacedReader lets so many bytes pass per tick.
type pacedReader struct {
	from      io.Reader
	tick      *time.Ticker
	per, left int
}

const ticksPerSecond = 10

func paced(from io.Reader, rate int) *pacedReader {
	return &pacedReader{from: from, tick: time.NewTicker(time.Second / ticksPerSecond), per: rate / ticksPerSecond}
}

func (p *pacedReader) Read(to []byte) (int, error) {
	if p.left == 0 {
		<-p.tick.C
		p.left = p.per
	}
	n, err := p.from.Read(to[:min(len(to), p.left)])
	p.left -= n
	if err != nil {
		p.tick.Stop()
	}
	return n, err
}

// playingLibrary starts a server on a large library with some songs that can be
// played, and plays those.
func playingLibrary(t testing.TB, songs int, seed uint64) *child {
	t.Helper()
	data, music := t.TempDir(), t.TempDir()
	if err := demo.Unpack(music); err != nil {
		t.Fatal(err)
	}
	makeLibrary(t, data, songs, seed)
	album := library.NewAlbum{ArtistName: "Demo", ArtistPath: "Demo", Name: "Demo", Path: "Demo/2020 - Demo"}
	for _, piece := range demo.Pieces() {
		album.Songs = append(album.Songs, library.NewSong{Name: piece.Title, Path: piece.Path(), Playtime: 50, CD: 1})
	}
	l, err := library.Open(t.Context(), library.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	entered, err := l.AddAlbum(t.Context(), album)
	if err = errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	c := start(t, environment(data, "MUSICDB_DIRECTORIES_MUSIC="+music, "MUSICDB_MUSIC_AUTOIMPORT=off", "MUSICDB_STREAM_START=paused"), "serve").waitReady()
	user := c.connect(t.Context())
	for range 3 { // enough for some minutes
		if err := user.Call("AddAlbumToQueue", map[string]any{"albumid": entered.ID, "position": "last"}); err != nil {
			t.Fatal(err)
		}
	}
	demoSongs := map[int64]bool{}
	var info struct {
		CDs [][]struct {
			Song song `json:"song"`
		} `json:"cds"`
	}
	request(t.Context(), t, user, "GetAlbum", map[string]any{"albumid": entered.ID}, &info)
	for _, s := range info.CDs[0] {
		demoSongs[s.Song.ID] = true
	}
	for !demoSongs[c.current(t.Context(), user)] {
		if err := user.Call("PlayNextSong", nil); err != nil {
			t.Fatal(err)
		}
		waitFor(t.Context(), t, user, "onSongChanged")
	}
	if err := user.Call("SetAudioStreamState", map[string]any{"state": "play"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t.Context(), t, user, "onStatusChanged")
	for seconds := 0.0; seconds == 0; { // it is heard
		p, err := user.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if string(p.Signature) == `"onTimeChanged"` {
			_ = json.Unmarshal(p.Arguments, &seconds)
		}
	}
	return c
}

// wholeList is the list that all clients want.
func wholeList(t testing.TB, c *child) []byte {
	t.Helper()
	list, err := c.connect(t.Context()).Request(t.Context(), "GetFilteredArtistsWithAlbums", nil)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// peakMemory is the most that was resident, in KB.
func peakMemory(t testing.TB, pid int) (peak int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(text, &peak); err != nil {
		t.Fatal(err)
	}
	return peak
}

// settle waits until a process has at most so many KB resident, for some minutes at
// most: a garbage collector takes its time.
func settle(t testing.TB, pid, limit int) (resident int, took time.Duration) {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		_, resident = used(t, pid)
		if took = time.Since(began); resident <= limit || took > 4*time.Minute {
			return resident, took
		}
		<-tick.C
	}
}

// report tells what was measured, and keeps it in the repository if that was asked for.
func report(t testing.TB, name, text string) {
	t.Helper()
	t.Log("\n" + text)
	if !*soak || t.Failed() {
		return
	}
	file := filepath.Join("testdata", "reports", name+".txt")
	head := fmt.Sprintf("%s, %d processors, %s\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), runtime.Version())
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(head+text), 0o644)); err != nil {
		t.Error(err)
	}
}
