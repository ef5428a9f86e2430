package conn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// selfSigned makes the configuration of a server on 127.0.0.1.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// tlsUnderTest is the TLS of the servers of serve, nil for none. Clients trust it.
var tlsUnderTest *TLS

var trusting = &tls.Config{InsecureSkipVerify: true}

// The engine runs on any stream: here on TLS, whose handshake is part of the
// opening time, and a client that does not speak it is dropped.
func TestTLS(t *testing.T) {
	config := selfSigned(t)
	cert, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	s := serveOn(t, tls.NewListener(listen(t), config), Options{})

	nc, err := tls.Dial("tcp", s.addr, &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, nc)
	c.send([]byte(openingRequest))
	if head := c.head(); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		t.Fatalf("handshake answered with %q", head)
	}
	big := strings.Repeat("t", 100_000)
	c.send(cat(text("over TLS"), text(big)))
	c.expect(`text "over TLS"`, `text "`+big+`"`)
	c.send(closeOf(1000, ""))
	c.expect(`close 1000 ""`, "EOF")
	c.Close()

	p := dial(t, s.addr)
	p.send([]byte(openingRequest))
	s.log.await(t, 2, Ended)
	p.Close()
}

// A client on TLS that has stopped reading cannot take the server's farewell to TLS,
// either; it gets the closing time limit and no more.
func TestTLSFarewellIsWithinTheClosingTime(t *testing.T) {
	config := selfSigned(t)
	synthetic(t, Options{}, func(t *testing.T, s *server) {
		const clients = 20 // whether a write fails before its connection is closed is chance
		for id := range uint64(clients) {
			ours, theirs := net.Pipe()
			if err := s.Adopt(tls.Server(theirs, config), nil); err != nil {
				t.Fatal(err)
			}
			c := newClient(t, tls.Client(ours, &tls.Config{InsecureSkipVerify: true}))
			c.send([]byte(openingRequest))
			c.head()
			s.log.await(t, id+1, Active)
		}
		begin := time.Now()
		s.Hub().CloseAll(CodeNormal, "nobody reads this")
		for id := range uint64(clients) {
			s.log.await(t, id+1, Ended)
		}
		if d := time.Since(begin); d != DefaultCloseTimeout {
			t.Errorf("the last one ended after %v", d)
		}
	})
}
