package conn

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
)

func TestServeTLSQuick(t *testing.T) {
	config := selfSigned(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, tr := range []Transport{Loop, Goroutine} {
			t.Run(fmt.Sprint(tls.VersionName(version), tr), func(t *testing.T) {
				s := unsupervised(t, Options{Transport: tr})
				l := listen(t)
				s.addr = l.Addr().String()
				go func() { s.served <- s.ServeTLS(l, TLS{Config: config, Sniff: true}) }()
				t.Cleanup(func() { s.stop(t) })
				p := open(t, s.addr)
				p.send(text("plain"))
				p.expect(`text "plain"`)
				p.Close()
				nc, err := tls.Dial("tcp", s.addr, &tls.Config{InsecureSkipVerify: true, MaxVersion: version})
				if err != nil {
					t.Fatal(err)
				}
				c := newClient(t, nc)
				c.send([]byte(openingRequest))
				if head := c.head(); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
					t.Fatalf("handshake answered with %q", head)
				}
				big := strings.Repeat("t", 3_000_000)
				c.send(cat(text("over TLS"), text(big)))
				c.expect(`text "over TLS"`, `text "`+big+`"`)
				c.send(closeOf(1000, ""))
				c.expect(`close 1000 ""`, "EOF")
				c.Close()
			})
		}
	}
}
