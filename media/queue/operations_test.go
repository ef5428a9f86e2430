package queue

import (
	"errors"
	"slices"
	"testing"
)

// Every operation in every situation the documentation of the song queue names:
// its result, its effect and its events. The random song is song 9, the only one
// the random selection may choose; in a barren library it finds none.
func TestOperations(t *testing.T) {
	const unknown = EntryID("12345")
	queueOnly, both := []Event{SongQueueChanged}, []Event{SongChanged, SongQueueChanged}
	add := func(song int64, at func(ids []EntryID) Position) func(*house, []EntryID) any {
		return func(h *house, ids []EntryID) any {
			_, err := h.songs.Add(song, at(ids))
			return err
		}
	}
	position := func(p Position) func([]EntryID) Position { return func([]EntryID) Position { return p } }
	random := func(at Position, album int64) func(*house, []EntryID) any {
		return func(h *house, _ []EntryID) any {
			of := &album
			if album == 0 {
				of = nil
			}
			found, err := h.songs.AddRandom(at, of)
			must(h.t, err)
			return found
		}
	}
	current := func(h *house, _ []EntryID) any { e, _ := h.songs.Current(); return e.SongID }
	next := func(h *house, _ []EntryID) any { e, _ := h.songs.Next(); return e.SongID }
	remove := func(id func([]EntryID) EntryID) func(*house, []EntryID) any {
		return func(h *house, ids []EntryID) any { return h.songs.Remove(id(ids)) }
	}
	move := func(id, after int) func(*house, []EntryID) any {
		at := func(ids []EntryID, i int) EntryID {
			if i < 0 {
				return unknown
			}
			return ids[i]
		}
		return func(h *house, ids []EntryID) any {
			moved, err := h.songs.Move(at(ids, id), at(ids, after))
			if err != nil {
				return err
			}
			return moved
		}
	}
	h := newHouse(t, []int{8, 1}, "UPDATE songs SET disabled = 1 WHERE songid < 9")
	for _, c := range []struct {
		name   string
		before []int64
		barren bool
		do     func(*house, []EntryID) any
		result any // errors are compared with errors.Is
		after  []int64
		events []Event
	}{
		{"current", []int64{1, 2}, false, current, int64(1), []int64{1, 2}, nil},
		{"current of an empty queue", nil, false, current, int64(9), []int64{9}, queueOnly},
		{"current, nothing to choose", nil, true, current, int64(0), nil, nil},

		{"next of an empty queue", nil, false, next, int64(0), nil, nil},
		{"next of one entry", []int64{1}, false, next, int64(9), []int64{9}, both},
		{"next of one entry, nothing to choose", []int64{1}, true, next, int64(0), nil, both},
		{"next of two entries", []int64{1, 2}, false, next, int64(2), []int64{2, 9}, both},
		{"next of two entries, nothing to choose", []int64{1, 2}, true, next, int64(2), []int64{2}, both},
		{"next of three entries", []int64{1, 2, 3}, false, next, int64(2), []int64{2, 3}, both},

		{"add next", []int64{1, 2}, false, add(3, position(Next())), nil, []int64{1, 3, 2}, queueOnly},
		{"add next to an empty queue", nil, false, add(3, position(Next())), nil, []int64{3}, queueOnly},
		{"add last", []int64{1, 2}, false, add(3, position(Last())), nil, []int64{1, 2, 3}, queueOnly},
		{"add last to an empty queue", nil, false, add(3, position(Last())), nil, []int64{3}, queueOnly},
		{"add behind the current entry", []int64{1, 2}, false, add(3, func(ids []EntryID) Position { return After(ids[0]) }), nil, []int64{1, 3, 2}, queueOnly},
		{"add behind the last entry", []int64{1, 2}, false, add(3, func(ids []EntryID) Position { return After(ids[1]) }), nil, []int64{1, 2, 3}, queueOnly},
		{"add behind an unknown entry", []int64{1, 2}, false, add(3, position(After(unknown))), ErrUnknownEntry, []int64{1, 2}, nil},
		{"add an unknown song", []int64{1, 2}, false, add(999, position(Last())), ErrUnknownSong, []int64{1, 2}, nil},
		{"add a song twice", []int64{1, 2}, false, add(1, position(Last())), nil, []int64{1, 2, 1}, queueOnly},

		{"add random next", []int64{1, 2}, false, random(Next(), 0), true, []int64{1, 9, 2}, queueOnly},
		{"add random last", []int64{1, 2}, false, random(Last(), 0), true, []int64{1, 2, 9}, queueOnly},
		{"add random, nothing to choose", []int64{1, 2}, true, random(Last(), 0), false, []int64{1, 2}, nil},
		{"add random of an album", nil, false, random(Last(), 2), true, []int64{9}, queueOnly},
		{"add random of an album that has none", nil, false, random(Last(), 1), false, nil, nil},
		{"add random of an unknown album", nil, false, random(Last(), 77), false, nil, nil},

		{"remove from an empty queue", nil, false, remove(func([]EntryID) EntryID { return unknown }), ErrEmpty, nil, nil},
		{"remove the only entry", []int64{1}, false, remove(func(ids []EntryID) EntryID { return ids[0] }), ErrIsCurrent, []int64{1}, nil},
		{"remove the current entry", []int64{1, 2}, false, remove(func(ids []EntryID) EntryID { return ids[0] }), ErrIsCurrent, []int64{1, 2}, nil},
		{"remove an unknown entry", []int64{1, 2}, false, remove(func([]EntryID) EntryID { return unknown }), ErrUnknownEntry, []int64{1, 2}, nil},
		{"remove of two", []int64{1, 2}, false, remove(func(ids []EntryID) EntryID { return ids[1] }), nil, []int64{1, 9}, queueOnly},
		{"remove of two, nothing to choose", []int64{1, 2}, true, remove(func(ids []EntryID) EntryID { return ids[1] }), nil, []int64{1}, queueOnly},
		{"remove of three", []int64{1, 2, 3}, false, remove(func(ids []EntryID) EntryID { return ids[1] }), nil, []int64{1, 3}, queueOnly},

		{"move forward", []int64{1, 2, 3, 4}, false, move(1, 3), true, []int64{1, 3, 4, 2}, queueOnly},
		{"move back", []int64{1, 2, 3, 4}, false, move(3, 1), true, []int64{1, 2, 4, 3}, queueOnly},
		{"move behind the current entry", []int64{1, 2, 3}, false, move(2, 0), true, []int64{1, 3, 2}, queueOnly},
		{"move to where it is", []int64{1, 2, 3}, false, move(2, 1), false, []int64{1, 2, 3}, nil},
		{"move behind itself", []int64{1, 2, 3}, false, move(1, 1), false, []int64{1, 2, 3}, nil},
		{"move the current entry", []int64{1, 2, 3}, false, move(0, 1), ErrIsCurrent, []int64{1, 2, 3}, nil},
		{"move an unknown entry", []int64{1, 2, 3}, false, move(-1, 1), ErrUnknownEntry, []int64{1, 2, 3}, nil},
		{"move behind an unknown entry", []int64{1, 2, 3}, false, move(1, -1), ErrUnknownEntry, []int64{1, 2, 3}, nil},
		{"move in an empty queue", nil, false, move(-1, -1), ErrEmpty, nil, nil},

		{"add an album next", []int64{1, 2}, false, func(h *house, _ []EntryID) any { _, err := h.songs.AddAlbum([]int64{3, 4, 5}, Next()); return err },
			nil, []int64{1, 3, 4, 5, 2}, queueOnly},
		{"add an album to an empty queue", nil, false, func(h *house, _ []EntryID) any { _, err := h.songs.AddAlbum([]int64{3, 4, 5}, Next()); return err },
			nil, []int64{3, 4, 5}, queueOnly},
		{"add an album behind an entry", []int64{1, 2}, false, func(h *house, ids []EntryID) any {
			_, err := h.songs.AddAlbum([]int64{3, 4}, After(ids[1]))
			return err
		},
			nil, []int64{1, 2, 3, 4}, queueOnly},
		{"add an album behind an unknown entry", []int64{1, 2}, false, func(h *house, _ []EntryID) any { _, err := h.songs.AddAlbum([]int64{3, 4}, After(unknown)); return err },
			ErrUnknownEntry, []int64{1, 2}, nil},
		{"add an album with an unknown song", []int64{1, 2}, false, func(h *house, _ []EntryID) any { _, err := h.songs.AddAlbum([]int64{3, 999}, Last()); return err },
			ErrUnknownSong, []int64{1, 2}, nil},
		{"add an empty album", []int64{1, 2}, false, func(h *house, _ []EntryID) any { _, err := h.songs.AddAlbum(nil, Last()); return err },
			nil, []int64{1, 2}, nil},

		{"forget a song", []int64{1, 2, 3, 2}, false, func(h *house, _ []EntryID) any { return h.songs.line.forget(Actor{}, 2, 77) }, 2, []int64{1, 3}, queueOnly},
		{"forget the current song", []int64{1, 2, 3}, false, func(h *house, _ []EntryID) any { return h.songs.line.forget(Actor{}, 1) }, 1, []int64{2, 3}, both},
		{"forget all songs", []int64{1, 1}, true, func(h *house, _ []EntryID) any { return h.songs.line.forget(Actor{}, 1) }, 2, nil, both},
		{"forget a song that is not queued", []int64{1}, false, func(h *house, _ []EntryID) any { return h.songs.line.forget(Actor{}, 5) }, 0, []int64{1}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.fresh()
			h.forgetful()
			if c.barren {
				h.barren()
			}
			ids := h.fill(c.before...)
			got := c.do(h, ids)
			if err, isError := got.(error); isError {
				want, _ := c.result.(error)
				if want == nil || !errors.Is(err, want) || err.Error() == "" {
					t.Errorf("error %v, want %v", err, c.result)
				}
			} else if got != c.result {
				t.Errorf("result %v, want %v", got, c.result)
			}
			if got := h.queued(); !slices.Equal(got, c.after) {
				t.Errorf("queue %v, want %v", got, c.after)
			}
			if !slices.Equal(h.events, c.events) {
				t.Errorf("events %v, want %v", h.events, c.events)
			}
			if got := h.onDisk(); !slices.Equal(got, h.songs.Entries()) {
				t.Errorf("on disk %v, in memory %v", got, h.songs.Entries())
			}
			for _, e := range h.songs.Entries() {
				if e.Random != (e.SongID == 9) {
					t.Errorf("entry %v has the wrong origin", e)
				}
			}
		})
	}
}
