package conn

import (
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"
)

// Who takes a few bytes now and then never stalls. It must end all the same when the flow
// has left it behind, and not hold on to what waits for it until that has trickled away.
func TestFollowerWhoTricklesIsOutrun(t *testing.T) {
	for name, c := range map[string]struct {
		transport Transport
		over      func(*testing.T, net.Conn, net.Conn) (server, client net.Conn)
	}{
		"a loop":      {Loop, nil},
		"a goroutine": {Goroutine, nil},
		"TLS": {Loop, func(t *testing.T, s, c net.Conn) (net.Conn, net.Conn) {
			server, client := tls.Server(s, selfSigned(t)), tls.Client(c, trusting)
			go server.Handshake()
			if err := client.Handshake(); err != nil {
				t.Fatal(err)
			}
			return server, client
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Options{FollowTime: minFollowTime, StallTimeout: time.Hour, Transport: c.transport})
			tp := newTape(16<<20, 64<<10)
			server, client := ends(t)
			if c.over != nil {
				server, client = c.over(t, server, client)
			}
			r := tp.join(0)
			if err := s.Follow(server, []byte(helloHead), r); err != nil {
				t.Fatal(err)
			}
			expectHead(t, client)
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for at := 0; len(r.ended) == 0 && s.FollowFigures().Behind == 0; at += 10 { // until its socket takes no more
				tp.publish(512 << 10)
				expectTape(t, client, at, 10)
				<-tick.C
			}
			tp.publish(32 << 20)
			piece := make([]byte, 10)
			for late := time.After(patience); ; {
				select {
				case d := <-r.ended:
					if d.State != Outrun || !errors.Is(d.Err, ErrOutrun) {
						t.Errorf("it ended as %s: %v", FollowLifecycle.StateName(d.State), d.Err)
					}
					return
				case <-tick.C:
					_, _ = client.Read(piece) // it fails behind the end, of which the other case tells
				case <-late:
					t.Fatalf("it holds on to %d bytes", s.Look(Query{State: "Behind"})[0].Waiting)
				}
			}
		})
	}
}
