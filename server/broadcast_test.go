package server_test

import (
	"testing"

	"musicdb/server"
	"musicdb/server/wire"
)

// valid are arguments for every function whose answer is a broadcast.
var valid = map[string]string{
	"SetMDBState":          `{"category":"GenreFilter","name":"Other","value":true}`,
	"SetAlbumTag":          `{"albumid":1,"tagid":1}`,
	"RemoveAlbumTag":       `{"albumid":1,"tagid":1}`,
	"UpdateSongStatistic":  `{"songid":1,"statistic":"likes","modifier":"inc"}`,
	"SetSongTag":           `{"songid":"1","tagid":1}`,
	"RemoveSongTag":        `{"songid":1,"tagid":1}`,
	"SetSongLyrics":        `{"songid":1,"lyrics":"la","lyricsstate":3}`,
	"AddGenre":             `{"name":"Folk"}`,
	"AddSubgenre":          `{"name":"Sea shanty","parentname":"Other"}`,
	"AddMoodFlag":          `{"name":"Calm","icon":"x","color":null,"posx":1,"posy":2}`,
	"DeleteTag":            `{"tagid":999}`,
	"ModifyTag":            `{"tagid":1,"attribute":"posx","value":4}`,
	"SetVideoTag":          `{"videoid":1,"tagid":1}`,
	"RemoveVideoTag":       `{"videoid":1,"tagid":1}`,
	"UpdateVideoStatistic": `{"videoid":1,"statistic":"likes","modifier":"inc"}`,
}

// Whatever the method is, a forced broadcast reaches the caller and everybody else
// once, under the getter's name and with the caller's fncsig and pass.
func TestForcedBroadcastsReachEverybody(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	caller, other := d.dial(), d.dial()
	fence(t, caller)
	fence(t, other)
	for _, f := range server.Functions() {
		if f.BroadcastsAs == "" {
			continue
		}
		if valid[f.Name] == "" {
			t.Errorf("there are no arguments for %s", f.Name)
			continue
		}
		for _, method := range []wire.Method{wire.Call, wire.Ask, wire.Broadcast} {
			got := replies(t, caller, method, f.Name, valid[f.Name])
			if len(got) != 1 || got[0].Method != wire.MethodBroadcast || got[0].Function != f.BroadcastsAs ||
				string(got[0].Signature) != `"reply"` || string(got[0].Pass) != `{"n":[1]}` {
				t.Errorf("%s of %s: the caller got %d packets: %.300s", method, f.Name, len(got), got)
				continue
			}
			var heard []wire.Packet
			for _, p := range fence(t, other) {
				if p.Method != wire.MethodNotification {
					heard = append(heard, p)
				}
			}
			if len(heard) != 1 || string(heard[0].Encode()) != string(got[0].Encode()) {
				t.Errorf("%s of %s: another client got %d packets: %.300s", method, f.Name, len(heard), heard)
			}
		}
	}
}

// A function or getter that fails tells nobody.
func TestForcedBroadcastsOfNothing(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	caller, other := d.dial(), d.dial()
	fence(t, other)
	before := d.library.Catalogue().Generation()
	for _, c := range [][2]string{
		{"UpdateSongStatistic", `{"songid":9999,"statistic":"likes","modifier":"inc"}`},
		{"SetSongTag", `{"songid":9999,"tagid":1}`},
		{"SetSongTag", `{"songid":1,"tagid":9999}`},
		{"RemoveSongTag", `{"songid":9999,"tagid":1}`},
		{"SetAlbumTag", `{"albumid":9999,"tagid":1}`},
		{"SetAlbumTag", `{"albumid":1,"tagid":9999}`},
		{"RemoveAlbumTag", `{"albumid":9999,"tagid":1}`},
		{"SetSongLyrics", `{"songid":9999,"lyrics":"x","lyricsstate":3}`},
		{"AddGenre", `{"name":5}`},
		{"DeleteTag", `{"tagid":"1"}`},
		{"ModifyTag", `{"tagid":1,"attribute":"class","value":3}`},
	} {
		if got := reply(t, caller, c[0], c[1]); got != "" {
			t.Errorf("%s %s is answered with %.200s", c[0], c[1], got)
		}
	}
	for _, p := range fence(t, other) {
		t.Errorf("another client got %.200s", p.Encode())
	}
	if d.library.Catalogue().Generation() != before {
		t.Error("the library has changed")
	}
}

// To cut a relation answers a request alone, as the getter would, and broadcasts
// nothing but its own null.
func TestBorrowedAnswers(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c, other := d.dial(), d.dial()
	fence(t, other)
	const arguments = `{"songid":1,"relatedsongid":2}`
	if got := replies(t, c, wire.Call, "CutSongRelationship", arguments); len(got) != 0 {
		t.Errorf("call: %.200s", got)
	}
	want := replies(t, c, wire.Ask, "GetSongRelationship", arguments)
	got := replies(t, c, wire.Ask, "CutSongRelationship", arguments)
	if len(got) != 1 || len(want) != 1 || string(got[0].Encode()) != string(want[0].Encode()) || got[0].Function != "GetSongRelationship" {
		t.Errorf("request: got %.300s, want %.300s", got, want)
	}
	if heard := fence(t, other); len(heard) != 0 {
		t.Errorf("another client got %.300s", heard)
	}
	got = replies(t, c, wire.Broadcast, "CutSongRelationship", arguments)
	heard := fence(t, other)
	if len(got) != 1 || string(got[0].Encode()) != `{"method":"broadcast","fncname":"CutSongRelationship","fncsig":"reply","arguments":null,"pass":{"n":[1]}}` ||
		len(heard) != 1 || string(heard[0].Encode()) != string(got[0].Encode()) {
		t.Errorf("broadcast: got %.300s, another client %.300s", got, heard)
	}
}
