package tasks_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
)

// An album whose directory is renamed while it is imported has entered as a whole, or
// not at all; then the task tells why. Afterwards it can be imported under either name.
func TestTheDirectoryIsRenamedWhileItIsImported(t *testing.T) {
	i := newImporting(t)
	album := readReference(t).Albums[0].Path
	songs := 0
	for _, s := range readReference(t).Songs {
		if filepath.Dir(s.Path) == album {
			songs++
		}
	}
	at := filepath.Join(i.house.dir, "music", album)
	before := tree(t, filepath.Join(i.house.dir, "music"))
	i.enterArtist(album)
	i.run()
	for _, moment := range []struct {
		task  tasks.State
		plan  plans.State
		offer bool // with a plan that was agreed to
		ends  tasks.State
	}{
		{task: tasks.ImportingMusic, ends: tasks.ImportFailed},
		{plan: plans.Proposed, ends: tasks.ImportFailed},
		{plan: plans.Applying, ends: tasks.ImportFailed},
		{plan: plans.Applied, ends: tasks.ImportComplete},
		{task: tasks.ImportingMusic, offer: true, ends: tasks.ImportFailed},
		{plan: plans.Applying, offer: true, ends: tasks.ImportFailed},
		{plan: plans.Applied, offer: true, ends: tasks.ImportComplete},
	} {
		t.Run(fmt.Sprintf("%v %v %v", moment.task, moment.plan, moment.offer), func(t *testing.T) {
			var offered int64
			if moment.offer {
				p, err := i.planner.Plan(t.Context(), album, intake.Everything)
				if err == nil {
					p, err = i.plans.Propose(t.Context(), p)
				}
				if err != nil {
					t.Fatal(err)
				}
				offered = p.ID
			}
			// Subscribers are called before what they are told of goes on.
			renamed := false
			rename := func(now bool) {
				if now && !renamed {
					renamed = true
					if err := os.Rename(at, at+" (aside)"); err != nil {
						t.Error(err)
					}
				}
			}
			defer i.plans.Subscribe(func(p plans.Plan) { rename(moment.task == 0 && p.State == moment.plan) })()
			var states []tasks.State
			var failure *tasks.Failure
			ended := make(chan struct{})
			defer i.m.Subscribe(func(n tasks.Notification) {
				if n.Task != nil {
					states, failure = append(states, n.Task.State), n.Task.Failure
					rename(moment.task != 0 && n.Task.State == moment.task)
					if n.Task.State == tasks.Remove {
						close(ended)
					}
				}
			})()
			if moment.offer {
				id, _, err := i.m.Offer(tasks.Offered{ContentType: tasks.Album, Path: album, Plan: offered})
				if err == nil {
					err = i.m.Consent(id)
				}
				if err != nil {
					t.Fatal(err)
				}
			} else if _, err := i.m.ImportMusic(tasks.Album, album); err != nil {
				t.Fatal(err)
			}
			<-ended
			if !renamed || !slices.Contains(states, moment.ends) {
				t.Errorf("renamed %v, states %v, want %v", renamed, states, moment.ends)
			}
			if moment.ends == tasks.ImportFailed && (failure == nil || failure.Cause == "" || failure.Remedy == "") {
				t.Errorf("it has failed with %+v", failure)
			}
			_, albums, entered := i.lib.Catalogue().NumberOf()
			if in := moment.ends == tasks.ImportComplete; in != (albums == 1 && entered == songs) || !in && albums+entered != 0 {
				t.Errorf("%d albums and %d songs", albums, entered)
			}
			if err := os.Rename(at+" (aside)", at); err != nil {
				t.Fatal(err)
			}
			list, err := i.plans.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				if p.State == plans.Applied && p.Kind == plans.ImportAlbum {
					if _, err := i.plans.Undo(t.Context(), p.ID, "test", false, nil); err != nil {
						t.Error(err)
					}
				}
			}
			if after := tree(t, filepath.Join(i.house.dir, "music")); !maps.Equal(before, after) {
				t.Error("the music directory has changed")
			}
		})
	}
}
