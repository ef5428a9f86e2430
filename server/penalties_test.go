package server

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/fsm/fsmtest"
)

func TestBothRunnersAgreeOnAccess(t *testing.T) { fsmtest.Agree(t, Access) }

func TestPenaltyGrowsAndIsForgiven(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	var p penalty
	for i, want := range []int64{0, 0, 0, 100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000, 3000, 3000} {
		p = p.after(now)
		if got := p.wait(now).Milliseconds(); got != want {
			t.Errorf("after %d wrong keys: %d ms, want %d", i+1, got, want)
		}
	}
	if got := p.wait(now.Add(time.Second)); got != 2*time.Second {
		t.Errorf("a second later: %v", got)
	}
	if got := p.wait(now.Add(longestWait)); got != 0 {
		t.Errorf("after the wait: %v", got)
	}
	// Each pause forgives one: two minutes forgive all, and one more is free again.
	almost := now.Add((worstCount - freeAttempts - 1) * forgiveness)
	if got := p.after(almost).wait(almost); got != 2*firstWait {
		t.Errorf("nearly forgiven: %v", got)
	}
	late := now.Add(worstCount * forgiveness)
	if got := p.forgiven(late).wrong; got != 0 {
		t.Errorf("%d are left after two minutes", got)
	}
	if got := p.after(late).wait(late); got != 0 {
		t.Errorf("the first after two minutes: %v", got)
	}
}

// However wrong keys and pauses come, no wait is longer than the longest, more wrong
// keys never wait less, and nothing is remembered for ever.
func TestPenaltyIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_700_000_000, 0)
		var p penalty
		for _, pause := range rapid.SliceOf(rapid.Int64Range(0, int64(time.Minute))).Draw(t, "pauses") {
			now = now.Add(time.Duration(pause))
			before := p.wait(now)
			p = p.after(now)
			if got := p.wait(now); got < 0 || got > longestWait || got < before {
				t.Fatalf("%v after %v", got, before)
			}
		}
		later := now.Add(longestWait + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "later")))
		if got := p.wait(later); got != 0 {
			t.Fatalf("%v after the wait an attempt waits %v", later.Sub(now), got)
		}
		if p.forgiven(now.Add(worstCount*forgiveness)) != (penalty{last: p.forgiven(now.Add(worstCount * forgiveness)).last}) {
			t.Fatalf("never forgiven: %+v", p)
		}
	})
}

// waitOf is what an attempt from a network costs now.
func waitOf(t *penalties, from network, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of[from].wait(now)
}

// However attempts come from one network, verdicts are a turn apart once wrong keys
// came, nobody waits longer than the longest queue, and who would is turned away.
func TestVerdictsOfANetworkAreTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table penalties
		from := networkOf(rapid.SampledFrom([]string{"192.0.2.1:1", "[2001:db8::1]:1", "127.0.0.1:1"}).Draw(t, "from"))
		now := time.Unix(1_700_000_000, 0)
		type waiting struct{ until time.Time }
		var queue []waiting
		var last time.Time // verdict that had to be waited for
		judge := func() {
			for len(queue) > 0 && !queue[0].until.After(now) {
				table.add(from, queue[0].until)
				queue = queue[1:]
			}
		}
		for range worstCount { // the worst case: the price is constant
			table.add(from, now)
		}
		refused := 0
		for _, pause := range rapid.SliceOfN(rapid.Int64Range(0, int64(time.Second)), 1, 200).Draw(t, "pauses") {
			if rapid.Bool().Draw(t, "at once") {
				pause = 0
			}
			now = now.Add(time.Duration(pause))
			judge()
			wait, _, err := table.attempt(from, 0, false, now)
			switch {
			case err != nil:
				refused++
				if len(queue) <= int((longestQueue-longestWait)/turnOf(from)) {
					t.Fatalf("turned away with %d in the queue", len(queue))
				}
				continue
			case wait < 0 || wait > longestQueue:
				t.Fatalf("an attempt waits %v", wait)
			case wait == 0:
				continue
			}
			at := now.Add(wait)
			if !last.IsZero() && at.Sub(last) < turnOf(from) {
				t.Fatalf("verdicts are %v apart", at.Sub(last))
			}
			last = at
			queue = append(queue, waiting{at})
		}
		if n := table.refused(); n != uint64(refused) {
			t.Fatalf("%d counted as turned away, want %d", n, refused)
		}
	})
}

func TestPlacesOfAddresses(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:1234":                    "192.0.2.7/32",
		"192.0.2.8:1":                       "192.0.2.8/32",
		"[::ffff:192.0.2.7]:99":             "192.0.2.7/32",
		"[2001:db8:1:2:3:4:5:6]:9000":       "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff:ffff:ff:1]:900": "2001:db8:1:2::/64",
		"[2001:db8:1:3::1]:900":             "2001:db8:1:3::/64",
		"[fe80::1%eth0]:900":                "fe80::/64",
		"[::1]:1":                           "::/64",
		"pipe":                              "invalid Prefix",
		"":                                  "invalid Prefix",
	} {
		if got := networkOf(remote).String(); got != want {
			t.Errorf("%q: %s, want %s", remote, got, want)
		}
	}
}

// Who has a whole network of addresses fills no memory, and a place that is
// remembered is not forgotten for one that has done less.
func TestPenaltiesAreBounded(t *testing.T) {
	var table penalties
	now := time.Unix(1_700_000_000, 0)
	nth := func(i int) network {
		var a [16]byte
		binary.BigEndian.PutUint64(a[:], 0x2001_0db8_0000_0000|uint64(i))
		return netip.PrefixFrom(netip.AddrFrom16(a), 64)
	}
	for i := range 3 * maxNetworks {
		table.add(nth(i), now)
	}
	if n := table.len(); n != maxNetworks {
		t.Errorf("%d places, want %d", n, maxNetworks)
	}
	stubborn := nth(1 << 20)
	for range worstCount {
		table.add(stubborn, now)
	}
	for i := range 3 * maxNetworks {
		table.add(nth(1<<21+i), now)
	}
	if got := waitOf(&table, stubborn, now); got != longestWait {
		t.Errorf("the worst place waits %v after a flood of others", got)
	}
	// What is forgiven makes room first.
	later := now.Add(worstCount * forgiveness)
	for i := range maxNetworks {
		table.add(nth(1<<22+i), later)
	}
	if n := table.len(); n > maxNetworks {
		t.Errorf("%d places, want at most %d", n, maxNetworks)
	}
	table.mu.Lock()
	_, kept := table.of[stubborn]
	table.mu.Unlock()
	if kept && waitOf(&table, stubborn, later) != 0 {
		t.Error("what is forgiven still costs")
	}
}
