package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// handshakes connects, upgrades and resets, always Conns attempts at a time.
func (o Options) handshakes() (Result, error) {
	c, err := newCrowd(o)
	if err != nil {
		return Result{}, err
	}
	defer c.close()
	for i := range c.clients {
		if err := c.dial(i); err != nil {
			return Result{}, err
		}
	}
	m := newMeter(o)
	for {
		if p, err := m.advance(); err != nil {
			return Result{}, err
		} else if p == over {
			return m.result()
		}
		events, err := c.wait(patience)
		if err != nil {
			return Result{}, err
		}
		for _, e := range events {
			upgraded, err := c.handshake(int(e.Fd))
			if err != nil {
				return Result{}, err
			}
			if !upgraded {
				continue
			}
			m.units++
			me := &c.clients[e.Fd]
			m.latencies.add(time.Duration(c.now() - me.since))
			_ = unix.Close(int(me.fd))
			if err := c.dial(int(e.Fd)); err != nil {
				return Result{}, err
			}
		}
	}
}
