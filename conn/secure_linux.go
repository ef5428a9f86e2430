package conn

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// readSecure is read for a connection that speaks TLS, or may do so.
func (l *loop) readSecure(i uint32, r *record, more bool) {
	s, gen, fd, x := l.s, r.gen, r.fd, l.s.secures[i]
	if x.pipe != nil && x.pipe.waiting() > maxHello {
		r.marks.set(markUnread)
		return
	}
	s.mu.Unlock()
	n, errno := l.kernel.read(fd, l.buf)
	var plain []byte
	var err error
	if x.layer != nil {
		plain, err = l.unseal(x, l.buf[:n])
	}
	s.mu.Lock()
	if s.at(i, gen) == nil || r.fd != fd {
		return
	}
	switch {
	case errno == unix.EAGAIN:
		return
	case errno != 0:
		s.lost(i, gen, errno)
		return
	case n == 0:
		s.lost(i, gen, errEnd)
		return
	}
	if more || n == len(l.buf) {
		l.again(i, r)
	}
	switch {
	case x.layer != nil:
		l.heard(i, r, x, plain, err)
	case r.hears == hearsFirst && l.buf[0] != recordHandshake:
		s.exposed(i, r)
		l.heard(i, r, nil, l.buf[:n], nil)
	default:
		l.greet(i, r, x, l.buf[:n])
	}
}

// maxHello is how much of what a peer sends is kept during its TLS handshake, in bytes.
const maxHello = 64 << 10

// unseal decrypts what was read.
func (l *loop) unseal(x *secure, p []byte) ([]byte, error) {
	if l.clear == nil {
		l.clear = make([]byte, 0, loopBuffer+maxSealed)
	}
	return x.layer.open(l.clear, p)
}

// heard goes on with bytes that a peer has sent, and with the end of its TLS. x is nil
// for a plain connection.
func (l *loop) heard(i uint32, r *record, x *secure, plain []byte, err error) {
	s, gen := l.s, r.gen
	r.marks.set(markDirty) // see read
	if s.input(i, plain); s.at(i, gen) == nil {
		return
	}
	if x != nil && err == nil {
		s.keep(i, x)
	}
	if s.flush(i, gen, &l.sc); err == nil || s.at(i, gen) == nil {
		return
	}
	if errors.Is(err, io.EOF) {
		s.lost(i, gen, errEnd)
		return
	}
	if w := s.table.seat(i).work; !errors.Is(err, errAlerted) && (w == nil || w.pen == resting || w.pen == blocked) {
		why, ok := errors.AsType[tls.AlertError](err)
		if !ok {
			why = tls.AlertError(internalError)
		}
		x.say(l.kernel, r.fd, alert(why))
	}
	s.lost(i, gen, err)
}

// greet takes bytes of a TLS handshake, which begins with the first of them.
func (l *loop) greet(i uint32, r *record, x *secure, p []byte) {
	if r.hears = hearsHello; x.pipe != nil {
		x.pipe.give(p)
		return
	}
	if p[0] != recordHandshake {
		l.s.lost(i, r.gen, errNotTLS)
		return
	}
	e, gen := l.s.engine, r.gen
	x.pipe = newPipe(e.turns, func() { l.toldOf(i, gen, func() { l.await(i, gen, x) }) }, net.TCPAddrFromAddrPort(r.remote()))
	pipe := x.pipe
	pipe.give(p)
	if old, ok := l.begun.add(handle{i, gen}); ok {
		if r := l.s.at(old.slot, old.gen); r != nil && r.hears == hearsHello {
			l.s.lost(old.slot, old.gen, errManyHandshakes)
		}
	}
	e.running.Go(func() {
		layer, err := pipe.shake(x.config, e.warm)
		l.toldOf(i, gen, func() { l.shaken(i, gen, x, layer, err) })
	})
}

// toldOf lets the loop do something about a connection that has not ended yet.
func (l *loop) toldOf(i, gen uint32, do func()) {
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
	x.layer, x.pipe, x.config = layer, nil, nil
	r.hears = hearsRequest
	plain, err := l.unseal(x, early)
	l.heard(i, r, x, plain, err)
}

// drain sends what the socket has not taken, when nobody else is going to.
func (l *loop) drain(i uint32, r *record) {
	x := l.s.secures[i]
	if w := l.s.table.seat(i).work; (w == nil || w.pen == resting) && len(x.unsent) > 0 {
		_, _ = x.send(l.kernel, r.fd, nil) // an error shows when the socket is read
	}
}

// send writes ciphertext, behind what is still unsent, and keeps what the socket does
// not take. It reports whether it took all. So does everything else here it belongs to
// who has the pen.
func (x *secure) send(k kernel, fd int32, p []byte) (all bool, err error) {
	waited := len(x.unsent) > 0
	if waited {
		x.unsent = append(x.unsent, p...)
		p = x.unsent
	}
	if len(p) == 0 {
		return true, nil
	}
	n, errno := k.write(fd, [][]byte{p})
	switch {
	case errno != 0 && errno != unix.EAGAIN:
		return false, os.NewSyscallError("write", errno)
	case n == len(p):
		x.unsent = nil
		return true, nil
	}
	if x.unsent = p[n:]; !waited {
		x.unsent = slices.Clone(p[n:])
	}
	return false, nil
}

// write is that of the carrier. What is encrypted cannot be taken back, so all of it
// counts as written but for its last byte, which is owed until the socket has taken all.
func (x *secure) write(k kernel, fd int32, pieces [][]byte) (n int, err error) {
	if all, err := x.send(k, fd, nil); !all {
		return 0, err
	}
	if x.owed {
		x.owed = false
		n, pieces[0] = 1, pieces[0][1:]
	}
	buf := sealedPool.Get().(*sealed)
	defer sealedPool.Put(buf)
	for len(pieces) > 0 {
		out, plain, rest, err := x.seal(buf[:0], pieces)
		if err != nil {
			return n, err
		}
		all, err := x.send(k, fd, out)
		if err != nil {
			return n, err
		}
		n, pieces = n+plain, rest
		if !all {
			x.owed = true
			return n - 1, nil
		}
	}
	return n, nil
}

// seal encrypts as much as out has room for.
func (x *secure) seal(out []byte, pieces [][]byte) (_ []byte, plain int, rest [][]byte, err error) {
	for len(pieces) > 0 && cap(out)-len(out) >= maxSealed {
		if m := min(len(pieces[0]), maxPlain); m > 0 {
			if out, err = x.layer.seal(out, pieces[0][:m]); err != nil {
				return nil, 0, nil, err
			}
			plain += m
			pieces[0] = pieces[0][m:]
		}
		if len(pieces[0]) == 0 {
			pieces = pieces[1:]
		}
	}
	return out, plain, pieces, nil
}

// say sends an alert, if nothing is unsent and the socket takes it.
func (x *secure) say(k kernel, fd int32, a alert) {
	if x.layer != nil && len(x.unsent) == 0 {
		_, _ = x.send(k, fd, x.layer.alert(nil, a))
	}
}
