package fsm

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How long a text may be that has to fit into a drawing, in characters.
const (
	maxName  = 32
	maxGuard = 64
)

// check finds every fault of the definition. The graph is examined only when its parts are sound.
func (d *Definition[S, E]) check() error {
	c := checker{machine: d.name}
	c.checkName("the machine", d.name)
	if d.doc == "" {
		c.add("the machine", ErrUndocumented)
	}
	d.checkStates(&c)
	d.checkEvents(&c)
	d.checkRows(&c)
	if len(c.faults) == 0 {
		d.checkGraph(&c)
	}
	if len(c.faults) == 0 {
		return nil
	}
	return &DefinitionError{Machine: d.name, Faults: c.faults}
}

type checker struct {
	machine string
	faults  []FaultError
	colors  map[string]string
}

func (c *checker) add(subject string, kind error) {
	c.faults = append(c.faults, FaultError{subject, kind})
}

// layer refuses one layer name with two colours: the legend could not tell them apart.
func (c *checker) layer(l Layer) {
	if c.colors == nil {
		c.colors = make(map[string]string)
	}
	if color, seen := c.colors[l.Name]; seen && color != l.Color {
		c.add(fmt.Sprintf("layer %q in colours %q and %q", l.Name, color, l.Color), ErrDuplicate)
	}
	c.colors[l.Name] = l.Color
}

// checkName accepts what can stand in a drawing, a log line, a printed trace and a metric's label without being changed.
func (c *checker) checkName(subject, name string) {
	switch {
	case name == "" || strings.TrimSpace(name) != name:
		c.add(subject, ErrUndocumented)
	case utf8.RuneCountInString(name) > maxName:
		c.add(subject, ErrTooLong)
	case strings.Contains(name, "--") || strings.HasPrefix(name, "(") || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		c.add(subject, ErrName)
	}
}

func (d *Definition[S, E]) checkStates(c *checker) {
	for i := range d.stateAt {
		d.stateAt[i] = -1
	}
	names := make(map[string]bool)
	terminal := false
	for i, s := range d.states {
		subject := fmt.Sprintf("state %d %q", s.State, s.Name)
		c.checkName(subject, s.Name)
		if s.Doc == "" {
			c.add(subject, ErrUndocumented)
		}
		if int(s.State) >= maxStates {
			c.add(subject, ErrRange)
			continue
		}
		if d.stateAt[s.State] >= 0 || names[s.Name] {
			c.add(subject, ErrDuplicate)
			continue
		}
		c.layer(s.Layer)
		names[s.Name] = true
		d.stateAt[s.State] = int16(i)
		terminal = terminal || s.Terminal
	}
	if !terminal {
		c.add("the machine", ErrNoTerminal)
	}
	if d.stateAt[d.initial] < 0 {
		c.add(fmt.Sprintf("initial state %d", d.initial), ErrUnknown)
	}
}

func (d *Definition[S, E]) checkEvents(c *checker) {
	for i := range d.eventAt {
		d.eventAt[i] = -1
	}
	names := make(map[string]bool)
	for i, e := range d.events {
		subject := fmt.Sprintf("event %d %q", e.Event, e.Name)
		c.checkName(subject, e.Name)
		if e.Doc == "" || e.By == "" {
			c.add(subject, ErrUndocumented)
		}
		if int(e.Event) >= maxStates {
			c.add(subject, ErrRange)
			continue
		}
		if d.eventAt[e.Event] >= 0 || names[e.Name] {
			c.add(subject, ErrDuplicate)
			continue
		}
		c.layer(e.Layer)
		names[e.Name] = true
		d.eventAt[e.Event] = int16(i)
	}
}

func (d *Definition[S, E]) checkRows(c *checker) {
	type key struct {
		from S
		on   E
	}
	seen := make(map[key]bool)
	used := make([]bool, len(d.events))
	for _, r := range d.rows {
		subject := d.rowSubject(r)
		if d.stateAt[r.From] < 0 || d.stateAt[r.To] < 0 || d.eventAt[r.On] < 0 {
			c.add(subject, ErrUnknown)
			continue
		}
		used[d.eventAt[r.On]] = true
		if utf8.RuneCountInString(r.Guard) > maxGuard {
			c.add(subject+" with its guard", ErrTooLong)
		}
		if seen[key{r.From, r.On}] {
			c.add(subject, ErrDuplicate)
		}
		seen[key{r.From, r.On}] = true
		if d.Terminal(r.From) {
			c.add(subject, ErrLeavesTerminal)
		}
	}
	for i, e := range d.events {
		if !used[i] {
			c.add(fmt.Sprintf("event %d %q", e.Event, e.Name), ErrUnused)
		}
	}
}

func (d *Definition[S, E]) rowSubject(r Row[S, E]) string {
	state := func(s S) string {
		if d.stateAt[s] < 0 {
			return fmt.Sprintf("(state %d)", s)
		}
		return d.StateName(s)
	}
	event := fmt.Sprintf("(event %d)", r.On)
	if d.eventAt[r.On] >= 0 {
		event = d.EventName(r.On)
	}
	return fmt.Sprintf("row %s --%s--> %s", state(r.From), event, state(r.To))
}

// checkGraph walks forwards from the initial state and backwards from the terminal ones.
func (d *Definition[S, E]) checkGraph(c *checker) {
	var forward, backward [256][]uint8
	for _, r := range d.rows {
		forward[r.From] = append(forward[r.From], uint8(r.To))
		backward[r.To] = append(backward[r.To], uint8(r.From))
	}
	var ends []uint8
	for _, s := range d.states {
		if s.Terminal {
			ends = append(ends, uint8(s.State))
		}
	}
	reached := walk(&forward, uint8(d.initial))
	ending := walk(&backward, ends...)
	for _, s := range d.states {
		subject := fmt.Sprintf("state %q", s.Name)
		if !reached[s.State] {
			c.add(subject, ErrUnreachable)
		}
		switch {
		case s.Terminal:
		case len(forward[s.State]) == 0:
			c.add(subject, ErrDeadEnd)
		case !ending[s.State]:
			c.add(subject, ErrNoEnd)
		}
	}
}

func walk(next *[256][]uint8, from ...uint8) (reached [256]bool) {
	for _, s := range from {
		reached[s] = true
	}
	for queue := from; len(queue) > 0; queue = queue[1:] {
		for _, s := range next[queue[0]] {
			if !reached[s] {
				reached[s] = true
				queue = append(queue, s)
			}
		}
	}
	return reached
}
