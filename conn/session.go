package conn

// Handler makes the sessions of an engine.
type Handler interface {
	// NewSession is called once per TCP connection, before the handshake: a
	// connection that never becomes a websocket has a session, too, which hears
	// nothing. With an error or a nil session the connection is dropped. Calls
	// come from many goroutines at once.
	NewSession(c Conn) (Session, error)
}

// Session is the interface layer of one connection: what its messages mean. Its
// methods are called one after the other, never two at once, each from a goroutine
// that may block; messages in the order of their arrival, each executed completely
// before the next. Messages above 16 KiB wait for each other: a few of them, of all clients
// together, are executed at a time, and one more whenever none was begun for 250 ms.
//
// OnWSConnect is called when the handshake is accepted and the 101 is the first
// entry of the outbox. OnWSDisconnect is called exactly once if OnWSConnect was,
// after everything else has returned. A failing or panicking session ends nothing
// but its own connection.
type Session interface {
	// OnWSConnect may send; with an error or a panic the connection is closed with
	// code 1011.
	OnWSConnect() error

	// OnCall executes a text message, which is valid UTF-8 and belongs to the
	// session only until OnCall returns. What OnCall sends on its own precedes its
	// answer. An error is logged and the connection goes on without an answer. A
	// panic closes the connection with code 1011, because nobody knows what the
	// session has left half done.
	OnCall(message []byte) (Answer, error)

	// OnWSDisconnect learns why the connection ended. Packets sent from here on
	// are discarded. A panic is logged.
	OnWSDisconnect(r Reason)
}

// BinarySession is a Session that takes binary messages as well. For any other
// session they are dropped in silence.
type BinarySession interface {
	Session
	// OnBinary is OnCall for a binary message.
	OnBinary(message []byte) (Answer, error)
}

// PromptSession is a Session with messages that are executed faster than they are handed
// to another goroutine. Its methods are called by whoever moves the bytes of many
// connections, so OnWSConnect and OnWSDisconnect must not block, nor must Prompt.
type PromptSession interface {
	Session
	// Prompt reports whether OnCall, or OnBinary, of this message does not block.
	Prompt(message []byte) bool
}

// Audience says who gets an answer.
type Audience uint8

// The audiences of an answer.
const (
	NoResponse    Audience = iota // nobody
	Response                      // the client that sent the message
	ResponseToAll                 // every connected client, the sender included
)

// Answer is what a session has to say to a message. The payload may be a part of
// the message; it must not be changed after it was returned. Body and Tail are those
// of Parts whose Head is the payload; a Topic has no meaning in an answer to one.
type Answer struct {
	To         Audience
	Payload    []byte
	Body, Tail []byte
	Binary     bool // sent as a binary message; else all parts together must be UTF-8
	Topic      string

	// Sent, unless nil, is called once, when the answer is in the outboxes of all
	// whom it is for, or was dropped because its client is gone: until then a session
	// can keep others from answering with something newer. It must not block.
	Sent func()
}

func (a Answer) parts() Parts {
	return Parts{Head: a.Payload, Body: a.Body, Tail: a.Tail, Binary: a.Binary, Topic: a.Topic}
}
