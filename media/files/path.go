package files

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// ErrPath is matched by every [PathError].
var ErrPath = errors.New("files: path is not allowed")

// PathError tells why a path was refused before the file system was asked.
type PathError struct {
	Path string // as given, may contain anything
	Why  string // completes the sentence "the path ..."
}

func (e *PathError) Error() string {
	return fmt.Sprintf("files: the path %q %s; give a path relative to the music directory", e.Path, e.Why)
}

// Is makes errors.Is(err, ErrPath) true.
func (e *PathError) Is(target error) bool { return target == ErrPath }

// CheckPath refuses every path that is not a plain relative path inside the
// music directory: empty, absolute, with an empty, "." or ".." element, with a
// NUL byte, or not valid UTF-8. It does not touch the file system. A leading "~"
// is an ordinary character, because artists may be called so.
func CheckPath(rel string) error {
	refuse := func(why string) error { return &PathError{Path: rel, Why: why} }
	switch {
	case rel == "":
		return refuse("is empty")
	case !utf8.ValidString(rel):
		return refuse("is not valid UTF-8")
	case strings.IndexByte(rel, 0) >= 0:
		return refuse("contains a NUL byte")
	case path.IsAbs(rel):
		return refuse("is absolute")
	}
	for element := range strings.SplitSeq(rel, "/") {
		switch element {
		case "":
			return refuse("has an empty element")
		case ".", "..":
			return refuse(fmt.Sprintf("has the element %q", element))
		}
	}
	return nil
}
