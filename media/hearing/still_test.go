package hearing

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/sound"
)

// A ring that stands still is told within the limit, with time left for the child that
// is started; and what that one makes up for is not taken for a wrong clock, whenever
// the ring has stood still.
func TestWhatIsMadeUpForIsNoDrift(t *testing.T) {
	tool := findTool(t)
	rapid.Check(t, func(t *rapid.T) {
		h, err := New(Options{
			Mount: sound.NewMount(sound.MountOptions{Format: sound.MP3}), Tool: tool, Meter: &Meter{},
			Wanted: func() bool { return true }, Repair: func(Cause) bool { return true },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		now := time.Unix(1_700_000_000, 0)
		see := func(sent time.Duration) Event {
			now = now.Add(period)
			found := h.judge.see(paced(period, sent))
			h.react(found, now)
			return found.on
		}
		h.judge.inStep()
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			see(period)
		}
		missed := time.Duration(0)
		for on := Heard; on != NoFrames; missed += period {
			if on = see(0); fault(on) && on != NoFrames {
				t.Fatalf("%s while nothing leaves", definition.EventName(on))
			}
		}
		if missed > h.o.Limit {
			t.Fatalf("told after %v, the limit is %v", missed, h.o.Limit)
		}
		for range rapid.IntRange(0, 3).Draw(t, "starting") {
			see(0)
			missed += period
		}
		see(missed + period)
		for range 60 {
			if on := see(period); fault(on) {
				t.Fatalf("%s %v later", definition.EventName(on), h.judge.drift)
			}
		}
	})
}
