package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"musicdb/server/client"
)

// heldChange is what GetQueueHistory tells of a change.
type heldChange struct {
	ID         int64
	Command    int64
	Time       float64
	What       string
	Connection *int64
	Client     *string
	EntryID    *string
	MediaID    *int64
	IsRandom   bool
	Position   *int
	From       *int
	Name       *string
	Artist     *string
}

func (c heldChange) String() string {
	line := c.What
	if c.MediaID != nil {
		line += fmt.Sprintf(" %d at %d", *c.MediaID, *c.Position)
	}
	if c.From != nil {
		line += fmt.Sprintf(" from %d", *c.From)
	}
	return line
}

// history is the history of a queue, the newest change first.
func history(t testing.TB, c *client.Client, arguments map[string]any) (changes []heldChange) {
	t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	if err := json.Unmarshal(must(c.Request(t.Context(), "GetQueueHistory", arguments))(t), &changes); err != nil {
		t.Fatal(err)
	}
	return changes
}

func answered(t testing.TB, c *client.Client, function string, arguments map[string]any) json.RawMessage {
	t.Helper()
	return must(c.Request(t.Context(), function, arguments))(t)
}

func entryIDs(t testing.TB, c *client.Client, function string) (ids []string) {
	t.Helper()
	var entries []struct{ EntryID string }
	if err := json.Unmarshal(answered(t, c, function, nil), &entries); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		ids = append(ids, e.EntryID)
	}
	return ids
}

// executed returns when the stream has executed all commands before.
func executed(t testing.TB, c *client.Client) {
	t.Helper()
	if err := c.Call("SetAudioStreamState", map[string]any{"state": "pause"}); err != nil {
		t.Fatal(err)
	}
	for {
		if p := must(c.Receive(t.Context()))(t); string(p.Signature) == `"onStatusChanged"` {
			return
		}
	}
}

// Every change of a queue can be told from the others by who has made it.
func TestTheHistoryTellsWhoHasChangedTheQueues(t *testing.T) {
	d := startDaemon(t, daemonOptions{videos: true})
	anna, ben := d.dial(), d.dial()
	empty := len(history(t, anna, nil))
	answered(t, anna, "AddSongToQueue", map[string]any{"songid": 1, "position": "last"})
	answered(t, ben, "AddSongToQueue", map[string]any{"songid": 2, "position": "last"})
	answered(t, anna, "AddSongToQueue", map[string]any{"songid": 3, "position": "last"})
	ids := entryIDs(t, ben, "GetSongQueue")
	answered(t, ben, "MoveSongInQueue", map[string]any{"entryid": ids[2], "afterid": ids[0]})
	answered(t, anna, "RemoveSongFromQueue", map[string]any{"entryid": ids[1]})
	answered(t, ben, "RemoveSongEntry", map[string]any{"songid": 3})

	changes := history(t, ben, nil)
	changes = changes[:len(changes)-empty]
	slices.Reverse(changes)
	var told []string
	for _, c := range changes {
		told = append(told, c.String())
	}
	want := []string{"add 1 at 0", "add 2 at 1", "add 3 at 2", "move 3 at 1 from 2", "remove 2 at 2", "forget 3 at 1"}
	if len(told) < len(want) || !slices.Equal(told[:len(want)], want) {
		t.Fatalf("the history is %q, want %q and random ones", told, want)
	}
	for i, c := range changes {
		by := []*heldChange{&changes[0], &changes[1], &changes[0], &changes[1], &changes[0], &changes[1]}
		switch {
		case i >= len(want):
			if c.Connection != nil || !c.IsRandom {
				t.Errorf("%v is the doing of connection %v", c, c.Connection)
			}
		case *c.Connection != *by[i].Connection || *c.Client != "127.0.0.1" || *c.EntryID == "" || c.Time < 1.7e9:
			t.Errorf("%v is told as %+v", c, c)
		case i < 2 && (*c.Name == "" || *c.Artist == ""):
			t.Errorf("%v is song %q of %q", c, *c.Name, *c.Artist)
		}
	}
	if *changes[0].Connection == *changes[1].Connection {
		t.Error("two clients have the same connection")
	}
	if gone := changes[2]; gone.Name != nil || gone.Artist != nil {
		t.Errorf("a song that is gone is called %q", *gone.Name)
	}
}

// What a client asks for is what it gets, within limits; nonsense is refused.
func TestTheHistoryIsReadInPages(t *testing.T) {
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	for range 5 {
		answered(t, c, "AddSongToQueue", map[string]any{"songid": 1, "position": "last"})
	}
	all := history(t, c, map[string]any{"queue": "songs", "limit": 100_000})
	page := history(t, c, map[string]any{"limit": 2, "before": all[1].ID})
	if len(page) != 2 || page[0].ID != all[2].ID || page[1].ID != all[3].ID {
		t.Errorf("a page of %v is %v", all, page)
	}
	for _, arguments := range []map[string]any{{"limit": 0}, {"limit": -1}, {"before": 1}, {"before": -5}} {
		if got := history(t, c, arguments); len(got) != 0 {
			t.Errorf("%v gave %v", arguments, got)
		}
	}
	videos := history(t, c, map[string]any{"queue": "videos"})
	for _, v := range videos {
		if v.What != "start" {
			t.Errorf("the video queue has the history %v", videos)
		}
	}
}

// Two people who press skip at the same moment mean the same song; one who presses
// it twice means two. Who removes the current entry skips no other one.
func TestSkipsAtTheSameMomentAreOne(t *testing.T) {
	var clock atomic.Int64 // it moves only when the test says so
	clock.Store(1_700_000_000)
	d := startDaemon(t, daemonOptions{streaming: true, now: func() time.Time { return time.Unix(clock.Load(), 0) }})
	clients := []*client.Client{d.dial(), d.dial(), d.dial()}
	one := clients[0]
	for song := range 12 {
		answered(t, one, "AddSongToQueue", map[string]any{"songid": song + 1, "position": "last"})
	}
	ids := entryIDs(t, one, "GetSongQueue")
	left := func(want int) {
		t.Helper()
		executed(t, one)
		if got := entryIDs(t, one, "GetSongQueue"); !slices.Equal(got, ids[len(ids)-want:]) {
			t.Fatalf("%d entries are left, want the last %d; %v", len(got), want, history(t, one, nil))
		}
	}
	answered(t, one, "PlayNextSong", nil)
	answered(t, one, "PlayNextSong", nil)
	left(10)
	clock.Add(1) // all have seen the third song
	var pressed sync.WaitGroup
	for _, c := range clients {
		pressed.Go(func() { answered(t, c, "PlayNextSong", nil) })
	}
	pressed.Wait()
	left(9)
	for _, c := range clients {
		pressed.Go(func() { answered(t, c, "RemoveSongFromQueue", map[string]any{"entryid": ids[3]}) })
	}
	pressed.Wait()
	left(8)
	skips := slices.DeleteFunc(history(t, one, nil), func(c heldChange) bool { return c.What != "skip" })
	if len(skips) != 4 {
		t.Errorf("the history knows the skips %v", skips)
	}
	for _, skip := range skips {
		if skip.Connection == nil || !strings.HasPrefix(*skip.Client, "127.") {
			t.Errorf("nobody has skipped %v", skip)
		}
	}
}
