package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"musicdb/server/client"
)

// deed is work on a collection that a kill may interrupt.
type deed struct {
	kind  string
	roots []string // artists whose directories it changes, before and after

	do    func(to *client.Client) error // nil when it is done, and was acknowledged
	again func(to *client.Client) error // does what is missing after a kill
	leave func(c collection)            // makes of a collection what the work is to leave

	where  func(y *yard) string            // where it was killed; called while no server runs
	became func(y *yard, done bool) string // what the next server has made of it

	client       *client.Client
	acknowledged bool
	took         time.Duration // until it was acknowledged
	killed       string
}

// deeds are all kinds of work.
var deeds = map[string]func(y *yard, artist string) *deed{
	"upload":         (*yard).upload,
	"integration":    (*yard).integration,
	"cover":          (*yard).cover,
	"import":         (*yard).imports,
	"plan":           (*yard).consent,
	"tags by a plan": (*yard).repair,
	"file":           (*yard).renameFile,
	"album":          (*yard).renameAlbum,
	"album by two":   (*yard).renameByTwo,
	"artist":         (*yard).renameArtist,
	"to artist":      (*yard).changeArtist,
	"undo a plan":    func(y *yard, artist string) *deed { return y.undo(y.consent(artist)) },
	"undo tags":      func(y *yard, artist string) *deed { return y.undo(y.repair(artist)) },
	"undo a rename":  func(y *yard, artist string) *deed { return y.undo(y.renameAlbum(artist)) },
}

// prepare makes ready for work in the directory of an artist with whom nobody else
// works.
func (y *yard) prepare(kind string) *deed {
	y.t.Helper()
	var artists []string
	for key := range y.look().rows {
		if p, found := strings.CutPrefix(key, "albums/"); found && !y.claimed[path.Dir(p)] && !slices.Contains(artists, path.Dir(p)) {
			artists = append(artists, path.Dir(p))
		}
	}
	slices.Sort(artists)
	artist := artists[y.dice.IntN(len(artists))]
	y.claimed[artist] = true
	d := deeds[kind](y, artist)
	d.kind = kind
	return d
}

func ask(to *client.Client, function string, arguments, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := to.Request(ctx, function, arguments)
	if err == nil {
		err = json.Unmarshal(answer, result)
	}
	return err
}

func (y *yard) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err, "\n", y.server.text())
	}
}

// name is one that was never used, in either Unicode form.
func (y *yard) name() string {
	y.names++
	form := []norm.Form{norm.NFC, norm.NFD}[y.dice.IntN(2)]
	return form.String(fmt.Sprintf("Größe %03d é", y.names))
}

func (y *yard) albumName() string { return fmt.Sprintf("%d - %s", 1950+y.dice.IntN(70), y.name()) }

// one is an entry of a table at a path or below it.
func (y *yard) one(table, below string) string {
	y.t.Helper()
	var all []string
	for key := range y.look().rows {
		if p, found := strings.CutPrefix(key, table+"/"); found && (p == below || strings.HasPrefix(p, below+"/")) {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return all[y.dice.IntN(len(all))]
}

// rename is one of the functions that rename a path.
func (y *yard) rename(function, from, to string) *deed {
	do := func(c *client.Client) error {
		var done bool
		if err := ask(c, function, map[string]any{"oldpath": from, "newpath": to}, &done); err != nil || done {
			return err
		}
		return errors.New("refused")
	}
	top := func(p string) string { first, _, _ := strings.Cut(p, "/"); return first }
	return &deed{roots: []string{top(from), top(to)}, do: do, again: do, leave: func(c collection) { c.move(from, to) }, where: (*yard).noted, became: wholeOrNot}
}

// noted tells whether what is renamed was noted by the killed server.
func (y *yard) noted() string {
	if _, err := os.Stat(filepath.Join(y.data, "maintenance.json")); err == nil {
		return "noted, not finished"
	}
	return "not begun or done"
}

func wholeOrNot(_ *yard, done bool) string {
	if done {
		return "done as a whole"
	}
	return "as it was, done then"
}

func (y *yard) renameFile(artist string) *deed {
	from := y.one("songs", artist)
	name := "0" + fmt.Sprint(1+y.dice.IntN(9)) + " " + y.name() + path.Ext(from)
	switch base := path.Base(from); {
	case y.dice.IntN(3) > 0:
	case norm.NFC.String(base) != base:
		name = norm.NFC.String(base)
	case norm.NFD.String(base) != base:
		name = norm.NFD.String(base)
	}
	return y.rename("RenameMusicFile", from, path.Dir(from)+"/"+name)
}

func (y *yard) renameAlbum(artist string) *deed {
	return y.rename("RenameAlbumDirectory", y.one("albums", artist), artist+"/"+y.albumName())
}

func (y *yard) renameArtist(artist string) *deed {
	return y.rename("RenameArtistDirectory", artist, y.name()+"∕B")
}

// renameByTwo has two clients give an album two names. One of them is refused.
func (y *yard) renameByTwo(artist string) *deed {
	from := y.one("albums", artist)
	one, other := y.rename("RenameAlbumDirectory", from, artist+"/"+y.albumName()), y.rename("RenameAlbumDirectory", from, artist+"/"+y.albumName())
	second := y.server.dial(y.data).Client
	did := [2]bool{}
	d := *one
	d.do = func(c *client.Client) error {
		ended := make(chan error, 1)
		go func() { ended <- other.do(second) }()
		err := one.do(c)
		late := <-ended
		did = [2]bool{err == nil, late == nil}
		if did[0] && did[1] {
			y.t.Errorf("%q was given two names", from)
		}
		if did[0] || did[1] {
			return nil
		}
		return errors.Join(err, late)
	}
	d.again = one.do
	d.leave = func(c collection) {
		if name := filepath.Join(y.music, from); did[0] || !did[1] && y.moved(name, one) {
			one.leave(c)
		} else {
			other.leave(c)
		}
	}
	return &d
}

// moved tells whether a directory has gone to where a deed wanted it.
func (y *yard) moved(from string, d *deed) bool {
	c := collection{files: map[string]lying{}, rows: nil}
	rel, _ := filepath.Rel(y.music, from)
	c.files[rel] = lying{}
	d.leave(c)
	for to := range c.files {
		_, err := os.Stat(filepath.Join(y.music, to))
		return err == nil
	}
	return false
}

func (y *yard) changeArtist(artist string) *deed {
	album, to := y.one("albums", artist), y.name()+" C"
	do := func(c *client.Client) error {
		var done bool
		if err := ask(c, "ChangeArtistDirectory", map[string]any{"oldalbumpath": album, "newartistdirectory": to}, &done); err != nil || done {
			return err
		}
		return errors.New("refused")
	}
	var row any
	y.must(ask(y.user, "CreateArtistEntry", map[string]any{"name": to}, &row))
	y.claimed[to] = true
	return &deed{roots: []string{artist, to}, do: do, again: do, where: (*yard).noted, became: wholeOrNot, leave: func(c collection) {
		now := to + "/" + path.Base(album)
		c.move(album, now)
		for key, row := range c.rows {
			if key == "albums/"+now || strings.HasPrefix(key, "songs/"+now+"/") {
				row["artistid"] = anything{}
			}
		}
	}}
}

// undo takes back what another deed has done, which nobody interrupts.
func (y *yard) undo(d *deed) *deed {
	y.t.Helper()
	prior := y.look()
	y.must(d.do(y.user))
	var all []struct {
		ID    int64
		State string
		Kind  string
	}
	y.must(ask(y.user, "GetPlans", nil, &all))
	id := all[0].ID
	for _, one := range all {
		if one.State == "applied" {
			id = one.ID
			break
		}
	}
	do := func(c *client.Client) error { return doPlan(c, "UndoPlan", id) }
	below := func(key string) bool {
		return slices.ContainsFunc(d.roots, func(root string) bool { return key == root || strings.HasPrefix(key, root+"/") })
	}
	return &deed{roots: d.roots, do: do, again: do, where: func(y *yard) string { return y.storedPlan(id) }, became: func(y *yard, done bool) string {
		return y.planIs(id, done, "undone")
	}, leave: func(c collection) {
		for p := range c.files {
			if below(p) {
				delete(c.files, p)
			}
		}
		for key := range c.rows {
			if _, p, _ := strings.Cut(key, "/"); below(p) {
				delete(c.rows, key)
			}
		}
		for p, it := range prior.files {
			if below(p) {
				c.files[p] = it
			}
		}
		for key, row := range prior.rows {
			if _, p, _ := strings.Cut(key, "/"); below(p) {
				c.rows[key] = row
			}
		}
	}}
}

// rest waits until every task waits for somebody, or has failed and says why.
func (y *yard) rest() {
	y.t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for until := time.Now().Add(patience); ; <-again.C {
		moving := ""
		for _, one := range y.tasks() {
			switch one.State {
			case "waitforchunk", "readyforintegration", "waitforconsent":
			case "uploadfailed", "invalidcontent", "integrationfailed", "importfailed", "fsscanfailed":
				if one.Failure == nil || one.Failure.Cause == "" && one.Failure.Message == "" {
					y.t.Errorf("the task %s is %s, and does not say why", one.ID, one.State)
				}
			default:
				moving = one.ID + " is " + one.State
			}
		}
		if moving == "" {
			return
		}
		if time.Now().After(until) {
			y.t.Fatalf("after %v the task %s\n%s", patience, moving, y.server.text())
		}
	}
}

// forget ends the tasks that are left. Then nothing is left of them.
func (y *yard) forget() {
	y.t.Helper()
	for _, one := range y.tasks() {
		var done bool
		y.must(ask(y.user, "CancelTask", map[string]any{"taskid": one.ID}, &done))
	}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for until := time.Now().Add(patience); ; <-again.C {
		left, err := filepath.Glob(filepath.Join(y.data, "uploads", "*"))
		y.must(err)
		if len(left) == 0 {
			return
		}
		if time.Now().After(until) {
			y.t.Fatalf("left of tasks that are no more: %q", left)
		}
	}
}
