package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/state"
)

// settled returns the history of the song queue, the oldest change first, after a
// test that it is the history of the queue as it is.
func (h *house) settled() []library.QueueChange {
	h.t.Helper()
	return settled(h.t, h, library.SongQueue, h.songs.line.list())
}

func settled(t testing.TB, h *house, kind library.QueueKind, now list) []library.QueueChange {
	t.Helper()
	const all = 1_000_000
	newest, err := h.journal.Before(context.Background(), kind, 0, all)
	must(t, err)
	must(t, explains(h.library, kind, newest, now))
	slices.Reverse(newest)
	return newest
}

// explains tells whether a history, the newest change first, explains a queue: the
// last checkpoint and what came later give the queue, and undoing all changes one by
// one fits at every step and ends with the empty queue that the test began with, or
// at a gap.
func explains(from *library.Library, kind library.QueueKind, newest []library.QueueChange, now list) error {
	replayed, found, err := replay(context.Background(), from, kind)
	if err != nil {
		return err
	}
	if !found || !slices.Equal(replayed, now) {
		return fmt.Errorf("the history leads to %v, the queue is %v", replayed, now)
	}
	for i, c := range newest {
		if i > 0 && c.ID >= newest[i-1].ID || c.Command > c.ID {
			return fmt.Errorf("change %d of command %d follows %d", newest[i-1].ID, newest[i-1].Command, c.ID)
		}
		if Change(c.What) == Gap {
			return nil
		}
		if now, err = undo(now, stepOf(c)); err != nil {
			return err
		}
	}
	if len(now) != 0 {
		return fmt.Errorf("all undone, there are still %v", now)
	}
	return nil
}

// undo returns the list before a step.
func undo(l list, s step) (list, error) {
	switch {
	case s.what.adds():
		return l.apply(step{what: Removed, item: s.item, at: s.at})
	case s.what.takes():
		return l.apply(step{what: Added, item: s.item, at: s.at})
	default:
		return l.apply(step{what: s.what, item: s.item, at: s.from, from: s.at})
	}
}

var (
	anna = Actor{7, "192.0.2.7"}
	ben  = Actor{8, "2001:db8::8"}
)

// told is what a history says, one line per change.
func told(changes []library.QueueChange) (lines []string) {
	for _, c := range changes {
		line := fmt.Sprintf("%s %d at %d", c.What, c.MediaID, c.Position)
		if Change(c.What) == Moved {
			line += fmt.Sprintf(" from %d", c.From)
		}
		if c.Connection != 0 {
			line += fmt.Sprintf(" by %d %s", c.Connection, c.Client)
		}
		lines = append(lines, line)
	}
	return lines
}

// Each way to change a queue is in the history with who did it.
func TestHistoryNamesWhoDidWhat(t *testing.T) {
	h := newHouse(t, []int{8, 1}, "UPDATE songs SET disabled = 1 WHERE songid < 9")
	h.settings(func(r *state.Randy) {
		r.BlackLists.SongListLength, r.BlackLists.AlbumListLength, r.BlackLists.ArtistListLength = 0, 0, 0
	})
	a, b := h.songs.By(anna), h.songs.By(ben)
	first, err := a.Add(1, Last())
	must(t, err)
	ids, err := b.AddAlbum([]int64{2, 3}, Next())
	must(t, err)
	_, err = a.Move(ids[0], ids[1])
	must(t, err)
	must(t, b.Remove(ids[1]))
	_, err = a.AddRandom(Last(), nil)
	must(t, err)
	b.NextFrom(first, Skipped)
	a.Note(Paused)
	h.songs.Next()
	must(t, h.library.Edit(context.Background(), func(e *library.Edit) error { return e.RemoveSong(9) }))
	b.ForgetRemoved()
	for _, refused := range []error{a.Remove("5"), b.Remove("6")} {
		if !errors.Is(refused, ErrEmpty) {
			t.Errorf("removing what is not there gave %v", refused)
		}
	}
	history := h.settled()[1:] // the house was opened twice
	want := []string{
		"start 0 at 0",
		"add 1 at 0 by 7 192.0.2.7",
		"add 2 at 1 by 8 2001:db8::8",
		"add 3 at 2 by 8 2001:db8::8",
		"move 2 at 2 from 1 by 7 192.0.2.7",
		"remove 3 at 1 by 8 2001:db8::8",
		"random 9 at 2 by 7 192.0.2.7",
		"skip 1 at 0 by 8 2001:db8::8",
		"pause 2 at 0 by 7 192.0.2.7",
		"next 2 at 0",
		"random 9 at 1",
		"forget 9 at 0 by 8 2001:db8::8",
		"forget 9 at 0 by 8 2001:db8::8",
	}
	if got := told(history); !slices.Equal(got, want) {
		t.Errorf("the history is\n%q, want\n%q", got, want)
	}
	var commands []int64
	for _, c := range history {
		commands = append(commands, c.Command-history[0].ID)
		if !c.At.Equal(h.clock.now()) {
			t.Errorf("%s was at %v, want %v", c.What, c.At, h.clock.now())
		}
	}
	if want := []int64{0, 1, 2, 2, 4, 5, 6, 7, 8, 9, 9, 11, 11}; !slices.Equal(commands, want) {
		t.Errorf("the changes belong to the commands %v, want %v", commands, want)
	}
}

// What is in the file of a queue and not in its history, and the other way round, is
// explained at the start: after a kill, an editor, or a library that lost a song.
func TestHistoryExplainsWhatTheFileSays(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	ids := h.fill(1, 2, 3, 4, 5)
	must(t, h.library.Edit(context.Background(), func(e *library.Edit) error { return e.RemoveSong(2) }))
	entries := h.songs.Entries()
	h.write(entries[4], entries[0], entries[1], Entry{ID: "77", SongID: 6}, entries[3])
	h.restart()
	history := told(h.settled())
	want := []string{"start 0 at 0", "lost 3 at 2", "forget 2 at 1", "move 5 at 0 from 2", "restore 6 at 2"}
	if got := history[len(history)-len(want):]; !slices.Equal(got, want) {
		t.Errorf("the history ends with %q, want %q", got, want)
	}
	if got := h.queued(); !slices.Equal(got, []int64{5, 1, 6, 4}) || h.songs.Entries()[1].ID != ids[0] {
		t.Errorf("restored %v", got)
	}
}

// A queue that was there before there was a history is where the history begins.
func TestHistoryBeginsWithTheQueueOfAnOldInstallation(t *testing.T) {
	h := newHouse(t, []int{8})
	h.fill(1, 2, 3)
	h.settled() // what is not noted yet would come behind
	must(t, h.library.ForgetQueueChanges(context.Background()))
	h.restart()
	_, err := h.songs.By(anna).Add(4, Last())
	must(t, err)
	newest, err := h.journal.Before(context.Background(), library.SongQueue, 0, 10)
	must(t, err)
	if got := told(newest); !slices.Equal(got, []string{"add 4 at 3 by 7 192.0.2.7", "start 0 at 0"}) {
		t.Errorf("the history is %q", got)
	}
	if now, found, err := replay(context.Background(), h.library, library.SongQueue); err != nil || !found || !slices.Equal(now, h.songs.line.list()) {
		t.Errorf("replayed %v, %v, %v", now, found, err)
	}
}

// Pages of a history join without overlap, old ones come to an end.
func TestHistoryInPages(t *testing.T) {
	h := newHouse(t, []int{8})
	h.fill(1, 2, 3, 4, 5, 6, 7)
	all := h.settled()
	var pages []library.QueueChange
	for before := int64(0); ; {
		page, err := h.journal.Before(context.Background(), library.SongQueue, before, 3)
		must(t, err)
		if len(page) == 0 {
			break
		}
		if len(page) > 3 {
			t.Fatalf("%d changes on a page", len(page))
		}
		pages = append(pages, page...)
		before = page[len(page)-1].ID
	}
	slices.Reverse(pages)
	if !slices.Equal(pages, all) || len(all) != 8 {
		t.Errorf("pages %v\nall %v", pages, all)
	}
	if videos, err := h.journal.Before(context.Background(), library.VideoQueue, 0, 10); err != nil || len(videos) > 0 {
		t.Errorf("the history of videos is %v, %v", videos, err)
	}
}

// Old changes are removed, by time and by number, but none that a start needs.
func TestHistoryIsBounded(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	h.fill(1, 2, 3)
	h.clock.set(h.clock.now().AddDate(0, 0, 10))
	h.fill(4)
	ctx := context.Background()
	// Nothing since the checkpoint of the start goes.
	must(t, h.library.TrimQueueChanges(ctx, h.clock.now().AddDate(1, 0, 0), h.clock.now(), 0))
	if got := len(h.settled()); got < 4 {
		t.Fatalf("%d changes are left, want the 4 since the start at least", got)
	}
	h.restart() // a checkpoint
	all := len(h.settled())
	for _, c := range []struct {
		before time.Time
		keep   int
		left   int
	}{
		{h.clock.now().AddDate(0, 0, -11), 100, all},
		{h.clock.now().AddDate(0, 0, -1), 100, 2},
		{h.clock.now().AddDate(0, 0, -1), 1, 1},
		{h.clock.now().AddDate(0, 0, 1), 0, 0},
	} {
		must(t, h.library.TrimQueueChanges(ctx, c.before, h.clock.now().AddDate(1, 0, 0), c.keep))
		newest, err := h.journal.Before(ctx, library.SongQueue, 0, 100)
		must(t, err)
		if len(newest) != c.left {
			t.Errorf("before %v, at most %d: %d changes are left, want %d", c.before, c.keep, len(newest), c.left)
		}
	}
	last, err := h.library.LastQueueChange(ctx)
	must(t, err)
	h.restart()
	_, err = h.songs.Add(5, Last())
	must(t, err)
	if got := h.queued(); !slices.Equal(got, []int64{1, 2, 3, 4, 5}) {
		t.Errorf("the queue is %v", got)
	}
	newest, err := h.journal.Before(ctx, library.SongQueue, 0, 100)
	must(t, err)
	if got := told(newest); !slices.Equal(got, []string{"add 5 at 4", "start 0 at 0"}) || newest[1].ID != last+1 {
		t.Errorf("the history goes on with %q, ids %+v", got, newest)
	}
}

// Who wants no history has none, not even the one that was kept before.
func TestHistoryCanBeSwitchedOff(t *testing.T) {
	h := newHouse(t, []int{8})
	h.fill(1, 2, 3)
	h.settled()
	must(t, h.journal.Close())
	var err error
	h.journal, err = OpenJournal(context.Background(), JournalOptions{Library: h.library, Rows: 10})
	must(t, err)
	songs, err := OpenSongs(Options{Library: h.library, State: h.state, Journal: h.journal})
	must(t, err)
	_, err = songs.By(anna).Add(4, Last())
	must(t, err)
	songs.By(anna).Note(Paused)
	newest, err := h.journal.Before(context.Background(), library.SongQueue, 0, 10)
	must(t, err)
	if _, found, err := replay(context.Background(), h.library, library.SongQueue); len(newest) > 0 || found || err != nil {
		t.Errorf("kept were %v, a checkpoint %v, %v", newest, found, err)
	}
}

// The video queue has the same history, apart from that of the song queue.
func TestHistoryOfVideos(t *testing.T) {
	c := newCinema(t, 3)
	c.settings(func(r *state.Randy) { r.BlackLists.VideoListLength = 0 })
	began, songs := len(c.settled()), len(c.house.settled())
	first, err := c.videos.By(anna).Add(1, Last())
	must(t, err)
	second, err := c.videos.By(ben).Add(2, Last())
	must(t, err)
	third, err := c.videos.By(ben).Add(3, Next())
	must(t, err)
	_, err = c.videos.By(anna).Move(third, second)
	must(t, err)
	must(t, c.videos.By(ben).Remove(second))
	c.videos.By(anna).NextFrom(first, Skipped)
	c.videos.By(ben).Note(Resumed)
	got := told(c.settled())[began:]
	want := []string{
		"add 1 at 0 by 7 192.0.2.7", "add 2 at 1 by 8 2001:db8::8", "add 3 at 1 by 8 2001:db8::8",
		"move 3 at 2 from 1 by 7 192.0.2.7", "remove 2 at 1 by 8 2001:db8::8", "skip 1 at 0 by 7 192.0.2.7",
	}
	if len(got) != len(want)+2 || !slices.Equal(got[:len(want)], want) || got[len(want)][:6] != "random" || got[len(want)+1] != "play 3 at 0 by 8 2001:db8::8" {
		t.Errorf("the history is %q, want %q, a random one, and play", got, want)
	}
	if again := len(c.house.settled()); again != songs {
		t.Errorf("the history of the songs has grown from %d to %d changes", songs, again)
	}
	_, err = c.videos.By(anna).Move(first, third)
	if !errors.Is(err, ErrUnknownEntry) {
		t.Error(err)
	}
}
