package server

import (
	"errors"
	"net/netip"
	"sync"
	"time"
)

// Wrong keys make the next attempt wait. The first ones are free, because people
// mistype passwords and forget to update a page; each further one doubles the wait.
// The longest wait is well below the five seconds after which clients of MusicDB
// take a silent server for a dead one, so that the right key gets through to an
// address from which a stranger, or a forgotten tab, keeps trying a wrong one.
const (
	freeAttempts = 3
	firstWait    = 100 * time.Millisecond
	longestWait  = 3 * time.Second
	// forgiveness is the time without a wrong key after which one is forgotten.
	forgiveness = 10 * time.Second
	// turn is the time between two attempts of one network that wait at the same time:
	// many connections do not guess faster than one. Behind a proxy of this machine are
	// many networks, so turns are shorter there.
	turn        = 400 * time.Millisecond
	turnOfProxy = turn / 10
	// longestQueue is the longest wait with those before one in the queue, still below
	// those five seconds. An attempt that would wait longer is turned away.
	longestQueue = longestWait + 3*turn
	// worstCount bounds what there is to forgive, two minutes.
	worstCount = 12
)

// penalty is what the wrong keys of a connection or an address cost now. The zero
// penalty costs nothing.
type penalty struct {
	wrong int       // wrong keys that were not forgiven until last
	last  time.Time // when the latest came
}

// forgiven is the penalty as it stands later.
func (p penalty) forgiven(now time.Time) penalty {
	if n := int(now.Sub(p.last) / forgiveness); n > 0 {
		p.wrong = max(0, p.wrong-n)
		p.last = p.last.Add(time.Duration(n) * forgiveness)
	}
	return p
}

// after is the penalty with one more wrong key.
func (p penalty) after(now time.Time) penalty {
	return penalty{min(p.forgiven(now).wrong+1, worstCount), now}
}

// price is the wait after the latest wrong key.
func (p penalty) price() time.Duration {
	if p.wrong <= freeAttempts {
		return 0
	}
	return min(firstWait<<(p.wrong-freeAttempts-1), longestWait)
}

// wait is how long the next attempt has to wait.
func (p penalty) wait(now time.Time) time.Duration {
	return max(0, p.forgiven(now).price()-now.Sub(p.last))
}

// network is whose wrong keys are counted together: an IPv4 address, or the /64 that
// an IPv6 host may choose its addresses from.
type network = netip.Prefix

// networkOf reads the address of a peer. Peers without a readable one share one.
func networkOf(remote string) network {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return network{}
	}
	addr := at.Addr().Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	prefix, _ := addr.Prefix(bits) // 32 and 64 are lengths that exist
	return prefix
}

// maxNetworks bounds the memory that strangers can fill, to about half a megabyte.
const maxNetworks = 4096

// penalties are the networks from which wrong keys came lately. Any goroutine may
// call the methods; the zero value is ready. Nothing runs in the background.
type penalties struct {
	mu     sync.Mutex // guards what follows
	of     map[network]account
	turned uint64 // attempts that were turned away
}

// account is what is remembered of a network.
type account struct {
	penalty
	booked time.Time // when the last attempt in the queue is judged
}

// errQueue turns an attempt away unjudged: it would have to wait longer than
// longestQueue behind others of its network.
var errQueue = errors.New("too many attempts of this address wait for their verdict already")

// attempt decides when a key that was shown is judged. own is what its connection has to
// wait for what it did itself. An attempt that need not wait and is wrong is counted at
// once, so that a burst of them is not free: wrong is how many are not forgiven.
func (t *penalties) attempt(from network, own time.Duration, right bool, now time.Time) (pause time.Duration, wrong int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, known := t.of[from]
	pause = max(own, a.wait(now))
	if gap := min(a.forgiven(now).price(), turnOf(from)); gap > 0 {
		pause = max(pause, a.booked.Add(gap).Sub(now))
	}
	switch {
	case pause > longestQueue:
		t.turned++
		return 0, 0, errQueue
	case pause > 0 && known:
		a.booked = now.Add(pause)
		t.of[from] = a
	case pause == 0 && !right:
		wrong = t.count(from, now)
	}
	return pause, wrong, nil
}

func turnOf(from network) time.Duration {
	if isLoopback(from) {
		return turnOfProxy
	}
	return turn
}

// add counts a wrong key and returns how many are not forgiven.
func (t *penalties) add(from network, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count(from, now)
}

// count needs mu.
func (t *penalties) count(from network, now time.Time) int {
	if t.of == nil {
		t.of = make(map[network]account)
	}
	if _, known := t.of[from]; !known && len(t.of) >= maxNetworks {
		t.forget(now)
	}
	a := t.of[from]
	a.penalty = a.after(now)
	t.of[from] = a
	return a.wrong
}

// forget makes room for one network: of some chosen by the map's own chance, those
// that are forgiven go, else the mildest. Who has thousands of addresses can make
// the table forget others; each connection still pays for its own wrong keys.
func (t *penalties) forget(now time.Time) {
	const looked = 16
	var mildest network
	least, n := worstCount+1, 0
	for at, p := range t.of {
		left := p.forgiven(now).wrong
		if left == 0 {
			delete(t.of, at)
			least = 0
		} else if least > left {
			mildest, least = at, left
		}
		if n++; n == looked {
			break
		}
	}
	if least > 0 {
		delete(t.of, mildest)
	}
}

// len is the number of networks that are remembered.
func (t *penalties) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.of)
}

// refused is how many attempts were turned away.
func (t *penalties) refused() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.turned
}
