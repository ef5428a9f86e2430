package conn

import (
	"crypto/tls"
	"errors"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// readSecure is read for a connection that speaks TLS, or may do so.
func (l *loop) readSecure(i uint32, r *record, more bool) {
	s, gen, fd, x := l.s, r.gen, r.fd, l.s.secures[i]
	buf := l.buf[:l.size]
	switch {
	case x.end != nil:
		l.ended(i, r, x)
		return
	case r.hears == hearsHandshake && x.pipe.waiting() > maxHello:
		r.marks.set(markUnread)
		return
	case x.layer == nil:
		buf = l.buf[:maxHello]
	case r.ext.compresses():
		buf = buf[:min(len(buf), compressedRead)]
	}
	s.mu.Unlock()
	n, errno := l.kernel.read(fd, buf)
	var plain []byte
	var err error
	if x.layer != nil {
		plain, err = l.unseal(x, buf[:n])
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
	if more || n == len(buf) {
		l.again(i, r)
	}
	switch {
	case x.layer != nil:
		l.heard(i, r, x, plain, err)
	case r.hears == hearsFirst && buf[0] != recordHandshake:
		s.exposed(i, r)
		l.heard(i, r, x, buf[:n], nil)
	default:
		l.greet(i, r, x, buf[:n])
	}
}

// maxHello is how much is read of a peer at once during its TLS handshake, and may wait
// there behind the first record, in bytes.
const maxHello = 4 << 10

// unseal decrypts what was read.
func (l *loop) unseal(x *secure, p []byte) ([]byte, error) {
	if l.clear == nil {
		l.clear = make([]byte, 0, loopBuffer+maxSealed)
	}
	return x.layer.open(l.clear, p)
}

// heard goes on with what a peer has said, behind which its TLS has ended with err if
// that is not nil. Then the connection ends when its socket is to be read again.
func (l *loop) heard(i uint32, r *record, x *secure, plain []byte, err error) {
	s, gen := l.s, r.gen
	if x.end = err; err != nil {
		l.again(i, r)
	}
	r.marks.set(markDirty) // see hear
	if s.input(i, plain); s.at(i, gen) == nil {
		return
	}
	if x.layer != nil {
		s.keep(i, x, x.layer.kept())
	}
	s.flush(i, gen, l.sc)
}

// ended ends a connection whose peer has nothing more to say, or nothing that can be
// believed. Then the peer is told why.
func (l *loop) ended(i uint32, r *record, x *secure) {
	err := x.end
	if errors.Is(err, io.EOF) {
		l.s.lost(i, r.gen, errEnd)
		return
	}
	if w := l.s.table.seat(i).work; !errors.Is(err, errAlerted) && (w == nil || w.pen == resting || w.pen == blocked) {
		why, ok := errors.AsType[tls.AlertError](err)
		if !ok {
			why = tls.AlertError(internalError)
		}
		x.say(l.kernel, r.fd, alert(why))
	}
	l.s.lost(i, r.gen, err)
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
