package state

import (
	"errors"
	"fmt"
	"syscall"
)

// Errors of this package, to be tested with errors.Is.
var (
	// ErrName refuses a section or key the INI dialect cannot carry.
	ErrName = errors.New("name cannot be stored")
	// ErrValue refuses a value the INI dialect cannot carry.
	ErrValue = errors.New("value cannot be stored")
	// ErrUIMode refuses a mode of the user interface other than audio and video.
	ErrUIMode = errors.New("unknown mode of the user interface")
)

// A FileError says which file could not be used, for what, and why.
type FileError struct {
	Op   string // what was tried: "read", "write", "create"
	Path string
	Err  error
}

func (e *FileError) Error() string {
	remedy := "check that the data directory exists and that this user may write to it"
	if errors.Is(e.Err, syscall.ENOSPC) || errors.Is(e.Err, syscall.EDQUOT) {
		remedy = "make room on its disk"
	}
	return fmt.Sprintf("cannot %s %s: %v; %s", e.Op, e.Path, e.Err, remedy)
}

func (e *FileError) Unwrap() error { return e.Err }

// Damage is a part of a file that could not be read and was left out.
type Damage struct {
	Line int // counted from 1; 0 means the file as a whole
	What string
}

func (d Damage) String() string {
	if d.Line == 0 {
		return d.What
	}
	return fmt.Sprintf("line %d: %s", d.Line, d.What)
}
