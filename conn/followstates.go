package conn

import "musicdb/fsm"

// This file is the life of a connection that follows a flow, as a table. One instance
// exists per follower. Only lane.step moves it, under the lane's mutex. No step is taken
// for what is written as long as the connection keeps up.

// FollowState is where a follower is in its life.
type FollowState uint8

// The states in the order in which a healthy follower meets them.
const (
	Joining FollowState = iota
	Following
	Behind
	Finished
	HungUp
	Outrun
	Stalled
	Dismissed
)

// FollowEvent is what happens to a follower.
type FollowEvent uint8

// The events in the order in which a healthy follower meets them.
const (
	Deliver FollowEvent = iota
	Fill
	Exhaust
	HangUp
	FallOut
	Stall
	Dismiss
)

var flowing = fsm.Layer{Name: "flow", Color: "darkgreen"}

var followStates = []fsm.StateDoc[FollowState]{
	{State: Joining, Name: "Joining", Layer: connection, Doc: "The connection was handed over; its head and what is there of the flow are being written. Left when it has taken them or is full, or by its end."},
	{State: Following, Name: "Following", Layer: flowing, Doc: "Has taken all that was there at its last turn, and has nothing of its own but its place in the flow. Left when the connection is full, or by its end."},
	{State: Behind, Name: "Behind", Layer: transport, Doc: "The connection is full: what it has not taken waits, and the flow goes on without it. Left when it has caught up, or by its end."},
	{State: Finished, Name: "Finished", Layer: flowing, Rank: "end", Terminal: true, Doc: "The flow has ended and the connection has taken all of it. Terminal."},
	{State: HungUp, Name: "HungUp", Layer: transport, Rank: "end", Terminal: true, Doc: "The peer has ended the connection, or it broke. Terminal."},
	{State: Outrun, Name: "Outrun", Layer: flowing, Rank: "end", Terminal: true, Doc: "The peer was so slow that what should come next is not kept any more. Terminal."},
	{State: Stalled, Name: "Stalled", Layer: transport, Rank: "end", Terminal: true, Doc: "The connection was full and has taken no byte for the stall time. Terminal."},
	{State: Dismissed, Name: "Dismissed", Layer: connection, Rank: "end", Terminal: true, Doc: "The engine stops. Terminal."},
}

var followEvents = []fsm.EventDoc[FollowEvent]{
	{Event: Deliver, Name: "Deliver", By: "the engine", Layer: connection, Doc: "The connection has taken everything that is there."},
	{Event: Fill, Name: "Fill", By: "the transport", Layer: transport, Doc: "The connection is full: it takes no more until it has sent some."},
	{Event: Exhaust, Name: "Exhaust", By: "the flow", Layer: flowing, Doc: "Nothing will follow, or the flow has failed."},
	{Event: HangUp, Name: "HangUp", By: "the peer", Layer: transport, Doc: "The connection has ended or failed."},
	{Event: FallOut, Name: "FallOut", By: "the flow", Layer: flowing, Doc: "What should follow is not kept any more."},
	{Event: Stall, Name: "Stall", By: "a turn", Layer: connection, Doc: "The stall time has passed without a byte taken."},
	{Event: Dismiss, Name: "Dismiss", By: "the engine", Layer: connection, Doc: "The engine stops."},
}

var followRows = []fsm.Row[FollowState, FollowEvent]{
	{From: Joining, On: Deliver, To: Following},
	{From: Joining, On: Fill, To: Behind},
	{From: Joining, On: Exhaust, To: Finished},
	{From: Joining, On: HangUp, To: HungUp},
	{From: Joining, On: FallOut, To: Outrun},
	{From: Joining, On: Dismiss, To: Dismissed},

	{From: Following, On: Fill, To: Behind},
	{From: Following, On: Exhaust, To: Finished},
	{From: Following, On: HangUp, To: HungUp},
	{From: Following, On: FallOut, To: Outrun, Why: "the engine itself was held up for longer than the flow keeps its bytes, as on a machine that was suspended"},
	{From: Following, On: Dismiss, To: Dismissed},

	{From: Behind, On: Deliver, To: Following},
	{From: Behind, On: Exhaust, To: Finished, Why: "it catches up and finds that the flow has ended meanwhile"},
	{From: Behind, On: HangUp, To: HungUp},
	{From: Behind, On: FallOut, To: Outrun},
	{From: Behind, On: Stall, To: Stalled},
	{From: Behind, On: Dismiss, To: Dismissed},
}

// FollowLifecycle is the machine of a follower. It is immutable.
var FollowLifecycle = fsm.MustDefine("follower",
	"A connection that gets a flow of bytes which it shares with others, such as sound.",
	Joining, followStates, followEvents, followRows)
