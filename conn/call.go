package conn

import (
	"errors"
	"runtime/debug"
)

// deliver hands a complete message to the session, when it is this message's turn:
// the messages before it are executed, and no answer to them waits behind the
// message being written. Until then the client is not read any further. A message
// that arrives after the end has begun is dropped.
func (c *Conn) deliver(m *buffer, what kind) {
	_, takesBinary := c.session.(BinarySession)
	ignored := what == binaryMessage && !takesBinary
	if ignored {
		c.engine.opts.Log.Debug("binary message ignored", "conn", c.id, "bytes", m.len())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.reason == nil && (c.executing() || c.box.responseWaits()) {
		c.turn.Wait()
	}
	if c.reason != nil {
		m.release()
		return
	}
	c.received++
	c.step(Message)
	if ignored {
		c.step(Ignore)
		m.release()
		return
	}
	c.step(Decoded)
	// A goroutine of its own: the reading goroutine goes on to answer pings and to
	// notice that the connection is lost, and its stack stays small.
	c.tasks.Add(1)
	go c.call(m, what)
}

// executing reports whether the session is at work, or its answer is on the way to
// everyone. It needs mu.
func (c *Conn) executing() bool {
	s := c.life.State()
	return s == Greeting || s == Calling || s == Broadcasting
}

// greet runs onWSConnect.
func (c *Conn) greet() {
	defer c.tasks.Done()
	err := c.onWSConnect()
	c.logFailure("onWSConnect failed", err)
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.turn.Signal()
	if c.life.State() == Orphaned {
		c.step(CallReturned)
		return
	}
	c.step(GreetReturned)
	c.step(Establish)
	if err != nil {
		c.closeByServer(Reason{By: ByServer, Code: CodeServerFailed, Text: "internal error", Err: err})
	}
	c.settle()
}

// call runs onCall for one message and sends what it answers.
func (c *Conn) call(m *buffer, what kind) {
	defer c.tasks.Done()
	answer, err := c.onCall(m.bytes(), what)
	c.logFailure("onCall failed", err)
	if answer.Sent != nil {
		defer answer.Sent() // behind the unlocking of mu
	}
	var f frame
	if err == nil && answer.To != NoResponse {
		f = answer.parts().frame()
	}
	m.release() // only now: the answer may be a part of the message

	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.turn.Signal()
	if err != nil {
		c.failed(err)
		return
	}
	if c.life.State() == Orphaned {
		// What was executed concerns all others, even if its client is gone.
		if answer.To == ResponseToAll {
			c.broadcast(f)
		}
		c.step(CallReturned)
		return
	}
	switch answer.To {
	case Response:
		c.step(RespondOne)
		if c.box.accepts() {
			c.enqueue(entry{frame: f, answer: true})
		}
		c.step(Sent)
	case ResponseToAll:
		c.step(RespondAll)
		c.broadcast(f)
		c.step(Sent)
	default:
		c.step(RespondNone)
	}
	c.settle()
}

// failed goes on after a call that returned an error or panicked. It needs mu.
func (c *Conn) failed(err error) {
	switch {
	case c.life.State() == Orphaned:
		c.step(CallReturned)
		return
	case stackOf(err) == "":
		c.step(CallFailed)
	default:
		c.step(CallPanicked)
		c.closeByServer(Reason{By: ByServer, Code: CodeServerFailed, Text: "internal error", Err: err})
	}
	c.settle()
}

// broadcast releases mu while it sends, because the hub comes first in the order of
// locks. Nobody else steps the machine out of Broadcasting or Orphaned meanwhile.
func (c *Conn) broadcast(f frame) {
	c.mu.Unlock()
	defer c.mu.Lock()
	c.engine.hub.broadcast(f)
}

func (c *Conn) onWSConnect() (err error) {
	defer contain("onWSConnect", &err)
	return c.session.OnWSConnect()
}

func (c *Conn) onCall(message []byte, what kind) (a Answer, err error) {
	defer contain("onCall", &err)
	if what == binaryMessage {
		return c.session.(BinarySession).OnBinary(message)
	}
	return c.session.OnCall(message)
}

func (c *Conn) onWSDisconnect(r Reason) (err error) {
	defer contain("onWSDisconnect", &err)
	c.session.OnWSDisconnect(r)
	return nil
}

// logFailure reports an error of the session. It must not be called with mu held: the
// log may be one that pushes to clients.
func (c *Conn) logFailure(what string, err error) {
	if err != nil {
		c.engine.opts.Log.Error(what, "conn", c.id, "err", err, "stack", stackOf(err))
	}
}

// contain turns a panic of the session into a *PanicError.
func contain(in string, err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{In: in, Value: v, Stack: debug.Stack()}
	}
}

// stackOf is the stack of a contained panic, "" for any other error.
func stackOf(err error) string {
	if p, ok := errors.AsType[*PanicError](err); ok {
		return string(p.Stack)
	}
	return ""
}
