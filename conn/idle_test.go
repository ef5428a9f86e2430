package conn

import (
	"testing"
	"time"

	"musicdb/fsm"
)

// However many connections come one after the other and stay silent, few sweeps find
// them, none too early and none much too late.
func TestSilentConnectionsAreDueTogether(t *testing.T) {
	const idle, all = 5 * time.Second, 300
	b := newBare(t, Options{Handler: promptly{}, IdleTimeout: idle})
	now := fsm.Tick(1<<32 - 100) // it wraps
	b.clock = func() fsm.Tick { return now }
	b.now = now
	due := make(map[fsm.Tick]bool)
	for range all {
		r := b.table.record(b.connect(t))
		due[r.due] = true
		if in := r.due.Since(now); in < idle || in > idle+idleStep*fsm.TickLength {
			t.Fatalf("due in %v", in)
		}
		now++
	}
	if n := len(due); n > all/idleStep+2 {
		t.Errorf("%d sweeps for %d connections", n, all)
	}
}
