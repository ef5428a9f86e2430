package library_test

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"musicdb/media/library"
)

func TestLoudnessIsKept(t *testing.T) {
	dir, level := t.TempDir(), -14.25
	song := library.Loudness{SongID: 7, Checksum: "abc", Size: 12, Modified: time.Unix(3, 4), Measured: time.UnixMilli(1234567),
		Integrated: &level, Range: 6.5, Peak: 0.98, Blocks: []byte{1, 2, 3}}
	silent := library.Loudness{SongID: 9, Modified: time.Unix(1, 0), Measured: time.UnixMilli(5), Blocks: []byte{}}
	failed := library.Loudness{SongID: 2, Modified: time.Unix(0, 1), Measured: time.UnixMilli(6), Failure: "no sound"}
	l := open(t, dir)
	if _, known, err := l.Loudness(t.Context(), 7); known || err != nil {
		t.Fatalf("before anything was measured: %v, %v", known, err)
	}
	for _, n := range []library.Loudness{{SongID: 7, Failure: "replaced by what follows"}, song, silent, failed} {
		if err := l.SaveLoudness(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	for _, want := range []library.Loudness{song, silent, failed} {
		if got, known, err := l.Loudness(t.Context(), want.SongID); !known || err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("song %d: %+v, %v, %v, want %+v", want.SongID, got, known, err, want)
		}
	}
	if err := l.RemoveLoudness(t.Context(), []int64{9, 1000}); err != nil {
		t.Fatal(err)
	}
	var ids []int64
	if err := l.EachLoudness(t.Context(), func(n library.Loudness) {
		ids = append(ids, n.SongID)
		if n.Blocks != nil {
			t.Errorf("song %d comes with its blocks", n.SongID)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if want := []int64{2, 7}; !reflect.DeepEqual(ids, want) {
		t.Errorf("known are %v, want %v", ids, want)
	}
}

// An own database of the first version gets the tables of all later ones and keeps the
// rest.
func TestOwnDatabaseIsUpgraded(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	position := library.StreamPosition{EntryID: "5", Seconds: 1.5, Saved: time.UnixMilli(77)}
	if err := l.SaveStreamPosition(t.Context(), position); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "musicdb.db")
	for _, table := range []string{"loudness", "queuechanges", "queuecheckpoints", "videostream", "counting", "contents"} {
		run(t, own, "DROP TABLE "+table)
	}
	run(t, own, "UPDATE meta SET value = '1' WHERE key = 'version'")
	l = open(t, dir)
	if got, _, err := l.StreamPosition(t.Context()); err != nil || !reflect.DeepEqual(got, position) {
		t.Errorf("the position is %+v, %v, want %+v", got, err, position)
	}
	if err := l.SaveLoudness(t.Context(), library.Loudness{SongID: 1}); err != nil {
		t.Error(err)
	}
	if err := l.SaveQueueChanges(t.Context(), []library.QueueChange{{ID: 9, Queue: library.SongQueue}}, library.QueueCheckpoint{Queue: library.SongQueue, Change: 9}); err != nil {
		t.Error(err)
	}
	if last, err := l.LastQueueChange(t.Context()); last != 9 || err != nil {
		t.Errorf("the last change is %d, %v, want 9", last, err)
	}
	if err := l.SaveVideoStreaming(t.Context(), false); err != nil {
		t.Error(err)
	}
	if counted, err := l.BeginCount(t.Context(), "5", 1); counted || err != nil {
		t.Errorf("a play is counted: %v, %v", counted, err)
	}
	if err := l.SaveKnownFiles(t.Context(), []library.KnownFile{{Path: "A"}}, nil); err != nil {
		t.Error(err)
	}
}
