package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A SettingError is one thing that is wrong with the settings: where it is and what is
// allowed there.
type SettingError struct {
	File    string // of the configuration; "" if it is a variable's
	Line    int    // in that file; 0: the file as a whole
	Setting string // "[section] key", or the name of the variable; "" for neither
	What    string // a sentence without its beginning
}

func (p SettingError) Error() string {
	where := p.Setting
	if p.File != "" {
		where = p.File
		if p.Line > 0 {
			where = fmt.Sprintf("%s:%d", p.File, p.Line)
		}
		if p.Setting != "" {
			where += ": " + p.Setting
		}
	}
	switch {
	case p.Setting != "":
		return where + " " + p.What
	case where != "":
		return where + ": " + p.What
	}
	return p.What
}

// SettingErrors is everything that is wrong with the settings. Its text is one
// sentence.
type SettingErrors []SettingError

func (p SettingErrors) Error() string {
	first := p[0].Error()
	if len(p) == 1 {
		return first
	}
	for _, other := range p {
		if other.File != "" {
			return fmt.Sprintf("%s; `musicdb config --check %s` tells the others, %d in all", first, quoted(other.File), len(p))
		}
	}
	return fmt.Sprintf("%s; %d settings are wrong", first, len(p))
}

// quoted is a file name as a shell takes it.
func quoted(name string) string {
	name = filepath.Clean(name)
	if strings.ContainsAny(name, " \t'\"\\$&;|<>()*?`!#~") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}
