package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"musicdb/server/client"
)

// offers is a server with an empty library whose clients are asked about new music.
type offers struct {
	t         testing.TB
	ctx       context.Context //nolint:containedctx // of the test
	env       []string
	source    string
	music     string
	server    *child
	user      *client.Client
	hears     *client.Client
	refreshed int // how often lists were to be loaded again
}

func newOffers(t testing.TB, settings ...string) *offers {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	o := &offers{t: t, ctx: ctx, source: filepath.Join(t.TempDir(), "album"), music: t.TempDir()}
	whispers(t, o.source, 2)
	whispersFrom(t, filepath.Join(o.music, drops), 10, 2)
	o.env = environment(t.TempDir(), append([]string{"MUSICDB_DIRECTORIES_MUSIC=" + o.music, "MUSICDB_STREAM_LOUDNESS=off",
		"MUSICDB_STREAM_START=paused", "MUSICDB_LOG_LOGLEVEL=DEBUG"}, settings...)...)
	o.begin()
	return o
}

func (o *offers) begin() {
	o.server = start(o.t, o.env, "serve").waitReady()
	o.server.waitLog("looked at the music directory")
	o.user, o.hears = o.server.connect(o.ctx), o.server.connect(o.ctx)
	request(o.ctx, o.t, o.hears, "GetCurrentTasks", nil, new(json.RawMessage)) // it is registered for what comes
	o.refreshed = 0
}

// kill ends the server as a power failure would, and starts it again.
func (o *offers) kill() {
	o.t.Helper()
	if err := o.server.cmd.Process.Kill(); err != nil {
		o.t.Fatal(err)
	}
	_ = o.server.cmd.Wait()
	o.begin()
}

func (o *offers) copy(album string) {
	o.t.Helper()
	copyInto(o.t, o.source, filepath.Join(o.music, album))
}

func (o *offers) until(album, state string) taskTold {
	o.t.Helper()
	for {
		p, err := o.hears.Receive(o.ctx)
		if err != nil {
			o.t.Fatalf("waiting for %s of %s: %v", state, album, err)
		}
		if string(p.Signature) == `"UpdateCaches"` {
			o.refreshed++
		}
		var told taskTold
		if p.Function != "MusicDB:Task" || json.Unmarshal(p.Arguments, &told) != nil || told.Task == nil || told.Task.AlbumPath == nil {
			continue
		}
		if *told.Task.AlbumPath == album && told.State == state {
			return told
		}
	}
}

// planned is the answer about a plan.
type planned struct {
	Done    bool
	Message string
	Plan    struct{ State string }
}

func (o *offers) ask(function string, plan int64) (p planned) {
	o.t.Helper()
	request(o.ctx, o.t, o.user, function, map[string]any{"planid": plan}, &p)
	if !p.Done {
		o.t.Errorf("%s: %+v", function, p)
	}
	return p
}

// want holds albums of the library, songs of the last of them, and offers against what
// they should be.
func (o *offers) want(albums []string, offered ...string) {
	o.t.Helper()
	var artists []struct {
		Albums []struct{ Album struct{ Path string } }
	}
	request(o.ctx, o.t, o.user, "GetFilteredArtistsWithAlbums", nil, &artists)
	var got []string
	for _, artist := range artists {
		for _, a := range artist.Albums {
			got = append(got, a.Album.Path)
		}
	}
	slices.Sort(got)
	if slices.Sort(albums); !slices.Equal(got, albums) {
		o.t.Errorf("the library has %q, want %q", got, albums)
	}
	var tasks []struct{ AlbumPath, State string }
	request(o.ctx, o.t, o.user, "GetTasks", nil, &tasks)
	got = nil
	for _, t := range tasks {
		got = append(got, t.AlbumPath)
	}
	slices.Sort(got)
	if !slices.Equal(got, offered) {
		o.t.Errorf("offered are %+v, want %q", tasks, offered)
	}
}

const drops, gusts, gales = "Rain/2010 - Drops", "Wind/2012 - Gusts", "Wind/2013 - Gales"

// Offers and plans agree: whichever of them is decided, the other is, too, and after a
// kill between any two steps.
func TestOffersEndWithTheirPlans(t *testing.T) {
	o := newOffers(t)
	o.copy(gusts)
	told := o.until(gusts, "waitforconsent")
	o.kill()
	o.want([]string{drops}, gusts)

	// Consent to the plan.
	o.ask("ApplyPlan", told.Task.Plan)
	o.until(gusts, "importcomplete")
	o.until(gusts, "remove")
	o.want([]string{drops, gusts})
	o.kill()
	o.want([]string{drops, gusts})

	// It is taken back, and offered again.
	o.ask("UndoPlan", told.Task.Plan)
	told = o.until(gusts, "waitforconsent")
	if o.refreshed != 1 {
		t.Errorf("an undo had lists loaded %d times", o.refreshed)
	}
	o.want([]string{drops}, gusts)
	o.refreshed = 0
	o.ask("ApplyPlan", told.Task.Plan)
	o.until(gusts, "remove")

	// Songs that a known album has got.
	whispersFrom(t, filepath.Join(o.music, gusts), 20, 1)
	told = o.until(gusts, "waitforconsent")
	if o.refreshed != 1 {
		t.Errorf("a plan that was applied had lists loaded %d times", o.refreshed)
	}
	o.ask("ApplyPlan", told.Task.Plan)
	o.until(gusts, "remove")
	var found struct {
		Songs []struct{ Song struct{ Path string } }
	}
	request(o.ctx, t, o.user, "Find", map[string]any{"searchstring": "Whisper 20", "limit": 20}, &found)
	if !slices.ContainsFunc(found.Songs, func(s struct{ Song struct{ Path string } }) bool { return s.Song.Path == gusts+"/21 Whisper 20.mp3" }) {
		t.Errorf("found %+v", found)
	}

	// What is rejected, or whose task is cancelled, is not offered again until it changes.
	if err := os.RemoveAll(o.source); err != nil {
		t.Fatal(err)
	}
	whispersFrom(t, o.source, 30, 2)
	for _, reject := range []func(taskTold){
		func(told taskTold) { o.ask("RejectPlan", told.Task.Plan) },
		func(told taskTold) {
			request(o.ctx, t, o.user, "CancelTask", map[string]any{"taskid": told.Task.ID}, new(json.RawMessage))
			var p planned
			if request(o.ctx, t, o.user, "GetPlan", map[string]any{"planid": told.Task.Plan}, &p); p.Plan.State != "rejected" {
				t.Errorf("the plan of a cancelled task is %+v", p)
			}
		},
	} {
		o.copy(gales)
		reject(o.until(gales, "waitforconsent"))
		o.until(gales, "remove")
		o.kill()
		o.want([]string{drops, gusts})
		if err := os.RemoveAll(filepath.Join(o.music, gales)); err != nil {
			t.Fatal(err)
		}
	}
}
