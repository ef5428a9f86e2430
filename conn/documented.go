package conn

import "musicdb/fsm"

// Node is a state of the documented lifecycle: the drawing that this engine
// refines. A Node exists to be compared and drawn; nothing runs on it.
type Node struct {
	Name  string    // as documented
	Label string    // as written in the drawing, when that differs from Name
	Layer fsm.Layer // the part of the server that the state belongs to
	Rank  string    // nodes with the same non-empty rank stand on one height
	Start bool      // drawn as a double circle
	Drawn bool      // false: named in the documentation, left out of its drawing
}

// Edge is a labelled step of the documented lifecycle. A label in parentheses is
// not in the drawing; it says what the unlabelled edge stands for.
type Edge struct{ From, Label, To string }

// AddedEdge is a step that the documented drawing does not have and the engine
// takes, with the reason for it.
type AddedEdge struct{ From, To, Reason string }

// Drawing is the documented lifecycle as data.
type Drawing struct {
	Nodes []Node
	Edges []Edge
}

// Names of the documented states.
const (
	docListen           = "Listen"
	docInit             = "__init__"
	docSessionInit      = "interface __init__"
	docConnecting       = "Connecting"
	docOnOpen           = "onOpen"
	docOnWSConnect      = "onWSConnect"
	docOpenTimeout      = "onOpenHandshakeTimeout"
	docActive           = "Active"
	docOnMessage        = "onMessage"
	docOnCall           = "onCall"
	docSendPacket       = "SendPacket"
	docBroadcastPacket  = "BroadcastPacket"
	docOnClose          = "onClose"
	docOnWSDisconnect   = "onWSDisconnect"
	docCloseTimeout     = "onCloseHandshakeTimeout"
	labelActive         = "Autobahn Magic"
	rankInit, rankOpen  = "init", "open"
	rankSend, rankClose = "send", "close"
)

// Documented returns the published lifecycle of a connection: its states with
// layers and ranks, and its edges with their labels. The caller owns the result.
func Documented() Drawing {
	return Drawing{
		Nodes: []Node{
			{Name: docListen, Layer: transport, Start: true, Drawn: true},
			{Name: docInit, Layer: connection, Rank: rankInit, Drawn: true},
			{Name: docSessionInit, Label: "__init__", Layer: session, Rank: rankInit, Drawn: true},
			{Name: docConnecting, Layer: transport, Drawn: true},
			{Name: docOnOpen, Layer: connection, Rank: rankOpen, Drawn: true},
			{Name: docOnWSConnect, Layer: session, Rank: rankOpen, Drawn: true},
			{Name: docOpenTimeout, Layer: connection, Drawn: true},
			{Name: docActive, Label: labelActive, Layer: transport, Drawn: true},
			{Name: docOnMessage, Layer: connection, Drawn: true},
			{Name: docOnCall, Layer: session, Drawn: true},
			{Name: docSendPacket, Layer: connection, Rank: rankSend, Drawn: true},
			{Name: docBroadcastPacket, Layer: connection, Rank: rankSend, Drawn: true},
			{Name: docOnClose, Layer: connection, Rank: rankClose, Drawn: true},
			{Name: docOnWSDisconnect, Layer: session, Rank: rankClose, Drawn: true},
			{Name: docCloseTimeout, Layer: connection},
		},
		Edges: []Edge{
			{docListen, "access port", docInit},
			{docInit, "create derived class object", docSessionInit},
			{docSessionInit, "(returns)", docInit},
			{docInit, "(done)", docConnecting},
			{docConnecting, "open handshake", docOnOpen},
			{docConnecting, "timeout", docOpenTimeout},
			{docOpenTimeout, "close", docOnClose},
			{docOnOpen, "initialize handler", docOnWSConnect},
			{docOnWSConnect, "(returns)", docOnOpen},
			{docOnOpen, "successful handshake", docActive},
			{docActive, "got data from client", docOnMessage},
			{docOnMessage, "(decoded)", docOnCall},
			{docOnCall, "no response", docActive},
			{docOnCall, "response", docSendPacket},
			{docOnCall, "response to all", docBroadcastPacket},
			{docSendPacket, "send data to client", docActive},
			{docBroadcastPacket, "send data to all clients", docActive},
			{docActive, "close connection", docOnClose},
			{docOnClose, "clean up when connected", docOnWSDisconnect},
			{docOnWSDisconnect, "(returns)", docOnClose},
			{docOnClose, "(done)", docListen},
		},
	}
}

// AddedEdges returns the steps that the engine takes beyond the documented
// drawing, each with its reason. The caller owns the result.
func AddedEdges() []AddedEdge {
	return []AddedEdge{
		{docInit, docOnClose, "refused: the limit of connections is reached, the handler created no session, or the server shuts down"},
		{docConnecting, docOnClose, "no websocket came of it: the connection was lost during the handshake, the request got a page or a refusal, or the server shuts down"},
		{docOnWSConnect, docOnClose, "the connection was lost while onWSConnect ran; onWSDisconnect waits until it has returned"},
		{docOnMessage, docActive, "a binary message is ignored in silence by a session that takes text only"},
		{docOnCall, docOnClose, "the connection was lost during a call; onWSDisconnect waits until the handler has returned"},
		{docActive, docSendPacket, "server push: a packet that answers no message of this client"},
		{docActive, docCloseTimeout, "the closing handshake, which belongs to the transport, was not complete in time"},
		{docCloseTimeout, docOnClose, "the socket is dropped after the closing time limit"},
	}
}

var projection = [...]string{
	Listening:       docListen,
	Created:         docInit,
	CreatingSession: docSessionInit,
	SessionCreated:  docInit,
	Handshaking:     docConnecting,
	Answering:       docConnecting,
	OpenTimedOut:    docOpenTimeout,
	Opening:         docOnOpen,
	Greeting:        docOnWSConnect,
	Greeted:         docOnOpen,
	Active:          docActive,
	Receiving:       docOnMessage,
	Calling:         docOnCall,
	Responding:      docSendPacket,
	Broadcasting:    docBroadcastPacket,
	Pushing:         docSendPacket,
	CloseSent:       docActive,
	CloseReceived:   docActive,
	CloseTimedOut:   docCloseTimeout,
	Orphaned:        docOnClose,
	Closing:         docOnClose,
	Disconnecting:   docOnWSDisconnect,
	Disconnected:    docOnClose,
	Discarding:      docOnClose,
	Ended:           docListen,
}

// Projection returns the documented state that s refines. It is total: every
// State has an image. Steps between states with the same image are stutters.
func Projection(s State) string { return projection[s] }
