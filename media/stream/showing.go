package stream

// This file is what the conductor shows to everybody else.

// show notes which song is on the deck.
func (c *conductor) show() {
	current, _ := c.s.pump.onDeck()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deck = current
	c.state = State{}
	if current != nil {
		c.state = State{Entry: current.entry, Title: current.title}
	}
}

// shown is what show has noted, with the position of this moment. Any goroutine
// may call it.
func (c *conductor) shown() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.state
	if c.deck != nil {
		now.Seconds = (c.deck.start + c.s.pump.sent(c.deck)).Seconds()
	}
	return now
}
