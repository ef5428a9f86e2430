package fsm_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/fsm"
)

func TestTraceIsReadBackAsItWasPrinted(t *testing.T) {
	d := player()
	rapid.Check(t, func(t *rapid.T) {
		at := []state{idle, playing, paused, closed, 255}
		on := []event{play, pause, next, stop, shut, 255}
		var want []fsm.Step[state, event]
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			s := fsm.Step[state, event]{
				At:   time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "at")),
				From: rapid.SampledFrom(at).Draw(t, "from"), On: rapid.SampledFrom(on).Draw(t, "on"), To: rapid.SampledFrom(at).Draw(t, "to"),
				Refused: rapid.Bool().Draw(t, "refused"),
			}
			if s.Refused {
				s.To = s.From
			}
			want = append(want, s)
		}
		got, err := d.ParseTrace(d.FormatTrace(want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\nwant %v\n got %v", err, want, got)
		}
	})
}

func TestParseTraceRefuses(t *testing.T) {
	for _, text := range []string{
		"x", "1s", "1s Idle", "1s Idle --Play", "1s Idle --Play-->", "1s Idle --Play--> Nowhere", "1s Nowhere --Play--> Idle",
		"1s Idle --Fly--> Playing", "Idle --Play--> Playing", "1s Idle --Play--> Playing now",
	} {
		if steps, err := player().ParseTrace(text); !errors.Is(err, fsm.ErrTrace) {
			t.Errorf("%q: %v, %v", text, steps, err)
		}
	}
}

func FuzzParseTrace(f *testing.F) {
	d := player()
	f.Add("1.5s  Idle --Play--> Playing\n2s Playing --Play--> (refused)\n")
	f.Add("0s (none) --(unknown)--> (refused)")
	f.Add("1s Idle --Play--> ")
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := d.ParseTrace(text)
		if err != nil {
			return
		}
		again, err := d.ParseTrace(d.FormatTrace(steps))
		if err != nil || !reflect.DeepEqual(again, steps) {
			t.Errorf("%v\nread  %v\nagain %v", err, steps, again)
		}
	})
}
