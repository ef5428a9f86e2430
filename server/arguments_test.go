package server_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"musicdb/server"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// fitting are arguments that the installation has something for, by name.
var fitting = map[string]string{
	"songid": `1`, "relatedsongid": `2`, "albumid": `1`, "artistid": `1`, "videoid": `1`, "relatedvideoid": `2`, "tagid": `1`,
	"applyfilter": `false`, "tables": `["songs"]`, "searchstring": `"gravity"`, "limit": `5`, "position": `"last"`, "entryid": `"12345"`, "afterid": `"12346"`,
	"category": `"GenreFilter"`, "name": `"Other"`, "value": `true`, "state": `"pause"`, "statistic": `"likes"`, "modifier": `"inc"`,
	"hide": `false`, "origin": `"CD"`, "importtime": `1577847600`, "colorname": `"bgcolor"`, "color": `"#101010"`, "lyrics": `null`, "lyricsstate": `0`,
	"attribute": `"posx"`, "approval": `1`, "confidence": `1`, "parentname": `"Other"`, "icon": `"x"`, "posx": `0`, "posy": `0`, "cd": `0`, "queue": `"songs"`, "before": `100`,
	"n": `3`, "offset": `0`, "seed": `1`,
	"path": `"no/such"`, "thorough": `false`, "repair": `false`, "planid": `999999`, "lose": `false`,
	"config": `{}`, "begin": `0`, "end": `1`, "timestamp": `1`,
	"albumpath": `"Poixun/1999 - Debut Marble"`, "newpath": `"Poixun/1999 - Nothing"`, "oldpath": `"Poixun/1999 - Nothing there"`, "oldalbumpath": `"Poixun/1999 - Nothing there"`,
	"newartistdirectory": `"Poixun"`, "sourcepath": `"no/such"`, "targetpath": `"no/such"`, "contenttype": `"song"`, "contentpath": `"no/such"`,
	"taskid": `"no such task"`, "mimetype": `"audio/mpeg"`, "filesize": `4`, "checksum": `"x"`, "filename": `"a.mp3"`, "chunkdata": `"00"`, "musicpath": `"x"`,
}

// hostile are values that no argument is meant to have, or that name nothing.
func hostile() []string {
	return []string{
		``, `null`, `true`, `-1`, `0`, `999999`, `1.5`, `1e400`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `""`, `"x"`, `"0"`, `"-1"`, `"999999"`, `"1.0"`,
		`"\u0000"`, `"../../../etc/passwd"`, `"/etc/passwd"`, `"%s%n"`, `"'; DROP TABLE songs; --"`, `"\ud83d"`, `[]`, `[1]`, `{}`, `{"id":1}`,
		`"340282366920938463463374607431768211456"`, `"` + strings.Repeat("9", 5000) + `"`, `"` + strings.Repeat("ä/", 5000) + `"`,
		strings.Repeat("[", 500) + strings.Repeat("]", 500), strings.Repeat(`{"a":`, 500) + "1" + strings.Repeat("}", 500),
	}
}

// changing are the arguments, by function, for which a text or number that looks
// strange is as good as any other.
var changing = map[string][]string{
	"AddGenre": {"name"}, "AddSubgenre": {"name", "parentname"}, // the genres of before
	"AddMoodFlag": {"name", "icon", "color", "posx", "posy"},
	"ModifyTag":   {"value"},
	"HideAlbum":   {"hide"},
	"SetMDBState": {"name"}, "SetAlbumOrigin": {"origin"}, "SetAlbumImportTime": {"importtime"}, "SetSongLyrics": {"lyrics"},
	"CreateArtistEntry": {"name"}, "UpdateArtistEntry": {"newpath"}, // a directory that is not there yet will do
	"SetSongTag":           {"approval", "confidence"}, // not used unless both are given
	"AddAlbumToQueue":      {"cd"},                     // anything but an integer is no CD
	"AddRandomSongToQueue": {"albumid"},
	"SetVideoTimeFrame":    {"begin", "end"}, "SetVideoThumbnail": {"timestamp"},
	"InitiateUpload": {"taskid", "mimetype", "filesize", "checksum", "filename"},
}

// argumentsWith are the arguments of a function with one value in place of a
// fitting one; an empty value leaves the argument out.
func argumentsWith(f *server.Function, name, value string) json.RawMessage {
	var members []string
	for _, a := range f.Args {
		v := fitting[a.Name]
		if a.Name == name {
			v = value
		} else if !a.Required {
			continue
		}
		if v != "" {
			members = append(members, fmt.Sprintf("%q:%s", a.Name, v))
		}
	}
	return json.RawMessage("{" + strings.Join(members, ",") + "}")
}

// TestHostileArguments sends every function with each of its arguments wrong in
// every way. The connection goes on, answers are of the described type, nothing
// that must stay has changed, and the log does not grow by a line for each packet.
func TestHostileArguments(t *testing.T) {
	t.Parallel()
	for _, f := range server.Functions() {
		for _, a := range f.Args {
			if a.Name != "*" && fitting[a.Name] == "" {
				t.Errorf("%s: no fitting value for %s is known to this test", f.Name, a.Name)
			}
		}
	}
	var log logbook
	d := startDaemon(t, daemonOptions{installed: true, log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	c := d.dial()
	before, sent := d.contents(), 0
	for _, f := range server.Functions() {
		for _, a := range f.Args {
			if a.Name == "*" {
				continue
			}
			for _, value := range hostile() {
				if value == fitting[a.Name] {
					continue
				}
				sent++
				attack(t, c, f, argumentsWith(f, a.Name, value))
			}
			if slices.Contains(changing[f.Name], a.Name) {
				before = d.contents()
				continue
			}
			if after := d.contents(); len(changes(before, after)) > 0 {
				t.Errorf("%s with a hostile %s changed %.200q", f.Name, a.Name, changes(before, after))
				before = after
			}
		}
		for _, value := range []string{`null`, `[]`, `"x"`, `1`, `{}`, `{"":1}`} {
			sent++
			if len(f.Args) > 0 {
				attack(t, c, f, json.RawMessage(value))
			}
		}
	}
	if after := d.contents(); len(changes(before, after)) > 0 {
		t.Errorf("arguments that are no object changed %.200q", changes(before, after))
	}
	d.checkInvariants()
	if text := log.String(); strings.Contains(text, "panic") || strings.Count(text, "\n") > sent/100 {
		t.Errorf("%d packets left %d warnings in the log:\n%.2000s", sent, strings.Count(text, "\n"), text)
	}
}

// attack sends one request and waits for all it leads to.
func attack(t testing.TB, c *client.Client, f *server.Function, arguments json.RawMessage) {
	t.Helper()
	if err := c.Send(wire.Request{Method: wire.Ask, Function: f.Name, Signature: json.RawMessage(`"x"`), Arguments: arguments}); err != nil {
		t.Fatalf("%s with %.100s: %v", f.Name, arguments, err)
	}
	for _, packet := range fence(t, c) {
		if err := must(described())(t).check(packetMap(t, packet)); err != nil {
			t.Errorf("%s with %.100s was answered by a packet that is not as described: %.300v", f.Name, arguments, err)
		}
	}
}
