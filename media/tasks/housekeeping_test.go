package tasks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"musicdb/media/tasks"
)

// plant writes a file and gives it an age.
func plant(t *testing.T, file, data string, age time.Duration) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(data), 0o644)
	}
	at := time.Now().Add(-age)
	if err == nil {
		err = os.Chtimes(file, at, at)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// storedTask is the file of a task that was begun now.
func storedTask(id string, state tasks.State, more string) string {
	return fmt.Sprintf(`{"id":%q,"state":%q,"contenttype":"albumfile","initializationtime":%d%s}`, id, state, time.Now().Unix(), more)
}

// Files that no task has, of our own making and older than a day, are deleted; nothing else.
func TestUploadsWithoutTasksAreDeletedAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const day = 24 * time.Hour
	for name, age := range map[string]time.Duration{
		"albumfile-aa.mp3": 2 * day, "artwork-bb": 25 * time.Hour, ".writing-XYZ": 0,
		"albumfile-cc.mp3": time.Hour, "albumfile-needed.mp3": 9 * day, "holiday.mp3": 9 * day, "albumfile-dd.mp3.part.old": 9 * day, "song-ee.mp3": 9 * day,
	} {
		plant(t, filepath.Join(dir, "uploads", name), "x", age)
	}
	plant(t, filepath.Join(dir, "tasks", "T.json"), storedTask("T", tasks.ReadyForIntegration, `,"uploadpath":"albumfile-needed.mp3"`), 0)
	newBench(t, dir, nil)
	var left []string
	entries, err := os.ReadDir(filepath.Join(dir, "uploads"))
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"albumfile-cc.mp3", "albumfile-dd.mp3.part.old", "albumfile-needed.mp3", "holiday.mp3", "song-ee.mp3"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left %q, want %q (%v)", left, want, err)
	}
}

// What is no task is left where it is, and what is too old is removed.
func TestTasksOfAnEarlierStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, "tasks", name) }
	plant(t, at("new.json"), storedTask("new", tasks.ReadyForIntegration, ""), 0)
	plant(t, at("other name.json"), storedTask("named", tasks.IntegrationFailed, ""), 0)
	plant(t, at("again.json"), storedTask("new", tasks.ReadyForIntegration, ""), 0)
	plant(t, at("stuck.json"), `{"id":"stuck","state":"preprocessing","contenttype":"albumfile","initializationtime":1,"updatetime":2}`, 48*time.Hour)
	plant(t, at("waiting.json"), `{"id":"waiting","state":"waitforchunk","contenttype":"albumfile","initializationtime":1,"updatetime":null}`, 48*time.Hour)
	plant(t, at("crashing.json"), storedTask("crashing", tasks.ScanningFS, `,"attempts":3`), 0)
	plant(t, at("removed.json"), storedTask("removed", tasks.Remove, ""), 0)
	left := []string{"again.json", "damaged.json", "hostile.json", "later.json", "none.json", "notes.txt"}
	plant(t, at("damaged.json"), `{"id":"da`, 0)
	plant(t, at("hostile.json"), storedTask("../../x", tasks.ReadyForIntegration, ""), 0)
	plant(t, at("later.json"), `{"id":"later","state":"sending","contenttype":"any"}`, 0)
	plant(t, at("none.json"), `[]`, 0)
	plant(t, at("notes.txt"), `x`, 0)

	b := newBench(t, dir, nil)
	states := map[string]tasks.State{}
	for _, task := range b.m.All() {
		states[task.ID] = task.State
	}
	want := map[string]tasks.State{"new": tasks.ReadyForIntegration, "named": tasks.IntegrationFailed, "crashing": tasks.FSScanFailed}
	if fmt.Sprint(states) != fmt.Sprint(want) {
		t.Errorf("tasks %v, want %v", states, want)
	}
	if files, kept := b.files(), append([]string{"crashing.json", "new.json", "other name.json"}, left...); !sameNames(files, kept) {
		t.Errorf("files %q, want %q", files, kept)
	}
	crashing, err := b.m.Task("crashing")
	if err != nil || crashing.Failure == nil || crashing.Failure.Cause == "" || crashing.Failure.Remedy == "" {
		t.Errorf("%+v, %v", crashing.Failure, err)
	}
	// A task keeps the file that it was found in.
	if err := b.m.Annotate("named", map[string]json.RawMessage{"x": json.RawMessage("1")}); err != nil || len(b.files()) != len(left)+3 {
		t.Errorf("%v, files %q", err, b.files())
	}
}

func sameNames(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
