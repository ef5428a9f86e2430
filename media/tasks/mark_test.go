package tasks_test

import (
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/library"
	"musicdb/media/tasks"
)

func TestMarkIsReadByItsName(t *testing.T) {
	lib, err := library.Open(t.Context(), library.Options{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer lib.Close()
	if state, err := tasks.Mark(t.Context(), lib); state != tasks.MarkNone || err != nil {
		t.Errorf("new library: %v, %v", state, err)
	}
	for _, want := range []tasks.MarkState{tasks.MarkSongs, tasks.MarkCovers, tasks.MarkFinished, tasks.MarkSongs} {
		if err := lib.SetFirstScan(t.Context(), want.String()); err != nil {
			t.Fatal(err)
		}
		if state, err := tasks.Mark(t.Context(), lib); state != want || err != nil {
			t.Errorf("got %v, %v; want %v", state, err, want)
		}
	}
	if err := lib.SetFirstScan(t.Context(), "halfway"); err != nil {
		t.Fatal(err)
	}
	if state, err := tasks.Mark(t.Context(), lib); err == nil || !strings.Contains(err.Error(), `"halfway"`) {
		t.Errorf("unknown state: %v, %v", state, err)
	}
}
