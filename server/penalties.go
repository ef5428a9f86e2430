package server

import (
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

// wait is how long the next attempt has to wait.
func (p penalty) wait(now time.Time) time.Duration {
	wrong := p.forgiven(now).wrong
	if wrong <= freeAttempts {
		return 0
	}
	return max(0, min(firstWait<<(wrong-freeAttempts-1), longestWait)-now.Sub(p.last))
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
	mu sync.Mutex
	of map[network]penalty
}

// wait is how long an attempt from a network has to wait.
func (t *penalties) wait(from network, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of[from].wait(now)
}

// add counts a wrong key and returns how many are not forgiven.
func (t *penalties) add(from network, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = make(map[network]penalty)
	}
	if _, known := t.of[from]; !known && len(t.of) >= maxNetworks {
		t.forget(now)
	}
	p := t.of[from].after(now)
	t.of[from] = p
	return p.wrong
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
