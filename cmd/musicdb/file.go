package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"musicdb/media/state"
)

// maxFile is how long a configuration file may be, in bytes.
const maxFile = 1 << 20

// readFile lays the configuration file over the defaults, below the environment.
func (s *Settings) readFile() (problems SettingErrors) {
	if s.File == "" {
		return nil
	}
	info, err := os.Stat(s.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return SettingErrors{{File: s.File, What: "there is no such configuration file"}}
	case err == nil && !info.Mode().IsRegular():
		return SettingErrors{{File: s.File, What: "a configuration file is needed, and this is none"}}
	case err == nil && info.Size() > maxFile:
		return SettingErrors{{File: s.File, What: "this is too long for a configuration file"}}
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(s.File)
	}
	if err != nil {
		return SettingErrors{{File: s.File, What: fmt.Sprintf("the configuration file cannot be read: %v", err)}}
	}
	return s.readINI(data)
}

// readINI is readFile for the content of the file.
func (s *Settings) readINI(data []byte) (problems SettingErrors) {
	file, damage := state.ParseINI(data)
	for _, d := range damage {
		problems = append(problems, SettingError{File: s.File, Line: d.Line, What: d.What})
	}
	known := map[string]map[string]bool{}
	eachSetting(reflect.ValueOf(&s.Config).Elem(), prefix, func(l leaf) {
		if known[l.section] == nil {
			known[l.section] = map[string]bool{}
		}
		known[l.section][l.key] = true
		if s.origins[l.variable].kind == fromEnvironment {
			return
		}
		value, set := file.Lookup(l.section, l.key)
		if !set {
			s.assumeOld(l)
			return
		}
		s.origins[l.variable] = origin{fromFile, file.Line(l.section, l.key)}
		if what := s.take(file, l, value); what != "" {
			problems = append(problems, SettingError{s.File, file.Line(l.section, l.key), l.inFile(), what})
		}
	})
	s.warnUnknown(file, known)
	return problems
}

// take decodes the value of a key and returns what is wrong with it.
func (s *Settings) take(file *state.INI, l leaf, value string) string {
	if name, dangling := file.Dangling(l.section, l.key); dangling && l.secret() {
		return `is not shown: with "%(" it refers to a key, and there is no such key; a percent sign is written %%`
	} else if dangling {
		return fmt.Sprintf("refers to %%(%s)s, but neither [%s] nor [DEFAULT] has such a key; a percent sign is written %%%%", name, l.section)
	}
	shown := fmt.Sprintf("is %q", value)
	if l.secret() {
		shown = "is not shown"
	}
	if _, list := l.value.Interface().(fmt.Stringer); strings.Contains(value, "\n") && (!list || l.secret()) {
		return shown + ": it has several lines; an indented line continues the one above it"
	}
	if err := l.set(value); err != nil {
		return fmt.Sprintf("%s: %v", shown, err)
	}
	return ""
}

// assumeOld sets what a configuration file means that does not have the key.
func (s *Settings) assumeOld(l leaf) {
	text, differs := l.tag.Lookup("old")
	if !differs {
		return
	}
	if err := l.set(text); err != nil {
		panic("musicdb: the old default of " + l.variable + " is wrong: " + err.Error())
	}
	s.origins[l.variable] = origin{kind: fromOld}
}

// warnUnknown names the sections and keys that mean nothing. Keys of the section
// DEFAULT may be there for others to refer to.
func (s *Settings) warnUnknown(file *state.INI, known map[string]map[string]bool) {
	warn := func(line int, format string, args ...any) {
		s.Warnings = append(s.Warnings, SettingError{File: s.File, Line: line, What: fmt.Sprintf(format, args...)})
	}
	for _, section := range file.Sections() {
		keys := known[section]
		switch {
		case section == "DEFAULT":
			continue
		case keys == nil:
			warn(file.Line(section, ""), "the section [%s] is unknown and without effect%s", section, meant(section, known))
			continue
		}
		for _, key := range file.Keys(section) {
			if !keys[key] {
				warn(file.Line(section, key), "the key %s in [%s] is unknown and without effect%s", key, section, meant(key, keys))
			}
		}
	}
}

// meant names what is spelt the same in other letters: names are case-sensitive.
func meant[V any](name string, known map[string]V) string {
	for other := range known {
		if strings.EqualFold(other, name) {
			return fmt.Sprintf("; it is written %s", other)
		}
	}
	return ""
}
