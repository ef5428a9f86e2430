package tasks_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"musicdb/media/tasks"
)

// Everybody gets the annotations with every notification: they cannot grow for ever,
// however they come.
func TestAnnotationsEnd(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	if err := b.m.Upload(announce("a", []byte("x"))); err != nil {
		t.Fatal(err)
	}
	part := json.RawMessage(`"` + strings.Repeat("x", 100_000) + `"`)
	n := 0
	var err error
	for err == nil && n < 1000 {
		err = b.m.Annotate("a", map[string]json.RawMessage{strings.Repeat("k", n+1): part})
		n++
	}
	if !errors.Is(err, tasks.ErrAnnotations) || n != 11 || len(b.task("a").Annotations) != 10 {
		t.Fatalf("%d annotations, %v", n, err)
	}
	if heard := b.lines(); !strings.HasPrefix(heard[len(heard)-1], "InternalError waitforchunk: the annotations") {
		t.Errorf("heard %.200q", heard[len(heard)-1])
	}
	// What replaces something counts once.
	for range 3 {
		if err := b.m.Annotate("a", map[string]json.RawMessage{"k": part}); err != nil {
			t.Error(err)
		}
	}
}

// What can be sent as an annotation can be told and stored, however deep it is.
func TestDeepAnnotations(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	if err := b.m.Upload(announce("a", []byte("x"))); err != nil {
		t.Fatal(err)
	}
	deep := json.RawMessage(strings.Repeat("[", 9998) + strings.Repeat("]", 9998)) // two more are around it in a message
	if err := b.m.Annotate("a", map[string]json.RawMessage{"deep": deep}); err != nil {
		t.Fatal(err)
	}
	if task := b.task("a"); task.Unsaved != "" {
		t.Errorf("it is not saved: %s", task.Unsaved)
	}
	again := newBench(t, b.dir, nil)
	if got := again.task("a").Annotations["deep"]; string(got) != string(deep) {
		t.Errorf("%d bytes were kept", len(got))
	}
}
