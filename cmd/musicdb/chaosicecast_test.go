package main

import (
	"fmt"
	"io"
	"net"
	"time"
)

// Whatever becomes of the Icecast, who listens to the server itself hears nothing of it.
var icecastFaults = []fault{
	{name: "Icecast is killed and started again", silence: unheard, times: 10, strike: func(s *show) {
		s.icecast.Kill()
		s.pause(s.upTo(2 * time.Second))
		s.icecast.Restart()
		s.sendsAgain()
	}},
	{name: "Icecast refuses the password", silence: unheard, times: 3, strike: func(s *show) {
		s.icecast.SetPassword("another one")
		s.icecastIs("Refused")
		s.icecast.SetPassword(s.password)
		s.sendsAgain()
	}},
	{name: "Icecast stands still", silence: unheard, times: 6, strike: func(s *show) {
		s.icecast.Freeze()
		s.pause(s.upTo(8 * time.Second))
		s.icecast.Thaw()
		s.sendsAgain()
	}},
	{name: "Icecast answers nonsense", silence: unheard, times: 6, strike: func(s *show) {
		s.instead(func(c net.Conn) {
			_, _ = io.WriteString(c, "220 mail.example ESMTP\r\n250 HTTP/1.1\r\n\r\n\x00\xFF")
		})
	}},
	{name: "Icecast answers without an end", silence: unheard, times: 3, strike: func(s *show) {
		s.instead(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(c, "Server: Icecast 2.4.4\r\n"); err != nil {
					return
				}
			}
		})
	}},
	{name: "Icecast reads a byte a second", silence: unheard, times: 3, strike: func(s *show) {
		s.instead(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			one := make([]byte, 1)
			for {
				if _, err := c.Read(one); err != nil {
					return
				}
				select {
				case <-time.After(time.Second):
				case <-s.t.Context().Done():
					return
				}
			}
		})
	}},
}

// instead puts something else in Icecast's place for a while.
func (s *show) instead(serve func(net.Conn)) {
	s.t.Helper()
	s.icecast.Kill()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.icecast.Port))
	if err != nil {
		s.t.Fatal(err)
	}
	met := make(chan struct{}, 1)
	var open []net.Conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			open = append(open, c)
			go func() { defer c.Close(); serve(c) }()
			select {
			case met <- struct{}{}:
			default:
			}
		}
		for _, c := range open {
			c.Close()
		}
	}()
	select {
	case <-met:
	case <-time.After(patience):
		s.t.Fatal("nobody wants to send to what is in Icecast's place")
	}
	s.pause(s.upTo(3 * time.Second))
	l.Close()
	<-ended
	s.icecast.Restart()
	s.sendsAgain()
}

// sendsAgain waits until the server sends to Icecast. A pause that has grown with many
// faults in a row is part of the show, not of the fault: it is not waited for.
func (s *show) sendsAgain() {
	s.t.Helper()
	if *soak {
		s.icecastIs("Sending")
	}
}

func (s *show) icecastIs(state string) {
	s.t.Helper()
	late := time.After(3 * time.Minute) // pauses grow to one
	for {
		s.icecast.Revive()
		s.queue()
		s.fill() // the show goes on meanwhile
		if status, ok := s.machine("icecast source").now(state); ok && status > 0 {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-late:
			s.t.Fatalf("the source of Icecast is never %s\n%s", state, s.server().text())
		}
	}
}
