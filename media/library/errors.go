package library

import (
	"errors"
	"fmt"
)

// Why a database or data directory is refused, and why a write is: test with
// errors.Is. The text of the errors that wrap these names the file and what can
// be done about it.
var (
	ErrLocked      = errors.New("the data directory is in use")
	ErrNotWritable = errors.New("no permission to write")
	ErrFull        = errors.New("no space is left")
	ErrNotAFile    = errors.New("not a database file")
	ErrDamaged     = errors.New("the database is damaged")
	ErrUnreadable  = errors.New("the database cannot be used")
	ErrVersion     = errors.New("the database has another version")
	ErrSchema      = errors.New("the database lacks a table or column")

	ErrNotFound = errors.New("no such entry")
	ErrExists   = errors.New("the entry exists already")
	ErrInvalid  = errors.New("the entry is not valid")
)

// FileError says why a database file or the data directory cannot be used.
type FileError struct {
	Reason error // one of ErrNotWritable, ErrFull, ErrNotAFile, ErrDamaged, ErrUnreadable, ErrSchema
	File   string
	Remedy string
	Cause  error // may be nil
}

func (e *FileError) Error() string {
	text := fmt.Sprintf("%s: %v", e.File, e.Reason)
	if e.Cause != nil {
		text += fmt.Sprintf(" (%v)", e.Cause)
	}
	return text + ": " + e.Remedy
}

// Unwrap lets errors.Is and errors.As see both reason and cause.
func (e *FileError) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Cause}
}

// VersionError says that a database file has another schema version than this
// program knows.
type VersionError struct {
	File     string
	Found    string // the value in the file, empty when it has none
	Expected int
	Remedy   string
}

func (e *VersionError) Error() string {
	found := "no version number"
	if e.Found != "" {
		found = "version " + e.Found
	}
	return fmt.Sprintf("%s: the database has %s, expected is version %d: %s", e.File, found, e.Expected, e.Remedy)
}

// Is makes errors.Is(err, ErrVersion) true.
func (e *VersionError) Is(target error) bool { return target == ErrVersion }

// LockedError says that another process uses the data directory.
type LockedError struct {
	Dir string
	PID int // of that process, 0 when it is not known
}

func (e *LockedError) Error() string {
	by := "another process"
	if e.PID != 0 {
		by = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s: the data directory is in use by %s: stop it, or configure another data directory", e.Dir, by)
}

// Is makes errors.Is(err, ErrLocked) true.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// EntryError says why a write was refused before it began.
type EntryError struct {
	Reason error  // ErrNotFound, ErrExists or ErrInvalid
	Kind   string // "artist", "album", "song"
	ID     int64  // of the missing or existing row, 0 when there is none
	Detail string // path or what is wrong
}

func (e *EntryError) Error() string {
	text := e.Kind
	if e.ID != 0 {
		text += fmt.Sprintf(" %d", e.ID)
	}
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	return text + ": " + e.Reason.Error()
}

func (e *EntryError) Unwrap() error { return e.Reason }
