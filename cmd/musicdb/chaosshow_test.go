package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/media/icecast/icecasttest"
	"musicdb/server/client"
)

const (
	tones      = 12              // songs in the library, each a tone of its own
	songLength = 2 * time.Second // of each
)

// toneOf is the frequency of a song, in Hz.
func toneOf(song int) float64 { return 600 + 300*float64(song) }

// show is a server that plays songs of a known sound, and everything around it.
type show struct {
	t        *testing.T
	random   *rand.Rand
	data     string
	music    string
	icecast  *icecasttest.Server
	password string

	mu      sync.Mutex // guards child
	child   *child
	servers []*child // all that there were

	user     *client.Client
	toneOf   map[int64]int    // by song id
	idOf     []int64          // by tone
	expected []string         // every entry that ever was in the queue, in order, as "entry id:song id"
	played   int              // entries of expected that are no longer in the queue
	edges    map[edge]uint64  // taken by all servers so far
	all      []machineFigures // as the last server had them
}

type edge struct{ Machine, From, On, To string }

// machineFigures are what /lifecycle/figures says.
type machineFigures struct {
	Name   string
	States []struct {
		Name string
		Now  int64
	}
	Edges []struct {
		From, On, To string
		Count        uint64
	}
}

func (m machineFigures) now(state string) (n int64, ok bool) {
	for _, s := range m.States {
		if s.Name == state {
			return s.Now, true
		}
	}
	return 0, false
}

func newShow(t *testing.T) *show {
	t.Helper()
	s := &show{t: t, random: rand.New(rand.NewPCG(seed(t), 3)), data: t.TempDir(), music: t.TempDir(), //nolint:gosec // to be repeatable
		password: icecasttest.Password, toneOf: map[int64]int{}, idOf: make([]int64, tones), edges: map[edge]uint64{}}
	album := filepath.Join(s.music, "Artist", "2001 - Tones")
	if err := os.MkdirAll(album, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range tones {
		out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i",
			fmt.Sprintf("sine=frequency=%v:sample_rate=44100:duration=%v,volume=12dB", toneOf(i), songLength.Seconds()),
			"-ac", "2", filepath.Join(album, fmt.Sprintf("%02d Tone %02d.flac", i+1, i))).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	s.icecast = icecasttest.Start(t)
	s.startServer("paused")
	for name, one := range s.server().songs(t.Context(), s.user, tones) {
		var tone int
		if _, err := fmt.Sscanf(name, "Tone %d", &tone); err != nil {
			t.Fatalf("a song called %q", name)
		}
		s.idOf[tone], s.toneOf[one.ID] = one.ID, tone
	}
	s.fill()
	for _, entry := range entries(t.Context(), t, s.user) {
		if !slices.Contains(s.expected, entry) { // chosen at random before
			id, _, _ := strings.Cut(entry, ":")
			request(t.Context(), t, s.user, "RemoveSongFromQueue", map[string]any{"entryid": id}, new(any))
		}
	}
	if err := s.server().cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := s.server().end(); code != 0 {
		t.Fatalf("the server ended with %d:\n%s", code, s.server().text())
	}
	s.startServer("resume") // it was paused, so it is
	return s
}

// startServer starts a server on the show's data, and a client of it.
func (s *show) startServer(mode string) {
	s.t.Helper()
	c := start(s.t, environment(s.data, "MUSICDB_DIRECTORIES_MUSIC="+s.music, "MUSICDB_STREAM_START="+mode, "MUSICDB_LOG_LOGLEVEL=INFO",
		fmt.Sprint("MUSICDB_ICECAST_PORT=", s.icecast.Port), "MUSICDB_ICECAST_PASSWORD="+s.password), "serve").waitReady()
	s.mu.Lock()
	s.child = c
	s.mu.Unlock()
	s.servers = append(s.servers, c)
	if s.user != nil {
		_ = s.user.Close()
	}
	s.user = c.connect(s.t.Context())
	request(s.t.Context(), s.t, s.user, "Bounce", nil, new(any)) // who shows the key hears
}

func (s *show) server() *child {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child
}

// fill puts songs into the queue until there are enough, each tone after the one below.
func (s *show) fill() {
	s.t.Helper()
	for i := len(s.expected); len(s.expected)-s.played < 2*tones; i++ {
		if _, err := s.user.Request(s.t.Context(), "AddSongToQueue", map[string]any{"songid": s.idOf[i%tones], "position": "last"}); err != nil {
			s.t.Fatal(err)
		}
		list := entries(s.t.Context(), s.t, s.user)
		s.expected = append(s.expected, list[len(list)-1])
	}
}

// queue compares the queue with what it must be: what was in it, in that order, but for
// those at its head that were played.
func (s *show) queue() {
	s.t.Helper()
	list := entries(s.t.Context(), s.t, s.user)
	at := slices.Index(s.expected, list[0])
	if at < s.played || !slices.Equal(list, s.expected[at:]) {
		s.t.Fatalf("the queue is %q\nbehind %d played entries of %q", list, s.played, s.expected)
	}
	s.played = at
}

// untilChange waits until the next song has begun.
func (s *show) untilChange() {
	s.t.Helper()
	head := entries(s.t.Context(), s.t, s.user)[0]
	for late := time.After(patience); entries(s.t.Context(), s.t, s.user)[0] == head; {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-late:
			s.t.Fatalf("no song follows the one of %s:\n%s", head, s.server().text())
		}
	}
}

// untilCount waits until the play of a song has come into the tracker, which is before
// the queue moves on.
func (s *show) untilCount() {
	s.t.Helper()
	before := len(s.counted())
	for late := time.After(patience); len(s.counted()) == before; {
		select {
		case <-time.After(time.Millisecond):
		case <-late:
			s.t.Fatalf("no song was counted:\n%s", s.server().text())
		}
	}
}

// still ends the playing, so that the queue stays as it is.
func (s *show) still() {
	s.t.Helper()
	s.ask("pause")
	eventually(s.t, "the stream is paused", func() bool {
		var state struct {
			IsPlaying bool `json:"isplaying"`
		}
		request(s.t.Context(), s.t, s.user, "GetAudioStreamState", nil, &state)
		return !state.IsPlaying
	})
}

// ask orders the stream to play or pause.
func (s *show) ask(state string) {
	s.t.Helper()
	if _, err := s.user.Request(s.t.Context(), "SetAudioStreamState", map[string]any{"state": state}); err != nil {
		s.t.Fatal(err)
	}
}

// pause lets time pass: the show goes on meanwhile, which is what is tested.
func (s *show) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.t.Context().Done():
	}
}

// upTo is a random time.
func (s *show) upTo(d time.Duration) time.Duration { return time.Duration(s.random.Int64N(int64(d))) }

// figures are those of all machines of the server.
func (s *show) figures() (list []machineFigures) {
	s.t.Helper()
	response, err := http.Get(s.server().page() + "lifecycle/figures") //nolint:noctx // a child of this test
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Machines []machineFigures }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		s.t.Fatal(err)
	}
	return answer.Machines
}

func (s *show) machine(name string) machineFigures {
	s.t.Helper()
	for _, m := range s.figures() {
		if m.Name == name {
			return m
		}
	}
	s.t.Fatalf("there is no machine %q", name)
	return machineFigures{}
}

// note adds up what the machines of this server have done, before it ends.
func (s *show) note() {
	s.t.Helper()
	s.all = s.figures()
	for _, m := range s.all {
		for _, e := range m.Edges {
			s.edges[edge{m.Name, e.From, e.On, e.To}] += e.Count
		}
	}
}
