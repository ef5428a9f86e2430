package conn

import "musicdb/fsm"

// This file is the life of one connection, from the accepted socket to the closed
// one, as a table. One instance exists per TCP connection, websocket or not. Only
// shard.step moves it, under the shard's mutex; peers, timers, handlers and
// the server raise events and never touch the state.
//
// It reads no frames and writes no bytes: decode.go and outbox.go do. A step is
// taken per event of the connection's life and per message, never per frame.

// State is where a connection is in its life.
type State uint8

// The states in the order in which a healthy connection meets them.
const (
	Listening State = iota
	Created
	CreatingSession
	SessionCreated
	Handshaking
	Answering
	OpenTimedOut
	Opening
	Greeting
	Greeted
	Active
	Receiving
	Calling
	Responding
	Broadcasting
	Pushing
	CloseSent
	CloseReceived
	CloseTimedOut
	Orphaned
	Closing
	Disconnecting
	Disconnected
	Discarding
	Ended
)

// Event is what happens to a connection.
type Event uint8

// The events in the order in which a healthy connection meets them.
const (
	Accept Event = iota
	CreateSession
	SessionReturned
	Refuse
	AwaitHandshake
	Upgrade
	Reply
	Replied
	OpenTimeout
	Drop
	Greet
	GreetReturned
	Establish
	Message
	Decoded
	Ignore
	RespondNone
	RespondOne
	RespondAll
	CallFailed
	CallPanicked
	Sent
	Push
	CloseByServer
	CloseByPeer
	CloseTimeout
	Lost
	CallReturned
	Disconnect
	DisconnectReturned
	End
)

// The layers of the documented drawing, with its colours.
var (
	transport  = fsm.Layer{Name: "transport", Color: "black"}
	connection = fsm.Layer{Name: "connection", Color: "blue"}
	session    = fsm.Layer{Name: "interface", Color: "red"}
)

var lifeStates = []fsm.StateDoc[State]{
	{State: Listening, Name: "Listening", Layer: transport, Doc: "The listener waits for a TCP connection. Left when one is accepted."},
	{State: Created, Name: "Created", Layer: connection, Rank: "init", Doc: "The connection has its record. Left to create its session, or refused at a limit or during a shutdown."},
	{State: CreatingSession, Name: "CreatingSession", Layer: session, Rank: "init", Doc: "The handler creates the session of this connection. Left when it returns, with or without one."},
	{State: SessionCreated, Name: "SessionCreated", Layer: connection, Rank: "init", Doc: "The handler has returned. Left to wait for the handshake, or refused when it made no session."},
	{State: Handshaking, Name: "Handshaking", Layer: transport, Doc: "The request of the peer is being read. Left by a complete one, by the opening time limit, by a lost connection or a shutdown."},
	{State: Answering, Name: "Answering", Layer: transport, Doc: "The request was not a websocket's; a page or a refusal is on its way. Left when it is sent or the connection is lost."},
	{State: OpenTimedOut, Name: "OpenTimedOut", Layer: connection, Doc: "The handshake was not complete in time. Left by dropping the socket, without a byte sent."},
	{State: Opening, Name: "Opening", Layer: connection, Rank: "open", Doc: "The handshake is accepted and the 101 is the first entry of the outbox. Left to greet the session."},
	{State: Greeting, Name: "Greeting", Layer: session, Rank: "open", Doc: "onWSConnect runs; from here on packets may be sent. Left when it returns or the connection is lost."},
	{State: Greeted, Name: "Greeted", Layer: connection, Rank: "open", Doc: "onWSConnect has returned. Left at once to be active."},
	{State: Active, Name: "Active", Layer: transport, Doc: "An open websocket between two messages. Left by a message, a push, the begin of a closing handshake, or a lost connection."},
	{State: Receiving, Name: "Receiving", Layer: connection, Doc: "A complete message has arrived. Left to call the session, or back when the session takes no such message."},
	{State: Calling, Name: "Calling", Layer: session, Doc: "onCall executes a message. Left by what it answers, by its failure, or when the connection is lost meanwhile."},
	{State: Responding, Name: "Responding", Layer: connection, Rank: "send", Doc: "The answer enters the outbox of this connection. Left when it is in."},
	{State: Broadcasting, Name: "Broadcasting", Layer: connection, Rank: "send", Doc: "The answer enters the outbox of every connection. Left when it is in all of them."},
	{State: Pushing, Name: "Pushing", Layer: connection, Rank: "send", Doc: "A packet of the server enters the outbox, independent of a message. Left when it is in."},
	{State: CloseSent, Name: "CloseSent", Layer: transport, Doc: "Our close frame is the last entry of the outbox. Left by the peer's close frame, the closing time limit, or a lost connection."},
	{State: CloseReceived, Name: "CloseReceived", Layer: transport, Doc: "The peer's close frame is here and answered. Left when the peer ends the TCP connection, or by the closing time limit."},
	{State: CloseTimedOut, Name: "CloseTimedOut", Layer: connection, Doc: "The closing handshake took too long (onCloseHandshakeTimeout). Left by dropping the socket."},
	{State: Orphaned, Name: "Orphaned", Layer: connection, Rank: "close", Doc: "The connection is lost while the session still executes. Left when the session has returned."},
	{State: Closing, Name: "Closing", Layer: connection, Rank: "close", Doc: "The socket is closed and the session idle. Left to tell the session."},
	{State: Disconnecting, Name: "Disconnecting", Layer: session, Rank: "close", Doc: "onWSDisconnect runs. Left when it returns."},
	{State: Disconnected, Name: "Disconnected", Layer: connection, Rank: "close", Doc: "onWSDisconnect has returned. Left at once to end."},
	{State: Discarding, Name: "Discarding", Layer: connection, Rank: "close", Doc: "A connection that never was a websocket is cleaned up; its session hears nothing. Left at once to end."},
	{State: Ended, Name: "Ended", Layer: transport, Doc: "Nothing is left of the connection. Terminal.", Terminal: true},
}

var lifeEvents = []fsm.EventDoc[Event]{
	{Event: Accept, Name: "Accept", By: "the listener", Layer: transport, Doc: "A TCP connection was accepted or adopted."},
	{Event: CreateSession, Name: "CreateSession", By: "the engine", Layer: connection, Doc: "The handler shall create the session."},
	{Event: SessionReturned, Name: "SessionReturned", By: "the handler", Layer: session, Doc: "The handler has returned a session or an error."},
	{Event: Refuse, Name: "Refuse", By: "the engine", Layer: connection, Doc: "A limit is reached, no session was created, or the engine shuts down."},
	{Event: AwaitHandshake, Name: "AwaitHandshake", By: "the engine", Layer: connection, Doc: "Everything is ready for the opening handshake."},
	{Event: Upgrade, Name: "Upgrade", By: "the peer", Layer: transport, Doc: "A complete and valid opening handshake has arrived."},
	{Event: Reply, Name: "Reply", By: "the peer", Layer: transport, Doc: "A request has arrived that is answered with a page or a refusal."},
	{Event: Replied, Name: "Replied", By: "the engine", Layer: transport, Doc: "The page or the refusal is delivered."},
	{Event: OpenTimeout, Name: "OpenTimeout", By: "a timer", Layer: transport, Doc: "The opening time limit has passed."},
	{Event: Drop, Name: "Drop", By: "the engine", Layer: connection, Doc: "The socket is closed after a time limit."},
	{Event: Greet, Name: "Greet", By: "the engine", Layer: connection, Doc: "onWSConnect is called."},
	{Event: GreetReturned, Name: "GreetReturned", By: "the session", Layer: session, Doc: "onWSConnect has returned."},
	{Event: Establish, Name: "Establish", By: "the engine", Layer: connection, Doc: "The handshake is complete on both sides of the engine."},
	{Event: Message, Name: "Message", By: "the peer", Layer: transport, Doc: "A complete message has arrived."},
	{Event: Decoded, Name: "Decoded", By: "the engine", Layer: connection, Doc: "The message is handed to the session."},
	{Event: Ignore, Name: "Ignore", By: "the engine", Layer: connection, Doc: "A binary message, which this session does not take, is dropped in silence."},
	{Event: RespondNone, Name: "RespondNone", By: "the session", Layer: session, Doc: "onCall has returned without an answer."},
	{Event: RespondOne, Name: "RespondOne", By: "the session", Layer: session, Doc: "onCall has returned an answer for this client."},
	{Event: RespondAll, Name: "RespondAll", By: "the session", Layer: session, Doc: "onCall has returned an answer for all clients."},
	{Event: CallFailed, Name: "CallFailed", By: "the session", Layer: session, Doc: "onCall has returned an error; the connection goes on without an answer."},
	{Event: CallPanicked, Name: "CallPanicked", By: "the session", Layer: session, Doc: "onCall has panicked; the connection will be closed with 1011."},
	{Event: Sent, Name: "Sent", By: "the engine", Layer: connection, Doc: "The packet is in the outbox, or was refused by it."},
	{Event: Push, Name: "Push", By: "the server", Layer: connection, Doc: "A packet shall be sent that answers no message of this client."},
	{Event: CloseByServer, Name: "CloseByServer", By: "the server", Layer: transport, Doc: "A close frame was queued: shutdown, violation, limit or failure."},
	{Event: CloseByPeer, Name: "CloseByPeer", By: "the peer", Layer: transport, Doc: "The peer's close frame is next, after all its messages were executed."},
	{Event: CloseTimeout, Name: "CloseTimeout", By: "a timer", Layer: transport, Doc: "The closing time limit has passed, or the rest of it was given up."},
	{Event: Lost, Name: "Lost", By: "the peer", Layer: transport, Doc: "The TCP connection has ended or failed."},
	{Event: CallReturned, Name: "CallReturned", By: "the session", Layer: session, Doc: "The session has returned after its connection was lost."},
	{Event: Disconnect, Name: "Disconnect", By: "the engine", Layer: connection, Doc: "onWSDisconnect is called."},
	{Event: DisconnectReturned, Name: "DisconnectReturned", By: "the session", Layer: session, Doc: "onWSDisconnect has returned."},
	{Event: End, Name: "End", By: "the engine", Layer: transport, Doc: "Everything of the connection is released."},
}

var lifeRows = []fsm.Row[State, Event]{
	{From: Listening, On: Accept, To: Created},
	{From: Created, On: CreateSession, To: CreatingSession},
	{From: Created, On: Refuse, To: Discarding, Guard: "at the limit of connections or shutting down"},
	{From: CreatingSession, On: SessionReturned, To: SessionCreated},
	{From: SessionCreated, On: AwaitHandshake, To: Handshaking},
	{From: SessionCreated, On: Refuse, To: Discarding, Guard: "no session was created or shutting down"},

	{From: Handshaking, On: Upgrade, To: Opening},
	{From: Handshaking, On: Reply, To: Answering, Guard: "not a websocket request, or not a valid one"},
	{From: Handshaking, On: OpenTimeout, To: OpenTimedOut},
	{From: Handshaking, On: Lost, To: Discarding},
	{From: Answering, On: Replied, To: Discarding},
	{From: Answering, On: Lost, To: Discarding},
	{From: OpenTimedOut, On: Drop, To: Discarding},

	{From: Opening, On: Greet, To: Greeting},
	{From: Greeting, On: GreetReturned, To: Greeted},
	{From: Greeting, On: Lost, To: Orphaned, Why: "onWSDisconnect must not overlap onWSConnect"},
	{From: Greeted, On: Establish, To: Active},

	{From: Active, On: Message, To: Receiving},
	{From: Receiving, On: Decoded, To: Calling},
	{From: Receiving, On: Ignore, To: Active, Guard: "binary, and the session takes text only"},
	{From: Calling, On: RespondNone, To: Active},
	{From: Calling, On: RespondOne, To: Responding},
	{From: Calling, On: RespondAll, To: Broadcasting},
	{From: Calling, On: CallFailed, To: Active, Why: "a failed function is silent; the connection stays usable"},
	{From: Calling, On: CallPanicked, To: Active, Why: "followed by CloseByServer: the session may be half changed"},
	{From: Calling, On: Lost, To: Orphaned, Why: "onWSDisconnect must not overlap onCall"},
	{From: Responding, On: Sent, To: Active},
	{From: Broadcasting, On: Sent, To: Active},
	{From: Active, On: Push, To: Pushing},
	{From: Pushing, On: Sent, To: Active},

	{From: Active, On: CloseByServer, To: CloseSent},
	{From: Active, On: CloseByPeer, To: CloseReceived, Why: "RFC 6455 5.5.1: a close frame is answered with a close frame"},
	{From: Active, On: Lost, To: Closing},
	{From: CloseSent, On: CloseByPeer, To: CloseReceived},
	{From: CloseSent, On: CloseTimeout, To: CloseTimedOut},
	{From: CloseSent, On: Lost, To: Closing},
	{From: CloseReceived, On: CloseTimeout, To: CloseTimedOut, Why: "RFC 6455 7.1.1: after a reasonable time the server ends the TCP connection itself"},
	{From: CloseReceived, On: Lost, To: Closing},
	{From: CloseTimedOut, On: Drop, To: Closing},

	{From: Orphaned, On: CallReturned, To: Closing},
	{From: Closing, On: Disconnect, To: Disconnecting},
	{From: Disconnecting, On: DisconnectReturned, To: Disconnected},
	{From: Disconnected, On: End, To: Ended},
	{From: Discarding, On: End, To: Ended},
}

// Lifecycle is the machine of a connection. It is immutable.
var Lifecycle = fsm.MustDefine("connection",
	"The life of one TCP connection to the websocket port: opening handshake, messages, closing handshake.",
	Listening, lifeStates, lifeEvents, lifeRows)
