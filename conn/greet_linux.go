package conn

import "net"

// keptPerByte is how many bytes crypto/tls may take for each that it is given of a
// handshake message that is not complete yet. It takes messages of up to 64 KiB.
const keptPerByte = 3

// greet takes bytes of a TLS handshake. When its first record is there, it begins.
func (l *loop) greet(i uint32, r *record, x *secure, p []byte) {
	e, gen := l.s.engine, r.gen
	if x.pipe == nil {
		if p[0] != recordHandshake {
			l.s.lost(i, gen, errNotTLS)
			return
		}
		x.pipe = newPipe(e.turns, func() { l.tell(i, gen, func() { l.await(i, gen, x) }) }, x.gate.local, net.TCPAddrFromAddrPort(r.remote()))
		r.hears = hearsHello
	}
	whole := x.pipe.give(p)
	if x.hello += len(p); x.hello > accountAbove { // which few are
		l.s.keep(i, x, keptPerByte*x.hello)
	}
	if l.s.at(i, gen) == nil || !whole || r.hears == hearsHandshake {
		return
	}
	r.hears = hearsHandshake
	pipe, config, id := x.pipe, x.gate.config, r.id
	e.running.Go(func() {
		layer, err := pipe.shake(config, e.warm)
		if stackOf(err) != "" {
			e.sessionFailed("TLS handshake failed", id, err)
		}
		l.tell(i, gen, func() { l.shaken(i, gen, x, layer, err) })
	})
	if old, ok := l.begun.add(handle{i, gen}); ok {
		if r := l.s.at(old.slot, old.gen); r != nil && r.hears == hearsHandshake {
			l.s.lost(old.slot, old.gen, errManyHandshakes)
		}
	}
}

// tell lets the loop do something about a connection that has not ended yet.
func (l *loop) tell(i, gen uint32, do func()) {
	l.s.lock()
	if l.s.at(i, gen) != nil {
		l.errands = append(l.errands, do)
		l.s.roused = true
	}
	l.s.unlock()
}

// await sends what a handshake has to say before it waits for the peer.
func (l *loop) await(i, gen uint32, x *secure) {
	l.s.lock()
	defer l.s.unlock()
	if r := l.s.at(i, gen); r != nil && r.fd != noSocket {
		l.deliver(i, r, x)
	}
}

// deliver sends what crypto/tls has written, and reads on. An error shows when the
// socket is read.
func (l *loop) deliver(i uint32, r *record, x *secure) {
	_, _ = x.send(l.kernel, r.fd, x.pipe.take())
	if r.marks.has(markUnread) {
		l.again(i, r)
		l.s.roused = true
	}
}

// shaken goes on after a TLS handshake.
func (l *loop) shaken(i, gen uint32, x *secure, layer recordLayer, err error) {
	l.s.lock()
	defer l.s.unlock()
	r := l.s.at(i, gen)
	if r == nil || r.fd == noSocket {
		return
	}
	l.deliver(i, r, x)
	if err != nil {
		l.s.lost(i, gen, err)
		return
	}
	early := x.pipe.become(polls)
	x.layer, x.pipe, x.gate = layer, nil, nil
	r.hears = hearsRequest
	plain, err := l.unseal(x, early)
	l.heard(i, r, x, plain, err)
	l.s.roused = l.s.roused || len(l.unread) > 0
}
