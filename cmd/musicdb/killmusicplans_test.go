package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans"
	"musicdb/server/client"
)

// planNow is a plan, as far as this test looks at it.
type planNow struct {
	ID         int64
	State      string
	Operations []plans.Operation
	Failure    *struct{ Cause, Remedy string }
}

func doPlan(to *client.Client, function string, id int64) error {
	var answer struct {
		Done    bool
		Message string
	}
	err := ask(to, function, map[string]any{"planid": id}, &answer)
	if err == nil && !answer.Done {
		err = errors.New(answer.Message)
	}
	return err
}

func (y *yard) plan(id int64) planNow {
	y.t.Helper()
	var answer struct{ Plan planNow }
	y.must(ask(y.user, "GetPlan", map[string]any{"planid": id}, &answer))
	return answer.Plan
}

// planIs compares the state of a plan with what was done.
func (y *yard) planIs(id int64, done bool, end string) string {
	y.t.Helper()
	p := y.plan(id)
	switch {
	case done != (p.State == end), p.State == "applying", p.State == "undoing", strings.HasSuffix(p.State, "interrupted"):
		y.t.Errorf("done: %v, and the plan is %s", done, p.State)
	case p.State == "failed" && (p.Failure == nil || p.Failure.Cause == ""):
		y.t.Error("a plan has failed and does not say why")
	}
	return p.State
}

// storedPlan is the state of a plan, and how much of it was noted, as a killed server
// has left its databases. They are looked at in a copy.
func (y *yard) storedPlan(id int64) string {
	y.t.Helper()
	dir, err := os.MkdirTemp(y.t.TempDir(), "left")
	y.must(err)
	defer os.RemoveAll(dir)
	all, err := filepath.Glob(filepath.Join(y.data, "*.db*"))
	y.must(err)
	for _, name := range all {
		data, err := os.ReadFile(name)
		y.must(errors.Join(err, os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o600)))
	}
	l, err := library.Open(y.t.Context(), library.Options{Dir: dir})
	y.must(err)
	defer l.Close()
	plan, found, err := l.Plan(y.t.Context(), id)
	y.must(err)
	steps, err := l.PlanSteps(y.t.Context(), id)
	y.must(err)
	switch {
	case !found:
		return "not noted"
	case len(steps) == 0:
		return plan.State
	}
	return fmt.Sprintf("%s, %d noted", plan.State, len(steps))
}

// applied is the deed of a plan. propose makes it, and makes it again.
func (y *yard) applied(artist string, propose func(c *client.Client) (planNow, error)) *deed {
	y.t.Helper()
	p, err := propose(y.user)
	y.must(err)
	if len(p.Operations) == 0 {
		y.t.Fatal("a plan of nothing")
	}
	leave := y.foretell(p.Operations)
	return &deed{roots: []string{artist}, do: func(c *client.Client) error { return doPlan(c, "ApplyPlan", p.ID) }, again: func(c *client.Client) error {
		if y.plan(p.ID).State == "proposed" {
			return doPlan(c, "ApplyPlan", p.ID)
		}
		next, err := propose(c)
		if err != nil {
			return err
		}
		return doPlan(c, "ApplyPlan", next.ID)
	}, leave: leave, where: func(y *yard) string { return y.storedPlan(p.ID) }, became: func(y *yard, done bool) string {
		return y.planIs(p.ID, done, "applied")
	}}
}

// consent imports an album whose tags and names are repaired.
func (y *yard) consent(artist string) *deed {
	album := artist + "/" + y.albumName()
	y.album(album)
	odd := filepath.Join(y.music, album, "Fru\u0308hling.mp3")
	data, err := os.ReadFile(y.sounds[0])
	y.must(errors.Join(err, os.WriteFile(odd, data, 0o644))) //nolint:gosec // as music usually is
	return y.applied(artist, func(c *client.Client) (planNow, error) {
		var answer struct {
			Plan    *planNow
			Message string
		}
		err := ask(c, "PlanImport", map[string]any{"path": album, "repair": true}, &answer)
		if err != nil || answer.Plan == nil {
			return planNow{}, errors.Join(err, errors.New(answer.Message))
		}
		return *answer.Plan, nil
	})
}

// repair has the doctor write the tags of an album.
func (y *yard) repair(artist string) *deed {
	d := y.imports(artist)
	y.must(d.do(y.user))
	album := ""
	for key := range y.look().rows { // the newest
		if p, found := strings.CutPrefix(key, "albums/"); found && path.Dir(p) == artist && strings.Contains(p, fmt.Sprintf(" %03d ", y.names)) {
			album = p
		}
	}
	return y.applied(artist, func(c *client.Client) (planNow, error) {
		var begun struct{ Started bool }
		if err := ask(c, "Diagnose", map[string]any{"path": album}, &begun); err != nil || !begun.Started {
			return planNow{}, errors.Join(err, errors.New("nothing was examined"))
		}
		again := time.NewTicker(3 * time.Millisecond)
		defer again.Stop()
		for state := ""; state != "done"; <-again.C {
			var page struct{ Status struct{ State string } }
			if err := ask(c, "GetDiagnosis", map[string]any{}, &page); err != nil {
				return planNow{}, err
			}
			if state = page.Status.State; state == "failed" || state == "cancelled" {
				return planNow{}, errors.New("the examination is " + state)
			}
		}
		var answer struct {
			Plans   []planNow
			Message string
		}
		if err := ask(c, "ProposeRepairs", map[string]any{"path": album}, &answer); err != nil || len(answer.Plans) == 0 {
			return planNow{}, errors.Join(err, errors.New(answer.Message))
		}
		return answer.Plans[0], nil
	})
}

// foretell is what operations are to leave. Files with other tags are made here, from
// those that are there now.
func (y *yard) foretell(operations []plans.Operation) func(c collection) {
	y.t.Helper()
	sums := map[string]string{}
	for _, o := range operations {
		if o.WriteTags != nil {
			sums[o.WriteTags.File.Path] = y.tagged(o.WriteTags)
		}
	}
	return func(c collection) {
		for _, o := range operations {
			switch {
			case o.MakeDirectory != nil:
				c.files[o.MakeDirectory.Path] = lying{mode: fs.ModeDir | 0o775}
			case o.Move != nil:
				c.move(o.Move.From, o.Move.To)
			case o.WriteTags != nil:
				at := o.WriteTags.File.Path
				c.files[at] = lying{c.files[at].mode, sums[at]}
				if row := c.rows["songs/"+at]; row != nil {
					row["checksum"] = sums[at]
				}
			case o.EnterAlbum != nil:
				c.enter(o.EnterAlbum.Path)
			case o.SetCover != nil:
				row := c.rows["albums/"+o.SetCover.AlbumPath]
				row["artworkpath"] = anything{}
				if o.SetCover.Colors != (plans.Colors{}) {
					row["bgcolor"], row["fgcolor"], row["hlcolor"] = o.SetCover.Colors.Background, o.SetCover.Colors.Foreground, o.SetCover.Colors.Highlight
				}
			case o.ChangeRow != nil:
				for key, row := range c.rows {
					if strings.HasPrefix(key, o.ChangeRow.Table+"/") && row["id"] == float64(o.ChangeRow.ID) {
						for column, raw := range o.ChangeRow.After {
							var value any
							y.must(json.Unmarshal(raw, &value))
							row[column] = value
						}
					}
				}
			default:
				y.t.Errorf("what does this leave: %+v", o)
			}
		}
		for _, o := range operations {
			if o.EnterAlbum != nil {
				c.share(o.EnterAlbum.Path)
			}
		}
	}
}

// tagged is the checksum of a file with other tags.
func (y *yard) tagged(w *plans.WriteTags) string {
	y.t.Helper()
	dir := y.t.TempDir()
	name := "song" + path.Ext(w.File.Path)
	data, err := os.ReadFile(filepath.Join(y.music, w.File.Path))
	y.must(errors.Join(err, os.WriteFile(filepath.Join(dir, name), data, 0o600)))
	m, err := files.OpenMusic(dir)
	y.must(err)
	defer m.Close()
	v, err := m.PrepareTags(y.t.Context(), name, "x", w.After)
	y.must(err)
	return v.Checksum
}
