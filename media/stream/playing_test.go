package stream

import (
	"context"
	"slices"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// about compares notes with what was to be heard. The first and the last note
// of a recording are cut off anywhere; one 10 ms window at a change may hold
// both notes and be told as neither.
func about(t *testing.T, got []note, want ...note) {
	t.Helper()
	var clean []note
	for _, n := range got {
		if n.hz < 0 && n.length <= 10*time.Millisecond {
			continue
		}
		if last := len(clean) - 1; last >= 0 && clean[last].hz == n.hz {
			clean[last].length += n.length
			continue
		}
		clean = append(clean, n)
	}
	if len(clean) != len(want) {
		t.Fatalf("heard %v, want %v", clean, want)
	}
	for i, n := range clean {
		cut := i == 0 || i == len(clean)-1
		if n.hz != want[i].hz || !cut && (n.length-want[i].length).Abs() > 20*time.Millisecond {
			t.Fatalf("heard %v, want %v", clean, want)
		}
	}
}

// The sound of the queue: the right notes for the right time without any gap,
// whatever the formats and sample rates, and the bookkeeping behind each.
func TestSongsFollowEachOtherWithoutGap(t *testing.T) {
	s := newStation(t,
		track{name: "A", hz: 441, length: 3 * time.Second},
		track{name: "B", hz: 882, length: 2 * time.Second, format: "mp3"},
		track{name: "C", hz: 1764, length: 2 * time.Second, rate: 96000},
		track{name: "D", hz: 661.5, length: 2 * time.Second, format: "ogg"},
		track{name: "E", hz: 441, length: 60 * time.Second},
	)
	s.enqueue(1, 2, 3, 4, 5)
	played := time.Unix(1_700_000_000, 0)
	s.start(StartPlay, func(o *Options) { o.Now = func() time.Time { return played } })
	heard := s.listen()
	s.until("E", func(now State) bool { return now.Entry.SongID == 5 && now.Seconds > 0 })
	got := decode(t, heard())
	about(t, spell(got.score(441, 882, 1764, 661.5)),
		note{0, 0}, note{441, 3 * time.Second}, note{882, 2 * time.Second},
		note{1764, 2 * time.Second}, note{661.5, 2 * time.Second}, note{441, 0})

	for _, song := range []int64{1, 2, 3, 4} {
		if row, _ := s.library.Catalogue().Song(song); row.LastPlayed != played.Unix() {
			t.Errorf("song %d was last played at %d, want %d", song, row.LastPlayed, played.Unix())
		}
	}
	if n := s.stream.Status().Pump.StarvedSamples; n > 0 {
		t.Errorf("%d samples were missing when they were due", n)
	}
}

// A pause is silence of the encoder, and the song goes on with the very next
// sample: what was heard before and after it adds up to the song.
func TestPauseKeepsThePlace(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 4 * time.Second}, track{name: "B", hz: 882, length: 30 * time.Second})
	s.enqueue(1, 2)
	s.start(StartPlay, nil)
	heard := s.listen()
	s.until("a second of A", func(now State) bool { return now.Seconds > 1 })
	s.stream.Play(false)
	s.until("the pause", func(now State) bool { return !now.Playing && now.Audio == Paused })
	stood := s.stream.State().Seconds
	s.wait("heartbeat", func(e Event) bool { return e.Kind == TimeChanged && e.Seconds == stood })
	for range 2 {
		s.wait("another one, with the same value", func(e Event) bool { return e.Kind == TimeChanged && e.Seconds == stood })
	}
	s.stream.Toggle()
	s.until("B", func(now State) bool { return now.Entry.SongID == 2 })

	notes := spell(decode(t, heard()).score(441, 882))
	var a, pauses time.Duration
	for i, n := range notes {
		switch {
		case n.hz == 441:
			a += n.length
		case n.hz == 0 && i > 0 && notes[i-1].hz != 882:
			pauses += n.length
		}
	}
	if (a - 4*time.Second).Abs() > 40*time.Millisecond {
		t.Errorf("%v of A were heard, want 4s: %v", a, notes)
	}
	// Three heartbeats, each a second apart, came in it; at the pace of the tests
	// a late look of the pump is some tenths of a second.
	if pauses < 900*time.Millisecond {
		t.Errorf("the pause was %v: %v", pauses, notes)
	}
}

// A skip is heard at once, also paused, and leaves no trace in the statistics.
func TestSkip(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	ids := s.enqueue(1, 2, 1)
	s.start(StartPlay, nil)
	heard := s.listen()
	s.until("A, with B prepared", func(now State) bool {
		_, next := s.stream.pump.onDeck()
		return now.Entry.ID == ids[0] && now.Seconds > 2 && next != nil
	})
	s.stream.Skip()
	s.until("B", func(now State) bool { return now.Entry.ID == ids[1] && now.Seconds > 1 })
	s.stream.Play(false)
	s.stream.Skip()
	s.until("A again, paused", func(now State) bool { return now.Entry.ID == ids[2] && now.Audio == Paused })
	if now := s.stream.State(); now.Seconds != 0 || now.Playing {
		t.Errorf("a skip while paused: %+v", now)
	}
	if head, _ := s.queue.Head(); head.ID != ids[2] {
		t.Errorf("the head of the queue is %v, want the third entry", head)
	}
	notes := spell(decode(t, heard()).score(441, 882))
	s.end()
	for i, n := range notes[1:] {
		if n.hz == 0 && notes[i].hz == 441 {
			t.Errorf("silence between the songs, although B was ready: %v", notes)
		}
	}
	for song := range s.library.Catalogue().Songs() {
		if song.LastPlayed != 0 {
			t.Errorf("song %d counts as played", song.ID)
		}
	}
}

// Commands are taken in every state, each play or pause is answered by an event.
func TestCommandsInEveryState(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.start(StartPaused, nil)
	s.until("NoSongs", func(now State) bool { return now.Audio == NoSongs && now.Connected && !now.Playing })
	for _, on := range []bool{true, true, false, true} {
		s.stream.Play(on)
		s.wait("StatusChanged", func(e Event) bool { return e.Kind == StatusChanged })
		if now := s.stream.State(); now.Playing != on {
			t.Errorf("Play(%v) was answered by %+v", on, now)
		}
	}
	s.stream.Skip()
	s.wait("heartbeat without a song", func(e Event) bool { return e.Kind == TimeChanged && e.Seconds == 0 })
}

// A stream that is switched off sends its heartbeat and does nothing else.
func TestDisabled(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: time.Second})
	ids := s.enqueue(1, 1)
	s.start(StartPlay, func(o *Options) { o.Disabled = true })
	s.wait("StatusChanged", func(e Event) bool { return e.Kind == StatusChanged })
	s.stream.Play(true)
	s.stream.Skip()
	for range 3 {
		s.wait("heartbeat", func(e Event) bool { return e.Kind == TimeChanged && e.Seconds == 0 })
	}
	if now := s.stream.State(); now.Connected || now.Playing || now.Audio != Disabled {
		t.Errorf("state of a disabled stream: %+v", now)
	}
	if head, _ := s.queue.Head(); head.ID != ids[0] {
		t.Error("a disabled stream has moved the queue")
	}
}

// The head of the queue goes away under the song; the new head plays.
func TestHeadReplaced(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	ids := s.enqueue(1, 2)
	s.start(StartPlay, nil)
	s.until("A", func(now State) bool { return now.Entry.ID == ids[0] && now.Audio == Playing })
	must(t, s.library.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveSong(1) }))
	s.queue.ForgetRemoved()
	s.until("B", func(now State) bool { return now.Entry.ID == ids[1] && now.Audio == Playing && now.Seconds > 0.5 })
}

// The song that is to follow changes while it is already prepared.
func TestQueueChangesAheadOfTheSong(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 3 * time.Second},
		track{name: "B", hz: 882, length: 3 * time.Second}, track{name: "C", hz: 1764, length: 30 * time.Second})
	ids := s.enqueue(1, 2, 3)
	s.start(StartPlay, nil)
	heard := s.listen()
	s.until("A", func(now State) bool { return now.Seconds > 1 })
	must(t, s.queue.Remove(ids[1]))
	s.until("C", func(now State) bool { return now.Entry.ID == ids[2] })
	about(t, spell(decode(t, heard()).score(441, 882, 1764)),
		note{0, 0}, note{441, 3 * time.Second}, note{1764, 0})
}

// An empty library is silent without spinning; its first song is noticed.
func TestFirstSongIsNoticed(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.start(StartPlay, nil)
	s.until("NoSongs", func(now State) bool { return now.Audio == NoSongs })
	looked := func() uint64 { return edges(s.stream.audioSeen.Figures().Edges) }
	before := looked()
	for range 3 {
		s.wait("heartbeat", func(e Event) bool { return e.Kind == TimeChanged })
	}
	if n := looked() - before; n > 0 {
		t.Errorf("%d moves in an empty library", n)
	}
	late := newStation(t, track{name: "A", hz: 441, length: 150 * time.Second})
	must(t, copySongs(s, late))
	s.until("the song", func(now State) bool { return now.Audio == Playing && now.Title == "Ärtist – A" })
}

func edges(counts []uint64) (sum uint64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// The queue's own events stay in order around a song's end.
func TestQueueEventsAtTheEndOfASong(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 2 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	s.enqueue(1, 2, 2)
	var order []queue.Event
	s.queue.Subscribe(func(e queue.Event) { order = append(order, e) })
	s.start(StartPlay, nil)
	s.until("B", func(now State) bool { return now.Entry.SongID == 2 && now.Seconds > 0 })
	s.end()
	if want := []queue.Event{queue.SongChanged, queue.SongQueueChanged}; !slices.Equal(order, want) {
		t.Errorf("events %v, want %v", order, want)
	}
}

// After a start the song goes on where it was, playing or paused as it was.
func TestResume(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	ids := s.enqueue(1, 2)
	s.start(Resume, nil)
	was := s.until("ten seconds of A", func(now State) bool { return now.Seconds > 10 })
	s.end()
	saved, found, err := s.library.StreamPosition(context.Background())
	must(t, err)
	if !found || saved.EntryID != string(ids[0]) || !saved.Playing || saved.Seconds < was.Seconds {
		t.Fatalf("saved %+v behind %+v", saved, was)
	}

	s.start(Resume, nil)
	now := s.until("A again", func(now State) bool { return now.Entry.ID == ids[0] && now.Audio == Playing })
	if d := now.Seconds - saved.Seconds; d < 0 || d > 1.5 {
		t.Errorf("went on at %.2f s, was at %.2f s", now.Seconds, saved.Seconds)
	}
	s.stream.Play(false)
	s.until("the pause", func(now State) bool { return now.Audio == Paused })
	s.end()

	s.start(Resume, nil)
	s.until("A, paused", func(now State) bool { return now.Audio == Paused && now.Seconds > 10 })
	s.end()

	s.start(StartPaused, nil)
	s.until("A, paused, from its beginning", func(now State) bool { return now.Audio == Paused && now.Seconds == 0 })
}
