package diagrams

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// FS holds every generated file at its top level.
//
//go:embed *.dot *.svg *.md
var FS embed.FS

// ErrUnknown is returned for a name that no page was generated for.
var ErrUnknown = errors.New("diagrams: no such page")

// Page is what was generated for a machine.
type Page struct {
	Name     string // the name of its files, without extension
	DOT      []byte
	SVG      []byte // begins with <svg, so that it can stand inside an HTML page
	Markdown []byte
}

// Load returns the page of a machine, by the machine's name ("audio stream") or that of its files ("audio-stream").
func Load(machine string) (Page, error) {
	name := fileName(machine)
	dot, errDOT := FS.ReadFile(name + ".dot")
	svg, errSVG := FS.ReadFile(name + ".svg")
	md, errMD := FS.ReadFile(name + ".md")
	if err := errors.Join(errDOT, errSVG, errMD); err != nil {
		return Page{}, fmt.Errorf("%w: %q", ErrUnknown, machine)
	}
	return Page{Name: name, DOT: dot, SVG: svg, Markdown: md}, nil
}

// Names lists the pages that Load knows, sorted.
func Names() []string {
	files, err := fs.Glob(FS, "*.md")
	if err != nil {
		return nil // the pattern is a constant, and it is well-formed
	}
	var names []string
	for _, f := range files {
		name := strings.TrimSuffix(f, ".md")
		if _, err := Load(name); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// fileName follows the rule of the generator: lower-case letters, digits and dashes.
func fileName(machine string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, machine)
}
