package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"musicdb/media/queue"
	"musicdb/server/client"
	"musicdb/server/wire"
)

type ruled struct {
	Rule, Text string
	Songs      int
	Time       int64
}

type randomRules struct {
	Songs, Pool, Candidates int
	Excluded, Heard         []ruled
	Relaxed                 string
	GenreCount              int
	Constraints             struct{ MinSongLength int }
}

type randomState struct {
	State, Text, Stream string
	randomRules
}

type randomExplanation struct {
	SongID  int64
	EntryID string
	Queued  bool
	Pick    *struct {
		Time, Seed int64
		AlbumID    *int64
		Text       string
		randomRules
	}
	Now *struct {
		CanBeChosen, CanBeRequested bool
		Text, State                 string
		Against, Heard              []ruled
		Candidates                  int
	}
}

type randomPreview struct {
	Seed  int64
	State string
	Songs []struct {
		Song       struct{ ID int64 }
		Seed       int64
		Candidates int
		Relaxed    string
	}
}

// described asks like decoded, and holds the answer against the description.
func asDescribed[T any](t *testing.T, c *client.Client, function, arguments string) (value T) {
	t.Helper()
	packets := replies(t, c, wire.Ask, function, arguments)
	if len(packets) != 1 {
		t.Fatalf("%s got %d packets", function, len(packets))
	}
	if err := must(described())(t).check(packetMap(t, packets[0])); err != nil {
		t.Error(err)
	}
	if err := json.Unmarshal(packets[0].Arguments, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// A random song explains itself, as long as it is queued and behind that; a song
// is told whether it could be chosen, and by which rule not.
func TestTheRandomSelectionExplainsItself(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	if got := asDescribed[randomState](t, c, "GetRandomState", `null`); got.State != "NoSongs" || got.Songs != 102 || got.Pool != 0 ||
		!slices.ContainsFunc(got.Excluded, func(r ruled) bool { return r.Rule == "tooshort" && r.Songs > 1 }) ||
		!strings.Contains(got.Text, "The settings allow none of 102 songs: ") || !strings.Contains(got.Text, "because they are shorter than MinSongLength") {
		t.Errorf("got %+v", got)
	}
	if got := asDescribed[*randomExplanation](t, c, "ExplainSong", `{"songid":1}`); got == nil || got.Now == nil || got.Now.CanBeChosen || len(got.Now.Against) == 0 ||
		!strings.HasPrefix(got.Now.Text, "It is not chosen now: ") || got.Pick != nil {
		t.Errorf("got %+v", got)
	}
	if got := asDescribed[randomPreview](t, c, "PreviewRandom", `{"n":5}`); len(got.Songs) != 0 || got.State != "NoSongs" {
		t.Errorf("got %+v", got)
	}
	reply(t, c, "SaveRandyConfiguration", randySent)
	state := asDescribed[randomState](t, c, "GetRandomState", `{}`)
	if state.State != "Fresh" || state.Pool == 0 || state.Candidates != state.Pool || state.Relaxed != "none" || state.Constraints.MinSongLength != 0 {
		t.Errorf("got %+v", state)
	}
	for range 3 {
		reply(t, c, "AddRandomSongToQueue", `{"position":"last"}`)
	}
	entry := d.queue.Entries()[1]
	ask := fmt.Sprintf(`{"entryid":%q}`, entry.ID)
	got := asDescribed[*randomExplanation](t, c, "ExplainSong", ask)
	if got == nil || got.SongID != entry.SongID || !got.Queued || got.Pick == nil || got.Pick.Candidates != state.Pool || got.Pick.Songs != 102 ||
		got.Pick.AlbumID != nil || got.Now == nil || !got.Now.CanBeChosen || !got.Now.CanBeRequested || got.Now.Candidates != state.Pool {
		t.Fatalf("got %+v", got)
	}
	preview := asDescribed[randomPreview](t, c, "PreviewRandom", fmt.Sprintf(`{"n":1,"seed":%d}`, got.Pick.Seed))
	if len(preview.Songs) != 1 || preview.Songs[0].Song.ID != entry.SongID || preview.Songs[0].Seed != got.Pick.Seed {
		t.Errorf("by the seed of song %d: %+v", entry.SongID, preview)
	}
	reply(t, c, "RemoveSongFromQueue", ask)
	if got := asDescribed[*randomExplanation](t, c, "ExplainSong", ask); got == nil || got.Queued || got.Pick == nil || got.SongID != entry.SongID {
		t.Errorf("behind its removal: %+v", got)
	}
	reply(t, c, "AddSongToQueue", `{"songid":1,"position":"last"}`)
	last := d.queue.Entries()[2].ID
	if got := asDescribed[*randomExplanation](t, c, "ExplainSong", fmt.Sprintf(`{"entryid":%q}`, last)); got == nil || !got.Queued || got.Pick != nil || got.SongID != 1 || got.Now == nil {
		t.Errorf("of an entry that was chosen by a user: %+v", got)
	}
	for _, unknown := range []string{`{"songid":9999}`, `{"entryid":"77"}`, `{"entryid":"x"}`, `{"entryid":3}`, `{}`} {
		if got := reply(t, c, "ExplainSong", unknown); got != "null" {
			t.Errorf("%s is answered with %s", unknown, got)
		}
	}
}

// A preview is repeatable, bounded, and changes nothing.
func TestPreviewOfTheRandomSelection(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c, other := d.dial(), d.dial()
	reply(t, c, "SaveRandyConfiguration", randySent)
	reply(t, c, "AddRandomSongToQueue", `{"position":"last"}`)
	fence(t, other)
	entries, blacklist := d.queue.Entries(), d.contents()
	first := reply(t, c, "PreviewRandom", `{"n":20,"seed":7}`)
	if again := reply(t, c, "PreviewRandom", `{"n":20,"seed":7}`); first != again || len(first) < 1000 {
		t.Errorf("%.300s\nand then\n%.300s", first, again)
	}
	if heard := fence(t, other); len(heard) > 0 || !slices.Equal(d.queue.Entries(), entries) || fmt.Sprint(d.contents()) != fmt.Sprint(blacklist) {
		t.Errorf("a preview has changed something; others hear %v", heard)
	}
	for arguments, want := range map[string]int{`{"n":101,"seed":7}`: queue.MaxPreview, `{"n":9223372036854775807}`: queue.MaxPreview, `{"n":0}`: 1, `{"n":-5,"seed":-1}`: 1} {
		if got := asDescribed[randomPreview](t, c, "PreviewRandom", arguments); len(got.Songs) != want || got.Seed < 0 || got.Seed > queue.MaxSeed {
			t.Errorf("%s: %d songs, seed %d", arguments, len(got.Songs), got.Seed)
		}
	}
	a, b := asDescribed[randomPreview](t, c, "PreviewRandom", `{"n":1}`), asDescribed[randomPreview](t, c, "PreviewRandom", `{"n":1,"seed":null}`)
	if a.Seed == b.Seed {
		t.Errorf("without a seed: twice %d", a.Seed)
	}
}

// A station for which no song satisfies the wishes says so, with what keeps it from
// what, and goes on by itself when the wishes change.
func TestAStationWithoutSongsSaysWhy(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true, installed: true})
	c, watcher := d.dial(), d.dial()
	fence(t, watcher)
	reply(t, c, "SetAudioStreamState", `{"state":"play"}`)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	until := func(reached func(stream string) bool) {
		for !reached(decoded[randomState](t, c, "GetRandomState", `null`).Stream) {
			must(watcher.Receive(ctx))(t) // something comes each second
		}
	}
	until(func(stream string) bool { return stream == "NoSongs" })
	var status struct {
		Silence struct{ Reason, Text string }
	}
	answer, body := d.get("/status")
	if err := json.Unmarshal([]byte(body), &status); err != nil || answer.StatusCode != http.StatusOK || status.Silence.Reason != "nosongs" ||
		!strings.Contains(status.Silence.Text, "because they are shorter than MinSongLength") {
		t.Errorf("%s (%v)", body, err)
	}
	reply(t, c, "SaveRandyConfiguration", randySent)
	until(func(stream string) bool { return stream != "NoSongs" })
	if len(d.queue.Entries()) == 0 {
		t.Error("the stream goes on without a song")
	}
}
