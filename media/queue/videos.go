package queue

import (
	"time"

	"musicdb/media/library"
)

// Videos is the video queue. It follows the rules of the song queue; see the
// package comment.
type Videos struct {
	line  *line
	randy *randyVideos
	who   Actor
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
	v := &Videos{line: new(line), randy: randy}
	return v, v.line.open(o, randy, table{
		kind: library.VideoQueue, file: "videoqueue.csv", mediaColumn: "VideoID",
		currentChanged: VideoChanged, queueChanged: VideoQueueChanged,
	})
}

// By returns the same queue for somebody on whose behalf it is changed: what is done
// with it is kept in the history as done by this actor.
func (v *Videos) By(who Actor) *Videos { return &Videos{line: v.line, randy: v.randy, who: who} }

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
	it, ok := v.line.current(v.who)
	return videoEntry(it), ok
}

// Next removes the current entry because it was shown to its end, and returns the
// new one. If fewer than two entries are left a random video is added. On an empty
// queue nothing happens.
func (v *Videos) Next() (VideoEntry, bool) { return v.NextFrom("", Played) }

// NextFrom is [Videos.Next] for a reason, one of [Played], [Skipped] and [Unplayable].
// It removes the current entry only if it is the given one, so that nobody loses
// another entry that has become the current one meanwhile; an empty id stands for
// whatever is the current one.
func (v *Videos) NextFrom(id EntryID, why Change) (VideoEntry, bool) {
	it, ok := v.line.next(v.who, id, why)
	return videoEntry(it), ok
}

// Meant returns the current entry if it is the one that a wish for another one is
// about. The wish names an entry, or none and then means the one that could be seen
// at the time it was expressed: one that took its place less than half a second
// before, and not on behalf of the same actor, is not meant. Errors: [ErrEmpty],
// [ErrUnknownEntry] when the named entry is not the current one, [ErrOvertaken].
func (v *Videos) Meant(id EntryID, asked time.Time) (VideoEntry, error) {
	it, err := v.line.meant(v.who, id, asked)
	return videoEntry(it), err
}

// Note keeps in the history what was done that changes no entry: [Resumed] or
// [Paused].
func (v *Videos) Note(what Change) { v.line.note(v.who, what) }

// Add puts a video into the queue. Errors: [ErrUnknownVideo], [ErrUnknownEntry]
// for a position behind an entry that is not there, [ErrNotSaved].
func (v *Videos) Add(videoID int64, at Position) (EntryID, error) {
	ids, err := v.line.add(v.who, at, videoID)
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// AddRandom puts a random video into the queue. It reports false when there is
// none to choose that was not queued lately. Errors: [ErrUnknownEntry], [ErrNotSaved].
func (v *Videos) AddRandom(at Position) (bool, error) {
	return v.line.addRandom(v.who, at, v.randy.request)
}

// Remove takes an entry out of the queue. If fewer than two entries are left a
// random video is added. Errors: [ErrEmpty], [ErrUnknownEntry], [ErrNotSaved], and
// [ErrIsCurrent] for the current entry: to remove that one is to skip it, which is
// up to whoever shows it.
func (v *Videos) Remove(id EntryID) error { return v.line.remove(v.who, id) }

// Move puts an entry directly behind another one, and reports whether that made a
// difference. Errors: [ErrEmpty], [ErrUnknownEntry] for either, [ErrIsCurrent] when
// the current entry shall be moved, [ErrNotSaved].
func (v *Videos) Move(id, after EntryID) (bool, error) { return v.line.move(v.who, id, after) }

// Forget drops all entries of videos that were removed from the library, the
// current one too, and returns how many there were. If fewer than two entries are
// left a random video is added.
func (v *Videos) Forget(videoIDs ...int64) int { return v.line.forget(v.who, videoIDs...) }

// ForgetRemoved is [Videos.Forget] for all videos that are not in the library; see
// [Songs.ForgetRemoved].
func (v *Videos) ForgetRemoved() int { return v.line.forgetRemoved(v.who) }

// Subscribe has a function called for each event, until it is cancelled; see
// [Songs.Subscribe].
func (v *Videos) Subscribe(call func(Event)) (cancel func()) { return v.line.subscribers.add(call) }

func videoEntry(it item) VideoEntry {
	return VideoEntry{ID: it.id, VideoID: it.media, Random: it.random}
}
