package conn

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A flight recorder keeps events only. Whatever way a connection took through the table,
// with events that were refused in between, its trace tells it.
func TestTraceTellsTheWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tr trail
		var f recorder
		f.begin(tr)
		at := Listening
		var way []string
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			var possible []Event
			for on := Accept; on <= End; on++ {
				if _, ok := Lifecycle.Next(at, on); ok {
					possible = append(possible, on)
				}
			}
			if len(possible) == 0 {
				break
			}
			on := rapid.SampledFrom(possible).Draw(t, "event")
			if rapid.IntRange(0, 30).Draw(t, "refused") == 0 {
				on = Event(rapid.IntRange(int(Accept), int(End)).Draw(t, "any event"))
			}
			to, ok := Lifecycle.Next(at, on)
			step := Lifecycle.EventName(on) + ">" + Lifecycle.StateName(to)
			if !ok {
				to, step = at, Lifecycle.EventName(on)+">"+Lifecycle.StateName(at)+"(refused)"
			}
			tr.put(on)
			f.put(on)
			at = to
			way = append(way, step)
		}
		for name, of := range map[string]struct {
			trace string
			size  int
		}{"recorder": {f.trace(at), recorderSize}, "trail": {tr.trace(at), trailSize}} {
			want := strings.Join(way[max(0, len(way)-of.size):], " ")
			got, whole := of.trace, len(way) < of.size
			// The begin of a way that is not whole is a guess where something was refused.
			refusals := strings.Count(want, refusedMark)
			if got != want && (whole || refusals == 0 || strings.Count(got, refusedMark) > refusals || !strings.HasSuffix(strings.TrimSuffix(got, refusedMark), ">"+Lifecycle.StateName(at))) {
				t.Fatalf("the %s says\n%s\nwant\n%s", name, got, want)
			}
		}
	})
}
