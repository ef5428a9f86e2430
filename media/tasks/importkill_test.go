package tasks_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/library"
	"musicdb/media/maintenance"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
)

// importHere, when set, makes this test binary import all albums in the directory
// <value>. It prints a line for everything that it is told, and waits to be killed.
const importHere = "MUSICDB_TEST_IMPORTS"

// opened is everything that imports need, as the daemon opens it.
type opened struct {
	tasks *tasks.Manager
	plans *plans.Keeper
	lib   *library.Library
	close func() error
}

func openImports(dir string) (*opened, error) {
	ctx, data := context.Background(), filepath.Join(dir, "data")
	m, lib, music, err := openHere(dir)
	if err != nil {
		return nil, err
	}
	if err := m.Close(); err != nil { // it has no plans
		return nil, err
	}
	keeper, err := maintenance.Open(ctx, maintenance.Options{Library: lib, Music: music, Dir: data})
	if err != nil {
		return nil, err
	}
	covers, err := artwork.Open(filepath.Join(data, "artwork"), artwork.Options{Scales: []int{50}})
	if err != nil {
		return nil, err
	}
	o := &opened{lib: lib}
	if o.plans, err = plans.Open(ctx, plans.Options{Library: lib, Music: music, Maintenance: keeper, Artwork: covers}); err != nil {
		return nil, err
	}
	o.tasks, err = tasks.Open(tasks.Options{Dir: data, Library: lib, Music: music, Covers: covers, Plans: o.plans, Workers: 2,
		Planner: intake.New(intake.Options{Library: lib, Music: music, Artwork: covers})})
	o.close = func() error {
		return errors.Join(o.tasks.Close(), covers.Close(), keeper.Close(), lib.Close(), music.Close())
	}
	return o, err
}

// importUntilKilled imports all albums and takes them back, for ever.
func importUntilKilled(dir string) error {
	o, err := openImports(dir)
	if err != nil {
		return err
	}
	ended := make(chan struct{}, 1000)
	o.tasks.Subscribe(func(n tasks.Notification) {
		fmt.Println(n.Kind)
		if n.Kind == tasks.StateUpdate && n.Task.State == tasks.Remove {
			ended <- struct{}{}
		}
	})
	o.plans.Subscribe(func(p plans.Plan) { fmt.Println(p.State) })
	ctx := context.Background()
	go o.tasks.Run(ctx)
	albums, err := filepath.Glob(filepath.Join(dir, "music", "*", "????*"))
	for err == nil {
		for _, album := range albums {
			rel, _ := filepath.Rel(filepath.Join(dir, "music"), album)
			if _, err := o.tasks.ImportMusic(tasks.Album, rel); err != nil {
				return err
			}
		}
		for range albums {
			<-ended
		}
		err = o.takeBack(ctx)
	}
	return err
}

// takeBack takes back all imports.
func (o *opened) takeBack(ctx context.Context) error {
	list, err := o.plans.List(ctx)
	for _, p := range list {
		if p.State == plans.Applied && p.Kind == plans.ImportAlbum && err == nil {
			_, err = o.plans.Undo(ctx, p.ID, "test", false, nil)
		}
	}
	return err
}

// After a kill at any moment of imports each task comes to its end, or has failed with a
// reason; an album has entered as a whole or not at all, no plan hangs, the database is
// whole, and no file was touched.
func TestImportsThatAreKilled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := tree(t, filepath.Join(h.dir, "music"))
	err := h.lib.Edit(t.Context(), func(e *library.Edit) (err error) {
		for _, artist := range readReference(t).Artists { // as clients do before they import
			_, err2 := e.AddArtist(artist.Name, artist.Path)
			err = errors.Join(err, err2)
		}
		return err
	})
	if err := errors.Join(err, h.lib.Close(), h.music.Close()); err != nil {
		t.Fatal(err)
	}
	kills, all := 4, 0
	if *soak {
		kills = 60
	}
	for n := 0; n < kills || all == 0; n++ { // until some have shown that imports go on
		lines := 1 + rand.IntN(60) //nolint:gosec // a moment is no secret
		importsKilledAfter(t, h.dir, lines)
		entered := examineImports(t, h.dir, before)
		t.Logf("killed after %d lines: %d albums are in", lines, entered)
		if all += entered; t.Failed() {
			return
		}
	}
}

// importsKilledAfter kills a child after so many lines.
func importsKilledAfter(t *testing.T, dir string, lines int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$") //nolint:gosec // this binary
	child.Env = append(os.Environ(), importHere+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		if lines--; lines == 0 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if lines > 0 {
		t.Fatal("the child has ended by itself")
	}
}

// examineImports lets the tasks come to their ends, examines what they have left, and
// takes it back.
func examineImports(t *testing.T, dir string, before map[string]string) (entered int) {
	t.Helper()
	o, err := openImports(dir)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, o.tasks)
	for _, task := range o.tasks.All() {
		if err := o.tasks.Cancel(task.ID); err != nil {
			t.Error(err)
		}
	}
	want := readReference(t)
	c := o.lib.Catalogue()
	for _, album := range want.Albums {
		row, in := c.AlbumByPath(album.Path)
		if !in {
			continue
		}
		entered++
		if songs := c.SongsOf(row.ID); int64(len(songs)) != *album.NumOfSongs || *row.NumOfSongs != *album.NumOfSongs {
			t.Errorf("%s has %d of %d songs", album.Path, len(songs), *album.NumOfSongs)
		}
	}
	if _, albums, _ := c.NumberOf(); albums != entered {
		t.Errorf("%d albums, %d of them known", albums, entered)
	}
	if err := library.Inspect(t.Context(), filepath.Join(dir, "data"), func(f library.Fault) { t.Errorf("database: %+v", f) }); err != nil {
		t.Error(err)
	}
	list, err := o.plans.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		switch p.State {
		case plans.Applying, plans.Undoing, plans.Interrupted, plans.UndoInterrupted:
			t.Errorf("plan %d is still %v", p.ID, p.State)
		default:
		}
	}
	if err := o.takeBack(t.Context()); err != nil {
		t.Error(err)
	}
	if _, albums, songs := o.lib.Catalogue().NumberOf(); albums+songs != 0 {
		t.Errorf("%d albums and %d songs are left", albums, songs)
	}
	after := tree(t, filepath.Join(dir, "music"))
	for name, data := range before {
		if after[name] != data {
			t.Errorf("%q was changed", name)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files, there were %d", len(after), len(before))
	}
	if err := o.close(); err != nil {
		t.Error(err)
	}
	return entered
}
