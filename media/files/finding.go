package files

import (
	"errors"
	"fmt"
)

// Problem says what is wrong with something in the music directory.
type Problem uint8

// The problems a scan can meet. Only [ProblemTruncated] and [ProblemTags]
// describe songs that enter the library nevertheless.
const (
	ProblemUnreadable  Problem = iota + 1 // directory or file that this user may not read, or that fails
	ProblemOutside                        // symbolic link that leads out of the music directory, or nowhere
	ProblemAlias                          // symbolic link to music that is found under its own name
	ProblemName                           // name outside the naming conventions
	ProblemEncoding                       // name that is not valid UTF-8
	ProblemUnsupported                    // file of a kind that is not music
	ProblemCompanion                      // picture, text, playlist or rip log beside the songs, as is usual
	ProblemMisplaced                      // file or directory at a level where none belongs
	ProblemNoSongs                        // directory of an album without any song that could enter
	ProblemBroken                         // no audio stream can be read from the file
	ProblemTruncated                      // the file ends early; what is there can be played
	ProblemTags                           // tags could not be read, names come from the path anyway
	ProblemPicture                        // embedded picture that cannot be used as cover
	ProblemRefused                        // album that the library refuses
)

var problems = [...]struct{ what, remedy string }{
	ProblemUnreadable:  {"cannot be read", "give the user of the server permission to read it, or check the disk"},
	ProblemOutside:     {"is a link that leads out of the music directory or nowhere", "put the music itself there, or mount it with a bind mount"},
	ProblemAlias:       {"is a link to music that is already found under its own name", "nothing needs to be done, it is listed once"},
	ProblemName:        {"does not follow the naming conventions", "rename it"},
	ProblemEncoding:    {"has a name that is not valid UTF-8", "rename it, convmv can do that for whole directories"},
	ProblemUnsupported: {"is not a music file of a supported format", "nothing needs to be done unless it should be music: supported are mp3, flac, m4a, aac, ogg, opus"},
	ProblemCompanion:   {"is no music but often lies beside it", "nothing needs to be done"},
	ProblemMisplaced:   {"is at a place where nothing is searched", "songs belong into Artist/YYYY - Album/"},
	ProblemNoSongs:     {"contains no songs", "add songs, or remove the directory"},
	ProblemBroken:      {"has no readable audio stream", "replace the file, it is damaged or not audio"},
	ProblemTruncated:   {"ends before its audio does; it is in the library with the duration that is left", "replace the file with a complete copy"},
	ProblemPicture:     {"has an embedded picture that cannot be used as cover", "embed a JPEG or PNG picture, or set a cover in the player"},
	ProblemRefused:     {"is refused by the library", "see the cause"},
	ProblemTags:        {"has tags that cannot be read; it is in the library by its name", "write its tags again with a tag editor"},
}

func (p Problem) String() string {
	if int(p) >= len(problems) || p == 0 {
		return fmt.Sprintf("problem %d", uint8(p))
	}
	return problems[p].what
}

// Enters reports whether a song with this problem enters the library.
func (p Problem) Enters() bool { return p == ProblemTruncated || p == ProblemTags }

// Finding is one problem that a scan met and passed by. It is an error so that
// it can be logged and wrapped, but none that ends anything.
type Finding struct { //nolint:errname // it is reported and passed by, nothing fails because of it
	Path    string // relative to the music directory; may be invalid UTF-8 with ProblemEncoding
	Problem Problem
	Err     error // the cause, may be nil
}

// Expected reports whether the finding is no reason to bother the user.
func (p Problem) Expected() bool { return p == ProblemCompanion || p == ProblemAlias }

// Remedy is one sentence on what the user can do.
func (f *Finding) Remedy() string {
	var naming *NamingError
	if errors.As(f.Err, &naming) {
		return naming.Remedy()
	}
	if int(f.Problem) >= len(problems) {
		return ""
	}
	return problems[f.Problem].remedy
}

// Cause is what the file system or a parser said, empty when there is nothing to
// add.
func (f *Finding) Cause() string {
	var naming *NamingError
	switch {
	case errors.As(f.Err, &naming):
		return naming.Why
	case f.Err != nil:
		return f.Err.Error()
	}
	return ""
}

func (f *Finding) Error() string {
	if cause := f.Cause(); cause != "" {
		return fmt.Sprintf("%q %s (%s): %s", f.Path, f.Problem, cause, f.Remedy())
	}
	return fmt.Sprintf("%q %s: %s", f.Path, f.Problem, f.Remedy())
}

func (f *Finding) Unwrap() error { return f.Err }
