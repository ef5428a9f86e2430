package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	le "encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"musicdb/server/client"
)

// TestFirstSound does what a new user does: start the server with nothing
// configured, look at the music, choose a song, listen. What was heard must be
// that song. Then the process is killed, and the next one goes on with the same
// queue and the same song.
func TestFirstSound(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	data := t.TempDir()
	c := start(t, environment(data, "MUSICDB_STREAM_START=play"), "serve").waitReady()
	user := c.connect(ctx)

	chosen := c.songs(ctx, user, 12)["Cartridge Garden"]
	if chosen.ID == 0 {
		t.Fatal("the demo library has no such song")
	}
	if err := user.Call("AddSongToQueue", map[string]any{"songid": chosen.ID, "position": "next"}); err != nil {
		t.Fatal(err)
	}
	for current := c.current(ctx, user); current != chosen.ID; current = c.current(ctx, user) {
		if err := user.Call("PlayNextSong", nil); err != nil {
			t.Fatal(err)
		}
		waitFor(ctx, t, user, "onSongChanged")
	}

	const seconds = 8
	sound := c.record(ctx, "Pixel Orchard – Cartridge Garden", seconds)
	heard := decode(t, "pipe:0", bytes.NewReader(sound))
	if got := float64(len(heard)) / sampleRate; math.Abs(got-seconds) > 0.1 {
		t.Errorf("%d bytes of the stream decode to %.2f s, want %d s", len(sound), got, seconds)
	}
	music := filepath.Join(data, "demo")
	if likeness := similarity(heard, decode(t, filepath.Join(music, chosen.Path), nil)); likeness < 0.9 {
		t.Errorf("what was heard resembles the song by %.2f only", likeness)
	} else {
		t.Logf("what was heard resembles the song by %.3f", likeness)
	}
	other := c.songs(ctx, user, 12)["Tide Tables"]
	if likeness := similarity(heard, decode(t, filepath.Join(music, other.Path), nil)); likeness > 0.5 {
		t.Errorf("what was heard resembles another song by %.2f, so the comparison proves nothing", likeness)
	}

	if err := user.Call("AddSongToQueue", map[string]any{"songid": other.ID, "position": "last"}); err != nil {
		t.Fatal(err)
	}
	before := entries(ctx, t, user)
	if err := c.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-c.closed

	again := start(t, environment(data), "serve").waitReady()
	user = again.connect(ctx)
	after := entries(ctx, t, user)
	if fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the queue was %v and is %v after the kill", before, after)
	}
	if current := again.current(ctx, user); current != chosen.ID {
		t.Errorf("song %d is current after the kill, want %d", current, chosen.ID)
	}
	again.record(ctx, "Pixel Orchard – Cartridge Garden", 1)
}

// song is what the tests read of a song.
type song struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Path string `json:"path"`
}

// connect opens a websocket with the key of the data directory.
func (c *child) connect(ctx context.Context) *client.Client {
	c.t.Helper()
	found := regexp.MustCompile(`websocket=(ws\S+)`).FindStringSubmatch(c.text())
	if found == nil {
		c.t.Fatalf("the log has no address:\n%s", c.text())
	}
	key, err := os.ReadFile(filepath.Join(c.data(), "config", "wsapikey.txt"))
	if err != nil {
		c.t.Fatal(err)
	}
	to, err := client.Dial(ctx, client.Options{URL: found[1], Key: strings.TrimSpace(string(key))})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = to.Close() })
	return to
}

// data is the data directory that the child was given.
func (c *child) data() string {
	for _, setting := range c.cmd.Env {
		if dir, ok := strings.CutPrefix(setting, "MUSICDB_DIRECTORIES_DATA="); ok {
			return dir
		}
	}
	return ""
}

// songs waits until the first scan has found so many songs and returns them by
// name.
func (c *child) songs(ctx context.Context, user *client.Client, atLeast int) map[string]song {
	c.t.Helper()
	for {
		var artists []struct {
			Albums []struct {
				Album struct {
					ID int64 `json:"id"`
				} `json:"album"`
			} `json:"albums"`
		}
		request(ctx, c.t, user, "GetFilteredArtistsWithAlbums", nil, &artists)
		byName := map[string]song{}
		for _, artist := range artists {
			for _, entry := range artist.Albums {
				var album struct {
					CDs [][]struct {
						Song song `json:"song"`
					} `json:"cds"`
				}
				request(ctx, c.t, user, "GetAlbum", map[string]any{"albumid": entry.Album.ID}, &album)
				for _, cd := range album.CDs {
					for _, s := range cd {
						byName[s.Song.Name] = s.Song
					}
				}
			}
		}
		if len(byName) >= atLeast {
			return byName
		}
		waitFor(ctx, c.t, user, "onTimeChanged") // a second has passed
	}
}

// current is the id of the current song, 0 without one.
func (c *child) current(ctx context.Context, user *client.Client) int64 {
	c.t.Helper()
	var state struct {
		Song song `json:"song"`
	}
	request(ctx, c.t, user, "GetAudioStreamState", nil, &state)
	return state.Song.ID
}

// entries lists the queue as "entry id:song id".
func entries(ctx context.Context, t testing.TB, user *client.Client) []string {
	t.Helper()
	var queue []struct {
		EntryID string `json:"entryid"`
		Song    song   `json:"song"`
	}
	request(ctx, t, user, "GetSongQueue", nil, &queue)
	var list []string
	for _, entry := range queue {
		list = append(list, fmt.Sprintf("%s:%d", entry.EntryID, entry.Song.ID))
	}
	return list
}

func request(ctx context.Context, t testing.TB, user *client.Client, function string, arguments, result any) {
	t.Helper()
	answer, err := user.Request(ctx, function, arguments)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer, result); err != nil {
		t.Fatalf("%s answered %s: %v", function, answer, err)
	}
}

// waitFor receives until a notification of that name arrives.
func waitFor(ctx context.Context, t testing.TB, user *client.Client, notification string) {
	t.Helper()
	for {
		p, err := user.Receive(ctx)
		if err != nil {
			t.Fatalf("waiting for %s: %v", notification, err)
		}
		if string(p.Signature) == `"`+notification+`"` {
			return
		}
	}
}

// record listens to /stream until the title in its metadata is the wanted one
// and returns the MP3 frames of so many seconds from there.
func (c *child) record(ctx context.Context, title string, seconds int) []byte {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.page()+"stream", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Icy-MetaData", "1")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()

	const interval, bytesPerSecond = 16_000, 320_000 / 8
	in := bufio.NewReader(response.Body)
	var sound []byte
	for playing := ""; len(sound) < seconds*bytesPerSecond; {
		piece := make([]byte, interval)
		if _, err := io.ReadFull(in, piece); err != nil {
			c.t.Fatalf("the stream ended after the title %q: %v", playing, err)
		}
		if playing == title {
			sound = append(sound, piece...)
		}
		length, err := in.ReadByte()
		if err != nil {
			c.t.Fatal(err)
		}
		block := make([]byte, int(length)*16)
		if _, err := io.ReadFull(in, block); err != nil {
			c.t.Fatal(err)
		}
		if found := regexp.MustCompile(`^StreamTitle='(.*)';`).FindSubmatch(block); found != nil {
			playing = string(found[1])
		}
	}
	return sound[:seconds*bytesPerSecond]
}

// sampleRate of the decoded sounds that are compared: high enough that half a
// sample, by which two recordings of the same sound may lie apart, is little in
// the range of melodies.
const sampleRate = 8000

// decode returns a sound as mono samples, without the heights in which a shift of
// half a sample and the encoder's losses weigh most.
func decode(t testing.TB, input string, from io.Reader) []float64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", input, "-af", "lowpass=f=1000,lowpass=f=1000", "-f", "f32le", "-ac", "1", "-ar", fmt.Sprint(sampleRate), "pipe:1")
	cmd.Stdin = from
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("decoding %s: %v", input, err)
	}
	samples := make([]float64, len(raw)/4)
	for i := range samples {
		samples[i] = float64(math.Float32frombits(le.LittleEndian.Uint32(raw[4*i:])))
	}
	return samples
}

// similarity is the greatest correlation of a part with any place in the whole,
// at most 1. All places are tried coarsely, the most promising ones finely.
func similarity(part, whole []float64) (best float64) {
	const coarse, promising = 8, 20
	part = part[len(part)/4 : len(part)*3/4] // the ends are cut inside a frame
	type place struct {
		at       int
		likeness float64
	}
	var places []place
	coarsePart, coarseWhole := averages(part, coarse), averages(whole, coarse)
	for at := 0; at+len(coarsePart) <= len(coarseWhole); at++ {
		places = append(places, place{at * coarse, correlation(coarsePart, coarseWhole[at:])})
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(b.likeness, a.likeness) })
	for _, p := range places[:min(promising, len(places))] {
		for at := max(0, p.at-coarse); at <= p.at+coarse && at+len(part) <= len(whole); at++ {
			best = max(best, correlation(part, whole[at:]))
		}
	}
	return best
}

// correlation compares a part with the beginning of the whole. It reads what one
// goroutine owns, some hundred million times: with the race detector watching, that
// took most of the time of all tests here.
//
//go:norace
func correlation(part, whole []float64) float64 {
	var product, own, theirs float64
	for i, v := range part {
		product += v * whole[i]
		own += v * v
		theirs += whole[i] * whole[i]
	}
	if own == 0 || theirs == 0 {
		return 0
	}
	return product / math.Sqrt(own*theirs)
}

// averages replaces each n samples by their mean.
func averages(of []float64, n int) []float64 {
	means := make([]float64, len(of)/n)
	for i := range means {
		for _, v := range of[i*n : (i+1)*n] {
			means[i] += v / float64(n)
		}
	}
	return means
}
