package server_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"musicdb/media/plans"
	"musicdb/server"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// heldPlan is what clients are told of a plan.
type heldPlan struct {
	ID         int64
	Kind       string
	State      string
	Operations []map[string]json.RawMessage
	Doubts     []heldDoubt
	LastBy     string
}

type heldDoubt struct{ Kind, Path, Suggestion string }

type heldAnswer struct {
	Plan    *heldPlan
	Done    bool
	Message string
	Since   []string
	Owned   bool
}

// planStates are the states of a plan that a client hears of, up to one of them.
func planStates(t *testing.T, c *client.Client, id int64, last string) (states []string) {
	t.Helper()
	for !slices.Contains(states, last) {
		p := next(t, c)
		if p.Function != "MusicDB:Plans" || string(p.Signature) != `"onPlanChanged"` {
			continue
		}
		var told heldPlan
		if err := json.Unmarshal(p.Arguments, &told); err != nil || len(told.Operations) > 0 {
			t.Fatalf("%v, %s", err, p.Arguments)
		}
		if told.ID == id {
			states = append(states, told.State)
		}
	}
	return states
}

// ofPlans asks, holds the answer against the description, and passes by what everybody
// is told meanwhile.
func ofPlans[T any](t *testing.T, c *client.Client, function, arguments string) (value T) {
	t.Helper()
	for _, p := range replies(t, c, wire.Ask, function, arguments) {
		if p.Function != function {
			continue
		}
		if err := errors.Join(must(described())(t).check(packetMap(t, p)), json.Unmarshal(p.Arguments, &value)); err != nil {
			t.Fatal(err)
		}
		return value
	}
	t.Fatalf("%s was not answered", function)
	return value
}

func TestPlansThroughClients(t *testing.T) {
	t.Parallel()
	var kept *plans.Keeper
	d := startDaemon(t, daemonOptions{installed: true, change: func(o *server.Options) { kept = o.Plans }})
	asker, other := d.dial(), d.dial()
	reply(t, other, "Bounce", `{}`) // whoever has shown no key yet hears nothing
	const album, renamed = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static", "ACHSELBRAN∕BRANELGORNO/1986 - Earlier"
	p := must(kept.Propose(t.Context(), plans.Plan{Kind: plans.Rename, Title: "an older year", Path: album, Operations: []plans.Operation{
		{Move: &plans.Move{From: album, To: renamed}},
	}}))(t)
	there := func(rel string) bool {
		_, err := os.Stat(filepath.Join(d.music, rel))
		_, known := d.library.Catalogue().AlbumByPath(rel)
		return err == nil && known
	}
	argument := `{"planid":` + string(must(json.Marshal(p.ID))(t)) + `}`

	if listed := ofPlans[[]heldPlan](t, asker, "GetPlans", `{}`); len(listed) != 1 || listed[0].ID != p.ID || listed[0].State != "proposed" {
		t.Fatalf("%+v", listed)
	}
	if got := ofPlans[heldAnswer](t, asker, "GetPlan", argument); !got.Done || len(got.Plan.Operations) != 1 || got.Plan.Operations[0]["move"] == nil {
		t.Fatalf("%+v", got)
	}
	if got := ofPlans[heldAnswer](t, asker, "UndoPlan", argument); got.Done || got.Message == "" || got.Plan.State != "proposed" {
		t.Fatalf("what was not applied was undone: %+v", got)
	}
	if got := ofPlans[heldAnswer](t, asker, "ApplyPlan", `{"planid":77}`); got.Done || got.Plan != nil || got.Message == "" {
		t.Fatalf("there is no such plan: %+v", got)
	}

	if got := ofPlans[heldAnswer](t, asker, "ApplyPlan", argument); !got.Done || got.Plan.State != "applied" || got.Plan.LastBy == "" || !there(renamed) || there(album) {
		t.Fatalf("%+v", got)
	}
	if got := planStates(t, other, p.ID, "applied"); !slices.Equal(got, []string{"proposed", "applying", "applied"}) {
		t.Fatalf("another client has heard of %v", got)
	}
	if got := ofPlans[heldAnswer](t, asker, "RejectPlan", argument); got.Done || got.Plan.State != "applied" {
		t.Fatalf("%+v", got)
	}

	// Somebody puts the directory elsewhere: then it cannot be undone, until it is back.
	elsewhere := filepath.Join(d.music, "elsewhere")
	if err := os.Rename(filepath.Join(d.music, renamed), elsewhere); err != nil {
		t.Fatal(err)
	}
	if got := ofPlans[heldAnswer](t, asker, "UndoPlan", argument); got.Done || len(got.Since) == 0 || got.Owned || got.Plan.State != "applied" {
		t.Fatalf("%+v", got)
	}
	if err := os.Rename(elsewhere, filepath.Join(d.music, renamed)); err != nil {
		t.Fatal(err)
	}
	if got := ofPlans[heldAnswer](t, asker, "UndoPlan", argument); !got.Done || got.Plan.State != "undone" || !there(album) {
		t.Fatalf("%+v", got)
	}

	// The old functions are in the same journal.
	if !ofPlans[bool](t, asker, "RenameAlbumDirectory", `{"oldpath":"`+album+`","newpath":"`+renamed+`"}`) {
		t.Fatal("not renamed")
	}
	listed := ofPlans[[]heldPlan](t, asker, "GetPlans", `{}`)
	if len(listed) != 2 || listed[0].Kind != "rename" || listed[0].State != "applied" || !there(renamed) {
		t.Fatalf("%+v", listed)
	}
	if got := ofPlans[heldAnswer](t, asker, "UndoPlan", `{"planid":`+string(must(json.Marshal(listed[0].ID))(t))+`,"lose":false}`); !got.Done || !there(album) || there(renamed) {
		t.Fatalf("%+v", got)
	}
}

func TestTwoClientsApplyOnePlan(t *testing.T) {
	t.Parallel()
	var kept *plans.Keeper
	d := startDaemon(t, daemonOptions{installed: true, change: func(o *server.Options) { kept = o.Plans }})
	const album, renamed = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static", "ACHSELBRAN∕BRANELGORNO/1986 - Earlier"
	p := must(kept.Propose(t.Context(), plans.Plan{Kind: plans.Rename, Title: "an older year", Path: album, Operations: []plans.Operation{
		{Move: &plans.Move{From: album, To: renamed}},
	}}))(t)
	answers := make(chan heldAnswer)
	for range 2 {
		c := d.dial()
		go func() {
			var got heldAnswer
			raw, err := c.Request(t.Context(), "ApplyPlan", map[string]any{"planid": p.ID})
			if err == nil {
				err = json.Unmarshal(raw, &got)
			}
			if err != nil {
				got.Message = err.Error()
			}
			answers <- got
		}()
	}
	one, two := <-answers, <-answers
	if one.Done == two.Done || one.Plan == nil || two.Plan == nil || one.Message == two.Message {
		t.Fatalf("%+v and %+v", one, two)
	}
	if p, err := kept.Get(t.Context(), p.ID); err != nil || p.State != plans.Applied {
		t.Fatalf("%+v, %v", p, err)
	}
}
