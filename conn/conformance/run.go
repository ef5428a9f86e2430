package conformance

import "fmt"

// Run holds the conversation of a case with a server, in one way, and returns what
// the server did wrong, nil for nothing.
func (c Case) Run(p Peer, w Way) error {
	talk, err := begin(p, c.offer)
	if err != nil {
		return err
	}
	defer talk.over()
	first := []byte(talk.head)
	if w.early && len(c.talk) > 0 {
		for _, u := range c.talk[0].send {
			first = u.appendTo(first, talk)
		}
	}
	if err := talk.write(first, 0); err != nil {
		return fmt.Errorf("sending the handshake: %w", err)
	}
	extensions, err := talk.opened()
	if err != nil {
		return err
	}
	if err := talk.agree(c.offer, c.deflate, extensions); err != nil {
		return err
	}
	for i, x := range c.talk {
		send := x.send
		if w.early && i == 0 {
			send = nil
		}
		if err := talk.exchange(send, w.chop, x.want); err != nil {
			return fmt.Errorf("exchange %d: %w", i+1, err)
		}
	}
	return talk.leave(c.ends(), w)
}

// exchange sends and reads at the same time, because a server need not read while
// nobody takes its answers.
func (c *conversation) exchange(send []utterance, chop int, want []answer) error {
	var b []byte
	for _, u := range send {
		b = u.appendTo(b, c)
	}
	sent := make(chan error, 1)
	go func() { sent <- c.write(b, chop) }()
	var err error
	for _, a := range want {
		if err = a.expect(c); err != nil {
			break
		}
	}
	if err != nil {
		c.nc.Close() // or the writer never ends
	}
	// A server that has said its last word goes on to swallow what still comes: a reset
	// could overtake its close frame.
	if failed := <-sent; failed != nil && err == nil {
		err = fmt.Errorf("sending: %w", failed)
	}
	return err
}

// leave ends the conversation: the server has sent its close frame, or it gets one
// and must answer it. Either way it is the server that ends the TCP connection.
func (c *conversation) leave(ended bool, w Way) error {
	const normal = 1000
	goodbye := shut(normal, "").appendTo(nil, c)
	if ended {
		if w.mute {
			return c.end()
		}
		if err := c.write(goodbye, 0); err != nil {
			return fmt.Errorf("answering the close frame: %w", err)
		}
		return c.end()
	}
	if err := c.write(goodbye, 0); err != nil {
		return fmt.Errorf("sending the close frame: %w", err)
	}
	if err := echoed(normal).expect(c); err != nil {
		return err
	}
	return c.end()
}
