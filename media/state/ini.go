package state

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// defaults is the section whose keys every other section falls back to.
const defaults = "DEFAULT"

// INI is the content of one file in the dialect that all .ini files of MusicDB
// share: sections and keys are case-sensitive, there are no comments behind a
// value, an indented line continues the value above it, "%%" is read as "%" and
// "%(key)s" as the value of another key. Comments are not kept.
//
// The zero value is an empty file. An INI belongs to one goroutine.
type INI struct {
	sections []*section
}

type section struct {
	name  string
	keys  []string
	value map[string]string // as stored: "%" not yet resolved
	begun int               // line of the file it begins in, 0 if it was not read
	line  map[string]int    // of each key that was read
}

// Has reports whether the section exists.
func (f *INI) Has(sectionName string) bool { return f.section(sectionName) != nil }

// Keys returns the keys of a section in the order of the file.
func (f *INI) Keys(sectionName string) []string {
	if s := f.section(sectionName); s != nil {
		return slices.Clone(s.keys)
	}
	return nil
}

// Sections returns the names of all sections in the order of the file.
func (f *INI) Sections() []string {
	names := make([]string, len(f.sections))
	for i, s := range f.sections {
		names[i] = s.name
	}
	return names
}

// Line returns the line of the file, counted from 1, that a key's value was read
// from: of the section, else of the section DEFAULT. With an empty key it is the
// line in which the section begins. It is 0 for what was not read from a file.
func (f *INI) Line(sectionName, key string) int {
	if key == "" {
		if s := f.section(sectionName); s != nil {
			return s.begun
		}
		return 0
	}
	s := f.holder(sectionName, key)
	if s == nil {
		return 0
	}
	return s.line[key]
}

// Lookup returns the value of a key, taken from the section DEFAULT when the
// section does not have it.
func (f *INI) Lookup(sectionName, key string) (string, bool) {
	raw, ok := f.raw(sectionName, key)
	if !ok {
		return "", false
	}
	return f.expand(sectionName, raw), true
}

// Text is Lookup with a default.
func (f *INI) Text(sectionName, key, missing string) string {
	if value, ok := f.Lookup(sectionName, key); ok {
		return value
	}
	return missing
}

// Bool reads 1, yes, true, on and 0, no, false, off in any case; everything else
// gives the default.
func (f *INI) Bool(sectionName, key string, missing bool) bool {
	value, _ := f.Lookup(sectionName, key)
	return truth(value, missing)
}

func truth(value string, otherwise bool) bool {
	switch strings.ToLower(value) {
	case "1", "yes", "true", "on":
		return true
	case "0", "no", "false", "off":
		return false
	}
	return otherwise
}

// Int reads a decimal number; everything else gives the default.
func (f *INI) Int(sectionName, key string, missing int) int {
	value, _ := f.Lookup(sectionName, key)
	if n, err := strconv.Atoi(value); err == nil {
		return n
	}
	return missing
}

// Set stores a text, creating section and key where needed. Blanks around the
// value are lost in this dialect; a line break or another control character is
// refused with [ErrValue], a key the dialect cannot carry with [ErrName].
func (f *INI) Set(sectionName, key, value string) error {
	if err := checkName(sectionName, key); err != nil {
		return err
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		return fmt.Errorf("[%s] %s: %w: it contains a line break or another control character; remove it", sectionName, key, ErrValue)
	}
	f.put(sectionName, key, strings.ReplaceAll(strings.TrimSpace(value), "%", "%%"))
	return nil
}

// SetBool stores True or False.
func (f *INI) SetBool(sectionName, key string, value bool) error {
	if value {
		return f.Set(sectionName, key, "True")
	}
	return f.Set(sectionName, key, "False")
}

// SetInt stores a decimal number.
func (f *INI) SetInt(sectionName, key string, value int) error {
	return f.Set(sectionName, key, strconv.Itoa(value))
}

// RemoveSection removes a section with all its keys, if it exists.
func (f *INI) RemoveSection(sectionName string) {
	f.sections = slices.DeleteFunc(f.sections, func(s *section) bool { return s.name == sectionName })
}

// Bytes returns the file: sections and keys in the order they were created,
// "key = value", an empty line behind every section.
func (f *INI) Bytes() []byte {
	var b strings.Builder
	for _, s := range f.sections {
		b.WriteString("[" + s.name + "]\n")
		for _, key := range s.keys {
			b.WriteString(key + " = " + strings.ReplaceAll(s.value[key], "\n", "\n\t") + "\n")
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}

func (f *INI) section(name string) *section {
	for _, s := range f.sections {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (f *INI) put(sectionName, key, raw string) {
	s := f.section(sectionName)
	if s == nil {
		s = &section{name: sectionName, value: map[string]string{}, line: map[string]int{}}
		f.sections = append(f.sections, s)
	}
	if _, known := s.value[key]; !known {
		s.keys = append(s.keys, key)
	}
	s.value[key] = raw
}

func (f *INI) raw(sectionName, key string) (string, bool) {
	s := f.holder(sectionName, key)
	if s == nil {
		return "", false
	}
	return s.value[key], true
}

// holder is the section that a key's value comes from, nil if there is none.
func (f *INI) holder(sectionName, key string) *section {
	for _, name := range []string{sectionName, defaults} {
		if s := f.section(name); s != nil {
			if _, ok := s.value[key]; ok {
				return s
			}
		}
	}
	return nil
}

// checkName accepts what comes back unchanged after writing and reading.
func checkName(sectionName, key string) error {
	for _, name := range []string{sectionName, key} {
		if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
			return fmt.Errorf("%q: %w: it is empty or contains control characters", name, ErrName)
		}
	}
	if strings.ContainsAny(key, "=:") || strings.ContainsRune("#;[", rune(key[0])) || key != strings.TrimSpace(key) {
		return fmt.Errorf("key %q: %w: it has a separator, comment or bracket character", key, ErrName)
	}
	return nil
}
