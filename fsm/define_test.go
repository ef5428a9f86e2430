package fsm_test

import (
	"errors"
	"strings"
	"testing"

	"musicdb/fsm"
)

type (
	states = []fsm.StateDoc[state]
	events = []fsm.EventDoc[event]
	rows   = []fsm.Row[state, event]
)

func TestDefineRefuses(t *testing.T) {
	long := strings.Repeat("x", 33)
	for _, test := range []struct {
		name    string
		spoil   func(s states, e events, r rows) (states, events, rows)
		kind    error
		subject string
	}{
		{"an unreachable state", func(s states, e events, r rows) (states, events, rows) {
			return append(s, fsm.StateDoc[state]{State: 9, Name: "Lost", Doc: "d"}), e, append(r, fsm.Row[state, event]{From: 9, On: play, To: closed})
		}, fsm.ErrUnreachable, `state "Lost"`},
		{"a dead end", func(s states, e events, r rows) (states, events, rows) {
			return append(s, fsm.StateDoc[state]{State: 9, Name: "Stuck", Doc: "d"}), e, append(r, fsm.Row[state, event]{From: idle, On: stop, To: 9})
		}, fsm.ErrDeadEnd, `state "Stuck"`},
		{"a trap: a way out, but none to an end", func(s states, e events, r rows) (states, events, rows) {
			return append(s, fsm.StateDoc[state]{State: 9, Name: "Trap", Doc: "d"}), e,
				append(r, fsm.Row[state, event]{From: idle, On: stop, To: 9}, fsm.Row[state, event]{From: 9, On: stop, To: 9})
		}, fsm.ErrNoEnd, `state "Trap"`},
		{"a machine without an end", func(s states, e events, r rows) (states, events, rows) {
			s[3].Terminal = false
			return s, e, append(r, fsm.Row[state, event]{From: closed, On: play, To: idle})
		}, fsm.ErrNoTerminal, "the machine"},
		{"a row out of a terminal state", func(s states, e events, r rows) (states, events, rows) {
			return s, e, append(r, fsm.Row[state, event]{From: closed, On: play, To: idle})
		}, fsm.ErrLeavesTerminal, "row Closed --Play--> Idle"},
		{"two rows for one event", func(s states, e events, r rows) (states, events, rows) {
			return s, e, append(r, fsm.Row[state, event]{From: idle, On: play, To: closed})
		}, fsm.ErrDuplicate, "row Idle --Play--> Closed"},
		{"a state twice", func(s states, e events, r rows) (states, events, rows) {
			return append(s, fsm.StateDoc[state]{State: idle, Name: "Other", Doc: "d"}), e, r
		}, fsm.ErrDuplicate, `"Other"`},
		{"a state's name twice", func(s states, e events, r rows) (states, events, rows) {
			return append(s, fsm.StateDoc[state]{State: 9, Name: "Idle", Doc: "d"}), e, r
		}, fsm.ErrDuplicate, `state 9 "Idle"`},
		{"an event twice", func(s states, e events, r rows) (states, events, rows) {
			return s, append(e, fsm.EventDoc[event]{Event: play, Name: "Other", Doc: "d", By: "b"}), r
		}, fsm.ErrDuplicate, `"Other"`},
		{"an event's name twice", func(s states, e events, r rows) (states, events, rows) {
			return s, append(e, fsm.EventDoc[event]{Event: 9, Name: "Play", Doc: "d", By: "b"}), r
		}, fsm.ErrDuplicate, `event 9 "Play"`},
		{"a row to an unknown state", func(s states, e events, r rows) (states, events, rows) {
			return s, e, append(r, fsm.Row[state, event]{From: idle, On: stop, To: 77})
		}, fsm.ErrUnknown, "row Idle --Stop--> (state 77)"},
		{"a row on an unknown event", func(s states, e events, r rows) (states, events, rows) {
			return s, e, append(r, fsm.Row[state, event]{From: idle, On: 77, To: idle})
		}, fsm.ErrUnknown, "row Idle --(event 77)--> Idle"},
		{"an event without a row", func(s states, e events, r rows) (states, events, rows) {
			return s, append(e, fsm.EventDoc[event]{Event: 9, Name: "Never", Doc: "d", By: "b"}), r
		}, fsm.ErrUnused, `"Never"`},
		{"a state without a name", func(s states, e events, r rows) (states, events, rows) {
			s[1].Name = ""
			return s, e, r
		}, fsm.ErrUndocumented, `state 1 ""`},
		{"a state without documentation", func(s states, e events, r rows) (states, events, rows) {
			s[1].Doc = ""
			return s, e, r
		}, fsm.ErrUndocumented, `state 1 "Playing"`},
		{"an event that nobody raises", func(s states, e events, r rows) (states, events, rows) {
			e[1].By = ""
			return s, e, r
		}, fsm.ErrUndocumented, `event 1 "Pause"`},
		{"a name that does not fit into a drawing", func(s states, e events, r rows) (states, events, rows) {
			s[1].Name = long
			return s, e, r
		}, fsm.ErrTooLong, long},
		{"a guard that does not fit into a drawing", func(s states, e events, r rows) (states, events, rows) {
			r[0].Guard = strings.Repeat("guard ", 20)
			return s, e, r
		}, fsm.ErrTooLong, "row Idle --Play--> Playing with its guard"},
		{"a name that a trace could not tell from an arrow", func(s states, e events, r rows) (states, events, rows) {
			e[1].Name = "Pause --> now"
			return s, e, r
		}, fsm.ErrName, "Pause --> now"},
		{"a name with a control character", func(s states, e events, r rows) (states, events, rows) {
			e[1].Name = "Pau\nse"
			return s, e, r
		}, fsm.ErrName, "Pau"},
		{"a value that has no room in the table", func(s states, e events, r rows) (states, events, rows) {
			return append(s, fsm.StateDoc[state]{State: 255, Name: "Last", Doc: "d"}), e, r
		}, fsm.ErrRange, `state 255 "Last"`},
		{"a layer with two colours", func(s states, e events, r rows) (states, events, rows) {
			s[1].Layer.Color = "green"
			return s, e, r
		}, fsm.ErrDuplicate, `layer "device"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, e, r := test.spoil(playerStates(), playerEvents(), playerRows())
			_, err := fsm.Define("player", "A player.", idle, s, e, r)
			var definition *fsm.DefinitionError
			if !errors.As(err, &definition) || !errors.Is(err, test.kind) {
				t.Fatalf("want %q, got %v", test.kind, err)
			}
			for _, f := range definition.Faults {
				if errors.Is(f, test.kind) && strings.Contains(f.Subject, test.subject) {
					return
				}
			}
			t.Errorf("no fault about %s in: %v", test.subject, err)
		})
	}
}

func TestDefineRefusesAMachineWithoutName(t *testing.T) {
	for _, of := range [][2]string{{"", "doc"}, {"name", ""}, {" name", "doc"}} {
		if _, err := fsm.Define(of[0], of[1], idle, playerStates(), playerEvents(), playerRows()); !errors.Is(err, fsm.ErrUndocumented) {
			t.Errorf("%q: %v", of, err)
		}
	}
	if _, err := fsm.Define("player", "d", 77, playerStates(), playerEvents(), playerRows()); !errors.Is(err, fsm.ErrUnknown) {
		t.Errorf("unknown initial state: %v", err)
	}
}

func TestDefineReportsEveryFault(t *testing.T) {
	s := playerStates()
	s[0].Doc, s[1].Doc = "", ""
	_, err := fsm.Define("", "d", idle, s, playerEvents(), playerRows())
	var definition *fsm.DefinitionError
	if !errors.As(err, &definition) || len(definition.Faults) != 3 {
		t.Errorf("want 3 faults, got %v", err)
	}
}

func TestMustDefinePanics(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, fsm.ErrNoTerminal) {
			t.Errorf("recovered %v", err)
		}
	}()
	fsm.MustDefine[state, event]("empty", "Nothing.", idle, nil, nil, nil)
}

func TestDefinitionDoesNotShareItsParts(t *testing.T) {
	s, e, r := playerStates(), playerEvents(), playerRows()
	d := fsm.MustDefine("player", "A player.", idle, s, e, r)
	s[0].Name, e[0].Name, r[0].To = "x", "x", closed
	d.States()[1].Name, d.Events()[1].Name, d.Rows()[1].To = "y", "y", paused
	if d.StateName(idle) != "Idle" || d.EventName(pause) != "Pause" {
		t.Error("names changed")
	}
	if to, ok := d.Next(idle, play); !ok || to != playing {
		t.Errorf("Next = %v, %t", to, ok)
	}
}

func TestNextOfWhatTheMachineDoesNotHave(t *testing.T) {
	d := player()
	for _, at := range []struct {
		from state
		on   event
	}{{idle, next}, {closed, play}, {77, play}, {255, play}, {idle, 77}, {idle, 255}} {
		if to, ok := d.Next(at.from, at.on); ok || to != at.from {
			t.Errorf("Next(%d, %d) = %d, %t", at.from, at.on, to, ok)
		}
	}
	if d.Terminal(77) || d.Terminal(idle) || !d.Terminal(closed) {
		t.Error("Terminal is wrong")
	}
}
