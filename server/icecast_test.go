package server

import (
	"testing"

	"musicdb/media/icecast"
)

// Everybody reads these lines, so a failure is told without where the server is.
func TestIcecastLines(t *testing.T) {
	for _, c := range []struct {
		state icecast.State
		want  string
	}{
		{icecast.Sending, "Icecast /a: Sending\n"},
		{icecast.Silent, "Icecast /a: Silent, its format is not made\n"},
	} {
		if got := icecastLine(icecast.Status{Mount: "/a", State: c.state, Err: icecast.ErrRunning}); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
