package server

import "musicdb/fsm"

// This file is what a connection may do with the server, as a table: one instance
// per websocket, and per HTTP connection where a password is set. Only
// gate.enter, gate.judge and gate.leave move it.

// AccessState is how far a connection is trusted.
type AccessState uint8

// The states in the order in which a visitor meets them.
const (
	Stranger AccessState = iota
	Slowed
	Trusted
	Gone
)

// AccessEvent is what happens to a visitor.
type AccessEvent uint8

// The events.
const (
	Delay AccessEvent = iota
	Refused
	Accepted
	Leave
)

var (
	outsideLayer = fsm.Layer{Name: "outside", Color: "red"}
	insideLayer  = fsm.Layer{Name: "inside", Color: "darkgreen"}
)

var accessStates = []fsm.StateDoc[AccessState]{
	{State: Stranger, Name: "Stranger", Layer: outsideLayer, Doc: "No right key was shown on this connection: it hears no broadcast and no notification, and nothing is done for it. Left with the right key, or to wait after wrong ones."},
	{State: Slowed, Name: "Slowed", Layer: outsideLayer, Doc: "A key was shown, and whether it is right is told later, because wrong ones came from this connection or its address before. Left when the wait is over."},
	{State: Trusted, Name: "Trusted", Layer: insideLayer, Doc: "The right key was shown once. Calls that carry it are executed, broadcasts and notifications arrive, and nothing is ever slowed down again."},
	{State: Gone, Name: "Gone", Layer: outsideLayer, Doc: "The connection has ended. Terminal.", Terminal: true},
}

var accessEvents = []fsm.EventDoc[AccessEvent]{
	{Event: Delay, Name: "Delay", By: "the server", Layer: insideLayer, Doc: "A key was shown that has to wait for its verdict."},
	{Event: Refused, Name: "Refused", By: "the peer", Layer: outsideLayer, Doc: "The key or the password was wrong."},
	{Event: Accepted, Name: "Accepted", By: "the peer", Layer: insideLayer, Doc: "The key or the password was right for the first time."},
	{Event: Leave, Name: "Leave", By: "the engine", Layer: insideLayer, Doc: "The connection has ended, or belongs to the websocket engine from now on."},
}

var accessRows = []fsm.Row[AccessState, AccessEvent]{
	{From: Stranger, On: Delay, To: Slowed, Guard: "wrong keys came from this connection or its address"},
	{From: Stranger, On: Refused, To: Stranger},
	{From: Stranger, On: Accepted, To: Trusted},
	{From: Stranger, On: Leave, To: Gone},
	{From: Slowed, On: Refused, To: Stranger},
	{From: Slowed, On: Accepted, To: Trusted},
	{From: Slowed, On: Leave, To: Gone, Why: "the server stops, or the peer has not waited"},
	{From: Trusted, On: Refused, To: Trusted, Why: "a wrong key is ignored, but who has shown the right one is no guesser"},
	{From: Trusted, On: Leave, To: Gone},
}

// Access is the machine of a connection's rights. It is immutable.
var Access = fsm.MustDefine("access",
	"How far a connection is trusted: what it hears, and whether it is slowed down.",
	Stranger, accessStates, accessEvents, accessRows)
