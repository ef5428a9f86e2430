package server_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
