package server_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"musicdb/server"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// FuzzPackets turns bytes into a sequence of packets, good and bad, for functions
// of the dispatch table, sends them to a server on a copy of the installation, and
// checks the invariants. The server lives on for the next input, until too much
// music has been removed.
func FuzzPackets(f *testing.F) {
	f.Add([]byte("RemoveSongEntry"))
	for i := range server.Functions() {
		var seed []byte
		for n := range 6 {
			seed = append(seed, byte(i), byte(n), byte(3*n), byte(5*n+1), byte(7*n+2), byte(i+n))
		}
		f.Add(seed)
	}
	var v victim
	defer v.end()
	f.Fuzz(func(t *testing.T, input []byte) { v.attack(t, input) })
}

// rounds is how many inputs TestRandomPackets makes.
var rounds = flag.Int("rounds", 60, "inputs of TestRandomPackets")

// TestRandomPackets does the same with random bytes. The coverage of a server whose
// goroutines run as they like tells a fuzzer little; the number of packets counts.
func TestRandomPackets(t *testing.T) {
	t.Parallel()
	var v victim
	defer v.end()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range *rounds {
		input := make([]byte, 300)
		for i := range input {
			input[i] = byte(random.Uint32())
		}
		if v.attack(t, input); t.Failed() {
			return
		}
	}
}

// victim is the server that is attacked.
type victim struct {
	daemon  *daemon
	client  *client.Client
	tb      *lasting
	history []string // packets since the start
}

const (
	maxPackets = 24   // of one input
	maxHistory = 4000 // packets before a new start
	minSongs   = 30
)

func (v *victim) attack(t *testing.T, input []byte) {
	if v.daemon == nil {
		v.tb = &lasting{TB: t}
		v.daemon = startDaemon(v.tb, daemonOptions{installed: true, videos: true})
		v.client = v.daemon.dial()
	}
	v.tb.TB = t
	bytes := source(input)
	first := len(v.history)
	for n := 0; len(bytes) > 0 && n < maxPackets; n++ {
		r := v.packet(&bytes)
		v.history = append(v.history, fmt.Sprintf("%s %s %.300s", r.Method, r.Function, r.Arguments))
		if err := v.client.Send(r); err != nil {
			t.Fatalf("%v, after\n%s", err, strings.Join(v.history[first:], "\n"))
		}
	}
	for _, packet := range fence(t, v.client) {
		if err := must(described())(t).check(packetMap(t, packet)); err != nil {
			t.Errorf("not as described: %.300v", err)
		}
	}
	v.daemon.checkInvariants()
	_, _, songs := v.daemon.library.Catalogue().NumberOf()
	switch {
	case t.Failed():
		t.Logf("packets of this input:\n%s\npackets before: %d", strings.Join(v.history[first:], "\n"), first)
		v.end()
	case songs < minSongs || len(v.history) > maxHistory:
		v.end()
	}
}

func (v *victim) end() {
	if v.daemon != nil {
		v.tb.end()
		*v = victim{}
	}
}

// source gives the bytes of an input one by one, then zeros.
type source []byte

func (s *source) next(n int) int {
	if len(*s) == 0 || n == 0 {
		return 0
	}
	b := int((*s)[0])
	*s = (*s)[1:]
	return b % n
}

func (s *source) pick(from []string) string {
	if len(from) == 0 {
		return "null"
	}
	return from[s.next(len(from))]
}

func (v *victim) packet(s *source) wire.Request {
	all := server.Functions()
	f := all[s.next(len(all))]
	method := []wire.Method{wire.Ask, wire.Call, wire.Broadcast}[s.next(3)]
	var members []string
	for _, a := range f.Args {
		var value string
		switch s.next(8) {
		case 0:
			value = s.pick(hostile())
		case 1:
			value = fitting[a.Name]
		default:
			value = s.pick(v.pool(f.Name, a.Name))
		}
		if a.Name != "*" && value != "" {
			members = append(members, fmt.Sprintf("%q:%s", a.Name, value))
		}
	}
	return wire.Request{Method: method, Function: f.Name, Signature: json.RawMessage(`"x"`), Arguments: json.RawMessage("{" + strings.Join(members, ",") + "}")}
}

// words are values that functions know, by the name of the argument.
var words = map[string][]string{
	"statistic": {`"likes"`, `"dislikes"`, `"favorite"`, `"disable"`, `"liverecording"`, `"badaudio"`, `"lastplayed"`, `"lyricsvideo"`},
	"modifier":  {`"inc"`, `"dec"`, `"love"`, `"hate"`, `"none"`, `"yes"`, `"no"`, `"reset"`, `1500000000`},
	"position":  {`"next"`, `"last"`}, "state": {`"play"`, `"pause"`, `"playpause"`}, "hide": {`true`, `false`},
	"colorname": {`"bgcolor"`, `"fgcolor"`, `"hlcolor"`}, "color": {`"#112233"`, `null`, `""`, `"red"`},
	"lyrics": {`"text"`, `""`, `null`}, "lyricsstate": {`0`, `1`, `2`, `3`, `4`, `5`, `"3"`},
	"attribute": {`"name"`, `"parentid"`, `"icontype"`, `"icon"`, `"color"`, `"posx"`, `"posy"`}, "value": {`true`, `false`, `"video"`, `1`, `2`, `"<b>x</b>"`, `null`, `""`},
	"approval": {`0`, `1`, `2`, `3`}, "confidence": {`0.25`, `1`, `-1`, `7`}, "name": {`"Metal"`, `"Pop"`, `"Dark"`, `"Other"`, `"uimode"`, `"New artist"`},
	"parentname": {`"Metal"`, `"Pop"`, `"Other"`}, "category": {`"GenreFilter"`, `"SubgenreFilter:Metal"`, `"MusicDB"`}, "icon": {`"☔"`, `"<i>x</i>"`, `""`},
	"tables": {`["songs","tags"]`, `["lyrics"]`, `[]`, `"albums"`}, "contenttype": {`"album"`, `"albumfile"`, `"artwork"`, `"video"`, `"any"`},
}

// pool are values that mean something to the server as it is now.
func (v *victim) pool(function, argument string) (values []string) {
	c := v.daemon.library.Catalogue()
	literal := func(value any) { values = append(values, show(v.daemon.t, value)) }
	kind := argument
	switch {
	case argument == "relatedsongid":
		kind = "songid"
	case strings.HasSuffix(argument, "path") && strings.HasSuffix(function, "AlbumDirectory"), strings.HasPrefix(argument, "album"), argument == "oldalbumpath":
		kind = strings.Replace(argument, "path", "albumpath", 1)
	}
	switch {
	case kind == "songid":
		for s := range c.Songs() {
			literal(s.ID)
		}
	case kind == "albumid":
		for _, a := range c.Albums() {
			literal(a.ID)
		}
	case kind == "artistid":
		for _, a := range c.Artists() {
			literal(a.ID)
		}
	case kind == "videoid" || kind == "relatedvideoid":
		for _, video := range c.Videos() {
			literal(video.ID)
		}
	case kind == "tagid":
		for _, tag := range c.Tags() {
			literal(tag.ID)
		}
	case kind == "entryid" || kind == "afterid":
		for _, e := range v.daemon.queue.Entries() {
			literal(e.ID)
		}
		for _, e := range v.daemon.videos.Entries() {
			literal(e.ID)
		}
	case strings.Contains(kind, "albumpath") || kind == "targetpath" || kind == "contentpath":
		for _, a := range c.Albums() {
			values = append(values, show(v.daemon.t, a.Path), show(v.daemon.t, a.Path+" moved"))
		}
	case strings.HasSuffix(kind, "path") && strings.Contains(function, "Artist"), kind == "newartistdirectory":
		for _, a := range c.Artists() {
			values = append(values, show(v.daemon.t, a.Path), show(v.daemon.t, a.Path+" moved"))
		}
	case strings.HasSuffix(kind, "path"):
		for s := range c.Songs() {
			literal(s.Path)
		}
		slices.Sort(values)
	default:
		values = words[argument]
	}
	if len(values) == 0 {
		return []string{fitting[argument]}
	}
	return values
}

// lasting is a testing.TB whose directories and cleanups last longer than one input
// of a fuzz target; failures go to the input that is running.
type lasting struct {
	testing.TB
	cleanups []func()
}

// TempDir makes a directory that end removes.
func (l *lasting) TempDir() string {
	dir, err := os.MkdirTemp("", "fuzz")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			l.Error(err)
		}
	})
	return dir
}

// Cleanup registers what end does.
func (l *lasting) Cleanup(do func()) { l.cleanups = append(l.cleanups, do) }

// Context does not end with the input.
func (l *lasting) Context() context.Context { return context.Background() }

func (l *lasting) end() {
	for _, do := range slices.Backward(l.cleanups) {
		do()
	}
}
