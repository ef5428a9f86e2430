package plans

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"musicdb/fsm"
)

// everything is a plan with an operation of each kind but pictures of videos.
func (h *house) everything(t failer) Plan {
	t.Helper()
	raw := func(v any) json.RawMessage {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	at := func(path, now string) File {
		f := h.fileAt(t, now)
		f.Path = path
		return f
	}
	tags := func(rel string) Operation {
		before, err := h.music.RawTags(context.Background(), rel)
		if err != nil {
			t.Fatal(err)
		}
		return Operation{WriteTags: &WriteTags{File: h.fileAt(t, rel), Before: map[string][]string{"TITLE": before["TITLE"]}, After: map[string][]string{"TITLE": {"Brand new"}}}}
	}
	from := h.fileAt(t, "One/1990 - First/02 b.flac")
	return Plan{Kind: Repair, Title: "everything at once", Path: "Two", By: "a test", Operations: []Operation{
		tags("Two/1999 - New/01 a.mp3"),
		tags("One/1990 - First/03 c.m4a"),
		{SetCover: &SetCover{AlbumPath: "One/1990 - First", Source: CoverSource{File: "Two/1999 - New/cover.jpg"}, Before: "default.jpg", Colors: Colors{"#111111", "#222222", "#333333"}}},
		{MakeDirectory: &MakeDirectory{"Three"}},
		{Move: &Move{From: "Two/1999 - New", To: "Three/1998 - Newer", Holds: []File{h.fileAt(t, "Two/1999 - New/01 a.mp3")}}},
		{Move: &Move{From: "One/1990 - First/02 b.flac", To: "One/1990 - First/05 five.flac", File: &from}},
		{Move: &Move{From: "One/1990 - First", To: "One/1980 - Earlier"}},
		{EnterAlbum: &EnterAlbum{ArtistName: "Three", ArtistPath: "Three", Name: "Newer", Path: "Three/1998 - Newer", Release: 1998, Songs: []Song{
			{File: at("Three/1998 - Newer/01 a.mp3", "Two/1999 - New/01 a.mp3"), Name: "a", Number: 1, Lyrics: "la la"},
			{File: at("Three/1998 - Newer/02 b.flac", "Two/1999 - New/02 b.flac"), Name: "b", Number: 2},
		}}},
		{EnterSongs: &EnterSongs{AlbumPath: "Three/1998 - Newer", Songs: []Song{{File: at("Three/1998 - Newer/03 c.m4a", "Two/1999 - New/03 c.m4a"), Name: "c", Number: 3}}}},
		{SetCover: &SetCover{AlbumPath: "Three/1998 - Newer", Source: CoverSource{File: "Two/1999 - New/cover.jpg"}}},
		{ChangeRow: &ChangeRow{Table: "albums", ID: 2, Before: map[string]json.RawMessage{"origin": raw("CD")}, After: map[string]json.RawMessage{"origin": raw("bandcamp")}}},
		{RemoveRow: &RemoveRow{Table: "songs", ID: 4, Path: "One/1991 - Second/01 a.mp3"}},
		{RemoveRow: &RemoveRow{Table: "songs", ID: 5, Path: "One/1991 - Second/02 b.flac"}},
	}}
}

func TestAPlanIsAppliedAndUndone(t *testing.T) {
	h := settle(t, furnish(t))
	ctx := context.Background()
	before := h.whole(t)
	p, err := h.Propose(ctx, h.everything(t))
	if err != nil {
		t.Fatal(err)
	}
	if d := differences(before, h.whole(t)); d != "" {
		t.Fatalf("a plan that nobody has agreed to changes:\n%s", d)
	}
	steps := 0
	p, err = h.Apply(ctx, p.ID, "a client", func(Progress) { steps++ })
	if err != nil || p.State != Applied || len(p.Outcome.Warnings) > 0 || steps == 0 {
		t.Fatalf("%v, %+v, %d steps", err, p.Outcome, steps)
	}
	tags, err := h.music.RawTags(ctx, "Three/1998 - Newer/01 a.mp3")
	if err != nil || tags["TITLE"][0] != "Brand new" {
		t.Fatalf("%v, %q", err, tags)
	}
	c := h.library.Catalogue()
	for _, rel := range []string{"Three/1998 - Newer/01 a.mp3", "Three/1998 - Newer/03 c.m4a", "One/1980 - Earlier/05 five.flac"} {
		if _, known := c.SongByPath(rel); !known {
			t.Errorf("no row of %q", rel)
		}
	}
	song, _ := c.SongByPath("Three/1998 - Newer/01 a.mp3")
	if sum := fileSum(t, filepath.Join(h.dir, "music", song.Path)); song.Checksum != sum {
		t.Errorf("the checksum of a song whose tags were written is %s, not %s", song.Checksum, sum)
	}
	if a, _ := c.AlbumByPath("One/1980 - Earlier"); a.ArtworkPath == "default.jpg" || a.BgColor != "#111111" || a.Name != "Earlier" {
		t.Errorf("%+v", a)
	}
	if _, known := c.Song(4); known {
		t.Error("a row that was to be removed is there")
	}
	after := h.whole(t)

	if _, err := h.Apply(ctx, p.ID, "", nil); !errors.Is(err, fsm.ErrRefused) {
		t.Errorf("applied twice: %v", err)
	}
	if p, err = h.Undo(ctx, p.ID, "a client", false, nil); err != nil || p.State != Undone || len(p.Outcome.Warnings) > 0 {
		t.Fatalf("%v, %+v", err, p.Outcome.Warnings)
	}
	if d := differences(before, h.whole(t)); d != "" {
		t.Fatalf("not as it was:\n%s", d)
	}
	if before == after {
		t.Fatal("the plan has changed nothing")
	}
}

func fileSum(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return sum(data)
}
