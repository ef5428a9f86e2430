package load

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// secure is a crowd over TLS, of ordinary connections: only the server's memory is
// of interest.
type secure struct {
	o     Options
	conns []*tls.Conn
}

// together is the number of connections that are at work at a time.
const together = 32

func (o Options) enterSecurely() (guests, error) {
	s := &secure{o: o, conns: make([]*tls.Conn, o.Conns)}
	request := upgradeRequest(o)
	return s, s.all(func(i int) error {
		c, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", o.Addr, trustAll)
		if err != nil {
			return err
		}
		s.conns[i] = c
		if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if _, err := c.Write(request); err != nil {
			return err
		}
		head := make([]byte, 4096)
		n, err := c.Read(head) // one record
		if err != nil {
			return err
		}
		return accepted(head[:n], false)
	})
}

func (s *secure) exchangeAll() error {
	it := exchanges(s.o, ' ')[0]
	return s.all(func(i int) error {
		c := s.conns[i]
		if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if _, err := c.Write(it.request); err != nil {
			return err
		}
		got := make([]byte, len(it.answer))
		if _, err := io.ReadFull(c, got); err != nil {
			return err
		}
		if !bytes.Equal(got, it.answer) {
			return differs(got, it.answer)
		}
		return nil
	})
}

// all does something with every connection, several at a time.
func (s *secure) all(do func(i int) error) error {
	errs := make([]error, together)
	var workers sync.WaitGroup
	for w := range together {
		workers.Go(func() {
			for i := w; i < len(s.conns); i += together {
				if err := do(i); err != nil {
					errs[w] = fmt.Errorf("connection %d: %w", i, err)
					return
				}
			}
		})
	}
	workers.Wait()
	return cmp.Or(errs...) // one is enough
}

func (s *secure) close() {
	for _, c := range s.conns {
		if c != nil {
			c.NetConn().Close() // without the farewell of TLS
		}
	}
}
