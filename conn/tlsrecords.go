package conn

import (
	"bytes"
	"crypto/cipher"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// recordLayer turns what is on the wire into what it means, and back. Opening and
// sealing may happen at the same time, each by one goroutine.
type recordLayer interface {
	// open takes bytes from the wire and appends what they mean to dst. What is not a
	// whole record yet is kept. The error, with which there may be bytes as well, is
	// io.EOF for the orderly end.
	open(dst, p []byte) ([]byte, error)
	// kept is the number of bytes that open keeps, or has room for.
	kept() int
	// seal appends p, of at most maxPlain bytes, as it goes on the wire.
	seal(dst, p []byte) ([]byte, error)
	// alert appends the last words on the wire.
	alert(dst []byte, a alert) []byte
}

// Content types of records (RFC 8446, 5.1).
const (
	contentAlert       = 21
	contentHandshake   = 22
	contentApplication = 23
)

// Sizes of a record in bytes (RFC 8446, 5.1 and 5.2).
const (
	sealHeader = 5
	maxPlain   = 1 << 14
	maxSealed  = maxPlain + 256
	overhead   = sealHeader + 1 + tagSize
)

// alert tells the other side of an end (RFC 8446, 6).
type alert uint8

const (
	closeNotify       alert = 0
	unexpectedMessage alert = 10
	badRecordMAC      alert = 20
	recordOverflow    alert = 22
	illegalParameter  alert = 47
	decodeError       alert = 50
	internalError     alert = 80
	userCanceled      alert = 90
)

// tls13 is the record layer of TLS 1.3 after the handshake. crypto/tls keeps 6.5 KB for
// that, this 0.4 KB.
type tls13 struct {
	in, out half
	warm    *warmKeys
	partial *buffer
	useless uint8       // records in a row that bring nothing
	message []byte      // the beginning of a handshake message
	asked   atomic.Bool // the peer wants us to update our keys
}

// maxUseless is how many records in a row may bring nothing: as many as crypto/tls lets
// pass.
const maxUseless = 16

// maxRecords is after how many records new keys are taken. AES-GCM is good for 2^24.5
// (RFC 8446, 5.5).
const maxRecords = 1 << 24

func newTLS13(s *suite, warm *warmKeys, theirs, ours []byte) *tls13 {
	t := &tls13{warm: warm}
	t.in.set(s, theirs)
	t.out.set(s, ours)
	return t
}

// kept counts the whole record that has begun: room for it is made when its header is there.
func (t *tls13) kept() int {
	if t.partial == nil {
		return 0
	}
	return cap(t.partial.b)
}

func (t *tls13) open(dst, p []byte) ([]byte, error) {
	for len(p) > 0 {
		record, rest, err := t.whole(p)
		if err != nil {
			return dst, err
		}
		p = rest
		if record == nil {
			break
		}
		dst, err = t.openOne(dst, record)
		if t.partial != nil {
			t.partial.release()
			t.partial = nil
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// whole returns the record that p begins with or completes, nil if it is not complete:
// then all of p is kept.
func (t *tls13) whole(p []byte) (record, rest []byte, err error) {
	if t.partial == nil {
		size, err := sizeOf(p)
		if err != nil {
			return nil, nil, err
		}
		if size <= len(p) {
			return p[:size], p[size:], nil
		}
		t.partial = newBuffer()
	}
	for {
		size, err := sizeOf(t.partial.b)
		if err != nil {
			return nil, nil, err
		}
		missing := size - len(t.partial.b)
		if missing == 0 {
			return t.partial.b, p, nil
		}
		if len(p) == 0 {
			return nil, nil, nil
		}
		t.partial.reserve(size)
		n := min(missing, len(p))
		t.partial.b = append(t.partial.b, p[:n]...)
		p = p[n:]
	}
}

// sizeOf is the size of the record that p begins with, and that of its header as long as
// not more is known.
func sizeOf(p []byte) (int, error) {
	if len(p) > 0 && p[0] != contentApplication {
		return 0, fail(unexpectedMessage)
	}
	return recordSize(p)
}

// recordSize is sizeOf for a record of any type.
func recordSize(p []byte) (int, error) {
	if len(p) < sealHeader {
		return sealHeader, nil
	}
	n := int(binary.BigEndian.Uint16(p[3:]))
	switch {
	case n > maxSealed:
		return 0, fail(recordOverflow)
	case n == 0:
		return 0, fail(badRecordMAC) // as of everything that is too short for a tag
	}
	return sealHeader + n, nil
}

func (t *tls13) openOne(dst, record []byte) ([]byte, error) {
	from := len(dst)
	all, err := unseal(dst, record, t.in.cipher(t.warm), t.in.next())
	if err != nil {
		return dst, fail(badRecordMAC)
	}
	if len(all)-from > maxPlain+1 {
		return dst, fail(recordOverflow)
	}
	// Behind the content comes its type, and then zeros (RFC 8446, 5.4).
	end := len(all)
	for end > from && all[end-1] == 0 {
		end--
	}
	if end == from {
		return dst, fail(unexpectedMessage)
	}
	kind, content := all[end-1], all[from:end-1]
	switch {
	case kind != contentApplication && len(content) == 0: // RFC 8446, 5.4
		return dst, fail(unexpectedMessage)
	case kind != contentHandshake && len(t.message) > 0:
		return dst, fail(unexpectedMessage)
	case kind == contentApplication && len(content) > 0:
		t.useless = 0
		return all[:end-1], nil
	case t.useless >= maxUseless:
		return dst, fail(unexpectedMessage)
	}
	t.useless++
	switch kind {
	case contentApplication:
		return dst, nil
	case contentAlert:
		return dst, heed(content)
	case contentHandshake:
		return dst, t.hear(content)
	}
	return dst, fail(unexpectedMessage)
}

func unseal(dst, record []byte, aead cipher.AEAD, nonce []byte) ([]byte, error) {
	return aead.Open(dst, nonce, record[sealHeader:], record[:sealHeader])
}

// heed is what follows from an alert of the peer.
func heed(content []byte) error {
	if len(content) != 2 {
		return fail(decodeError)
	}
	switch a := alert(content[1]); a {
	case closeNotify:
		return io.EOF
	case userCanceled: // a close_notify follows
		return nil
	default:
		return fmt.Errorf("%w: %v", errAlerted, fail(a)) //nolint:errorlint // it is not ours
	}
}

// errAlerted is matched by the error of an alert with which the peer has ended it.
var errAlerted = errors.New("the peer has ended TLS with an alert")

// fail is the error of an alert that we send.
func fail(a alert) error { return tls.AlertError(a) }

// keyUpdateHead begins the only handshake message that a client may send after the
// handshake (RFC 8446, 4.6.3): its type, and its length in three bytes.
var keyUpdateHead = []byte{24, 0, 0, keyUpdateSize - 4}

const keyUpdateSize = 5

// hear takes handshake messages, of which only the update of keys may come.
func (t *tls13) hear(content []byte) error {
	t.message = append(t.message, content...)
	switch head := t.message[:min(len(t.message), len(keyUpdateHead))]; {
	case head[0] != keyUpdateHead[0]:
		return fail(unexpectedMessage)
	case !bytes.HasPrefix(keyUpdateHead, head):
		return fail(decodeError)
	case len(t.message) < keyUpdateSize:
		return nil
	case len(t.message) > keyUpdateSize: // RFC 8446, 5.1: keys change at the end of a record
		return fail(unexpectedMessage)
	}
	switch t.message[4] {
	case 0:
	case 1:
		t.asked.Store(true)
	default:
		return fail(illegalParameter)
	}
	t.message = nil
	t.in.update()
	return nil
}

func (t *tls13) seal(dst, p []byte) ([]byte, error) {
	// RFC 8446, 4.6.3: our update precedes the next data, however often it was asked for.
	if t.out.seq >= maxRecords || t.asked.Load() && t.asked.Swap(false) {
		dst = t.sealOne(dst, contentHandshake, append(keyUpdateHead[:4:4], 0))
		t.out.update()
	}
	return t.sealOne(dst, contentApplication, p), nil
}

func (t *tls13) sealOne(dst []byte, kind byte, p []byte) []byte {
	size := len(p) + 1 + tagSize
	from := len(dst)
	dst = append(dst, contentApplication, 3, 3, byte(size>>8), byte(size))
	body := len(dst)
	dst = append(append(dst, p...), kind)
	return t.out.cipher(t.warm).Seal(dst[:body], t.out.next(), dst[body:], dst[from:body])
}

func (t *tls13) alert(dst []byte, a alert) []byte {
	const warning, fatal = 1, 2
	level := byte(fatal)
	if a == closeNotify {
		level = warning
	}
	return t.sealOne(dst, contentAlert, []byte{level, byte(a)})
}
