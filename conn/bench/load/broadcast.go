package load

import (
	"fmt"
	"time"
)

// shout is the first byte of a message that the server sends to everybody.
const shout = '!'

// broadcast lets the first connection publish, round by round, and waits until all
// connections have received everything.
func (o Options) broadcast() (Result, error) {
	c, err := newCrowd(o)
	if err != nil {
		return Result{}, err
	}
	defer c.close()
	if err := c.open(); err != nil {
		return Result{}, err
	}
	plain := o
	plain.Depth = 1
	c.script = exchanges(plain, ' ')
	if o.Deflate {
		if err := c.learn(0); err != nil {
			return Result{}, err
		}
	}
	if err := c.exchangeAll(); err != nil { // whoever has an answer is in the server's list
		return Result{}, err
	}
	c.script = exchanges(o, shout)
	if o.Deflate {
		if err := c.learnBroadcasts(); err != nil {
			return Result{}, err
		}
	}
	m := newMeter(o)
	for round := 0; ; round++ {
		if p, err := m.advance(); err != nil {
			return Result{}, err
		} else if p == over {
			return m.result()
		}
		start := c.now()
		if err := c.publish(round%variants, start); err != nil {
			return Result{}, fmt.Errorf("round %d: %w", round, err)
		}
		m.latencies.add(time.Duration(c.now() - start))
		m.units += uint64(len(c.clients) * o.Depth)
	}
}

// publish is one round.
func (c *crowd) publish(variant int, now int64) error {
	if err := c.send(&c.clients[0], variant, now); err != nil {
		return err
	}
	return c.hear(variant, 0)
}

// hear waits until all connections from first on have received the answer of a variant.
func (c *crowd) hear(variant, first int) error {
	for i := range c.clients[first:] {
		me := &c.clients[first+i]
		me.variant, me.at = uint8(variant), 0
	}
	waiting := len(c.clients) - first
	for waiting > 0 {
		err := c.each(patience, func(*client) error { waiting--; return nil })
		if err != nil {
			return fmt.Errorf("%d deliveries are missing: %w", waiting, err)
		}
	}
	return nil
}
