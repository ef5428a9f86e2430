package load

import (
	"fmt"
	"time"
)

// echo lets all connections send and wait for the echo.
func (o Options) echo() (Result, error) {
	c, err := newCrowd(o)
	if err != nil {
		return Result{}, err
	}
	defer c.close()
	c.script = exchanges(o, ' ')
	if err := c.open(); err != nil {
		return Result{}, err
	}
	if err := c.exchangeAll(); err != nil {
		return Result{}, err
	}
	m := newMeter(o)
	if o.Rate > 0 {
		err = c.openLoop(m)
	} else {
		err = c.closedLoop(m)
	}
	if err != nil {
		return Result{}, err
	}
	return m.result()
}

// exchangeAll makes one exchange on every connection: those behind have been upgraded
// in the server's eyes as well then.
func (c *crowd) exchangeAll() error {
	next, waiting := 0, 0
	for next < len(c.clients) || waiting > 0 {
		for ; next < len(c.clients) && waiting < window; next++ {
			if err := c.send(&c.clients[next], 0, c.now()); err != nil {
				return fmt.Errorf("connection %d: %w", next, err)
			}
			waiting++
		}
		err := c.each(patience, func(*client) error { waiting--; return nil })
		if err != nil {
			return fmt.Errorf("%d answers are missing: %w", waiting, err)
		}
	}
	return nil
}

// each waits, receives what has come, and calls complete for each answer that is
// complete now.
func (c *crowd) each(timeout time.Duration, complete func(*client) error) error {
	events, err := c.wait(timeout)
	if err != nil {
		return err
	}
	for _, e := range events {
		me := &c.clients[e.Fd]
		done, err := c.receive(me)
		if err == nil && done {
			err = complete(me)
		}
		if err != nil {
			return fmt.Errorf("connection %d: %w", e.Fd, err)
		}
	}
	return nil
}

// closedLoop keeps one exchange under way on every connection.
func (c *crowd) closedLoop(m *meter) error {
	for i := range c.clients {
		if err := c.send(&c.clients[i], i%variants, c.now()); err != nil {
			return err
		}
	}
	again := func(me *client) error {
		now := c.now()
		m.latencies.add(time.Duration(now - me.since))
		m.units += uint64(c.o.Depth)
		return c.send(me, int(me.variant+1)%variants, now)
	}
	for {
		if p, err := m.advance(); p == over || err != nil {
			return err
		}
		if err := c.each(patience, again); err != nil {
			return err
		}
	}
}

// openLoop sends at a fixed rate, whatever comes back. It polls without sleeping:
// the thread should have a processor of its own.
func (c *crowd) openLoop(m *meter) error {
	interval := int64(time.Second) * int64(c.o.Depth) / int64(c.o.Rate)
	free := make([]int32, len(c.clients)) // a queue: connections that wait for nothing
	for i := range free {
		free[i] = int32(i)
	}
	head, idle := 0, len(free)
	complete := func(me *client) error {
		m.latencies.add(time.Duration(c.now() - me.since))
		m.units += uint64(c.o.Depth)
		free[(head+idle)%len(free)] = c.indexOf(me)
		idle++
		return nil
	}
	due := c.now()
	measured, progress := false, c.now()
	for {
		p, err := m.advance()
		if p == over || err != nil {
			return err
		}
		if p == measuring && !measured {
			measured, due = true, c.now() // what came due while the samples were taken
		}
		for ; due <= c.now(); due += interval {
			if idle == 0 {
				m.missed++
				continue
			}
			me := &c.clients[free[head]]
			head, idle = (head+1)%len(free), idle-1
			if err := c.send(me, int(me.variant+1)%variants, due); err != nil {
				return err
			}
		}
		before := m.units
		if err := c.each(0, complete); err != nil {
			return err
		}
		if m.units != before {
			progress = c.now()
		} else if c.now()-progress > int64(patience) {
			return fmt.Errorf("no answer has come for %v", patience)
		}
	}
}
