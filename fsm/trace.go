package fsm

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Step is one event in the life of an instance: a move, or a refusal (To is From then).
type Step[S, E ~uint8] struct {
	At      time.Duration // on the process' coarse clock
	From    S
	On      E
	To      S
	Refused bool
}

// FormatTrace prints a trace for a failure report, one step per line, with the machine's own names. ParseTrace reads it back.
func (d *Definition[S, E]) FormatTrace(steps []Step[S, E]) string {
	var b strings.Builder
	for _, s := range steps {
		to := d.StateName(s.To)
		if s.Refused {
			to = refusedMark
		}
		fmt.Fprintf(&b, "%-14s %s --%s--> %s\n", s.At, d.StateName(s.From), d.EventName(s.On), to)
	}
	return b.String()
}

// refusedMark stands where a printed step has no new state. No state can be called so.
const refusedMark = "(refused)"

// ErrTrace is returned for text that is not a trace of the machine.
var ErrTrace = errors.New("fsm: not a trace of this machine")

// ParseTrace reads what FormatTrace has printed, blank lines and indentation aside. An unknown event comes back as 255, which is
// as unknown.
func (d *Definition[S, E]) ParseTrace(text string) ([]Step[S, E], error) {
	var out []Step[S, E]
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		step, ok := d.parseStep(line)
		if !ok {
			return nil, fmt.Errorf("%w %q: %q", ErrTrace, d.name, line)
		}
		out = append(out, step)
	}
	return out, nil
}

func (d *Definition[S, E]) parseStep(line string) (s Step[S, E], ok bool) {
	clock, rest, _ := strings.Cut(line, " ")
	from, rest, _ := strings.Cut(strings.TrimSpace(rest), " --")
	on, to, _ := strings.Cut(rest, "--> ")
	at, err := time.ParseDuration(clock)
	if err != nil {
		return s, false
	}
	s = Step[S, E]{At: at, Refused: to == refusedMark}
	okTo := true
	if s.From, ok = d.stateNamed(from); !ok {
		return s, false
	}
	if s.To = s.From; !s.Refused {
		s.To, okTo = d.stateNamed(to)
	}
	s.On, ok = d.eventNamed(on)
	return s, ok && okTo
}

func (d *Definition[S, E]) stateNamed(name string) (S, bool) {
	for _, s := range d.states {
		if s.Name == name {
			return s.State, true
		}
	}
	none := uint8(noState)
	return S(none), name == nameNone
}

func (d *Definition[S, E]) eventNamed(name string) (E, bool) {
	for _, e := range d.events {
		if e.Name == name {
			return e.Event, true
		}
	}
	none := uint8(noEvent)
	return E(none), name == nameUnknown
}
