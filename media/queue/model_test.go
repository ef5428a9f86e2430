package queue

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
	"musicdb/media/state"
)

// A model is the song queue the dumb way: a slice, and what must have happened.
// The random selection can choose only one song, or none.
type model struct {
	entries []Entry // an entry with an empty id was added by the queue itself
	events  []Event
	seen    map[EntryID]bool
	barren  bool

	snapshot, copied list // what a reader got before the last change, and what it was

	by      Actor    // who acts
	history []string // what the history must say, without starts
	since   int64    // the last change before
}

const theRandomSong = 9

func (m *model) fill(wanted int) {
	if len(m.entries) < wanted && !m.barren {
		m.note(Actor{}, "random %d at %d", theRandomSong, len(m.entries))
		m.entries = append(m.entries, Entry{"", theRandomSong, true})
	}
}

func (m *model) note(who Actor, format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if who != (Actor{}) {
		line += fmt.Sprintf(" by %d %s", who.Connection, who.Client)
	}
	m.history = append(m.history, line)
}

// told compares the history with what has happened.
func (m *model) told(t *rapid.T, h *house) {
	kept := slices.DeleteFunc(h.settled(), func(c library.QueueChange) bool { return c.ID <= m.since || c.What == string(Began) })
	if got := told(kept); !slices.Equal(got, m.history) {
		t.Fatalf("the history is\n%q, model\n%q", got, m.history)
	}
}

func (m *model) changed(events ...Event) { m.events = append(m.events, events...) }

func (m *model) find(id EntryID) int {
	return slices.IndexFunc(m.entries, func(e Entry) bool { return e.ID == id })
}

// insert returns false where the position is behind an entry that does not exist.
func (m *model) insert(at Position, added ...Entry) bool {
	i := len(m.entries)
	switch {
	case at.place == placeNext && i > 0:
		i = 1
	case at.place == placeAfter:
		if i = m.find(at.entry) + 1; i == 0 {
			return false
		}
	}
	what := "add"
	if len(added) > 0 && added[0].Random {
		what = "random"
	}
	for n, e := range added {
		m.note(m.by, "%s %d at %d", what, e.SongID, i+n)
	}
	m.entries = slices.Concat(m.entries[:i], added, m.entries[i:])
	return true
}

// check compares the queue with the model and learns the ids the queue has made.
func (m *model) check(t *rapid.T, h *house) {
	got := h.songs.Entries()
	if len(got) != len(m.entries) {
		t.Fatalf("queue %v, model %v", got, m.entries)
	}
	for i, want := range m.entries {
		if want.ID == "" {
			want.ID = got[i].ID
			m.entries[i] = want
			m.learn(t, want.ID)
		}
		if got[i] != want {
			t.Fatalf("queue %v, model %v", got, m.entries)
		}
	}
	if disk := h.onDisk(); !slices.Equal(disk, got) {
		t.Fatalf("on disk %v, in memory %v", disk, got)
	}
	if !slices.Equal(h.events, m.events) {
		t.Fatalf("events %v, model %v", h.events, m.events)
	}
	h.events, m.events = nil, nil
	if !slices.Equal(m.snapshot, m.copied) {
		t.Fatalf("a reader had %v, a later change made it %v", m.copied, m.snapshot)
	}
	m.snapshot = h.songs.line.list()
	m.copied = slices.Clone(m.snapshot)
	if head, ok := h.songs.Head(); ok != (len(got) > 0) || ok && head != got[0] {
		t.Fatalf("head %v, %v of %v", head, ok, got)
	}
}

func (m *model) learn(t *rapid.T, id EntryID) {
	if m.seen[id] {
		t.Fatalf("id %s was used before", id)
	}
	m.seen[id] = true
}

// Random operations, with restarts in between, do to the queue what they do to
// the model: no entry is lost or doubled, and file and memory are the same.
func TestQueueAgainstModel(t *testing.T) {
	h := newHouse(t, []int{8, 1}, "UPDATE songs SET disabled = 1 WHERE songid < 9")
	lessOften(t)
	rapid.Check(t, func(t *rapid.T) {
		h.fresh()
		h.forgetful()
		m := &model{seen: map[EntryID]bool{}}
		started := h.settled()
		m.since = started[len(started)-1].ID
		queue := h.songs

		song := rapid.Int64Range(1, 8)
		id := rapid.Custom(func(t *rapid.T) EntryID {
			if i := rapid.IntRange(-1, len(m.entries)-1).Draw(t, "entry"); i >= 0 {
				return m.entries[i].ID
			}
			return "77"
		})
		position := rapid.Custom(func(t *rapid.T) Position {
			switch rapid.IntRange(0, 2).Draw(t, "position") {
			case 0:
				return Next()
			case 1:
				return Last()
			}
			return After(id.Draw(t, "after"))
		})
		add := func(t *rapid.T, songs []int64) {
			at := position.Draw(t, "at")
			ids, err := queue.AddAlbum(songs, at)
			var added []Entry
			for i, id := range ids {
				m.learn(t, id)
				added = append(added, Entry{id, songs[i], false})
			}
			if len(songs) == 0 {
				if err != nil || len(ids) > 0 {
					t.Fatalf("adding nothing gave %v, %v", ids, err)
				}
				return
			}
			if inserted := m.insert(at, added...); inserted != (err == nil) || inserted && len(ids) != len(songs) {
				t.Fatalf("adding %v gave %v, %v", songs, ids, err)
			}
			if err == nil {
				m.changed(SongQueueChanged)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"add":       func(t *rapid.T) { add(t, []int64{song.Draw(t, "song")}) },
			"add album": func(t *rapid.T) { add(t, rapid.SliceOfN(song, 0, 4).Draw(t, "songs")) },
			"add random": func(t *rapid.T) {
				at := position.Draw(t, "at")
				found, err := queue.AddRandom(at, nil)
				inserted := !m.barren && m.insert(at, Entry{"", theRandomSong, true})
				if found != inserted {
					t.Fatalf("adding a random song gave %v, %v", found, err)
				}
				if inserted {
					m.changed(SongQueueChanged)
				}
			},
			"remove": func(t *rapid.T) {
				id := id.Draw(t, "id")
				err := queue.Remove(id)
				if i := m.find(id); i < 1 {
					if err == nil {
						t.Fatalf("entry %d was removed", i)
					}
				} else {
					m.note(m.by, "remove %d at %d", m.entries[i].SongID, i)
					m.entries = slices.Concat(m.entries[:i], m.entries[i+1:])
					m.fill(2)
					m.changed(SongQueueChanged)
				}
			},
			"move": func(t *rapid.T) {
				id, after := id.Draw(t, "id"), id.Draw(t, "after")
				moved, _ := queue.Move(id, after)
				i, behind := m.find(id), m.find(after)
				if moved != (i > 0 && behind >= 0 && i != behind && i != behind+1) {
					t.Fatalf("moving %d behind %d gave %v", i, behind, moved)
				}
				if moved {
					e := m.entries[i]
					m.entries = slices.Concat(m.entries[:i], m.entries[i+1:])
					to := m.find(after) + 1
					m.entries = slices.Insert(m.entries, to, e)
					m.note(m.by, "move %d at %d from %d", e.SongID, to, i)
					m.changed(SongQueueChanged)
				}
			},
			"next": func(t *rapid.T) {
				id := id.Draw(t, "id")
				why := rapid.SampledFrom([]Change{Played, Skipped, Unplayable}).Draw(t, "why")
				if rapid.Bool().Draw(t, "whichever") {
					id = ""
				}
				queue.NextFrom(id, why)
				if len(m.entries) > 0 && (id == "" || m.find(id) == 0) {
					m.note(m.by, "%s %d at 0", why, m.entries[0].SongID)
					m.entries = slices.Clone(m.entries[1:])
					m.fill(2)
					m.changed(SongChanged, SongQueueChanged)
				}
			},
			"somebody else": func(t *rapid.T) {
				m.by = rapid.SampledFrom([]Actor{{}, anna, ben}).Draw(t, "who")
				queue = h.songs.By(m.by)
			},
			"current": func(t *rapid.T) {
				queue.Current()
				if len(m.entries) == 0 && !m.barren {
					m.fill(1)
					m.changed(SongQueueChanged)
				}
			},
			"forget": func(t *rapid.T) {
				gone := rapid.Int64Range(1, 9).Draw(t, "song")
				queue.line.forget(m.by, gone)
				before := m.entries
				m.entries = nil
				for _, e := range before {
					if e.SongID == gone {
						m.note(m.by, "forget %d at %d", gone, len(m.entries))
					} else {
						m.entries = append(m.entries, e)
					}
				}
				if len(m.entries) == len(before) {
					return
				}
				if len(m.entries) == 0 || m.entries[0] != before[0] {
					m.changed(SongChanged)
				}
				m.fill(2)
				m.changed(SongQueueChanged)
			},
			"change settings": func(t *rapid.T) {
				m.barren = !m.barren
				h.settings(func(r *state.Randy) {
					r.Constraints.MinSongLength = 0
					r.BlackLists = state.BlackLists{MaxAge: 24}
					if m.barren {
						r.Constraints.MinSongLength = 500
					}
				})
			},
			"restart": func(t *rapid.T) {
				h.restart()
				queue = h.songs.By(m.by)
				m.told(t, h)
			},
			"": func(t *rapid.T) { m.check(t, h) },
		})
		m.told(t, h)
	})
}
