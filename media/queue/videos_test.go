package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"musicdb/media/library"
	"musicdb/media/state"
)

// A cinema is a house with videos 1, 2, 3 … of 180 s, and their queue.
type cinema struct {
	*house
	videos *Videos
	heard  []Event
}

func newCinema(t testing.TB, videos int) *cinema {
	t.Helper()
	h := newHouse(t, []int{1})
	must(t, h.library.Edit(context.Background(), func(e *library.Edit) error {
		for n := range videos {
			name := fmt.Sprintf("Video %d", n+1)
			if _, err := e.AddVideo(library.NewVideo{ArtistID: 1, Name: name, Path: "Artist 1/2001 - " + name + ".mp4", Playtime: 180}); err != nil {
				return err
			}
		}
		return nil
	}))
	c := &cinema{house: h}
	c.reopen()
	return c
}

// reopen opens the video queue again, as the next process would.
func (c *cinema) reopen() {
	c.t.Helper()
	var err error
	c.videos, err = OpenVideos(Options{Library: c.library, State: c.state, Journal: c.journal, Now: c.clock.now, Rand: c.dice})
	must(c.t, err)
	c.heard = nil
	c.videos.Subscribe(func(e Event) {
		if got := c.filed(); !slices.Equal(got, c.videos.Entries()) {
			c.t.Errorf("%v came before the change was on disk: %v, in memory %v", e, got, c.videos.Entries())
		}
		c.heard = append(c.heard, e)
	})
}

func (c *cinema) anew() {
	c.house.fresh()
	c.reopen()
}

// settled is house.settled for the video queue.
func (c *cinema) settled() []library.QueueChange {
	c.t.Helper()
	return settled(c.t, c.house, library.VideoQueue, c.videos.line.list())
}

// filed reads the file of the queue without the help of the queue.
func (c *cinema) filed() []VideoEntry {
	read, err := c.state.ReadCSV("videoqueue.csv", []string{"EntryID", "VideoID", "IsRandom"})
	must(c.t, err)
	entries := []VideoEntry{}
	for _, row := range read.Rows {
		id, _ := row[0].Text()
		video, _ := row[1].Int()
		random, _ := row[2].Text()
		entries = append(entries, VideoEntry{EntryID(id), video, random == "True"})
	}
	return entries
}

func (c *cinema) change(id int64, change func(*library.Video)) {
	c.t.Helper()
	must(c.t, c.library.Edit(context.Background(), func(e *library.Edit) error {
		v, ok := e.Catalogue().Video(id)
		if !ok {
			return errors.New("no such video")
		}
		change(&v)
		return e.PutVideo(v)
	}))
}

func (c *cinema) fill(videos ...int64) (ids []EntryID) {
	c.t.Helper()
	for _, video := range videos {
		id, err := c.videos.Add(video, Last())
		must(c.t, err)
		ids = append(ids, id)
	}
	c.heard = nil
	return ids
}

// The rules of the song queue hold for videos under names of their own. Video 3 is
// the only one that the random selection may choose.
func TestVideoOperations(t *testing.T) {
	c := newCinema(t, 3)
	c.change(1, func(v *library.Video) { v.Disabled = 1 })
	c.change(2, func(v *library.Video) { v.Favorite = -1 })
	queueOnly, both := []Event{VideoQueueChanged}, []Event{VideoChanged, VideoQueueChanged}
	for _, one := range []struct {
		name   string
		before []int64
		do     func(ids []EntryID) error
		want   error
		after  []int64
		events []Event
	}{
		{"current", []int64{1}, func([]EntryID) error { c.videos.Current(); return nil }, nil, []int64{1}, nil},
		{"current of an empty queue", nil, func([]EntryID) error { c.videos.Current(); return nil }, nil, []int64{3}, queueOnly},
		{"next of an empty queue", nil, func([]EntryID) error { c.videos.Next(); return nil }, nil, nil, nil},
		{"next", []int64{1, 2, 1}, func([]EntryID) error { c.videos.Next(); return nil }, nil, []int64{2, 1}, both},
		{"next of one entry", []int64{1}, func([]EntryID) error { c.videos.Next(); return nil }, nil, []int64{3}, both},
		{"add next", []int64{1, 1}, func([]EntryID) error { _, err := c.videos.Add(2, Next()); return err }, nil, []int64{1, 2, 1}, queueOnly},
		{"add behind", []int64{1, 1}, func(ids []EntryID) error { _, err := c.videos.Add(2, After(ids[1])); return err }, nil, []int64{1, 1, 2}, queueOnly},
		{"add an unknown video", []int64{1}, func([]EntryID) error { _, err := c.videos.Add(77, Last()); return err }, ErrUnknownVideo, []int64{1}, nil},
		{"add behind an unknown entry", []int64{1}, func([]EntryID) error { _, err := c.videos.Add(2, After("5")); return err }, ErrUnknownEntry, []int64{1}, nil},
		{"add random", []int64{1, 2}, func([]EntryID) error { _, err := c.videos.AddRandom(Next()); return err }, nil, []int64{1, 3, 2}, queueOnly},
		{"remove", []int64{1, 2}, func(ids []EntryID) error { return c.videos.Remove(ids[1]) }, nil, []int64{1, 3}, queueOnly},
		{"remove the current", []int64{1, 2}, func(ids []EntryID) error { return c.videos.Remove(ids[0]) }, ErrIsCurrent, []int64{1, 2}, nil},
		{"move", []int64{1, 2, 3}, func(ids []EntryID) error { _, err := c.videos.Move(ids[2], ids[0]); return err }, nil, []int64{1, 3, 2}, queueOnly},
		{"move the current", []int64{1, 2}, func(ids []EntryID) error { _, err := c.videos.Move(ids[0], ids[1]); return err }, ErrIsCurrent, []int64{1, 2}, nil},
		{"forget", []int64{1, 2, 1}, func([]EntryID) error { c.videos.Forget(1); return nil }, nil, []int64{2, 3}, both},
		{"forget what was removed, but nothing was", []int64{1, 2}, func([]EntryID) error { c.videos.ForgetRemoved(); return nil }, nil, []int64{1, 2}, nil},
	} {
		t.Run(one.name, func(t *testing.T) {
			c.anew()
			ids := c.fill(one.before...)
			if err := one.do(ids); !errors.Is(err, one.want) || err != nil && err.Error() == "" {
				t.Errorf("error %v, want %v", err, one.want)
			}
			var queued []int64
			for _, e := range c.videos.Entries() {
				queued = append(queued, e.VideoID)
				if e.Random != (e.VideoID == 3 && !slices.Contains(one.before, 3)) {
					t.Errorf("entry %v has the wrong origin", e)
				}
			}
			if !slices.Equal(queued, one.after) || !slices.Equal(c.heard, one.events) {
				t.Errorf("queue %v, want %v; events %v, want %v", queued, one.after, c.heard, one.events)
			}
			entries := c.videos.Entries()
			if head, ok := c.videos.Head(); ok != (len(entries) > 0) || ok && head != entries[0] {
				t.Errorf("head %v of %v", head, entries)
			}
			if c.reopen(); !slices.Equal(c.videos.Entries(), entries) {
				t.Errorf("after a restart %v, before %v", c.videos.Entries(), entries)
			}
		})
	}
}

// Both queues have files of their own; neither hears of the other.
func TestQueuesAreApart(t *testing.T) {
	c := newCinema(t, 2)
	c.house.fill(1)
	c.fill(2)
	if songs := c.queued(); !slices.Equal(songs, []int64{1}) || len(c.events) > 0 {
		t.Errorf("the song queue is %v and heard %v", songs, c.events)
	}
	read, err := c.state.ReadCSV("songblacklist.csv", []string{"SongID", "TimeStamp"})
	if err != nil || len(read.Rows) != 1 {
		t.Errorf("songs queued lately: %v, %v", read.Rows, err)
	}
}

// Entries whose video has left the library while nobody looked are gone after a
// restart.
func TestRestoreDropsRemovedVideos(t *testing.T) {
	c := newCinema(t, 2)
	c.fill(1, 2, 1)
	must(t, c.library.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveVideo(1) }))
	c.reopen()
	if got := c.videos.Entries(); len(got) != 1 || got[0].VideoID != 2 || !slices.Equal(got, c.filed()) {
		t.Errorf("restored %v, on disk %v", got, c.filed())
	}
	c.settings(func(r *state.Randy) { r.BlackLists.VideoListLength = 0 })
	if _, found := c.videos.Next(); !found {
		t.Error("no video follows")
	}
}
