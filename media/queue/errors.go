package queue

import (
	"errors"
	"fmt"
)

// Errors of this package, to be tested with errors.Is.
var (
	// ErrEmpty: the queue has no entries, so there is nothing to remove or move.
	ErrEmpty = errors.New("the queue is empty")
	// ErrIsCurrent: the entry is the current one, which only Next replaces.
	ErrIsCurrent = errors.New("the entry is the current one; skip it instead")
	// ErrUnknownEntry: no entry has this id (any more). See [UnknownEntryError].
	ErrUnknownEntry = errors.New("no such entry in the queue")
	// ErrUnknownSong: the library has no such song. See [UnknownSongError].
	ErrUnknownSong = errors.New("no such song in the library")
	// ErrUnknownVideo: the library has no such video. See [UnknownVideoError].
	ErrUnknownVideo = errors.New("no such video in the library")
	// ErrEntryID: the text is not the id of an entry.
	ErrEntryID = errors.New("an entry id is a decimal number of at most 128 bits")
	// ErrNotSaved: the change could not be written to disk and was not made. See
	// [SaveError].
	ErrNotSaved = errors.New("the queue could not be saved")
	// ErrFull: the queue may not have so many entries. See [FullError].
	ErrFull = errors.New("the queue is full")
)

// UnknownEntryError says which entry is not in the queue.
type UnknownEntryError struct{ ID EntryID }

func (e *UnknownEntryError) Error() string {
	return fmt.Sprintf("no entry %s in the queue; it was played or removed", e.ID)
}

// Is makes it an [ErrUnknownEntry].
func (e *UnknownEntryError) Is(target error) bool { return target == ErrUnknownEntry }

// UnknownSongError says which song is not in the library.
type UnknownSongError struct{ SongID int64 }

func (e *UnknownSongError) Error() string {
	return fmt.Sprintf("no song %d in the library; it was removed or never existed", e.SongID)
}

// Is makes it an [ErrUnknownSong].
func (e *UnknownSongError) Is(target error) bool { return target == ErrUnknownSong }

// UnknownVideoError says which video is not in the library.
type UnknownVideoError struct{ VideoID int64 }

func (e *UnknownVideoError) Error() string {
	return fmt.Sprintf("no video %d in the library; it was removed or never existed", e.VideoID)
}

// Is makes it an [ErrUnknownVideo].
func (e *UnknownVideoError) Is(target error) bool { return target == ErrUnknownVideo }

// SaveError says why a change was not made. The cause names the file.
type SaveError struct{ Err error }

func (e *SaveError) Error() string {
	return fmt.Sprintf("%v, nothing was changed: %v", ErrNotSaved, e.Err)
}

// Is makes it an [ErrNotSaved].
func (e *SaveError) Is(target error) bool { return target == ErrNotSaved }

func (e *SaveError) Unwrap() error { return e.Err }

// FullError says how long the queue would have become, and how long it may be.
type FullError struct{ Would, Most int }

func (e *FullError) Error() string {
	return fmt.Sprintf("%v: it would have %d entries and may have %d; remove some first, or raise maxentries in the section queue of the settings", ErrFull, e.Would, e.Most)
}

// Is makes it an [ErrFull].
func (e *FullError) Is(target error) bool { return target == ErrFull }
