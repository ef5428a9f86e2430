package conn

import (
	"errors"
	"net/netip"
)

// Limit is one of the limits of an engine. Each is counted when it is reached.
type Limit uint8

// The limits, with the option that sets each.
const (
	LimitConnections   Limit = iota // MaxConnections: dropped when accepted
	LimitAddress                    // MaxPerAddress: dropped when accepted
	LimitHandshakeTime              // OpenTimeout: dropped without a byte
	LimitHandshakeSize              // MaxHandshake: HTTP 431
	LimitMessage                    // MaxMessage: 1009
	LimitStranger                   // MaxStranger: 1009
	LimitBuffered                   // MaxBuffered: 1013
	LimitRate                       // MaxRate: 1008
	LimitOutbox                     // OutboxBytes: 1008
	LimitIdleTime                   // IdleTimeout: 1001
	LimitCloseTime                  // CloseTimeout: dropped
	LimitDescriptors                // of the system: nothing is accepted for a moment
	limits
)

var limitNames = [limits]string{
	"connections", "address", "handshake time", "handshake size", "message", "stranger",
	"buffered", "rate", "outbox", "idle time", "close time", "descriptors",
}

func (l Limit) String() string { return limitNames[l] }

// Limits are all of them, in their order.
func Limits() []Limit {
	all := make([]Limit, limits)
	for i := range all {
		all[i] = Limit(i)
	}
	return all
}

// Reached is how often a limit was reached.
func (e *Engine) Reached(l Limit) uint64 { return e.reached[l].Load() }

func (e *Engine) reach(l Limit) { e.reached[l].Add(1) }

// reach counts the limit, if it was one, that the peer has violated.
func (s *shard) reach(i uint32, v *ViolationError) {
	switch {
	case v == errTooFast:
		s.engine.reach(LimitRate)
	case v == errNoMemory:
		s.engine.reach(LimitBuffered)
	case v.Code != CodeTooBig:
	case s.table.record(i).standing == stranger && s.engine.opts.MaxStranger < s.engine.opts.MaxMessage:
		s.engine.reach(LimitStranger)
	default:
		s.engine.reach(LimitMessage)
	}
}

// refused counts and reports a connection that is dropped when it is accepted. No mutex
// may be held.
func (e *Engine) refused(why error, from string) {
	switch {
	case errors.Is(why, ErrFull):
		e.reach(LimitConnections)
	case errors.Is(why, ErrAddressFull):
		e.reach(LimitAddress)
	default: // a shutdown
		e.opts.Log.Debug("connection refused", "remote", from, "err", why)
		return
	}
	e.opts.Log.Warn("connection refused: "+why.Error(), "remote", from)
}

// household is whose connections are counted together: an IPv4 address, or the /64 that
// an IPv6 host may choose its addresses from.
func household(a netip.Addr) netip.Addr {
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil { // no address at all
		return a
	}
	return p.Addr()
}
