package server_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"musicdb/media/doctor"
	"musicdb/media/library"
	"musicdb/server"
	"musicdb/server/client"
)

// diagnosed is what clients are told of an examination.
type diagnosed struct {
	Started bool
	Why     string
	State   string
	Status  struct {
		State    string
		Verdicts int
		Counts   map[string]int
	}
	Verdicts []struct{ Illness, Subject, Path, Certainty, Remedy string }
}

func askDoctor(t *testing.T, c *client.Client, function string, arguments any) (d diagnosed) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := json.Unmarshal(must(c.Request(ctx, function, arguments))(t), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// An examination is begun by one client, its end is told to all, and everybody may ask
// what was found. In this installation the files of the library are missing.
func TestAnExaminationIsForEverybody(t *testing.T) {
	t.Parallel()
	var examiner *doctor.Doctor
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) {
		examiner = doctor.New(doctor.Options{Catalogue: o.Library.Catalogue, Music: o.Music, DataDir: o.Library.Dir(), Scales: o.Artwork.Scales()})
		o.Doctor = examiner
	}})
	defer func() {
		d.stop()
		if err := examiner.Close(); err != nil {
			t.Error(err)
		}
	}()
	var album library.Album
	if err := d.library.Edit(t.Context(), func(e *library.Edit) error {
		album = e.Catalogue().Albums()[0]
		wrong := album
		count := int64(777)
		wrong.NumOfSongs = &count
		return e.PutAlbum(wrong)
	}); err != nil {
		t.Fatal(err)
	}
	caller, other := d.dial(), d.dial()
	fence(t, other)
	for argument, why := range map[string]string{`{"path":"../x"}`: `".."`, `{"path":"Nobody"}`: "", `{"thorough":true}`: "needs ffmpeg"} {
		if got := askDoctor(t, caller, "Diagnose", json.RawMessage(argument)); why != "" && (got.Started || !strings.Contains(got.Why, why)) {
			t.Errorf("%s: %+v", argument, got)
		}
		awaitIdle(t, caller)
	}
	fence(t, other)
	if got := askDoctor(t, caller, "Diagnose", json.RawMessage("{}")); !got.Started {
		t.Fatalf("%+v", got)
	}
	var end struct{ State string }
	for end.State != "done" {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		p := must(other.Receive(ctx))(t)
		cancel()
		if p.Function == "MusicDB:Doctor" && strings.Contains(string(p.Signature), "Finished") {
			if err := json.Unmarshal(p.Arguments, &end); err != nil {
				t.Fatal(err)
			}
		}
	}
	page := askDoctor(t, other, "GetDiagnosis", json.RawMessage("{}"))
	if page.Status.State != "done" || page.Status.Verdicts == 0 || len(page.Verdicts) != min(page.Status.Verdicts, 500) {
		t.Errorf("%+v", page)
	}
	for _, v := range page.Verdicts {
		if v.Illness == "" || v.Subject == "" || v.Path == "" || v.Certainty == "" || v.Remedy == "" {
			t.Errorf("a verdict says too little: %+v", v)
		}
	}
	if rest := askDoctor(t, other, "GetDiagnosis", map[string]int{"offset": 1, "limit": 1}); len(rest.Verdicts) > 1 || len(page.Verdicts) > 1 && rest.Verdicts[0] != page.Verdicts[1] {
		t.Errorf("the second verdict: %+v", rest.Verdicts)
	}
	var proposed struct {
		Plans []struct {
			ID          int64
			State, Path string
		}
		Message string
	}
	if err := json.Unmarshal(must(caller.Request(t.Context(), "ProposeRepairs", map[string]string{"path": "Nobody"}))(t), &proposed); err != nil || len(proposed.Plans) > 0 || proposed.Message == "" {
		t.Errorf("of nothing: %+v, %v", proposed, err)
	}
	if err := json.Unmarshal(must(caller.Request(t.Context(), "ProposeRepairs", json.RawMessage("{}")))(t), &proposed); err != nil || len(proposed.Plans) != 1 || proposed.Plans[0].Path != album.Path || proposed.Message != "" {
		t.Fatalf("%+v, %v", proposed, err)
	}
	if now, _ := d.library.Catalogue().Album(album.ID); *now.NumOfSongs != 777 {
		t.Error("a repair was made without consent")
	}
	must(caller.Request(t.Context(), "ApplyPlan", map[string]int64{"planid": proposed.Plans[0].ID}))(t)
	if now, _ := d.library.Catalogue().Album(album.ID); *now.NumOfSongs == 777 {
		t.Error("the repair was not made")
	}
	if got := must(caller.Request(t.Context(), "CancelDiagnosis", nil))(t); string(got) != "false" {
		t.Errorf("there was nothing to cancel: %s", got)
	}
}

// awaitIdle waits until no examination runs; one of a path that is not there is over soon.
func awaitIdle(t *testing.T, c *client.Client) {
	t.Helper()
	for {
		if s := askDoctor(t, c, "GetDiagnosis", json.RawMessage("{}")).Status.State; s != "looking" && s != "listening" {
			return
		}
	}
}
