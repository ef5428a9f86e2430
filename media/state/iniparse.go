package state

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseINI reads a file of the INI dialect. It never fails: a line that is
// neither comment, section nor entry, and a repeated key, are reported as damage
// and left out (of repeated keys the last one counts), everything else is kept.
func ParseINI(data []byte) (*INI, []Damage) {
	p := parser{file: &INI{}}
	if !utf8.Valid(data) {
		p.damaged(0, "the file is not UTF-8")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		p.line(n, line)
	}
	p.finish()
	return p.file, p.damage
}

// A parser reads line by line. An entry stays open until the next one begins,
// because indented lines may continue its value.
type parser struct {
	file   *INI
	damage []Damage

	section string // name of the current section, "" before the first
	key     string // key of the open entry, "" if none is open
	value   []string
	indent  int // of the line that opened the entry
}

func (p *parser) line(n int, line string) {
	text := strings.TrimSpace(line)
	switch {
	case text == "":
		if p.key != "" {
			p.value = append(p.value, "")
		}
	case text[0] == '#' || text[0] == ';':
	case p.key != "" && indentOf(line) > p.indent:
		p.value = append(p.value, text)
	case text[0] == '[' && strings.LastIndexByte(text, ']') > 1:
		p.finish()
		p.open(n, text[1:strings.LastIndexByte(text, ']')])
	default:
		p.finish()
		p.entry(n, line, text)
	}
}

func (p *parser) open(n int, name string) {
	if s := p.file.section(name); s != nil {
		p.damaged(n, fmt.Sprintf("section [%s] appears a second time, first in line %d", name, s.begun))
	} else {
		p.file.sections = append(p.file.sections, &section{name: name, value: map[string]string{}, begun: n, line: map[string]int{}})
	}
	p.section = name
}

func (p *parser) entry(n int, line, text string) {
	at := strings.IndexAny(text, "=:")
	if at < 0 || strings.TrimSpace(text[:at]) == "" {
		p.damaged(n, "neither section, comment nor entry")
		return
	}
	if p.section == "" {
		p.damaged(n, "entry before the first section")
		return
	}
	p.key = strings.TrimRightFunc(text[:at], unicode.IsSpace)
	p.value = []string{strings.TrimSpace(text[at+1:])}
	p.indent = indentOf(line)
	s := p.file.section(p.section)
	if _, known := s.value[p.key]; known {
		p.damaged(n, fmt.Sprintf("key %s appears a second time in [%s], first in line %d", p.key, p.section, s.line[p.key]))
	}
	s.line[p.key] = n
}

func (p *parser) finish() {
	if p.key == "" {
		return
	}
	value := strings.TrimRightFunc(strings.Join(p.value, "\n"), unicode.IsSpace)
	p.file.put(p.section, p.key, value)
	p.key, p.value = "", nil
}

// tolerable bounds the list of damages of a file that is no INI file at all.
const tolerable = 100

func (p *parser) damaged(n int, what string) {
	if len(p.damage) < tolerable {
		p.damage = append(p.damage, Damage{Line: n, What: what})
	}
}

func indentOf(line string) int {
	at := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsSpace(r) })
	if at < 0 {
		return math.MaxInt
	}
	return at
}
