package library

// Target says what a tag is assigned to.
type Target uint8

// The targets of tags.
const (
	SongTarget Target = iota
	AlbumTarget
	VideoTarget
)

func (t Target) String() string {
	switch t {
	case SongTarget:
		return "song"
	case AlbumTarget:
		return "album"
	case VideoTarget:
		return "video"
	}
	return "unknown target"
}

// assignment is a row of albumtags, songtags or videotags, ordered by target and
// entry so that the tags of a target lie together in assignment order.
type assignment struct {
	target     int64
	entry      int64
	tag        int64
	confidence float64
	approval   int64
}

func (a *assignment) order() pair { return pair{a.target, a.entry} }

func (a *assignment) values() []any { return []any{a.target, a.tag, a.confidence, a.approval} }

// assignments returns where a catalogue keeps those of a target, or nil.
func (c *Catalogue) assignments(on Target) *table[assignment, *assignment] {
	switch on {
	case SongTarget:
		return &c.songTags
	case AlbumTarget:
		return &c.albumTags
	case VideoTarget:
		return &c.videoTags
	}
	return nil
}

func (c *Catalogue) hasTarget(on Target, id int64) bool {
	switch on {
	case SongTarget:
		return c.songs.get(pair{id, 0}) != nil
	case AlbumTarget:
		return c.albums.get(pair{id, 0}) != nil
	case VideoTarget:
		return c.videos.get(pair{id, 0}) != nil
	}
	return false
}

// Assign gives a tag to a target, or changes how sure that is. A stored approval
// is never lowered: then nothing happens. The confidence, 0.0 to 1.0, counts only
// for [ApprovalGuessed] and is 1.0 otherwise. It fails with an EntryError:
// ErrNotFound for an unknown target or tag, ErrInvalid for an approval or a
// confidence that does not exist.
func (e *Edit) Assign(on Target, targetID, tagID, approval int64, confidence float64) error {
	if !e.now.hasTarget(on, targetID) {
		return &EntryError{Reason: ErrNotFound, Kind: on.String(), ID: targetID}
	}
	if e.now.tags.get(pair{tagID, 0}) == nil {
		return &EntryError{Reason: ErrNotFound, Kind: "tag", ID: tagID}
	}
	switch approval {
	case ApprovalGuessed:
		if !(0 <= confidence && confidence <= 1) { // nor NaN
			return &EntryError{Reason: ErrInvalid, Kind: "tag", ID: tagID, Detail: "confidence is not between 0 and 1"}
		}
	case ApprovalConfirmed, ApprovalTraining:
		confidence = 1
	default:
		return &EntryError{Reason: ErrInvalid, Kind: "tag", ID: tagID, Detail: "approval is not 0, 1 or 2"}
	}
	a := assignment{target: targetID, tag: tagID, confidence: confidence, approval: approval}
	for known := range e.now.assigned(*e.now.assignments(on), targetID) {
		if known.tag != tagID {
			continue
		}
		if approval < known.approval {
			return nil
		}
		before := *known
		a.entry = before.entry
		changed, err := e.update(assignmentRows[on], a.entry, before.values(), a.values())
		if err == nil && changed {
			e.learn(func(c *Catalogue) { c.changeAssignment(on, &before, &a) })
		}
		return err
	}
	var err error
	if a.entry, err = e.insert(assignmentRows[on], a.values()); err != nil {
		return err
	}
	e.learn(func(c *Catalogue) { c.changeAssignment(on, nil, &a) })
	return nil
}

// Unassign takes a tag from a target. One that it does not have, or that does
// not exist, is taken already.
func (e *Edit) Unassign(on Target, targetID, tagID int64) error {
	return e.unassign(on, targetID, func(a *assignment) bool { return a.tag == tagID })
}

func (e *Edit) unassignAll(on Target, targetID int64) error {
	return e.unassign(on, targetID, func(*assignment) bool { return true })
}

func (e *Edit) unassign(on Target, targetID int64, which func(*assignment) bool) error {
	from := e.now.assignments(on)
	if from == nil {
		return nil
	}
	for a := range from.from(pair{targetID, -1 << 63}) {
		if a.target != targetID {
			break
		}
		if !which(a) {
			continue
		}
		if err := e.delete(assignmentRows[on], a.entry); err != nil {
			return err
		}
		e.learn(func(c *Catalogue) { c.changeAssignment(on, a, nil) })
	}
	return nil
}

// SuggestAlbumTags derives suggestions for an album from its songs: every genre
// and sub genre that somebody has confirmed for a song is assigned to the album as
// guessed, with the share of the songs that have it as confidence. What is
// confirmed for the album stays so, and suggestions without a song stay too.
// (MusicDB protocol, SetSongTag and RemoveSongTag.)
func (e *Edit) SuggestAlbumTags(albumID int64) error {
	if _, exists := e.now.Album(albumID); !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "album", ID: albumID}
	}
	var order []int64
	songs, having := 0, make(map[int64]int)
	for song := range found(e.now.songsOf, albumID) {
		songs++
		counted := make(map[int64]bool)
		genres, subgenres := e.now.ApprovedTags(song)
		for _, tag := range append(genres, subgenres...) {
			if counted[tag] {
				continue // assigned twice by an old version
			}
			counted[tag] = true
			if having[tag]++; having[tag] == 1 {
				order = append(order, tag)
			}
		}
	}
	for _, tag := range order {
		if err := e.Assign(AlbumTarget, albumID, tag, ApprovalGuessed, float64(having[tag])/float64(songs)); err != nil {
			return err
		}
	}
	return nil
}
