package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ErrAmbiguous is matched when a name stands for several that look the same.
var ErrAmbiguous = errors.New("several names look the same")

// LookAlikeError tells which names in a directory cannot be told apart by reading
// them: they are the same text in different Unicode forms.
type LookAlikeError struct {
	Path  string
	Names []string
}

func (e *LookAlikeError) Error() string {
	return fmt.Sprintf("files: %q can be any of %+q, which look the same; rename all but one", e.Path, e.Names)
}

// Is makes errors.Is(err, ErrAmbiguous) true.
func (e *LookAlikeError) Is(target error) bool { return target == ErrAmbiguous }

// Actual returns a path as the file system spells it. An element that is there
// under exactly this name stays. One that is there in another Unicode form, or, on
// a file system that does not tell upper from lower case, in another spelling, is
// replaced by that. What is not there at all stays from there on as it was given.
//
// Errors: *[PathError], *[LookAlikeError] when an element is there in several other
// forms, and those of the file system.
func (m *Music) Actual(rel string) (string, error) {
	if err := CheckPath(rel); err != nil {
		return "", err
	}
	actual := ""
	elements := strings.Split(rel, "/")
	for i, element := range elements {
		name, found, err := m.spelling(path.Join(".", actual), element)
		if err != nil {
			var alike *LookAlikeError
			if errors.As(err, &alike) {
				alike.Path = path.Join(actual, element)
			}
			return "", err
		}
		actual = path.Join(actual, name)
		if !found {
			return path.Join(append([]string{actual}, elements[i+1:]...)...), nil
		}
	}
	return actual, nil
}

// spelling finds the name of an entry of a directory.
func (m *Music) spelling(dir, name string) (string, bool, error) {
	_, err := m.root.Lstat(path.Join(dir, name))
	there := err == nil
	if !there && isASCII(name) {
		return name, false, absent(err)
	}
	entries, err := m.list(dir)
	if err != nil {
		// A directory that may be entered and not listed has what it has.
		return name, there, absent(err, fs.ErrPermission)
	}
	var others []string
	for _, entry := range entries {
		switch other := entry.Name(); {
		case other == name:
			return name, true, nil
		case !utf8.ValidString(other):
		case form(other) == form(name), there && Alike(other, name):
			others = append(others, other)
		}
	}
	switch len(others) {
	case 0:
		return name, there, nil
	case 1:
		return others[0], true, nil
	}
	return "", false, &LookAlikeError{Path: path.Join(dir, name), Names: others}
}

// HasName reports whether a directory lists exactly this name: on a file system
// that does not tell upper from lower case more names than that are there.
func (m *Music) HasName(rel string) (bool, error) {
	if err := CheckPath(rel); err != nil {
		return false, err
	}
	entries, err := m.list(path.Dir(rel))
	if err != nil {
		return false, absent(err)
	}
	return slices.ContainsFunc(entries, func(entry fs.DirEntry) bool { return entry.Name() == path.Base(rel) }), nil
}

// form is the composed Unicode form (NFC) of a name. Names of the same form look
// the same.
func form(name string) string { return norm.NFC.String(name) }

// Alike reports whether two different names, or paths, may stand for one on some
// file system: they differ in case or Unicode form only.
func Alike(one, other string) bool {
	return one != other && strings.EqualFold(form(one), form(other))
}

func isASCII(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// CheckNewName refuses a last element that nobody should give to a new file or
// directory: control characters, and those that turn the direction of the text
// around, which make a name look like another one. Names that are there already may
// have them.
func CheckNewName(rel string) error {
	if err := CheckPath(rel); err != nil {
		return err
	}
	for _, r := range path.Base(rel) {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return &PathError{Path: rel, Why: fmt.Sprintf("has the invisible character %U in its new name", r)}
		}
	}
	if strings.HasPrefix(path.Base(rel), reserved) {
		return &PathError{Path: rel, Why: "has a new name that is used while something is renamed"}
	}
	return nil
}
