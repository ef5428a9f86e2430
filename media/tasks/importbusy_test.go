package tasks_test

import (
	"slices"
	"sync"
	"testing"

	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
)

// An album whose plan a client applies while its task is about to has entered once, and
// the task says so.
func TestAPlanThatAClientIsApplying(t *testing.T) {
	i := newImporting(t)
	album := readReference(t).Albums[0].Path
	i.enterArtist(album)
	p, err := i.planner.Plan(t.Context(), album, intake.Everything)
	if err == nil {
		p, err = i.plans.Propose(t.Context(), p)
	}
	if err != nil {
		t.Fatal(err)
	}
	id, _, err := i.m.Offer(tasks.Offered{ContentType: tasks.Album, Path: album, Plan: p.ID})
	if err != nil {
		t.Fatal(err)
	}
	i.run()
	importing, ended := make(chan struct{}), make(chan struct{})
	begins := sync.OnceFunc(func() { close(importing) })
	var states []tasks.State
	var failure *tasks.Failure
	defer i.m.Subscribe(func(n tasks.Notification) {
		if n.Task == nil {
			return
		}
		if states = append(states, n.Task.State); n.Task.Failure != nil {
			failure = n.Task.Failure
		}
		switch n.Task.State {
		case tasks.ImportingMusic:
			begins()
		case tasks.Remove:
			close(ended)
		default:
		}
	})()
	agreed := false
	defer i.plans.Subscribe(func(p plans.Plan) {
		if p.State != plans.Applying || agreed {
			return
		}
		agreed = true
		if err := i.m.Consent(id); err != nil {
			t.Error(err)
		}
		<-importing
		for range 100 { // while the task finds the plan at work
			if _, err := i.plans.Get(t.Context(), p.ID); err != nil {
				t.Error(err)
			}
		}
	})()
	if _, err := i.plans.Apply(t.Context(), p.ID, "a client", nil); err != nil {
		t.Fatal(err)
	}
	<-ended
	if failure != nil || !slices.Contains(states, tasks.ImportComplete) {
		t.Errorf("%v, %+v", states, failure)
	}
	if _, albums, _ := i.lib.Catalogue().NumberOf(); albums != 1 {
		t.Errorf("%d albums", albums)
	}
}
