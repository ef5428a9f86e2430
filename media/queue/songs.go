package queue

import (
	"time"

	"musicdb/media/library"
)

// Songs is the song queue. See the package comment for the rules that all methods
// share.
type Songs struct {
	line  *line
	randy *randy
	who   Actor
}

// OpenSongs restores the queue and the memory of the random selection from the
// state directory. Entries whose song is no longer in the library are dropped.
// Errors: those of the state store, when a file exists but cannot be read or
// written.
func OpenSongs(o Options) (*Songs, error) {
	o.complete()
	randy, err := openRandy(o)
	if err != nil {
		return nil, err
	}
	s := &Songs{line: new(line), randy: randy}
	return s, s.line.open(o, randy, table{
		kind: library.SongQueue, file: "songqueue.csv", mediaColumn: "SongID",
		currentChanged: SongChanged, queueChanged: SongQueueChanged,
	})
}

// By returns the same queue for somebody on whose behalf it is changed: what is done
// with it is kept in the history as done by this actor.
func (s *Songs) By(who Actor) *Songs { return &Songs{line: s.line, randy: s.randy, who: who} }

// Entries returns the queue, the current entry first.
func (s *Songs) Entries() []Entry {
	l := s.line.list()
	entries := make([]Entry, len(l))
	for i, it := range l {
		entries[i] = entry(it)
	}
	return entries
}

// Head returns the current entry, if there is one.
func (s *Songs) Head() (Entry, bool) {
	if l := s.line.list(); len(l) > 0 {
		return entry(l[0]), true
	}
	return Entry{}, false
}

// Current returns the current entry. If the queue is empty a random song is added
// first; false means that the library has no song to choose.
func (s *Songs) Current() (Entry, bool) {
	it, ok := s.line.current(s.who)
	return entry(it), ok
}

// Next removes the current entry because it was played to its end, and returns the
// new one. If fewer than two entries are left a random song is added. On an empty
// queue nothing happens.
func (s *Songs) Next() (Entry, bool) { return s.NextFrom("", Played) }

// NextFrom is [Songs.Next] for a reason, one of [Played], [Skipped] and [Unplayable].
// It removes the current entry only if it is the given one, so that nobody loses
// another entry that has become the current one meanwhile; an empty id stands for
// whatever is the current one.
func (s *Songs) NextFrom(id EntryID, why Change) (Entry, bool) {
	it, ok := s.line.next(s.who, id, why)
	return entry(it), ok
}

// Meant returns the current entry if it is the one that a wish for another one is
// about. The wish names an entry, or none and then means the one that could be seen
// at the time it was expressed: one that took its place less than half a second
// before, and not on behalf of the same actor, is not meant. Errors: [ErrEmpty],
// [ErrUnknownEntry] when the named entry is not the current one, [ErrOvertaken].
func (s *Songs) Meant(id EntryID, asked time.Time) (Entry, error) {
	it, err := s.line.meant(s.who, id, asked)
	return entry(it), err
}

// Note keeps in the history what was done that changes no entry: [Resumed] or
// [Paused].
func (s *Songs) Note(what Change) { s.line.note(s.who, what) }

// Add puts a song into the queue. Errors: [ErrUnknownSong], [ErrUnknownEntry] for
// a position behind an entry that is not there, [ErrNotSaved].
func (s *Songs) Add(songID int64, at Position) (EntryID, error) {
	ids, err := s.AddAlbum([]int64{songID}, at)
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// AddAlbum puts several songs into the queue, the first one at the position, each
// following one behind its predecessor, as one change. Either all are added or,
// with the errors of [Songs.Add], none.
func (s *Songs) AddAlbum(songIDs []int64, at Position) ([]EntryID, error) {
	return s.line.add(s.who, at, songIDs...)
}

// AddRandom puts a random song into the queue, or one of the given album. It
// reports false when there is none to choose, also for an unknown album: what was
// queued lately is not repeated for a request, only to keep a queue from running
// dry. Of an album the song queued longest ago is repeated. Errors:
// [ErrUnknownEntry], [ErrNotSaved].
func (s *Songs) AddRandom(at Position, albumID *int64) (bool, error) {
	choose := s.randy.request
	if albumID != nil {
		choose = func() (int64, bool) { return s.randy.chooseOf(*albumID) }
	}
	return s.line.addRandom(s.who, at, choose)
}

// Remove takes an entry out of the queue. If fewer than two entries are left a
// random song is added. Errors: [ErrEmpty], [ErrUnknownEntry], [ErrNotSaved], and
// [ErrIsCurrent] for the current entry: to remove that one is to skip it, which is
// up to whoever plays it.
func (s *Songs) Remove(id EntryID) error { return s.line.remove(s.who, id) }

// Move puts an entry directly behind another one, and reports whether that made a
// difference: it does not when it stands there already, or shall go behind
// itself. Errors: [ErrEmpty], [ErrUnknownEntry] for either, [ErrIsCurrent] when
// the current entry shall be moved, [ErrNotSaved].
func (s *Songs) Move(id, after EntryID) (bool, error) { return s.line.move(s.who, id, after) }

// ForgetRemoved drops all entries of songs that are not in the library, the current
// one too, and returns how many there were. If fewer than two entries are left a
// random song is added. Called after a removal it leaves no entry without song,
// whoever adds songs meanwhile.
func (s *Songs) ForgetRemoved() int { return s.line.forgetRemoved(s.who) }

// Subscribe has a function called for each event, until it is cancelled. It is
// called by the goroutine that changes the queue; see the package comment for
// what it may do. It may cancel itself. A call that is under way when another
// goroutine cancels is not waited for.
func (s *Songs) Subscribe(call func(Event)) (cancel func()) { return s.line.subscribers.add(call) }

func entry(it item) Entry { return Entry{ID: it.id, SongID: it.media, Random: it.random} }
