package server_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// A new album is planned, applied and taken back by a client; nothing enters before.
func TestAnImportIsPlannedForAClient(t *testing.T) {
	t.Parallel()
	type planned struct {
		Plan    *heldPlan `json:"plan"`
		Message string    `json:"message"`
	}
	d := startDaemon(t, daemonOptions{installed: true})
	asker := d.dial()
	const album = "The Distant Lasts/2010 - Later Ghost"
	known := func() bool { _, known := d.library.Catalogue().AlbumByPath(album); return known }
	got := ofPlans[planned](t, asker, "PlanImport", `{"path":"`+album+`","repair":true}`)
	if got.Plan == nil || got.Message != "" || got.Plan.State != "proposed" || got.Plan.Kind != "importalbum" || len(got.Plan.Operations) < 2 || known() {
		t.Fatalf("%+v", got)
	}
	argument := `{"planid":` + string(must(json.Marshal(got.Plan.ID))(t)) + `}`
	if answer := ofPlans[heldAnswer](t, asker, "ApplyPlan", argument); !answer.Done || !known() {
		t.Fatalf("%+v", answer)
	}
	song := must(filepath.Glob(filepath.Join(d.music, album, "*.*3")))(t)
	copied := filepath.Join(d.music, "Copyist/2024 - Collected", "03 Another name.mp3")
	if err := os.MkdirAll(filepath.Dir(copied), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-i", song[0], "-map", "0:a", "-c", "copy", "-map_metadata", "-1", "-metadata", "title=Another", copied).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	twice := ofPlans[planned](t, asker, "PlanImport", `{"path":"Copyist/2024 - Collected"}`)
	doubt := func(d heldDoubt) bool {
		return d.Kind == "duplicate" && d.Path == "Copyist/2024 - Collected/03 Another name.mp3" && d.Suggestion == album+"/"+filepath.Base(song[0])
	}
	if twice.Plan == nil || !slices.ContainsFunc(twice.Plan.Doubts, doubt) {
		t.Errorf("a song of the library under another name: %+v", twice)
	}
	if again := ofPlans[planned](t, asker, "PlanImport", `{"path":"`+album+`"}`); again.Plan != nil || again.Message == "" {
		t.Fatalf("a known album: %+v", again)
	}
	if answer := ofPlans[heldAnswer](t, asker, "UndoPlan", argument); !answer.Done || known() {
		t.Fatalf("%+v", answer)
	}
	if _, err := os.Stat(filepath.Join(d.music, album)); err != nil {
		t.Error(err)
	}
	for _, path := range []string{"../etc", "no/2000 - such", "The Distant Lasts/Demo tapes"} {
		if got := ofPlans[planned](t, asker, "PlanImport", `{"path":"`+path+`"}`); got.Plan != nil || got.Message == "" {
			t.Errorf("%s: %+v", path, got)
		}
	}
}
