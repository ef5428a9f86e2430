package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/server/client"
	"musicdb/server/wire"
)

// entryNow is an entry of the queue, as far as this test looks at it.
type entryNow struct {
	EntryID string
	Song    struct{ ID int64 }
}

// rowOfHistory is a change of the queue.
type rowOfHistory struct {
	ID         int64
	What       string
	Connection *int64
	EntryID    *string
	MediaID    *int64
	Position   int
	From       int
}

// evening is a server that is killed again and again while somebody uses it.
type evening struct {
	t      testing.TB
	data   string
	server *child
	client *client.Client
	dice   *rand.Rand
	songs  int64

	added map[string]bool // entries whose adding was acknowledged
	paced float64         // seconds of the current song, from the last beat
	heard time.Time       // when that beat came
	worst float64         // seconds by which a position was wrong
}

// A server is killed at random moments, while somebody uses it and while it plays.
// What was acknowledged is in the queue, or the history says what became of it: undone
// step by step, from the queue as it is, it leads to the empty queue that the evening
// began with. The song goes on where it was, playing or paused.
func TestKillsInTheEvening(t *testing.T) {
	if !*soak {
		t.Parallel()
	}
	e := &evening{t: t, data: t.TempDir(), dice: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1)), added: map[string]bool{}}
	rounds := 4
	if *soak {
		rounds = 100
	}
	e.start()
	for e.songs < 3 { // the demo library is entered while the server runs
		var songs struct{ Songs []json.RawMessage }
		e.ask("GetTables", map[string]any{"tables": []string{"songs"}}, &songs)
		e.songs = int64(len(songs.Songs))
	}
	playing := true
	for round := range rounds {
		e.use(time.Duration(e.dice.IntN(400)) * time.Millisecond)
		if round%2 == 1 { // the other ones die while they are used
			playing = e.dice.IntN(3) > 0
			e.listen(playing, time.Duration(1000+e.dice.IntN(1500))*time.Millisecond)
		}
		before := e.queue()
		at := e.paced
		if playing {
			at += time.Since(e.heard).Seconds()
		}
		if round%2 == 0 {
			go e.kill(time.Duration(e.dice.IntN(100)) * time.Millisecond)
			e.use(patience)
		} else {
			e.kill(0)
		}
		e.server.end()
		e.start()
		e.explain(round)
		if round%2 == 1 {
			e.compare(round, before, playing, at)
		}
	}
	t.Logf("%d kills, %d entries added; positions were wrong by %.2f s at most", rounds, len(e.added), e.worst)
}

func (e *evening) start() {
	e.t.Helper()
	e.server = start(e.t, environment(e.data, "MUSICDB_STREAM_START=resume", "MUSICDB_STREAM_SELFHEARING=false",
		"MUSICDB_STREAM_MEASURELOUDNESS=false"), "serve").waitReady()
	e.heard = time.Time{}
	e.client = e.server.dialWith(e.data, func(p wire.Packet) { e.beat(p) }).Client
}

func (e *evening) kill(after time.Duration) {
	<-time.After(after)
	if err := e.server.cmd.Process.Kill(); err != nil {
		e.t.Error(err)
	}
}

func (e *evening) beat(p wire.Packet) {
	if string(p.Signature) == `"onTimeChanged"` {
		if err := json.Unmarshal(p.Arguments, &e.paced); err != nil {
			e.t.Error(err)
		}
		e.heard = time.Now()
	}
}

// try calls a function; an error means that the server is gone.
func (e *evening) try(function string, arguments any, result any) error {
	ctx, cancel := context.WithTimeout(e.t.Context(), patience)
	defer cancel()
	answer, err := e.client.Request(ctx, function, arguments)
	if err == nil && result != nil {
		err = json.Unmarshal(answer, result)
	}
	return err
}

func (e *evening) ask(function string, arguments any, result any) {
	e.t.Helper()
	if err := e.try(function, arguments, result); err != nil {
		e.t.Fatal(err)
	}
}

func (e *evening) queue() (entries []entryNow) {
	e.t.Helper()
	e.ask("GetSongQueue", nil, &entries)
	return entries
}

// use changes the queue for a while, or until the server is gone.
func (e *evening) use(long time.Duration) {
	for until := time.Now().Add(long); time.Now().Before(until); {
		var entries []entryNow
		if e.try("GetSongQueue", nil, &entries) != nil {
			return
		}
		for _, one := range entries {
			e.added[one.EntryID] = true // whoever has added it: it must not be lost from now on
		}
		some := func() string { return entries[e.dice.IntN(len(entries))].EntryID }
		var err error
		switch what := e.dice.IntN(10); {
		case what < 5 && len(entries) < 30 || len(entries) < 3:
			position := []string{"next", "last"}[e.dice.IntN(2)]
			err = e.try("AddSongToQueue", map[string]any{"songid": 1 + e.dice.Int64N(e.songs), "position": position}, nil)
		case what < 7:
			err = e.try("MoveSongInQueue", map[string]any{"entryid": some(), "afterid": some()}, nil)
		case what < 9:
			err = e.try("RemoveSongFromQueue", map[string]any{"entryid": some()}, nil)
		default:
			err = e.try("PlayNextSong", nil, nil)
		}
		if err != nil {
			return
		}
	}
}

// listen lets the song play, or stand still, for a while, and longer if it has just
// begun.
func (e *evening) listen(playing bool, long time.Duration) {
	e.t.Helper()
	e.ask("SetAudioStreamState", map[string]any{"state": map[bool]string{true: "play", false: "pause"}[playing]}, nil)
	ctx, cancel := context.WithTimeout(e.t.Context(), patience)
	defer cancel()
	for until := time.Now().Add(long); time.Now().Before(until) || playing && (e.paced < 1 || e.heard.IsZero()); {
		p, err := e.client.Receive(ctx)
		if err != nil {
			e.t.Fatal(err)
		}
		e.beat(p)
	}
}

// explain undoes the history from the queue as it is.
func (e *evening) explain(round int) {
	e.t.Helper()
	now := e.queue()
	var history []rowOfHistory
	for before := map[string]any{"limit": 1000}; ; {
		var page []rowOfHistory
		e.ask("GetQueueHistory", before, &page)
		if len(page) == 0 {
			break
		}
		history = append(history, page...)
		before["before"] = page[len(page)-1].ID
	}
	known := map[string]bool{}
	newest := now
	for i, row := range history {
		if row.EntryID == nil {
			continue
		}
		known[*row.EntryID] = true
		it := entryNow{EntryID: *row.EntryID}
		it.Song.ID = *row.MediaID
		at := func(i int) bool { return i >= 0 && i < len(now) && now[i] == it }
		fits := true
		switch row.What {
		case "add", "random", "restore":
			if fits = at(row.Position); fits {
				now = slices.Delete(slices.Clone(now), row.Position, row.Position+1)
			}
		case "remove", "skip", "next", "unplayable", "forget", "lost":
			if fits = row.Position <= len(now); fits {
				now = slices.Insert(slices.Clone(now), row.Position, it)
			}
		case "move":
			if fits = at(row.Position) && row.From < len(now); fits {
				now = slices.Insert(slices.Delete(slices.Clone(now), row.Position, row.Position+1), row.From, it)
			}
		case "play", "pause":
		default:
			fits = false
		}
		if !fits {
			e.t.Fatalf("round %d: change %d, %s of %s at %d (from %d), does not fit %v\nqueue %v\nhistory %s", round, row.ID, row.What, it.EntryID, row.Position, row.From, now, newest, tale(history[:i+1]))
		}
	}
	if len(now) != 0 {
		e.t.Fatalf("round %d: with all undone, %v is left", round, now)
	}
	for id := range e.added {
		if !known[id] {
			e.t.Errorf("round %d: nobody knows what became of entry %s", round, id)
		}
	}
	seen := map[string]bool{}
	for _, one := range newest {
		if seen[one.EntryID] {
			e.t.Errorf("round %d: entry %s is in the queue twice", round, one.EntryID)
		}
		seen[one.EntryID] = true
	}
}

func tale(history []rowOfHistory) string {
	var lines []string
	for _, row := range history {
		id := ""
		if row.EntryID != nil {
			id = *row.EntryID
		}
		lines = append(lines, fmt.Sprint(row.ID, " ", row.What, " ", id, " ", row.Position, " ", row.From))
	}
	return strings.Join(lines, "\n")
}

// compare tells whether the evening goes on where it was: the same entries in the
// same order, the same song, at the same place in it, playing or not.
func (e *evening) compare(round int, before []entryNow, playing bool, at float64) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(e.t.Context(), patience)
	defer cancel()
	var state struct{ IsPlaying bool }
	var after []entryNow
	for e.heard.IsZero() || e.paced == 0 && at > 1 { // before the song is open its position is told as 0
		p, err := e.client.Receive(ctx)
		if err != nil {
			e.t.Fatalf("round %d: the song at %v s does not go on: %v", round, at, err)
		}
		e.beat(p)
	}
	position := e.paced
	after = e.queue()
	e.ask("GetAudioStreamState", nil, &state)
	if state.IsPlaying != playing {
		e.t.Errorf("round %d: playing was %v, is %v", round, playing, state.IsPlaying)
	}
	if !slices.Equal(after, before) {
		e.t.Errorf("round %d: the queue was %v, is %v", round, before, after)
	}
	e.t.Logf("round %d: playing %v, %d entries, killed at %.2f s, goes on at %.2f s", round, playing, len(before), at, position)
	wrong := at - position
	e.worst = max(e.worst, wrong, -wrong)
	if wrong > 1.2 || wrong < -1.2 {
		e.t.Errorf("round %d: the song was at %.2f s, goes on at %.2f s", round, at, position)
	}
}
