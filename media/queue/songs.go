package queue

// Songs is the song queue. See the package comment for the rules that all methods
// share.
type Songs struct {
	line  line
	randy *randy
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
	s := &Songs{randy: randy}
	return s, s.line.open(o, randy, table{
		file: "songqueue.csv", mediaColumn: "SongID",
		currentChanged: SongChanged, queueChanged: SongQueueChanged,
	})
}

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
	it, ok := s.line.current()
	return entry(it), ok
}

// Next removes the current entry and returns the new one. If fewer than two
// entries are left a random song is added. On an empty queue nothing happens.
func (s *Songs) Next() (Entry, bool) {
	it, ok := s.line.next()
	return entry(it), ok
}

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
	return s.line.add(at, songIDs...)
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
	return s.line.addRandom(at, choose)
}

// Remove takes an entry out of the queue. If fewer than two entries are left a
// random song is added. Errors: [ErrEmpty], [ErrUnknownEntry], [ErrNotSaved], and
// [ErrIsCurrent] for the current entry: to remove that one is to skip it, which is
// up to whoever plays it.
func (s *Songs) Remove(id EntryID) error { return s.line.remove(id) }

// Move puts an entry directly behind another one, and reports whether that made a
// difference: it does not when it stands there already, or shall go behind
// itself. Errors: [ErrEmpty], [ErrUnknownEntry] for either, [ErrIsCurrent] when
// the current entry shall be moved, [ErrNotSaved].
func (s *Songs) Move(id, after EntryID) (bool, error) { return s.line.move(id, after) }

// ForgetRemoved drops all entries of songs that are not in the library, the current
// one too, and returns how many there were. If fewer than two entries are left a
// random song is added. Called after a removal it leaves no entry without song,
// whoever adds songs meanwhile.
func (s *Songs) ForgetRemoved() int { return s.line.forgetRemoved() }

// Subscribe has a function called for each event, until it is cancelled. It is
// called by the goroutine that changes the queue; see the package comment for
// what it may do. It may cancel itself. A call that is under way when another
// goroutine cancels is not waited for.
func (s *Songs) Subscribe(call func(Event)) (cancel func()) { return s.line.subscribers.add(call) }

func entry(it item) Entry { return Entry{ID: it.id, SongID: it.media, Random: it.random} }
