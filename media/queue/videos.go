package queue

// Videos is the video queue. It follows the rules of the song queue; see the
// package comment.
type Videos struct {
	line  line
	randy *randyVideos
}

// OpenVideos restores the queue and the memory of the random selection from the
// state directory. Entries whose video is no longer in the library are dropped.
// Errors: those of the state store, when a file exists but cannot be read or
// written.
func OpenVideos(o Options) (*Videos, error) {
	o.complete()
	randy, err := openRandyVideos(o)
	if err != nil {
		return nil, err
	}
	v := &Videos{randy: randy}
	return v, v.line.open(o, randy, table{
		file: "videoqueue.csv", mediaColumn: "VideoID",
		currentChanged: VideoChanged, queueChanged: VideoQueueChanged,
	})
}

// Entries returns the queue, the current entry first.
func (v *Videos) Entries() []VideoEntry {
	l := v.line.list()
	entries := make([]VideoEntry, len(l))
	for i, it := range l {
		entries[i] = videoEntry(it)
	}
	return entries
}

// Head returns the current entry, if there is one.
func (v *Videos) Head() (VideoEntry, bool) {
	if l := v.line.list(); len(l) > 0 {
		return videoEntry(l[0]), true
	}
	return VideoEntry{}, false
}

// Current returns the current entry. If the queue is empty a random video is added
// first; false means that the library has no video to choose.
func (v *Videos) Current() (VideoEntry, bool) {
	it, ok := v.line.current()
	return videoEntry(it), ok
}

// Next removes the current entry and returns the new one. If fewer than two
// entries are left a random video is added. On an empty queue nothing happens.
func (v *Videos) Next() (VideoEntry, bool) {
	it, ok := v.line.next()
	return videoEntry(it), ok
}

// Add puts a video into the queue. Errors: [ErrUnknownVideo], [ErrUnknownEntry]
// for a position behind an entry that is not there, [ErrNotSaved].
func (v *Videos) Add(videoID int64, at Position) (EntryID, error) {
	ids, err := v.line.add(at, videoID)
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// AddRandom puts a random video into the queue. It reports false when there is
// none to choose that was not queued lately. Errors: [ErrUnknownEntry], [ErrNotSaved].
func (v *Videos) AddRandom(at Position) (bool, error) {
	return v.line.addRandom(at, v.randy.request)
}

// Remove takes an entry out of the queue. If fewer than two entries are left a
// random video is added. Errors: [ErrEmpty], [ErrUnknownEntry], [ErrNotSaved], and
// [ErrIsCurrent] for the current entry: to remove that one is to skip it, which is
// up to whoever shows it.
func (v *Videos) Remove(id EntryID) error { return v.line.remove(id) }

// Move puts an entry directly behind another one, and reports whether that made a
// difference. Errors: [ErrEmpty], [ErrUnknownEntry] for either, [ErrIsCurrent] when
// the current entry shall be moved, [ErrNotSaved].
func (v *Videos) Move(id, after EntryID) (bool, error) { return v.line.move(id, after) }

// Forget drops all entries of videos that were removed from the library, the
// current one too, and returns how many there were. If fewer than two entries are
// left a random video is added.
func (v *Videos) Forget(videoIDs ...int64) int { return v.line.forget(videoIDs...) }

// ForgetRemoved is [Videos.Forget] for all videos that are not in the library; see
// [Songs.ForgetRemoved].
func (v *Videos) ForgetRemoved() int { return v.line.forgetRemoved() }

// Subscribe has a function called for each event, until it is cancelled; see
// [Songs.Subscribe].
func (v *Videos) Subscribe(call func(Event)) (cancel func()) { return v.line.subscribers.add(call) }

func videoEntry(it item) VideoEntry {
	return VideoEntry{ID: it.id, VideoID: it.media, Random: it.random}
}
