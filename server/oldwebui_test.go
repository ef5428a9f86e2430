package server_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/server"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// oldWebUI does what the WebUI of MusicDB 8 does, over TLS: it finds the server with
// config.js, opens one websocket, and tells answers apart by function, signature and
// pass.
type oldWebUI struct {
	t      testing.TB
	daemon *daemon
	site   *http.Client
	base   string // URL of the page
	socket *client.Client
	key    string
	serial int
	made   map[string]bool // "function method signature" of every request
}

// visit is everything that happens before the first request.
func visit(t *testing.T, d *daemon, trust *tls.Config) *oldWebUI {
	t.Helper()
	w := &oldWebUI{t: t, daemon: d, made: map[string]bool{}, base: "https://" + d.HTTPAddr().String() + "/musicdb/",
		site: &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}}
	t.Cleanup(w.site.CloseIdleConnections)
	answer, script := w.get("webdata/config.js")
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("config.js: %s", answer.Status)
	}
	address, key := browserConfig(t, script, "https", "127.0.0.1")
	if !strings.HasPrefix(address, "wss://127.0.0.1:") || key != testKey {
		t.Fatalf("config.js names %s and %s", address, key)
	}
	w.key = key
	w.socket = must(client.Dial(t.Context(), client.Options{URL: address, Key: key, TLS: trust}))(t)
	t.Cleanup(func() { _ = w.socket.Close() })
	return w
}

// get loads what the page refers to.
func (w *oldWebUI) get(reference string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	at := must(must(url.Parse(w.base))(w.t).Parse(reference))(w.t)
	r := must(http.NewRequestWithContext(w.t.Context(), http.MethodGet, at.String(), nil))(w.t)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := must(w.site.Do(r))(w.t)
	defer answer.Body.Close()
	return answer, string(must(io.ReadAll(answer.Body))(w.t))
}

// send sends one packet with a pass of its own.
func (w *oldWebUI) send(method wire.Method, function, signature string, arguments any) (pass string) {
	w.t.Helper()
	w.made[strings.Join([]string{function, method.String(), signature}, " ")] = true
	w.serial++
	pass = fmt.Sprintf(`{"webuitaskid":%d}`, w.serial)
	raw, mark := must(json.Marshal(arguments))(w.t), json.RawMessage("null")
	if signature != "" {
		mark = must(json.Marshal(signature))(w.t)
	}
	if err := w.socket.Send(wire.Request{Method: method, Function: function, Signature: mark, Arguments: raw, Pass: json.RawMessage(pass)}); err != nil {
		w.t.Fatal(err)
	}
	return pass
}

// do sends one packet and returns the result of its answer, nil if there is none to
// come. The answer must be the one that the protocol has, and the only one.
func (w *oldWebUI) do(method wire.Method, function, signature string, arguments any) json.RawMessage {
	w.t.Helper()
	pass := w.send(method, function, signature, arguments)
	want, name := map[wire.Method]string{wire.Ask: wire.MethodResponse, wire.Broadcast: wire.MethodBroadcast}[method], function
	for _, f := range server.Functions() {
		if f.Name == function && f.BroadcastsAs != "" {
			want, name = wire.MethodBroadcast, f.BroadcastsAs
		}
	}
	if function == "CutSongRelationship" {
		name = "GetSongRelationship"
	}
	var result json.RawMessage
	answers := 0
	for _, p := range fence(w.t, w.socket) {
		if p.Method == wire.MethodNotification {
			continue
		}
		answers++
		result = p.Arguments
		if p.Method != want || p.Function != name || string(p.Pass) != pass {
			w.t.Errorf("%s: got %.300s, want a %s of %s with the pass %s", function, p.Encode(), want, name, pass)
		}
	}
	if (answers == 1) != (want != "") || answers > 1 {
		w.t.Errorf("%s as %s (%s) with %v: %d answers", function, method, signature, arguments, answers)
	}
	return result
}

func (w *oldWebUI) request(function, signature string, arguments any) json.RawMessage {
	w.t.Helper()
	return w.do(wire.Ask, function, signature, arguments)
}

func (w *oldWebUI) call(function string, arguments any) {
	w.t.Helper()
	w.do(wire.Call, function, "", arguments)
}

func (w *oldWebUI) broadcast(function, signature string, arguments any) json.RawMessage {
	w.t.Helper()
	return w.do(wire.Broadcast, function, signature, arguments)
}

type object = map[string]any

func parsed[T any](t testing.TB, raw json.RawMessage) (value T) {
	t.Helper()
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatalf("%v: %.300s", err, raw)
	}
	return value
}

// The start of the WebUI: everything is sent as it comes, and the answers come in
// that order, with the keys that it uses without looking.
func TestOldWebUIStarts(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSOn, daemonOptions{})
	w := visit(t, d, trust)
	song := slices.Collect(d.library.Catalogue().Songs())[0]
	sequence := []struct {
		function, signature string
		arguments           any
	}{
		{"LoadWebUIConfiguration", "SetupWebUI", nil}, {"GetTagsStatistics", "UpdateGenreSelection", nil},
		{"GetMDBState", "InitializeWebUI", nil},
		{"GetArtists", "UpdateArtistsCache", nil}, {"GetTags", "UpdateTagsCache", object{}}, {"GetMDBState", "UpdateMDBState", nil},
		{"GetAudioStreamState", "UpdateStreamState", nil}, {"GetSongQueue", "ShowSongQueue", nil},
		{"GetAudioStreamState", "UpdateHUD", nil}, {"GetSongQueue", "ShowSongQueue", nil}, {"GetFilteredArtistsWithAlbums", "ShowArtists", nil},
		{"GetAlbum", "ShowAlbum", object{"albumid": song.AlbumID}}, {"GetSong", "UpdateSong", object{"songid": song.ID}},
	}
	passes := make([]string, 0, len(sequence))
	for _, s := range sequence {
		passes = append(passes, w.send(wire.Ask, s.function, s.signature, s.arguments))
	}
	var answers []wire.Packet
	for _, p := range fence(t, w.socket) {
		if p.Method == wire.MethodResponse {
			answers = append(answers, p)
		}
	}
	if len(answers) != len(sequence) {
		t.Fatalf("%d answers to %d requests", len(answers), len(sequence))
	}
	results := map[string]json.RawMessage{}
	for i, p := range answers {
		if p.Function != sequence[i].function || string(p.Signature) != `"`+sequence[i].signature+`"` || string(p.Pass) != passes[i] {
			t.Errorf("answer %d is %s/%s, want %s/%s", i, p.Function, p.Signature, sequence[i].function, sequence[i].signature)
		}
		results[p.Function] = p.Arguments
	}

	config := parsed[map[string]object](t, results["LoadWebUIConfiguration"])
	for _, section := range []string{"meta", "WebUI", "MainMenu", "ArtistsView", "GenreSelectionView", "Stream", "debug"} {
		if len(config[section]) == 0 {
			t.Errorf("the configuration has no section %s", section)
		}
	}
	tags := parsed[struct{ Genres, Subgenres, Moods []struct{ Name string } }](t, results["GetTags"])
	state := parsed[struct {
		GenreFilter    []string
		SubgenreFilter map[string][]string
	}](t, results["GetMDBState"])
	for _, genre := range tags.Genres {
		if state.SubgenreFilter[genre.Name] == nil {
			t.Errorf("the state has no sub genres of %s", genre.Name)
		}
	}
	for _, active := range state.GenreFilter {
		if !slices.ContainsFunc(tags.Genres, func(g struct{ Name string }) bool { return g.Name == active }) {
			t.Errorf("the genre %s is active and does not exist", active)
		}
	}
	stream := parsed[object](t, results["GetAudioStreamState"])
	if _, current := stream["currententry"]; current && stream["currententry"] == nil {
		for _, absent := range []string{"song", "album", "artist", "songtags", "albumtags"} {
			if _, there := stream[absent]; there {
				t.Errorf("without a current song the stream's state has %s", absent)
			}
		}
	}
	for _, entry := range parsed[[]object](t, results["GetSongQueue"]) {
		if _, there := entry["video"]; there {
			t.Error("an entry of the song queue has a video")
		}
	}
	album := parsed[struct{ Cds [][]object }](t, results["GetAlbum"])
	for _, cd := range album.Cds {
		if len(cd) == 0 {
			t.Error("a CD has no songs")
		}
	}
}

// The WebUI takes a server that says nothing for five seconds for a dead one.
func TestOldWebUIHearsTheHeartbeat(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSOn, daemonOptions{})
	w := visit(t, d, trust)
	w.request("LoadWebUIConfiguration", "SetupWebUI", nil)
	last := time.Now()
	for beats := 0; beats < 2; {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		p, err := w.socket.Receive(ctx)
		cancel()
		if err != nil {
			t.Fatalf("the watchdog would end the connection after %v: %v", time.Since(last), err)
		}
		last = time.Now()
		if string(p.Signature) == `"onTimeChanged"` {
			beats++
		}
	}
}
