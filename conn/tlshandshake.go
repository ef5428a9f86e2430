package conn

import (
	"crypto/cipher"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
)

// From the handshake to the records. crypto/tls makes the handshake. Then it is done with
// if the connection speaks TLS 1.3: the keys move to a record layer of our own. Any other
// connection stays with crypto/tls.

// forLoops is the configuration for handshakes on pipes, each of which learns the keys
// of its connection.
func (t TLS) forLoops() *tls.Config {
	base := t.Config.Clone()
	choose := base.GetConfigForClient
	base.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		chosen := t.Config
		if choose != nil {
			c, err := choose(hello)
			if err != nil {
				return nil, err
			}
			if c != nil {
				chosen = c
			}
		}
		chosen = chosen.Clone()
		chosen.KeyLogWriter = keyLog{hello.Conn.(*pipe), chosen.KeyLogWriter}
		return chosen, nil
	}
	return base
}

// keyLog keeps the secrets of one connection and tells them to the writer of the
// configuration, if it has one. It is how crypto/tls gives them away without giving up
// anything else; they stay in this process.
type keyLog struct {
	p    *pipe
	also io.Writer
}

// Labels of secrets in the key log.
const (
	clientTraffic = "CLIENT_TRAFFIC_SECRET_0"
	serverTraffic = "SERVER_TRAFFIC_SECRET_0"
)

func (k keyLog) Write(line []byte) (int, error) {
	if f := strings.Fields(string(line)); len(f) == 3 && (f[0] == clientTraffic || f[0] == serverTraffic) {
		secret, err := hex.DecodeString(f[2])
		if err != nil {
			return 0, err
		}
		if k.p.keys == nil {
			k.p.keys = make(map[string][]byte, 2)
		}
		k.p.keys[f[0]] = secret
	}
	if k.also != nil {
		return k.also.Write(line)
	}
	return len(line), nil
}

// shake makes the handshake and returns the record layer that follows. What was not read
// of what the peer has sent is to be opened by it. A panic of a callback of the
// configuration becomes a *PanicError.
func (p *pipe) shake(config *tls.Config, warm *warmKeys) (_ recordLayer, err error) {
	defer contain("a callback of the TLS configuration", &err)
	p.turns <- struct{}{}
	defer func() { <-p.turns }()
	conn := tls.Server(p, config)
	if err := conn.Handshake(); err != nil {
		return nil, err
	}
	state := conn.ConnectionState()
	suite := suiteOf(state.CipherSuite)
	theirs, ours := p.keys[clientTraffic], p.keys[serverTraffic]
	if state.Version != tls.VersionTLS13 || suite == nil || theirs == nil || ours == nil || !suite.works() {
		return &cryptoTLS{conn, p}, nil
	}
	layer := newTLS13(suite, warm, theirs, ours)
	p.mu.Lock()
	flight := p.flight
	p.mu.Unlock()
	layer.out.seq, err = sealedBehind(flight, layer.out.cipher(warm), layer.out.iv)
	return layer, err
}

// sealedBehind counts the records at the end of a flight of the server that were
// encrypted with the keys for data: the tickets for a later resumption.
func sealedBehind(flight []byte, aead cipher.AEAD, iv [ivSize]byte) (n uint64, err error) {
	for len(flight) > 0 {
		size, err := recordSize(flight)
		if err != nil || size > len(flight) {
			return 0, errFlight
		}
		record := flight[:size]
		flight = flight[size:]
		nonce := slices.Clone(iv[:])
		nonce[ivSize-1] ^= byte(n) // far fewer than 256
		switch _, err := unseal(nil, record, aead, nonce); {
		case err == nil:
			n++
		case n > 0:
			return 0, errFlight
		}
	}
	return n, nil
}

var errFlight = errors.New("conn: the TLS handshake has left an unexpected record")

// cryptoTLS is crypto/tls as a record layer, for what tls13 is not made for.
type cryptoTLS struct {
	conn *tls.Conn
	pipe *pipe
}

func (c *cryptoTLS) open(dst, p []byte) ([]byte, error) {
	c.pipe.lend(p)
	for {
		dst = slices.Grow(dst, 1)
		n, err := c.conn.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if errors.Is(err, pollError{}) {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
}

func (c *cryptoTLS) kept() int { return 0 }

func (c *cryptoTLS) seal(dst, p []byte) ([]byte, error) {
	_, err := c.conn.Write(p)
	return append(dst, c.pipe.take()...), err
}

// alert: what is wrong, crypto/tls has said already.
func (c *cryptoTLS) alert(dst []byte, a alert) []byte {
	if a == closeNotify {
		_ = c.conn.CloseWrite() // it only writes to the pipe
	}
	return append(dst, c.pipe.take()...)
}
