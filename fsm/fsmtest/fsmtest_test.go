package fsmtest

import (
	"errors"
	"testing"

	"go.uber.org/goleak"

	"musicdb/fsm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type (
	door uint8
	push uint8
)

// Values with gaps, and none of them zero: a machine need not begin to count at 0.
const (
	shut door = 3
	open door = 5
	gone door = 9
)

const (
	pull push = 2
	kick push = 4
)

func doors() *fsm.Definition[door, push] {
	return fsm.MustDefine("door", "A door in a wall.", shut,
		[]fsm.StateDoc[door]{
			{State: shut, Name: "Shut", Doc: "Nobody passes."},
			{State: open, Name: "Open", Doc: "All pass."},
			{State: gone, Name: "Gone", Doc: "There is a hole.", Terminal: true},
		},
		[]fsm.EventDoc[push]{
			{Event: pull, Name: "Pull", Doc: "A hand is on it.", By: "a visitor"},
			{Event: kick, Name: "Kick", Doc: "A foot is in it.", By: "a burglar"},
		},
		[]fsm.Row[door, push]{
			{From: shut, On: pull, To: open},
			{From: open, On: pull, To: shut},
			{From: open, On: kick, To: gone},
		})
}

func TestAgree(t *testing.T) { Agree(t, doors()) }

func TestReplayFromTheMiddleOfALife(t *testing.T) {
	end := Replay(t, doors(), []fsm.Step[door, push]{
		{From: open, On: pull, To: shut},
		{From: shut, On: kick, To: shut, Refused: true},
		{From: shut, On: pull, To: open},
		{From: open, On: kick, To: gone},
	})
	if end != gone {
		t.Errorf("ended in %v", end)
	}
}

func TestReplayOfAPrintedTrace(t *testing.T) {
	d := doors()
	trace, err := d.ParseTrace(`
		1.5s  Shut --Kick--> (refused)
		2s    Shut --Pull--> Open
	`)
	if err != nil {
		t.Fatal(err)
	}
	if end := Replay(t, d, trace); end != open {
		t.Errorf("ended in %v", end)
	}
}

func TestReplayFindsWhatTheMachineDoesNotDo(t *testing.T) {
	for name, trace := range map[string][]fsm.Step[door, push]{
		"allowed, recorded as refused": {{From: shut, On: pull, To: shut, Refused: true}},
		"refused, recorded as allowed": {{From: shut, On: kick, To: gone}},
		"another target":               {{From: open, On: kick, To: shut}},
		"a gap":                        {{From: shut, On: pull, To: open}, {From: shut, On: pull, To: open}},
	} {
		if _, err := replay(doors(), trace); !errors.Is(err, errReplay) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// complaint collects what a check would have failed with.
type complaint struct{ said bool }

func (*complaint) Helper()                 {}
func (c *complaint) Fatalf(string, ...any) { c.said = true }

func TestTrioNoticesARunnerThatDeviates(t *testing.T) {
	for name, disturb := range map[string]func(*trio[door, push]){
		"nothing":                    func(*trio[door, push]) {},
		"a move that only one makes": func(tr *trio[door, push]) { _, _ = tr.ledger.Fire(&tr.inLedger, tr.id, pull, fsm.Now()) },
		"another instance":           func(tr *trio[door, push]) { tr.shared.Start(new(fsm.Instance[door]), 99, fsm.Now()) },
		"a refusal of one":           func(tr *trio[door, push]) { _, _ = tr.shared.Fire(&tr.inShared, tr.id, kick, fsm.Now()) },
		"a refusal of another life":  func(tr *trio[door, push]) { _, _ = tr.ledger.Fire(new(fsm.Instance[door]), 99, kick, fsm.Now()) },
		"two moves of another life": func(tr *trio[door, push]) {
			var in fsm.Instance[door]
			tr.shared.Start(&in, 99, fsm.Now())
			_, _ = tr.shared.Fire(&in, 99, pull, fsm.Now())
			_, _ = tr.shared.Fire(&in, 99, kick, fsm.Now())
			_ = tr.shared.End(&in, 99)
			tr.bench.want.Started++
			tr.bench.want.Ended++
		},
		"a life that one has ended": func(tr *trio[door, push]) { _ = tr.runner.Close() },
	} {
		tr := newBench(doors()).begin()
		disturb(tr)
		var c complaint
		tr.fire(&c, pull)
		tr.traces(&c)
		tr.end(&c)
		tr.counters(&c)
		if c.said == (name == "nothing") {
			t.Errorf("%s: complained is %t", name, c.said)
		}
	}
}
