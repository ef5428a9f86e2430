package loudness

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"musicdb/fsm"
	"musicdb/fsm/fsmtest"
	"musicdb/media/library"
)

func TestBothRunnersAgree(t *testing.T) { fsmtest.Agree(t, definition) }

// The queue comes first, then the albums of its songs, then the rest of the queue,
// then everything.
func TestOrder(t *testing.T) {
	h := newHouse(t)
	first, second, third := h.album("First", -20, -21), h.album("Second", -22, -23, -24), h.album("Third", -25)
	var queued []int64
	for range ahead { // the same song again and again
		queued = append(queued, second[2].ID)
	}
	queued = append(queued, third[0].ID)
	m := h.meter(Options{Queued: func() []int64 { return queued }})
	h.complete(m)

	all := slices.Concat(first, second, third)
	slices.SortFunc(all, func(a, b library.Song) int {
		return h.loudness(a).Measured.Compare(h.loudness(b).Measured)
	})
	var order []int64
	for _, s := range all {
		order = append(order, s.ID)
	}
	want := []int64{second[2].ID, second[0].ID, second[1].ID, third[0].ID, first[0].ID, first[1].ID}
	if !slices.Equal(order, want) {
		t.Errorf("measured in the order %v, want %v", order, want)
	}
	for i, s := range first {
		if n := h.loudness(s); n.Integrated == nil || !near(*n.Integrated, -20-float64(i), 0.1) {
			t.Errorf("song %d: %+v", s.ID, n)
		}
	}
	if f := m.Figures(); f != (Figures{Measured: 6}) {
		t.Errorf("figures %+v", f)
	}
}

// A file that cannot be decoded is noted, and left alone until it changes.
func TestBrokenFileIsTriedAgainWhenItChanges(t *testing.T) {
	h := newHouse(t)
	songs := h.album("One", -20, -20)
	must(t, os.WriteFile(h.file(songs[0].Path), []byte("no sound"), 0o644))
	m := h.meter(Options{})
	h.complete(m)
	before := h.loudness(songs[0])
	if before.Failure == "" || m.Figures() != (Figures{Measured: 1, Failed: 1}) {
		t.Fatalf("%+v, %+v", before, m.Figures())
	}
	h.complete(h.meter(Options{}))
	if again := h.loudness(songs[0]); !again.Measured.Equal(before.Measured) {
		t.Error("a broken file was tried again although it is the same")
	}
	wave(t, h.file(songs[0].Path), 44_100, sine(1, -30))
	m = h.meter(Options{})
	h.complete(m)
	after := h.loudness(songs[0])
	if after.Failure != "" || after.Integrated == nil || !near(*after.Integrated, -30, 0.1) {
		t.Errorf("the new file: %+v", after)
	}
	if f := m.Figures(); f.Failed != 0 || f.Measured+f.Left != 2 {
		t.Errorf("figures %+v", f)
	}
}

// A file that was replaced is noticed without a word from the library, and by its
// checksum even if it looks the same.
func TestChangesAreNoticed(t *testing.T) {
	h := newHouse(t)
	songs := h.album("One", -20, -20)
	h.complete(h.meter(Options{}))
	before := h.loudness(songs[1])
	s := songs[1]
	s.Checksum = "another"
	must(t, h.lib.Edit(t.Context(), func(e *library.Edit) error { return e.PutSong(s) }))
	wave(t, h.file(songs[0].Path), 44_100, sine(2, -25))
	h.complete(h.meter(Options{}))
	if n := h.loudness(songs[0]); !near(*n.Integrated, -25, 0.1) {
		t.Errorf("a replaced file has %v LUFS", *n.Integrated)
	}
	if n := h.loudness(s); n.Checksum != "another" || !n.Measured.After(before.Measured) {
		t.Errorf("a changed row: %+v", n)
	}
}

// A song that is measured again counts once in the mean of the library, and one that
// is broken now not at all.
func TestMeanCountsEachSongOnce(t *testing.T) {
	h := newHouse(t)
	songs := h.album("One", -20, -20, -20)
	h.complete(h.meter(Options{}))
	wave(t, h.file(songs[0].Path), 44_100, sine(2, -26))
	must(t, os.WriteFile(h.file(songs[1].Path), []byte("no sound"), 0o644))
	m := h.meter(Options{})
	h.complete(m)
	if mean := m.sum / m.count; m.count != 2 || !near(mean, -23, 0.1) {
		t.Errorf("the mean of %v songs is %v LUFS, want -23 of 2", m.count, mean)
	}
}

// A moved file keeps what is known of it, under its new id.
func TestMovedFileIsNotMeasuredAgain(t *testing.T) {
	h := newHouse(t)
	old := h.album("One", -20)[0]
	h.complete(h.meter(Options{}))
	before := h.loudness(old)
	must(t, h.lib.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveAlbum(old.AlbumID) }))
	moved := h.album("Two", -20)[0]
	info, err := os.Stat(h.file(moved.Path))
	must(t, err)
	row := moved
	row.Checksum = old.Checksum
	must(t, h.lib.Edit(t.Context(), func(e *library.Edit) error { return e.PutSong(row) }))
	m := h.meter(Options{})
	h.complete(m)
	after := h.loudness(moved)
	if !after.Measured.Equal(before.Measured) || !after.Modified.Equal(info.ModTime()) || !slices.Equal(after.Blocks, before.Blocks) {
		t.Errorf("the moved file has %+v, it had %+v", after, before)
	}
	if m.Figures() != (Figures{Measured: 1}) {
		t.Errorf("figures %+v", m.Figures())
	}
}

// What is of no more use is forgotten: the song is gone, and its file cannot be
// known again or was not seen for long.
func TestLostSongsAreForgotten(t *testing.T) {
	h, now := newHouse(t), time.Now()
	for id, n := range map[int64]library.Loudness{
		50: {Measured: now}, 51: {Checksum: "a", Measured: now}, 52: {Checksum: "b", Measured: now.Add(-keepOrphans - time.Hour)},
	} {
		n.SongID = id
		must(t, h.lib.SaveLoudness(t.Context(), n))
	}
	h.complete(h.meter(Options{}))
	var kept []int64
	must(t, h.lib.EachLoudness(t.Context(), func(n library.Loudness) { kept = append(kept, n.SongID) }))
	if !slices.Equal(kept, []int64{51}) {
		t.Errorf("kept are %v, want 51", kept)
	}
}

// While others use the machine nothing is begun.
func TestBusyMachineIsLeftAlone(t *testing.T) {
	h := newHouse(t)
	song := h.album("One", -20)[0]
	m := h.meter(Options{})
	asked := 0
	m.busy = func() bool {
		asked++
		if _, known, err := h.lib.Loudness(t.Context(), song.ID); known || err != nil {
			t.Errorf("it was measured although the machine is busy (%v)", err)
		}
		return asked < 5
	}
	h.complete(m)
	if asked != 5 || // at the begin, three times in vain, and then not in vain
		h.loudness(song).Integrated == nil {
		t.Errorf("asked %d times", asked)
	}
	if !slices.ContainsFunc(m.machine.Trace(), func(s fsm.Step[State, Event]) bool { return s.On == MachineBusy }) {
		t.Error("the machine of the worker does not show it")
	}
}

// A machine that is always busy gets there, too.
func TestPatienceHasAnEnd(t *testing.T) {
	h := newHouse(t)
	song := h.album("One", -20)[0]
	m := h.meter(Options{})
	m.busy = func() bool { return true }
	m.pauses.patience = time.Millisecond
	h.complete(m)
	if h.loudness(song).Integrated == nil {
		t.Error("the song was not measured")
	}
}

// Music that is not there blames no song, and is measured when it is back.
func TestMusicThatIsAway(t *testing.T) {
	h := newHouse(t)
	songs := h.album("One", make([]float64, missingInARow+5)...)
	must(t, os.Rename(h.file("A"), h.file("B")))
	m := h.meter(Options{})
	m.pauses.again = 0
	m.pauses.poll = time.Millisecond
	held := 0
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m.log = slog.New(&messages{at: "nothing is left to be measured", then: func() {
		if m.Figures().Left == 0 {
			cancel()
			return
		}
		if held++; held == 1 {
			must(t, os.Rename(h.file("B"), h.file("A")))
		}
	}})
	must(t, m.Run(ctx))
	for _, s := range songs {
		if n := h.loudness(s); n.Failure != "" || n.Integrated == nil {
			t.Errorf("%s: %+v", s.Path, n)
		}
	}
	away, edges := uint64(0), definition.Describe().Edges
	for i, n := range m.observer.Figures().Edges {
		if edges[i].On == int(MusicAway) {
			away += n
		}
	}
	if away == 0 {
		t.Error("no pause was made although the music was away")
	}
}

func TestRunsOnce(t *testing.T) {
	h := newHouse(t)
	m, err := New(Options{Library: h.lib, Music: h.music, Tool: h.tool})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, m.Run(ctx)) // measuring is off: it waits for the end
	if err := m.Run(t.Context()); !errors.Is(err, ErrRunning) {
		t.Errorf("second run: %v", err)
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a Meter without a library was made")
	}
}
